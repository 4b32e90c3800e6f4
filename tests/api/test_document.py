"""The API's document is OpenAPI 3.0, and describes what the API does."""

import json
import re

from openapi_spec_validator import OpenAPIV30SpecValidator
from pydantic import BaseModel

from projections.api.app import application
from projections.api.document import BODIES, document, files
from projections.api.routing import PREFIX
from schemas.api_v1.prospects import QuotesQuestion
from schemas.api_v1.rights import ManyBalancesQuestion


def test_it_is_valid_openapi_3_0() -> None:
    assert [str(error) for error in OpenAPIV30SpecValidator(document()).iter_errors()] == []


def test_it_is_the_same_each_time() -> None:
    assert files() == files()


def test_every_operation_has_an_id_a_summary_its_scopes_and_problems() -> None:
    said = document()
    ids = []
    for path, item in said["paths"].items():
        assert re.fullmatch(r"(/([a-z][A-Za-z]*|\{[a-z][A-Za-z]*\}))+", path)
        for operation in item.values():
            ids.append(operation["operationId"])
            assert operation["summary"]
            assert operation["tags"]
            assert operation["security"] or path.startswith("/health")
            assert "default" in operation["responses"]
            assert "422" not in operation["responses"] or operation["requestBody"]
    assert len(ids) == len(set(ids))


def test_every_route_is_in_it() -> None:
    told = {PREFIX + path for path in document()["paths"]}
    assert told == set(application().openapi()["paths"])


def test_every_body_has_an_example_that_is_read() -> None:
    bodies: set[type[BaseModel]] = {*BODIES, QuotesQuestion, ManyBalancesQuestion}
    models: dict[str, type[BaseModel]] = {model.__name__: model for model in bodies}
    read = []
    for item in document()["paths"].values():
        for operation in item.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                model = models[content["schema"]["$ref"].rpartition("/")[2]]
                assert model.model_validate_json(json.dumps(content["example"]))
                read.append(model)
    assert set(read) == bodies
