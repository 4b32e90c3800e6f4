"""What is told of each event: in the published form, and nothing of a person's life."""

import json
from collections.abc import Iterable
from typing import Any, get_args
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from consumers.relay.balance import balance_of
from consumers.relay.telling import Teller, written
from ledger.domain import events as e
from ledger.domain.account import Account
from ledger.domain.acts import Act
from ledger.domain.calendar import Term
from ledger.domain.evolve import fold
from ledger.service.naming import Lots, UnknownScheme, reference
from ops.ledger_wiring import rulebook
from schemas.published import json_schemas
from tests.projections.logs import enveloped, noras_life
from tests.store.samples import DAY, LOT, METADATA, SAMPLES

NORA = UUID("6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7")
INSTALLATION = "https://rugzak.example.be"
PUBLISHED = {name.removesuffix(".json"): json.loads(text) for name, text in json_schemas().items()}

OPERATED = (e.RecordDropped, e.GapAccepted, *get_args(Act))
"""What operators decided or did is told to nobody."""

TOLD = tuple(event for event in SAMPLES if not isinstance(event, OPERATED))

LOTS = Lots({id_: scheme.unit for id_, scheme in rulebook().schemes.items()})
TELLER = Teller(INSTALLATION, LOTS)


def told(event: e.Event, *, position: int = 4711) -> dict[str, Any]:
    envelope = e.Envelope(
        account=NORA, version=7, event=event, metadata=METADATA, position=position
    )
    outgoing = TELLER.told(envelope)
    assert outgoing is not None
    message: dict[str, Any] = json.loads(written(outgoing))
    return message


def keeps_its_schema(message: dict[str, Any]) -> None:
    Draft202012Validator(PUBLISHED[message["type"]], format_checker=FormatChecker()).validate(
        message
    )


@pytest.mark.parametrize("event", TOLD, ids=lambda event: type(event).__name__)
def test_every_event_is_told_as_its_published_schema_says(event: e.Event) -> None:
    message = told(event)
    keeps_its_schema(message)
    assert message["id"] == "ledger-4711"
    assert message["source"] == INSTALLATION
    assert message["time"] == "2025-10-06T08:15:00.123456Z"
    assert (message["data"]["position"], message["data"]["version"]) == (4711, 7)


def test_what_operators_decided_is_told_to_nobody() -> None:
    for event in SAMPLES:
        if isinstance(event, OPERATED):
            envelope = e.Envelope(
                account=NORA, version=1, event=event, metadata=METADATA, position=1
            )
            assert TELLER.told(envelope) is None


def test_each_kind_of_event_is_told_by_a_type_of_its_own() -> None:
    types = {type(event): told(event)["type"] for event in TOLD}
    assert len(set(types.values())) == len(types)
    ours = {name for name in PUBLISHED if name.startswith("be.rugzak.ledger.v1.")}
    assert set(types.values()) == ours


def texts(value: object) -> Iterable[str]:
    match value:
        case dict():
            for name, each in value.items():
                yield from (name, *texts(each))
        case list():
            for each in value:
                yield from texts(each)
        case _:
            yield str(value)


PRIVATE = (
    "0403227515", "1988", "4f1c9a27d3be", "dimona", "burgerprofiel", "opl-7781", "cvo-antwerpen",
    "enrolment", "shortened", "inquiry", "2400 minutes", "caces", "dotation-2025-118",
    "fr/france-travail", "certification", "missed", "attended", "not eligible", "10320", "4/5",
)  # fmt: skip
"""What the samples hold of jobs, courses, sources and texts."""


@pytest.mark.parametrize("event", TOLD, ids=lambda event: type(event).__name__)
def test_nothing_of_jobs_courses_sources_or_texts_is_told(event: e.Event) -> None:
    said = " ".join(texts(told(event)))
    assert [private for private in PRIVATE if private in said] == []


def test_a_fact_is_told_of_only_that_it_was_recorded() -> None:
    recorded = next(event for event in SAMPLES if isinstance(event, e.StatusRecorded))
    assert told(recorded)["data"] == {"person": str(NORA), "position": 4711, "version": 7}


def test_a_reservation_its_use_and_its_reversal_have_one_reference_that_the_requester_can_make() -> (
    None
):
    by_kind = {type(event): told(event)["data"] for event in TOLD}
    of_it = (e.RightReserved, e.ReservationReleased, e.RightUsed, e.UseReversed, e.CourseEnded)
    assert {by_kind[kind]["id"] for kind in of_it} == {str(reference(NORA, "enrolment-2025-118"))}
    assert by_kind[e.RightUsed]["captured"] is True
    assert by_kind[e.RightReserved]["lots"] == [{"lot": LOT, "quantity": 2400}]


def test_a_lot_that_a_funder_or_a_request_made_is_told_under_another_name() -> None:
    topped_up = told(next(event for event in SAMPLES if isinstance(event, e.TermCorrected)))["data"]
    assert topped_up["lot"].startswith("fr/cpf/top-up-")
    assert topped_up["lot"].endswith("/dotation")
    assert "funder" not in topped_up
    asked = LOTS.named(NORA, "fr/cpf/asked-93051822361/own", "fr/cpf")
    assert "93051822361" not in asked
    assert asked == LOTS.named(NORA, "fr/cpf/asked-93051822361/own", "fr/cpf")
    assert asked != LOTS.named(UUID(int=1), "fr/cpf/asked-93051822361/own", "fr/cpf")


def test_a_refused_request_for_a_scheme_that_is_none_does_not_repeat_it() -> None:
    refused = e.RequestRefused(
        request="reserve",
        scheme="93051822361",
        reason="unknown-scheme",
        detail="",
        effective_on=DAY,
    )
    assert "scheme" not in told(refused)["data"]


def test_a_freeze_of_everything_names_no_scheme() -> None:
    frozen = e.RightsFrozen(scheme="", effective_on=DAY, reason="An inquiry.")
    assert "scheme" not in told(frozen)["data"]
    assert (
        told(next(x for x in SAMPLES if isinstance(x, e.RightsFrozen)))["data"]["scheme"]
        == "fr/cpf"
    )


def test_a_lot_of_a_scheme_that_is_not_here_stops_the_line_rather_than_guess() -> None:
    expired = e.RightExpired(lot="be-vlg/later/2030", quantity=1, effective_on=DAY, reason="term")
    with pytest.raises(UnknownScheme, match="be-vlg/later/2030 is a lot of no scheme here"):
        told(expired)


def test_a_term_without_an_end_is_told_without_one() -> None:
    granted = next(event for event in SAMPLES if isinstance(event, e.RightTransferred))
    assert granted.term == Term(DAY.replace(2019, 1, 1))
    assert told(granted)["data"]["period"] == {"from": "2019-01-01"}


def balance(account: Account) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(written(balance_of(NORA, account, 12, INSTALLATION, LOTS)))
    return message


def test_a_balance_has_every_lot_and_adds_up() -> None:
    account = fold(noras_life(NORA))
    message = balance(account)
    keeps_its_schema(message)
    assert message["id"] == "balance-12"
    assert (message["data"]["version"], message["data"]["person"]) == (account.version, str(NORA))
    assert [lot["lot"] for lot in message["data"]["lots"]] == sorted(account.lots)
    for lot in message["data"]["lots"]:
        inward = lot["granted"] + lot["transferredIn"]
        parts = ("available", "reserved", "used", "expired", "transferredOut", "withdrawn")
        assert inward == sum(lot[part] for part in parts)


@pytest.mark.parametrize(
    ("stop", "usable", "restriction", "frozen"),
    [
        (e.RightsFrozen(scheme="", effective_on=DAY, reason="x"), 0, None, True),
        (e.RightsFrozen(scheme="be-vlg/vov", effective_on=DAY, reason="x"), 0, None, True),
        (e.RightsFrozen(scheme="fr/cpf", effective_on=DAY, reason="x"), 6000, None, False),
        (e.RightRestricted(scheme="be-vlg/vov", mode="freeze", effective_on=DAY, reason="x"), 0, "freeze", False),
        (e.RightRestricted(scheme="be-vlg/vov", mode="keep", effective_on=DAY, reason="x"), 6000, "keep", False),
    ],
)  # fmt: skip
def test_what_is_stopped_is_there_but_cannot_be_used(
    stop: e.Event, usable: int, restriction: str | None, frozen: bool
) -> None:
    granted = next(event for event in SAMPLES if isinstance(event, e.RightGranted))
    (lot,) = balance(fold(enveloped([granted, stop], NORA)))["data"]["lots"]
    assert (lot["available"], lot["usable"]) == (6000, usable)
    assert (lot.get("restriction"), lot["frozen"]) == (restriction, frozen)
