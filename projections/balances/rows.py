"""The rows that tell of balances."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from ledger.domain.events import LotId
from ledger.domain.quantities import Unit


class LotRow(NamedTuple):
    """A lot: its quantities in `unit`'s smallest unit, net as the domain's `Lot` has them.

    `rule` is the basis of the last grant, or of the transfer that made the lot; `position` is
    that of the last event on the lot. `told` is how the lot is told while its term runs and nothing
    stops it: of what is read most, only what depends on the day is left to do.
    """

    account: UUID
    lot: LotId
    scheme: str
    unit: Unit
    since: date
    until: date
    funder: str
    granted: int
    withdrawn: int
    transferred_in: int
    transferred_out: int
    reserved: int
    used: int
    expired: int
    shortfall: int
    rule: str
    position: int
    told: str


class StandingRow(NamedTuple):
    """What stops the use of a scheme's lots; `restricted` is the mode, None when lifted."""

    account: UUID
    scheme: str
    restricted: str | None = None
    restricted_since: date | None = None
    restricted_reason: str | None = None
    frozen: bool = False
    frozen_since: date | None = None
    frozen_reason: str | None = None
    position: int = 0


class MergedRow(NamedTuple):
    """Into which account another one was merged; None: it stands for itself again."""

    account: UUID
    into_account: UUID | None
    position: int
