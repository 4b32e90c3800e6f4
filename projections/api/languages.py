"""In which language a request is answered: the best of ours by its `Accept-Language`.

Source: RFC 9110, 12.4.2 and 12.5.4; RFC 4647, 3.4 (lookup); Belgian REST guide, int-negot.
"""

import re
from functools import cache, lru_cache
from typing import Annotated, Final, TypeAlias

from fastapi import Depends, Request
from starlette.types import Scope

from ledger.words.language import CODES, Code, Language
from projections.api.headers import values

DEFAULT: Final[Code] = "en"
"""Of who takes no language of ours, or says nothing: a text in it is better than none."""

ACCEPTED: Final = "Accept-Language"
_NAME: Final = b"accept-language"

MAX_HEADER_CHARACTERS: Final = 1_000
"""Of a longer header the rest is not read."""

MAX_REMEMBERED: Final = 1_000
"""So many headers are read once."""

_RANGE: Final = re.compile(
    r"\s*(?P<range>\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*"
    r"(?:;\s*[qQ]\s*=\s*(?P<weight>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?"
)


@lru_cache(MAX_REMEMBERED)
def best(accepted: str) -> Code:
    """Return the language of ours that a header asks for most.

    A range such as `nl-BE` asks for Dutch, too. `*` is every language that no other range names.
    Of equal weights the first one in the header counts; what is no range is left out.
    """
    weights: dict[str, float] = {}
    for part in accepted[:MAX_HEADER_CHARACTERS].split(","):
        found = _RANGE.fullmatch(part)
        if found:
            name = found["range"].lower().partition("-")[0]
            weights[name] = max(weights.get(name, 0), float(found["weight"] or 1))
    others = weights.get("*", 0)
    order = [*weights, DEFAULT, *CODES]
    ours = min(CODES, key=lambda code: (-weights.get(code, others), order.index(code)))
    return ours if weights.get(ours, others) > 0 else DEFAULT


def language_for(scope: Scope) -> Language:
    """Return the language in which the request of an ASGI scope is answered."""
    return _language(best(", ".join(values(scope, _NAME))))


def headers_of(say: Language) -> dict[str, str]:
    """Return what an answer with text says of its language: caches keep one of each."""
    return {"Content-Language": say.code, "Vary": ACCEPTED}


@cache
def _language(code: Code) -> Language:
    return Language(code)


def _speaks(request: Request) -> Language:
    return language_for(request.scope)


Speaks: TypeAlias = Annotated[Language, Depends(_speaks)]
"""The language in which the one who asks is answered."""
