"""The journal knows each lot's scheme and unit, also where the lot's name doesn't tell."""

from uuid import UUID, uuid5

import pytest

from ledger.audit.books.journal import Journal, NoSuchLot
from ledger.domain.calendar import Term
from ledger.domain.events import Basis, Envelope, Event, Metadata, RightExpired, RightGranted
from ledger.domain.quantities import Unit
from tests.story import NORA, day, now

OTHER = uuid5(NORA, "another person")
ON = day("2021-09-01")


def granted(lot: str, scheme: str, unit: Unit) -> RightGranted:
    return RightGranted(
        lot=lot,
        scheme=scheme,
        unit=unit,
        quantity=100,
        term=Term(ON),
        funder="be-vlg",
        effective_on=ON,
        basis=Basis(rule="school-year@772e2c24"),
    )


def expired(lot: str) -> RightExpired:
    return RightExpired(lot=lot, quantity=40, effective_on=ON, reason="its term is over")


def booked(*told: tuple[UUID, Event]) -> list[tuple[str, str, str, str | None]]:
    """Return what is said of each entry: lot, scheme, unit and rule."""
    metadata = Metadata(command="c1", actor="clock", recorded_at=now("2021-09-01").recorded_at)
    journal = Journal(lambda envelope: pytest.fail(f"{envelope} was asked for"))
    entries = []
    for position, (account, event) in enumerate(told, start=1):
        envelope = Envelope(
            account=account, version=position, event=event, metadata=metadata, position=position
        )
        entries += journal.post(envelope, "any")
    return [(e.lot, e.scheme, e.unit, e.rule) for e in entries]


def test_a_lot_of_another_unit_or_scheme_than_its_name_tells_keeps_its_own() -> None:
    lot, other = "be-vlg/vov/2021-22", "be-vlg/vov/more/2021-22"
    found = booked(
        (NORA, granted(lot, "be-vlg/vov", "minute")),
        (OTHER, granted(lot, "be-vlg/vov", "cent")),
        (NORA, granted(other, "be-vlg/vov/more", "voucher")),
        (OTHER, expired(lot)),
        (NORA, expired(lot)),
        (NORA, expired(other)),
    )
    assert [(scheme, unit) for _, scheme, unit, _ in found] == [
        ("be-vlg/vov", "minute"), ("be-vlg/vov", "cent"), ("be-vlg/vov/more", "voucher"),
        ("be-vlg/vov", "cent"), ("be-vlg/vov", "minute"), ("be-vlg/vov/more", "voucher"),
    ]  # fmt: skip


def test_a_rule_is_told_where_one_decided() -> None:
    lot = "be-vlg/vov/2021-22"
    found = booked((NORA, granted(lot, "be-vlg/vov", "minute")), (NORA, expired(lot)))
    assert [rule for *_, rule in found] == ["school-year@772e2c24", None]


def test_a_lot_that_no_event_made_cannot_be_booked() -> None:
    with pytest.raises(
        NoSuchLot, match=f"no event granted anything in be-vlg/vov/2021-22, of {NORA}"
    ):
        booked((NORA, expired("be-vlg/vov/2021-22")))
