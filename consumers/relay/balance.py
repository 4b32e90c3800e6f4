"""The state of an account becomes the balance that others get of it."""

from uuid import UUID

from consumers.relay.telling import instant, period
from ledger.domain.account import Account
from ledger.domain.lots import Lot
from ledger.service.naming import Lots
from schemas import balances_v1 as wire

FREEZE = "freeze"
"""The restriction under which what there is can't be used."""


def balance_of(
    id_: UUID, account: Account, position: int, source: str, lots: Lots
) -> wire.BalanceChanged:
    """Return what a person has after the event at a position, which was the last one."""
    ordered = sorted(account.lots.values(), key=lambda lot: (lot.scheme, lot.id))
    balance = wire.Balance(
        person=id_,
        position=position,
        version=account.version,
        lots=tuple(_lot(id_, account, lot, lots) for lot in ordered),
    )
    return wire.BalanceChanged(
        id=f"balance-{position}",
        source=source,
        time=instant(account.recorded_at),
        data=balance,
    )


def _lot(id_: UUID, account: Account, lot: Lot, lots: Lots) -> wire.LotBalance:
    frozen = lot.scheme in account.frozen or "" in account.frozen
    restriction = account.restrictions.get(lot.scheme)
    stopped = frozen or restriction == FREEZE
    return wire.LotBalance(
        scheme=lot.scheme,
        lot=lots.named(id_, lot.id, lot.scheme),
        unit=lot.unit,
        period=period(lot.term),
        **lots.funder(lot.id, lot.scheme, lot.funder),
        granted=lot.granted,
        withdrawn=lot.withdrawn,
        transferred_in=lot.transferred_in,
        transferred_out=lot.transferred_out,
        reserved=lot.reserved,
        used=lot.used,
        expired=lot.expired,
        available=lot.available,
        shortfall=lot.shortfall,
        usable=0 if stopped else lot.available,
        **({"restriction": restriction} if restriction else {}),
        frozen=frozen,
    )
