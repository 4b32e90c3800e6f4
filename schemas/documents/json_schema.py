"""JSON Schemas of messages, as their models have them."""

from collections.abc import Iterable, Mapping

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


class _SentSchema(_Schema):
    """What we always send, readers may count on: also what the model fills in by itself."""

    def field_is_required(self, field: Json, total: bool) -> bool:  # noqa: FBT001  its signature
        return super().field_is_required(field, total) or field["schema"]["default"] is not None

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        described = super().default_schema(schema)
        described.pop("default", None)
        return described


_GENERATORS: Mapping[Way, type[_Schema]] = {"in": _Schema, "out": _SentSchema}


def of_message(type_: str, model: type[BaseModel], way: Way) -> Json:
    """Return the JSON Schema of one message, of those that we take `in` or send `out`."""
    schema = model.model_json_schema(schema_generator=_GENERATORS[way])
    head = {"$schema": DIALECT, "$id": f"urn:{type_}"}
    return head | schema | {"examples": [example(type_)]}


def of_file(kind: str, model: type[BaseModel]) -> Json:
    """Return the JSON Schema of a kind of file."""
    return {"$schema": DIALECT, "$id": f"urn:{kind}"} | model.model_json_schema()


def components(models: Iterable[type[BaseModel]], way: Way) -> dict[str, Json]:
    """Return the schemas of models and all that they hold, by name, as OpenAPI places them."""
    _, schema = models_json_schema(
        [(model, "validation") for model in models],
        ref_template="#/components/schemas/{model}",
        schema_generator=_GENERATORS[way],
    )
    defined: dict[str, Json] = schema["$defs"]
    return defined
