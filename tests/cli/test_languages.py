"""Each language says everything, and says it right."""

import ast
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor
from jinja2 import Environment
from jinja2.nodes import Call

import ledger.words
import ops
import projections
from ledger.audit.books.movements import NAMES
from ledger.audit.report.activity import FLOWS
from ledger.audit.report.model import CheckName
from ledger.domain.calendar import OPEN, Term
from ledger.domain.carried import TAKEN_BEFORE, TOLD_BEFORE
from ledger.domain.decide import NOT_CAPTURED, REST
from ledger.domain.dues import OTHER_HOLDER, OTHER_UNIT, UNTOLD
from ledger.domain.entrusted import CARRIED_OVER, GIVEN_ELSEWHERE
from ledger.domain.events import Counts
from ledger.domain.facts import CIRCUMSTANCES, Circumstance, Evidence
from ledger.domain.mandates import Action
from ledger.domain.merging import FROZEN_BEFORE
from ledger.domain.parting import CHANGED_THERE, FROZEN_THERE, PARTED, UNFROZEN_THERE
from ledger.domain.portability import Mode
from ledger.domain.quantities import EURO, Rounding, Unit, plural
from ledger.domain.regulation import DECEASED
from ledger.domain.settle import (
    CORRECTED,
    DEADLINE_OVER,
    GIVEN_UP,
    NEVER_DUE,
    NO_LONGER_TOPPED_UP,
    TERM_OVER,
)
from ledger.domain.shared import Each, Per
from ledger.domain.taking import USED_IN_TERM
from ledger.domain.use import course_names
from ledger.words.explanation import FIGURES
from ledger.words.language import CODES, ENGLISH, FOLDER, Catalogue, Code, Language
from ledger.words.sentences import rounding, status
from ledger.words.wording import ids as vocabulary
from ops.books.report_page import PAGES

STORED = [
    "amount",
    "room under the cap",
    *(CORRECTED, DEADLINE_OVER, DECEASED, GIVEN_UP, NEVER_DUE, NO_LONGER_TOPPED_UP),
    *(NOT_CAPTURED, REST, TERM_OVER, USED_IN_TERM),
    *(TAKEN_BEFORE, FROZEN_BEFORE, PARTED, FROZEN_THERE, UNFROZEN_THERE, TOLD_BEFORE),
    *(CHANGED_THERE, CARRIED_OVER, GIVEN_ELSEWHERE),
    *OTHER_HOLDER.values(),
    *(OTHER_UNIT.format(plural(unit)) for unit in get_args(Unit)),
    *(UNTOLD.format(name.replace("_", "-")) for name in course_names(EURO)),
]
"""Texts that events hold, or that the domain writes."""

FAMILIES: dict[str, tuple[str, ...]] = {
    "book-": NAMES,
    "book-means-": NAMES,
    "check-": get_args(CheckName),
    "flow-": FLOWS,
    "report-": ("opening", "movement", "closing"),
    "evidence-": get_args(Evidence),
    "figure-": FIGURES,
    "hindrance-": ("ceiling", "frozen", "restricted", "worthless", "zero"),
    "may-": get_args(Action),
    "measure-": ("h", "hour", "voucher", "vouchers"),
    "measured-": ("minute", EURO, "voucher"),
    "rounded-": (*get_args(Rounding), *(f"{how}-to" for how in get_args(Rounding))),
    "shared-": (*get_args(Counts), *get_args(Each), *get_args(Per)),
    "sex-": ("female", "male", "x"),
    "standing-": get_args(Mode),
    "state-": ("usable", "kept", "open", "closed"),
    "value-": ("yes", "no", "none"),
}
"""Messages whose names the program puts together."""

FREE = ("like-name-", "place-", "text-")
"""Beginnings of messages that are found by what a rule, a fact or an event holds."""

NL, FR = Language("nl"), Language("fr")


@cache
def catalogue(code: Code) -> dict[str, ftl.Message]:
    """Return a language's messages; nothing in the file may be anything else."""
    parsed = FluentParser().parse((FOLDER / f"{code}.ftl").read_text("utf-8"))
    kinds = (ftl.Message, ftl.GroupComment, ftl.Comment)
    assert [each for each in parsed.body if not isinstance(each, kinds)] == []
    messages = [each for each in parsed.body if isinstance(each, ftl.Message)]
    assert all(map(stands_alone, messages))
    assert len({each.id.name for each in messages}) == len(messages), "said twice"
    return {each.id.name: each for each in messages}


def stands_alone(message: ftl.Message) -> bool:
    """Tell whether a message refers to no other one, which would have to be read as well."""
    alone = True

    class Finder(Visitor):
        def visit_MessageReference(self, _: ftl.MessageReference) -> None:  # noqa: N802
            nonlocal alone
            alone = False

        def visit_TermReference(self, _: ftl.TermReference) -> None:  # noqa: N802
            nonlocal alone
            alone = False

    Finder().visit(message)
    return alone


def values(message: ftl.Message) -> set[str]:
    """Return the names of the values that a message takes."""
    found: set[str] = set()

    class Finder(Visitor):
        def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802
            found.add(node.id.name)

    Finder().visit(message)
    return found


def program() -> Iterator[ast.AST]:
    """Yield every node of the program that writes text for people."""
    rooms = (ledger.words, ops, projections)
    for path in sorted(
        each for room in rooms for each in Path(room.__file__ or "").parent.rglob("*.py")
    ):
        yield from ast.walk(ast.parse(path.read_text("utf-8")))


def page_calls() -> Iterator[tuple[str, set[str | None]]]:
    """Yield each message that the report's page says by its name, and which values it is given."""
    template = Environment(autoescape=True).parse((PAGES / "report.html").read_text("utf-8"))
    for call in template.find_all(Call):
        if getattr(call.node, "name", "") == "say":
            [message] = call.args
            yield message.as_const(), {each.key for each in call.kwargs}


@pytest.mark.parametrize("code", CODES)
def test_each_language_has_the_same_messages_with_the_same_values(code: Code) -> None:
    ours, english = catalogue(code), catalogue("en")
    assert ours.keys() == english.keys()
    different = [name for name in ours if values(ours[name]) != values(english[name])]
    assert different == []


@pytest.mark.parametrize("code", CODES)
def test_a_message_that_is_read_by_itself_is_the_one_of_the_whole_file(code: Code) -> None:
    whole, each_alone = FluentBundle([code]), Catalogue(code)
    whole.add_resource(FluentResource((FOLDER / f"{code}.ftl").read_text("utf-8")))
    for name in catalogue(code):
        assert name in each_alone
        alone, beside = each_alone.with_message(name).get_message(name), whole.get_message(name)
        assert alone.value is not None
        assert beside.value is not None
        assert alone.value.equals(beside.value), name


def test_no_message_is_missing_and_none_is_left_over() -> None:
    said = {f"{family}{each}" for family, each_of in FAMILIES.items() for each in each_of}
    said |= set(vocabulary())
    assert said - catalogue("en").keys() == set()
    constants = (node.value for node in program() if isinstance(node, ast.Constant))
    said |= {value for value in constants if isinstance(value, str)}
    said |= {message for message, _ in page_calls()}
    left_over = [name for name in catalogue("en") if name not in said]
    assert [name for name in left_over if not name.startswith(FREE)] == []


def test_the_program_gives_each_message_its_values() -> None:
    calls = [
        (str(node.args[0].value), {each.arg for each in node.keywords})
        for node in program()
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", ""))
        in {"say", "self", "ENGLISH", "Text"}
        and isinstance(node.args[0], ast.Constant)
        and None not in {each.arg for each in node.keywords}
    ]
    assert len(calls) > 100
    calls += page_calls()
    english = catalogue("en")
    assert [(name, given) for name, given in calls if name not in english] == []
    assert [(name, given) for name, given in calls if values(english[name]) != given] == []


@pytest.mark.parametrize("code", CODES)
def test_what_events_hold_is_said_in_each_language(code: Code) -> None:
    from ledger.words.assumptions import ASSUMED

    texts = [*STORED, *ASSUMED.values()]
    assert [text for text in texts if Language(code).known(text) is None] == []
    said = [status(Circumstance(name=name), Language(code)) for name in CIRCUMSTANCES]
    assert [each for each in said if each.endswith("(en)")] == []


def test_a_circumstance_that_no_rule_asks_for_is_said_as_its_source_does() -> None:
    assert status(Circumstance(name="beekeeping"), FR) == "beekeeping (en)"


@pytest.mark.parametrize("text", [*STORED, "a text of nobody's", "works-enough"])
def test_english_stays_as_it_was_written(text: str) -> None:
    course = text.startswith("the-course-")  # its plain name would be no English
    assert course or ENGLISH.text(text) == text.replace("-", " ")


@pytest.mark.parametrize(
    ("quantity", "unit", "nl", "fr", "en"),
    [
        (5_625, "minute", "93,75 u", "93,75 h", "93.75 h"),
        (3_947, "minute", "65 u 47 min", "65 h 47 min", "65 h 47 min"),
        (29_167, "cent", "291,67 EUR", "291,67 EUR", "EUR 291.67"),
        (-500, "cent", "-5,00 EUR", "-5,00 EUR", "EUR -5.00"),
        (3_814_000, "gbp-penny", "38140,00 GBP", "38140,00 GBP", "GBP 38140.00"),
        (-5, "sgd-cent", "-0,05 SGD", "-0,05 SGD", "SGD -0.05"),
        (2, "voucher", "2 cheques", "2 chèques", "2 vouchers"),
    ],
)
def test_an_amount_is_exact_in_each_language(
    quantity: int, unit: Unit, nl: str, fr: str, en: str
) -> None:
    assert [each.amount(quantity, unit) for each in (NL, FR, ENGLISH)] == [nl, fr, en]


@pytest.mark.parametrize(
    ("written", "nl", "fr"),
    [
        ("yes", "ja", "oui"),
        ("none", "geen", "aucun"),
        ("4/5", "4/5", "4/5"),
        ("2025-09", "september 2025", "septembre 2025"),
        ("2025-09-01", "1 september 2025", "1er septembre 2025"),
        ("2025-01-01 to 2025-12-31", "van 1 januari 2025 tot en met 31 december 2025", "du 1er janvier 2025 au 31 décembre 2025"),
        ("93.75 h", "93,75 u", "93,75 h"),
    ],
)  # fmt: skip
def test_the_steps_of_a_stored_basis_are_said_in_each_language(
    written: str, nl: str, fr: str
) -> None:
    assert (NL.figures(written), FR.figures(written), ENGLISH.figures(written)) == (nl, fr, written)


def test_a_term_and_a_rate_are_said_in_each_language() -> None:
    term = Term(date(2025, 2, 2), OPEN)
    assert [each.span(term) for each in (NL, FR, ENGLISH)] == [
        "vanaf 2 februari 2025", "à partir du 2 février 2025", "from 2025-02-02",
    ]  # fmt: skip
    assert NL.text("3 SGD is 2 GBP") == "3 SGD is 2 GBP"
    assert FR.text("3 SGD is 2 GBP") == "au taux de 2 GBP pour 3 SGD"
    said: list[Any] = [each.text("1 hour is 15 EUR") for each in (NL, FR, ENGLISH)]
    assert said == ["1 uur is 15 EUR", "au taux de 15 EUR pour 1 heure", "1 hour is 15 EUR"]


def test_what_a_language_lacks_is_said_in_english_and_marked() -> None:
    assert NL.text("works-enough") == "works enough (en)"
    assert NL.text("Rights stay.") == "Rights stay. (en)"
    assert Language("nl", {"works-enough": {"nl": "werkt genoeg"}}).text("works_enough") == (
        "werkt genoeg"
    )


def test_a_message_that_is_not_there_is_told_by_its_name() -> None:
    with pytest.raises(RuntimeError, match=r"'no-such-thing' is missing in nl\.ftl"):
        NL("no-such-thing")
    with pytest.raises(RuntimeError, match="'lapsed' can't be said in fr"):
        FR("lapsed")


def test_what_a_scheme_counts_in_and_rounds_to_is_named_in_each_language() -> None:
    units: tuple[Unit, ...] = ("cent", "sgd-cent", "gbp-penny")
    assert [[each.measured(unit) for unit in units] for each in (NL, FR, ENGLISH)] == [
        ["euro", "Singaporese dollar", "Britse pond"],
        ["euros", "dollars de Singapour", "livres sterling"],
        ["euros", "Singapore dollars", "British pounds"],
    ]
    assert [rounding("up", 100, "gbp-penny", each) for each in (NL, FR, ENGLISH)] == [
        "naar boven afgerond op een veelvoud van 1,00 GBP",
        "arrondi au multiple supérieur de 1,00 GBP",
        "rounded up to a multiple of GBP 1.00",
    ]
