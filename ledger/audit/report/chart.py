"""Where the bars of a chart stand: one panel for each flow, over the same days.

Each panel has a scale of its own: grants of one day would hide the uses of a year. Lengths are in
the units of the drawing, rounded to hundredths, so that the same figures make the same drawing.
"""

from typing import Final, NamedTuple

from ledger.audit.report.activity import FLOWS, Flow, Series
from ledger.domain.calendar import Term

WIDTH: Final = 460
LEFT: Final = 2
PANEL: Final = 104
"""How high a panel is, with its title above it."""

TITLE: Final = 26
"""How much of that is its title's."""

EMPTY: Final = 34
"""How high a panel of nothing is."""

BELOW: Final = 24
"""The room for the days below the last panel."""

GAP: Final = 0.22
"""Which part of a bar's place stays empty."""

WIDEST: Final = 40.0
LEAST: Final = 1.0
"""A bar of anything is so high, so that it is seen."""

MOST_TICKS: Final = 6
"""Of so many days the drawing says which they are."""


TICK: Final = 32
"""So far from the edges a day is written, which is half as wide as it can be."""


class Bar(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


class Panel(NamedTuple):
    """One flow.

    Attributes:
        title_y: where its title stands.
        zero_y: where nothing is.
        highest: the most that was moved at once: as high as the panel goes.
        lowest: the same below zero: 0 when nothing was taken back.

    """

    flow: Flow
    title_y: float
    zero_y: float
    highest: int
    lowest: int
    bars: tuple[Bar, ...]


class Tick(NamedTuple):
    """A place on the axis, and the days that it is of."""

    x: float
    term: Term


class Chart(NamedTuple):
    """A drawing."""

    width: int
    height: int
    panels: tuple[Panel, ...]
    ticks: tuple[Tick, ...]


def chart(series: Series) -> Chart:
    """Draw a series."""
    count = len(series.spans)
    place = (WIDTH - 2 * LEFT) / count
    every = -(-count // MOST_TICKS)
    ticks = tuple(
        Tick(round(min(max((n + 0.5) * place, TICK), WIDTH - TICK), 2), series.spans[n].term)
        for n in range(every // 2, count, every)
    )
    panels, top = list[Panel](), 0
    for flow in FLOWS:
        moved = [span.moved[flow] for span in series.spans]
        height = PANEL if any(moved) else EMPTY
        panels.append(_panel(flow, moved, top, height, place))
        top += height
    return Chart(WIDTH, top + BELOW, tuple(panels), ticks)


def _panel(flow: Flow, moved: list[int], top: int, height: int, place: float) -> Panel:
    highest, lowest = max(0, *moved), min(0, *moved)
    room, whole = height - TITLE - 6, highest - lowest
    zero = top + TITLE + (room * highest / whole if whole else room)
    width = min(place * (1 - GAP), WIDEST)
    bars = []
    for n, quantity in enumerate(moved):
        if quantity:
            high = max(room * abs(quantity) / whole, LEAST)
            x, y = LEFT + (n + 0.5) * place - width / 2, zero - high if quantity > 0 else zero
            bars.append(Bar(*(round(each, 2) for each in (x, y, width, high))))
    return Panel(flow, top + TITLE - 9, round(zero, 2), highest, lowest, tuple(bars))
