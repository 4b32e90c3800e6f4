"""The rules' language: whatever is written, it is refused with a reason or it can be evaluated."""

import re
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.account import Account
from ledger.domain.calendar import Term
from ledger.domain.career import Asked, Person, Questions
from ledger.domain.commands import Course
from ledger.domain.events import Event, ProfileRecorded, StatusRecorded
from ledger.domain.evolve import take
from ledger.domain.expressions import Expression, Type, Values, WrongExpression, compiled
from ledger.domain.facts import Birth, FactId, Profile, Qualification, Residence, Spell, Status
from tests.laws.lives import jobs, others

NAMES: dict[str, Type] = {
    "period": "term",
    "day": "day",
    "course_starts": "day",
    "share": "number",
    "hours": "minute",
    "price": "cent",
    "pounds": "gbp-penny",
    "yes": "bool",
}
TYPES = (
    "bool",
    "number",
    "day",
    "term",
    "spells",
    "minute",
    "cent",
    "gbp-penny",
    "voucher",
    "text",
)

edges = st.sampled_from([date.min, date(1, 1, 2), date(9999, 1, 1), date(9999, 12, 30), date.max])
any_days = edges | st.dates()
wide_terms = st.tuples(any_days, any_days).filter(lambda pair: pair[0] != pair[1]).map(sorted)
places = ["be-vlg", "fr"]

words = st.sampled_from(
    """period day course_starts share hours price yes employment() civil_service(place='fr')
    jobseeking(benefit=True) self_employment(activity='main') study() retirement() employment
    .exists_on( .exists_in( .share_in( .share_over( .weekly_in( .months_in( level_below( level_from(
    age_from( lives_in( course_month( months_after( month(march,of=period) min( max( ) ( , + - * /
    and or not if else < <= > >= == != 0 1 12 999999999999 1/2 0.5 'be-vlg' True False None is in
    lambda [ ] { } : ** // % ~ . _ __class__ := = @ & | ^ \\ # ' " """.split()  # noqa: SIM905  a list of words
)
scribbles = st.one_of(
    st.text(max_size=40),
    st.lists(words, max_size=12).map(" ".join),
    st.lists(words, max_size=8).map("".join),
)


SPELLS = ["employment(sector='private')", "civil_service()", "self_employment(place='fr')"]
LEAVES = {
    "bool": ["yes", "True"],
    "number": ["share", "0", "1", "12", "999999999999"],
    "minute": ["hours"],
    "cent": ["price"],
    "gbp-penny": ["pounds"],
    "day": ["day", "course_starts"],
    "term": ["period", "month(march, of=period)"],
    "spells": SPELLS,
    "text": ["'be-vlg'", "'fr be-bru'"],
}
FORMS: dict[str, list[str]] = {
    "bool": [
        *("<bool> and <bool>", "<bool> or <bool>", "not <bool>", "<number> <= <number>"),
        *("<minute> == <minute>", "<day> < <day>", "<spells>.exists_on(<day>)"),
        *("<spells>.exists_in(<term>)", "level_below(<number>, <day>)", "lives_in(<text>, <day>)"),
        *("level_from(<number>, <day>)", "age_from(<number>, <day>)", "<spells> == <spells>"),
    ],
    "number": [
        *("<number> + <number>", "<number> - <number>", "<number> * <number>", "<number> ** 2"),
        *("<number> / <number>", "<number> / 12", "<minute> / <minute>", "min(<number>)"),
        *("max(<number>, <number>, 1)", "<spells>.share_in(<term>)", "<spells>.share_over(<term>)"),
        "<spells>.months_in(<term>)",
    ],
    "minute": [
        *("<minute> + <minute>", "<minute> * <number>", "<minute> / 12", "<minute> / <number>"),
        *("max(<minute>, <minute>)", "<spells>.weekly_in(<term>)", "<minute> + <cent>"),
    ],
    "cent": ["<cent> - <cent>", "<number> * <cent>", "min(<cent>, <cent>)", "<cent> // 2"],
    "gbp-penny": ["<gbp-penny> - <gbp-penny>", "<gbp-penny> + <cent>", "max(<gbp-penny>, <cent>)"],
    "day": ["months_after(<day>, <number>)", "max(<day>, <day>)", "max(<day>)"],
    "term": ["course_month(<term>)", "min(<term>, <term>)"],
    "spells": ["max(<spells>, <spells>)"],
    "text": ["<text> * <number>", "max(<text>, <text>)"],
}
"""Forms by type, right ones and tempting wrong ones."""


@st.composite
def written(draw: st.DrawFn, type_: str, depth: int = 3) -> str:
    """Draw an expression as an author would write it."""
    if depth == 0 or not draw(st.integers(0, 3)):
        return draw(st.sampled_from(LEAVES[type_]))
    form = draw(st.sampled_from([*FORMS[type_], f"<{type_}> if <bool> else <{type_}>"]))
    parts = re.split(r"<([\w-]+)>", form)
    parts[1::2] = [f"({draw(written(part, depth - 1))})" for part in parts[1::2]]
    return "".join(parts)


sensible = st.sampled_from(sorted(LEAVES)).flatmap(written)


@st.composite
def people(draw: st.DrawFn) -> Person:
    """Draw a person whose facts lie anywhere in the calendar."""
    account = Account()
    contents: list[Status | Profile] = draw(
        st.lists(
            st.one_of(
                jobs(places),
                others(places),
                st.builds(Birth, on=any_days),
                st.builds(Qualification, level=st.integers(0, 8), since=any_days),
                wide_terms.map(lambda pair: Residence(region="be-vlg", term=Term(*pair))),
            ),
            max_size=4,
        )
    )
    for number, content in enumerate(contents):
        event: Event
        id_ = FactId("https://dimona.example.be", f"f{number}")
        if isinstance(content, Profile):
            event = ProfileRecorded(source=id_.source, fact=id_.id, version=1, profile=content)
        else:
            spell = Spell(term=Term(*draw(wide_terms)), status=content, evidence="declared")
            event = StatusRecorded(
                source=id_.source,
                fact=id_.id,
                version=1,
                term=spell.term,
                status=spell.status,
                evidence=spell.evidence,
            )
        take(account, event)
    course = Course(id="c", provider="cvo-semper", starts_on=draw(any_days))
    asked = Asked("r", draw(any_days), course)
    return account.person(asking=("a scheme", asked) if draw(st.booleans()) else None)


def checked(text: str) -> Expression | WrongExpression:
    try:
        return compiled(text, NAMES, TYPES)
    except WrongExpression as wrong:
        return wrong


@given(scribbles | sensible, people(), any_days, any_days, wide_terms)
def test_an_expression_is_refused_with_a_place_or_can_be_evaluated_for_anybody(
    text: str, person: Person, day: date, starts: date, period: list[date]
) -> None:
    expression = checked(text)
    if isinstance(expression, WrongExpression):
        assert str(expression)
        assert 0 <= expression.column <= len(text.encode()) + 1
        return
    values: Values = {
        "period": Term(*period),
        "day": day,
        "course_starts": starts,
        "share": Fraction(1, 3),
        "hours": 7500,
        "price": 0,
        "pounds": 0,
        "yes": True,
    }
    expression.value(Questions(person, "a scheme"), values)


@pytest.mark.parametrize(
    "text", ["pounds + price", "pounds - price", "min(pounds, price)", "pounds if yes else price"]
)
def test_two_moneys_never_mix(text: str) -> None:
    wrong = checked(text)
    assert isinstance(wrong, WrongExpression)
    assert "never mix" in str(wrong)


def test_two_moneys_are_not_compared_but_nothing_is_nothing_in_each() -> None:
    assert "a gbp-penny can't be compared with a cent" in str(checked("pounds < price"))
    assert isinstance(checked("pounds > 0"), Expression)
