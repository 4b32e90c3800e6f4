"""Adds up what a change of rules makes of many people, by group; parts merge into the whole."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ledger.audit.groups import EVERYBODY, NAMED, Groups
from ledger.audit.simulate import NOTHING, Compared, Difference, Figures, Loss, Of

SMALL_GROUP_PEOPLE: Final = 10
"""Groups of fewer people are not told apart: who knows one of them would learn too much."""

MAX_EXAMPLES: Final = 10
"""How many people who lose a protected right are shown, each with one loss."""

SMALL_GROUPS: Final = "small groups together"


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the change makes of a group of people, under one scheme.

    Attributes:
        people: who have, or asked for, anything of the scheme under either rulebook.
        losers: who lose an acquired right, whatever else they gain.
        gainers: who gain and lose nothing.

    """

    people: int = 0
    gainers: int = 0
    losers: int = 0
    before: Figures = NOTHING
    after: Figures = NOTHING
    gained: Figures = NOTHING
    lost: Figures = NOTHING

    @property
    def unchanged(self) -> int:
        """How many people neither gain nor lose."""
        return self.people - self.gainers - self.losers

    def count(self, difference: Difference) -> None:
        """Add one person."""
        loses = bool(difference.losses)
        self.merge(
            Tally(
                people=1,
                gainers=difference.better and not loses,
                losers=loses,
                before=difference.before,
                after=difference.after,
                gained=difference.gained,
                lost=difference.lost,
            )
        )

    def merge(self, other: "Tally") -> None:
        """Add other people."""
        self.people += other.people
        self.gainers += other.gainers
        self.losers += other.losers
        self.before += other.before
        self.after += other.after
        self.gained += other.gained
        self.lost += other.lost


class Cell(NamedTuple):
    """What a tally is about: a scheme, and a group of one way to divide people."""

    of: Of
    division: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A person who loses a right and is protected from that.

    Attributes:
        person: a number of the synthetic population, or an account's opaque id.
        protected: the groups that protect.
        loss: of the latest lot.
        losses: how many there are in all.

    """

    person: str
    protected: tuple[str, ...]
    loss: Loss
    losses: int


@dataclass(slots=True, kw_only=True)
class Report:
    """What the change makes of all people.

    Attributes:
        protected: groups in which nobody may lose an acquired right.
        people: how many lives were compared.
        untold: requests that were refused at the time and could not be told again.
        protected_people: how many are in one of the protected groups.
        protected_losers: how many of them lose an acquired right.
        examples: the first of those, by their number or id.

    """

    protected: frozenset[str]
    people: int = 0
    untold: int = 0
    protected_people: int = 0
    protected_losers: int = 0
    tallies: dict[Cell, Tally] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)

    def count(self, person: str, compared: Compared, untold: int = 0) -> None:
        """Add one person."""
        self.people += 1
        self.untold += untold
        divided = ((EVERYBODY, EVERYBODY), *zip(Groups._fields, compared.groups, strict=True))
        for of, difference in compared.differences.items():
            if difference.before or difference.after:
                for division, group in divided:
                    cell = Cell(of, division, group)
                    self.tallies.setdefault(cell, Tally()).count(difference)
        protecting = self.protected & {EVERYBODY, *compared.groups}
        if not protecting:
            return
        self.protected_people += 1
        losses = [loss for each in compared.differences.values() for loss in each.losses]
        if losses:
            self.protected_losers += 1
            last = max(losses, key=lambda loss: (loss.of, loss.lot))
            self._show(
                [
                    Example(
                        person=person,
                        protected=tuple(sorted(protecting)),
                        loss=last,
                        losses=len(losses),
                    )
                ]
            )

    def merge(self, other: "Report") -> None:
        """Add what another report says of other people."""
        self.people += other.people
        self.untold += other.untold
        self.protected_people += other.protected_people
        self.protected_losers += other.protected_losers
        for cell, tally in other.tallies.items():
            self.tallies.setdefault(cell, Tally()).merge(tally)
        self._show(other.examples)

    def _show(self, examples: Iterable[Example]) -> None:
        """Keep the first examples, whatever the order in which parts come."""
        every = sorted(
            (*self.examples, *examples), key=lambda each: (len(each.person), each.person)
        )
        self.examples = every[:MAX_EXAMPLES]

    def subjects(self) -> list[Of]:
        """Return the schemes of which anybody has anything, with their units."""
        return sorted({cell.of for cell in self.tallies})

    def everybody(self, of: Of) -> Tally:
        """Return what the change makes of all people under a scheme."""
        return self.tallies[Cell(of, EVERYBODY, EVERYBODY)]

    def divided(self, of: Of, division: str) -> list[tuple[str, Tally]]:
        """Return the groups of one way to divide people, small ones together.

        The next larger group joins those while they are too small together, so that a
        difference from the total does not tell them apart either.
        """
        groups = {c.group: t for c, t in self.tallies.items() if c[:2] == (of, division)}
        together = Tally()
        for name, tally in sorted(groups.items(), key=lambda each: (each[1].people, each[0])):
            joins = 0 < together.people < SMALL_GROUP_PEOPLE
            if joins or tally.people < SMALL_GROUP_PEOPLE:
                together.merge(groups.pop(name))
        shown = sorted(groups.items(), key=lambda each: _place(each[0]))
        return [*shown, (SMALL_GROUPS, together)] if together.people else shown


def _place(group: str) -> tuple[int, str]:
    """Put groups in their order; regions by name, before the unknown one."""
    return (NAMED.index(group) if group in NAMED else len(NAMED) - 2, group)
