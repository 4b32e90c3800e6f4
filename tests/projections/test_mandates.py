"""The read model of mandates says what the ledger's state says."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import events as e
from ledger.domain.account import Account
from ledger.domain.calendar import Term
from ledger.domain.events import AccountErased, Event
from ledger.domain.evolve import fold
from ledger.domain.mandates import Mandate
from projections.mandates.project import MANDATES, MANDATES_TABLE, MandateRow
from projections.projection import fold as rows_of
from tests.projections.logs import DAY, VOV, enveloped, person

NORA, EMMA = person(1), person(2)


def given_(id_: str) -> Event:
    return e.MandateGiven(
        mandate=id_,
        helper=EMMA,
        actions=("read", "use"),
        schemes=(VOV,),
        term=Term(DAY),
        effective_on=DAY,
    )


def ended(id_: str) -> Event:
    return e.MandateEnded(mandate=id_, effective_on=DAY, reason="no longer needed")


def mandate_of(row: MandateRow) -> Mandate:
    return Mandate(
        helper=row.helper,
        organisation=row.organisation,
        actions=tuple(row.actions.split()),  # type: ignore[arg-type]  # as they were written
        schemes=tuple(row.schemes.split()),
        term=Term(row.since, row.until),
        ended=row.ended_on,
    )


@given(ends=st.lists(st.sampled_from(["m0", "m1", "m2"]), unique=True), cut=st.integers(0, 6))
def test_rows_are_the_mandates_that_the_domain_folds(ends: list[str], cut: int) -> None:
    log = enveloped([*map(given_, ("m0", "m1", "m2")), *map(ended, ends)], NORA)
    state: Account = fold(log)
    pages = [page for page in (log[:cut], log[cut:]) if page]
    rows = rows_of(MANDATES, pages)[MANDATES_TABLE.name]
    assert {key[1]: mandate_of(MandateRow(*row)) for key, row in rows.items()} == state.mandates


def test_nothing_is_told_of_an_erased_holder() -> None:
    log = enveloped([given_("m0"), AccountErased(because="asked", effective_on=DAY)], NORA)
    assert rows_of(MANDATES, [log])[MANDATES_TABLE.name] == {}
