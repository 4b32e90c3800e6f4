"""What became of messages, by who said them or by where they are: for their publishers.

Read from receipts and parked records, thus known as soon as a batch is written.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

from ledger.service.ports import Receipt
from ledger.store.postgres import PostgresStore

MAX_REQUESTS = 1_000
"""So many requests of one message are looked for."""

State: TypeAlias = Literal["parked", "held", "replayed", "dropped"]


class Aside(NamedTuple):
    """A record that was set aside, and what came of that.

    Attributes:
        since: when it was parked.
        until: when one that is held is parked for good.

    """

    source: str | None
    message: str | None
    topic: str
    topic_id: UUID
    partition: int
    offset: int
    state: State
    reason: str
    detail: str
    since: datetime
    until: datetime | None


_ASIDE = """
SELECT source, message, topic, topic_id, partition, "offset",
    CASE WHEN dropped_at IS NOT NULL THEN 'dropped' WHEN replayed_at IS NOT NULL THEN 'replayed'
        WHEN held_until IS NOT NULL THEN 'held' ELSE 'parked' END,
    reason, detail, parked_at, held_until
FROM ledger.parked
"""
_AT = """
WHERE (topic_id, partition, "offset") IN (
    SELECT * FROM unnest(%s::uuid[], %s::integer[], %s::bigint[]))
"""
_SAID = " WHERE source = %s AND message = ANY(%s) ORDER BY id"
_IDS = """
SELECT id FROM (
    (SELECT substr(command, %(begin)s) AS id FROM ledger.receipts
     WHERE command > %(first)s AND command < %(end)s ORDER BY command LIMIT %(limit)s)
    UNION
    (SELECT message COLLATE "C" FROM ledger.parked
     WHERE source = %(source)s AND message COLLATE "C" > %(after)s
     ORDER BY message COLLATE "C" LIMIT %(limit)s)
) AS either ORDER BY id COLLATE "C" LIMIT %(limit)s
"""
_IS_KNOWN = """
SELECT EXISTS (SELECT FROM ledger.receipts WHERE command > %(first)s AND command < %(end)s)
    OR EXISTS (SELECT FROM ledger.parked WHERE source = %(source)s)
"""


class Messages:
    """Looks up what became of messages.

    Every method raises `StoreUnavailable` when the database gives no answer.
    """

    def __init__(self, store: PostgresStore) -> None:
        """Ask a store."""
        self._store = store

    def receipts(self, source: str, ids: Collection[str]) -> dict[str, list[Receipt]]:
        """Return the receipts of what messages asked, in its order; of none, nothing was asked.

        A message's first request has the message's source and id as its own, the others have
        their number before that.
        """
        return {
            id_: found
            for (_, id_), found in self.receipts_of([(source, id_) for id_ in ids]).items()
        }

    def receipts_of(
        self, messages: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], list[Receipt]]:
        """Return the same for messages of several sources."""
        found: dict[tuple[str, str], list[Receipt]] = {}
        wanted = list(dict.fromkeys(messages))
        for number in range(1, MAX_REQUESTS + 1):
            ids = {each: command_of(*each, number) for each in wanted}
            _, receipts = self._store.load([], list(ids.values()))
            wanted = [each for each in wanted if ids[each] in receipts]
            if not wanted:
                break
            for each in wanted:
                found.setdefault(each, []).append(receipts[ids[each]])
        return found

    def set_aside(self, source: str, ids: Collection[str]) -> list[Aside]:
        """Return the records of messages that were set aside, oldest first."""
        return self._asides(_SAID, source, list(ids))

    def set_aside_at(self, places: Sequence[tuple[UUID, int, int]]) -> list[Aside]:
        """Return those of records that were set aside: by topic id, partition and offset."""
        topics, partitions, offsets = zip(*places, strict=True) if places else ((), (), ())
        return self._asides(_AT, list(topics), list(partitions), list(offsets))

    def ids(self, source: str, *, after: str = "", limit: int) -> list[str]:
        """Return ids of a source's messages, in their order, after one."""
        asked = _bounds(source) | {"after": after, "limit": limit, "begin": len(source) + 2}
        asked["first"] = f"{source} {after}"
        return [id_ for (id_,) in self._store.datastore.all(_IDS, asked)]

    def knows(self, source: str) -> bool:
        """Tell whether anything of a source was seen."""
        ((known,),) = self._store.datastore.all(_IS_KNOWN, _bounds(source))
        return bool(known)

    def _asides(self, which: str, *asked: object) -> list[Aside]:
        return [Aside(*row) for row in self._store.datastore.all(_ASIDE + which, asked)]


def command_of(source: str, id_: str, number: int) -> str:
    """Return the id of a message's request."""
    return f"{source} {id_}" if number == 1 else f"{number}:{source} {id_}"


def _bounds(source: str) -> dict[str, object]:
    """Return what all command ids of a source are between: `!` comes right after the space."""
    return {"source": source, "first": f"{source} ", "end": f"{source}!"}
