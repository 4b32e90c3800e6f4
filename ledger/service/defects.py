"""What becomes of the rest when our own code fails on one of many: it is taken without that one."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from pathlib import PurePath
from traceback import extract_tb
from typing import Final, TypeVar

from ledger.service.ports import Fenced, StoreUnavailable

T = TypeVar("T")

DEFECT: Final = "defect"
"""The reason of a record that is parked because our own code failed on it."""

MAX_DEFECTS_IN_A_ROW: Final = 10
"""When our code fails for so many people, and for nobody in between it works, nobody's data is
at fault."""


class LineStopped(Exception):  # noqa: N818  it is a state, too
    """Our own code fails for everyone: what is left waits where it is until it is mended."""


class InARow:
    """The people for whom our own code has failed since it last worked for somebody."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._people: set[Hashable] = set()

    def failed(self, person: Hashable, defect: Exception) -> None:
        """Count one more.

        Raises:
            LineStopped: these are `MAX_DEFECTS_IN_A_ROW`.

        """
        self._people.add(person)
        if len(self._people) >= MAX_DEFECTS_IN_A_ROW:
            row = f"our code failed for {len(self._people)} people in a row"
            raise LineStopped(f"{row}, the last time by {told(defect)}") from defect

    def worked(self) -> None:
        """Begin anew."""
        self._people.clear()


def isolated(
    items: Sequence[T], handle: Callable[[Sequence[T]], object]
) -> Iterator[tuple[T, Exception]]:
    """Handle items together; where that fails, by halves, in order.

    Yields each item on which `handle` fails alone, and its failure, before going on after it.

    Raises:
        Fenced, StoreUnavailable: answers of the store, which no item is at fault for.

    """
    try:
        handle(items)
    except (Fenced, StoreUnavailable):
        raise
    except Exception as defect:  # noqa: BLE001  whatever our code may do wrong
        if len(items) == 1:
            yield items[0], defect
        else:
            half = len(items) // 2
            yield from isolated(items[:half], handle)
            yield from isolated(items[half:], handle)


def told(defect: Exception) -> str:
    """Say what failed and where, without its message, which may quote a person's data."""
    place = extract_tb(defect.__traceback__)[-1]
    return f"{type(defect).__name__} in {PurePath(place.filename).name}, line {place.lineno}"
