"""JSON Schemas of messages, as their models have them."""

from collections.abc import Iterable

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from schemas.cloudevents import Json
from schemas.documents.services import Way
from schemas.examples import example

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Schema(GenerateJsonSchema):
    """Without the titles and empty defaults that say nothing to a publisher."""

    def field_title_should_be_set(self, schema: Json) -> bool:  # noqa: ARG002
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        described = super().default_schema(schema)
        if described.get("default") in (None, "", []):
            described.pop("default", None)
        return described


def published(type_: str, model: type[BaseModel], way: Way) -> Json:
    """Return the JSON Schema that is handed out of one message.

    Who reads what we send must not stumble over a field that is new: so that schema is open.
    """
    schema = said(model)
    head = {"$schema": DIALECT, "$id": f"urn:{type_}"}
    return head | (opened(schema) if way == "out" else schema) | {"examples": [example(type_)]}


def said(model: type[BaseModel]) -> dict[str, Json]:
    """Return the schema of what a model reads, and writes."""
    return model.model_json_schema(schema_generator=_Schema)


def components(models: Iterable[type[BaseModel]]) -> dict[str, Json]:
    """Return the schemas of models and all that they hold, by name, as OpenAPI places them."""
    _, schema = models_json_schema(
        [(model, "validation") for model in models],
        ref_template="#/components/schemas/{model}",
        schema_generator=_Schema,
    )
    defined: dict[str, Json] = schema["$defs"]
    return defined


def opened(schema: Json) -> Json:
    """Return a schema that also accepts fields which it does not know."""
    match schema:
        case dict():
            closed = schema.get("additionalProperties") is False
            return {
                key: inner if key in {"enum", "default"} else opened(inner)
                for key, inner in schema.items()
                if not (closed and key == "additionalProperties")
            }
        case list():
            return [opened(inner) for inner in schema]
        case _:
            return schema
