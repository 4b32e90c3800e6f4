"""Commands on what a person can do: quote a course, see all schemes, suppose another status."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer
import yaml

from ops.cli.opening import accounts_of, known_person, look
from ops.cli.output import AsJson, Lang, Person, Problem, console, emit, speaking, table
from ops.cli.person import Known, On, asked_day

if TYPE_CHECKING:
    from ledger.audit.prospects import Effect, Prospect
    from ledger.domain.commands import Course
    from ledger.domain.facts import Status
    from ledger.domain.quantities import Unit
    from ledger.domain.quoting import Quote
    from ledger.words.language import Language

Every = Annotated[
    bool, typer.Option("--all", help="With schemes that have nothing to do with the person.")
]

SOON_MONTHS = 6
"""Within how many months what lapses is said to lapse soon."""

STATUSES = "employee, civil-servant, jobseeker, self-employed, student, inactive, retired"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("quote")(quote_course)
    app.command("overview")(show_overview)


def quote_course(
    person: Person,
    *,
    course: Annotated[
        str,
        typer.Option(
            metavar="FILE|ID",
            help="The course: a file with id, provider, starts, and hours, credits, price, kind if "
            "known; or its id, with the options below.",
        ),
    ],
    provider: Annotated[str, typer.Option(help="Who gives it.")] = "",
    starts: Annotated[str, typer.Option(metavar="DATE", help="Its first day.")] = "",
    hours: Annotated[str, typer.Option(help="Contact hours, e.g. 40 or 37.5.")] = "",
    credits_: Annotated[str, typer.Option("--credits", help="Study points.")] = "",
    price: Annotated[
        str, typer.Option(help="In EUR, e.g. 250 or 99.50; or with the currency, e.g. 'SGD 500'.")
    ] = "",
    kind: Annotated[str, typer.Option(help="What sort it is, as the scheme calls it.")] = "",
    on: On = None,
    every: Every = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Say what each scheme gives for a course that is asked for on a day, or why it does not."""
    from ledger.audit.prospects import concerns, drawn_from, quotes
    from ledger.service.clock import SystemClock
    from ops.ledger_wiring import rulebook

    say = speaking(lang)
    told = {"id": course, "provider": provider, "starts": starts, "hours": hours,
            "credits": credits_, "price": price, "kind": kind}  # fmt: skip
    wanted, money = _course(_read(Path(course)) if Path(course).is_file() else told)
    day, rules = asked_day(on), rulebook()
    with known_person(person) as (_, store):
        account, enterprises = accounts_of(store, person, day)
        taken = store.taken(drawn_from(wanted, day, rules))
    now = SystemClock().now()
    found = list(quotes(account, wanted, day, now, rules, money, enterprises, taken))
    found.sort(key=lambda each: (not each.quantity, each.scheme.id, each.holder, each.bucket))

    def show() -> None:
        near = [
            each
            for each in found
            if every or each.quantity or each.holder or concerns(account, each.scheme)
        ]
        columns = (
            say("column-scheme"),
            f">{say('column-gives')}",
            f">{say('column-pays')}",
            say("column-until"),
            say("column-from"),
        )
        table(columns, (_row(each, wanted, day, say) for each in near))
        quoted = say("quoted-on", course=wanted.id, provider=wanted.provider, day=say.day(day))
        console.print(quoted, markup=False)
        _tell_of_others(len(found) - len(near), say)

    asked = {"person": person, "on": day, "course": wanted, "money": money}
    held = [_quoted(each) | _held_by(each, person) for each in found]
    emit(asked | {"quotes": held}, as_json, show)


def show_overview(
    person: Person,
    *,
    on: On = None,
    known: Known = None,
    supposing: Annotated[
        str,
        typer.Option(
            "--if",
            metavar="status=STATUS",
            help=f"What another status would do from that day on: {STATUSES}; with details, e.g. "
            "status=employee,share=1/2,place=be-vlg or status=self-employed,enterprise=REFERENCE.",
        ),
    ] = "",
    every: Every = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Show every scheme: what is held, what is open, what is not and why, what lapses soon.

    With --known by what was known then, and by the texts of the rules that were in use then.
    """
    from ledger.audit.prospects import concerns

    say = speaking(lang)
    status = _status(supposing) if supposing else None
    with known_person(person, known) as (_, store):
        seen = look(store, person, known)
        account, day = seen.account, seen.day(on)
        if status is None:
            stood = seen.overview(day)
        elif account.career.holder == "enterprise":
            raise Problem(f"{person} is an enterprise; --if supposes what a person does")
        else:
            changed = seen.effects(status, day)
    if status is None:
        data: dict[str, Any] = {"schemes": schemes_form(stood, day, person)}
    else:
        data = {
            "if": status,
            "effects": [_effect(each, day) | _held_by(each.before, person) for each in changed],
        }

    def show() -> None:
        if status is None:
            near = [
                each for each in stood if every or each.holder or concerns(account, each.scheme)
            ]
            columns = (
                say("column-scheme"),
                say("column-usable"),
                f">{say('column-available')}",
                say("column-lapses"),
                say("column-why"),
            )
            table(columns, (_line(each, day, say) for each in near))
            _tell_of_others(len(stood) - len(near), say)
        else:
            rows = [line for each in changed if each.changes for line in _change(each, day, say)]
            names = ("column-scheme", "column-now", "column-then", "column-why")
            table([say(name) for name in names], rows)
            if not rows:
                console.print(say("nothing-changes"))
        if known is None:
            console.print(say("known-today", day=say.day(day)))
        else:
            console.print(say("known-then", day=say.day(day), moment=say.moment(known)))

    emit({"person": person, "on": day, "known": known, **data}, as_json, show)


def schemes_form(stood: "Iterable[Prospect]", on: date, person: UUID) -> list[dict[str, Any]]:
    """Return how schemes stand, for programs."""
    return [_prospect(each, on) | _held_by(each, person) for each in stood]


def _tell_of_others(count: int, say: "Language") -> None:
    if count:
        console.print(say("others", count=count))


def _read(file: Path) -> Mapping[str, object]:
    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise Problem(f"{file} can't be read: {error}") from None
    if not isinstance(read, dict):
        raise Problem(f"{file} is no course; write id, provider and starts, one on each line")
    return read


def _course(told: Mapping[str, object]) -> "tuple[Course, Unit]":
    """Read a course, and in which money its price is."""
    from ledger.domain.commands import Course
    from ledger.domain.expressions import nearest
    from ledger.domain.quantities import DISPLAY, EURO, MONEY

    known = ("id", "provider", "starts", "hours", "credits", "price", "kind")
    for name in told:
        if name not in known:
            raise Problem(f"a course has no {name!r}{nearest(str(name), known)}")
    said = {name: str(value) for name, value in told.items() if value not in ("", None)}
    missing = [name for name in ("id", "provider", "starts") if name not in said]
    if missing:
        raise Problem(f"of the course, {' and '.join(missing)} must be told")
    try:
        starts = date.fromisoformat(said["starts"])
    except ValueError:
        raise Problem(f"{said['starts']!r} is no date; write one as 2026-09-01") from None
    currency, _, price = said.get("price", "").rpartition(" ")
    if currency not in ("", *MONEY):
        raise Problem(f"there is no money {currency!r} here; write one of {', '.join(MONEY)}")
    money = MONEY[currency] if currency else EURO
    said |= {"price": price} if price else {}
    course = Course(
        id=said["id"],
        provider=said["provider"],
        starts_on=starts,
        minutes=_number(said, "hours", 60),
        credits=_number(said, "credits", 1),
        price=_number(said, "price", DISPLAY[money][1]),
        kind=said.get("kind", ""),
    )
    return course, money


def _number(said: Mapping[str, str], name: str, per: int) -> int | None:
    if name not in said:
        return None
    try:
        exact = Fraction(said[name]) * per
    except (ValueError, ZeroDivisionError):
        raise Problem(f"{name} is a number, not {said[name]!r}") from None
    if exact.denominator != 1 or exact < 0:
        raise Problem(f"{said[name]!r} can't be {name}: at most so many decimals as it is kept in")
    return int(exact)


def _status(text: str) -> "Status":
    from ledger.audit.supposing import WrongSupposition, supposition

    try:
        return supposition(text)
    except WrongSupposition as wrong:
        raise Problem(f"--if: {wrong}; see `rugzak overview --help`") from None


def _held_by(found: "Quote | Prospect", person: UUID) -> dict[str, Any]:
    return {"holder": found.holder or person}


def _scheme(name: str, holder: str, say: "Language") -> str:
    """Name a scheme, and the enterprise that holds its rights, if one does."""
    return f"{name}\n{say('held-by', enterprise=holder)}" if holder else name


def _row(quote: "Quote", course: "Course", on: date, say: "Language") -> tuple[object, ...]:
    from ledger.words.hindrances import why

    name = _scheme(f"{quote.scheme.id} {quote.bucket}".strip(), quote.holder, say)
    pays = "" if quote.pays is None else say.amount(quote.pays, quote.scheme.money)
    if quote.quantity:
        lots = ", ".join(lot for lot, _ in quote.allocation)
        until = say.day(quote.until) if quote.until else ""
        return name, say.amount(quote.quantity, quote.unit), pays, until, lots
    return name, "", "", "", why(quote.hindrances, quote.scheme, on, say, (course, quote))


def _quoted(quote: "Quote") -> dict[str, Any]:
    from ops.cli.forms import amount, fields_of

    told = fields_of(quote) | {
        "scheme": quote.scheme.id,
        "quantity": amount(quote.quantity, quote.unit),
        "available": amount(quote.available, quote.unit),
        "may": not quote.hindrances,
    }
    if quote.worth is not None:
        told["worth"] = amount(quote.worth, quote.unit)
    if quote.pays is not None:
        told["pays"] = amount(quote.pays, quote.scheme.money)
    return told


def _prospect(prospect: "Prospect", on: date) -> dict[str, Any]:
    from ledger.domain.calendar import plus_months
    from ops.cli.forms import amount, fields_of

    soon = prospect.lapses_by(plus_months(on, SOON_MONTHS))
    return fields_of(prospect) | {
        "scheme": prospect.scheme.id,
        "name": prospect.scheme.names,
        "available": amount(prospect.available, prospect.scheme.unit),
        "standing": {"mode": prospect.standing.mode, "reason": prospect.standing.reason},
        "lapses_soon": [lot.id for lot in soon],
    }


def _effect(effect: "Effect", on: date) -> dict[str, Any]:
    return {
        "scheme": effect.before.scheme.id,
        "changes": effect.changes,
        "before": _prospect(effect.before, on),
        "after": _prospect(effect.after, on),
    }


def _line(prospect: "Prospect", on: date, say: "Language") -> tuple[object, ...]:
    from ledger.domain.calendar import OPEN, plus_months
    from ledger.words.hindrances import why

    ends = min((lot.term.until for lot in prospect.lots), default=OPEN)
    lapses = "" if ends == OPEN else say.day(ends)
    if lapses and ends <= plus_months(on, SOON_MONTHS):
        lapses = say("soon", day=lapses)
    reasons = why(prospect.hindrances, prospect.scheme, on, say)
    if prospect.state == "kept" and not reasons:
        reasons = say.of(prospect.scheme).text(prospect.standing.reason)
    return (
        _scheme(prospect.scheme.id, prospect.holder, say),
        say(f"state-{prospect.state}"),
        say.amount(prospect.available, prospect.scheme.unit) if prospect.available else "",
        lapses,
        reasons,
    )


def _change(effect: "Effect", on: date, say: "Language") -> Iterator[tuple[object, ...]]:
    from ledger.words.hindrances import why

    def told(prospect: "Prospect") -> str:
        much = say("nothing")
        if prospect.available:
            much = say.amount(prospect.available, prospect.scheme.unit)
        return say("prospect", amount=much, state=say(f"state-{prospect.state}"))

    after = effect.after
    reasons = why(after.hindrances, after.scheme, on, say)
    reasons = reasons or say.of(after.scheme).text(after.standing.reason)
    name = _scheme(after.scheme.id, after.holder, say)
    yield name, told(effect.before), told(after), reasons
