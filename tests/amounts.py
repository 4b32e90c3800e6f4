"""What conservation looks at (law 1)."""

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
