"""What a person gets to read of what can be done: quote and overview."""

from pathlib import Path
from uuid import UUID

import pytest

from ledger.domain.facts import Enterprise, SelfEmployment
from ledger.store.postgres import PostgresStore
from tests.cli.conftest import Rugzak
from tests.cli.lives import VOV
from tests.service.doors import command, open_door, standing
from tests.story import NORA, said

KMO = "be-vlg/kmo-portefeuille"
DETAILS = ("--provider", "cvo-semper", "--starts", "2021-10-10", "--on", "2021-10-06")


@pytest.mark.usefixtures("told")
class TestQuote:
    def test_every_scheme_says_what_it_gives_or_why_not(self, rugzak: Rugzak) -> None:
        told = " ".join(rugzak("quote", NORA, "--course", "french-a2", *DETAILS).out.split())
        assert "be-vlg/vov" in told
        assert "not met: " in told
        assert "more have nothing to do with the person; --all shows them" in told
        assert "fr/cpf" not in told
        assert "fr/cpf" in rugzak("quote", NORA, "--course", "french-a2", *DETAILS, "--all").out

    def test_a_course_can_be_a_file(self, rugzak: Rugzak, tmp_path: Path) -> None:
        file = tmp_path / "course.yaml"
        file.write_text("id: french-a2\nprovider: cvo-semper\nstarts: 2021-10-10\nhours: 40\n")
        answer = rugzak("quote", NORA, "--course", file, "--on", "2021-10-06", "--json").json
        assert answer["course"]["minutes"] == 2_400
        assert {each["scheme"] for each in answer["quotes"]} >= {VOV, "fr/cpf"}

    def test_a_price_speaks_to_the_schemes_that_count_prices_in_its_money(
        self, rugzak: Rugzak
    ) -> None:
        priced = (*DETAILS, "--price", "SGD 99.50", "--json")
        answer = rugzak("quote", NORA, "--course", "french-a2", *priced).json
        assert (answer["money"], answer["course"]["price"]) == ("sgd-cent", 9_950)
        worth = {each["scheme"]: each["worth"] for each in answer["quotes"]}
        assert worth["sg/skillsfuture-credit"] == {"quantity": 9_950, "shown": "SGD 99.50"}
        assert worth["gb-sct/ita"] is None

    @pytest.mark.parametrize(
        ("lang", "said"),
        [("nl", "aangevraagd op 6 oktober 2021"), ("fr", "demande du 6 octobre 2021")],
    )
    def test_it_is_said_in_the_language_asked_for(
        self, rugzak: Rugzak, lang: str, said: str
    ) -> None:
        told = rugzak("quote", NORA, "--course", "french-a2", *DETAILS, "--lang", lang)
        assert said in told.out

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            (("french-a2",), "provider and starts must be told"),
            (("c", "--provider", "p", "--starts", "soon"), "'soon' is no date"),
            (("c", *DETAILS, "--hours", "many"), "hours is a number, not 'many'"),
            (("c", *DETAILS, "--price", "0.001"), "can't be price"),
            (
                ("c", *DETAILS, "--price", "USD 3"),
                "no money 'USD' here; write one of EUR, SGD, GBP",
            ),
        ],
    )
    def test_what_is_wrong_with_a_course_is_said(
        self, rugzak: Rugzak, typed: tuple[str, ...], said: str
    ) -> None:
        answer = rugzak("quote", NORA, "--course", *typed)
        assert (answer.code, said in answer.err) == (2, True), answer.err


@pytest.mark.usefixtures("told")
class TestOverview:
    def test_every_scheme_is_there(self, rugzak: Rugzak) -> None:
        told = rugzak("overview", NORA, "--on", "2021-10-06", "--json").json
        assert {each["scheme"] for each in told["schemes"]} >= {VOV, "fr/cpf"}

    def test_the_language_of_the_settings_is_taken_unless_another_one_is_asked_for(
        self, rugzak: Rugzak, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RUGZAK_LANG", "nl")
        asked = ("overview", NORA, "--on", "2021-10-06")
        assert "op 6 oktober 2021, volgens wat vandaag bekend is" in rugzak(*asked).out
        assert "by what is known today" in rugzak(*asked, "--lang", "en").out
        supposed = rugzak(*asked, "--if", "status=employee", "--lang", "fr").out
        assert "rien, utilisable : non" in " ".join(supposed.split())

    def test_a_language_that_is_not_there_is_said_with_those_that_are(
        self, rugzak: Rugzak, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert rugzak("overview", NORA, "--lang", "de").code == 2
        monkeypatch.setenv("RUGZAK_LANG", "de")
        answer = rugzak("overview", NORA)
        assert (answer.code, "RUGZAK_LANG" in answer.err) == (2, True), answer.err

    def test_supposing_another_status_tells_what_changes(self, rugzak: Rugzak) -> None:
        asked = ("overview", NORA, "--on", "2021-10-06", "--if", "status=employee,place=be-vlg")
        told = rugzak(*asked, "--json").json
        (vov,) = (each for each in told["effects"] if each["scheme"] == VOV)
        assert vov["changes"]

    def test_who_runs_an_enterprise_sees_its_rights_and_who_ran_it_does_not(
        self, rugzak: Rugzak, store: PostgresStore
    ) -> None:
        shop, owner, partner, former = (UUID(int=number) for number in range(1, 5))
        run = SelfEmployment(activity="main", place="be-vlg", enterprise=str(shop))
        door = open_door(store, standing("2024-03-01"))
        told = [
            (shop, said("register", Enterprise(size="small", place="be-vlg"), "2020-01-01")),
            (owner, said("own", run, "2020-01-01")),
            (partner, said("own", run, "2023-01-01")),
            (former, said("own", run, "2020-01-01", "2024-01-01")),
        ]
        door.handle([command(f"{who}", fact, account=who) for who, fact in told])
        on = ("--on", "2024-03-01")
        seen = {
            who: [
                (each["holder"], each["available"]["shown"])
                for each in rugzak("overview", who, *on, "--json").json["schemes"]
                if each["scheme"] == KMO
            ]
            for who in (shop, owner, partner, former)
        }
        assert seen[owner] == seen[partner] == seen[shop] == [(str(shop), "EUR 7500.00")]
        assert seen[former] == [(str(former), "EUR 0.00")]
        shown = rugzak("overview", owner, *on).out
        assert f"enterprise {shop}" in shown
        assert KMO not in rugzak("overview", former, *on).out
        course = ("--course", "excel", "--provider", "voka-leerhuis", "--starts", "2024-03-01")
        quoted = rugzak("quote", owner, *course, "--price", "1000", *on, "--lang", "nl").out
        assert f"onderneming {shop}" in quoted
        assert "300,00 EUR" in quoted
        every = rugzak("quote", former, *course, "--price", "1000", *on, "--all").out
        assert "is held by enterprises; of none that the person runs" in " ".join(every.split())
        again = ("--if", f"status=self-employed,enterprise={shop}")
        effect = rugzak("overview", former, *on, *again, "--json").json["effects"]
        gained = [each["holder"] for each in effect if each["changes"] and each["scheme"] == KMO]
        assert gained == [str(shop)]
        refused = rugzak("overview", shop, *on, "--if", "status=jobseeker")
        assert (refused.code, "is an enterprise" in refused.err) == (2, True), refused.err

    @pytest.mark.parametrize(
        ("supposed", "said"),
        [("status=king", "one of employee"), ("status=employee,share=2", "at most full time"),
         ("status=self-employed,enterprise=bakery", "by its reference, a UUID"),
         ("status=jobseeker,colour=red", "'colour' says nothing")],
    )  # fmt: skip
    def test_what_can_not_be_supposed_is_said(
        self, rugzak: Rugzak, supposed: str, said: str
    ) -> None:
        answer = rugzak("overview", NORA, "--if", supposed)
        assert (answer.code, said in answer.err) == (2, True), answer.err
