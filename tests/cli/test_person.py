"""What a person, or who helps them, gets to read: balance, history, explain."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from ledger.service.clock import SystemClock
from ledger.store.postgres import PostgresStore
from ops import ledger_wiring
from projections.runner import Runner
from tests.cli.conftest import Rugzak
from tests.cli.lives import LOT, PUBLISHED, VOV
from tests.service.doors import command, open_door, standing
from tests.story import NORA, employment, said

STRANGER = "6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a8"


def lot(rugzak: Rugzak, *asked: str) -> tuple[int, ...]:
    """Ask for a balance; return the VOV lot's available, reserved, used, expired, shortfall hours."""
    found = rugzak("balance", NORA, "--scheme", VOV, "--json", *asked).json
    (each,) = (each for each in found["lots"] if each["id"] == LOT)
    names = ("available", "reserved", "used", "expired", "shortfall")
    return tuple(each[name]["quantity"] // 60 for name in names)


@pytest.mark.usefixtures("told")
class TestBalance:
    @pytest.mark.parametrize(
        ("on", "known", "hours"),
        [
            ("2021-10-15", "2021-10-15", (105, 20, 0, 0, 0)),
            ("2021-10-15", "2021-11-15", (80, 20, 0, 0, 0)),
            ("2021-10-15", "2023-02-02", (0, 20, 0, 0, 20)),
            ("2022-03-01", "2022-03-01", (80, 0, 20, 0, 0)),
            ("2022-09-01", "2022-09-01", (0, 0, 20, 80, 0)),
            ("2023-02-01", "2023-02-01", (0, 0, 20, 0, 20)),
        ],
    )
    def test_the_questions_of_the_example_life_have_its_answers(
        self, rugzak: Rugzak, on: str, known: str, hours: tuple[int, ...]
    ) -> None:
        assert lot(rugzak, "--on", on, "--known", known) == hours

    def test_a_day_that_is_past_is_told_from_the_log_as_known_now(self, rugzak: Rugzak) -> None:
        assert lot(rugzak, "--on", "2021-10-15") == (0, 20, 0, 0, 20)

    def test_a_day_known_is_its_end_and_an_instant_is_exact(self, rugzak: Rugzak) -> None:
        told_at = "2021-10-31T12:00:00+01:00"
        before = "2021-10-31T11:59:59+01:00"
        on = ("--on", "2021-10-15", "--known")
        assert lot(rugzak, *on, told_at) == lot(rugzak, *on, "2021-10-31") == (80, 20, 0, 0, 0)
        assert lot(rugzak, *on, before) == (105, 20, 0, 0, 0)

    def test_a_balance_says_what_stops_the_use_and_why(self, rugzak: Rugzak) -> None:
        asked = ("balance", NORA, "--on", "2022-03-02", "--known", "2022-03-02")
        (first, _) = rugzak(*asked, "--json").json["lots"]
        (stop,) = first["stops"]
        assert (stop["mode"], stop["since"]) == ("keep", "2022-03-01")
        assert "not employed in the private sector in Flanders" in stop["reason"]
        assert (first["available"]["shown"], first["usable"]["quantity"]) == ("80 h", 0)
        assert "kept, no new use since 2022-03-01" in rugzak(*asked).out

    def test_todays_balance_comes_with_position_and_lag(
        self, rugzak: Rugzak, store: PostgresStore
    ) -> None:
        assert (
            f"as of event {PUBLISHED + 20}, 0 events behind the log" in rugzak("balance", NORA).out
        )
        door = open_door(store, standing("2023-04-01"))
        door.handle([command("late", said("s9", employment(), "2023-03-15"))])
        answer = rugzak("balance", NORA, "--json").json
        assert (answer["position"], answer["lag"]) == (
            PUBLISHED + 20,
            store.head() - PUBLISHED - 20,
        )
        assert answer["lag"] > 0
        (first, *_) = answer["lots"]
        assert (first["id"], first["funder"]) == (LOT, "vlaanderen/wse")
        assert first["rule"].startswith("school-year:2019-09-01@")
        assert first["term"] == {"from": "2021-09-01", "until": "2022-09-01"}

    def test_people_see_what_stops_a_scheme_once_and_no_rights_that_were_taken_back_whole(
        self, rugzak: Rugzak
    ) -> None:
        asked = ("balance", NORA, "--on", "2023-02-01", "--known", "2023-02-01")
        text, whole = rugzak(*asked).out, rugzak(*asked, "--all").out
        assert text.count("kept, no new use since 2022-03-01") == 1
        assert "Flemish training leave (be-vlg/vov)" in text
        assert "from 2021-09-01 to 2022-08-31, vlaanderen/wse, school-year:2019-09-01@" in text
        assert "2021-22/employer" not in text
        assert "--all shows them" in text
        assert "2021-22/employer" in whole

    def test_a_day_to_come_is_told_from_what_is_known_today(
        self, rugzak: Rugzak, store: PostgresStore, database: str
    ) -> None:
        today = SystemClock().now().today
        job = said("s9", employment(), "2021-09-01")
        open_door(store, standing(str(today))).handle([command("now", job)])
        Runner(database, store).catch_up()

        def usable(on: date) -> int:
            lots = rugzak("balance", NORA, "--on", on, "--json").json["lots"]
            return sum(each["usable"]["quantity"] for each in lots)

        assert usable(today) > 0
        assert usable(today + timedelta(days=400)) == 0


@pytest.mark.usefixtures("told")
class TestHistory:
    def test_a_history_tells_in_sentences_when_recorded_since_when_and_by_whom(
        self, rugzak: Rugzak
    ) -> None:
        entries = rugzak("history", NORA, "--oldest", "--json").json["entries"]
        withdrawn = next(e for e in entries if e["kind"] == "right-withdrawn" and e["lot"] == LOT)
        assert withdrawn["sentence"] == f"25 h of {LOT} withdrawn: less is due than was granted"
        assert withdrawn["recorded_at"] == "2021-10-31T11:00:00+00:00"
        assert withdrawn["effective_on"] == "2021-09-01"
        assert withdrawn["quantity"] == {"quantity": 1500, "shown": "25 h"}
        assert withdrawn["actor"] == "hr-app"
        used = next(e["sentence"] for e in entries if e["kind"] == "right-used")
        assert used == f"20 h of {LOT} used for french-a2 at CVO Semper, which starts on 2021-10-05"
        shown = rugzak("history", NORA).out
        assert "2021-10-31 12:00" in shown
        assert "born on 1988-04-17" in shown

    def test_what_was_refused_is_told_with_its_reason(self, rugzak: Rugzak) -> None:
        (newest,) = rugzak("history", NORA, "--limit", 1, "--json").json["entries"]
        assert newest["kind"] == "request-refused"
        assert newest["sentence"].startswith("request to reserve be-vlg/vov refused: no new use of")

    def test_a_limit_keeps_the_side_asked_for_and_says_that_there_is_more(
        self, rugzak: Rugzak
    ) -> None:
        def places(*how: object) -> tuple[list[int], bool]:
            found = rugzak("history", NORA, "--json", *how).json
            return [entry["position"] for entry in found["entries"]], found["more"]

        whole = [PUBLISHED + number for number in range(1, 21)]
        assert places("--oldest") == (whole, False)
        assert places("--newest") == (whole[::-1], False)
        assert places("--oldest", "--limit", 3) == (whole[:3], True)


@pytest.mark.usefixtures("told")
class TestExplain:
    def test_a_citizen_reads_which_fact_rule_and_steps_gave_each_quantity(
        self, rugzak: Rugzak
    ) -> None:
        text = rugzak("explain", NORA, VOV, "--on", "2021-10-15", "--known", "2021-11-15").out
        for sentence in (
            "Flemish training leave (be-vlg/vov) on 2021-10-15, as known at 2021-11-15 23:59",
            "On that day rights can be used: employed in the private sector in Flanders.",
            f"{LOT}: 80 h available, 20 h reserved",
            f"- 2021-09-01: 125 h of {LOT} granted, usable from 2021-09-01 to 2022-08-31",
            "because: employee at 0566988259, private sector, in be-vlg, 100 % of full time",
            "(declared); said by https://dimona.example.be, known since 2021-08-30",
            f"20 h of {LOT} reserved for french-a2 at CVO Semper, which starts on 2021-10-05",
            f"- 2021-10-31, counting from 2021-09-01: 25 h of {LOT} withdrawn",
            "80 % of full time, 30.4 h a week, from 2021-09-01 (settled)",
            "share = 4/5, amount = 100 h",
            "The rule school-year:2019-09-01, for periods that begin from 2019-09-01 to 2023-08-31",
            "by the rule school-year:2019-09-01 of text",
            "gives 125 h times 'share', rounded to the nearest minute",
            "- works in the private sector in flanders: is employed (private sector, in be-vlg)",
            "due at the period's start, for the period",
            "full time hours is 125 h from 2019-09-01 [2]",
            "least share is 50 % from 2019-09-01 to 2025-08-31 [3]",
            "[2] https://www.onderwijs.vlaanderen.be/nl/vlaams-opleidingsverlof-cursisten",
            "What is left on 31 August lapses",
            "The next period that can give rights opens on 2022-09-01.",
        ):
            assert sentence in text
        assert "lapsed" not in text.partition("What the sources leave open")[0]

    def test_it_is_explained_in_the_language_asked_for(self, rugzak: Rugzak) -> None:
        asked = ("explain", NORA, VOV, "--on", "2023-02-02", "--lang")
        assert "want: het feit s1 heeft nooit bestaan; gemeld door" in rugzak(*asked, "nl").out
        assert "car : le fait s1 n'a jamais existé ; signalé par" in rugzak(*asked, "fr").out

    def test_a_cancelled_job_explains_why_nothing_was_due(self, rugzak: Rugzak) -> None:
        text = rugzak("explain", NORA, VOV, "--on", "2023-02-02").out
        assert f"{LOT}: 0 h available, 20 h used, 20 h used or held beyond what is due" in text
        assert "because: the fact s1 never was; said by https://dimona.example.be" in text
        assert "not met: works in the private sector in flanders" in text
        assert (
            "be-vlg/vov/2022-23, for the period from 2022-09-01 to 2023-08-31: "
            "nothing is due, because this does not hold: works in the private sector in flanders."
        ) in text

    def test_what_lapsed_is_told_though_the_clock_did_not_get_there(self, rugzak: Rugzak) -> None:
        asked = ("explain", NORA, VOV, "--on", "2022-09-01", "--known", "2022-08-31")
        assert "What was left lapsed on 2022-09-01: the term is over." in rugzak(*asked).out
        (first, _) = rugzak(*asked, "--json").json["lots"]
        assert first["expired"] == {"quantity": 4800, "shown": "80 h"}
        assert (first["lapsed_on"], first["lapsed_because"]) == ("2022-09-01", "the term is over")

    def test_a_program_gets_the_same_structure(self, rugzak: Rugzak) -> None:
        asked = ("--on", "2021-10-15", "--known", "2021-11-15", "--json")
        told = rugzak("explain", NORA, VOV, *asked).json
        (first, _) = told["lots"]
        granted, reserved, withdrawn = first["entries"]
        assert (granted["envelope"]["kind"], granted["amount"]) == (
            "right-granted", {"quantity": 7500, "shown": "125 h"},
        )  # fmt: skip
        held = reserved["envelope"]["event"]
        assert (held["course"]["provider"], held["course"]["id"]) == ("cvo-semper", "french-a2")
        (fact,) = withdrawn["facts"]
        said = fact["event"]
        assert (said["fact"], said["version"], fact["version"]) == ("s1", 2, 8)
        assert ["share", "4/5"] in withdrawn["envelope"]["event"]["basis"]["steps"]
        (ruling,) = first["rulings"]
        assert ruling["named"] == granted["envelope"]["event"]["basis"]["rule"]
        assert ruling["block"]["amount"] == "full_time_hours * share"
        assert ruling["numbers"][0]["shown"] == "125 h"

    def test_a_scheme_that_gives_nothing_says_which_condition_is_not_met(
        self, rugzak: Rugzak
    ) -> None:
        told = rugzak("explain", NORA, "fr/cpf", "--on", "2022-07-01", "--json").json
        (assessed,) = told["assessed"]
        assert (assessed["lot"], assessed["unmet"]) == ("fr/cpf/2021", "worked-in-the-year")
        assert assessed["condition"].startswith("work.exists_in(period)")

    def test_before_a_scheme_began_there_is_no_period(self, rugzak: Rugzak) -> None:
        text = rugzak("explain", NORA, "fr/cpf", "--on", "2010-01-01").out
        assert "There is nothing: no period of this scheme was open on that day." in text

    def test_a_rule_of_a_text_that_is_not_loaded_is_shown_as_the_log_has_it(
        self, rugzak: Rugzak, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = ("explain", NORA, VOV, "--on", "2021-10-15")
        before = rugzak(*asked).out
        loaded = ledger_wiring.rulebook()
        decided = loaded.schemes[VOV].digest
        changed = replace(loaded.schemes[VOV], digest="0ddba11e")
        rules = replace(loaded, schemes={**loaded.schemes, VOV: changed})
        monkeypatch.setattr(ledger_wiring, "rulebook", lambda: rules)
        text = rugzak(*asked).out
        said = [
            f"It is of the text that decided then, {decided}; another one is in use here (0ddba11e)",
            "It was published on 2021-10-01 by first start (event 16 of the ledger)",
        ]
        assert all(each in text for each in said)
        told = [line for line in text.splitlines() if line.strip() not in said]
        (lot,) = (each for each in before.split("\n\n") if each.startswith(f"{LOT}:"))
        assert "full time hours is 125 h" in lot
        assert lot in "\n".join(told)
        (ruling,) = rugzak(*asked, "--json").json["lots"][0]["rulings"]
        assert ruling["block"]["amount"] == "full_time_hours * share"
        assert (ruling["numbers"][0]["shown"], ruling["earlier"]) == ("125 h", True)
        then = (*asked, "--known", "2021-11-15")
        assert "of the text that decided then" not in rugzak(*then).out

    @pytest.mark.parametrize("on", ["0001-01-01", "2100-12-31"])
    def test_a_day_long_ago_or_far_ahead_can_be_asked_about(self, rugzak: Rugzak, on: str) -> None:
        assert rugzak("explain", NORA, VOV, "--on", on).code == 0
        assert rugzak("balance", NORA, "--on", on).code == 0


class TestWrongInput:
    @pytest.mark.parametrize(
        "asked", [["balance", STRANGER], ["history", STRANGER], ["explain", STRANGER, VOV]]
    )
    def test_a_person_whom_the_ledger_does_not_know_is_said_so(
        self, rugzak: Rugzak, asked: list[str]
    ) -> None:
        answer = rugzak(*asked)
        assert (answer.code, answer.out) == (1, "")
        assert f"the ledger knows no person {STRANGER}" in answer.err

    @pytest.mark.usefixtures("told")
    @pytest.mark.parametrize(
        "asked", [["explain", NORA, "be-vlg/vof"], ["balance", NORA, "--scheme", "be-vlg/vof"]]
    )
    def test_an_unknown_scheme_brings_the_nearest_one(
        self, rugzak: Rugzak, asked: list[object]
    ) -> None:
        answer = rugzak(*asked)
        assert answer.code == 2
        assert "there is no scheme 'be-vlg/vof'; did you mean 'be-vlg/vov'?" in answer.err

    @pytest.mark.parametrize(
        ("option", "value", "right"),
        [
            ("--on", "2021-02-30", "2021-09-01"),
            ("--on", "0000-01-01", "2021-09-01"),
            ("--on", "9999-12-31", "within 100 years"),
            ("--known", "yesterday", "2021-11-15"),
            ("--known", "2021-11-15T09:30", "offset"),
            ("--known", "9999-12-31T23:59-12:00", "2021-11-15"),
        ],
    )
    def test_a_wrong_date_is_told_with_what_would_be_right(
        self, rugzak: Rugzak, option: str, value: str, right: str
    ) -> None:
        answer = rugzak("balance", NORA, option, value)
        assert answer.code == 2
        assert f"'{value}' is no" in answer.err
        assert right in answer.err

    def test_a_reference_that_is_no_uuid_is_refused(self, rugzak: Rugzak) -> None:
        assert rugzak("balance", "88041700123").code == 2

    @pytest.mark.parametrize("asked", ["balance", "history"])
    def test_a_read_model_that_was_never_made_says_what_to_run(
        self, rugzak: Rugzak, store: PostgresStore, asked: str
    ) -> None:
        open_door(store).handle([command("one", said("s1", employment(), "2021-09-01"))])
        answer = rugzak(asked, NORA)
        assert answer.code == 1
        assert "`rugzak projections run --once`" in answer.err
        assert rugzak("explain", NORA, VOV, "--on", "2021-10-02").code == 0

    def test_a_database_that_is_away_is_told_in_one_line(
        self, rugzak: Rugzak, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RUGZAK_DATABASE_URL", "postgresql://localhost:1/nowhere")
        answer = rugzak("balance", NORA)
        assert answer.code == 3
        assert answer.err.startswith("rugzak: ")
        assert psycopg.__name__ not in answer.err
