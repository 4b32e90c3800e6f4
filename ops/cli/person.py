"""Commands about one person: balance, history, explain."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ops.cli.opening import known_person, look
from ops.cli.output import (
    AsJson,
    Exit,
    Lang,
    Person,
    Problem,
    console,
    emit,
    lines,
    speaking,
    table,
)

if TYPE_CHECKING:
    from ledger.audit.held import Held
    from ledger.audit.seen import Seen
    from ledger.domain.lots import Lot
    from ledger.domain.quantities import Unit
    from ledger.domain.rulebook import Rulebook
    from projections.tables import Conn
    from projections.timeline.project import EntryRow
    from projections.timeline.view import Order

Json: TypeAlias = dict[str, Any]

HISTORY_ENTRIES = 50
MAX_HISTORY_ENTRIES = 100_000
"""Most entries that one history holds."""

MAX_YEARS_AHEAD = 100
"""How far ahead a day may be asked about."""

KEPT = {"keep": "kept, no new use", "freeze": "frozen by rule", "frozen": "frozen"}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(balance)
    app.command()(history)
    app.command()(explain)


def _day(text: str) -> date:
    """Read a day; whatever lies beyond a lifetime would only take long to be told."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write one as 2021-09-01") from None
    if day.year > datetime.now(UTC).year + MAX_YEARS_AHEAD:
        raise typer.BadParameter(f"{text!r} is no day within {MAX_YEARS_AHEAD} years from now")
    return day


def instant(text: str) -> datetime:
    """Read an instant, or a day: its end, where the office is."""
    from ledger.service.clock import OFFICE_ZONE

    try:
        return datetime.combine(date.fromisoformat(text), time.max, OFFICE_ZONE)
    except ValueError:
        pass
    try:
        told = datetime.fromisoformat(text)
        if told.tzinfo is not None:
            told.astimezone(OFFICE_ZONE)
    except (ValueError, OverflowError):
        told = None
    if told is None or told.tzinfo is None:
        right = "a day as 2021-11-15, or an instant with its offset as 2021-11-15T09:30+01:00"
        raise typer.BadParameter(f"{text!r} is no instant; write {right}")
    return told


On = Annotated[
    date | None,
    typer.Option(parser=_day, metavar="DATE", help="The day in the world; today when left out."),
]
Known = Annotated[
    datetime | None,
    typer.Option(
        parser=instant,
        metavar="WHEN",
        help="As the ledger knew it then: an instant, or a day (its end).",
    ),
]


def balance(
    person: Person,
    *,
    on: On = None,
    known: Known = None,
    scheme: Annotated[str | None, typer.Option(help="Only this scheme's rights.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="With rights that were taken back whole, unused.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a person has, lot by lot: from the read model, with its lag.

    With --known, or for a day that is past, from the log: what was true then, as it was known.
    """
    day = asked_day(on, known)
    with known_person(person, known) as (url, store):
        if known is None and day >= asked_day(None):
            held, position = _newest(url, person, day)
            lag = max(store.head() - position, 0)
        else:
            seen = look(store, person, known)
            held, position, lag = list(seen.held(day)), seen.position, 0
    if scheme is not None:
        held = [each for each in held if each.lot.scheme == scheme]
        if not held:
            find_scheme(scheme)
    answer = {"person": person, "on": day, "known": known, "position": position, "lag": lag,
              "lots": [lot_form(each) for each in held] if as_json else []}  # fmt: skip

    def show() -> None:
        show_lots(held, every=every)
        console.print(f"on {day}, {_freshness(answer)}")

    emit(answer, as_json, show)


def history(
    person: Person,
    *,
    on: Annotated[
        date | None,
        typer.Option(
            parser=_day, metavar="DATE", help="Only what counted by this day, or says no day."
        ),
    ] = None,
    known: Known = None,
    limit: Annotated[
        int, typer.Option(min=1, max=MAX_HISTORY_ENTRIES, help="At most so many entries.")
    ] = HISTORY_ENTRIES,
    newest: Annotated[bool, typer.Option("--newest/--oldest", help="Which come first.")] = True,
    as_json: AsJson = False,
) -> None:
    """Tell what happened to a person's rights: when it was recorded, since when it counts, by whom.

    What was refused is told, too. That of an account that was merged ends by saying into which.
    With --known it is what had been recorded by then, and with --on what counted by that day.
    """
    from ledger.words.language import ENGLISH

    with known_person(person, also_merged=True) as (url, store):
        if on is None and known is None:
            with _projection(url) as conn:
                position, told, more = _told(conn, person, limit, newest=newest)
            lag = max(store.head() - position, 0)
        else:
            seen = look(store, person, known)
            told, more = told_then(seen, on, limit, newest=newest)
            position, lag = seen.position, 0
    answer = {"person": person, "on": on, "known": known, "position": position, "lag": lag,
              "entries": told, "more": more}  # fmt: skip

    def rows() -> Iterator[tuple[object, ...]]:
        for (recorded, actor), entries in groupby(told, itemgetter("recorded_at", "actor")):
            yield ENGLISH.moment(recorded), "", f"by {actor}:"
            yield from (("", entry["effective_on"], entry["sentence"]) for entry in entries)

    def show() -> None:
        table(["recorded", "counts from", "what"], rows())
        if more:
            console.print(f"there is more; --limit shows more than {limit}")
        console.print(_freshness(answer))

    emit(answer, as_json, show)


def explain(
    person: Person,
    scheme: Annotated[str, typer.Argument(help="The scheme, such as be-vlg/vov.")],
    *,
    on: On = None,
    known: Known = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Explain what a person has of a scheme, or why nothing: facts, rules, steps, sources.

    With --known by what was known then, and by the texts of the rules that were in use then.
    """
    from ledger.words.explanation import as_text
    from ops.cli.explanation import as_data
    from ops.ledger_wiring import rulebook

    say = speaking(lang)
    with known_person(person, known) as (_, store):
        seen = look(store, person, known)
        find_scheme(scheme, seen.rules)
        told = seen.explained(scheme, seen.day(on))
    emit(
        {"person": person, **as_data(told)},
        as_json,
        lambda: lines(as_text(told, rulebook().providers, say)),
    )


@contextmanager
def _projection(url: str) -> "Iterator[Conn]":
    """Connect to the read models; say what to run when they were never made."""
    from projections.runner import connect

    with connect(url) as conn:
        try:
            yield conn
        except LookupError as error:
            message = f"{error}: `rugzak projections run --once`"
            raise Problem(message, Exit.FINDINGS) from None


def find_scheme(id_: str, rules: "Rulebook | None" = None) -> Any:  # noqa: ANN401  a Scheme, imported late
    """Find a scheme of the regulations that are loaded, or of other rules."""
    from ledger.domain.expressions import nearest
    from ops.ledger_wiring import rulebook

    schemes = (rules or rulebook()).schemes
    if id_ not in schemes:
        known = f"known: {', '.join(sorted(schemes))}"
        raise Problem(f"there is no scheme {id_!r}{nearest(id_, schemes)}; {known}")
    return schemes[id_]


def _newest(url: str, person: Person, on: date) -> "tuple[list[Held], int]":
    """Answer from the read model; its position, too."""
    from ledger.audit.held import Held
    from projections.balances.project import lot_of
    from projections.balances.view import balances_of
    from projections.tables import ask

    with _projection(url) as conn:
        found = ask(conn, balances_of(person, on))
    return [
        Held(
            lot=lot_of(each.lot),
            available=each.available,
            pending=each.pending,
            stops=each.stops,
            rule=each.lot.rule,
        )
        for each in found.lots
    ], found.position


def lot_form(held: "Held") -> Json:
    """Return a lot for programs."""
    from ops.cli.forms import amount, amounts

    unit = held.lot.unit
    return amounts(held.lot) | {
        "available": amount(held.available, unit),
        "usable": amount(0 if held.stops else held.available, unit),
        "pending": amount(held.pending, unit),
        "rule": held.rule,
        "stops": held.stops,
    }


def show_lots(held: "Sequence[Held]", *, every: bool) -> None:
    """Write lots under their schemes; what stops a scheme's use stops that of all its lots."""
    from ledger.domain.quantities import shown
    from ledger.words.explanation import figures
    from ledger.words.language import ENGLISH
    from ops.ledger_wiring import rulebook

    schemes = rulebook().schemes
    chosen = [each for each in held if every or _was_something(each.lot)]
    for scheme, group in groupby(chosen, lambda each: each.lot.scheme):
        lots = list(group)
        name = schemes[scheme].names["en"] if scheme in schemes else "no longer a scheme"
        console.print(f"{name} ({scheme})", style="bold")
        for stop in lots[0].stops:
            console.print(f"{KEPT[stop.mode]} since {stop.since}: {stop.reason}", markup=False)
        table(
            ("", ""),
            (
                (
                    f"  {each.lot.id.removeprefix(scheme).removeprefix('/')}",
                    figures(each.lot, each.available)
                    + (f", {shown(each.pending, each.lot.unit)} to come" if each.pending else "")
                    + f"\n{ENGLISH.span(each.lot.term)}, {each.lot.funder}, {each.rule}",
                )
                for each in lots
            ),
        )
        console.print()
    if not chosen:
        console.print("no rights")
    if len(held) > len(chosen):
        console.print(f"{len(held) - len(chosen)} that were taken back whole: --all shows them")


def _was_something(lot: "Lot") -> bool:
    """Tell whether anything of a lot was left to the person, or is beyond what is due."""
    return bool(lot.net or lot.transferred_in or lot.committed or lot.expired or lot.shortfall)


def _freshness(answer: Mapping[str, Any]) -> str:
    from ledger.words.language import ENGLISH

    if answer.get("known") is not None:
        known = ENGLISH.moment(answer["known"])
        return f"as known at {known} (up to event {answer['position']} of the log)"
    return f"as of event {answer['position']}, {answer['lag']} events behind the log"


def _told(
    conn: "Conn", person: Person, limit: int, *, newest: bool
) -> tuple[int, list[Json], bool]:
    """Read entries, page by page, until there are enough; say whether there are more."""
    from projections.tables import ask
    from projections.timeline.view import MAX_PAGE_ENTRIES, timeline_of

    providers = _providers()
    told: list[Json] = []
    beyond: int | None = None
    while True:
        wanted = timeline_of(
            person,
            order="newest first" if newest else "oldest first",
            beyond=beyond,
            limit=min(limit - len(told), MAX_PAGE_ENTRIES),
        )
        page = ask(conn, wanted)
        told += [_entry(entry, page.units, providers) for entry in page.entries]
        beyond = page.beyond
        if beyond is None or len(told) == limit:
            return page.position, told, beyond is not None


def told_then(
    seen: "Seen", on: date | None, limit: int, *, newest: bool
) -> tuple[list[Json], bool]:
    """Return entries as they were known, and whether there are more."""
    from projections.timeline.known import timeline_from

    order: Order = "newest first" if newest else "oldest first"
    page = timeline_from(seen, on, seen.position, order=order, limit=limit)
    told = [_entry(each, page.units, _providers()) for each in page.entries]
    return told, page.beyond is not None


def _providers() -> dict[str, str]:
    from ops.ledger_wiring import rulebook

    return {each.id: each.name for each in rulebook().providers.values()}


def _entry(entry: "EntryRow", units: "Mapping[str, Unit]", providers: Mapping[str, str]) -> Json:
    from ledger.store.catalogue import CODEC, READABLE
    from ledger.words.sentences import sentence
    from ops.cli.forms import amount

    event: Any = CODEC.decode(READABLE[entry.kind][0].cls, entry.details.encode())
    return entry._asdict() | {
        "recorded_at": entry.recorded_at.astimezone(UTC),
        "quantity": amount(entry.quantity or 0, entry.unit) if entry.unit else None,
        "details": event,
        "sentence": sentence(event, units, providers),
    }


def asked_day(on: date | None, known: datetime | None = None) -> date:
    """Return the day asked about: when left out, that of the knowledge, at the latest today."""
    from ledger.audit.held import day_asked
    from ledger.service.clock import SystemClock

    return day_asked(on, known, SystemClock().now().today)
