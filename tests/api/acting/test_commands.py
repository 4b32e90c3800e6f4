"""Rights are reserved, used and moved over HTTP, each once whatever comes again."""

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from ledger.domain import events as e
from ledger.domain.commands import Erase
from ledger.domain.facts import Enterprise
from ledger.domain.reasons import Reason
from ledger.service.clock import SetClock
from ledger.service.operated import operated
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import open_door
from projections.api.asking import Desk
from projections.api.refusals import NOBODY_THERE, WRONG_WHATEVER_IS_HELD, kind_of
from schemas.api_v1.problems import BadRequest
from tests.api.acting.conftest import SCOPES, SYSTEM, Post, done, happened, problem
from tests.api.acting.world import EMMA, NORA, TODAY, on, taking
from tests.api.conftest import Headers, beside, client_of
from tests.service.doors import command
from tests.story import day, said


def test_a_reservation_is_made_captured_in_part_and_the_use_reversed(
    post: Post, desk: Desk, store: PostgresStore
) -> None:
    held = done(post("reservations", taking("r1", 600)))
    assert (held.reserved.id, held.reserved.quantity, held.reserved.unit) == ("r1", 600, "minute")
    assert [(part.lot, part.quantity) for part in held.reserved.lots] == [
        ("be-vlg/vov/2025-26", 600)
    ]
    taken = done(post("reservations/r1/captures", on(quantity=500)))
    assert (taken.used.quantity, taken.given_back.quantity) == (500, 100)
    undone = done(post("uses/r1/reversals", on(quantity=200, reason="the lesson was cancelled")))
    assert undone.given_back.quantity == 200
    last = store.events_of(NORA)[-1]
    assert (undone.position, undone.version) == (last.position, last.version)
    assert desk.door.state(NORA).uses["r1"].quantity == 300


def test_what_is_reserved_is_released_also_when_its_name_has_a_slash(
    post: Post, store: PostgresStore
) -> None:
    done(post("reservations", taking("2025/118", 600)))
    released = done(post("reservations/2025%2F118/releases", on(reason="the course is full")))
    assert (released.given_back.id, released.given_back.quantity) == ("2025/118", 600)
    [event] = happened(store, e.ReservationReleased)
    assert isinstance(event, e.ReservationReleased)
    assert event.reason == "the course is full"


def test_rights_are_used_at_once_and_the_course_ends(post: Post) -> None:
    assert done(post("uses", taking("u1", 600))).used.quantity == 600
    ended = done(post("endings", on(id="u1", attended="9/10", exam="passed"))).ended
    assert (ended.id, ended.gives_back, ended.unit) == ("u1", 0, "minute")


def test_uses_stop_while_frozen_and_go_on_after(post: Post) -> None:
    assert done(post("freezes", on(scheme="be-vlg/vov", reason="inquiry"))).frozen.scheme
    frozen = post("uses", taking("u1"))
    assert (frozen.status_code, problem(frozen).type) == (409, "urn:problem-type:rugzak:frozen")
    again = done(post("freezes", on(scheme="be-vlg/vov", reason="inquiry")))
    assert again.frozen is None  # it was so already
    done(post("unfreezes", on(scheme="be-vlg/vov", reason="closed")))
    done(post("uses", taking("u1")))


def test_a_transfer_that_no_rule_allows_is_refused(post: Post) -> None:
    body = on(id="t1", scheme="be-vlg/vov", toScheme="fr/cpf", quantity=60, unit="minute")
    assert problem(post("transfers", body)).type == "urn:problem-type:rugzak:notConvertible"


@pytest.mark.parametrize(
    ("path", "body", "status", "type_"),
    [
        ("reservations", taking(minutes=60_000), 409, "notEnough"),
        ("reservations", taking(unit="cent"), 422, "wrongUnit"),
        ("reservations", taking(scheme="be-vlg/none"), 422, "unknownScheme"),
        ("reservations", taking(effectiveOn="2025-10-06"), 422, "inTheFuture"),
        ("reservations/none/captures", on(), 409, "unknownReservation"),
        ("uses/none/reversals", on(reason="wrong"), 409, "unknownUse"),
        ("unfreezes", on(reason="closed"), 409, "notFrozen"),
    ],
)
def test_a_refusal_says_what_was_wrong_is_on_record_and_is_the_same_each_time(
    post: Post, store: PostgresStore, path: str, body: object, status: int, type_: str
) -> None:
    first, again = post(path, body, "k1"), post(path, body, "k1")
    told = problem(first)
    assert (told.status, told.type) == (status, f"urn:problem-type:rugzak:{type_}")
    assert told.detail
    assert (first.content, again.status_code) == (again.content, status)
    assert len(happened(store, e.RequestRefused)) == 1
    assert first.headers["Rugzak-Position"] == str(store.head())


def test_every_reason_has_an_answer_of_its_own() -> None:
    kinds = [kind_of(reason) for reason in Reason]
    assert len({kind.type for kind in kinds}) == len(kinds)
    assert {int(kind.status) for kind in kinds} == {409, 422}
    assert not WRONG_WHATEVER_IS_HELD & NOBODY_THERE


def test_a_repeat_gets_the_same_bytes_though_the_world_went_on(
    post: Post, store: PostgresStore, clock: SetClock
) -> None:
    first = post("reservations", taking("r1", 600), "k1")
    done(post("reservations/r1/captures", on()))
    clock.set(day("2025-11-20"))
    head = store.head()
    again = post("reservations", taking("r1", 600), '"k1"')
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Rugzak-Position"] == first.headers["Rugzak-Position"]
    assert store.head() == head


def test_what_lapses_by_itself_just_then_is_not_told_as_the_commands_doing(
    post: Post, desk: Desk, store: PostgresStore, clock: SetClock
) -> None:
    bakery, kmo = uuid4(), "be-vlg/kmo-portefeuille"
    opened = said("register", Enterprise(size="small", place="be-vlg"), "2024-01-01")
    desk.door.handle([command("register-1", opened, bakery)])
    course = {"id": "excel", "provider": "voka-leerhuis", "startDate": TODAY, "price": 100_000}
    asked = taking(scheme=kmo, quantity=20_000, unit="cent", course=course)
    held = done(post("reservations", asked, account=bakery))
    assert (held.reserved.pays, held.reserved.pays_unit) == (80_000, "cent")
    clock.set(day("2025-11-20"))
    later = on(reason="inquiry")
    first = post("freezes", later, "k1", bakery)
    told = done(first)
    assert told.frozen.effective_on == day(TODAY)
    assert "givenBack" not in first.json()
    assert told.version == held.version + 2  # the reservation was released, and the freeze
    assert post("freezes", later, "k1", bakery).content == first.content


def test_a_repeat_that_another_worker_takes_gets_the_same_bytes(
    post: Post, desk: Desk, store: PostgresStore, clock: SetClock, as_who: Headers
) -> None:
    first = post("reservations", taking(), "k1")
    headers = as_who(*SYSTEM) | {"Idempotency-Key": "k1"}
    with client_of(beside(desk, door=open_door(store, clock))) as other:
        again = other.post(f"/accounts/{NORA}/reservations", json=taking(), headers=headers)
    assert (again.status_code, again.content) == (201, first.content)


@pytest.mark.parametrize(
    ("path", "body", "account"),
    [
        ("reservations", taking(minutes=601), NORA),
        ("uses", taking(), NORA),
        ("reservations", taking(), EMMA),
    ],
    ids=["another body", "another path", "another account"],
)
def test_a_key_is_of_one_request(
    post: Post, store: PostgresStore, path: str, body: object, account: UUID
) -> None:
    done(post("reservations", taking(), "k1"))
    head = store.head()
    other = post(path, body, "k1", account)
    assert other.status_code == 422
    assert problem(other).type == "urn:problem-type:rugzak:idempotencyKeyReused"
    assert store.head() == head


def test_white_space_and_the_order_of_keys_make_no_other_body(
    api: TestClient, post: Post, as_who: Headers
) -> None:
    first = post("reservations", taking(), "k1")
    headers = as_who(*SYSTEM) | {"Idempotency-Key": "k1", "Content-Type": "application/json"}
    turned = json.dumps(dict(reversed(taking().items())), indent=4)
    again = api.post(f"/accounts/{NORA}/reservations", content=turned, headers=headers)
    assert (again.status_code, again.content) == (201, first.content)


def test_two_clients_with_the_same_key_are_two(
    post: Post, issuer: Any, store: PostgresStore
) -> None:
    for number, client in enumerate(("portal", "desk")):
        token = issuer.token(client, SYSTEM)
        headers = {"Authorization": f"Bearer {token}", "Rugzak-Purpose": "enrolment"}
        done(post("reservations", taking(f"r{number}"), "k1", headers=headers))
    assert len(happened(store, e.RightReserved)) == 2
    actors = [each.metadata.actor for each in store.events_of(NORA)[-2:]]
    assert actors == ["portal", "desk"]


def test_the_same_key_waits_for_its_first_request(post: Post, database: str) -> None:
    waiting = b"SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'ledger.events'::regclass"
    with ThreadPoolExecutor(1) as pool, psycopg.connect(database) as conn:
        conn.execute("LOCK TABLE ledger.events IN ACCESS EXCLUSIVE MODE")
        first = pool.submit(post, "reservations", taking(), "k1")
        while not conn.execute(waiting).fetchall():
            assert not first.done()
        under_way = post("reservations", taking(), "k1")
        conn.rollback()
        done(first.result())
    assert problem(under_way).type == "urn:problem-type:rugzak:requestUnderWay"
    assert (under_way.status_code, under_way.headers["Retry-After"]) == (409, "1")
    done(post("reservations", taking(), "k1"))


def test_a_person_acts_on_the_own_account_and_on_that_of_a_mandate(
    post: Post, store: PostgresStore, as_who: Headers
) -> None:
    own = as_who(*SCOPES, account=NORA)
    helper = as_who(*SCOPES, account=EMMA, mandates=[NORA])
    done(post("uses", taking("u1"), headers=own))
    done(post("uses", taking("u2"), headers=helper))
    actors = [each.metadata.actor for each in store.events_of(NORA)[-2:]]
    assert actors == [f"portal for {NORA}", f"portal for {EMMA}"]


def test_what_is_not_yours_is_as_if_it_were_not_there_and_no_account_is_made(
    post: Post, api: TestClient, as_who: Headers, store: PostgresStore
) -> None:
    head, nobody = store.head(), uuid4()
    helper = as_who(*SCOPES, account=EMMA, mandates=[])
    answers = [
        post("uses", taking(), account=NORA, headers=dict(helper)),
        post("uses", taking(), account=nobody),
        post("uses", taking(), account=e.REGULATIONS),
    ]
    told = [problem(each).model_dump(exclude={"instance"}) for each in answers]
    assert told[0] == told[1] == told[2]
    assert (told[0]["status"], told[0]["type"]) == (
        404,
        "urn:problem-type:belgif:resourceNotFound",
    )
    assert store.head() == head


def test_of_an_erased_account_nothing_is_told_to_who_repeats(post: Post, desk: Desk) -> None:
    done(post("uses", taking(), "k1"))
    desk.door.handle([operated("erase-1", NORA, Erase(because="she asked"), "operator")])
    answers = [post("uses", taking(), "k1"), post("uses", taking("u2"), "k2")]
    assert [each.status_code for each in answers] == [404, 404]


def test_each_command_has_a_scope_of_its_own(post: Post) -> None:
    for path in ("reservations", "uses", "endings", "transfers", "freezes", "unfreezes"):
        scope = f"{path.removeprefix('un')}:write"
        others = [each for each in SYSTEM if each != scope]
        refused = post(path, {}, scopes=others)
        assert problem(refused).type == "urn:problem-type:belgif:missingScope"
        assert refused.json()["requiredScopes"] == [scope]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (taking(quantity="5"), "quantity"),
        (taking(quantity=1.5), "quantity"),
        (taking(surprise=1), "surprise"),
        (taking(person=str(EMMA)), "person"),
        (taking(effectiveOn="2025-02-30"), "effectiveOn"),
        (taking(course={"id": "x", "provider": "y"}), "course.startDate"),
        ([], ""),
    ],
)
def test_a_wrong_body_is_told_where_and_nothing_is_done(
    post: Post, store: PostgresStore, body: object, name: str
) -> None:
    head = store.head()
    answer = post("reservations", body)
    assert answer.status_code == 400, answer.text
    assert [each.name for each in BadRequest.model_validate_json(answer.content).issues] == [name]
    assert store.head() == head


@pytest.mark.parametrize(
    ("raw", "media", "status"),
    [
        (b'{"effectiveOn": "2025-10-05", "effectiveOn": "2025-10-05"}', "application/json", 400),
        (b'{"effectiveOn": "\xff"}', "application/json", 400),
        (b"{", "application/json; charset=utf-8", 400),
        (b"", "application/json", 400),
        (b"[" * 40_000, "application/json", 400),
        (b"{}", "text/plain", 415),
    ],
)
def test_bytes_that_are_no_body_are_refused(
    api: TestClient, as_who: Headers, raw: bytes, media: str, status: int
) -> None:
    headers = as_who(*SYSTEM) | {"Idempotency-Key": "k1", "Content-Type": media}
    answer = api.post(f"/accounts/{NORA}/reservations", content=raw, headers=headers)
    assert (answer.status_code, problem(answer).status) == (status, status)


@pytest.mark.parametrize(
    "key", [None, "", '"', '""', "x" * 101, 'a"b', "a b", "caf\u00e9", "93051822361"]
)
def test_a_command_needs_a_key(api: TestClient, as_who: Headers, key: str | None) -> None:
    headers: dict[Any, Any] = as_who(*SYSTEM)
    if key is not None:
        headers["Idempotency-Key"] = key.encode("latin-1")
    answer = api.post(f"/accounts/{NORA}/reservations", json=taking(), headers=headers)
    [issue] = BadRequest.model_validate_json(answer.content).issues
    assert (issue.within, issue.name) == ("header", "Idempotency-Key")


def test_64_clients_with_repeats_and_retries_at_two_workers_spend_one_balance_and_no_more(
    api: TestClient, desk: Desk, store: PostgresStore, clock: SetClock, as_who: Headers
) -> None:
    """7500 minutes hold twelve uses of 600; 48 are asked, each by several clients several times."""
    headers = as_who(*SYSTEM)
    answers: dict[str, set[tuple[int, bytes]]] = {f"k{n}": set() for n in range(48)}
    lock = threading.Lock()
    second = beside(desk, door=open_door(store, clock))

    def client(number: int) -> None:
        for step in range(3):
            each = (number * 7 + step * 11) % 48
            at = (api, other)[(number + step) % 2]
            while True:
                answer = at.post(
                    f"/accounts/{NORA}/uses",
                    json=taking(f"u{each}"),
                    headers=headers | {"Idempotency-Key": f"k{each}"},
                )
                if "Retry-After" not in answer.headers:  # under way, or the ledger too busy
                    break
            with lock:
                answers[f"k{each}"].add((answer.status_code, answer.content))

    with (
        client_of(second) as other,
        ThreadPoolExecutor(64) as pool,
    ):
        list(pool.map(client, range(64)))
    assert [key for key, said in answers.items() if len(said) != 1] == []
    counted = Counter(status for said in answers.values() for status, _ in said)
    assert counted == {201: 12, 409: 36}
    assert len(happened(store, e.RightUsed)) == 12
    assert len(happened(store, e.RequestRefused)) == 36
    lot = desk.door.state(NORA).lots["be-vlg/vov/2025-26"]
    assert (lot.used, lot.available) == (7_200, 300)
