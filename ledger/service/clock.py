"""Where the time comes from: the one place on the write side that looks at a clock."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from ledger.domain.settle import Now

OFFICE_ZONE = ZoneInfo("Europe/Brussels")
"""The civil day of a decision is the office's."""

CLOCKS_APART = timedelta(days=1)
"""How far the clocks of two doors may differ: beyond it one command could get two receipts, in two
months' partitions, and what was recorded later seem to be earlier."""


class Clock(Protocol):
    """Tells the door what time it is. Two tell it: the system's, and a set one for stories."""

    def now(self) -> Now:
        """Return the instant and the civil day."""
        ...


def at(instant: datetime) -> Now:
    """Return the `Now` of an instant."""
    return Now(recorded_at=instant.astimezone(UTC), today=instant.astimezone(OFFICE_ZONE).date())


class SystemClock:
    """The machine's clock."""

    def now(self) -> Now:
        """Return the present."""
        return at(datetime.now(UTC))


@dataclass(slots=True)
class SetClock:
    """A clock that stands where it is set: for the demo's past and for tests."""

    instant: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> Now:
        """Return the instant that was set."""
        return at(self.instant)

    def set(self, day: date, hour: int = 12) -> None:
        """Stand at an hour of a civil day, office time."""
        self.instant = datetime(day.year, day.month, day.day, hour, tzinfo=OFFICE_ZONE)
