"""A holder lets a helper see and act over HTTP, exactly as far as a mandate says, until it ends."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from ledger.domain import events as e
from ledger.domain.commands import Erase
from ledger.domain.facts import Death
from ledger.domain.mandates import Helping
from ledger.domain.reasons import Reason
from ledger.service.clock import SetClock
from ledger.service.operated import operated
from ledger.service.outcomes import Rejected
from ledger.store.postgres import PostgresStore
from projections.api.asking import Desk
from projections.api.caller import ANY_ACCOUNT
from projections.runner import Runner
from schemas.api_v1.accesses import Accesses
from schemas.api_v1.mandates import Mandates, MandatesHeld
from tests.api.acting.conftest import SCOPES, done, happened, problem
from tests.api.acting.world import COURSE, EMMA, NORA, TODAY, on, taking
from tests.api.conftest import READS, Headers
from tests.service.doors import command
from tests.story import day, said, use

LEO = UUID("5f0c2a7e-9b1d-4e36-8a5f-2d7c4b1e9f30")
UNION, BANK = "0206731645", "0566988259"
ALL = (
    *SCOPES,
    *(f"{each}:read" for each in (*READS, "mandates", "accesses")),
    "mandates:write",
    "authorizations:write",
)
EVERYTHING = ("read", "authorize", "reserve", "use", "transfer")
READABLE = ("balances", "timeline", "overview")


def mandate(id_: str = "m1", *actions: str, **more: Any) -> dict[str, Any]:
    """Return the body that lets Emma act from today on."""
    told = {"helper": {"account": str(EMMA)}, "period": {"from": TODAY}} | more
    return on(id=id_, actions=list(actions or EVERYTHING), **told)


@dataclass
class People:
    """Who can ask, and how."""

    api: TestClient
    as_who: Headers
    runner: Runner

    def who(self, account: UUID | None = None, **of: Any) -> dict[str, str]:
        """Return the headers of who is logged in, or of a system."""
        scopes = of.pop("scopes", ALL)
        return self.as_who(*scopes, account=account, **of)

    def send(
        self,
        path: str,
        body: object,
        by: UUID | dict[str, str] | None = EMMA,
        about: UUID = NORA,
        key: str = "",
    ) -> Response:
        """Let somebody send a command, after which the read models have what it did."""
        headers = by if isinstance(by, dict) else self.who(by)
        headers = headers | {"Idempotency-Key": key or str(uuid4())}
        answer = self.api.post(f"/accounts/{about}/{path}", json=body, headers=headers)
        self.runner.catch_up()
        return answer

    def ask(
        self,
        path: str,
        by: UUID | dict[str, str] | None = EMMA,
        about: UUID = NORA,
        **params: Any,
    ) -> Response:
        """Let somebody ask."""
        headers = by if isinstance(by, dict) else self.who(by)
        return self.api.get(f"/accounts/{about}/{path}", params=params, headers=headers)

    def give(self, id_: str = "m1", *actions: str, **more: Any) -> None:
        """Let Nora give Emma a mandate."""
        done(self.send("mandates", mandate(id_, *actions, **more), by=NORA))

    def end(self, id_: str = "m1", by: UUID | dict[str, str] | None = NORA) -> Response:
        """Let somebody end a mandate."""
        return self.send(f"mandates/{id_}/endings", on(reason="no longer needed"), by=by)


@pytest.fixture
def people(
    desk: Desk, api: TestClient, as_who: Headers, database: str, store: PostgresStore
) -> People:
    people = People(api, as_who, Runner(database, store))
    people.runner.catch_up()
    return people


def is_nobody(answer: Response) -> bool:
    """Whether an account looks as if nobody had it."""
    if answer.status_code != 404:
        return False
    assert problem(answer).detail == "there is no such account, or it is not yours to see"
    return True


def test_a_helper_sees_and_acts_once_a_mandate_is_given(
    people: People, store: PostgresStore
) -> None:
    assert all(is_nobody(people.ask(each)) for each in READABLE)
    assert is_nobody(people.send("reservations", taking("r0")))
    people.give()
    assert [people.ask(each).status_code for each in READABLE] == [200, 200, 200]
    done(people.send("reservations", taking("r1", 600)))
    done(people.send("reservations/r1/captures", on(quantity=500)))
    done(people.send("uses/r1/reversals", on(reason="the lesson was cancelled")))
    [given] = happened(store, e.MandateGiven)
    assert isinstance(given, e.MandateGiven)
    assert (given.helper, given.term.since) == (EMMA, day(TODAY))
    acted = [each.metadata.actor for each in store.events_of(NORA)][-1]
    assert acted == f"portal for {EMMA} by mandate m1"


def test_an_ended_mandate_stops_working_at_once_though_the_read_models_lag(
    people: People, desk: Desk
) -> None:
    people.give()
    assert people.ask("balances").status_code == 200
    headers = people.who(NORA) | {"Idempotency-Key": "k-end"}
    path = f"/accounts/{NORA}/mandates/m1/endings"
    done(people.api.post(path, json=on(reason="we fell out"), headers=headers))
    assert all(is_nobody(people.ask(each)) for each in READABLE)
    assert is_nobody(people.send("reservations", taking("r1")))


def test_a_mandate_that_ends_between_the_look_and_the_decision_is_no_mandate(
    people: People, desk: Desk
) -> None:
    people.give()
    people.end()
    asked = command("late", use("u1", "be-vlg/vov", 60, TODAY), NORA)
    late = replace(asked, helping=Helping(mandate="m1", action="use"))
    [outcome] = desk.door.handle([late])
    assert isinstance(outcome, Rejected)
    assert outcome.rejection.reason is Reason.NOT_MANDATED


def test_a_mandate_works_on_its_days_only(people: People, clock: SetClock) -> None:
    people.give(period={"from": "2025-10-06", "until": "2025-10-08"})
    seen = []
    for today in ("2025-10-05", "2025-10-06", "2025-10-07", "2025-10-08"):
        clock.set(day(today))
        seen.append(people.ask("balances").status_code)
    assert seen == [404, 200, 200, 404]


def test_a_mandate_is_for_its_actions_only(people: People) -> None:
    people.give("m1", "reserve")
    assert all(is_nobody(people.ask(each)) for each in READABLE)
    done(people.send("reservations", taking("r1", 600)))
    assert is_nobody(people.send("reservations/r1/captures", on()))
    assert is_nobody(people.send("uses", taking("u1", 600)))
    assert is_nobody(people.send("freezes", on(reason="out of spite")))
    done(people.send("reservations/r1/releases", on(reason="the course is full")))


def test_a_mandate_is_for_its_schemes_only(people: People) -> None:
    people.give("m1", schemes=["be-vlg/opleidingscheques"])
    assert people.ask("balances").json()["items"] == []
    assert people.ask("timeline").json()["items"] == []
    told = people.ask("overview").json()["items"]
    assert {each["scheme"] for each in told} == {"be-vlg/opleidingscheques"}
    assert is_nobody(people.send("reservations", taking("r1")))
    people.give("m2", "read", "reserve", schemes=["be-vlg/vov"])
    assert {each["scheme"] for each in people.ask("balances").json()["items"]} == {"be-vlg/vov"}
    told = people.ask("timeline").json()["items"]
    assert {each["kind"] for each in told} == {"right-granted"}  # not what sources said of Nora
    done(people.send("reservations", taking("r1")))
    assert is_nobody(people.send("uses", taking("u1")))
    quoted = people.api.post(
        f"/accounts/{NORA}/quotes",
        json={"course": {**COURSE, "contactMinutes": 600}},
        headers=people.who(EMMA),
    ).json()["items"]
    assert {each["scheme"] for each in quoted} <= {"be-vlg/vov", "be-vlg/opleidingscheques"}


def test_several_people_are_read_at_once_as_far_as_each_lets_it(people: People) -> None:
    people.give("m1", "read", schemes=["be-vlg/opleidingscheques"])
    asked = {"accounts": [str(NORA), str(EMMA), str(LEO)]}
    answer = people.api.post("/accountBalances", json=asked, headers=people.who(EMMA))
    found = {each["person"]: len(each["lots"]) for each in answer.json()["items"]}
    assert found == {str(NORA): 0, str(EMMA): 2}


def test_an_organisation_helps_by_its_own_token_and_no_other(people: People) -> None:
    people.give("m1", "read", helper={"organization": UNION})
    union = people.who(organization=UNION)
    assert people.ask("balances", by=union).status_code == 200
    assert is_nobody(people.ask("balances", by=people.who(organization=BANK)))
    assert is_nobody(people.ask("balances", by=people.who()))
    assert is_nobody(people.ask("balances", by=EMMA))


def test_a_providers_application_sees_nobody_by_a_mandate(people: People) -> None:
    people.give("m1", "read", helper={"organization": UNION})
    people.give("m2", "read")
    for of in ({"organization": UNION}, {"account": EMMA}):
        assert is_nobody(people.ask("balances", by=people.who(provider="cvo-semper", **of)))


def test_a_helper_gives_on_nothing_and_ends_only_what_is_its_own(people: People) -> None:
    people.give("m1")
    people.give("m2", "read", helper={"account": str(LEO)})
    on_to_leo = mandate("m3", "read", helper={"account": str(LEO)})
    claimed = people.who(EMMA, mandates=[NORA])
    assert is_nobody(people.send("mandates", on_to_leo, by=EMMA))
    assert is_nobody(people.send("mandates", on_to_leo, by=claimed))
    assert is_nobody(people.end("m2", by=EMMA))
    assert is_nobody(people.end("m2", by=claimed))
    assert is_nobody(people.ask("mandates", by=EMMA))
    gone = people.send("mandates/m1/endings", on(reason="no time"), by=EMMA, key="k1")
    assert done(gone).mandate_ended.id == "m1"
    again = people.send("mandates/m1/endings", on(reason="no time"), by=EMMA, key="k1")
    assert (again.status_code, again.content) == (201, gone.content)
    assert is_nobody(people.ask("balances"))
    assert people.ask("balances", by=LEO).status_code == 200


def test_an_office_gives_and_ends_mandates(people: People) -> None:
    office = people.who(scopes=(*ALL, ANY_ACCOUNT))
    done(people.send("mandates", mandate(), by=office))
    assert people.ask("balances").status_code == 200
    done(people.end(by=office))
    assert is_nobody(people.ask("balances"))


def test_what_is_so_already_is_answered_and_changes_nothing(
    people: People, store: PostgresStore
) -> None:
    people.give()
    again = done(people.send("mandates", mandate(), by=NORA))
    assert again.mandate_given is None
    done(people.end())
    assert done(people.end()).mandate_ended is None
    other = people.send("mandates", mandate("m1", "read"), by=NORA)
    assert problem(other).type == "urn:problem-type:rugzak:identifierTaken"
    assert len(happened(store, e.MandateGiven, e.MandateEnded)) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"helper": {}},
        {"helper": {"account": str(EMMA), "organization": UNION}},
        {"helper": {"organization": "0206731646"}},
        {"actions": []},
        {"actions": ["everything"]},
        {"schemes": []},
        {"period": {"from": TODAY, "until": TODAY}},
        {"period": {}},
    ],
)
def test_a_mandate_that_says_nothing_right_is_refused(people: People, wrong: Any) -> None:
    answer = people.send("mandates", mandate() | wrong, by=NORA)
    assert (answer.status_code, problem(answer).title) == (400, "Bad Request")


def test_a_dead_or_erased_holder_is_helped_by_nobody(people: People, desk: Desk) -> None:
    people.give()
    desk.door.handle([command("death", said("death", Death(on=day("2025-10-04"))), NORA)])
    assert is_nobody(people.ask("balances"))
    assert is_nobody(people.send("reservations", taking("r1")))
    assert people.ask("balances", by=NORA).status_code == 200
    desk.door.handle([operated("erase", NORA, Erase(because="asked for"), "office")])
    people.runner.catch_up()
    assert is_nobody(people.ask("balances"))
    headers = people.who(EMMA)
    held = people.api.get("/mandates", headers=headers)
    assert MandatesHeld.model_validate_json(held.content).items == ()


def test_a_dead_helper_helps_nobody(people: People, desk: Desk) -> None:
    people.give()
    desk.door.handle([command("death", said("death", Death(on=day("2025-10-04"))), EMMA)])
    assert is_nobody(people.ask("balances"))


def test_a_code_that_a_helper_made_works_as_long_as_the_mandate(people: People) -> None:
    people.give("m1", "authorize", schemes=["be-vlg/vov"])
    cvo = people.who(scopes=("authorizations:redeem",), provider=COURSE["provider"])

    def authorized(scheme: str = "be-vlg/vov") -> Response:
        body = {
            "provider": COURSE["provider"],
            "courseId": COURSE["id"],
            "scheme": scheme,
            "quantity": 600,
            "unit": "minute",
        }
        return people.send("authorizations", body, by=EMMA)

    def redeemed(code: str) -> Response:
        body = on(code=code, makes="reservation", quantity=600, unit="minute", course=COURSE)
        return people.api.post("/redemptions", json=body, headers=cvo)

    assert is_nobody(authorized("fr/cpf"))
    assert redeemed(authorized().json()["code"]).status_code == 201
    late = authorized().json()["code"]
    people.end()
    assert redeemed(late).status_code in {404, 409, 422}
    assert is_nobody(authorized())


def test_the_holder_sees_who_may_act_and_the_helper_for_whom(people: People) -> None:
    people.give("m1", "read", schemes=["be-vlg/vov"])
    people.give("m2", "use", period={"from": TODAY, "until": "2026-01-01"})
    people.end("m2")
    told = Mandates.model_validate_json(people.ask("mandates", by=NORA).content)
    first, second = told.items
    assert (first.id, first.helper.account, first.schemes) == ("m1", EMMA, ("be-vlg/vov",))
    assert (first.in_force, first.given_by) == (True, f"portal for {NORA}")
    assert (second.in_force, second.ended_on) == (False, day(TODAY))
    assert second.reason == "no longer needed"
    answer = people.api.get("/mandates", headers=people.who(EMMA))
    [held] = MandatesHeld.model_validate_json(answer.content).items
    assert (held.person, held.id, held.actions) == (NORA, "m1", ("read",))
    nobody = people.api.get("/mandates", headers=people.who(LEO))
    assert MandatesHeld.model_validate_json(nobody.content).items == ()


def test_a_path_that_takes_two_methods_says_so(people: People) -> None:
    answer = people.api.options(f"/accounts/{NORA}/mandates")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")


def test_pages_of_mandates_follow_each_other(people: People) -> None:
    for number in range(3):
        people.give(f"m{number}", "read")
    for path, by in ((f"/accounts/{NORA}/mandates", NORA), ("/mandates", EMMA)):
        answer = people.api.get(path, params={"pageSize": 2}, headers=people.who(by))
        rest = people.api.get(answer.json()["next"].removeprefix("/v1"), headers=people.who(by))
        ids = [each["id"] for page in (answer, rest) for each in page.json()["items"]]
        assert ids == ["m0", "m1", "m2"]
        assert "next" not in rest.json()


def test_the_holder_sees_in_the_log_who_acted_under_which_mandate(
    people: People, database: str
) -> None:
    people.give()
    people.ask("balances")
    people.send("reservations", taking("r1"))
    people.ask("balances", by=LEO)
    people.api.get("/mandates", headers=people.who(EMMA))
    answer = people.ask("accesses", by=NORA)
    items = Accesses.model_validate_json(answer.content).items[::-1]
    told = [(each.operation, each.acting, each.mandates, each.outcome) for each in items]
    assert told == [
        ("createMandate", "own", None, "answered"),
        ("getBalances", "mandate", ("m1",), "answered"),
        ("createReservation", "mandate", ("m1",), "answered"),
        ("getBalances", "none", None, "notFound"),
        ("listHeldMandates", "mandate", ("m1",), "answered"),
    ]
    with psycopg.connect(database) as conn:
        kept = conn.execute("SELECT mandate FROM access.log WHERE mandate IS NOT NULL").fetchall()
    assert kept == [("m1",)] * 3


def test_a_new_mandate_is_waited_for_by_who_says_so(people: People, store: PostgresStore) -> None:
    headers = people.who(NORA) | {"Idempotency-Key": "k1"}
    given = people.api.post(f"/accounts/{NORA}/mandates", json=mandate(), headers=headers)
    assert is_nobody(people.ask("balances"))  # the read models don't have it yet
    after = people.who(EMMA) | {"Rugzak-After": str(done(given).position)}
    assert people.ask("balances", by=after).status_code == 503
    people.runner.catch_up()
    assert people.ask("balances", by=after).status_code == 200
