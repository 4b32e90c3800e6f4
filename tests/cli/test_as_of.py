"""What was known then, by the rules of then, and what became known since: as it is typed."""

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ledger.audit.seen import Texts
from ledger.domain.facts import Enterprise, SelfEmployment
from ledger.service import published, rulebook, scheme
from ledger.service.marked import Finding
from ledger.store.postgres import PostgresStore
from ops import ledger_wiring
from projections.runner import Runner
from tests.cli.conftest import Result, Rugzak
from tests.cli.lives import LOT, PUBLISHED, VOV
from tests.service.doors import command, open_door, standing
from tests.service.test_anew import publish_what_none_can_read, with_hours
from tests.story import NORA, employment, now, said

THEN = "2021-10-15"
QUESTIONS: list[tuple[object, ...]] = [
    ("balance", NORA),
    ("history", NORA),
    ("overview", NORA),
    ("overview", NORA, "--if", "status=jobseeker"),
    ("explain", NORA, VOV),
    ("explain", NORA, "fr/cpf"),
]

pytestmark = pytest.mark.usefixtures("told")


@pytest.fixture
def changed(tmp_path: Path, store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> str:
    """Publish a text by which a full-timer has 130 hours, install it; return its digest."""
    rules = rulebook.load(folder := with_hours(tmp_path, 130))
    told = published.publication(VOV, published.contents(folder)[VOV], "An")
    open_door(store, standing("2024-01-10"), rules).handle([told])
    monkeypatch.setattr(ledger_wiring, "rulebook", lambda: rules)
    return rules.schemes[VOV].digest


def asked(rugzak: Rugzak, known: str, *more: object) -> list[str]:
    """Ask all there is to ask as known at an instant; return the answers as they are written."""
    found: list[Result] = [rugzak(*each, "--known", known, *more, "--json") for each in QUESTIONS]
    assert {each.code for each in found} == {0}, [each.err for each in found]
    return [each.out for each in found]


def test_an_answer_is_the_same_byte_for_byte_after_new_facts_and_other_rules(
    rugzak: Rugzak, store: PostgresStore, request: pytest.FixtureRequest
) -> None:
    times = [(THEN, ()), ("2022-03-01", ()), ("2023-06-01", ("--on", "2021-12-31"))]
    before = [asked(rugzak, known, *more) for known, more in times]
    open_door(store, standing("2023-12-01")).handle(
        [command("late", said("s9", employment(), "2021-09-01"))]
    )
    request.getfixturevalue("changed")
    assert [asked(rugzak, known, *more) for known, more in times] == before
    assert asked(rugzak, "2024-02-01") != asked(rugzak, "2023-06-01")


def test_an_answer_as_known_at_the_last_event_is_the_one_that_was_given_then(
    rugzak: Rugzak, store: PostgresStore, database: str, request: pytest.FixtureRequest
) -> None:
    on = ("--on", "2023-03-15")  # of a day that is past, which is told from the log
    given = [rugzak(*each, *on, "--json").json for each in QUESTIONS]
    open_door(store, standing("2023-12-01")).handle(
        [command("late", said("s9", employment(), "2023-03-01"))]
    )
    Runner(database, store).catch_up()
    request.getfixturevalue("changed")
    later = [rugzak(*each, *on, "--known", "2023-03-31", "--json").json for each in QUESTIONS]
    for one, other in zip(given, later, strict=True):
        assert (one.pop("known"), other.pop("known")) == (None, "2023-03-31T23:59:59.999999+02:00")
        assert one == other


class TestRulesOfThen:
    def test_explain_and_overview_take_the_text_that_was_in_use(
        self, rugzak: Rugzak, changed: str
    ) -> None:
        before = rulebook.load().schemes[VOV].digest
        digests = [
            rugzak("explain", NORA, VOV, "--known", known, "--json").json["scheme"]["digest"]
            for known in ("2024-01-10T11:59:59+01:00", "2024-01-10T12:00:00+01:00")
        ]
        assert digests == [before, changed]
        (assessed, *_) = rugzak(
            *("explain", NORA, VOV, "--on", "2024-01-02", "--known", "2024-01-10", "--json")
        ).json["assessed"]
        assert assessed["ruling"]["numbers"][0]["shown"] == "130 h"
        (assessed, *_) = rugzak(
            *("explain", NORA, VOV, "--on", "2024-01-02", "--known", "2024-01-09", "--json")
        ).json["assessed"]
        assert assessed["ruling"]["numbers"][0]["shown"] == "125 h"

    def test_a_scheme_that_was_not_published_then_was_not_there(
        self, rugzak: Rugzak, store: PostgresStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        file = tmp_path / "new.yaml"
        text = (rulebook.FOLDER / "be-vlg" / "vov.yaml").read_text("utf-8")
        file.write_text(text.replace("scheme: be-vlg/vov\n", "scheme: be-vlg/nieuw\n"), "utf-8")
        content = published.contents(file)["be-vlg/nieuw"]
        told = published.publication("be-vlg/nieuw", content, "An")
        open_door(store, standing("2024-01-10")).handle([told])
        shipped = rulebook.load()
        new = rulebook.load(file).schemes
        rules = replace(shipped, schemes=scheme.in_order({**shipped.schemes, **new}))
        monkeypatch.setattr(ledger_wiring, "rulebook", lambda: rules)
        early = rugzak("explain", NORA, "be-vlg/nieuw", "--known", "2024-01-09")
        assert early.code == 2
        assert "there is no scheme 'be-vlg/nieuw'" in early.err
        assert rugzak("explain", NORA, "be-vlg/nieuw", "--known", "2024-01-10").code == 0

        def schemes(known: str) -> set[str]:
            told = rugzak("overview", NORA, "--known", known, "--json").json["schemes"]
            return {each["scheme"] for each in told}

        assert schemes("2024-01-10") - schemes("2024-01-09") == {"be-vlg/nieuw"}

    @pytest.mark.parametrize(
        "asked",
        [
            ("explain", NORA, VOV, "--known", "2024-01-20"),
            ("overview", NORA, "--known", "2024-01-20"),
            ("audit", "replay", "--inputs"),
        ],
    )
    def test_by_a_text_that_this_version_can_not_read_nothing_is_told_and_it_is_said_which(
        self, rugzak: Rugzak, store: PostgresStore, asked: tuple[str, ...]
    ) -> None:
        digest = publish_what_none_can_read(store)
        late = command("late", said("s9", employment("1/2"), "2024-01-15"))
        open_door(store, standing("2024-02-01")).handle([late])
        answer = rugzak(*asked)
        assert answer.code == 1
        for each in (VOV, f"digest {digest}", "published 2024-01-10 by An", "novelty"):
            assert each in answer.err
        shown = rugzak("regulations", "show", VOV, "--published", digest)
        assert f"`rugzak regulations show {VOV} --published {digest}`" in answer.err
        assert (shown.code, "novelty" in shown.out) == (0, True)
        assert rugzak("balance", NORA, "--known", "2024-01-20").code == 0
        assert rugzak("explain", NORA, VOV, "--known", "2024-01-09").code == 0

    def test_what_can_not_be_read_is_told_by_another_process_too(
        self, store: PostgresStore
    ) -> None:
        publish_what_none_can_read(store)
        with pytest.raises(published.Unreadable) as found:
            Texts(store, rulebook.load()).rules(now("2024-01-20").recorded_at)
        again = pickle.loads(pickle.dumps(found.value))  # noqa: S301  it is ours
        assert (str(again), again.text) == (str(found.value), found.value.text)
        wrong = rulebook.WrongRegulation([Finding(file="a", line=1, column=1, message="b")])
        assert str(pickle.loads(pickle.dumps(wrong))) == str(wrong)  # noqa: S301

    def test_a_text_is_read_once_and_a_new_one_is_seen(self, store: PostgresStore) -> None:
        texts, loaded = Texts(store, rulebook.load()), rulebook.load()
        assert texts.rules() is not loaded
        assert len(texts.published()) == PUBLISHED
        told = published.publication(VOV, published.contents()[VOV] + " ", "An")
        open_door(store, standing("2024-01-10")).handle([told])
        assert len(texts.published()) == PUBLISHED + 1


class TestHistory:
    def test_a_history_as_known_is_what_was_recorded_by_then(self, rugzak: Rugzak) -> None:
        whole = rugzak("history", NORA, "--oldest", "--json").json["entries"]
        then = rugzak("history", NORA, "--oldest", "--known", THEN, "--json").json
        assert then["entries"] == [e for e in whole if e["recorded_at"] <= "2021-10-15T22:00"]
        assert then["position"] == then["entries"][-1]["position"]
        assert 0 < len(then["entries"]) < len(whole)
        assert "as known at 2021-10-15 23:59" in rugzak("history", NORA, "--known", THEN).out

    def test_a_history_on_a_day_is_what_counted_by_it(self, rugzak: Rugzak) -> None:
        whole = rugzak("history", NORA, "--oldest", "--json").json["entries"]
        told = rugzak("history", NORA, "--oldest", "--on", THEN, "--json").json["entries"]
        assert told == [e for e in whole if (e["effective_on"] or THEN) <= THEN]
        assert {e["kind"] for e in told if e["effective_on"] is None} == {
            "profile-recorded",
            "status-annulled",
        }
        assert len(told) < len(whole)

    @pytest.mark.parametrize("side", ["--oldest", "--newest"])
    def test_a_limit_keeps_the_side_asked_for(self, rugzak: Rugzak, side: str) -> None:
        asked = ("history", NORA, side, "--known", "2023-03-31", "--json")
        whole = rugzak(*asked).json
        some = rugzak(*asked, "--limit", 3).json
        assert (some["entries"], some["more"]) == (whole["entries"][:3], True)


class TestDiff:
    def diff(self, rugzak: Rugzak, first: str, last: str, *more: object) -> Any:
        asked = ("audit", "diff", NORA, "--known", first, "--known", last, *more)
        return rugzak(*asked, "--json").json

    def test_what_moved_a_balance_is_told_with_the_fact_and_who_entered_it(
        self, rugzak: Rugzak
    ) -> None:
        told = self.diff(rugzak, "2021-10-20", "2021-11-15", "--on", THEN)
        assert [(act["actor"], act["command"]) for act in told["acts"]] == [
            ("hr-app", "2021-10-31 0")
        ]
        (moved,) = (each for each in told["moved"] if each["lot"] == LOT)
        (was, is_) = (moved[when]["available"]["shown"] for when in ("before", "after"))
        assert (was, is_) == ("105 h", "80 h")
        (entry,) = moved["because"]
        assert entry["sentence"] == f"25 h of {LOT} withdrawn: less is due than was granted"
        (fact,) = entry["facts"]
        assert (fact["event"]["fact"], fact["event"]["version"]) == ("s1", 2)
        assert fact["metadata"]["actor"] == "hr-app"

    def test_people_read_it(self, rugzak: Rugzak) -> None:
        asked = ("audit", "diff", NORA, "--known", "2021-10-20", "--known", "2021-11-15")
        text = rugzak(*asked, "--on", THEN).out
        assert (
            "On 2021-10-15, as known at 2021-10-20 23:59 and as known at 2021-11-15 23:59" in text
        )
        assert "2021-10-31 12:00, by hr-app (2021-10-31 0):" in text
        assert "  available: 105 h, now 80 h (25 h less)" in text
        assert "  withdrawn: 0 h, now 25 h (25 h more)" in text
        assert "because: employee" in text
        assert "by rule school-year:2019-09-01@" in text

    def test_time_alone_moves_nothing(self, rugzak: Rugzak) -> None:
        told = self.diff(rugzak, "2022-03-02", "2022-08-31", "--on", "2023-01-01")
        assert (told["acts"], told["moved"], told["published"]) == ([], [], [])
        assert told["same"] > 0
        text = rugzak(
            *("audit", "diff", NORA, "--known", "2022-03-02", "--known", "2022-08-31")
        ).out
        assert "Nothing was recorded in between." in text

    def test_a_lot_that_is_new_or_stopped_is_told(self, rugzak: Rugzak) -> None:
        told = self.diff(rugzak, "2021-08-01", "2021-09-15")
        (new,) = (each for each in told["moved"] if each["lot"] == LOT)
        assert (new["before"], new["after"]["available"]["shown"]) == (None, "125 h")
        told = self.diff(rugzak, "2021-11-15", "2022-03-02", "--on", "2022-03-02")
        (stopped,) = (each for each in told["moved"] if each["lot"] == LOT)
        assert [each["mode"] for each in stopped["after"]["stops"]] == ["keep"]
        kinds = [each["envelope"]["kind"] for each in stopped["because"]]
        assert kinds == ["right-restricted"]

    def test_a_text_that_was_published_in_between_is_told(
        self, rugzak: Rugzak, changed: str
    ) -> None:
        told = self.diff(rugzak, "2024-01-09", "2024-01-11")
        assert [(each["digest"], each["by"]) for each in told["published"]] == [(changed, "An")]

    @pytest.mark.parametrize(
        ("known", "said"),
        [
            (["2021-10-20"], "--known is given twice"),
            (["2021-10-20", "2021-10-21", "2021-10-22"], "not 3 x"),
            (["2021-10-21", "2021-10-20"], "give the earlier one first"),
            (["2021-10-21", "soon"], "'soon' is no instant"),
        ],
    )
    def test_wrong_instants_are_refused(self, rugzak: Rugzak, known: list[str], said: str) -> None:
        answer = rugzak("audit", "diff", NORA, *(part for at in known for part in ("--known", at)))
        assert answer.code == 2
        assert said in " ".join(answer.err.split())


def test_an_enterprise_is_seen_as_it_was_known(rugzak: Rugzak, store: PostgresStore) -> None:
    enterprise = UUID("0e6f2c1b-5d0c-4b7f-8a57-3a2f6b1c9d10")
    runs = SelfEmployment(activity="main", place="be-vlg", enterprise=str(enterprise))
    business = Enterprise(size="small", place="be-vlg")
    open_door(store, standing("2023-06-01")).handle(
        [command("runs", said("own", runs, "2023-05-01"))]
    )
    open_door(store, standing("2023-07-01")).handle(
        [command("business", said("business", business, "2023-05-01"), enterprise)]
    )

    def holders(known: str) -> set[str]:
        asked = ("overview", NORA, "--on", "2023-06-15", "--known", known, "--json")
        return {each["holder"] for each in rugzak(*asked).json["schemes"]}

    assert holders("2023-06-30") == {str(NORA)}
    assert holders("2023-07-01") == {str(NORA), str(enterprise)}
