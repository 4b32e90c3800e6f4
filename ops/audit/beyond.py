"""What a verification looks at beyond a replay, and of which accounts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from ledger.audit.handled import Housekeeping, held
from ledger.audit.proofs.findings import Finding
from ledger.audit.replay import pages
from ledger.audit.texts import unpublished
from ledger.domain.events import Envelope
from ledger.service.ports import AccountHistory
from ledger.store.postgres import PostgresStore
from ledger.store.receipts import KeptReceipts
from ledger.store.writes import text
from ops.audit.parts import Part

TOUCHED_ACCOUNTS: Final = 200
"""So many accounts of which only some are looked at are in memory at once."""


class Beyond(NamedTuple):
    """What a verification looks at beyond a replay.

    Attributes:
        housekeeping: tells which receipts may be gone.
        published: by the digest of a regulation's text, the position from which on it may decide;
            None when that can't be read.
        since: only accounts that have an event after this position; None is all of them.
        without: accounts whose events were destroyed, and the position at which each was erased.

    """

    housekeeping: Housekeeping
    published: Mapping[str, int] | None
    since: int | None
    without: Mapping[UUID, int]


def histories(
    store: PostgresStore, part: Part, beyond: Beyond | None
) -> Iterator[Sequence[AccountHistory]]:
    """Walk the accounts of a part: all, or with `beyond` those that it asks for."""
    if beyond is None or beyond.since is None:
        without = list(beyond.without) if beyond else []
        yield from pages(store, after=part.after, until=part.until, without=without)
        return
    touched = store.touched(beyond.since, part.after, part.until, list(beyond.without))
    for start in range(0, len(touched), TOUCHED_ACCOUNTS):
        yield store.histories_of(touched[start : start + TOUCHED_ACCOUNTS])


def look_beyond(
    store: PostgresStore,
    page: Sequence[AccountHistory],
    told: Sequence[Envelope],
    beside: Sequence[Envelope],
    beyond: Beyond,
) -> Iterator[Finding]:
    """Hold receipts, and the regulations that events name, against the log.

    `told` are the events of a page; `beside` are of its commands, too, in other accounts.
    """
    accounts = {history.account for history in page}
    receipts_of = KeptReceipts(store).of
    yield from held(accounts, [*told, *beside], receipts_of, beyond.housekeeping, text)
    if beyond.published is not None:
        yield from unpublished(told, beyond.published)
