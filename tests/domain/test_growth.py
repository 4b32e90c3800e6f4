"""What is left grows when a number rises: whose, by how much, and when that is known."""

from pathlib import Path

import pytest

from ledger.domain.calendar import Term
from ledger.domain.commands import ReachDay, Use
from ledger.domain.events import RightGranted, RightWithdrawn
from ledger.domain.facts import Birth, Residence
from ledger.service import rulebook
from ledger.service.rulebook import FOLDER
from tests.story import Story, day, employment, said, use

LLE = "gb-eng/lle"
GROWN = "test/grown"
HOME = said("home", Residence(region="gb-eng", term=Term(day("2005-03-14"))))
LIMITS = (
    ("{2026-09-01: 9535, 2027-01-01: 9790, ", "{2026-09-01: 9250, "),
    ("2027-08-01: 10050", "2030-08-01: 9535"),
    ("2027-01-01: &loans", "2026-09-01: &loans"),
    ("2026-09-01: https", "# https"),
    ("2027-08-01: https", "2030-08-01: https"),
)
TRIAL = Path(__file__).parent.parent / "laws" / "regulations"


@pytest.fixture
def pupil(tmp_path: Path) -> Story:
    """Tell of somebody in England under a limit of 9,250 pounds that rises to 9,535 in 2030."""
    for name in ("lle", "providers"):
        text = (FOLDER / "gb-eng" / f"{name}.yaml").read_text("utf-8")
        for limit, other in LIMITS:
            text = text.replace(limit, other)
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    story = Story(rulebook.load(tmp_path))
    story.tell("2026-09-01", said("birth", Birth(on=day("2005-03-14"))), HOME)
    return story


def study(id_: str, on: str, pounds: int = 9_250) -> Use:
    """Ask for a year of study."""
    return use(id_, LLE, pounds * 100, on, unit="gbp-penny", provider="open-university")


def left(story: Story) -> dict[str, tuple[int, int]]:
    """Return what is used of each lot, and what is left, in pennies."""
    return {id_: (lot.used, lot.available) for id_, lot in story.account.lots.items()}


def test_37_000_pounds_become_38_140_when_the_limit_rises(pupil: Story) -> None:
    assert pupil.rights(LLE) == {f"{LLE}/once": "GBP 37000.00"}
    assert pupil.tell("2030-07-31") == []
    assert pupil.due_on == day("2030-08-01")
    (granted,) = pupil.tell("2030-08-01")
    assert isinstance(granted, RightGranted)
    assert granted.lot == f"{LLE}/2030-08-01/revaluation"
    assert granted.quantity == (38_140 - 37_000) * 100
    assert granted.basis.facts, "those that the entitlement rests on"


def test_w52_three_years_use_27_750_and_leave_9_250_which_become_9_535(pupil: Story) -> None:
    for year in ("2027", "2028", "2029"):
        pupil.tell(f"{year}-09-20", study(year, f"{year}-09-20"))
    assert left(pupil) == {f"{LLE}/once": (27_750_00, 9_250_00)}
    pupil.tell("2030-08-01")
    assert left(pupil) == {
        f"{LLE}/once": (27_750_00, 9_250_00),
        f"{LLE}/2030-08-01/revaluation": (0, 285_00),
    }


def test_a_use_that_becomes_known_late_takes_its_growth_back(pupil: Story) -> None:
    pupil.tell("2030-08-02")
    heard = pupil.tell("2030-08-02", study("late", "2029-09-20"))
    (withdrawn,) = (each for each in heard if isinstance(each, RightWithdrawn))
    assert (withdrawn.lot, withdrawn.quantity) == (f"{LLE}/2030-08-01/revaluation", 285_00)
    assert pupil.tell("2030-08-02", ReachDay(anew=True)) == []


def test_who_has_nothing_is_not_woken_and_gets_nothing(pupil: Story) -> None:
    story = Story(pupil.rules)
    story.tell("2030-07-31", said("job", employment(), "2020-01-01"))
    assert story.due_on is None
    assert [each.lot for each in story.tell("2030-08-01") if isinstance(each, RightGranted)] == []


def test_a_right_that_is_given_once_has_the_numbers_of_its_own_day() -> None:
    """The trial limit is 103.33 in the autumn of 2020, and 250 from February 2021 on."""
    story = Story(rulebook.load(TRIAL))
    story.tell("2020-12-31", said("job", employment(), "2020-12-31", "2021-01-01"))
    assert story.rights(GROWN) == {f"{GROWN}/once": "GBP 309.99"}
    story.tell("2021-02-01")
    assert story.rights(GROWN)[f"{GROWN}/2021-02-01/growth"] == "GBP 440.01"
    late = Story(rulebook.load(TRIAL))
    late.tell("2021-02-01", said("job", employment(), "2021-02-01"))
    assert late.rights(GROWN) == {f"{GROWN}/once": "GBP 750.00"}


def test_what_grew_grows_again() -> None:
    story = Story(rulebook.load(TRIAL))
    story.tell("2021-01-01", said("job", employment(), "2019-01-01", "2019-01-02"))
    story.tell("2024-08-01")
    assert story.rights(GROWN) == {
        f"{GROWN}/once": "GBP 300.00",
        f"{GROWN}/2019/yearly": "GBP 0.27",
        f"{GROWN}/2020-08-01/growth": "GBP 10.00",
        f"{GROWN}/2021-02-01/growth": "GBP 440.41",
        f"{GROWN}/2024-08-01/growth": "GBP 3.00",
    }
