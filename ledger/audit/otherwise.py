"""What would have been: an account as the log has it, beside its life told again by other rules.

Only what a change of rules can reach is compared, see `ledger.audit.simulate.reached`. A request
that was refused at the time can't be told again: the log keeps why, not all that was asked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from ledger.audit.requests import history_of
from ledger.audit.simulate import MEASURES, NOTHING, Taking, among, figures_of, live, reached
from ledger.domain.account import Account
from ledger.domain.decide import reach
from ledger.domain.events import Envelope, LotId
from ledger.domain.evolve import fold
from ledger.domain.quantities import Unit
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Now


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldBe:
    """A figure that would be another.

    Attributes:
        lot: which; of a request that would have been refused, what it names and its day.
        measure: of `ledger.audit.simulate.Figures`; `refused`: what was allowed, and would not be.
        is_: by the log, in the smallest unit.
        would_be: by the other rules.

    """

    scheme: str
    unit: Unit
    lot: LotId
    measure: str
    is_: int
    would_be: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One account, and its life by other rules."""

    differences: tuple[WouldBe, ...]
    requests: int
    untold: int


def compared(
    envelopes: Sequence[Envelope],
    due_on: date | None,
    rules: Rulebook,
    others: Rulebook,
    end: Now,
) -> Compared:
    """Compare an account as it stands on a day with what it would be by other rules.

    Args:
        envelopes: all events of the account.
        due_on: the next day on which something falls due, as its state row has it.
        rules: those in use, for what falls due until the day.
        others: the other rules.
        end: the day.

    """
    schemes = reached(rules, others)
    history, state = history_of(envelopes, end.today), fold(envelopes)
    if due_on is not None and due_on <= end.today:
        state = reach(state, end, rules, due_on).account
    lived = live(history, among(others, schemes), end)
    ids = sorted({**state.lots, **lived.account.lots})
    refused = (each for each in lived.refused.values() if each.scheme in schemes)
    return Compared(
        differences=(
            *(d for id_ in ids for d in _lot(id_, state, lived.account) if d.scheme in schemes),
            *map(_refused, refused),
        ),
        requests=len(history.asked),
        untold=history.untold,
    )


def _lot(id_: LotId, state: Account, other: Account) -> Iterator[WouldBe]:
    """Tell what of a lot would be otherwise; in another unit it is another lot."""
    is_, would_be = state.lots.get(id_), other.lots.get(id_)
    for scheme, unit in dict.fromkeys((lot.scheme, lot.unit) for lot in (is_, would_be) if lot):
        one = figures_of(is_, state) if is_ and is_.unit == unit else NOTHING
        then = figures_of(would_be, other) if would_be and would_be.unit == unit else NOTHING
        for name in MEASURES:
            figures = getattr(one, name), getattr(then, name)
            if figures[0] != figures[1]:
                yield WouldBe(
                    scheme=scheme,
                    unit=unit,
                    lot=id_,
                    measure=name,
                    is_=figures[0],
                    would_be=figures[1],
                )


def _refused(request: Taking) -> WouldBe:
    return WouldBe(
        scheme=request.scheme,
        unit=cast("Unit", request.unit),
        lot=f"asked on {request.on}",
        measure="refused",
        is_=request.quantity,
        would_be=0,
    )
