"""Laws of a simulation: nothing changed reports nothing, differences add up, parts make the whole."""

from collections.abc import Sequence
from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.audit.groups import EVERYBODY, NAMED, Groups, groups_of
from ledger.audit.requests import Asked, History
from ledger.audit.simulate import MEASURES, Compared, Of, among, compare, live, reached
from ledger.audit.tally import SMALL_GROUP_PEOPLE, SMALL_GROUPS, Report
from ledger.domain.commands import RecordFact, Request
from ledger.domain.facts import Birth, Inactivity, Qualification, Residence, Sex
from ledger.domain.rulebook import Rulebook
from ledger.service.changed import load_with
from ledger.service.rulebook import FOLDER, load
from tests.laws.lives import LAST, histories
from tests.story import Story, day, employment, jobseeker, now, said, self_employed, term, use

VOV = "be-vlg/vov"
LOT = "be-vlg/vov/2021-22"
END = now("2022-06-01")

Changes = tuple[tuple[str, str], ...]

LESS: Changes = (("{2019-09-01: 125}", "{2019-09-01: 100}"),)
STRICTER: Changes = (("{2019-09-01: 50 %,", "{2019-09-01: 90 %,"),)
LAPSING: Changes = (("- then: keep", "- then: lapse"),)
CLOSED: Changes = (("then: open\n  because: employed in", "then: keep\n  because: employed in"),)
CLOSED_NEVER: Changes = (("- then: keep", "- then: open"),)
REWORDED: Changes = (("nl: Vlaams opleidingsverlof", "nl: opleidingsverlof"),)
CHANGES = [LESS, STRICTER, LAPSING, CLOSED, REWORDED]


@cache
def changed(changes: Changes) -> Rulebook:
    text = (FOLDER / "be-vlg" / "vov.yaml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return load_with({"vov.yaml": text.encode()})


@cache
def today() -> Rulebook:
    return load()


def history(*requests: Request, on: str = "2021-09-01") -> History:
    return History(asked=tuple(Asked(now(on), request) for request in requests))


def compared(told: History, changes: Changes) -> Compared:
    """Compare a life under the shipped rules, of VOV alone, and under changed ones."""
    return compare(told, among(today(), {VOV}), among(changed(changes), {VOV}), END)


WORKER = history(said("s1", employment("4/5"), "2021-09-01"))
LEARNER = History(
    asked=(*WORKER.asked, Asked(now("2021-10-05"), use("french", VOV, 40 * 60, "2021-10-05")))
)


class TestReached:
    def test_nothing_changed_reaches_nothing(self) -> None:
        assert reached(today(), load()) == set()

    def test_a_changed_scheme_reaches_those_that_convert_from_or_into_it(self) -> None:
        assert reached(today(), changed(LESS)) == {VOV}
        text = (FOLDER / "fr" / "cpf.yaml").read_text("utf-8").replace("5000", "4000")
        french = {"fr/cpf", "fr/cpf-heures", "fr/cpf-agents"}
        assert reached(today(), load_with({"cpf.yaml": text.encode()})) == french

    def test_another_recognition_of_a_provider_reaches_its_schemes(self) -> None:
        register = (FOLDER / "be-vlg" / "providers.yaml").read_text("utf-8")
        lost = register.replace(
            "be-vlg/vov: [{from: 2022-01-15}]", "be-vlg/vov: [{from: 2023-01-15}]"
        )
        assert reached(today(), load_with({"providers.yaml": lost.encode()})) == {VOV}


class TestOnePerson:
    def test_less_granted_is_lost_in_what_was_granted_and_in_what_is_held(self) -> None:
        (difference,) = compared(WORKER, LESS).differences.values()
        losses = {(loss.lot, loss.measure): (loss.before, loss.after) for loss in difference.losses}
        assert losses[LOT, "granted"] == losses[LOT, "held"] == (100 * 60, 80 * 60)
        assert not difference.better

    def test_what_lapses_sooner_is_lost_although_as_much_was_granted(self) -> None:
        ends = said("s1", employment("4/5"), "2021-09-01", "2022-03-01", version=2)
        told = History(asked=(*LEARNER.asked, Asked(now("2022-03-01"), ends)))
        there = compare(told, changed(CLOSED_NEVER), changed(LAPSING), END)
        difference = there.differences[Of(VOV, "minute")]
        assert {loss.measure for loss in difference.losses} == {"held"}
        assert difference.before.granted == difference.after.granted
        assert difference.after.lapsed > difference.before.lapsed == 0
        assert difference.losses[0].after == 40 * 60, "what was used is kept"

    def test_what_can_not_be_used_any_more_is_lost_and_its_use_is_refused(self) -> None:
        (difference,) = compared(LEARNER, CLOSED).differences.values()
        held, refused = difference.losses[-2:]
        assert (held.measure, held.after) == ("held", 0)
        assert (refused.measure, refused.lot) == ("refused", "asked on 2021-10-05")
        assert (refused.before, refused.after) == (40 * 60, 0)
        assert (difference.before.used, difference.after.used) == (40 * 60, 0)
        assert difference.after.refused == 1

    def test_more_used_because_it_was_allowed_is_no_loss(self) -> None:
        there = compare(LEARNER, changed(CLOSED), today(), END)
        difference = there.differences[Of(VOV, "minute")]
        assert difference.losses == ()
        assert difference.better

    @pytest.mark.parametrize(("unit", "smallest"), [("EUR", "cent"), ("GBP", "gbp-penny")])
    def test_a_right_in_another_unit_is_lost_in_one_and_gained_in_the_other(
        self, unit: str, smallest: str
    ) -> None:
        file = (FOLDER / "be-vlg" / "vov.yaml").read_text("utf-8")
        on_courses = file[file.index("\nuse:\n") : file.index("\norder:")]
        swaps = (
            (on_courses, ""),  # it measures courses in hours
            ("unit: hour", f"unit: {unit}"),
            ("nearest minute", f"nearest {smallest}"),
            (f"least-weekly:\n    unit: {unit}", "least-weekly:\n    unit: hour"),
        )
        differences = compared(WORKER, swaps).differences
        assert {of.unit for of in differences} == {"minute", smallest}
        assert {bool(each.losses) for each in differences.values()} == {True, False}


@given(histories(), st.sampled_from(CHANGES))
def test_a_change_that_changes_nothing_reports_nothing_and_others_add_up(
    told: list[RecordFact], changes: Changes
) -> None:
    lived, end = history(*told, on=LAST.isoformat()), now(LAST.isoformat())
    before, after = among(today(), {VOV}), among(changed(changes), {VOV})
    for difference in compare(lived, before, after, end).differences.values():
        if changes is REWORDED:
            assert difference.before == difference.after
            assert difference.losses == ()
        for name in MEASURES:
            more = getattr(difference.gained, name) - getattr(difference.lost, name)
            whole = getattr(difference.after, name) - getattr(difference.before, name)
            assert more == whole, name


@given(histories(), st.sampled_from(CHANGES))
def test_schemes_that_a_change_can_not_reach_are_the_same_under_both(
    told: list[RecordFact], changes: Changes
) -> None:
    """So that they can be left out: the rest is as if they were there."""
    lived, end = history(*told, on=LAST.isoformat()), now(LAST.isoformat())
    whole = compare(lived, today(), changed(changes), end).differences
    schemes = reached(today(), changed(changes))
    part = compare(lived, among(today(), schemes), among(changed(changes), schemes), end)
    assert {of: each for of, each in whole.items() if of.scheme in schemes} == part.differences
    assert all(d.before == d.after for of, d in whole.items() if of.scheme not in schemes)


class TestGroups:
    @pytest.mark.parametrize(
        ("requests", "expected"),
        [
            ((), Groups(*(f"{of}-unknown" for of in ("qualification", "status", "age", "sex", "residence")))),
            (
                (
                    said("b", Birth(on=day("1988-06-02"))),
                    said("x", Sex(sex="female")),
                    said("q", Qualification(level=3, since=day("2006-06-30"))),
                    said("r", Residence(region="be-vlg", term=term("1988-06-02"))),
                    said("s", employment(), "2021-01-01"),
                    said("t", jobseeker(), "2021-01-01"),
                    said("u", self_employed("side"), "2021-01-01"),
                ),
                Groups("low-qualified", "employee", "aged-25-to-34", "women", "lives-in-be-vlg"),
            ),
            (
                (
                    said("b", Birth(on=day("1957-06-01"))),
                    said("q", Qualification(level=4, since=day("1976-06-30"))),
                    said("s", Inactivity(), "2021-01-01"),
                    said("u", self_employed("side"), "2021-01-01"),
                ),
                Groups("middle-qualified", "self-employed-aside", "aged-65-and-over", "sex-unknown", "residence-unknown"),
            ),
            (
                (
                    said("q", Qualification(level=5, since=day("2010-06-30"))),
                    said("s", employment(), "2021-01-01", "2022-06-01"),
                    said("t", jobseeker(), "2022-06-01"),
                ),
                Groups("high-qualified", "jobseeker", "age-unknown", "sex-unknown", "residence-unknown"),
            ),
        ],
    )  # fmt: skip
    def test_a_person_is_in_one_group_of_each_division_on_the_day(
        self, requests: Sequence[Request], expected: Groups
    ) -> None:
        person = live(history(*requests, on="2022-06-01"), today(), END).account.person()
        assert groups_of(person, day("2022-06-01")) == expected
        assert set(expected[:3]) <= set(NAMED)


def people(count: int, seed: int = 1) -> list[Compared]:
    """Compare people of all sorts, most of whom work."""
    dice = Random(seed)  # noqa: S311  not a secret
    found = []
    for number in range(count):
        level, region = dice.choice([2, 4, 4, 6]), dice.choice(["be-vlg"] * 9 + ["be-bru"])
        requests = [
            said("q", Qualification(level=level, since=day("2006-06-30"))),
            said("r", Residence(region=region, term=term("1988-06-02"))),
            said("s", employment(dice.choice(["1", "4/5", "1/2"])), "2021-09-01"),
        ]
        found.append(compared(history(*requests[: 2 + number % 2]), STRICTER))
    return found


def report(some: Sequence[tuple[int, Compared]]) -> Report:
    made = Report(protected=frozenset({"low-qualified"}))
    for number, each in some:
        made.count(str(number), each)
    return made


def test_parts_merge_into_the_whole_in_any_order() -> None:
    everybody = list(enumerate(people(60)))
    whole = report(everybody)
    assert 0 < whole.protected_losers < whole.protected_people < whole.people == 60
    assert len(whole.examples) == min(whole.protected_losers, 10)
    dice = Random(2)  # noqa: S311  not a secret
    for size in (1, 7, 30):
        parts = [report(everybody[at : at + size]) for at in range(0, 60, size)]
        dice.shuffle(parts)
        merged = Report(protected=whole.protected)
        for part in parts:
            merged.merge(part)
        assert merged == whole


def test_gainers_losers_and_unchanged_are_all_people_in_every_division() -> None:
    whole = report(list(enumerate(people(60))))
    for of in whole.subjects():
        everybody = whole.everybody(of)
        for division in Groups._fields:
            groups = [tally for _, tally in whole.divided(of, division)]
            for count in ("people", "gainers", "losers", "unchanged"):
                assert sum(getattr(t, count) for t in groups) == getattr(everybody, count)
            lost = sum(t.lost.granted for t in groups)
            assert lost == everybody.lost.granted > 0


@pytest.mark.parametrize("count", [5, 20, 60, 200])
def test_no_group_of_few_people_can_be_told_apart(count: int) -> None:
    """Neither as a row, nor as the difference of the total and the other rows."""
    whole = report(list(enumerate(people(count))))
    for of in whole.subjects():
        total = whole.everybody(of).people
        for division in Groups._fields:
            groups = dict(whole.divided(of, division))
            assert all(t.people >= SMALL_GROUP_PEOPLE for t in groups.values()) or (
                set(groups) == {SMALL_GROUPS} and groups[SMALL_GROUPS].people == total
            )


def test_who_both_gains_and_loses_counts_as_a_loser_and_examples_name_the_groups() -> None:
    there = compare(LEARNER, today(), changed(LESS + STRICTER), END)
    made = Report(protected=frozenset({EVERYBODY}))
    made.count("17", there)
    (example,) = made.examples
    assert (example.person, example.protected) == ("17", (EVERYBODY,))
    assert example.loss.lot.startswith(VOV)


def test_a_story_of_the_tests_and_a_simulated_life_are_the_same() -> None:
    story = Story()
    for at, request in LEARNER.asked:
        story.tell(at.today.isoformat(), request)
    story.tell("2022-06-01")
    assert live(LEARNER, today(), END).account == story.account
