"""Published schemas: generated, valid, and never narrower than before."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas.contract import ALL, SENT
from schemas.examples import DATA, example
from schemas.examples_out import OUT
from schemas.published import generate, incompatible, narrowings, stale
from schemas.reading import Read, read

RECORDED = "be.rugzak.career.v1.statusSpells.notify.recorded"


def published(type_: str = RECORDED) -> Any:
    return json.loads(generate()[f"{type_}.json"])


def test_the_files_are_what_the_models_say() -> None:
    assert stale() == []


def test_nothing_published_became_narrower() -> None:
    assert incompatible() == []


@pytest.mark.parametrize("type_", DATA)
def test_every_message_has_an_example_that_the_schema_and_the_model_accept(type_: str) -> None:
    schema = published(type_)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(schema["examples"][0])
    assert isinstance(read(json.dumps(example(type_)).encode(), ALL), Read)


@pytest.mark.parametrize("type_", OUT)
def test_every_message_that_goes_out_has_an_example_with_all_that_it_promises(type_: str) -> None:
    schema = published(type_)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(schema["examples"][0])
    message = SENT.validate(json.dumps(example(type_)).encode())
    assert message.model_dump(mode="json", exclude_none=True) == example(type_)
    assert {"specversion", "id", "source", "type", "service", "data"} <= set(schema["required"])


def test_every_message_has_a_schema() -> None:
    assert (
        generate().keys()
        == {f"{type_}.json" for type_ in (*ALL.messages, *SENT.messages)}
        == {f"{type_}.json" for type_ in (*DATA, *OUT)}
    )


def test_readers_are_to_leave_alone_what_a_later_version_adds() -> None:
    for type_, model in SENT.messages.items():
        more = example(type_) | {"later": 1}
        more["data"]["later"] = 1
        assert "additionalProperties" not in generate()[f"{type_}.json"]
        assert model.model_validate_json(json.dumps(more))


def spell(schema: Any) -> Any:
    return schema["$defs"]["StatusSpell"]["properties"]


def employee(schema: Any) -> Any:
    return schema["$defs"]["Employee"]


def drop_status(schema: Any, name: str) -> None:
    members = spell(schema)["status"]["oneOf"]
    members[:] = [m for m in members if not m["$ref"].endswith(name)]


NARROWER: dict[str, Callable[[Any], object]] = {
    "a field is removed": lambda s: employee(s)["properties"].pop("sector"),
    "a field is required from now on": lambda s: s["$defs"]["Period"]["required"].append("until"),
    "a new field is required": lambda s: (
        employee(s)["properties"].update(grade={"type": "string"}),
        employee(s)["required"].append("grade"),
    ),
    "a value is no longer allowed": lambda s: employee(s)["properties"]["sector"]["enum"].remove(
        "public"
    ),
    "values are listed from now on": lambda s: employee(s)["properties"]["placeOfWork"].update(
        enum=["be-vlg"]
    ),
    "a constant changes": lambda s: s["properties"]["service"].update(const="be.rugzak.career.v2"),
    "a type changes": lambda s: employee(s)["properties"]["weeklyMinutes"].update(type="string"),
    "a maximum goes down": lambda s: employee(s)["properties"]["weeklyMinutes"].update(
        maximum=2280
    ),
    "a minimum goes up": lambda s: spell(s)["version"].update(minimum=2),
    "a text becomes shorter": lambda s: spell(s)["id"].update(maxLength=36),
    "a pattern changes": lambda s: employee(s)["properties"]["fraction"].update(pattern="^[01]$"),
    "a pattern appears": lambda s: s["properties"]["source"].update(pattern="^https:"),
    "a format appears": lambda s: spell(s)["id"].update(format="uuid"),
    "a status is no longer known": lambda s: drop_status(s, "Jobseeker"),
    "extensions are refused": lambda s: s.update(additionalProperties=False),
    "an extension gets a meaning": lambda s: s["properties"].update(
        sequence={"type": "string", "pattern": "^[0-9]+$"}
    ),
    "null is refused": lambda s: s["properties"]["time"]["anyOf"].pop(),
    "an unknown keyword appears": lambda s: spell(s)["id"].update({"not": {"const": "x"}}),
}

WIDER: dict[str, Callable[[Any], object]] = {
    "an optional field is added": lambda s: employee(s)["properties"].update(
        grade={"type": "string"}
    ),
    "a field is optional from now on": lambda s: employee(s)["required"].remove("sector"),
    "a value is added": lambda s: employee(s)["properties"]["sector"]["enum"].append("mixed"),
    "a maximum goes up": lambda s: employee(s)["properties"]["weeklyMinutes"].update(maximum=20000),
    "a pattern goes away": lambda s: employee(s)["properties"]["fraction"].pop("pattern"),
    "a description changes": lambda s: s.update(description="Otherwise said."),
    "a status is added": lambda s: (
        s["$defs"].update(Carer={**copy.deepcopy(s["$defs"]["Student"])}),
        s["$defs"]["Carer"]["properties"]["kind"].update(const="carer"),
        spell(s)["status"]["oneOf"].append({"$ref": "#/$defs/Carer"}),
    ),
}


@pytest.mark.parametrize("change", NARROWER)
def test_a_change_that_publishers_stumble_over_is_caught(change: str) -> None:
    changed = published()
    NARROWER[change](changed)
    assert narrowings(published(), changed)


@pytest.mark.parametrize("change", WIDER)
def test_an_addition_is_allowed(change: str) -> None:
    changed = published()
    WIDER[change](changed)
    assert narrowings(published(), changed) == []
