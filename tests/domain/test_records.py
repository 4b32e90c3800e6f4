"""The domain's dataclasses are as those of the standard library, but cheap to make."""

import pickle
from dataclasses import FrozenInstanceError, dataclass, fields, replace

import pytest

from ledger.domain import records
from ledger.domain.calendar import Term
from tests.story import day


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    lot: str
    quantity: int = 0


@records.dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    lot: str
    quantity: int = 0


def test_a_record_compares_hashes_copies_and_is_written_as_a_frozen_dataclass() -> None:
    one, other = Record(lot="vov", quantity=3), Record(lot="vov", quantity=3)
    frozen = Frozen(lot="vov", quantity=3)
    assert one == other
    assert hash(one) == hash(other) == hash(frozen)
    assert replace(one, quantity=4) != one
    assert repr(one).replace("Record", "Frozen") == repr(frozen)
    assert [each.name for each in fields(one)] == [each.name for each in fields(frozen)]
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301  our own bytes


def test_only_the_type_checker_holds_a_record_as_it_is() -> None:
    with pytest.raises(FrozenInstanceError):
        Frozen(lot="vov").quantity = 1  # type: ignore[misc]
    Record(lot="vov").quantity = 1  # type: ignore[misc]  # mypy refuses it without this


def test_a_term_is_written_as_dataclasses_are_because_digests_are_made_of_it() -> None:
    term = Term(day("2021-09-01"), day("2022-09-01"))
    assert repr(term) == "Term(since=datetime.date(2021, 9, 1), until=datetime.date(2022, 9, 1))"
