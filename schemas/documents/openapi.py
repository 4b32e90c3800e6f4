"""A service's message schemas as an OpenAPI 3.0 document without paths.

OpenAPI 3.0 has an older dialect of JSON Schema; what it has no word for is said in a description,
and a keyword that is not known here is refused, so that none is lost in silence.
Sources: OpenAPI 3.0.3, Schema Object; Belgian REST guide, async-contract, oas-contra.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from schemas.cloudevents import EXTENSION_PATTERN, Json, Message
from schemas.documents import json_schema
from schemas.documents.services import Service, Way
from schemas.examples import example
from schemas.outgoing import Outgoing, Reply

LICENCE: Final = {
    "name": "Apache 2.0",
    "url": "https://www.apache.org/licenses/LICENSE-2.0.html",
}
SHARED: Final = "message.yaml"
"""The document with what every message has; it stands beside those of the services."""

BASES: Final = "belgif/cloudevents-v1.yaml"
"""The Belgian guide's base schemas, which it extends."""

CONTEXTS: Final[Mapping[Way, tuple[type[BaseModel], ...]]] = {
    "in": (Message,),
    "out": (Reply, Outgoing),
}
"""From what messages inherit their context attributes; the most special comes first."""

GUIDE: Final[Mapping[type[BaseModel], str]] = {
    Message: "AsynchronousMessageBase",
    Outgoing: "AsynchronousMessageBase",
    Reply: "AsynchronousReplyMessageBase",
}
"""Which of the guide's schemas each of them extends."""

ANY: Final = "AnyMessage"

SAME = {
    "additionalProperties", "anyOf", "default", "deprecated", "description", "enum", "format",
    "items", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum", "oneOf",
    "pattern", "properties", "required", "type", "uniqueItems",
}  # fmt: skip
"""Keywords that mean the same in both dialects."""

NULL: Final = {"type": "null"}


class NoWordError(ValueError):
    """OpenAPI 3.0 can't say what a JSON Schema says."""


def document(service: Service) -> Json:
    """Return the document of a service."""
    models, way = service.messages, service.way
    bases = CONTEXTS[way]
    schemas = json_schema.components([*bases, *models.values()], way)
    contexts = {base: schemas.pop(base.__name__) for base in bases}
    messages: dict[str, Json] = {}
    for type_, model in models.items():
        base = next(base for base in bases if issubclass(model, base))
        schema = schemas.pop(model.__name__)
        messages[model.__name__] = _message(schema, base, contexts[base], example(type_))
    contents = {name: converted(schemas[name]) for name in sorted(schemas)}
    if len(messages) > 1:
        refs = {type_: f"#/components/schemas/{model.__name__}" for type_, model in models.items()}
        any_ = {
            "description": "Any message of this service.",
            "oneOf": [{"$ref": ref} for ref in refs.values()],
            "discriminator": {"propertyName": "type", "mapping": refs},
        }
        messages = {ANY: any_} | messages
    return _described(service.title, service.version, service.description, messages | contents)


def shared() -> Json:
    """Return the document with what all messages have in common."""
    schemas = {}
    for way, bases in CONTEXTS.items():
        made = json_schema.components(bases, way)
        for base in bases:
            schemas[base.__name__] = _context(base, made[base.__name__])
    schemas["Extension"] = {
        "description": "A context attribute of CloudEvents that is not known here. Its name "
        f"matches `{EXTENSION_PATTERN}`, which OpenAPI 3.0 can't say.",
        **converted(json_schema.components([Message], "in")["Message"]["additionalProperties"]),
    }
    told = "The context attributes of all messages of Rugzak: CloudEvents 1.0 in structured JSON."
    return _described("Rugzak: what all messages have", "1.0.0", told, schemas)


def _context(base: type[BaseModel], schema: Json) -> Json:
    """Return the context attributes that messages inherit, on top of the Belgian guide's."""
    return {
        "description": f"{schema['description']} It extends the Belgian guide's base, and bounds "
        "what that leaves open.",
        "type": "object",
        "allOf": [{"$ref": f"{BASES}#/components/schemas/{GUIDE[base]}"}],
        **converted({"properties": schema["properties"], "required": schema["required"]}),
    }


def _described(title: str, version: str, description: str, schemas: Json) -> Json:
    return {
        "openapi": "3.0.3",
        "info": {
            "title": title,
            "description": description,
            "version": version,
            "license": LICENCE,
        },
        "servers": [],
        "paths": {},
        "components": {"schemas": schemas},
    }


def _message(schema: Json, base: type[BaseModel], context: Json, told: Json) -> Json:
    """Return a message's schema: the shared context attributes, and what it adds to them.

    Its own object says what further attributes may be; the shared ones satisfy that as well.
    """
    extensible = {"additionalProperties": {"$ref": f"{SHARED}#/components/schemas/Extension"}}
    inherited = context["properties"]
    own = {
        name: property_
        for name, property_ in schema["properties"].items()
        if inherited.get(name) != property_
    }
    required = [name for name in schema["required"] if name not in context["required"]]
    return {
        "description": schema["description"],
        "type": "object",
        "allOf": [{"$ref": f"{SHARED}#/components/schemas/{base.__name__}"}],
        **converted({"properties": own, "required": required}),
        **(extensible if "additionalProperties" in schema else {}),
        "example": told,
    }


def converted(schema: Json) -> Json:
    """Say a JSON Schema of 2020-12 in the dialect of OpenAPI 3.0.

    Raises:
        NoWordError: there is no word for it.

    """
    if isinstance(schema, bool):
        return schema
    if "$ref" in schema:
        rest = {key: inner for key, inner in schema.items() if key != "$ref"}
        ref = {"$ref": schema["$ref"]}
        # Whatever stands beside a `$ref` is ignored there.
        return {**converted(rest), "allOf": [ref]} if rest else ref
    result: dict[str, Json] = {}
    for key, inner in _without_null(schema).items():
        match key:
            case "title" | "propertyNames":  # a component's name says it; see _message
                pass
            case "const":
                result["enum"] = [inner]
            case "exclusiveMinimum" | "exclusiveMaximum":
                result[key.removeprefix("exclusive").lower()] = inner
                result[key] = True
            case "nullable" | "discriminator":
                result[key] = inner
            case "examples":
                result["example"] = inner[0]
            case "properties":
                result[key] = {name: converted(property_) for name, property_ in inner.items()}
            case "items" | "additionalProperties":
                result[key] = converted(inner)
            case "anyOf" | "oneOf":
                result[key] = [converted(member) for member in inner]
            case "type" if not isinstance(inner, str):
                raise NoWordError(f"OpenAPI 3.0 knows one type at a time, not {inner}")
            case _ if key in SAME:
                result[key] = inner
            case _:
                raise NoWordError(f"OpenAPI 3.0 has no word for {key!r}: {inner}")
    return result


def _without_null(schema: Json) -> Json:
    """Say `nullable` of a type instead of an alternative `null`.

    Raises:
        NoWordError: none of the others has a type of which it can be said.

    """
    members = schema.get("anyOf", ())
    if NULL not in members:
        return schema
    rest = {key: inner for key, inner in schema.items() if key != "anyOf"}
    others = [member for member in members if member != NULL]
    if "type" not in others[-1]:
        raise NoWordError(
            f"`nullable` stands beside a type in OpenAPI 3.0, and there is none: {schema}"
        )
    *before, last = others
    nullable = _nullable(last)
    return {**rest, "anyOf": [*before, nullable]} if before else {**nullable, **rest}


def _nullable(schema: Json) -> Json:
    made = {"type": schema["type"], "nullable": True, **schema}
    return made | ({"enum": [*schema["enum"], None]} if "enum" in schema else {})
