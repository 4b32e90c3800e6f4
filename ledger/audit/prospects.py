"""Prospects: what a person can do with each scheme, and what a change of status would do to it.

Pure functions of accounts and the rulebook; nothing is recorded. The advice on the learning
and career account asks for this: that each citizen sees which incentives can be used. Rights that
an enterprise holds are seen by each person who runs it on the day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, TypeAlias

from ledger.domain.account import Account
from ledger.domain.calendar import OPEN, Term
from ledger.domain.commands import Course, RecordFact
from ledger.domain.decide import decide, reach
from ledger.domain.events import Key
from ledger.domain.facts import Circumstance, Fact, FactId, Spell, Status
from ledger.domain.hindrances import Hindrance, halted
from ledger.domain.lots import Lot, bucket_of
from ledger.domain.portability import Standing
from ledger.domain.quantities import EURO, Unit
from ledger.domain.quoting import Quote, hindered, quote
from ledger.domain.reasons import Rejection
from ledger.domain.regulation import Scheme
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Draft, Now
from ledger.domain.shared import Taken
from ledger.domain.taking import left_in, lots_on

SUPPOSED = FactId("rugzak:supposed", "status")
"""The fact that a question of the kind "what if" makes up."""

Enterprises: TypeAlias = Mapping[str, Account]
"""Accounts that a person may share in, by id; what is no enterprise's is not looked at."""

NONE: Final[Enterprises] = {}

State: TypeAlias = Literal["usable", "kept", "open", "closed"]
"""`usable`: held, and can be used; `kept`: held, without new use; `open`: there when it is asked
for; `closed`: nothing held, and nothing to ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """How one scheme stands for a person on a day.

    Attributes:
        holder: the account of the enterprise that it stands so for; `` when it is the asker's own.
        available: what is held for that day and not reserved, in the smallest unit, by what is
            known today.
        lots: those that hold it, what ends soonest first.
        standing: what the portability rule makes of the statuses of the day.
        hindrances: why nothing more is there, or why what is there can't be used.

    """

    scheme: Scheme
    holder: str = ""
    state: State
    available: int
    lots: tuple[Lot, ...]
    standing: Standing
    hindrances: tuple[Hindrance, ...]

    def lapses_by(self, day: date) -> tuple[Lot, ...]:
        """Return the lots that end by a day."""
        return tuple(lot for lot in self.lots if lot.term.until <= day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a supposed status does to one scheme."""

    before: Prospect
    after: Prospect

    @property
    def changes(self) -> bool:
        """Whether it does anything to what is held, or can be asked for."""
        before, after = self.before, self.after
        held = before.available and before.standing.mode != after.standing.mode
        return bool(held) or (before.state, before.available) != (after.state, after.available)


def drawn_from(course: Course, on: date, rulebook: Rulebook) -> set[Key]:
    """Return which shared limits a request for a course may draw from, under any scheme."""
    schemes = rulebook.schemes.values()
    return {key for scheme in schemes for key, _ in scheme.draws(course, on)}


def quotes(
    account: Account,
    course: Course,
    on: date,
    now: Now,
    rulebook: Rulebook,
    money: Unit = EURO,
    enterprises: Enterprises = NONE,
    taken: Taken | None = None,
) -> Iterator[Quote]:
    """Quote a course under every scheme, and every bucket that has to be named.

    A price in some money says nothing to a scheme that counts prices in another. `taken` is what
    all accounts take of the keys of `drawn_from`; None: nobody looks.
    """
    for holder, held, schemes in _seen(account, on, now, rulebook, enterprises):
        for scheme in schemes:
            buckets = {grant.bucket for grant in scheme.grants if on in grant.valid}
            named = buckets - set(scheme.taking.order_on(on))
            said = course if scheme.money == money else replace(course, price=None)
            for bucket in ("", *sorted(named)):
                found = quote(held, scheme, said, on, now, rulebook, bucket, taken)
                yield replace(found, holder=holder)


def overview(
    account: Account, on: date, now: Now, rulebook: Rulebook, enterprises: Enterprises = NONE
) -> list[Prospect]:
    """Say how every scheme stands on a day that has come, or will, by what is known today."""
    return [
        replace(_prospect(held, scheme, on), holder=holder)
        for holder, held, schemes in _seen(account, on, now, rulebook, enterprises)
        for scheme in schemes
    ]


def _seen(
    account: Account, on: date, now: Now, rulebook: Rulebook, enterprises: Enterprises
) -> Iterator[tuple[str, Account, list[Scheme]]]:
    """Yield the accounts in which a person sees rights on a day, each with its schemes.

    The own one comes first; those of enterprises that are run on the day hold the others. Without
    such an enterprise the own account says of their schemes why there is nothing.
    """
    run = enterprises_run(account, on, enterprises)
    own: list[Scheme] = []
    theirs: list[Scheme] = []
    for scheme in rulebook.schemes.values():
        (theirs if run and scheme.holder == "enterprise" else own).append(scheme)
    yield "", on_day(account, on, now, rulebook).account, own
    for id_, each in run.items():
        yield id_, on_day(each, on, now, rulebook).account, theirs


def enterprises_run(account: Account, on: date, enterprises: Enterprises) -> dict[str, Account]:
    """Return the accounts of the enterprises that a person runs on a day, by id.

    Who is said to run what is no enterprise's account has no part in it.
    """
    run = {id_: enterprises.get(id_, Account()) for id_ in account.career.enterprises(on)}
    return {id_: each for id_, each in run.items() if each.holder() == "enterprise"}


def concerns(account: Account, scheme: Scheme) -> bool:
    """Whether a scheme may have to do with a person: by what was granted, or by the facts known.

    One that asks for a home or a status that the person never had does not.
    """
    career = account.career
    if any(lot.scheme == scheme.id for lot in account.lots.values()):
        return True
    return career.holder == scheme.holder and any(
        not grant.needs or any(map(career.touches, grant.needs))
        for grant in scheme.grants
        if grant.of != "change"
        if grant.of != "top-up" or any(each.scheme == scheme.id for _, each in career.top_ups)
    )


def effects(
    account: Account,
    status: Status,
    on: date,
    now: Now,
    rulebook: Rulebook,
    enterprises: Enterprises = NONE,
) -> list[Effect]:
    """Say what a status would do that begins on a day and ends all others of that day.

    Of an enterprise that is run before or after only, the other one has nothing.
    """
    later = supposed(account, status, on, now, rulebook)
    before, after = (
        {(each.scheme.id, each.holder): each for each in stood}
        for stood in (
            overview(account, on, now, rulebook, enterprises),
            overview(later, on, now, rulebook, enterprises),
        )
    )
    return [
        Effect(
            before=before.get(key) or _not_run(after[key], account, on),
            after=after.get(key) or _not_run(before[key], later, on),
        )
        for key in {**before, **after}
        if key[1] or (key in before and key in after)
    ]


def _not_run(prospect: Prospect, account: Account, on: date) -> Prospect:
    """Return how a scheme of an enterprise stands for who does not run it."""
    return replace(
        prospect,
        state="closed",
        available=0,
        lots=(),
        hindrances=tuple(hindered(account, prospect.scheme, on)),
    )


def supposed(account: Account, status: Status, on: date, now: Now, rulebook: Rulebook) -> Account:
    """Return a person's account as it would be if only this status held from a day on."""
    at = replace(now, today=max(now.today, on))
    account = on_day(account, on, now, rulebook).account
    for id_, known in list(account.facts.items()):
        content = known.content
        if (
            not isinstance(content, Spell)
            or isinstance(content.status, Circumstance)
            or content.term.until <= on
        ):
            continue
        over = None
        if content.term.since < on:
            over = replace(content, term=Term(content.term.since, on))
        fact = Fact(id=id_, version=known.version + 1, about="status", content=over)
        account = _recorded(account, fact, at, rulebook)
    spell = Spell(term=Term(on, OPEN), status=status, evidence="declared")
    fact = Fact(id=SUPPOSED, version=1, about="status", content=spell)
    return _recorded(account, fact, at, rulebook)


def on_day(account: Account, on: date, now: Now, rulebook: Rulebook) -> Draft:
    """Let a day come, if it has not yet."""
    return reach(account, replace(now, today=max(now.today, on)), rulebook)


def _recorded(account: Account, fact: Fact, at: Now, rulebook: Rulebook) -> Account:
    decision = decide(account, RecordFact(fact=fact), at, rulebook)
    assert not isinstance(decision, Rejection)  # noqa: S101  a new version is never refused
    return decision.account


def _prospect(account: Account, scheme: Scheme, on: date) -> Prospect:
    lots = [lot for lot in lots_on(account, scheme, on) if left_in(lot)]
    lots.sort(key=lambda lot: (lot.term.until, bucket_of(lot.id, scheme.id), lot.id))
    person = account.person()
    standing = scheme.standing(person, on)
    halt = halted(account, scheme.id)
    available = sum(map(left_in, lots))
    hindrances = [] if halt is None else [halt]
    state: State = "closed"
    if lots:
        state = "usable" if standing.mode == "open" and halt is None else "kept"
    elif not hindrances:
        hindrances = hindered(account, scheme, on)
        state = "open" if not hindrances else "closed"
    return Prospect(
        scheme=scheme,
        state=state,
        available=available,
        lots=tuple(lots),
        standing=standing,
        hindrances=tuple(hindrances),
    )
