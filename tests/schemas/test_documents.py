"""The documents that are handed out keep to the standards, and say what is so."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from jsonschema import Draft7Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

from consumers.relay.dead_letters import dead_letter
from ledger.service.ports import ParkedRecord
from ledger.store.outbox import Announcement
from schemas import published
from schemas.contract import ALL, SENT
from schemas.documents.openapi import ANY, NoWordError, converted
from schemas.documents.services import SERVICES, Service
from schemas.documents.yaml_text import dumped
from schemas.examples import example
from schemas.reading import Read
from schemas.reading import read as read_message
from tests.schemas.handed_out import (
    ASYNCAPI,
    MODELS,
    OPENAPI,
    TYPES,
    Json,
    asyncapi_3,
    found,
    json_schema,
    openapi,
    read,
    references,
)


def named(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", ASYNCAPI, ids=named)
def test_each_service_is_a_valid_asyncapi_document(path: Path) -> None:
    assert [error.message for error in asyncapi_3().iter_errors(read(path))] == []


@pytest.mark.parametrize("path", OPENAPI, ids=named)
def test_each_schema_document_is_valid_openapi_without_paths(path: Path) -> None:
    document = read(path)
    OpenAPIV30SpecValidator(document, base_uri=path.as_uri()).validate()
    assert document["paths"] == {}


@pytest.mark.parametrize("path", [*ASYNCAPI, *OPENAPI], ids=named)
def test_every_reference_leads_somewhere(path: Path) -> None:
    refs = set(references(read(path)))
    assert refs or path.parent.name == "belgif"
    for reference in refs:
        assert found(reference, path)


@pytest.mark.parametrize("type_", TYPES)
def test_the_example_of_a_message_is_right_in_every_document_and_to_our_own_reader(
    type_: str,
) -> None:
    service, name = MODELS[type_]
    in_openapi = read(published.HERE / f"openapi/{service.name}.yaml")["components"]["schemas"]
    in_asyncapi = read(published.HERE / f"asyncapi/{service.name}.yaml")["components"]["messages"]
    [told] = in_asyncapi[type_]["examples"]
    [in_json] = json_schema(type_).schema["examples"]
    assert told["payload"] == in_openapi[name]["example"] == in_json == example(type_)
    openapi(type_).validate(in_json)
    json_schema(type_).validate(in_json)
    raw = json.dumps(in_json).encode()
    assert isinstance(read_message(raw, ALL), Read) if service.way == "in" else SENT.validate(raw)


@pytest.mark.parametrize("type_", TYPES)
def test_the_schema_for_any_message_finds_the_right_one_by_its_type(type_: str) -> None:
    service, _ = MODELS[type_]
    if len(service.messages) > 1:
        any_ = openapi(type_, name=ANY)
        any_.validate(example(type_))
        assert not any_.is_valid(example(type_) | {"type": f"{type_}s"})
        assert not any_.is_valid(example(type_) | {"data": {}})


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_document_refers_to_the_schema_of_each_message_and_names_its_topic(
    service: Service,
) -> None:
    path = published.HERE / f"asyncapi/{service.name}.yaml"
    document = read(path)
    for type_, message in document["components"]["messages"].items() if service.messages else ():
        schema = found(message["payload"]["schema"]["$ref"], path)
        assert schema["properties"]["type"]["enum"] == [type_]
        assert schema["properties"]["service"]["enum"] == [service.name]
    channel = document["channels"][service.short]
    assert channel["address"] == service.topic
    assert set(channel["messages"]) == (set(service.messages) or {"parkedRecord"})
    assert document["info"]["version"].split(".")[0] == service.name.rpartition(".v")[2]


def test_every_message_that_is_taken_in_or_sent_is_in_a_document() -> None:
    told = {way: {t for s in SERVICES if s.way == way for t in s.messages} for way in ("in", "out")}
    assert told == {"in": set(ALL.messages), "out": set(SENT.messages)}


def test_what_is_published_is_answered_on_the_channel_of_outcomes() -> None:
    for service in SERVICES:
        path = published.HERE / f"asyncapi/{service.name}.yaml"
        [operation] = read(path)["operations"].values()
        if service.way == "in":
            channel = found(operation["reply"]["channel"]["$ref"], path)
            assert found(channel["$ref"], path)["address"] == "rugzak.outcomes.v1"
        else:
            assert operation["action"] == "send"
            assert "reply" not in operation


def test_a_parked_record_is_described_by_its_headers() -> None:
    document = read(published.HERE / "asyncapi/be.rugzak.parked.v1.yaml")
    [message] = document["components"]["messages"].values()
    [told] = message["examples"]
    Draft7Validator(message["headers"]).validate(told["headers"])
    parked = ParkedRecord(
        topic_id=UUID(int=1),
        topic="rugzak.career.v1",
        partition=3,
        offset=4711,
        key=None,
        value=b"{}",
        headers=(),
        reason="invalid-data",
        detail="/data/version: version is missing",
        parked_at=datetime(2025, 10, 5, tzinfo=UTC),
    )
    announced = Announcement(12, 1, answered=False, record=parked)
    for plain in ({"rugzak.career.v1"}, set[str]()):
        sent = dead_letter(announced, "rugzak.parked.v1", plain)
        headers = {name: value.decode() for name, value in sent.headers}
        Draft7Validator(message["headers"]).validate(headers)
        expected = message["headers"]["required" if plain else "properties"]
        assert list(headers) == list(expected)


def test_the_names_of_schemas_are_those_of_the_models() -> None:
    """Pydantic joins module and class when two have one name: such a name would change."""
    names = {name for path in OPENAPI for name in read(path)["components"]["schemas"]}
    assert {name for name in names if not name.isalnum()} == set()


def test_the_documents_are_the_same_every_time() -> None:
    assert published.generate() == published.generate()


@pytest.mark.parametrize(
    ("schema", "in_openapi"),
    [
        ({"const": "x", "type": "string"}, {"enum": ["x"], "type": "string"}),
        (
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}], "description": "d"},
            {"type": "string", "nullable": True, "enum": ["a", None], "description": "d"},
        ),
        (
            {"anyOf": [{"type": "boolean"}, {"type": "integer"}, {"type": "null"}]},
            {"anyOf": [{"type": "boolean"}, {"type": "integer", "nullable": True}]},
        ),
        (
            {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 9},
            {
                "type": "integer",
                "minimum": 0,
                "exclusiveMinimum": True,
                "maximum": 9,
                "exclusiveMaximum": True,
            },
        ),
        ({"$ref": "#/x"}, {"$ref": "#/x"}),
        ({"$ref": "#/x", "description": "d"}, {"description": "d", "allOf": [{"$ref": "#/x"}]}),
        ({"items": {"const": 1, "type": "integer"}}, {"items": {"enum": [1], "type": "integer"}}),
        ({"examples": ["x", "y"], "title": "X"}, {"example": "x"}),
    ],
)
def test_json_schema_is_said_in_the_words_of_openapi_3_0(schema: Json, in_openapi: Json) -> None:
    assert converted(schema) == in_openapi


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"]},
        {"patternProperties": {"^x": {}}},
        {"prefixItems": [{"type": "string"}]},
        {"anyOf": [{"$ref": "#/x"}, {"type": "null"}]},
        {"properties": {"x": {"if": {}}}},
    ],
)
def test_what_openapi_3_0_has_no_word_for_is_never_left_out_in_silence(schema: Json) -> None:
    with pytest.raises(NoWordError, match=r"OpenAPI 3\.0"):
        converted(schema)


@pytest.mark.parametrize("text", ["0566988259", "1e3", "0x1F", "2025-09-01", "1.0", "12:30", "no"])
def test_a_text_that_looks_like_something_else_is_quoted_in_yaml(text: str) -> None:
    assert dumped({"x": text}, "A heading.") == f"# A heading.\nx: '{text}'\n"
