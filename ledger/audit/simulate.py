"""Simulates a change of rules: one person's life under two rulebooks, and what differs.

Both lives are told the same requests on the same days, so that what differs is the rules' doing.
A lot is known by its id, which has its scheme, period and bucket: under rules that divide time
otherwise each right of the old kind counts as lost, and each of the new kind as gained.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final, NamedTuple, TypeAlias

from ledger.audit.groups import Groups, groups_of
from ledger.audit.life import Life
from ledger.audit.requests import History
from ledger.domain.account import Account
from ledger.domain.commands import ReachDay, Reserve, Transfer, Use
from ledger.domain.events import LotId
from ledger.domain.lots import Lot
from ledger.domain.quantities import Unit
from ledger.domain.reasons import Rejection
from ledger.domain.rulebook import Registered, Rulebook
from ledger.domain.settle import Now

Taking: TypeAlias = Reserve | Use | Transfer
"""A request for a quantity of a scheme's rights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What there is of a scheme or a lot, in its smallest unit; but `refused` counts requests.

    Attributes:
        granted: granted or moved in by a rule, without what was withdrawn or is beyond the due.
        held: of that, what can be used on the day, is reserved or was used; not what lapsed, was
            moved on, or can't be used because of the person's status.
        reserved: held for courses.
        used: so far.
        lapsed: what nobody used in time.
        short: used or reserved beyond what is due.
        refused: how many requests for it were refused.

    """

    granted: int = 0
    held: int = 0
    reserved: int = 0
    used: int = 0
    lapsed: int = 0
    short: int = 0
    refused: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(**{name: getattr(self, name) + getattr(other, name) for name in MEASURES})

    def __sub__(self, other: "Figures") -> "Figures":
        return Figures(**{name: getattr(self, name) - getattr(other, name) for name in MEASURES})

    def __neg__(self) -> "Figures":
        return Figures() - self

    def above_zero(self) -> "Figures":
        """Return what is above zero, and nothing of the rest."""
        return Figures(**{name: max(getattr(self, name), 0) for name in MEASURES})

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in MEASURES)


MEASURES: Final = tuple(each.name for each in fields(Figures))

ACQUIRED: Final = ("granted", "held")
"""The measures of a lot that a change of rules may not lower: acquired rights."""


NOTHING: Final = Figures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """A life as it stands on the day asked about.

    Attributes:
        refused: the requests for rights that were refused, by their number in the history.

    """

    account: Account
    refused: Mapping[int, Taking]


class Of(NamedTuple):
    """What figures are about; a scheme whose unit the change replaces is two things."""

    scheme: str
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """An acquired right that is less under the changed rules.

    Attributes:
        lot: which; for a refusal, the day of the request, e.g. `asked on 2022-10-05`.
        measure: `granted`, `held`, or `refused` when a request that was allowed is refused.
        before: under today's rules, in the smallest unit; for a refusal, what was asked.
        after: under the changed ones.

    """

    of: Of
    lot: LotId
    measure: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What the change makes of one person's rights under one scheme.

    Attributes:
        gained: lot by lot what is more, by measure.
        lost: lot by lot what is less, by measure.
        losses: of acquired rights.
        better: whether something is more, or is no longer refused.

    """

    before: Figures
    after: Figures
    gained: Figures
    lost: Figures
    losses: tuple[Loss, ...]
    better: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One person under both rulebooks, with the groups that the person is in on the day."""

    groups: Groups
    differences: Mapping[Of, Difference]


def reached(before: Rulebook, after: Rulebook) -> frozenset[str]:
    """Name the schemes that a change can reach: those changed, and who converts from or into them.

    All others give everybody the same under both rulebooks.
    """
    schemes = [*before.schemes.values(), *after.schemes.values()]
    linked: dict[str, set[str]] = {scheme.id: set() for scheme in schemes}
    for scheme in schemes:
        for made in (*scheme.conversions, *scheme.by_rule):
            linked[scheme.id].add(made.to)
            linked.setdefault(made.to, set()).add(scheme.id)
    found = {each for each in linked if _digest(before, each) != _digest(after, each)}
    for one, other in ((before.providers, after.providers), (before.courses, after.courses)):
        if one != other:
            found |= _recognised_otherwise(one, other)
    waiting = list(found)
    while waiting:
        more = linked.get(waiting.pop(), set()) - found
        found |= more
        waiting += more
    return frozenset(found)


def _digest(rules: Rulebook, scheme: str) -> str:
    return rules.schemes[scheme].digest if scheme in rules.schemes else ""


def _recognised_otherwise(
    before: Mapping[str, Registered], after: Mapping[str, Registered]
) -> set[str]:
    """Name the schemes for which some entry of a register is recognised otherwise."""
    found: set[str] = set()
    for id_ in before.keys() | after.keys():
        one, other = (
            {} if entry is None else entry.recognised for entry in (before.get(id_), after.get(id_))
        )
        found |= {each for each in {*one, *other} if one.get(each, ()) != other.get(each, ())}
    return found


def among(rules: Rulebook, schemes: Iterable[str]) -> Rulebook:
    """Return the rulebook with only some schemes, as far as it has them."""
    chosen = set(schemes)
    return Rulebook(
        schemes={id_: each for id_, each in rules.schemes.items() if id_ in chosen},
        providers=rules.providers,
        courses=rules.courses,
    )


def live(history: History, rules: Rulebook, end: Now) -> Lived:
    """Live a life under some rules until a day; a request for a scheme they lack is refused.

    Shared limits are not looked at: what the others of a sample took says nothing of a country.
    """
    life = Life(rules, others=None)
    refused: dict[int, Taking] = {}
    for number, (now, request) in enumerate(history.asked):
        outcome = life.ask(now, request)
        if isinstance(outcome, Rejection) and isinstance(request, Reserve | Use | Transfer):
            refused[number] = request
    life.ask(end, ReachDay())
    return Lived(account=life.account, refused=refused)


def compare(history: History, before: Rulebook, after: Rulebook, end: Now) -> Compared:
    """Live a life under today's rules and under changed ones, and tell them apart.

    Only schemes of one of the rulebooks are looked at, see `reached` and `among`.
    """
    one, other = live(history, before, end), live(history, after, end)
    ids = sorted(one.account.lots.keys() | other.account.lots.keys())
    rows = [row for id_ in ids for row in _of_lot(id_, one.account, other.account)]
    for number in sorted(one.refused.keys() | other.refused.keys()):
        request = one.refused.get(number) or other.refused[number]
        scheme = before.schemes.get(request.scheme) or after.schemes.get(request.scheme)
        if scheme is not None:
            was, is_ = (Figures(refused=number in each.refused) for each in (one, other))
            of, lot = Of(scheme.id, scheme.unit), f"asked on {request.on}"
            rows.append(_Row(of, lot, was, is_, request.quantity))
    by_subject: dict[Of, list[_Row]] = {}
    for row in rows:
        by_subject.setdefault(row.of, []).append(row)
    return Compared(
        groups=groups_of(one.account.person(), end.today),
        differences={of: _difference(some) for of, some in by_subject.items()},
    )


class _Row(NamedTuple):
    """A lot, or a request that was refused, under both rulebooks."""

    of: Of
    lot: LotId
    before: Figures
    after: Figures
    asked: int = 0

    def losses(self) -> Iterator[Loss]:
        """Yield what of it is less."""
        for name in ACQUIRED:
            before, after = getattr(self.before, name), getattr(self.after, name)
            if after < before:
                yield Loss(of=self.of, lot=self.lot, measure=name, before=before, after=after)
        if self.after.refused > self.before.refused:
            yield Loss(of=self.of, lot=self.lot, measure="refused", before=self.asked, after=0)


def _of_lot(id_: LotId, before: Account, after: Account) -> Iterator[_Row]:
    """Yield a lot under both rulebooks; in another unit it is another lot."""
    figures = {}
    for account in (before, after):
        lot = account.lots.get(id_)
        if lot is not None:
            figures[Of(lot.scheme, lot.unit), account is after] = figures_of(lot, account)
    for of in dict.fromkeys(of for of, _ in figures):
        yield _Row(of, id_, figures.get((of, False), NOTHING), figures.get((of, True), NOTHING))


def figures_of(lot: Lot, account: Account) -> Figures:
    """Return what there is of a lot, in the measures of a comparison."""
    usable = 0 if lot.scheme in account.restrictions else lot.available
    return Figures(
        granted=lot.net + lot.transferred_in - lot.shortfall,
        held=usable + lot.reserved + lot.used - lot.shortfall,
        reserved=lot.reserved,
        used=lot.used,
        lapsed=lot.expired,
        short=lot.shortfall,
    )


def _difference(rows: Sequence[_Row]) -> Difference:
    changes = [row.after - row.before for row in rows]
    gained = sum((change.above_zero() for change in changes), NOTHING)
    lost = sum(((-change).above_zero() for change in changes), NOTHING)
    return Difference(
        before=sum((row.before for row in rows), NOTHING),
        after=sum((row.after for row in rows), NOTHING),
        gained=gained,
        lost=lost,
        losses=tuple(loss for row in rows for loss in row.losses()),
        better=bool(lost.refused or any(getattr(gained, name) for name in ACQUIRED)),
    )
