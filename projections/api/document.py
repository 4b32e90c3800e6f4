"""The API's OpenAPI document, in version 3.0 as the Belgian guide asks (oas-contra).

FastAPI describes an application in 3.1. Every schema of that is said again in the older dialect,
and what that has no word for is refused, so that none is lost in silence.
"""

import math
from collections.abc import Iterable, Iterator
from copy import deepcopy
from http import HTTPStatus
from typing import Any, Final, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from projections.api.app import application
from projections.api.deprecation import told_by
from projections.api.routing import PREFIX, VERSION, PlannedRoute
from schemas import rights_v1
from schemas.api_v1 import codes
from schemas.api_v1.problems import MEDIA_TYPE, BadRequest, Problem
from schemas.cloudevents import Json
from schemas.documents.json_schema import components
from schemas.documents.openapi import LICENCE, converted
from schemas.documents.yaml_text import dumped
from schemas.published import HEADING

PATH: Final = "http/rugzak-v1.yaml"
"""Where it is among the published schemas."""

BODIES: Final = (
    rights_v1.TakingAsked,
    rights_v1.CapturingAsked,
    rights_v1.ReleasingAsked,
    rights_v1.ReversingAsked,
    rights_v1.EndingAsked,
    rights_v1.TransferringAsked,
    rights_v1.FreezingAsked,
    rights_v1.MandateAsked,
    rights_v1.MandateEndingAsked,
    codes.Authorizing,
    codes.Redeeming,
)
"""What is read by ourselves, so that FastAPI doesn't know it."""

USUAL: Final = "usual"
"""As whose `openapi_examples` a route gives the example of its body."""

METHODS: Final = ("get", "post", "put", "patch", "delete")

POSITION: Final = "Rugzak-Position"
LANGUAGE: Final = "Content-Language"
HEADERS: Final = {
    "ETag": "Of the content, without the position: send it as If-None-Match.",
    POSITION: "The place in the ledger's order up to which the answer reflects it.",
    LANGUAGE: "In which language its texts are; left out of an answer that has none.",
}

ACCEPTED: Final = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "In which language texts for people are wanted: nl, fr or en, with weights if "
    "need be. English when none of these is asked for.",
    "schema": {"type": "string"},
    "example": "nl-BE, fr;q=0.5",
}
"""What every operation but the open ones takes."""
LOCATION: Final = {
    "description": "Where what was made can be read: a path on the same host.",
    "schema": {"type": "string"},
}

PLACELESS: Final = frozenset({"listAccesses"})
"""Operations whose answers are not out of the ledger, so that they have no position in it."""

DESCRIPTION: Final = (
    "Training rights that follow the person. Amounts are whole numbers of a smallest unit, which "
    "stands beside them. Each answer names the position in the ledger's one order that it reflects "
    "(`Rugzak-Position`); who has just written sends the position that it got as `Rugzak-After`, "
    "and is answered when that is reflected. Texts for people, also of refusals, are in Dutch, "
    "French or English, as `Accept-Language` asks. What is not yours to see is as if it were not "
    "there."
)


def files() -> dict[str, str]:
    """Return what is published of the API, by path."""
    return {PATH: dumped(document(), HEADING)}


MAX_INT32: Final = 2**31 - 1


def document(app: FastAPI | None = None) -> Json:
    """Return the document: of the API, or of an application that is made like it.

    Raises:
        NoWordError: OpenAPI 3.0 can't say what a model says.

    """
    app = app or application()
    routes = [each.described() if isinstance(each, PlannedRoute) else each for each in app.routes]
    told = get_openapi(title=app.title, version=app.version, routes=routes)
    schemas = told["components"]["schemas"] | components([Problem, BadRequest], "out")
    schemas |= components(BODIES, "in")
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own, which we never answer
        schemas.pop(name, None)
    made = {
        "openapi": "3.0.3",
        "info": {
            "title": "Rugzak",
            "description": DESCRIPTION,
            "version": VERSION,
            "license": LICENCE,
        },
        "servers": [{"url": PREFIX, "description": "This installation."}],
        "tags": [{"name": name} for name in sorted(set(_tags(told)))],
        "paths": {
            path.removeprefix(PREFIX): {
                method: _operation(said, is_read=_is_read_below(path, told))
                for method, said in item.items()
                if method in METHODS
            }
            for path, item in told["paths"].items()
        },
        "components": {
            "schemas": {name: converted(_untitled(schemas[name])) for name in sorted(schemas)},
            "responses": {
                "Wrong": _refusal("The request is wrong in itself.", "BadRequest"),
                "Refused": _refusal("The request was not done.", "Problem"),
            },
            "headers": {
                name: {"description": text, "schema": {"type": "string"}}
                for name, text in HEADERS.items()
            },
            "securitySchemes": told["components"].get("securitySchemes", {}),
        },
    }
    return cast("Json", _sized(made))


def _sized(said: Any) -> Any:  # noqa: ANN401  JSON
    """Say of each whole number how many bits it takes.

    Without that, generated clients in Java and the like take 32, in which no position of a large
    ledger fits, nor 30 million euros in cents.
    """
    if isinstance(said, list):
        return [_sized(each) for each in said]
    if not isinstance(said, dict):
        return said
    made = {key: _sized(inner) for key, inner in said.items()}
    if made.get("type") == "integer":
        made.setdefault(
            "format", "int32" if made.get("maximum", math.inf) <= MAX_INT32 else "int64"
        )
    return made


def _tags(told: Json) -> Iterator[str]:
    for item in told["paths"].values():
        for said in item.values():
            yield from said["tags"]


def _is_read_below(path: str, told: Json) -> bool:
    """Tell whether what is posted to a path can be read at a path below it."""
    return any(
        "get" in item and other.rpartition("/")[0] == path and other.endswith("}")
        for other, item in told["paths"].items()
    )


def _operation(said: Json, *, is_read: bool) -> Json:
    responses: dict[str, Json] = {}
    deprecation = told_by(said)
    for status, response in said["responses"].items():
        if status == str(int(HTTPStatus.UNPROCESSABLE_ENTITY)):
            continue  # FastAPI thinks that wrong input is answered with it; ours is 400
        responses[status] = {
            "description": response["description"],
            "content": {
                media: {"schema": converted(content["schema"])}
                for media, content in response.get("content", {}).items()
            },
        }
        if said.get("security") and status == "200" and said["operationId"] not in PLACELESS:
            responses[status]["headers"] = _headers(HEADERS)
        if said.get("security") and status == "201":
            responses[status]["headers"] = _headers([POSITION, LANGUAGE])
            if is_read:
                responses[status]["headers"]["Location"] = LOCATION
    if said.get("parameters") or said.get("requestBody"):
        responses["400"] = {"$ref": "#/components/responses/Wrong"}
    responses["default"] = {"$ref": "#/components/responses/Refused"}
    made = {
        "tags": said["tags"],
        "summary": said["summary"],
        "description": said["description"]
        + ("" if deprecation is None else f"\n\n{deprecation.sentence()}"),
        "deprecated": said.get("deprecated", False),
        "operationId": said["operationId"],
        "parameters": [
            *(_parameter(each) for each in said.get("parameters", ())),
            *([deepcopy(ACCEPTED)] if said.get("security") else ()),
        ],
        "requestBody": _body(said.get("requestBody")),
        "responses": responses,
        "security": said.get("security", []),
    }
    return {key: value for key, value in made.items() if value or key == "security"}


def _headers(names: Iterable[str]) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _body(said: Json | None) -> Json | None:
    if said is None:
        return None
    content = {}
    for media, each in said["content"].items():
        content[media] = {"schema": converted(_untitled(each["schema"]))}
        content[media]["example"] = each.get("example") or each["examples"][USUAL]["value"]
    return {"required": said.get("required", False), "content": content}


def _parameter(said: Json) -> Json:
    schema = dict(converted(_untitled(said["schema"])))
    for key in ("description", "nullable"):  # it stands beside; a parameter is there or not
        schema.pop(key, None)
    example = schema.pop("example", None)
    return {
        "name": said["name"],
        "in": said["in"],
        "required": said["required"],
        "description": said["description"],
        "schema": schema,
        **({"example": example} if example is not None else {}),
    }


def _refusal(description: str, schema: str) -> Json:
    content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "headers": _headers([LANGUAGE]), "content": content}


def _untitled(schema: Any) -> Any:  # noqa: ANN401  JSON
    """Leave out titles, which repeat names, and empty defaults."""
    if isinstance(schema, list):
        return [_untitled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _untitled(inner) for key, inner in schema.items() if key != "title"}
    if kept.get("default", 0) is None:
        del kept["default"]
    if isinstance(schema.get("properties"), dict):  # a property may be called title
        kept["properties"] = {k: _untitled(v) for k, v in schema["properties"].items()}
    return kept
