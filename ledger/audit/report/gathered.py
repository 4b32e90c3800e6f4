"""What a report needs of a log, gathered while it is walked once, with flat memory."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from ledger.audit.books.journal import Entry, day_of
from ledger.audit.books.sampling import Strata
from ledger.audit.books.totals import Period
from ledger.audit.report.activity import Activity
from ledger.domain.events import Envelope, RegulationPublished


class Place(NamedTuple):
    """An event's place in the log, and when it was recorded (UTC)."""

    position: int
    recorded_at: datetime


@dataclass(slots=True, kw_only=True)
class Counted:
    """How many events, from which to which."""

    events: int = 0
    entries: int = 0
    first: Place | None = None
    last: Place | None = None

    def add(self, place: Place, entries: int) -> None:
        """Count one more."""
        self.events += 1
        self.entries += entries
        self.first = self.first or place
        self.last = place


class Text(NamedTuple):
    """One text of a regulation, which was in use in the period.

    Attributes:
        sha256: of its content, 64 hexadecimal digits.
        by: who published it.
        replaced: by which event another took its place; None while it is the last.

    """

    scheme: str
    digest: str
    sha256: str
    by: str
    published: Place
    replaced: Place | None


@dataclass(slots=True)
class Gathered:
    """Takes each event with its entries, from the log's beginning.

    Attributes:
        period: days of recording.
        sample: draws entries of the period, some of each scheme.
        whole: all of the log.
        within: what of it is in the period.

    """

    period: Period
    sample: Strata[Entry]
    activity: Activity = field(init=False)
    whole: Counted = field(default_factory=Counted)
    within: Counted = field(default_factory=Counted)
    _texts: list[Text] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the same period."""
        self.activity = Activity(self.period)

    def add(self, envelope: Envelope, entries: list[Entry]) -> None:
        """Take the next event."""
        recorded_at = envelope.metadata.recorded_at
        place = Place(envelope.position or 0, recorded_at)
        self.whole.add(place, len(entries))
        self.activity.add(entries)
        if isinstance(envelope.event, RegulationPublished):
            self._publish(envelope.event, envelope.metadata.actor, place)
        if day_of(recorded_at) not in self.period:
            return
        self.within.add(place, len(entries))
        for entry in entries:
            self.sample.add(entry.scheme, entry)

    def _publish(self, event: RegulationPublished, by: str, place: Place) -> None:
        for n, text in enumerate(self._texts):
            if text.scheme == event.scheme and text.replaced is None:
                self._texts[n] = text._replace(replaced=place)
        self._texts.append(Text(event.scheme, event.digest, event.sha256, by, place, replaced=None))

    def texts(self) -> list[Text]:
        """Return the texts that were in use at an event of the period, by scheme, then in order."""
        first, last = self.within.first, self.within.last
        if first is None or last is None:
            return []
        return sorted(
            (
                each
                for each in self._texts
                if each.published.position <= last.position
                and (each.replaced is None or each.replaced.position > first.position)
            ),
            key=lambda each: (each.scheme, each.published),
        )
