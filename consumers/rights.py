"""Rights messages become requests of the ledger, one to one."""

from typing import assert_never

from ledger.domain.commands import Request
from schemas import requests
from schemas import rights_v1 as wire


def request_of(message: wire.RightsCommand) -> Request:
    """Return the request that a rights message makes."""
    match message:
        case wire.CreateReservation(data=data):
            return requests.reserve(data)
        case wire.CreateUse(data=data):
            return requests.use(data)
        case wire.CaptureReservation(data=data):
            return requests.capture(data.reservation_id, data)
        case wire.ReleaseReservation(data=data):
            return requests.release(data.reservation_id, data)
        case wire.ReverseUse(data=data):
            return requests.reverse(data.use_id, data)
        case wire.CreateEnding(data=data):
            return requests.end(data)
        case wire.CreateTransfer(data=data):
            return requests.transfer(data)
        case wire.CreateFreeze(data=data):
            return requests.freeze(data)
        case wire.DeleteFreeze(data=data):
            return requests.unfreeze(data)
        case wire.CreateMandate(data=data):
            return requests.give_mandate(data)
        case wire.EndMandate(data=data):
            return requests.end_mandate(data.mandate_id, data)
        case _:
            assert_never(message)
