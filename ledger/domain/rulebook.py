"""All regulations in force, and the registers that they look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ledger.domain.calendar import Term
from ledger.domain.career import Career
from ledger.domain.commands import Course
from ledger.domain.occasions import Grant
from ledger.domain.portability import Conversion
from ledger.domain.regulation import Scheme, ids_of

TRAITS_KEPT = 20_000
"""For how many kinds of careers a rulebook remembers which schemes can give anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """An entry of a register, a provider or a course; recognised for schemes during terms."""

    id: str
    name: str
    recognised: Mapping[str, tuple[Term, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All regulations in force.

    Attributes:
        schemes: by id; each comes before those that its rules convert into.
        providers: by id.
        courses: by id; only schemes with a `course_register` look at them.

    """

    schemes: Mapping[str, Scheme]
    providers: Mapping[str, Registered]
    courses: Mapping[str, Registered] = field(default_factory=dict)
    _giving: dict[frozenset[tuple[object, ...]], frozenset[str]] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )

    def giving(self, career: Career) -> frozenset[str]:
        """Name the schemes that can give a person with this career anything that is not asked for.

        Found once for all careers that are alike, so that schemes of which a person has nothing
        cost nothing.
        """
        found = self._giving.get(career.traits)
        if found is None:
            if len(self._giving) >= TRAITS_KEPT:
                self._giving.clear()
            found = frozenset(id_ for id_, each in self.schemes.items() if each.can_give(career))
            self._giving[career.traits] = found
        return found

    def rule(self, named: str) -> Grant | Conversion | None:
        """Find the block that a basis names in any scheme, if it is in force as it was."""
        found = (scheme.rule(named) for scheme in self.schemes.values())
        return next((block for block in found if block is not None), None)

    def course_recognised(self, course: Course, scheme: str) -> bool:
        """Whether a course, or its programme, is in the register on its first day."""
        return any(course.starts_on in term for term in self._terms(course, scheme))

    def struck_on(self, course: Course, scheme: str) -> date | None:
        """Return the day on which a course was last struck from the register, by its first day."""
        ends = [term.until for term in self._terms(course, scheme)]
        return max((day for day in ends if day <= course.starts_on), default=None)

    def _terms(self, course: Course, scheme: str) -> list[Term]:
        known = [self.courses[id_] for id_ in ids_of(course) if id_ in self.courses]
        return [term for each in known for term in each.recognised.get(scheme, ())]

    def provider_recognised(self, provider: str, scheme: str, on: date) -> bool:
        """Whether a provider is recognised for a scheme on a day."""
        known = self.providers.get(provider)
        return known is not None and any(on in term for term in known.recognised.get(scheme, ()))
