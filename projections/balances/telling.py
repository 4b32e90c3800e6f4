"""A lot as the API tells it (`schemas.api_v1.rights.LotOnDay`), from the row that holds it."""

from collections.abc import Sequence
from datetime import date

from ledger.domain.calendar import OPEN
from ledger.service.naming import Lots
from projections.balances.rows import LotRow


def telling(
    lot: LotRow, available: int, pending: int = 0, stops: Sequence[dict[str, object]] = ()
) -> dict[str, object]:
    """Tell a lot on a day: what can be used then, or later, and what stops it, as it is said."""
    return {
        "scheme": lot.scheme,
        "lot": Lots.named(lot.account, lot.lot, lot.scheme),
        "unit": lot.unit,
        "period": _period(lot),
        **Lots.funder(lot.lot, lot.scheme, lot.funder),
        "granted": lot.granted,
        "withdrawn": lot.withdrawn,
        "transferredIn": lot.transferred_in,
        "transferredOut": lot.transferred_out,
        "reserved": lot.reserved,
        "used": lot.used,
        "expired": lot.expired,
        "available": available,
        "shortfall": lot.shortfall,
        "pending": pending,
        "usable": 0 if stops else available,
        "stops": stops,
        "rule": lot.rule,
    }


def _period(lot: LotRow) -> dict[str, date]:
    return {"from": lot.since} if lot.until == OPEN else {"from": lot.since, "until": lot.until}
