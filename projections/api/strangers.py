"""How often somebody may come without a good token: by address, since nothing else is known.

Only failures count, and only tokens that were not found good before are held back: whoever works
from the same address, or behind the same proxy, goes on.
"""

from collections.abc import Callable
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from time import monotonic
from typing import Final

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from projections.api.bearer import Claims, Provider
from projections.api.limits import Limits
from projections.api.problems import TOO_MANY_FAILED, Refused

NETWORK_BITS: Final = 64
"""Of an IPv6 address: the rest is its owner's to choose."""

POLICY: Final = "address"


class Strangers:
    """Counts the requests of an address that came without a good token; for many threads."""

    def __init__(self, quota: int, clock: Callable[[], float] = monotonic) -> None:
        """Allow so many failures in each window, per address."""
        told = "api-too-many-strangers"
        self._limits = Limits(quota, clock, policy=POLICY, kind=TOO_MANY_FAILED, told=told)

    async def admit(self, provider: Provider, request: Request) -> Claims:
        """Return who asks, by the header `Authorization`.

        Raises:
            Refused: as `Provider.claims` does; or, without a look at the token, after too many.

        """
        authorization = request.headers.get("authorization")
        known = provider.remembered(authorization)
        if known is not None:
            return known
        address = network_of(request.client.host if request.client else "")
        self._limits.check(address)
        try:
            return await run_in_threadpool(provider.claims, authorization)
        except Refused as refused:
            if refused.kind.status == HTTPStatus.UNAUTHORIZED:
                self._limits.take(address)
            raise


def network_of(host: str) -> str:
    """Return the part of an address by which it is counted."""
    try:
        address = ip_address(host)
    except ValueError:  # a socket of this machine
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> NETWORK_BITS << NETWORK_BITS))
    return str(address)
