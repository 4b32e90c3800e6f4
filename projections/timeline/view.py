"""A person's timeline, page by page, and the position that each page reflects."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

from ledger.domain.events import LotId
from ledger.domain.quantities import Unit
from projections.tables import Reading, Statement, read
from projections.timeline.project import EntryRow

PAGE_ENTRIES = 100
MAX_PAGE_ENTRIES = 1_000
"""Most entries in one page."""

Order: TypeAlias = Literal["newest first", "oldest first"]

_COLUMNS = ", ".join(EntryRow._fields).replace("details", "details::text")
_SIDES: dict[Order, tuple[str, str]] = {"newest first": ("<", "DESC"), "oldest first": (">", "ASC")}
_AFTER_EVERYTHING = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A page of a person's timeline, as of a position in the log.

    Attributes:
        units: of every lot of the account, to put entries into words.
        schemes: of every lot of the account.
        beyond: hand this in to read the next page; None when there is none.

    """

    position: int
    entries: tuple[EntryRow, ...]
    units: Mapping[LotId, Unit]
    schemes: Mapping[LotId, str]
    beyond: int | None


class Known(NamedTuple):
    """Whether anything was ever told of an account, as of a position in the log."""

    position: int
    known: bool


def is_known(account: UUID) -> Reading[Known]:
    """Tell whether an account has any entry."""
    query = "SELECT 1 FROM projections.timeline WHERE account = %(account)s LIMIT 1"
    position, rows = yield from read("timeline", query, "1", {"account": account})
    return Known(position, bool(rows))


class KnownOnes(NamedTuple):
    """Of which accounts anything was ever told, as of a position in the log."""

    position: int
    accounts: frozenset[UUID]


def known_of(accounts: Collection[UUID]) -> Reading[KnownOnes]:
    """Tell which of some accounts have any entry."""
    query = (
        "SELECT asked FROM unnest(%(accounts)s::uuid[]) asked"
        " WHERE EXISTS (SELECT FROM projections.timeline WHERE account = asked)"
    )
    position, rows = yield from read("timeline", query, "1", {"accounts": list(accounts)})
    return KnownOnes(position, frozenset(account for (account,) in rows))


def timeline_of(
    account: UUID,
    *,
    order: Order = "newest first",
    beyond: int | None = None,
    limit: int = PAGE_ENTRIES,
    schemes: Collection[str] | None = None,
) -> Reading[Timeline]:
    """Read a page of an account's entries, those beyond a position in the order asked for.

    Of some schemes only those entries are read that are about one of them.
    """
    if not 1 <= limit <= MAX_PAGE_ENTRIES:
        msg = f"a page has 1 to {MAX_PAGE_ENTRIES} entries, not {limit}"
        raise ValueError(msg)
    side, direction = _SIDES[order]
    if beyond is None:
        beyond = _AFTER_EVERYTHING if order == "newest first" else 0
    query = (
        f"SELECT {_COLUMNS} FROM projections.timeline"  # noqa: S608  constants
        f" WHERE account = %(account)s AND position {side} %(beyond)s"
        " AND (%(schemes)s::text[] IS NULL OR scheme = ANY(%(schemes)s))"
        f" ORDER BY position {direction} LIMIT %(limit)s"
    )
    asked: dict[str, object] = {"account": account, "beyond": beyond, "limit": limit + 1}
    asked["schemes"] = None if schemes is None else list(schemes)
    position, rows = yield from read("timeline", query, f"q.position {direction}", asked)
    entries = tuple(EntryRow(*row) for row in rows[:limit])
    lots = b"SELECT lot, scheme, unit FROM projections.timeline_lots WHERE account = %(account)s"
    known = yield Statement(lots, {"account": account})
    return Timeline(
        position=position,
        entries=entries,
        units={lot: unit for lot, _, unit in known},
        schemes={lot: scheme for lot, scheme, _ in known},
        beyond=entries[-1].position if len(rows) > limit else None,
    )
