"""Every refusal says what was wrong in Dutch, French or English, and to programs the same."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient
from pydantic_core import _pydantic_core, core_schema

import projections.api
from ledger.words.language import ENGLISH, Language
from projections.api import idempotency, problems
from projections.api.findings import MESSAGES, OTHER, finding
from projections.api.problems import Kind, answer, broken, too_slow
from schemas import cloudevents
from tests.api.conftest import Headers
from tests.projections.logs import ListLog, person

NORA = person(0)
BALANCES = f"/accounts/{NORA}/balances"
BY_OURSELVES = {
    "wrong-written", "wrong-invalid-json", "wrong-invalid-utf8", "wrong-duplicate-key",
    "wrong-not-a-number", "wrong-too-deep", "wrong-forbidden-character",
}  # fmt: skip
"""Of types that are not pydantic's: those of `schemas.parsing`, and of forms of our own."""

LANGUAGES = [Language("nl"), Language("fr"), ENGLISH]


def refusals() -> Iterator[ast.Call]:
    """Yield every place in the API where a request is refused, as code."""
    for path in sorted(Path(projections.api.__file__ or "").parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                yield node


def test_every_kind_of_problem_is_refused_with_a_text_that_has_words() -> None:
    kinds = {name for name, each in vars(problems).items() if isinstance(each, Kind)}
    told = {call.args[0].id for call in refusals() if isinstance(call.args[0], ast.Name)}
    of_protocol = {"LONG_HEADERS"}  # refused in `ops.running.http_protocol`
    of_token = {"NO_TOKEN", "INVALID_TOKEN", "EXPIRED_TOKEN"}  # by one function for the three
    of_quotas = {"TOO_MANY"}  # by each quota as its kind
    assert kinds - told == of_protocol | of_token | of_quotas
    plain = [
        ast.unparse(call)
        for call in refusals()
        if isinstance(call.args[1], ast.Constant | ast.JoinedStr)
    ]
    assert plain == []


CASES: list[tuple[str, str, dict[str, Any], int]] = [
    ("GET", "/nowhere", {}, 404),
    ("DELETE", BALANCES, {}, 405),
    ("GET", BALANCES, {"params": {"on": "2025-02-30"}}, 400),
    ("GET", BALANCES, {"params": {"on": "x", "what": "1"}}, 400),
    ("GET", BALANCES, {"headers": {"Rugzak-After": "9999"}}, 503),
    ("GET", BALANCES, {"headers": {"Rugzak-Purpose": "No!"}}, 400),
    ("GET", BALANCES, {"headers": {"Accept": "text/html"}}, 406),
    ("GET", BALANCES, {"headers": {"Authorization": "Basic x"}}, 401),
    ("GET", BALANCES, {"headers": {"Authorization": "Bearer x.y.z"}}, 401),
    ("GET", BALANCES, {"headers": {"Authorization": ""}}, 401),
    ("GET", BALANCES.replace("balances", "accesses"), {}, 403),
    ("GET", f"/accounts/{person(999)}/balances", {}, 404),
    ("GET", f"/accounts/{NORA}/timeline", {"params": {"cursor": "eA"}}, 400),
    ("GET", f"/accounts/{NORA}/timeline", {"params": {"pageSize": "0"}}, 400),
    ("GET", f"/accounts/{NORA}/overview", {"params": {"if": "status=king"}}, 400),
    ("GET", f"/accounts/{NORA}/overview", {"params": {"on": "2199-01-01"}}, 400),
    ("GET", "/schemes/be-vlg/vof", {}, 404),
    ("GET", "/schemes", {"params": {"a": "b"}}, 400),
    ("POST", "/accountBalances", {"content": b"{", "headers": {"Content-Type": "text/plain"}}, 415),
    ("POST", "/accountBalances", {"content": b"x" * 70_000}, 413),
    ("POST", "/accountBalances", {"json": {"accounts": []}}, 400),
    ("POST", "/accountBalances", {"json": {"accounts": [str(NORA)], "on": "2000-01-01"}}, 400),
]


@pytest.mark.parametrize(("method", "path", "of", "status"), CASES)
def test_a_refusal_is_told_in_the_language_asked_for(
    api: TestClient, log: ListLog, as_who: Headers, method: str, path: str, of: Any, status: int
) -> None:
    told = {}
    for code in ("nl", "fr", "en", "de"):
        headers = as_who() | {"Accept-Language": code} | of.get("headers", {})
        answer = api.request(method, path, **(of | {"headers": headers}))
        assert answer.status_code == status, answer.text
        said = "en" if code == "de" else code
        assert (answer.headers["Content-Language"], answer.headers["Vary"]) == (
            said, "Accept-Language",
        )  # fmt: skip
        told[code] = answer.json()
        told[code].pop("instance")
    assert told["de"] == told["en"]
    details = {json.dumps(texts(told[code])) for code in ("nl", "fr", "en")}
    assert len(details) == 3
    assert "(en)" not in str(details)
    same = [without_texts(told[code]) for code in ("nl", "fr", "en")]
    assert same[0] == same[1] == same[2]


def texts(problem: Any) -> list[str]:
    return [problem["detail"], *(each["detail"] for each in problem.get("issues", ()))]


def without_texts(problem: Any) -> Any:
    issues = [{**each, "detail": ""} for each in problem.get("issues", ())]
    return problem | {"detail": "", "issues": issues}


def test_what_comes_at_no_time_or_breaks_has_words_too() -> None:
    for refused in (too_slow(10), broken(RuntimeError("boom"))):
        told = {json.loads(bytes(answer(refused, say).body))["detail"] for say in LANGUAGES}
        assert len(told) == 3
        assert "boom" not in str(told)


def test_every_finding_that_has_words_is_one_that_pydantic_has_with_the_same_values() -> None:
    known = {
        f"wrong-{each['type'].replace('_', '-')}": each for each in _pydantic_core.list_all_errors()
    }
    assert MESSAGES - known.keys() == BY_OURSELVES
    for message in MESSAGES - BY_OURSELVES:
        error = {"type": known[message]["type"], "ctx": known[message]["example_context"]}
        told = [finding(error).said(say) for say in LANGUAGES]
        assert len(set(told)) == 3, told


def test_what_our_own_validators_say_has_words() -> None:
    for module in (idempotency, cloudevents):
        source = Path(module.__file__ or "").read_text("utf-8")
        found = re.findall(r'(?:msg = |ValueError\()"(this (?:is|looks)[^"]+)"', source)
        assert found
        for text in found:
            error = {"type": "value_error", "msg": f"Value error, {text}"}
            dutch, french, english = (finding(error).said(say) for say in LANGUAGES)
            assert english == text
            assert len({dutch, french, english, Language("nl")(OTHER)}) == 4


def test_a_finding_without_words_of_its_own_says_where_to_look() -> None:
    assert "date_past" in get_args(core_schema.ErrorType)
    said = [finding({"type": "date_past", "ctx": {}}).said(say) for say in LANGUAGES]
    assert said == [say(OTHER) for say in LANGUAGES]
