"""Mandates: a holder lets a helper act, for so long, for some schemes, in some ways.

What is given is all that a helper has: no action lets one give it on, so there are no chains.
Sources: Belgian Civil Code, mandate (old book III, title XIII): it is ended by who gave it at
will, by the helper who gives it up, and by the death of either.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, TypeAlias
from uuid import UUID

from ledger.domain.calendar import Term

Action: TypeAlias = Literal["read", "authorize", "reserve", "use", "transfer"]
"""What a helper may do: see rights; let a provider take some; hold and release; use, capture,
reverse and tell how a course ended; move to another scheme."""

MAX_OPEN_MANDATES: Final = 100
"""Most mandates of one account that are neither ended nor over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """What a holder lets a helper do.

    Attributes:
        helper: the account of the person who helps; None when it is an organisation.
        organisation: the enterprise number of who helps; `` when it is a person.
        actions: each once, sorted; at least one.
        schemes: each once, sorted; none stands for all.
        ended: the day on which it was ended; None as long as it was not.

    """

    helper: UUID | None = None
    organisation: str = ""
    actions: tuple[Action, ...]
    schemes: tuple[str, ...] = ()
    term: Term
    ended: date | None = None

    def in_force(self, today: date) -> bool:
        """Whether it lets its helper act today: once ended it doesn't, from that moment on."""
        return self.ended is None and today in self.term

    def open(self, today: date) -> bool:
        """Whether it is in force, or will be."""
        return self.ended is None and today < self.term.until

    def covers(self, action: Action, schemes: Collection[str] = ()) -> bool:
        """Whether it lets its helper do something in all of some schemes."""
        return action in self.actions and (not self.schemes or set(schemes) <= set(self.schemes))

    def at_end(self, on: date) -> "Mandate":
        """Return it as it is once ended."""
        return replace(self, ended=on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Helping:
    """Under which mandate of the account's holder somebody asks, and for which of its actions."""

    mandate: str
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """Who asks, as mandates name helpers: a person, an organisation, or a person of one.

    Attributes:
        account: of the person; None when nobody is logged in.
        organisation: the enterprise number of the organisation; `` without one.

    """

    account: UUID | None = None
    organisation: str = ""

    def __bool__(self) -> bool:
        """Whether it is anybody to whom a mandate can be given."""
        return self.account is not None or bool(self.organisation)

    def has(self, mandate: Mandate) -> bool:
        """Whether a mandate was given to this helper."""
        if mandate.helper is not None:
            return mandate.helper == self.account
        return mandate.organisation == self.organisation

    def among(self, mandates: dict[str, Mandate], today: date) -> Iterator[tuple[str, Mandate]]:
        """Yield those of a holder's mandates that let this helper act today."""
        return ((id_, m) for id_, m in mandates.items() if self.has(m) and m.in_force(today))
