"""What conservation looks at (law 1)."""

from collections import Counter

from ledger.domain.account import Account
from ledger.domain.events import LotId
from ledger.domain.lots import Lot


def negatives(lot: Lot) -> tuple[str, ...]:
    """Name each quantity of the lot that is negative, which breaks conservation (law 1)."""
    amounts = {
        "granted": lot.granted,
        "withdrawn": lot.withdrawn,
        "transferred_in": lot.transferred_in,
        "transferred_out": lot.transferred_out,
        "reserved": lot.reserved,
        "used": lot.used,
        "expired": lot.expired,
        "shortfall": lot.shortfall,
        "available": lot.available,
    }
    return tuple(name for name, amount in amounts.items() if amount < 0)


def each_lot_holds_what_requests_do(account: Account) -> None:
    """Make sure that what is reserved and used of each lot is what reservations and uses hold."""
    held = Counter[tuple[LotId, str]]()
    for name, holdings in (("reserved", account.reservations), ("used", account.uses)):
        for holding in holdings.values():
            for lot_id, quantity in holding.allocation:
                held[lot_id, name] += quantity
    for lot in account.lots.values():
        assert (lot.reserved, lot.used) == (held[lot.id, "reserved"], held[lot.id, "used"]), lot
