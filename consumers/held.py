"""Held records: what came before the reservation or use that it names, tried once that is there."""

from typing import Final

import structlog

from consumers.parking import REPLAY_RECORDS, Replay
from ledger.service.clock import Clock
from ledger.service.defects import InARow
from ledger.service.ports import Fenced, HeldStore, Seen

MAX_PAGES: Final = 10
"""How many pages one look tries; then records that are new have their turn."""

MAX_EVENTS: Final = 50_000
"""After more events than these a look at everything costs less than one at what they moved."""

log = structlog.get_logger(__name__)


class HeldRecords:
    """Looks for held records whose time has come. Any number of consumers may do so at once."""

    def __init__(self, store: HeldStore, clock: Clock, replay: Replay) -> None:
        """Take what is needed to find records and to try them again."""
        self._store = store
        self._clock = clock
        self._replay = replay
        self._in_a_row = InARow()
        self._since: Seen | None = None

    def look(self) -> int:
        """Try again what may be handled by now, and park what has waited long enough.

        Returns how many were tried. With nothing held it costs one small query.

        Raises:
            LineStopped: our own code fails for too many people in a row.
            StoreUnavailable: the database gives no answer.

        """
        tried = 0
        for _ in range(MAX_PAGES):
            seen = self._store.seen()
            if seen is None:
                break
            since = self._since
            if since is not None and seen.position - since.position > MAX_EVENTS:
                since = None
            page = self._store.held(self._clock.now().recorded_at, REPLAY_RECORDS, since)
            if not page:
                self._since = seen
                break
            try:
                became = self._replay.again(page, self._in_a_row)
            except Fenced:
                log.info("held_records_tried_by_another")
                break
            tried += len(page)
            handled = sum(each.handled for each in became)
            log.info("held_records_tried", records=len(page), handled=handled)
        return tried
