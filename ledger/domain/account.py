"""An account: what the ledger knows of one holder of rights.

It is folded from the account's events in `ledger.domain.evolve`. What may happen is decided in
`ledger.domain.decide`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from hashlib import blake2b
from typing import Literal, TypeAlias
from uuid import UUID

from ledger.domain.career import Asked, Career, Movement, Person
from ledger.domain.commands import Course
from ledger.domain.events import Allocation, Draws, LotId
from ledger.domain.facts import Content, FactId, Holder, holder_of
from ledger.domain.lots import Lot, is_top_up
from ledger.domain.making import quickly_made
from ledger.domain.mandates import Mandate
from ledger.domain.quantities import Rounding, rounded

BY_RULE = "conversion"
"""The `transfer` identifier of a transfer that a scheme's rule made, not a request."""

Ended: TypeAlias = Literal["", "completed", "withdrawn"]
"""How a course did that rights were taken for, `` while it is not told."""

_DIGEST_BYTES = 4
NEVER_RECORDED = datetime.min.replace(tzinfo=UTC)


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFact:
    """A fact with the version that counts and those that were seen.

    Attributes:
        version: the highest seen.
        content: what it says; None when annulled.
        event: the account's version of the event that holds it.
        seen: each version seen and the digest of what it said.

    """

    version: int
    content: Content | None
    event: int
    seen: tuple[tuple[int, str], ...]

    def said(self, version: int) -> str | None:
        """Return the digest of what a version said, None when it was not seen."""
        return next((digest for seen, digest in self.seen if seen == version), None)


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A reservation, a use or a transfer on request: what it still holds of which lots.

    Attributes:
        allocation: what is left of it; empty when released, captured or reversed in full.
        on: the day it took effect.
        pays: what the learner pays, in the scheme's money; None when the rules don't tell.
        rule: what allowed it, as its event says.
        ended: how its course did, `` while it is not told.
        draws: the shared limits that it counts for, as long as it holds anything.
        of: the account that was named for it, when that was merged into this one.

    """

    scheme: str
    course: Course | None
    allocation: Allocation
    on: date
    pays: int | None = None
    rule: str = ""
    ended: Ended = ""
    draws: Draws = ()
    of: UUID | None = None

    @property
    def quantity(self) -> int:
        """How much it still holds."""
        return sum(quantity for _, quantity in self.allocation)

    def taken(self) -> Iterator[tuple[bool, int]]:
        """Yield what it holds of top-ups, and of other lots, each with whether it is of top-ups."""
        beside = sum(n for lot, n in self.allocation if is_top_up(lot, self.scheme))
        return ((of, n) for of, n in ((True, beside), (False, self.quantity - beside)) if n)


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a lot comes from: the effective day of its grants and the rule that gave it."""

    on: date
    rule: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What a scheme's rule moved out of a lot: how much, to where, at which rate."""

    quantity: int
    lot: LotId
    rate: Fraction
    rounding: Rounding

    def inward(self, quantity: int) -> int:
        """Return what so much of the source makes in the target, in whole units."""
        return rounded(self.rate * quantity, self.rounding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Where an account's holder stands since it was merged, and the day on which that was found."""

    into: UUID
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What is kept apart of an account that was merged into another, so that it can part again.

    Attributes:
        facts: those told of it.
        frozen: schemes that were frozen under its name only; `` stands for all.
        mandates: those that were given under its name, as this one calls them.

    """

    facts: dict[FactId, KnownFact] = field(default_factory=dict)
    frozen: tuple[str, ...] = ()
    mandates: tuple[str, ...] = ()


_Held: TypeAlias = tuple[Mapping[str, tuple[Asked, ...]], Mapping[str, tuple[Movement, ...]]]
"""By scheme, requests and movements."""


@dataclass(slots=True, kw_only=True)
class Account:
    """The state of one holder's rights after `version` events.

    Only the fold of its events (`ledger.domain.evolve`) changes one, or a draft's own copy;
    everybody else reads.

    Attributes:
        recorded_at: when the last event was recorded.
        origins: by lot, where it comes from.
        converted: by lot, the part of its transferred-out quantity that a rule moved.
        ended: by lot, the day before its term's end on which the portability rule closed it.
        restrictions: by scheme, the mode in force.
        frozen: schemes whose uses an authority stopped; `` stands for all.
        mandates: by the identifier of each that was given, ended ones too.
        published: scheme and SHA-256 of each regulation, in order; only `REGULATIONS` has any.
        erased: the day on which it was closed for good.
        merged: into which other it was, which stands for both.
        joined: the accounts that were merged into it.
        own: of the facts that are told of these, too, what is told of this one.
        in_use: keys, and digests of settings, by what they are of; only `OPERATIONS` has any.

    """

    version: int = 0
    recorded_at: datetime = NEVER_RECORDED
    facts: dict[FactId, KnownFact] = field(default_factory=dict)
    lots: dict[LotId, Lot] = field(default_factory=dict)
    origins: dict[LotId, Origin] = field(default_factory=dict)
    converted: dict[LotId, Converted] = field(default_factory=dict)
    ended: dict[LotId, date] = field(default_factory=dict)
    reservations: dict[str, Holding] = field(default_factory=dict)
    uses: dict[str, Holding] = field(default_factory=dict)
    transfers: dict[str, Holding] = field(default_factory=dict)
    restrictions: dict[str, str] = field(default_factory=dict)
    frozen: tuple[str, ...] = ()
    published: tuple[tuple[str, str], ...] = ()
    erased: date | None = None
    mandates: dict[str, Mandate] = field(default_factory=dict)
    merged: Merged | None = None
    joined: dict[UUID, Joined] = field(default_factory=dict)
    own: dict[FactId, KnownFact] = field(default_factory=dict)
    in_use: dict[str, str] = field(default_factory=dict)
    _career: Career | None = field(default=None, init=False, compare=False, repr=False)
    _held: _Held | None = field(default=None, init=False, compare=False, repr=False)

    def copy(self) -> "Account":
        """Return an account that can be changed without changing this one."""
        copied = Account(
            version=self.version,
            recorded_at=self.recorded_at,
            facts=dict(self.facts),
            lots=dict(self.lots),
            origins=dict(self.origins),
            converted=dict(self.converted),
            ended=dict(self.ended),
            reservations=dict(self.reservations),
            uses=dict(self.uses),
            transfers=dict(self.transfers),
            restrictions=dict(self.restrictions),
            frozen=self.frozen,
            published=self.published,
            erased=self.erased,
            mandates=dict(self.mandates),
            merged=self.merged,
            joined=dict(self.joined),
            own=dict(self.own),
            in_use=dict(self.in_use),
        )
        copied._career, copied._held = self._career, self._held
        return copied

    @property
    def career(self) -> Career:
        """The facts that count; made once, as long as nothing is learnt."""
        if self._career is None:
            known = ((id_, f.content) for id_, f in self.facts.items() if f.content is not None)
            self._career = Career(known)
        return self._career

    def holder(self, without: FactId | None = None) -> Holder | None:
        """Return whose it is by any fact that counts, which all tell the same; None by none."""
        told = (k.content for id_, k in self.facts.items() if k.content and id_ != without)
        return next((of for of in map(holder_of, told) if of is not None), None)

    def learn(self, id_: FactId, known: KnownFact) -> None:
        """Know a fact from now on."""
        self.facts[id_] = known
        self._career = None

    def forget(self, id_: FactId) -> None:
        """Know a fact no more."""
        self.facts.pop(id_, None)
        self._career = None

    def hold_otherwise(self) -> None:
        """Let requests and movements be read anew: they may be others now."""
        self._held = None

    def person(self, *, asking: tuple[str, Asked] | None = None) -> Person:
        """Return what the rules may ask, with the request that is being made, if any."""
        if self._held is None:
            self._held = self._requests(), self._movements()
        requests, movements = self._held
        if asking is not None:
            scheme, one = asking
            some = sorted([*requests.get(scheme, ()), one], key=lambda asked: asked.place)
            requests = {**requests, scheme: tuple(some)}
        return Person(self.career, requests, movements)

    def _requests(self) -> dict[str, tuple[Asked, ...]]:
        """Return by scheme what was asked for and holds something, in order."""
        found: dict[str, list[Asked]] = {}
        for id_, held in (*self.reservations.items(), *self.uses.items()):
            if held.allocation and held.course is not None:
                found.setdefault(held.scheme, []).append(self.asked(id_, held, held.course))
        return {
            scheme: tuple(sorted(some, key=lambda asked: asked.place))
            for scheme, some in found.items()
        }

    def asked(self, id_: str, held: Holding, course: Course) -> Asked:
        """Return the request by which a reservation or use holds what it does for a course."""
        reserved = self.reservations.get(id_)
        on = held.on if reserved is None else reserved.on
        done = held is self.uses.get(id_) and held.ended != "withdrawn"
        return Asked(id_, on, course, held.on if done else None, pays=held.pays)

    def _movements(self) -> dict[str, tuple[Movement, ...]]:
        """Return by scheme what was moved in, less what is short of it, and (below 0) taken."""
        found: dict[str, list[Movement]] = {}
        for holding in (
            *self.reservations.values(),
            *self.uses.values(),
            *self.transfers.values(),
        ):
            for beside, quantity in holding.taken():
                moved = Movement(holding.on, -quantity, beside)
                found.setdefault(holding.scheme, []).append(moved)
        for lot in self.lots.values():
            if lot.transferred_in:
                moved = Movement(self.origins[lot.id].on, lot.transferred_in - lot.shortfall)
                found.setdefault(lot.scheme, []).append(moved)
        return {scheme: tuple(sorted(moved)) for scheme, moved in found.items()}


def digest(content: Content | None) -> str:
    """Tell two contents of one fact version apart."""
    return blake2b(repr(content).encode(), digest_size=_DIGEST_BYTES).hexdigest()
