"""Who looked at whose data is recorded before an answer is given, and the person can see it."""

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg import errors

from ledger.service.ports import StoreUnavailable
from ledger.store.datastore import SERVICE_ROLE
from projections.api import access_log
from projections.api.access_log import READER_ROLE, WRITER_ROLE, Access, AccessLog, Recorded
from projections.api.app import application
from projections.api.asking import Desk
from projections.api.together import MAX_WAITING
from schemas.api_v1.accesses import Accesses
from tests.api.conftest import Headers, promised
from tests.projections.logs import ListLog, person

NORA = person(0)
SEES_ALL = ("accounts:any", "balances:read", "accesses:read")


def balances(account: UUID = NORA) -> str:
    return f"/accounts/{account}/balances"


def accesses(account: UUID = NORA) -> str:
    return f"/accounts/{account}/accesses"


def recorded(url: str) -> list[tuple[Any, ...]]:
    """Return all that is in the log: account, client, acting, purpose, operation, outcome, trace."""
    query = "SELECT account, client, acting, purpose, operation, outcome, trace FROM access.log ORDER BY id"
    with psycopg.connect(url) as conn:
        return conn.execute(query).fetchall()


def access(account: UUID = NORA, **changed: Any) -> Access:
    of: dict[str, Any] = {
        "account": account, "client": "portal", "subject": "portal", "acting": "system", "purpose": "enrolment",
        "operation": "getBalances", "outcome": "answered", "trace": uuid4(),
    }  # fmt: skip
    return Access(**(of | changed))


def record(url: str, *accesses: Access) -> None:
    """Write the log as a worker does."""

    async def write() -> None:
        async with AccessLog(url) as log:
            await log.record(accesses)

    asyncio.run(write())


def test_a_person_sees_who_looked_for_what_and_when(
    api: TestClient, log: ListLog, as_who: Headers
) -> None:
    looked = api.get(balances(), headers=as_who(purpose="enrolment"))
    answer = api.get(accesses(), headers=as_who("accesses:read", account=NORA, purpose="own-look"))
    assert answer.status_code == 200, answer.text
    told = Accesses.model_validate_json(answer.content)
    [only] = told.items
    assert (only.client, only.subject, only.acting) == ("portal", "portal", "system")
    assert (only.purpose, only.operation, only.outcome) == ("enrolment", "getBalances", "answered")
    assert str(only.trace_id) == looked.headers["BelGov-Trace-Id"]
    assert abs(only.at.timestamp() - time.time()) < 60
    again = api.get(accesses(), headers=as_who("accesses:read", account=NORA))
    first, _ = Accesses.model_validate_json(again.content).items
    assert (first.operation, first.acting, first.subject) == ("listAccesses", "own", str(NORA))


def test_attempts_are_recorded_and_tell_nothing(
    api: TestClient, log: ListLog, database: str, as_who: Headers
) -> None:
    other = next(e.account for e in log.envelopes if e.account != NORA)
    stranger = uuid4()
    nora = as_who("balances:read", account=NORA)
    assert api.get(balances(other), headers=nora).status_code == 404
    assert api.get(balances(stranger), headers=as_who()).status_code == 404
    assert api.get(balances(), headers=as_who("other:read")).status_code == 403
    assert api.get(balances(), params={"on": "x"}, headers=as_who()).status_code == 400
    wrong = as_who(purpose="Because I can")
    assert api.get(balances(), headers=wrong).status_code == 400
    mandated = as_who("balances:read", account=NORA, mandates=[other])
    assert api.get(balances(other), headers=mandated).status_code == 200
    known = [(*row[:1], *row[2:4], row[5]) for row in recorded(database)]
    assert known == [
        (other, "none", "enrolment", "notFound"),
        (stranger, "system", "enrolment", "notFound"),
        (NORA, "none", "enrolment", "refused"),
        (NORA, "system", "enrolment", "refused"),
        (NORA, "system", None, "refused"),
        (other, "mandate", "enrolment", "answered"),
    ]


def test_nobody_whom_we_know_is_not_recorded(api: TestClient, log: ListLog, database: str) -> None:
    assert api.get(balances(), headers={"Rugzak-Purpose": "x"}).status_code == 401
    assert api.get("/health").status_code == 200
    assert recorded(database) == []


def operations_about_a_person() -> list[tuple[str, str, str]]:
    """Return method, path and operation id of each operation with an account in its path."""
    return [
        (method, path, said["operationId"])
        for path, item in promised()["paths"].items()
        for method, said in item.items()
        if "{accountId}" in path
    ]


@pytest.mark.parametrize(
    ("method", "path", "operation"), operations_about_a_person(), ids=lambda each: each
)
def test_every_operation_about_a_person_is_recorded(
    api: TestClient,
    log: ListLog,
    database: str,
    as_who: Headers,
    method: str,
    path: str,
    operation: str,
) -> None:
    filled = re.sub(r"\{(?!accountId)[a-zA-Z]+\}", str(uuid4()), path)
    scopes = {
        scope
        for needs in promised()["paths"][path][method]["security"]
        for names in needs.values()
        for scope in names
    }
    assert scopes, f"{operation} asks for no scope"
    api.request(method, filled.format(accountId=NORA), headers=as_who(*scopes, "accounts:any"))
    assert {(row[0], row[4]) for row in recorded(database)} == {(NORA, operation)}


def test_no_route_names_an_account_by_another_name() -> None:
    names = {
        name
        for path in application().openapi()["paths"]
        for name in re.findall(r"\{([^}]+)\}", path)
    }
    assert not {
        name
        for name in names
        if name != "accountId" and re.search("(?i)account|person|holder", name)
    }


def test_pages_follow_one_another_to_the_last(
    api: TestClient, log: ListLog, database: str, as_who: Headers
) -> None:
    record(database, *(access(purpose=f"p{number}") for number in range(5)), access(person(1)))
    seen, where = [], f"{accesses()}?pageSize=2"
    nora = as_who("accesses:read", account=NORA)
    for _ in range(3):
        answer = api.get(where, headers=nora).json()
        seen += [each["purpose"] for each in answer["items"]]
        if "next" not in answer:
            break
        where = answer["next"].removeprefix("/v1")
    assert seen == ["p4", "p3", "p2", "p1", "p0"]
    for wrong in ("cursor=x", "cursor=" + "9" * 19, "pageSize=0", "pageSize=201", "pageSize=1e9"):
        assert api.get(f"{accesses()}?{wrong}", headers=nora).status_code == 400


def test_an_account_that_is_not_ones_own_has_no_log_to_see(
    api: TestClient, log: ListLog, as_who: Headers
) -> None:
    nora = as_who("accesses:read", account=NORA)
    assert api.get(accesses(person(1)), headers=nora).status_code == 404
    assert api.get(accesses(uuid4()), headers=as_who(*SEES_ALL)).status_code == 404


REFUSED = (
    "UPDATE access.log SET purpose = 'x'",
    "DELETE FROM access.log",
    "TRUNCATE access.log",
    "DROP TABLE access.log",
    "DROP SCHEMA access CASCADE",
    "CREATE TABLE access.more (id int)",
    "ALTER TABLE access.log DISABLE TRIGGER ALL",
    "CREATE RULE hide AS ON INSERT TO access.log DO INSTEAD NOTHING",
    "INSERT INTO access.log (at, account, client, subject, acting, operation, outcome, trace) VALUES (now(), gen_random_uuid(), 'x', 'x', 'own', 'x', 'answered', gen_random_uuid())",
    "SELECT * FROM access.log FOR UPDATE",
    "SELECT * FROM ledger.events",
    "SELECT setval('access.log_id_seq', 1)",
)  # fmt: skip
ADDS = (
    "INSERT INTO access.log (account, client, subject, acting, operation, outcome, trace) "
    "VALUES (gen_random_uuid(), 'x', 'x', 'own', 'x', 'answered', gen_random_uuid())"
)
READS = "SELECT count(*) FROM access.log"


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [(WRITER_ROLE, ADDS, READS), (READER_ROLE, READS, ADDS), (SERVICE_ROLE, None, None)],
)
def test_the_log_is_added_to_and_read_and_never_changed(
    database: str, role: str, may: str | None, may_not: str | None
) -> None:
    forbidden = [*REFUSED, *([may_not] if may_not else [ADDS, READS])]
    if role == SERVICE_ROLE:
        forbidden.remove("SELECT * FROM ledger.events")
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(f"SET ROLE {role}".encode())
        if may:
            conn.execute(may.encode())
        for statement in forbidden:
            with pytest.raises(errors.InsufficientPrivilege):
                conn.execute(statement.encode())


def test_who_logs_in_as_the_service_can_write_the_log_and_read_it(database: str) -> None:
    login = f"login_{database.rpartition('/')[2]}"
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(f"CREATE ROLE {login} LOGIN PASSWORD 'secret' IN ROLE {SERVICE_ROLE}".encode())
        host, port, name = conn.info.host, conn.info.port, conn.info.dbname
    url = f"postgresql://{login}:secret@{host}:{port}/{name}"
    record(url, access())

    async def read() -> list[Recorded]:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
            return await access_log.accesses_of(conn, [NORA], None, 10)

    [only] = asyncio.run(read())
    assert only.client == "portal"
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(f"DROP ROLE {login}".encode())


@pytest.fixture
def broken(database: str) -> Callable[[], None]:
    """Let nobody write the log; calling what this returns mends it."""

    def change(how: str) -> None:
        with psycopg.connect(database, autocommit=True) as conn:
            conn.execute(f"ALTER TABLE access.{how}".encode())

    change("log RENAME TO gone")
    return lambda: change("gone RENAME TO log")


def test_what_can_not_be_recorded_is_not_answered_and_the_next_not_begun(
    api: TestClient, log: ListLog, desk: Desk, broken: Callable[[], None], as_who: Headers
) -> None:
    for _ in range(2):
        answer = api.get(balances(), headers=as_who())
        assert answer.status_code == 503, answer.text
        assert answer.json()["type"] == "urn:problem-type:belgif:serviceUnavailable"
        assert str(NORA) not in answer.text
        assert "access.log" not in answer.text
        assert answer.headers["Retry-After"] == "1"
    with pytest.raises(StoreUnavailable):
        desk.accesses.check()
    broken()
    until = time.monotonic() + 10
    while (answer := api.get(balances(), headers=as_who())).status_code == 503:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert answer.status_code == 200


def test_a_connection_that_was_cut_off_is_made_again(
    api: TestClient, log: ListLog, database: str, as_who: Headers
) -> None:
    assert api.get(balances(), headers=as_who()).status_code == 200
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'INSERT INTO access%' AND pid <> pg_backend_pid()"
    with psycopg.connect(database, autocommit=True) as conn:
        assert len(conn.execute(cut).fetchall()) == 1
    assert api.get(balances(), headers=as_who()).status_code == 200
    assert len(recorded(database)) == 2


def test_many_at_once_share_commits_and_each_is_there(database: str) -> None:
    at_once, each = 16, 50

    async def ask(accessed: AccessLog) -> None:
        for _ in range(each):
            await accessed.record([access()])

    async def together() -> None:
        async with AccessLog(database) as accessed:
            await asyncio.gather(*(ask(accessed) for _ in range(at_once)))

    asyncio.run(together())
    with psycopg.connect(database, autocommit=True) as conn:
        rows, commits = conn.execute(
            "SELECT count(*), count(DISTINCT xmin::text) FROM access.log"
        ).fetchone() or (0, 0)
    assert rows == at_once * each
    assert commits < rows / 2


def test_a_name_that_the_database_can_not_hold_stops_nobody(database: str) -> None:
    odd = access(client=access_log.plain("a\0b\ud800" + "x" * 500))
    record(database, odd)
    assert len(recorded(database)[0][1]) == access_log.MAX_NAME_CHARACTERS


def test_what_comes_when_too_many_wait_is_refused(database: str) -> None:
    async def too_many() -> None:
        accessed = AccessLog(database)
        for _ in range(MAX_WAITING):
            accessed.record([access()])
        with pytest.raises(StoreUnavailable):
            await accessed.record([access()])

    asyncio.run(too_many())
