"""Held records: what came before the reservation or use that it names, tried once that is there."""

from time import monotonic
from typing import Final

import structlog

from consumers.parking import REPLAY_RECORDS, Replay
from ledger.service.clock import Clock
from ledger.service.defects import InARow
from ledger.service.ports import Fenced, HeldStore

MAX_PAGES: Final = 10
"""How many pages one look tries; then records that are new have their turn."""

SLOW_SECONDS: Final = 0.02
"""A look that finds out more slowly that there is nothing to do, rests afterwards."""

REST_TIMES: Final = 20
"""So many times as long as it took: so looks take at most a twentieth of the time."""

log = structlog.get_logger(__name__)


class HeldRecords:
    """Looks for held records whose time has come. Any number of consumers may do so at once."""

    def __init__(self, store: HeldStore, clock: Clock, replay: Replay) -> None:
        """Take what is needed to find records and to try them again."""
        self._store = store
        self._clock = clock
        self._replay = replay
        self._in_a_row = InARow()
        self._rest_until = 0.0

    def look(self) -> int:
        """Try again what may be handled by now, and park what has waited long enough.

        Returns how many were tried. With nothing held it costs one query of an empty index.

        Raises:
            LineStopped: our own code fails for too many people in a row.
            StoreUnavailable: the database gives no answer.

        """
        began = monotonic()
        if began < self._rest_until:
            return 0
        tried = 0
        for _ in range(MAX_PAGES):
            page = self._store.held(self._clock.now().recorded_at, REPLAY_RECORDS)
            if not page:
                break
            try:
                became = self._replay.again(page, self._in_a_row)
            except Fenced:
                log.info("held_records_tried_by_another")
                break
            tried += len(page)
            handled = sum(each.handled for each in became)
            log.info("held_records_tried", records=len(page), handled=handled)
        took = monotonic() - began
        if not tried and took > SLOW_SECONDS:
            self._rest_until = monotonic() + REST_TIMES * took
        return tried
