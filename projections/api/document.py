"""The API's OpenAPI document, in version 3.0 as the Belgian guide asks (oas-contra).

FastAPI describes an application in 3.1. Every schema of that is said again in the older dialect,
and what that has no word for is refused, so that none is lost in silence.
"""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, Final

from projections.api.app import PREFIX, VERSION, application
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
HEADERS: Final = {
    "ETag": "Of the content, without the position: send it as If-None-Match.",
    POSITION: "The place in the ledger's order up to which the answer reflects it.",
}

PLACELESS: Final = frozenset({"listAccesses"})
"""Operations whose answers are not out of the ledger, so that they have no position in it."""

DESCRIPTION: Final = (
    "Training rights that follow the person. Amounts are whole numbers of a smallest unit, which "
    "stands beside them. Each answer names the position in the ledger's one order that it reflects "
    "(`Rugzak-Position`); who has just written sends the position that it got as `Rugzak-After`, "
    "and is answered when that is reflected. What is not yours to see is as if it were not there."
)


def files() -> dict[str, str]:
    """Return what is published of the API, by path."""
    return {PATH: dumped(document(), HEADING)}


def document() -> Json:
    """Return the document.

    Raises:
        NoWordError: OpenAPI 3.0 can't say what a model says.

    """
    app = application()
    told = app.openapi()
    schemas = told["components"]["schemas"] | components([Problem, BadRequest], "out")
    schemas |= components(BODIES, "in")
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own, which we never answer
        schemas.pop(name, None)
    return {
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
                method: _operation(said) for method, said in item.items() if method in METHODS
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


def _tags(told: Json) -> Iterator[str]:
    for item in told["paths"].values():
        for said in item.values():
            yield from said["tags"]


def _operation(said: Json) -> Json:
    responses: dict[str, Json] = {}
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
            responses[status]["headers"] = _headers([POSITION])
    if said.get("parameters") or said.get("requestBody"):
        responses["400"] = {"$ref": "#/components/responses/Wrong"}
    responses["default"] = {"$ref": "#/components/responses/Refused"}
    made = {
        "tags": said["tags"],
        "summary": said["summary"],
        "description": said["description"],
        "operationId": said["operationId"],
        "parameters": [_parameter(each) for each in said.get("parameters", ())],
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
    return {"description": description, "content": content}


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
