"""What becomes of rights when a status changes, and how they move to another scheme."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal, TypeAlias

from ledger.domain.calendar import OPEN, Term
from ledger.domain.events import LotId
from ledger.domain.expressions import Expression
from ledger.domain.quantities import Rounding, Unit

Mode: TypeAlias = Literal["open", "keep", "freeze", "lapse", "convert"]
"""What becomes of rights when a status changes.

`open`: they can be used; `keep`: no new use, what was reserved can be captured; `freeze`: no use
at all until it ends; `lapse`: they are forfeited; `convert`: they move to another scheme.
"""

CLOSING: frozenset[Mode] = frozenset({"lapse", "convert"})
"""The modes that end a lot for good."""


def converted_lot(to: str, lot: LotId) -> LotId:
    """Name the lot of a scheme that holds what a rule converts out of a lot."""
    return f"{to}/from-{lot.replace('/', '.')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A conversion into another scheme.

    Attributes:
        id: where it stands in the file: `conversion:TO:FROM`, `at-end` or `portability:REASON`.
        to: the target scheme.
        unit: the target's.
        rate: exact target smallest units per source smallest unit.
        words: the rate as the file has it, e.g. `1 hour is 15 EUR`.
        rule: `id@digest`, as a basis names it.
        valid: days on which it can be asked for, or on which it happens.

    """

    id: str
    to: str
    unit: Unit
    rate: Fraction
    words: str
    rounding: Rounding
    funder: str
    rule: str
    valid: Term
    source: str

    def target(self, lot: LotId) -> LotId:
        """Name the lot in the target scheme that holds what a rule converts out of a lot."""
        return converted_lot(self.to, lot)

    @staticmethod
    def term_from(day: date) -> Term:
        """Return the term of what is converted on a day: it stays open."""
        return Term(day, OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the portability rule says of a person on a day."""

    mode: Mode
    reason: str
    conversion: Conversion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Portability:
    """One case of what a change of status does; the first whose condition holds counts."""

    condition: Expression | None
    mode: Mode
    reason: str
    conversion: Conversion | None = None
    standing: Standing = field(init=False)

    def __post_init__(self) -> None:
        """Say once what is then said of everybody whom it is about."""
        standing = Standing(mode=self.mode, reason=self.reason, conversion=self.conversion)
        object.__setattr__(self, "standing", standing)
