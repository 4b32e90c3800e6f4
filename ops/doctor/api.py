"""The doctor's look at the HTTP API: whether it answers, and whether tokens can be checked."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from ops.doctor.findings import Finding, note, well, wrong
from ops.settings import LOOPBACK_HOSTS, Settings, variable
from projections.api.bearer import LEEWAY_SECONDS
from projections.api.routing import PREFIX, VERSION

ANSWER_SECONDS: Final = 5.0

MAX_SKEW_SECONDS: Final = 5
"""So far may the provider's clock be from ours, and nothing is said."""

EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  asked, not listened on
"""Where to ask what listens on all addresses."""

BEFORE: Final = "1.0"
"""Of an API that does not tell its version."""

API: Final = "API"
TOKENS: Final = "API tokens"


def answering(settings: Settings) -> Iterator[Finding]:
    """Say whether the API answers where the settings have it."""
    if settings.api_port == 0:
        text = "it listens on a port that is free when it starts: nobody knows which"
        yield note(API, text, f"set {variable('api_port')} to one that others can be told")
        return
    host = EVERYWHERE.get(settings.api_host, settings.api_host)
    where = f"{f'[{host}]' if ':' in host else host}:{settings.api_port}"
    try:
        answer = httpx2.get(f"http://{where}{PREFIX}/health", timeout=ANSWER_SECONDS)
        told = answer.json()
        status, version = told["status"], told.get("version", BEFORE)
    except httpx2.HTTPError:
        yield note(API, f"nothing answers at {where}", "`rugzak serve` or `rugzak up` starts it")
        return
    except (ValueError, KeyError, TypeError, AttributeError):
        advice = f"correct {variable('api_host')} and {variable('api_port')}, or stop the other"
        yield wrong(API, f"what answers at {where} is not this API", advice)
        return
    match status:
        case "UP":
            yield well(API, f"answers at {where}{PREFIX}")
        case "DEGRADED":
            text = f"answers at {where}{PREFIX}, but from read models that are far behind"
            yield note(API, text, "see the projections; `rugzak projections run` lets them go on")
        case _:
            text = f"is down at {where}{PREFIX}: it can't read rows, or not record who asks"
            yield wrong(API, text, "see the database, and what the API logs")
    if version != VERSION:
        text = f"what answers at {where} is version {version}; this is {VERSION}"
        yield note(API, text, "if that is the older one, stop it and start it anew from this")


def tokens_of(settings: Settings) -> Iterator[Finding]:
    """Say whether tokens can be checked: where the provider's keys are, and what time it has."""
    if settings.oidc_issuer is None:
        issuer, host = variable("oidc_issuer"), settings.api_host
        if host in LOOPBACK_HOSTS:
            text = "in development: whoever can run `rugzak token` on this machine is anybody"
            yield note(TOKENS, text, f"set {issuer} before others than you use it")
        else:
            text = f"no provider is set, and {variable('api_host')} is {host}: it won't start"
            yield wrong(TOKENS, text, f"set {issuer}, or let it listen on 127.0.0.1")
        return
    try:
        yield from _provider(settings.oidc_issuer)
    except httpx2.HTTPError as error:
        text = f"{settings.oidc_issuer} does not answer: {str(error) or type(error).__name__}"
        yield wrong(TOKENS, text, f"correct {variable('oidc_issuer')}, or let us reach it")
    except (JoseError, KeyError, TypeError, ValueError) as error:
        text = f"{settings.oidc_issuer} is no OpenID Connect provider: {error}"
        yield wrong(TOKENS, text, f"correct {variable('oidc_issuer')}")


def _provider(issuer: str) -> Iterator[Finding]:
    """Ask a provider as the API does.

    Raises:
        httpx2.HTTPError: it gives no answer.
        ValueError, KeyError, TypeError, JoseError: it answers something else.

    """
    asked = urlsplit(issuer)
    if asked.scheme != "https" and asked.hostname not in LOOPBACK_HOSTS:
        text = f"{issuer} is asked for its keys without TLS: who is between can sign tokens"
        yield wrong(TOKENS, text, "use https://")
    answer = _asked(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    told = _json(answer)
    if told["issuer"] != issuer:
        advice = f"set {variable('oidc_issuer')} to that, as its tokens have it"
        yield wrong(TOKENS, f"{issuer} calls itself {told['issuer']}", advice)
        return
    keys = KeySet.import_key_set(_json(_asked(told["jwks_uri"])))
    yield well(TOKENS, f"{issuer} is found; keys that sign its tokens: {len(keys.keys)}")
    yield from _clock(answer.headers.get("date"))


def _asked(url: str) -> httpx2.Response:
    answer = httpx2.get(url, timeout=ANSWER_SECONDS, follow_redirects=False)
    answer.raise_for_status()
    return answer


def _json(answer: httpx2.Response) -> Any:  # noqa: ANN401  JSON
    return answer.json()


def _clock(said: str | None) -> Iterator[Finding]:
    """Compare the provider's clock with ours: its tokens are of its time."""
    if said is None:
        return
    seconds = (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
    if abs(seconds) <= MAX_SKEW_SECONDS:
        yield well(TOKENS, "the provider's clock and ours agree")
        return
    text = f"the provider's clock is {abs(seconds):.0f} s {'ahead' if seconds > 0 else 'behind'}"
    if abs(seconds) > LEEWAY_SECONDS:
        advice = "set both by NTP: new tokens are refused, or ended ones taken"
        yield wrong(TOKENS, f"{text}; {LEEWAY_SECONDS} s are allowed for", advice)
    else:
        yield note(TOKENS, text, "set both by NTP")
