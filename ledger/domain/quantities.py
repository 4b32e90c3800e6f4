"""Quantities are integers in the smallest unit; rounding is always named.

Exact arithmetic in between is done with `fractions.Fraction`; there are no floats.
"""

from fractions import Fraction
from typing import Literal, TypeAlias, assert_never

Unit: TypeAlias = Literal["minute", "cent", "voucher"]
"""Smallest units: minutes of training time, cents of money, whole vouchers."""

Rounding: TypeAlias = Literal["nearest", "up", "down"]

DISPLAY: dict[Unit, tuple[str, int]] = {
    "minute": ("h", 60),
    "cent": ("EUR", 100),
    "voucher": ("vouchers", 1),
}
"""How people write each smallest unit: the name, and how many smallest units make one."""


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
    """Write a quantity as people do: `93.75 h`, `EUR 291.67`, `2 vouchers`.

    Exact: a part that two decimals can't say is written as minutes (`65 h 47 min`).
    """
    name, per_unit = DISPLAY[unit]
    sign, size = ("-", -quantity) if quantity < 0 else ("", quantity)
    if unit == "cent":
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
