"""Refusals of the API: one table of kinds, and how each is answered.

Sources: RFC 9457; Belgian REST guide, err-problem, err-sanit and the problems that it names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID, uuid4

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from ledger.service import clock
from ledger.service.ports import StoreUnavailable
from ledger.service.published import Unreadable
from ledger.words.language import ENGLISH, Language
from ledger.words.texts import Sayable, Text
from projections.api.findings import finding
from projections.api.languages import headers_of, language_for
from projections.api.paths import Methods
from schemas.api_v1.problems import BELGIF, INPUT, MEDIA_TYPE, OWN, BadRequest, Issue, Problem

GUIDE: Final = "https://www.belgif.be/specification/rest/api-guide/problems"

MAX_VALUE_CHARACTERS: Final = 100
"""A longer value of a wrong parameter is not sent back."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of problem.

    Attributes:
        named: after the prefix of its URN.
        ours: whether it is no type of the Belgian guide.

    """

    named: str
    title: str
    status: HTTPStatus
    ours: bool = False

    @property
    def type(self) -> str:
        """Its URN."""
        return f"{OWN if self.ours else BELGIF}{self.named}"

    @property
    def href(self) -> str | None:
        """Where the guide describes it."""
        return None if self.ours else f"{GUIDE}/{self.named}.html"


BAD_REQUEST: Final = Kind("badRequest", "Bad Request", HTTPStatus.BAD_REQUEST)
NO_TOKEN: Final = Kind("noAccessToken", "No Access Token", HTTPStatus.UNAUTHORIZED)
INVALID_TOKEN: Final = Kind("invalidAccessToken", "Invalid Access Token", HTTPStatus.UNAUTHORIZED)
EXPIRED_TOKEN: Final = Kind("expiredAccessToken", "Expired Access Token", HTTPStatus.UNAUTHORIZED)
MISSING_SCOPE: Final = Kind("missingScope", "Missing Scope", HTTPStatus.FORBIDDEN)
NOT_PERMITTED: Final = Kind("missingPermission", "Missing Permission", HTTPStatus.FORBIDDEN)
TOO_MANY_FAILED: Final = Kind(
    "tooManyFailedRequests", "Too Many Failed Requests", HTTPStatus.TOO_MANY_REQUESTS
)
NOT_FOUND: Final = Kind("resourceNotFound", "Resource Not Found", HTTPStatus.NOT_FOUND)
TOO_LARGE: Final = Kind("payloadTooLarge", "Payload Too Large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
TOO_MANY: Final = Kind("tooManyRequests", "Too Many Requests", HTTPStatus.TOO_MANY_REQUESTS)
UNAVAILABLE: Final = Kind(
    "serviceUnavailable", "Service Unavailable", HTTPStatus.SERVICE_UNAVAILABLE
)
INTERNAL: Final = Kind(
    "internalServerError", "Internal Server Error", HTTPStatus.INTERNAL_SERVER_ERROR
)
NOT_YET: Final = Kind("notYet", "Not Yet Known", HTTPStatus.SERVICE_UNAVAILABLE, ours=True)
CODE_REFUSED: Final = Kind(
    "codeNotAccepted", "Code Not Accepted", HTTPStatus.UNPROCESSABLE_ENTITY, ours=True
)
IN_FLIGHT: Final = Kind("requestUnderWay", "Request Under Way", HTTPStatus.CONFLICT, ours=True)
KEY_REUSED: Final = Kind(
    "idempotencyKeyReused", "Idempotency Key Reused", HTTPStatus.UNPROCESSABLE_ENTITY, ours=True
)
METHOD: Final = Kind(
    "methodNotAllowed", "Method Not Allowed", HTTPStatus.METHOD_NOT_ALLOWED, ours=True
)
MEDIA: Final = Kind(
    "unsupportedMediaType",
    "Unsupported Media Type",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    ours=True,
)
NOT_ACCEPTABLE: Final = Kind(
    "notAcceptable", "Not Acceptable", HTTPStatus.NOT_ACCEPTABLE, ours=True
)
TOO_SLOW: Final = Kind("requestTimeout", "Request Timeout", HTTPStatus.REQUEST_TIMEOUT, ours=True)
LONG_HEADERS: Final = Kind(
    "headersTooLarge",
    "Headers Too Large",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    ours=True,
)


@dataclass(frozen=True, slots=True)
class _Said:
    """How a finding of pydantic is told."""

    type: str
    title: str
    forms: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong with one part of a request.

    Attributes:
        said: its type of issue.
        within: path, query, header or body.
        value: what was there; None when that is not sent back.

    """

    said: _Said
    within: str
    name: str
    detail: Sayable
    value: object = None

    def issue(self, say: Language) -> Issue:
        """Return it as it is answered in a language."""
        return Issue(
            type=f"{INPUT}{self.said.type}",
            title=self.said.title,
            detail=self.detail.said(say),
            within=self.within,
            name=self.name,
            value=self.value,
        )


class Refused(Exception):  # noqa: N818  it is an answer
    """A request that is answered with a problem."""

    def __init__(
        self,
        kind: Kind,
        detail: Sayable,
        *,
        headers: Mapping[str, str] | None = None,
        issues: Sequence[Wrong] = (),
        instance: UUID | None = None,
        **more: object,
    ) -> None:
        """Say what was wrong this time; `more` are the members that the kind has besides.

        An `instance` is of what is answered the same each time that it is asked; else it is new.
        """
        super().__init__(kind.named)
        self.instance = instance or uuid4()
        self.kind, self.detail, self.issues, self.more = kind, detail, issues, more
        self.headers = dict(headers or {})


_UNKNOWN: Final = _Said("unknownInput", "Unknown input", frozenset({"extra_forbidden"}))
_SCHEMA: Final = _Said("schemaViolation", "Input isn't valid with respect to schema")
_MEANING: Final = _Said(
    "invalidInput", "Invalid input", frozenset({"value_error", "forbidden-character"})
)
"""Also what a body says that no schema can tell is wrong, such as a number's check digits."""


def answer(refused: Refused, say: Language = ENGLISH) -> Response:
    """Return the response of a refusal, with its details in a language."""
    kind, instance = refused.kind, f"urn:uuid:{refused.instance}"
    of: dict[str, Any] = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": refused.detail.said(say),
        "instance": instance,
        **({"href": kind.href} if kind.href else {}),
        **refused.more,
    }
    issues = tuple(each.issue(say) for each in refused.issues)
    problem = BadRequest(**of, issues=issues) if issues else Problem(**of)
    log.info("request_refused", problem=kind.named, instance=instance)
    return Response(
        problem.model_dump_json(by_alias=True, exclude_none=True),
        status_code=kind.status,
        headers={"Cache-Control": "no-store", **headers_of(say), **refused.headers},
        media_type=MEDIA_TYPE,
    )


def invalid(within: str, name: str, value: object, detail: Sayable) -> Refused:
    """Refuse one value that has the right form, and still can't be."""
    shown = None if value is None else str(value)[:MAX_VALUE_CHARACTERS]
    return _wrong(Wrong(said=_MEANING, within=within, name=name, detail=detail, value=shown))


def unknown(within: str, name: str, detail: Sayable) -> Refused:
    """Refuse what has a name that is not known."""
    named = name[:MAX_VALUE_CHARACTERS]
    return _wrong(Wrong(said=_UNKNOWN, within=within, name=named, detail=detail))


def repeated(within: str, name: str) -> Refused:
    """Refuse what is there more than once, and would mean one thing to us and another to others."""
    return _wrong(Wrong(said=_SCHEMA, within=within, name=name, detail=Text("api-twice")))


def _wrong(*issues: Wrong) -> Refused:
    return Refused(BAD_REQUEST, Text("api-issues", count=len(issues)), issues=issues)


def too_large(limit: int) -> Refused:
    """Refuse a body that is longer than so many bytes."""
    text = Text("api-too-large", limit=str(limit))
    return Refused(TOO_LARGE, text, headers={"Connection": "close"}, limit=limit)


def too_slow(seconds: float) -> Refused:
    """Refuse a request that took longer than so many seconds to come in."""
    text = Text("api-too-slow", seconds=f"{seconds:g}")
    return Refused(TOO_SLOW, text, headers={"Connection": "close"})


def wrong_media() -> Refused:
    """Refuse a body that is no JSON in UTF-8."""
    return Refused(MEDIA, Text("api-media"), headers={"Accept": "application/json"})


def not_acceptable() -> Refused:
    """Refuse a client that takes nothing that we have."""
    return Refused(NOT_ACCEPTABLE, Text("api-not-acceptable"))


def broken(error: Exception) -> Refused:
    """Log a defect, and refuse without a word about it."""
    log.error("request_failed", exc_info=error)
    return Refused(INTERNAL, Text("api-defect"))


def register(app: FastAPI) -> None:
    """Let every failure of an application be answered with a problem."""

    def answered(request: Request, refused: Refused) -> Response:
        return answer(refused, language_for(request.scope))

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return answered(request, error)

    @app.exception_handler(RequestValidationError)
    async def wrong(request: Request, error: RequestValidationError) -> Response:
        return answered(request, _wrong(*map(_found, error.errors())))

    @app.exception_handler(HTTPException)
    async def routed(request: Request, error: HTTPException) -> Response:
        return answered(request, _of_the_border(request, error))

    @app.exception_handler(Unreadable)
    async def unreadable(request: Request, error: Unreadable) -> Response:
        text = error.text
        log.warning("text_unreadable", scheme=text.scheme, digest=text.digest, error=str(error))
        detail = Text(
            "api-text-unreadable",
            scheme=text.scheme,
            digest=text.digest,
            day=clock.at(text.published_at).today,
        )
        known = request.query_params.get("knownAt")
        return answered(request, invalid("query", "knownAt", known, detail))

    @app.exception_handler(StoreUnavailable)
    async def away(request: Request, error: StoreUnavailable) -> Response:
        log.warning("store_unavailable", error=str(error))
        refusal = Refused(UNAVAILABLE, Text("api-away"), headers={"Retry-After": "1"})
        return answered(request, refusal)


def _of_the_border(request: Request, error: HTTPException) -> Refused:
    """Return the refusal that is meant by a bare status."""
    match error.status_code:
        case HTTPStatus.METHOD_NOT_ALLOWED:
            methods: Methods = request.app.state.methods
            takes = methods.of(request.scope)
            text = Text("api-method", method=request.method, takes=takes)
            return Refused(METHOD, text, headers={"Allow": takes})
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return too_large(int(error.detail))
        case HTTPStatus.REQUEST_TIMEOUT:
            return too_slow(float(error.detail))
        case HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
            return wrong_media()
        case HTTPStatus.BAD_REQUEST:
            return invalid("body", "", None, Text("api-unreadable"))
    return Refused(NOT_FOUND, Text("api-no-path"))


def _said(within: str, kind: str) -> _Said:
    """Return as what a finding of pydantic counts."""
    if kind in _UNKNOWN.forms:
        return _UNKNOWN
    return _MEANING if within == "body" and kind in _MEANING.forms else _SCHEMA


def _found(error: Mapping[str, Any]) -> Wrong:
    """Tell a finding of pydantic: where it is, what was there, and what would be right."""
    within, *path = error["loc"]
    value = error.get("input")
    shown = isinstance(value, str | int | bool) and len(str(value)) <= MAX_VALUE_CHARACTERS
    return Wrong(
        said=_said(str(within), error["type"]),
        within=str(within),
        name=_path(path),
        detail=finding(error),
        value=value if shown else None,
    )


def _path(parts: Sequence[str | int]) -> str:
    """Write a path as the guide does: `a.b[0]`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.removeprefix(".")
