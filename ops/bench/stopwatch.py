"""Tells how much time each stage takes, without the stages inside it."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from time import perf_counter
from typing import Any
from unittest.mock import patch

from ledger.service import door as door_module
from ledger.service.door import Door
from ledger.store.postgres import PostgresStore


class Stopwatch(ExitStack):
    """Wraps functions in a watch for as long as the block lasts; for one thread.

    Attributes:
        began: when a watched function was first called.
        seconds: of each stage.

    """

    def __init__(self) -> None:
        """Begin at nothing."""
        super().__init__()
        self.began: float | None = None
        self.seconds: dict[str, float] = defaultdict(float)
        self._inside = [0.0]

    def begin_with(self, owner: object, name: str) -> None:
        """Begin when a function or method is first called; from then on it is as it was."""
        work = getattr(owner, name)

        def first(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  whatever it takes and gives
            self.began = perf_counter()
            setattr(owner, name, work)
            return work(*args, **kwargs)

        self.enter_context(patch.object(owner, name, first))

    def watch(self, stage: str, owner: object, *names: str) -> None:
        """Count the time of functions or methods to a stage."""
        for name in names:
            timed = self._timed(stage, getattr(owner, name))
            self.enter_context(patch.object(owner, name, timed))

    def watch_door(self, door: Door, store: PostgresStore) -> None:
        """Watch the stages of a batch at the door; decoding a state row belongs to the load."""
        self.watch("load", store, "load")
        self.watch("load", door, "_decode")
        self.watch("decide", door, "_decide")
        self.watch("decide", door_module, "next_due")
        self.watch("encode", door, "_encode")
        self.watch("encode", store.mapper, "to_stored_event")
        self.watch("append", store.recorder, "insert_events")

    def per_change(self, changes: int) -> dict[str, float]:
        """Return the microseconds of each stage for each status change."""
        return {f"{s}_us_per_change": took / changes * 1e6 for s, took in self.seconds.items()}

    def _timed(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  whatever it takes and gives
            self._inside.append(0.0)
            began = perf_counter()
            self.began = self.began or began
            try:
                return work(*args, **kwargs)
            finally:
                took = perf_counter() - began
                self.seconds[stage] += took - self._inside.pop()
                self._inside[-1] += took

        return timed
