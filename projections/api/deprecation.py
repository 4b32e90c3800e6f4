"""What will go away: said once, on the route; told in the document and with each answer.

Sources: RFC 9745 (`Deprecation`), RFC 8594 (`Sunset`); Belgian REST guide, evo-deprec.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final

from starlette.types import Scope

SAID: Final = "x-deprecation"
"""As what a route carries it; the document has it in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecation:
    """That an operation will go away.

    Attributes:
        since: when that was decided, or will be in force, UTC.
        ends: from when on it may be gone, UTC; None when nobody knows yet.
        see: where it says what to use instead.

    """

    since: datetime
    ends: datetime | None
    see: str

    def headers(self) -> Mapping[str, str]:
        """Return how it is told with an answer."""
        said = {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Link": f'<{self.see}>; rel="deprecation"; type="text/html"',
        }
        if self.ends is not None:
            said["Sunset"] = format_datetime(self.ends, usegmt=True)
        return said

    def sentence(self) -> str:
        """Return how it is told in the document."""
        ends = "" if self.ends is None else f", and may be gone from {self.ends:%Y-%m-%d} on"
        return f"Deprecated since {self.since:%Y-%m-%d}{ends}: see {self.see}"


def deprecated(
    *, since: datetime, see: str, ends: datetime | None = None, extra: Mapping[str, Any] = {}
) -> dict[str, Any]:
    """Return what a route says of itself that will go away: `@router.get(..., **deprecated(...))`.

    Args:
        since: likewise `ends` and `see`: as `Deprecation` has them.
        see: a URL.
        ends: None when it is not known.
        extra: what the route would have as `openapi_extra`.

    """
    said = Deprecation(since=since, ends=ends, see=see)
    return {"deprecated": True, "openapi_extra": {**extra, SAID: asdict(said)}}


def deprecation_of(scope: Scope) -> Deprecation | None:
    """Return what is said of the operation that a request asked for; None of one that stays."""
    return told_by(getattr(scope.get("route"), "openapi_extra", None) or {})


def told_by(extra: Mapping[str, Any]) -> Deprecation | None:
    """Return what a route says of itself, also where FastAPI has written it as JSON."""
    said = extra.get(SAID)
    if said is None:
        return None
    since, ends = (_instant(said[name]) for name in ("since", "ends"))
    assert since is not None  # noqa: S101  `deprecated` asks for it
    return Deprecation(since=since, ends=ends, see=said["see"])


def _instant(said: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(said) if isinstance(said, str) else said
