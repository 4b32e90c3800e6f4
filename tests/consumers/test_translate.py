"""A record becomes a command, or a reason; never an exception."""

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.identity import Pseudonyms
from consumers.translate import (
    ADAPTERS,
    CAREER_LANGUAGE,
    RIGHTS_LANGUAGE,
    TOP_UPS_LANGUAGE,
    Language,
    Unhandled,
    notification_language,
    translate,
)
from ledger.domain.calendar import OPEN, Term
from ledger.domain.commands import Command, RecordFact, Unfreeze
from ledger.domain.facts import (
    CIRCUMSTANCES,
    Employment,
    Fact,
    FactId,
    SelfEmployment,
    Spell,
    Status,
    TopUp,
)
from schemas import career_v1, rights_v1, top_ups_v1
from schemas.check import check_bytes
from schemas.examples import DATA, FUNDER, NORA, PAYROLL, example
from schemas.parsing import MAX_EVENT_BYTES
from tests.story import day

KEY = NORA.encode()
SHOP = "0a94c1de-7f10-8c55-9d3e-6b1f1f0c2a51"
RECORDED = "be.rugzak.career.v1.statusSpells.notify.recorded"
REASONS = {
    "no-value",
    "too-large",
    "too-deep",
    "invalid-utf8",
    "invalid-json",
    "duplicate-key",
    "not-a-number",
    "forbidden-character",
    "unknown-type",
    "unknown-version",
    "invalid-envelope",
    "invalid-data",
    "national-number",
    "key-mismatch",
}


LANGUAGES: dict[str, Language] = {
    career_v1.SERVICE: CAREER_LANGUAGE,
    rights_v1.SERVICE: RIGHTS_LANGUAGE,
    top_ups_v1.SERVICE: TOP_UPS_LANGUAGE,
    **{each: notification_language(each, Pseudonyms("k" * 32)) for each in ADAPTERS},
}


def language(type_: str) -> Language:
    return LANGUAGES[".".join(type_.split(".")[:4])]


def only(outcome: Sequence[Command] | Unhandled) -> Command:
    """Return the one command that a record became."""
    assert not isinstance(outcome, Unhandled), outcome
    (command,) = outcome
    return command


def raw(type_: str = RECORDED) -> bytes:
    return json.dumps(example(type_)).encode()


def test_a_status_spell_becomes_a_fact_of_the_account() -> None:
    command = only(translate(CAREER_LANGUAGE, KEY, raw()))
    assert command.id == f"{PAYROLL} {example(RECORDED)['id']}"
    assert (command.account, command.actor) == (UUID(NORA), PAYROLL)
    assert command.request == RecordFact(
        fact=Fact(
            id=FactId(PAYROLL, "employment-1"),
            version=1,
            about="status",
            content=Spell(
                term=Term(day("2025-09-01"), OPEN),
                status=Employment(
                    employer="0566988259",
                    sector="private",
                    place="be-vlg",
                    share=Fraction(4, 5),
                    weekly=1824,
                ),
                evidence="declared",
            ),
        )
    )


TOPPED_UP = "be.rugzak.topups.v1.topUps.notify.recorded"


def test_what_a_funder_adds_becomes_a_fact_of_the_account() -> None:
    request = only(translate(TOP_UPS_LANGUAGE, KEY, raw(TOPPED_UP))).request
    assert request == RecordFact(
        fact=Fact(
            id=FactId(FUNDER, "dotation-2025-118"),
            version=1,
            about="top-up",
            content=TopUp(
                scheme="fr/cpf",
                bucket="dotation",
                funder="fr/france-travail",
                quantity=50_000,
                unit="cent",
                term=Term(day("2025-10-01"), day("2026-10-01")),
                purposes=("certification", "driving-licence"),
            ),
        )
    )


@pytest.mark.parametrize(
    "change",
    [{"quantity": 0}, {"quantity": 0.5}, {"unit": "EUR"}, {"bucket": ""}, {"courseKinds": []},
     {"courseKinds": "licence"}, {"courseKinds": [None]}, {"courseId": None}, {"funder": ""},
     {"scheme": "CPF"}, {"period": {"from": "2026-01-01", "until": "2026-01-01"}}, {"term": 1}],
)  # fmt: skip
def test_a_malformed_top_up_is_set_aside(change: dict[str, object]) -> None:
    message = example(TOPPED_UP)
    message["data"] |= change
    outcome = translate(TOP_UPS_LANGUAGE, KEY, json.dumps(message).encode())
    assert isinstance(outcome, Unhandled)
    assert outcome.reason == "invalid-data"


@pytest.mark.parametrize("type_", DATA)
def test_every_message_becomes_a_request(type_: str) -> None:
    command = only(translate(language(type_), KEY, raw(type_)))
    facts = isinstance(command.request, RecordFact)
    assert facts is (".rights." not in type_)
    if type_.endswith("freezes.delete"):
        assert isinstance(command.request, Unfreeze)


STATUSES: list[dict[str, object]] = [
    {"kind": "civilServant", "employerNumber": "0207", "placeOfWork": "be-bru", "fraction": "0.5"},
    {"kind": "jobseeker", "withBenefit": False},
    {"kind": "selfEmployed", "activity": "side", "placeOfWork": "be-vlg"},
    {"kind": "selfEmployed", "activity": "main", "placeOfWork": "be-vlg", "enterprise": SHOP},
    {"kind": "enterprise", "size": "small", "placeOfWork": "be-vlg"},
    {"kind": "student"},
    {"kind": "inactive"},
    {"kind": "retired"},
]
PROFILES: list[dict[str, object]] = [
    {"kind": "birthDate", "on": "1988-04-12"},
    {
        "kind": "residence",
        "region": "be-wal",
        "period": {"from": "2019-01-01", "until": "2024-05-01"},
    },
]


@pytest.mark.parametrize(
    ("type_", "field", "value"),
    [(RECORDED, "status", status) for status in STATUSES]
    + [(RECORDED.replace("statusSpells", "profileFacts"), "profile", p) for p in PROFILES],
)
def test_every_status_and_profile_is_read(type_: str, field: str, value: dict[str, object]) -> None:
    message = example(type_)
    message["data"] |= {field: value}
    assert only(translate(CAREER_LANGUAGE, KEY, json.dumps(message).encode()))


def test_the_enterprise_of_a_self_employment_is_named_by_its_account() -> None:
    status: dict[str, object] = {
        "kind": "selfEmployed",
        "activity": "main",
        "placeOfWork": "be-vlg",
    }
    run = [said(status | {"enterprise": SHOP}), said(status)]
    assert [each.enterprise for each in run if isinstance(each, SelfEmployment)] == [SHOP, ""]


def said(status: dict[str, object]) -> Status:
    """Return the status that a career message tells."""
    message = example(RECORDED)
    message["data"] |= {"status": status}
    request = only(translate(CAREER_LANGUAGE, KEY, json.dumps(message).encode())).request
    assert isinstance(request, RecordFact)
    assert isinstance(request.fact.content, Spell)
    return request.fact.content.status


def settled(data: dict[str, object], **status: object) -> bytes:
    """Return the settled job of the examples, from September to February, with other data."""
    message = example(RECORDED.replace("recorded", "corrected"))
    message["data"] |= data
    message["data"]["status"] |= status
    return json.dumps(message).encode()


def test_a_settled_job_may_speak_for_more_days_than_its_own() -> None:
    request = only(
        translate(CAREER_LANGUAGE, KEY, settled({"settles": {"from": "2025-07-01"}}))
    ).request
    assert isinstance(request, RecordFact)
    assert isinstance(request.fact.content, Spell)
    assert request.fact.content.settles == Term(day("2025-07-01"), OPEN)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (settled({"settles": {"from": "2025-10-01"}}), "settles holds the whole period"),
        (
            settled({"settles": {"from": "2025-07-01", "until": "2026-02-28"}}),
            "settles holds the whole period",
        ),
        (
            settled({"settles": {"from": "2025-07-01"}, "evidence": "declared"}),
            "only the settled work of an employee settles days",
        ),
        (
            settled({"settles": {"from": "2025-07-01"}, "status": {"kind": "student"}}),
            "only the settled work of an employee settles days",
        ),
        (settled({}, assumed=True), "what is settled is not assumed"),
    ],
)
def test_what_settles_days_is_a_settled_job_that_lies_in_them(value: bytes, says: str) -> None:
    outcome = translate(CAREER_LANGUAGE, KEY, value)
    assert isinstance(outcome, Unhandled)
    assert says in outcome.detail


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        (KEY, None, "no-value"),
        (None, raw(), "key-mismatch"),
        (b"", raw(), "key-mismatch"),
        (KEY.upper(), raw(), "key-mismatch"),
        (KEY + b'","id":"employment-1', raw(), "key-mismatch"),
        (b"0" + KEY[1:], raw(), "key-mismatch"),
        (KEY, raw("be.rugzak.rights.v1.uses.create"), "unknown-type"),
        (KEY, b"x" * (10 * MAX_EVENT_BYTES), "too-large"),
        (KEY, raw().replace(b'"version": 1', b'"version": 1, "version": 2'), "duplicate-key"),
        (KEY, raw().replace(b"employment-1", b"employment\\u0000"), "forbidden-character"),
    ],
)
def test_what_can_not_be_handled_has_a_stable_reason(
    key: bytes | None, value: bytes | None, reason: str
) -> None:
    outcome = translate(CAREER_LANGUAGE, key, value)
    assert isinstance(outcome, Unhandled)
    assert outcome.reason == reason


def test_the_same_message_laid_out_otherwise_is_the_same_content() -> None:
    again = json.dumps(example(RECORDED), indent=2, sort_keys=True).encode()
    first, second = translate(CAREER_LANGUAGE, KEY, raw()), translate(CAREER_LANGUAGE, KEY, again)
    assert first == second


def never_raises(key: bytes | None, value: bytes) -> None:
    for spoken in LANGUAGES.values():
        outcome = translate(spoken, key, value)
        if isinstance(outcome, Unhandled):
            assert outcome.reason in REASONS
            assert outcome.detail.isascii()
            assert outcome.detail.isprintable()
    assert isinstance(check_bytes(value), list)


@given(key=st.none() | st.binary(max_size=40), value=st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_no_bytes_raise(key: bytes | None, value: bytes) -> None:
    never_raises(key, value)


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(list(DATA))
)
anything = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """Draw a valid message in which something was replaced, removed, added or cut."""
    message = example(draw(st.sampled_from(list(DATA))))
    node: Any = json.loads(json.dumps(message))
    whole = node
    while True:
        name = draw(st.sampled_from(sorted(node)))
        if not isinstance(node[name], dict) or draw(st.booleans()):
            break
        node = node[name]
    match draw(st.sampled_from(["replace", "remove", "add"])):
        case "replace":
            node[name] = draw(anything)
        case "remove":
            del node[name]
        case _:
            node[draw(st.text())] = draw(anything)
    text = json.dumps(whole, ensure_ascii=draw(st.booleans()))
    value = text.encode("utf-8", "surrogatepass")
    at = draw(st.integers(0, len(value)))
    return draw(
        st.sampled_from([value, value[:at], value[:at] + draw(st.binary(max_size=3)) + value[at:]])
    )


@given(value=broken())
@settings(max_examples=500, deadline=None)
def test_no_broken_message_raises(value: bytes) -> None:
    never_raises(KEY, value)


def test_every_circumstance_that_a_rule_may_ask_can_be_told() -> None:
    """The contract's names and the ledger's are the same; neither room imports the other."""
    names = career_v1.Circumstance.model_json_schema(by_alias=True)["properties"]["name"]["enum"]
    assert set(names) == CIRCUMSTANCES
