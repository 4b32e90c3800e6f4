"""How many requests a client may make: a quota that comes back evenly, in the memory of a worker.

Each worker counts by itself, so a client gets at most the quota times the workers.
Source: draft-ietf-httpapi-ratelimit-headers-10 (`RateLimit-Policy`, `RateLimit`).
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import Final

from ledger.words.texts import Text
from projections.api.problems import TOO_MANY, Kind, Refused

WINDOW_SECONDS: Final = 60

MAX_CLIENTS: Final = 10_000
"""Those that asked longest ago are forgotten first, which is in their favour."""

CLIENT: Final = "client"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a client has left.

    Attributes:
        policy: whose quota it is.
        quota: of the window.
        remaining: requests that it may still make at once.
        full_in_seconds: until it has the whole quota again.

    """

    policy: str
    quota: int
    remaining: int
    full_in_seconds: int

    def headers(self) -> Mapping[str, str]:
        """Return how it is told."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.quota};w={WINDOW_SECONDS}',
            "RateLimit": f'"{self.policy}";r={self.remaining};t={self.full_in_seconds}',
        }


class Limits:
    """Counts the requests of clients; for many threads."""

    def __init__(
        self,
        quota: int,
        clock: Callable[[], float] = monotonic,
        *,
        policy: str = CLIENT,
        kind: Kind = TOO_MANY,
        told: str = "api-too-many",
    ) -> None:
        """Allow so many requests in each window, per client.

        Args:
            quota: how many.
            clock: in seconds.
            policy: whose quota it is, as headers call it.
            kind: of refusals.
            told: their text.

        """
        self._quota, self._policy, self._kind = quota, policy, kind
        self._told = told
        self._each_seconds = WINDOW_SECONDS / quota
        self._clock = clock
        self._lock = threading.Lock()
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def check(self, client: str) -> None:
        """Make sure that there is quota left, without counting.

        Raises:
            Refused: there is none; it tells how long to wait.

        """
        now = self._clock()
        with self._lock:
            excess = self._full_at.get(client, now) + self._each_seconds - now - WINDOW_SECONDS
        if excess > self._each_seconds / 2:
            raise self._refusal(excess)

    def take(self, client: str) -> Standing:
        """Count a request.

        Raises:
            Refused: there is no quota left; it tells how long to wait.

        """
        now = self._clock()
        with self._lock:
            full_at = max(self._full_at.get(client, now), now) + self._each_seconds
            excess = full_at - now - WINDOW_SECONDS
            # What is refused isn't counted. Sums of small times are a little off.
            if excess > self._each_seconds / 2:
                raise self._refusal(excess)
            self._full_at[client] = full_at
            self._full_at.move_to_end(client)
            while len(self._full_at) > MAX_CLIENTS:
                self._full_at.popitem(last=False)
        used = round((full_at - now) / self._each_seconds + 0.499)
        left = max(self._quota - used, 0)
        return self._standing(left, ceil(full_at - now))

    def _standing(self, remaining: int, full_in_seconds: int) -> Standing:
        return Standing(
            policy=self._policy,
            quota=self._quota,
            remaining=remaining,
            full_in_seconds=full_in_seconds,
        )

    def _refusal(self, excess: float) -> Refused:
        wait = ceil(excess)
        nothing = self._standing(0, WINDOW_SECONDS)
        return Refused(
            self._kind,
            Text(self._told, quota=str(self._quota), window=str(WINDOW_SECONDS), wait=str(wait)),
            headers={"Retry-After": str(wait), **nothing.headers()},
            limit=self._quota,
            retryAfterSec=wait,
        )
