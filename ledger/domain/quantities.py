"""Quantities are integers in the smallest unit; rounding is always named.

Exact arithmetic in between is done with `fractions.Fraction`; there are no floats.
"""

from fractions import Fraction
from typing import Final, Literal, TypeAlias, assert_never, get_args

Unit: TypeAlias = Literal[
    "minute",
    "voucher",
    "cent",
    "sgd-cent",
    "gbp-penny",
]
"""Smallest units: minutes of training time, whole vouchers, hundredths of moneys.

A currency is one line here: its ISO 4217 code in small letters, and how its hundredth is called.
The euro's has the short name under which it was first stored.
"""

Rounding: TypeAlias = Literal["nearest", "up", "down"]

DISPLAY: Final[dict[Unit, tuple[str, int]]] = {
    "minute": ("h", 60),
    "voucher": ("vouchers", 1),
    "cent": ("EUR", 100),
    **{unit: (unit[:3].upper(), 100) for unit in get_args(Unit) if unit[3:4] == "-"},
}
"""How people write each smallest unit: the name, and how many smallest units make one."""

EURO: Final[Unit] = "cent"

MONEY: Final[dict[str, Unit]] = {
    name: unit for unit, (name, _) in DISPLAY.items() if name.isupper()
}
"""The smallest unit of each currency, by its code."""


def plural(unit: str) -> str:
    """Write a smallest unit, or an hour, as several of it are called."""
    return f"{unit.removesuffix('y')}ies" if unit.endswith("y") else f"{unit}s"


def rounded(exact: Fraction | int, rounding: Rounding, step: int = 1) -> int:
    """Round an exact quantity to a whole number of `step` smallest units.

    `nearest` rounds a half up (away from zero for the positive quantities that dues are).
    """
    top, bottom = exact.numerator, exact.denominator * step
    match rounding:
        case "nearest":
            whole = (2 * top + bottom) // (2 * bottom)
        case "up":
            whole = -(-top // bottom)
        case "down":
            whole = top // bottom
        case _:
            assert_never(rounding)
    return whole * step


def shown(quantity: int, unit: Unit) -> str:
    """Write a quantity as people do: `93.75 h`, `EUR 291.67`, `GBP 38140.00`, `2 vouchers`.

    Exact: a part that two decimals can't say is written as minutes (`65 h 47 min`).
    """
    name, per_unit = DISPLAY[unit]
    sign, size = ("-", -quantity) if quantity < 0 else ("", quantity)
    if name in MONEY:
        return f"{name} {sign}{size // per_unit}.{size % per_unit:02d}"
    whole, rest = divmod(size, per_unit)
    if unit == "voucher" and whole == 1:
        name = name.removesuffix("s")
    if rest == 0:
        return f"{sign}{whole} {name}"
    hundredths, inexact = divmod(rest * 100, per_unit)
    if inexact:
        return f"{sign}{whole} {name} {rest} min"
    return f"{sign}{whole}.{f'{hundredths:02d}'.rstrip('0')} {name}"
