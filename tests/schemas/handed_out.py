"""The documents as somebody else reads them: from the files, with the standards' own schemas."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator, Draft202012Validator
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from schemas import published
from schemas.documents.services import SERVICES

Json = Any

ASYNCAPI = [published.HERE / f"asyncapi/{service.name}.yaml" for service in SERVICES]
OPENAPI = sorted((published.HERE / "openapi").rglob("*.yaml"))

MODELS = {
    type_: (service, model.__name__)
    for service in SERVICES
    for type_, model in service.messages.items()
}
"""Service and name of the schema of each message, by type."""

TYPES = sorted(MODELS)


@cache
def read(path: Path) -> Json:
    return yaml.safe_load(path.read_text("utf-8"))


@cache
def asyncapi_3() -> Draft7Validator:
    """Return the schema of AsyncAPI 3.0.0 that its makers publish."""
    text = (Path(__file__).parent / "asyncapi" / "3.0.0.json").read_text("utf-8")
    return Draft7Validator(json.loads(text))


@cache
def json_schema(type_: str) -> Draft202012Validator:
    return Draft202012Validator(read(published.HERE / f"json/{type_}.json"))


@cache
def openapi(type_: str, *, name: str | None = None) -> Any:
    """Return the OpenAPI schema of a message, or another one of its service."""
    service, own = MODELS[type_]
    path = published.HERE / f"openapi/{service.name}.yaml"
    resources = [(each.as_uri(), DRAFT4.create_resource(read(each))) for each in OPENAPI]
    registry: Registry[Json] = Registry().with_resources(resources)
    wanted = {"$ref": f"{path.as_uri()}#/components/schemas/{name or own}"}
    return OAS30Validator(wanted, registry=registry)


def references(node: Json) -> Iterator[str]:
    """Yield each reference of a document, also those of a discriminator."""
    if isinstance(node, dict):
        for key, inner in node.items():
            if key == "$ref" and isinstance(inner, str):
                yield inner
            elif key == "mapping":
                yield from inner.values()
            elif key != "example":
                yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


def found(reference: str, within: Path) -> Json:
    """Follow a reference from a file; raise KeyError when it leads nowhere."""
    file, _, pointer = reference.partition("#")
    node = read((within.parent / file).resolve() if file else within)
    for step in pointer.strip("/").split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node
