"""Mandates, as the holder and the helper see them, and the position that an answer reflects."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ledger.domain.mandates import Helper
from projections.mandates.project import MandateRow
from projections.tables import Reading, read

_COLUMNS = ", ".join(f"m.{column}" for column in MandateRow._fields)
_HELPS = "(m.helper = %(helper)s OR (m.organisation = %(organisation)s AND m.organisation <> ''))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandates:
    """Some mandates, as of a position in the log."""

    position: int
    rows: tuple[MandateRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Who ever gave a helper a mandate, as of a position in the log."""

    position: int
    accounts: frozenset[UUID]


def mandates_of(account: UUID, *, beyond: str, limit: int) -> Reading[Mandates]:
    """Read a page of a holder's mandates, by identifier, those after one."""
    query = (
        f"SELECT {_COLUMNS} FROM projections.mandates m"  # noqa: S608  constants
        " WHERE account = %(account)s AND mandate > %(beyond)s ORDER BY mandate LIMIT %(limit)s"
    )
    asked = {"account": account, "beyond": beyond, "limit": limit}
    return _page(query, "q.mandate", asked)


def mandates_for(
    helper: Helper, today: date, *, beyond: tuple[UUID, str] | None, limit: int
) -> Reading[Mandates]:
    """Read a page of what a helper was given and is not over, by holder, those after one."""
    query = (
        f"SELECT {_COLUMNS} FROM projections.mandates m WHERE {_HELPS}"  # noqa: S608  constants
        " AND m.ended_on IS NULL AND m.until > %(today)s"
        " AND (%(account)s::uuid IS NULL OR (m.account, m.mandate) > (%(account)s, %(mandate)s))"
        " ORDER BY m.account, m.mandate LIMIT %(limit)s"
    )
    account, mandate = beyond or (None, "")
    of = {"today": today, "account": account, "mandate": mandate, "limit": limit}
    return _page(query, "q.account, q.mandate", _helper(helper) | of)


def holders_of(helper: Helper, accounts: Collection[UUID]) -> Reading[Holders]:
    """Tell which of some accounts ever gave a helper a mandate."""
    query = (
        "SELECT DISTINCT m.account FROM projections.mandates m"  # noqa: S608  constants
        f" WHERE m.account = ANY(%(accounts)s) AND {_HELPS}"
    )
    asked = _helper(helper) | {"accounts": list(accounts)}
    position, rows = yield from read("mandates", query, "1", asked)
    return Holders(position=position, accounts=frozenset(account for (account,) in rows))


def _helper(helper: Helper) -> dict[str, object]:
    return {"helper": helper.account, "organisation": helper.organisation}


def _page(query: str, order: str, asked: dict[str, object]) -> Reading[Mandates]:
    position, rows = yield from read("mandates", query, order, asked)
    return Mandates(position=position, rows=tuple(MandateRow(*row) for row in rows))
