"""A holder lets a helper act, for some schemes and days, and ends that."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from ledger.domain.commands import (
    Command,
    EndMandate,
    Erase,
    GiveMandate,
    RecordFact,
    Request,
    Reserve,
)
from ledger.domain.events import MandateEnded, MandateGiven, RequestRefused
from ledger.domain.facts import Death, Fact, FactId
from ledger.domain.mandates import MAX_OPEN_MANDATES, Action, Helper, Helping
from ledger.domain.mandating import lives
from ledger.domain.reasons import Reason
from ledger.service.clock import SetClock
from ledger.service.outcomes import Accepted, Rejected
from tests.memory_store import MemoryStore
from tests.service.doors import open_door, standing
from tests.story import NORA, SOURCE, Story, capture, day, employment, release, reserve, said, use

EMMA = UUID("0b54f3c1-2f0d-4a55-8d1e-7c3a90f1d2e4")
VOV, CPF = "be-vlg/vov", "fr/cpf"
TODAY = "2021-10-01"
UNION = "0206731645"


def give(id_: str = "m1", *actions: Action, **of: Any) -> GiveMandate:
    """Return the request to let Emma act from the first of October 2021 on."""
    if "organisation" not in of:
        of.setdefault("helper", EMMA)
    told = {"since": day(TODAY), "on": day(TODAY)} | of
    return GiveMandate(mandate=id_, actions=actions or ("read",), **told)


def end(id_: str = "m1", on: str = TODAY) -> EndMandate:
    return EndMandate(mandate=id_, on=day(on), reason="no longer needed")


@pytest.fixture
def story() -> Story:
    story = Story()
    story.tell("2021-09-01", said("job", employment(), "2021-01-01"))
    return story


def emmas(story: Story, today: str) -> list[str]:
    """Return the mandates that let Emma act on a day."""
    helper = Helper(account=EMMA)
    return [id_ for id_, _ in helper.among(story.account.mandates, day(today))]


def test_a_mandate_lets_its_helper_act_on_its_days_and_nobody_else(story: Story) -> None:
    [given] = story.tell(
        TODAY, give("m1", "use", "read", since=day("2021-10-05"), until=day("2021-11-01"))
    )
    assert isinstance(given, MandateGiven)
    assert given.actions == ("read", "use")
    days = ("2021-10-04", "2021-10-05", "2021-10-31", "2021-11-01")
    assert [emmas(story, each) for each in days] == [[], ["m1"], ["m1"], []]
    assert not list(Helper(account=NORA).among(story.account.mandates, day("2021-10-05")))
    assert not list(Helper(organisation=UNION).among(story.account.mandates, day("2021-10-05")))
    assert not Helper()


def test_a_mandate_that_is_ended_lets_nobody_act_from_that_moment_on(story: Story) -> None:
    story.tell(TODAY, give())
    [ended] = story.tell(TODAY, end())
    assert isinstance(ended, MandateEnded)
    assert emmas(story, TODAY) == []


def test_what_is_so_already_is_no_event(story: Story) -> None:
    story.tell(TODAY, give())
    assert story.tell("2021-10-02", give(on=day("2021-10-02"))) == []
    story.tell("2021-10-03", end())
    assert story.tell("2021-10-04", end()) == []


def test_an_identifier_names_one_mandate_for_ever(story: Story) -> None:
    story.tell(TODAY, give("m1", "read"))
    assert story.refused(TODAY, give("m1", "read", "use")).reason is Reason.IDENTIFIER_TAKEN
    story.tell(TODAY, end())
    assert story.refused(TODAY, give("m1", "read")).reason is Reason.IDENTIFIER_TAKEN
    assert emmas(story, TODAY) == []


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (give(schemes=("be-vlg/none",)), Reason.UNKNOWN_SCHEME),
        (give(on=day("2021-10-02")), Reason.IN_THE_FUTURE),
        (give(organisation="cvo-semper"), Reason.HELPER_IS_PROVIDER),
        (end("none"), Reason.UNKNOWN_MANDATE),
    ],
)
def test_what_can_not_be_given_or_ended_is_refused(
    story: Story, request_: Request, reason: Reason
) -> None:
    assert story.refused(TODAY, request_).reason is reason


def test_no_account_has_more_mandates_than_it_can_keep_an_eye_on(story: Story) -> None:
    for number in range(MAX_OPEN_MANDATES):
        story.tell(TODAY, give(f"m{number}"))
    assert story.refused(TODAY, give("more")).reason is Reason.TOO_MANY_MANDATES
    story.tell(TODAY, end("m0"))
    assert story.tell(TODAY, give("more"))


def test_mandates_change_nothing_of_what_a_person_has(story: Story) -> None:
    before = dict(story.rights(VOV))
    story.tell(TODAY, give(), end())
    assert story.rights(VOV) == before


def test_a_death_ends_every_mandate_and_an_error_about_it_does_not(story: Story) -> None:
    story.tell(TODAY, give())
    story.tell("2021-10-05", said("death", Death(on=day("2021-10-04"))))
    assert not lives(story.account, day("2021-10-05"))
    error = Fact(id=FactId(SOURCE, "death"), version=2, about="profile", content=None)
    story.tell("2021-10-06", RecordFact(fact=error))
    assert lives(story.account, day("2021-10-06"))


class Asking:
    """A door at which Emma asks for Nora, under a mandate."""

    def __init__(self, clock: SetClock) -> None:
        self.store = MemoryStore()
        self.door = open_door(self.store, clock)
        self._number = 0
        self.does(said("job", employment(), "2021-01-01"))

    def does(self, request: Request, helping: Helping | None = None) -> Accepted | Rejected:
        self._number += 1
        command = Command(
            id=f"c{self._number}",
            account=NORA,
            actor="portal",
            request=request,
            digest=b"",
            helping=helping,
        )
        [outcome] = self.door.handle([command])
        assert isinstance(outcome, Accepted | Rejected)
        return outcome

    def may(self, request: Request, mandate: str = "m1", action: Action = "reserve") -> bool:
        outcome = self.does(request, Helping(mandate=mandate, action=action))
        if isinstance(outcome, Rejected):
            assert outcome.rejection.reason is Reason.NOT_MANDATED, outcome.rejection
        return isinstance(outcome, Accepted)


@pytest.fixture
def clock() -> SetClock:
    return standing(TODAY)


@pytest.fixture
def asking(clock: SetClock) -> Asking:
    return Asking(clock)


def taking(id_: str) -> Reserve:
    return reserve(id_, VOV, 60, TODAY)


def test_the_door_looks_at_the_mandate_when_it_decides(asking: Asking, clock: SetClock) -> None:
    asking.does(give("m1", "reserve", until=day("2021-10-20")))
    assert asking.may(taking("r1"))
    clock.set(date(2021, 10, 20))
    assert not asking.may(taking("r2"))
    clock.set(date(2021, 10, 19))
    assert asking.may(taking("r3"))
    asking.does(end("m1"))
    assert not asking.may(taking("r4"))
    refused = [
        each.event
        for each in asking.store.events_of(NORA)
        if isinstance(each.event, RequestRefused)
    ]
    assert {each.reason for each in refused} == {"not-mandated"}


def test_a_mandate_is_for_its_actions_and_schemes_only(asking: Asking) -> None:
    asking.does(give("m1", "reserve", schemes=(VOV,)))
    asking.does(give("other", "reserve", schemes=(CPF,)))
    assert asking.may(taking("r1"))
    assert not asking.may(taking("r2"), "other")
    assert not asking.may(use("u1", VOV, 60, TODAY), action="use")
    assert not asking.may(capture("r1", TODAY), action="use")
    assert not asking.may(release("r1", TODAY), "other")
    assert not asking.may(release("none", TODAY), "other")  # as one of another scheme
    assert asking.may(release("r1", TODAY))


def test_nobody_gives_on_what_was_given(asking: Asking) -> None:
    asking.does(give("m1", "read", "authorize", "reserve", "use", "transfer"))
    assert not asking.may(give("m2", helper=NORA))
    assert not asking.may(end("m1"))
    assert not asking.may(said("job", None, version=2))


def test_an_erased_account_is_refused_as_that_and_its_log_has_ended(asking: Asking) -> None:
    asking.does(give("m1", "reserve"))
    asking.does(Erase(because="asked for"))
    before = len(asking.store.events_of(NORA))
    outcome = asking.does(taking("r1"), Helping(mandate="m1", action="reserve"))
    assert isinstance(outcome, Rejected)
    assert outcome.rejection.reason is Reason.ERASED
    assert len(asking.store.events_of(NORA)) == before


def test_a_mandate_of_somebody_else_is_none(asking: Asking) -> None:
    assert not asking.may(taking("r1"), "never-given")
