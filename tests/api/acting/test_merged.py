"""Of an account that was merged, what the one has that stands for it is told and done."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from ledger.domain.commands import Command, GiveMandate
from ledger.service.merging import merging, unmerging
from ledger.service.outcomes import Accepted, first_of
from projections.api.asking import Desk
from projections.runner import Runner
from schemas.api_v1.codes import Authorization, Redemption
from schemas.api_v1.commands import Done
from tests.api.acting.conftest import Post, done
from tests.api.acting.test_codes import Redeem, app, as_client, redeem  # noqa: F401  fixtures
from tests.api.acting.world import COURSE, EMMA, NORA, taking
from tests.api.conftest import Headers
from tests.service.doors import command

WHY = {"because": "one person with two numbers, file 118", "actor": "an"}
READS = ("balances:read", "timeline:read", "overview:read", "quotes:read")


class Office:
    """Merges Emma's account into Nora's, and lets it part."""

    def __init__(self, desk: Desk, database: str) -> None:
        self.desk = desk
        self.database = database

    def decide(self, command: Command) -> int:
        outcome = first_of(self.desk.door.handle([command])[0])
        assert isinstance(outcome, Accepted), outcome
        assert outcome.position is not None
        self.catch_up()
        return outcome.position

    def merge(self) -> int:
        return self.decide(merging(self.desk.door, EMMA, NORA, **WHY))

    def unmerge(self) -> int:
        return self.decide(unmerging(self.desk.door, EMMA, **WHY))

    def catch_up(self) -> None:
        Runner(self.database, self.desk.store).catch_up()


@pytest.fixture
def office(desk: Desk, database: str) -> Office:
    found = Office(desk, database)
    found.catch_up()
    return found


def read(api: TestClient, account: UUID, headers: dict[str, str], what: str = "balances") -> Any:
    answer = api.get(f"/accounts/{account}/{what}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def acts(database: str) -> set[tuple[UUID, str, str]]:
    """Return whose data was looked at, by what right, and what came of it."""
    query = "SELECT account, acting, outcome FROM access.log WHERE operation = 'getBalances'"
    with psycopg.connect(database) as conn:
        return set(conn.execute(query).fetchall())


def test_a_read_of_the_one_is_answered_as_of_the_other_and_names_it(
    api: TestClient, office: Office, as_who: Headers
) -> None:
    before = read(api, EMMA, as_who())
    assert before["person"] == str(EMMA)
    office.merge()
    stands = read(api, NORA, as_who())
    assert read(api, EMMA, as_who()) == stands
    assert stands["person"] == str(NORA)
    past = read(api, EMMA, as_who(), "balances?on=2025-09-15")
    assert past["person"] == str(NORA)
    overview = read(api, EMMA, as_who(), "overview")
    assert overview == read(api, NORA, as_who(), "overview")
    quoted = {"course": COURSE | {"contactMinutes": 600}}
    quotes = [
        api.post(f"/accounts/{each}/quotes", json=quoted, headers=as_who()).json()["person"]
        for each in (NORA, EMMA)
    ]
    assert quotes == [str(NORA)] * 2
    last = read(api, EMMA, as_who(), "timeline")["items"][0]
    assert (last["kind"], last["account"]) == ("account-merged", str(NORA))
    office.unmerge()
    after = read(api, EMMA, as_who())
    assert after["items"] == before["items"]


def test_what_was_known_before_is_told_as_it_was_then(
    api: TestClient, office: Office, as_who: Headers
) -> None:
    then = office.desk.store.events_of(EMMA)[-1].metadata.recorded_at
    asked = f"balances?knownAt={then.isoformat().replace('+00:00', 'Z')}"
    before = read(api, EMMA, as_who(), asked)
    office.desk.clock.set(then.date(), 18)  # type: ignore[attr-defined]  # a SetClock
    office.merge()
    after = read(api, EMMA, as_who(), asked)
    assert (after["person"], after["items"]) == (str(EMMA), before["items"])


def test_of_many_the_one_is_told_as_the_other_and_says_which_was_asked(
    api: TestClient, office: Office, as_who: Headers
) -> None:
    office.merge()
    nobody = uuid4()
    body = {"accounts": [str(NORA), str(EMMA), str(nobody)]}
    items = api.post("/accountBalances", json=body, headers=as_who()).json()["items"]
    assert [(each["person"], each.get("asked")) for each in items] == [
        (str(NORA), None),
        (str(NORA), str(EMMA)),
    ]
    assert items[0]["lots"] == items[1]["lots"] != []


def test_a_person_who_logs_in_as_the_one_sees_the_other_and_others_see_neither(
    api: TestClient, office: Office, as_who: Headers, database: str
) -> None:
    own = as_who(*READS, account=EMMA)
    assert api.get(f"/accounts/{NORA}/balances", headers=own).status_code == 404
    office.merge()
    for name, account in ((EMMA, NORA), (EMMA, EMMA), (NORA, EMMA)):
        headers = as_who(*READS, account=name)
        assert read(api, account, headers)["person"] == str(NORA)
    helper = as_who(*READS, account=uuid4(), mandates=[EMMA])
    assert read(api, NORA, helper)["person"] == str(NORA)
    stranger = as_who(*READS, account=uuid4())
    unknown = api.get(f"/accounts/{uuid4()}/balances", headers=stranger).json()
    for account in (NORA, EMMA):
        answer = api.get(f"/accounts/{account}/balances", headers=stranger)
        assert answer.status_code == 404
        same = {"type", "title", "status", "detail"}
        assert {k: v for k, v in answer.json().items() if k in same} == {
            k: v for k, v in unknown.items() if k in same
        }
    seen = acts(database)
    assert {(NORA, "own", "answered"), (EMMA, "own", "answered")} <= seen
    assert {(NORA, "mandate", "answered"), (NORA, "none", "notFound")} <= seen
    office.unmerge()
    assert api.get(f"/accounts/{NORA}/balances", headers=own).status_code == 404


def test_who_has_a_mandate_of_the_one_sees_and_acts_for_both_as_long_as_they_are_one(
    api: TestClient, office: Office, post: Post, as_who: Headers, database: str
) -> None:
    helper, today = uuid4(), office.desk.clock.now().today
    given = GiveMandate(
        mandate="m1", helper=helper, actions=("read", "reserve"), since=today, on=today
    )
    office.decide(command("m1", given, EMMA))
    own = as_who(*READS, account=helper)
    assert read(api, EMMA, own)["person"] == str(EMMA)
    office.merge()
    for account in (EMMA, NORA):
        assert read(api, account, own)["person"] == str(NORA)
    assert {(EMMA, "mandate", "answered"), (NORA, "mandate", "answered")} <= acts(database)
    assert (NORA, "none", "answered") not in acts(database)
    acting = as_who("reservations:write", account=helper)
    made = done(post("reservations", taking("r1"), account=EMMA, headers=acting))
    assert made.person == NORA
    office.catch_up()
    office.unmerge()
    assert read(api, EMMA, own)["person"] == str(EMMA)
    assert api.get(f"/accounts/{NORA}/balances", headers=own).status_code == 404


def test_who_looked_at_the_one_is_told_with_who_looked_at_the_other_as_long_as_they_are_one(
    api: TestClient, office: Office, as_who: Headers
) -> None:
    def told(account: UUID) -> tuple[str, list[str]]:
        answer = read(api, account, as_who("accesses:read", "accounts:any"), "accesses")
        return answer["person"], [each["operation"] for each in answer["items"]]

    read(api, EMMA, as_who())
    read(api, NORA, as_who(), "timeline")
    office.merge()
    assert told(NORA) == (str(NORA), ["getTimeline", "getBalances"])
    assert told(EMMA) == (str(NORA), ["listAccesses", "getTimeline", "getBalances"])
    # The one before was about both accounts, and is one access.
    assert told(NORA) == (str(NORA), [*["listAccesses"] * 2, "getTimeline", "getBalances"])
    office.unmerge()
    _, operations = told(EMMA)
    assert "getTimeline" not in operations


def test_a_command_on_the_one_is_done_in_the_other_and_is_answered_the_same_again(
    api: TestClient, office: Office, post: Post, as_who: Headers
) -> None:
    office.merge()
    first = post("reservations", taking("r1"), "key-1", account=EMMA)
    made = done(first)
    assert made.person == NORA
    office.catch_up()
    assert read(api, NORA, as_who())["items"][0]["reserved"] == 600
    office.unmerge()
    again = post("reservations", taking("r1"), "key-1", account=EMMA)
    assert again.content == first.content
    captured = post("reservations/r1/captures", {"effectiveOn": "2025-10-05"}, account=EMMA)
    assert Done.model_validate_json(captured.content).person == EMMA


def test_a_code_of_the_one_works_in_the_other(
    api: TestClient,
    office: Office,
    as_who: Headers,
    redeem: Redeem,  # noqa: F811  the fixture
) -> None:
    asked = {
        "provider": "cvo-semper", "courseId": COURSE["id"], "scheme": "be-vlg/vov",
        "quantity": 1200, "unit": "minute",
    }  # fmt: skip
    headers = as_who("authorizations:write", account=EMMA)
    answer = api.post(f"/accounts/{EMMA}/authorizations", json=asked, headers=headers)
    code = Authorization.model_validate_json(answer.content).code
    office.merge()
    redeemed = Redemption.model_validate_json(redeem(code).content)
    assert redeemed.used is not None
    office.catch_up()
    assert read(api, NORA, as_who())["items"][0]["used"] == redeemed.used.quantity
    office.unmerge()
    assert read(api, NORA, as_who())["items"][0]["used"] == 0
    assert read(api, EMMA, as_who())["items"][0]["used"] == redeemed.used.quantity
