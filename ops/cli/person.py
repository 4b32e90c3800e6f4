"""Commands about one person: balance, history, explain."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ops.cli.output import AsJson, Exit, Person, Problem, console, emit, table

if TYPE_CHECKING:
    from ledger.domain.events import Envelope
    from ledger.domain.lots import Lot
    from ledger.store.postgres import PostgresStore
    from projections.tables import Conn
    from projections.timeline.project import EntryRow
    from projections.timeline.view import Timeline

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


def _instant(text: str) -> datetime:
    """Read an instant, or a day: its end, where the office is."""
    from ledger.service.clock import OFFICE_ZONE

    try:
        return datetime.combine(date.fromisoformat(text), time.max, OFFICE_ZONE)
    except ValueError:
        pass
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            instant.astimezone(OFFICE_ZONE)
    except (ValueError, OverflowError):
        instant = None
    if instant is None or instant.tzinfo is None:
        right = "a day as 2021-11-15, or an instant with its offset as 2021-11-15T09:30+01:00"
        raise typer.BadParameter(f"{text!r} is no instant; write {right}")
    return instant


On = Annotated[
    date | None,
    typer.Option(parser=_day, metavar="DATE", help="The day in the world; today when left out."),
]
Known = Annotated[
    datetime | None,
    typer.Option(
        parser=_instant,
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
    as_json: AsJson = False,
) -> None:
    """Show what a person has, lot by lot: from the read model, with its lag.

    With --known, or for a day that is past, from the log: what was true then, as it was known.
    """
    day = _asked_day(on, known)
    with _known_person(person) as (url, store):
        if known is None and day >= _asked_day(None, None):
            answer = _newest(url, store, person, day)
        else:
            answer = _from_log(store, person, day, known)
    if scheme is not None:
        answer["lots"] = [each for each in answer["lots"] if each["scheme"] == scheme]
        if not answer["lots"]:
            find_scheme(scheme)
    emit(answer, as_json, lambda: _show_balance(answer))


def history(
    person: Person,
    *,
    limit: Annotated[
        int, typer.Option(min=1, max=MAX_HISTORY_ENTRIES, help="At most so many entries.")
    ] = HISTORY_ENTRIES,
    newest: Annotated[bool, typer.Option("--newest/--oldest", help="Which come first.")] = True,
    facts: Annotated[
        bool, typer.Option(help="With what sources said about the person, not only the rights.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Tell what happened to a person's rights: when it was recorded, since when it counts, by whom.

    What was refused is told, too.
    """
    with _known_person(person) as (url, store), _projection(url) as conn:
        position, told, more = _told(conn, person, limit, newest=newest, facts=facts)
        lag = store.head() - position
    answer = {"person": person, "position": position, "lag": max(lag, 0), "entries": told,
              "more": more}  # fmt: skip

    def show() -> None:
        from ops.cli.words import moment

        table(
            ["recorded", "counts from", "what", "by"],
            (
                (moment(e["recorded_at"]), e["effective_on"], e["sentence"], e["actor"])
                for e in told
            ),
        )
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
    as_json: AsJson = False,
) -> None:
    """Explain what a person has of a scheme, or why nothing: facts, rules, steps, sources."""
    from ledger.audit.explain import explain as explained
    from ops.cli.explanation import as_data, as_text
    from ops.wiring import rulebook

    asked = find_scheme(scheme)
    with _known_person(person) as (_, store):
        envelopes = store.events_of(person)
    told = explained(envelopes, rulebook(), asked, _asked_day(on, known), known)
    emit(
        {"person": person, **as_data(told)},
        as_json,
        lambda: print("\n".join(as_text(told, rulebook().providers))),
    )


@contextmanager
def _known_person(person: Person) -> "Iterator[tuple[str, PostgresStore]]":
    """Open the ledger, if it knows the person."""
    from ops import logs
    from ops.settings import read_settings
    from ops.wiring import open_store, servers

    settings = read_settings()
    logs.configure(settings.log_format)
    with servers(settings, broker=False) as where, open_store(where.database_url) as store:
        if not store.load([person], [])[0]:
            raise Problem(
                f"the ledger knows no person {person}; if events about this person were published,"
                " see `rugzak parked list`",
                Exit.FINDINGS,
            )
        yield where.database_url, store


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


def find_scheme(id_: str) -> Any:  # noqa: ANN401  a Scheme, imported late
    """Find a scheme of the regulations."""
    from ledger.domain.expressions import nearest
    from ops.wiring import rulebook

    schemes = rulebook().schemes
    if id_ not in schemes:
        known = f"known: {', '.join(sorted(schemes))}"
        raise Problem(f"there is no scheme {id_!r}{nearest(id_, schemes)}; {known}")
    return schemes[id_]


def _newest(url: str, store: "PostgresStore", person: Person, on: date) -> Json:
    """Answer from the read model."""
    from projections.balances.view import balances_of

    with _projection(url) as conn:
        found = balances_of(conn, person, on)
    return {
        "person": person,
        "on": on,
        "known": None,
        "position": found.position,
        "lag": max(store.head() - found.position, 0),
        "lots": [
            _lot(each.lot, each.available, each.pending, each.stops, each.rule)
            for each in found.lots
        ],
    }


def _from_log(store: "PostgresStore", person: Person, on: date, known: datetime | None) -> Json:
    """Answer from the person's events, as they were known."""
    from ledger.audit.asof import as_of
    from ledger.audit.explain import stops_on

    envelopes = store.events_of(person)
    seen = [e for e in envelopes if known is None or e.metadata.recorded_at <= known]
    rules = _rules(seen)
    return {
        "person": person,
        "on": on,
        "known": known,
        "position": max((e.position or 0 for e in seen), default=0),
        "lag": 0,
        "lots": [
            _lot(each.lot, each.available, 0, stops_on(seen, each.lot.scheme, on), rules[id_])
            for id_, each in as_of(seen, on).items()
        ],
    }


def _rules(envelopes: "Iterable[Envelope]") -> dict[str, str]:
    """Return the rule of each lot's last grant, or of the transfer that made it."""
    from ledger.domain.events import RightGranted, RightTransferred

    rules: dict[str, str] = {}
    for envelope in envelopes:
        match envelope.event:
            case RightGranted(lot=lot, basis=basis):
                rules[lot] = basis.rule
            case RightTransferred(lot=lot, basis=basis):
                rules.setdefault(lot, basis.rule)
    return rules


def _lot(lot: "Lot", available: int, pending: int, stops: Iterable[Any], rule: str) -> Json:
    """Write a lot for programs; amounts are in the smallest unit, and as people write them."""
    from ledger.domain.lots import bucket_of
    from ops.cli.words import quantity, term

    stopped = [{"mode": s.mode, "since": s.since, "reason": s.reason} for s in stops]
    amounts = {
        "available": available,
        "usable": 0 if stopped else available,
        "pending": pending,
        "reserved": lot.reserved,
        "used": lot.used,
        "expired": lot.expired,
        "shortfall": lot.shortfall,
    }
    return {
        "lot": lot.id,
        "scheme": lot.scheme,
        "bucket": bucket_of(lot.id, lot.scheme),
        "term": term(lot.term),
        "funder": lot.funder,
        "rule": rule,
        "unit": lot.unit,
        **{name: quantity(amount, lot.unit) for name, amount in amounts.items()},
        "stops": stopped,
    }


def _show_balance(answer: Json) -> None:
    if answer["lots"]:
        table(
            [
                "right",
                "term",
                ">available",
                ">reserved",
                ">used",
                ">lapsed",
                ">beyond due",
                "state",
            ],
            (
                (
                    f"{lot['lot']}\n  {lot['funder']}, {lot['rule']}",
                    f"from {lot['term']['from']}\nuntil {lot['term']['until'] or 'open'}",
                    *(
                        lot[name]["shown"]
                        for name in ("available", "reserved", "used", "expired", "shortfall")
                    ),
                    _state(lot),
                )
                for lot in answer["lots"]
            ),
        )
    else:
        console.print("no rights")
    console.print(_freshness(answer))


def _state(lot: Json) -> str:
    if lot["stops"]:
        return "\n".join(
            f"{KEPT[s['mode']]} since {s['since']}: {s['reason']}" for s in lot["stops"]
        )
    if lot["pending"]["quantity"]:
        return f"{lot['pending']['shown']} from {lot['term']['from']} on"
    return "usable" if lot["usable"]["quantity"] else "nothing left"


def _freshness(answer: Mapping[str, Any]) -> str:
    from ops.cli.words import moment

    day = f"on {answer['on']}, " if "on" in answer else ""
    if answer.get("known") is not None:
        known = moment(answer["known"])
        return f"{day}as known at {known} (up to event {answer['position']} of the log)"
    return f"{day}as of event {answer['position']}, {answer['lag']} events behind the log"


def _told(
    conn: "Conn", person: Person, limit: int, *, newest: bool, facts: bool
) -> tuple[int, list[Json], bool]:
    """Read entries, page by page, until there are enough; say whether there are more."""
    from ops.wiring import rulebook
    from projections.timeline.view import MAX_PAGE_ENTRIES, timeline_of

    providers = {each.id: each.name for each in rulebook().providers.values()}
    told: list[Json] = []
    beyond: int | None = None
    while True:
        page = timeline_of(
            conn,
            person,
            order="newest first" if newest else "oldest first",
            beyond=beyond,
            limit=MAX_PAGE_ENTRIES,
        )
        told += [
            _entry(entry, page, providers)
            for entry in page.entries
            if facts or not entry.kind.startswith(("status-", "profile-"))
        ]
        beyond = page.beyond
        if beyond is None or len(told) > limit:
            return page.position, told[:limit], beyond is not None or len(told) > limit


def _entry(entry: "EntryRow", page: "Timeline", providers: Mapping[str, str]) -> Json:
    from ledger.domain.quantities import shown
    from ledger.store.catalogue import CODEC, READABLE
    from ops.cli.words import sentence

    event: Any = CODEC.decode(READABLE[entry.kind][0].cls, entry.details.encode())
    amount, unit = entry.quantity, entry.unit
    return {
        "position": entry.position,
        "recorded_at": entry.recorded_at.astimezone(UTC),
        "effective_on": entry.effective_on,
        "kind": entry.kind,
        "scheme": entry.scheme,
        "lot": entry.lot,
        "quantity": amount,
        "unit": unit,
        "shown": None if amount is None or unit is None else shown(amount, unit),
        "actor": entry.actor,
        "command": entry.command,
        "sentence": sentence(event, page.units, providers),
    }


def _asked_day(on: date | None, known: datetime | None) -> date:
    """Return the day asked about: when left out, that of the knowledge, at the latest today."""
    from ledger.service.clock import OFFICE_ZONE, SystemClock

    today = SystemClock().now().today
    if on is not None or known is None:
        return on or today
    return min(known.astimezone(OFFICE_ZONE).date(), today)
