"""What is left of what all have together: pots, quotes of an empty one, and a replay of the counts."""

from datetime import date

import psycopg
import pytest

from ledger.domain.commands import Course, Use
from ledger.domain.facts import Birth
from ledger.service.outcomes import Accepted
from ledger.store.postgres import PostgresStore
from tests.cli.conftest import Rugzak
from tests.service.doors import command, open_door, standing
from tests.story import NORA, day, said

ON = "2023-11-20"
POT = "nl/stap/last-pot/once"
CAP = "nl/stap/grants-for-a-course/2023/leerhuis-eindhoven/welding"
DETAILS = ("--course", "plumbing", "--provider", "leerhuis-eindhoven", "--starts", "2023-12-11", "--price", "500", "--on", ON)  # fmt: skip


@pytest.fixture
def welder(store: PostgresStore) -> None:
    """Let somebody take a grant of the last round."""
    course = Course(
        id="welding", provider="leerhuis-eindhoven", starts_on=day("2023-12-04"), price=80_000
    )
    taken = Use(use="u", scheme="nl/stap", quantity=80_000, unit="cent", course=course, on=day(ON))
    born = said("birth", Birth(on=date(1988, 4, 17)))
    outcomes = open_door(store, standing(ON)).handle([command("b", born), command("u", taken)])
    assert all(isinstance(each, Accepted) for each in outcomes)


@pytest.mark.usefixtures("welder")
def test_the_pots_of_a_day_say_what_is_taken_and_left(rugzak: Rugzak) -> None:
    found = {each["key"]: each for each in rugzak("pots", "--on", ON, "--json").json["pots"]}
    assert found[POT] == {
        "key": POT, "counts": "quantity", "unit": "cent",
        "at_most": 1_000_000_000, "taken": 80_000, "left": 999_920_000,
    }  # fmt: skip
    assert (found[CAP]["unit"], found[CAP]["left"]) == (None, 299)
    told = rugzak("pots", "--on", ON).out
    assert "EUR 9999200.00" in told
    assert CAP in told


def test_a_pot_of_which_nobody_took_is_whole_and_a_day_without_one_says_so(rugzak: Rugzak) -> None:
    (pot,) = rugzak("pots", "--on", "2022-07-01", "--json").json["pots"]
    assert (pot["key"], pot["taken"]) == ("nl/stap/pot/2022-07-01", 0)
    assert pot["left"] == pot["at_most"] == 3_260_000_000
    assert rugzak("pots", "--on", "2021-01-01").out == "on 2021-01-01 nothing is shared\n"


@pytest.mark.usefixtures("welder")
@pytest.mark.parametrize(
    ("lang", "says"),
    [("en", "the budget of this round is used up"), ("nl", "het budget van deze ronde is op"), ("fr", "le budget de cette vague est épuisé")],
)  # fmt: skip
def test_a_quote_says_that_the_pot_is_empty(
    rugzak: Rugzak, database: str, lang: str, says: str
) -> None:
    assert says not in " ".join(
        rugzak("quote", NORA, *DETAILS, "--lang", lang, "--all").out.split()
    )
    with psycopg.connect(database) as conn:
        conn.execute("UPDATE ledger.shared SET taken = 1000000000 WHERE key = %s", (POT,))
    assert says in " ".join(rugzak("quote", NORA, *DETAILS, "--lang", lang, "--all").out.split())


@pytest.mark.usefixtures("welder")
def test_a_replay_names_a_pot_whose_count_was_edited_and_mends_it(
    rugzak: Rugzak, database: str
) -> None:
    rugzak("projections", "run", "--once")
    with psycopg.connect(database) as conn:
        conn.execute("UPDATE ledger.shared SET taken = 1 WHERE key = %s", (POT,))
    answer = rugzak("audit", "replay")
    assert answer.code == 1
    assert f"{POT}: 1 is taken of it, by the log 80000" in answer.out
    assert "(repaired)" in rugzak("audit", "replay", "--repair", "--because", "edited").out
    assert rugzak("audit", "replay").code == 0


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("en", "pot: at most EUR 32600000.00 in all, in each round (they begin on 2022-03-01,"),
        ("nl", "budget van de ronde: hoogstens 32600000,00 EUR in totaal, in elke ronde"),
        ("fr", "budget de la vague : au plus 32600000,00 EUR au total, à chaque vague"),
    ],
)
def test_the_rules_of_a_day_tell_the_budget_of_its_round(
    rugzak: Rugzak, lang: str, says: str
) -> None:
    told = rugzak("regulations", "show", "nl/stap", "--on", "2022-08-31", "--lang", lang).out
    assert says in " ".join(told.replace("\xa0", " ").replace("\u202f", " ").split())
