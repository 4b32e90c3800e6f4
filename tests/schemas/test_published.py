"""Published schemas: generated, valid, and never narrower than before."""

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from schemas import published as files
from schemas.contract import ALL, SENT
from schemas.documents.compatibility import losses, narrowings
from schemas.examples import DATA, example
from schemas.examples_out import OUT
from schemas.published import incompatible, json_schemas, stale, unnumbered

RECORDED = "be.rugzak.career.v1.statusSpells.notify.recorded"
SCHEMAS = {name.removesuffix(".json"): json.loads(text) for name, text in json_schemas().items()}


def published(type_: str = RECORDED) -> Any:
    return copy.deepcopy(SCHEMAS[type_])


def test_the_files_are_what_the_models_say() -> None:
    assert stale(files.HERE) == []


def test_nothing_published_became_narrower() -> None:
    assert incompatible(files.HERE) == []


def test_a_service_that_changed_since_the_release_has_a_higher_version() -> None:
    assert unnumbered(files.HERE) == []


@pytest.mark.parametrize("type_", [*DATA, *OUT])
def test_the_schema_of_every_message_is_one(type_: str) -> None:
    Draft202012Validator.check_schema(published(type_))


def test_every_message_has_a_schema_and_an_example() -> None:
    assert set(SCHEMAS) == {*DATA, *OUT} == {*ALL.messages, *SENT.messages}


@pytest.mark.parametrize("type_", OUT)
def test_what_goes_out_promises_all_that_its_example_has(type_: str) -> None:
    message = SENT.validate(json.dumps(example(type_)).encode())
    assert message.model_dump(mode="json", exclude_none=True) == example(type_)
    assert {"specversion", "id", "source", "type", "service", "data"} <= set(
        SCHEMAS[type_]["required"]
    )


def test_readers_are_to_leave_alone_what_a_later_version_adds() -> None:
    for type_, model in SENT.messages.items():
        more = example(type_) | {"later": 1}
        more["data"]["later"] = 1
        Draft202012Validator(SCHEMAS[type_]).validate(more)
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
    "null is refused and nothing is left to choose": lambda s: s["properties"].update(
        subject=s["properties"]["subject"]["anyOf"][0]
    ),
    "an object has fields from now on": lambda s: s["properties"].update(
        subject={"type": "object", "required": ["x"]}
    ),
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


def test_a_change_within_the_members_of_a_list_is_caught() -> None:
    settled = "be.rugzak.dmfa.v1.declarations.notify.settled"
    changed = published(settled)
    changed["$defs"]["WorkRegime"]["properties"]["worker"]["maximum"] = 4000
    assert narrowings(published(settled), changed) == [
        "#/data/occupations/[]: alternative 0 is no longer accepted",
        "#/data/occupations/[]/workRegime/worker: maximum became narrower or different",
    ]


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


def edited(schema: Any, seed: int) -> Any:
    """Return a schema with a few random edits, mostly such as people make."""
    chance = random.Random(seed)  # noqa: S311  no secret
    changed = copy.deepcopy(schema)
    named = (*changed["$defs"].values(), *changed["properties"].values())
    places = [place for each in named for place in nodes(each)]
    for _ in range(chance.randint(1, 3)):
        node = chance.choice([place for place in places if place])
        key = chance.choice(list(node))
        match node[key]:
            case bool():
                node[key] = not node[key]
            case int():
                node[key] += chance.choice((-1, 1, 10**6))
            case list() if len(node[key]) > 1:
                node[key].pop(chance.randrange(len(node[key])))
            case _ if key != "$ref":
                del node[key]
        if node.get("properties") and chance.random() < 0.1:  # half of the edits narrow nothing
            node.setdefault("required", []).append(chance.choice(list(node["properties"])))
    return changed


def nodes(node: Any) -> Any:
    """Yield all that can be edited: objects with something in them."""
    if isinstance(node, dict):
        if node:
            yield node
        for key, inner in node.items():
            if key not in {"examples", "discriminator"}:
                yield from nodes(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from nodes(inner)


VALID = [
    *(
        example(RECORDED) | {"data": example(RECORDED)["data"] | {"status": status, **more}}
        for status in (
            example(RECORDED)["data"]["status"],
            {"kind": "student"},
            {"kind": "jobseeker", "withBenefit": True},
            {"kind": "circumstance", "name": "work-injury"},
            {"kind": "selfEmployed", "activity": "side", "placeOfWork": "be-wal"},
        )
        for more in (
            {"period": {"from": "2025-09-01", "until": "2026-01-01"}, "evidence": "settled"},
            {"version": 2147483647, "id": "x" * 100},
            {"period": {"from": "1900-01-01"}},
        )
    ),
    example(RECORDED) | {"time": None, "subject": None},
    example(RECORDED) | {"traceid": 7, "x": True, "y": None},
]


@given(st.integers(0, 2**32))
def test_what_passes_as_compatible_accepts_every_message_of_before(seed: int) -> None:
    was = published()
    now = edited(was, seed)
    if narrowings(was, now) == []:
        validator = Draft202012Validator(now)
        for message in VALID:
            validator.validate(message)


def test_the_messages_of_that_search_are_valid_and_edits_of_both_kinds_are_made() -> None:
    for message in VALID:
        Draft202012Validator(published()).validate(message)
    passed = [narrowings(published(), edited(published(), seed)) == [] for seed in range(200)]
    assert 10 < sum(passed) < 190


GRANTED = "be.rugzak.ledger.v1.rights.notify.granted"


def granted(schema: Any) -> Any:
    return schema["$defs"]["Granted"]


MORE: dict[str, Callable[[Any], object]] = {
    "a field is added": lambda s: (
        granted(s)["properties"].update(grade={"type": "string"}),
        granted(s)["required"].append("grade"),
    ),
    "an optional field is always sent from now on": lambda s: granted(s)["required"].append(
        "funder"
    ),
    "a minimum goes up": lambda s: granted(s)["properties"]["quantity"].update(minimum=1),
    "a pattern appears": lambda s: granted(s)["properties"]["rule"].update(pattern="^[a-z]"),
    "a description changes": lambda s: s.update(description="Otherwise said."),
}
LESS: dict[str, tuple[Callable[[Any], object], str]] = {
    "a field is not always sent from now on": (
        lambda s: granted(s)["required"].remove("unit"),
        "#/data/unit: became required",
    ),
    "an optional field is no longer sent": (
        lambda s: granted(s)["properties"].pop("funder"),
        "#/data/funder: is no longer sent",
    ),
    "a field within a field is no longer sent": (
        lambda s: s["$defs"]["Period"]["properties"].pop("until"),
        "#/data/period/until: is no longer sent",
    ),
    "a field has another type": (
        lambda s: granted(s)["properties"]["quantity"].update(type="string"),
        "#/data/quantity: the type changed",
    ),
    "a minimum goes away": (
        lambda s: granted(s)["properties"]["quantity"].pop("minimum"),
        "#/data/quantity: minimum became narrower or different",
    ),
    "a constant changes": (
        lambda s: s["properties"]["service"].update(const="be.rugzak.ledger.v2"),
        "#/service: fewer values are allowed",
    ),
}


@pytest.mark.parametrize("change", MORE)
def test_readers_of_what_we_sent_before_can_read_what_has_more(change: str) -> None:
    changed = published(GRANTED)
    MORE[change](changed)
    assert losses(published(GRANTED), changed) == []


@pytest.mark.parametrize("change", LESS)
def test_readers_of_what_we_sent_before_would_miss_what_is_gone(change: str) -> None:
    edit, finding = LESS[change]
    changed = published(GRANTED)
    edit(changed)
    assert losses(published(GRANTED), changed) == [finding]


def test_readers_that_know_two_kinds_would_stumble_over_a_third() -> None:
    type_ = "be.rugzak.outcomes.v1.outcomes.notify.problemReply"
    changed = published(type_)
    changed["$defs"]["Held"] = copy.deepcopy(changed["$defs"]["Parked"])
    changed["$defs"]["Held"]["properties"]["outcome"]["const"] = "held"
    changed["properties"]["data"]["oneOf"].append({"$ref": "#/$defs/Held"})
    assert "#/data: alternative 2 is no longer accepted" in losses(published(type_), changed)


class TestReleases:
    """A release is frozen only on top of the one before, so all of them stay readable."""

    @pytest.fixture
    def here(self, tmp_path: Path) -> Path:
        files.write(tmp_path)
        assert files.freeze(tmp_path) == []
        return tmp_path

    def test_what_is_frozen_is_what_is_handed_out(self, here: Path) -> None:
        frozen = here / files.RELEASED
        assert {path.name for path in frozen.iterdir()} == {
            *(f"{type_}.json" for type_ in SCHEMAS),
            files.VERSIONS,
        }
        for type_, schema in SCHEMAS.items():
            assert json.loads((frozen / f"{type_}.json").read_text("utf-8")) == schema
        assert files.freeze(here) == []

    def test_a_release_that_breaks_with_the_last_one_is_not_frozen(self, here: Path) -> None:
        path = here / files.RELEASED / f"{RECORDED}.json"
        wider = published()
        WIDER["a value is added"](wider)
        path.write_text(json.dumps(wider), "utf-8")
        [*findings, unnumbered_too] = files.freeze(here)
        assert f"{path.name}#/data/status/sector: fewer values are allowed" in findings
        assert unnumbered_too.startswith("be.rugzak.career.v1: is otherwise than the 1.1.0")
        assert json.loads(path.read_text("utf-8")) == wider

    def test_what_we_send_is_held_against_the_release_the_other_way_round(self, here: Path) -> None:
        path = here / files.RELEASED / f"{GRANTED}.json"
        told = published(GRANTED)
        granted(told)["properties"]["grade"] = {"type": "string"}
        path.write_text(json.dumps(told), "utf-8")
        assert files.incompatible(here) == [f"{path.name}#/data/grade: is no longer sent"]

    def test_a_message_of_a_release_is_never_removed(self, here: Path) -> None:
        gone = here / files.RELEASED / "be.rugzak.career.v1.gone.notify.recorded.json"
        gone.write_text(json.dumps(published()), "utf-8")
        assert files.incompatible(here) == [f"{gone.name}: the message was removed"]
        assert files.freeze(here) != []

    def test_a_change_under_the_same_version_is_not_frozen(self, here: Path) -> None:
        path = here / files.RELEASED / f"{RECORDED}.json"
        path.write_text(json.dumps(published() | {"description": "Otherwise."}), "utf-8")
        assert files.incompatible(here) == []
        assert files.freeze(here) == files.unnumbered(here) != []
        versions = here / files.RELEASED / files.VERSIONS
        numbers = json.loads(versions.read_text("utf-8")) | {"be.rugzak.career.v1": "1.0.0"}
        versions.write_text(json.dumps(numbers), "utf-8")
        assert files.freeze(here) == []
