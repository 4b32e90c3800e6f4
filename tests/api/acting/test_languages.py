"""A command is answered in the language of each request; the same request gets the same bytes."""

from typing import Any

import pytest
from httpx2 import Response

from ledger.store.postgres import PostgresStore
from tests.api.acting.conftest import SYSTEM, Post
from tests.api.acting.world import on, taking
from tests.api.conftest import Headers


def sent(post: Post, as_who: Headers, path: str, body: object, key: str, code: str) -> Response:
    headers = as_who(*SYSTEM) | {"Accept-Language": code}
    return post(path, body, key, headers=headers)


@pytest.mark.parametrize(
    ("path", "body", "dutch"),
    [
        ("reservations", taking(minutes=60_000), "1000 u gevraagd; french-a2 levert 125 u"),
        ("reservations", taking(unit="cent"), "be-vlg/vov wordt geteld in minute, niet in cent"),
        ("reservations", taking(scheme="be-vlg/none"), "er is geen regeling 'be-vlg/none'; bekend"),
        ("reservations", taking(effectiveOn="2025-10-06"), "6 oktober 2025 is nog niet gekomen"),
        ("reservations/none/captures", on(), "er is geen open reservering 'none'"),
        ("uses/none/reversals", on(reason="wrong"), "er is geen gebruik 'none'"),
        ("unfreezes", on(reason="closed"), "niet alle regelingen samen bevroren"),
    ],
)
def test_the_same_refusal_is_told_in_each_language_however_often(
    post: Post, as_who: Headers, store: PostgresStore, path: str, body: object, dutch: str
) -> None:
    told: dict[str, Any] = {}
    for code in ("nl", "fr", "en"):
        first = sent(post, as_who, path, body, "k1", code)
        again = sent(post, as_who, path, body, "k1", code)
        assert first.content == again.content
        assert first.headers["Content-Language"] == code
        told[code] = first.json()
    assert dutch in told["nl"]["detail"]
    assert len({each.pop("detail") for each in told.values()}) == 3
    assert told["nl"] == told["fr"] == told["en"]  # the same occurrence


def test_what_was_done_is_told_in_each_language_and_was_done_once(
    post: Post, as_who: Headers, store: PostgresStore
) -> None:
    post("uses", taking("u1", 600))
    body = on(id="u1", attended="1/2", exam="passed")
    answers = {
        code: [sent(post, as_who, "endings", body, "k2", code) for _ in range(2)]
        for code in ("nl", "en", "fr")
    }
    for first, again in answers.values():
        assert (first.status_code, first.content) == (201, again.content)
        assert first.headers["Vary"] == "Accept-Language"
    told = [first.json() for first, _ in answers.values()]
    assert len({each["ended"].pop("because") for each in told}) == 3
    assert told[0] == told[1] == told[2]


def test_a_key_that_came_with_another_request_is_refused_in_the_language(
    post: Post, as_who: Headers
) -> None:
    sent(post, as_who, "reservations", taking("r1", 600), "k3", "nl")
    other = sent(post, as_who, "reservations", taking("r2", 600), "k3", "nl")
    assert other.status_code == 422
    assert "kwam eerder met een ander verzoek" in other.json()["detail"]
