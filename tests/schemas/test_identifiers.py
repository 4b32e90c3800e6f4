"""Belgian identifiers: what is right, and that every mistyped digit is found, or said not to be."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identifiers import (
    NationalNumber,
    enterprise_number,
    establishment_unit_number,
    national_number,
    nsso_number,
)

BELGIF = [
    "23292805780", "81050003552", "92200006963", "10200100128", "24203200171", "92321506985",
    "92400006909", "10400100171", "92521506931", "70252501507", "92471506993", "19282416134",
    "80240199943", "81000003517", "10000100182", "00003241778", "81120103571", "81050103522",
    "19082416188",
]  # fmt: skip
"""Numbers that belgif/rest-problem-java takes for right in its tests."""


def test_w59_each_number_fits_the_rule_of_its_own_century_only() -> None:
    nineties = national_number("93051822361")
    assert nineties == NationalNumber(
        digits="93051822361", register="national", century=1900,
        born=date(1993, 5, 18), sex="male",
    )  # fmt: skip
    noughties = national_number("00.01.25-567.77")
    assert noughties == NationalNumber(
        digits="00012556777", register="national", century=2000,
        born=date(2000, 1, 25), sex="male",
    )  # fmt: skip


@pytest.mark.parametrize("number", BELGIF)
def test_what_the_government_s_own_check_takes_is_taken(number: str) -> None:
    assert national_number(number).digits == number


@pytest.mark.parametrize(
    ("number", "register", "born", "sex"),
    [
        ("81050103522", "national", date(1981, 5, 1), "male"),
        ("81050003552", "national", None, "male"),
        ("81000003517", "national", None, "male"),
        ("92321506985", "bis", date(1992, 12, 15), None),
        ("92521506931", "bis", date(1992, 12, 15), "male"),
        ("92200006963", "bis", None, None),
    ],
)
def test_a_number_reveals_birth_and_sex_as_far_as_they_were_known(
    number: str, register: str, born: date | None, sex: str | None
) -> None:
    found = national_number(number)
    assert (found.register, found.born, found.sex) == (register, born, sex)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("", "has 11 digits"),
        ("9305182236", "has 11 digits"),
        ("9305182236१", "has 11 digits"),
        ("81130103578", "the month"),
        ("81533103597", "the month"),
        ("81023003522", "check digits|no day"),
        ("81043103522", "check digits|no day"),
        ("47060200096", "counter"),
        ("99020299964", "counter"),
        ("81050103521", "check digits"),
    ],
)
def test_what_is_wrong_with_a_number_is_said_without_a_digit_of_it(wrong: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        national_number(wrong)
    assert not wrong or wrong not in str(error.value)


def test_nothing_that_a_number_reveals_is_in_its_repr() -> None:
    assert repr(national_number("93051822361")) == "NationalNumber(register='national')"


@st.composite
def national_numbers(draw: st.DrawFn) -> str:
    """Draw a right number of either register and century."""
    born = draw(st.dates(date(1900, 1, 1), date(2026, 12, 31)))
    month = born.month + draw(st.sampled_from([0, 20, 40]))
    base = f"{born:%y}{month:02}{born:%d}{draw(st.integers(1, 998)):03}"
    return f"{base}{97 - int(('2' if born.year >= 2000 else '') + base) % 97:02}"


@given(right=national_numbers(), at=st.integers(0, 10), other=st.integers(1, 9))
def test_one_wrong_digit_is_found_unless_it_makes_a_number_of_the_other_century(
    right: str, at: int, other: int
) -> None:
    """Only the year's last digit can hide, when it is off by six: the number holds no century."""
    wrong = with_digit(right, at, other)
    try:
        found = national_number(wrong)
    except ValueError:
        return
    assert found.century != national_number(right).century
    assert (at, abs(int(wrong[1]) - int(right[1]))) == (1, 6)


@given(base=st.integers(0, 19_999_999), at=st.integers(0, 9), other=st.integers(1, 9))
def test_one_wrong_digit_in_an_enterprise_number_is_found(base: int, at: int, other: int) -> None:
    right = f"{base:08}{97 - base % 97:02}"
    assert enterprise_number(right) == right
    with pytest.raises(ValueError, match=r"digit|begins"):
        enterprise_number(with_digit(right, at, other))


@given(base=st.integers(20_000_000, 89_999_999), at=st.integers(0, 9), other=st.integers(1, 9))
def test_one_wrong_digit_in_an_establishment_unit_s_number_is_found(
    base: int, at: int, other: int
) -> None:
    right = f"{base:08}{97 - base % 97:02}"
    assert establishment_unit_number(right) == right
    with pytest.raises(ValueError, match=r"digit|begins"):
        establishment_unit_number(with_digit(right, at, other))


def with_digit(number: str, at: int, further: int) -> str:
    """Return a number with one digit changed."""
    return f"{number[:at]}{(int(number[at]) + further) % 10}{number[at + 1 :]}"


def test_an_enterprise_number_may_begin_with_1_and_be_written_with_dots() -> None:
    assert enterprise_number("0566.988.259") == "0566988259"
    assert enterprise_number("1000.000.021") == "1000000021"
    assert establishment_unit_number("2.297.964.444") == "2297964444"
    for not_one in ("2297964444", "20000000032", "0884303370", "test"):
        with pytest.raises(ValueError, match=r"digit|begins"):
            enterprise_number(not_one)
    with pytest.raises(ValueError, match="begins with 2 to 8"):
        establishment_unit_number("0884303369")


@pytest.mark.parametrize(
    "number",
    [100006, 212345609, 312345625, 200000031, 499999982, 187995796, 168676597, 5134794036,
     5000000120, 5999999989, 5678901277, 43220065, 2130057, 22300094, 5170096, 55290097],
)  # fmt: skip
def test_nsso_numbers_of_both_kinds_are_taken(number: int) -> None:
    assert nsso_number(str(number)) == f"{number:010}"


@pytest.mark.parametrize(
    "number",
    [193, 196, 4000000100, 6999999999, 5678901279, 1000000047, 5000000121, 6000000086, 12345678901],
)
def test_other_nsso_numbers_are_not(number: int) -> None:
    with pytest.raises(ValueError, match=r"NSSO number|check digits"):
        nsso_number(str(number))
