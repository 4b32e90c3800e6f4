"""The product with one promise taken out: `python -m tests.chaos.mutant NAME consume ...`.

The product knows nothing of this: a function is replaced here, in the child process. Between the
two transactions that each makes of one lies the pause that a slow network would make.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

PAUSE_SECONDS: Final = 0.05
LONG_PAUSE_SECONDS: Final = 0.5
"""Of a relay, which most of the time has nothing to do, and of which another one may be killed."""


def offsets_apart() -> None:
    """Write the positions in a transaction of their own, after that of the events."""
    from ledger.store.postgres import PostgresStore

    whole = PostgresStore.append

    def append(store: PostgresStore, batch: Any) -> Sequence[int]:
        moves = batch.delivery.moves
        positions = whole(store, replace(batch, delivery=replace(batch.delivery, moves=())))
        _then_move(whole, store, batch, moves)
        return positions

    PostgresStore.append = append  # type: ignore[method-assign,assignment]


def offsets_first() -> None:
    """Move the positions before anything is written."""
    from ledger.store.postgres import PostgresStore

    whole = PostgresStore.append

    def append(store: PostgresStore, batch: Any) -> Sequence[int]:
        moves = batch.delivery.moves
        _then_move(whole, store, batch, moves)
        time.sleep(PAUSE_SECONDS)
        return whole(store, replace(batch, delivery=replace(batch.delivery, moves=())))

    PostgresStore.append = append  # type: ignore[method-assign,assignment]


def _then_move(whole: Callable[..., Any], store: Any, batch: Any, moves: Sequence[Any]) -> None:
    if not moves:
        return
    nothing: dict[str, Any] = {
        "envelopes": [],
        "accounts": [],
        "receipts": [],
        "draws": [],
        "last_events": {},
    }
    only: dict[str, Any] = {"moves": moves, "parked": (), "marks": ()}
    time.sleep(PAUSE_SECONDS)
    whole(store, replace(batch, **nothing, delivery=replace(batch.delivery, **only)))


def no_fence() -> None:
    """Put a position where a batch ends, wherever it is by now."""
    from ledger.store import writes
    from ledger.store.postgres import PostgresStore

    fenced = "WHERE k.position = %(expected)s"
    assert fenced in writes._MOVES
    writes._MOVES = writes._MOVES.replace(
        fenced, "WHERE %(expected)s IS NOT DISTINCT FROM %(expected)s"
    )
    whole = PostgresStore.append

    def append(store: PostgresStore, batch: Any) -> Sequence[int]:
        time.sleep(PAUSE_SECONDS)
        return whole(store, batch)

    PostgresStore.append = append  # type: ignore[method-assign,assignment]


def relayed_before_sent() -> None:
    """Note that a page went out before it does."""
    from consumers.relay.runner import Relay
    from consumers.relay.streams import LedgerStream

    def send(relay: Relay, session: Any, stream: Any) -> int:
        page = stream.page()
        if page is None:
            return 0
        page.confirm()
        if isinstance(stream, LedgerStream):
            time.sleep(LONG_PAUSE_SECONDS)
        if page.records:
            session.out.send(page.records, session.lead.check)
        return int(page.count)

    Relay._send = send  # type: ignore[method-assign,assignment]


MUTANTS: Final[dict[str, Callable[[], None]]] = {
    "offsets-apart": offsets_apart,
    "offsets-first": offsets_first,
    "no-fence": no_fence,
    "relayed-before-sent": relayed_before_sent,
}

if __name__ == "__main__":
    from ops.cli import main

    MUTANTS[sys.argv.pop(1)]()
    main()
