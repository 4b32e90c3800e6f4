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

from ledger.service.ports import StoreUnavailable
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


class Refused(Exception):  # noqa: N818  it is an answer
    """A request that is answered with a problem."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        issues: Sequence[Issue] = (),
        instance: UUID | None = None,
        **more: object,
    ) -> None:
        """Say what was wrong this time; `more` are the members that the kind has besides.

        An `instance` is of what is answered the same each time that it is asked; else it is new.
        """
        super().__init__(detail)
        self.instance = instance or uuid4()
        self.kind, self.detail, self.issues, self.more = kind, detail, issues, more
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class _Said:
    """How a finding of pydantic is told."""

    type: str
    title: str
    forms: frozenset[str] = field(default_factory=frozenset)


_UNKNOWN: Final = _Said("unknownInput", "Unknown input", frozenset({"extra_forbidden"}))
_MEANING: Final = _Said("invalidInput", "Invalid input", frozenset({"value_error"}))
"""What a body says that no schema can tell is wrong, such as a number's check digits."""
_SCHEMA: Final = _Said("schemaViolation", "Input isn't valid with respect to schema")


def answer(refused: Refused) -> Response:
    """Return the response of a refusal."""
    kind, instance = refused.kind, f"urn:uuid:{refused.instance}"
    of: dict[str, Any] = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": refused.detail,
        "instance": instance,
        **({"href": kind.href} if kind.href else {}),
        **refused.more,
    }
    problem = BadRequest(**of, issues=tuple(refused.issues)) if refused.issues else Problem(**of)
    log.info("request_refused", problem=kind.named, instance=instance)
    return Response(
        problem.model_dump_json(by_alias=True, exclude_none=True),
        status_code=kind.status,
        headers={"Cache-Control": "no-store", **refused.headers},
        media_type=MEDIA_TYPE,
    )


def invalid(within: str, name: str, value: object, detail: str) -> Refused:
    """Refuse one value that has the right form, and still can't be."""
    issue = Issue(
        type=f"{INPUT}invalidInput",
        title="Invalid input",
        detail=detail,
        within=within,
        name=name,
        value=None if value is None else str(value)[:MAX_VALUE_CHARACTERS],
    )
    return Refused(BAD_REQUEST, "one part of the request: see issues", issues=[issue])


def unknown(within: str, name: str, detail: str) -> Refused:
    """Refuse what has a name that is not known."""
    issue = Issue(
        type=f"{INPUT}{_UNKNOWN.type}",
        title=_UNKNOWN.title,
        detail=detail,
        within=within,
        name=name[:MAX_VALUE_CHARACTERS],
    )
    return Refused(BAD_REQUEST, "one part of the request: see issues", issues=[issue])


def too_large(limit: int) -> Refused:
    """Refuse a body that is longer than so many bytes."""
    text = f"a body has at most {limit} bytes"
    return Refused(TOO_LARGE, text, headers={"Connection": "close"}, limit=limit)


def too_slow(seconds: float) -> Refused:
    """Refuse a request that took longer than so many seconds to come in."""
    text = f"a request has to be here within {seconds:g} s"
    return Refused(TOO_SLOW, text, headers={"Connection": "close"})


def wrong_media() -> Refused:
    """Refuse a body that is no JSON in UTF-8."""
    text = "a body is JSON in UTF-8: `Content-Type: application/json`"
    return Refused(MEDIA, text, headers={"Accept": "application/json"})


def not_acceptable() -> Refused:
    """Refuse a client that takes nothing that we have."""
    return Refused(NOT_ACCEPTABLE, "answers are JSON: `Accept: application/json`")


def repeated(within: str, name: str) -> Refused:
    """Refuse what is there more than once, and would mean one thing to us and another to others."""
    issue = Issue(
        type=f"{INPUT}{_SCHEMA.type}",
        title=_SCHEMA.title,
        detail="is there more than once; send it once",
        within=within,
        name=name,
    )
    return Refused(BAD_REQUEST, "one part of the request: see issues", issues=[issue])


def broken(error: Exception) -> Refused:
    """Log a defect, and refuse without a word about it."""
    log.error("request_failed", exc_info=error)
    return Refused(INTERNAL, "this is a defect of ours; the log has it as BelGov-Trace-Id")


def register(app: FastAPI) -> None:
    """Let every failure of an application be answered with a problem."""

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> Response:
        return answer(error)

    @app.exception_handler(RequestValidationError)
    async def wrong(_: Request, error: RequestValidationError) -> Response:
        issues = [_issue(each) for each in error.errors()]
        counted = "one part" if len(issues) == 1 else f"{len(issues)} parts"
        return answer(Refused(BAD_REQUEST, f"{counted} of the request: see issues", issues=issues))

    @app.exception_handler(HTTPException)
    async def routed(request: Request, error: HTTPException) -> Response:
        match error.status_code:
            case HTTPStatus.METHOD_NOT_ALLOWED:
                methods: Methods = request.app.state.methods
                takes = methods.of(request.scope)
                detail = f"{request.method} is not for this; it takes {takes}"
                return answer(Refused(METHOD, detail, headers={"Allow": takes}))
            case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                return answer(too_large(int(error.detail)))
            case HTTPStatus.REQUEST_TIMEOUT:
                return answer(too_slow(float(error.detail)))
            case HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
                return answer(wrong_media())
            case HTTPStatus.BAD_REQUEST:
                detail = "it can't be read: send JSON in UTF-8"
                return answer(invalid("body", "", None, detail))
        return answer(Refused(NOT_FOUND, "there is nothing at this path"))

    @app.exception_handler(StoreUnavailable)
    async def away(_: Request, error: StoreUnavailable) -> Response:
        log.warning("store_unavailable", error=str(error))
        text = "the ledger can't be reached now; nothing was done"
        return answer(Refused(UNAVAILABLE, text, headers={"Retry-After": "1"}))


def _issue(error: Mapping[str, Any]) -> Issue:
    """Tell a finding of pydantic: where it is, what was there, and what would be right."""
    within, *path = error["loc"]
    said = _UNKNOWN if error["type"] in _UNKNOWN.forms else _SCHEMA
    if within == "body" and error["type"] in _MEANING.forms:
        said = _MEANING
    value = error.get("input")
    shown = isinstance(value, str | int | bool) and len(str(value)) <= MAX_VALUE_CHARACTERS
    return Issue(
        type=f"{INPUT}{said.type}",
        title=said.title,
        detail=error["msg"],
        within=str(within),
        name=_path(path),
        value=value if shown else None,
    )


def _path(parts: Sequence[str | int]) -> str:
    """Write a path as the guide does: `a.b[0]`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.removeprefix(".")
