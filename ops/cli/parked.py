"""Commands about records that could not be handled, or wait."""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import typer

from ops.cli.opening import act, decision, ledger, on_record
from ops.cli.output import (
    AsJson,
    Because,
    By,
    Exit,
    Problem,
    console,
    emit,
    listing,
    progress,
    table,
)

if TYPE_CHECKING:
    from ledger.service.ports import Parked
    from ledger.store.parked import State
    from ledger.store.postgres import PostgresStore

T = TypeVar("T")

MAX_SHOWN: Final = 1_000
"""Most parked records that one list holds."""

MAX_ROUNDS: Final = 5
"""How often records are read again because a consumer tried one of them meanwhile."""

Numbers = Annotated[list[int] | None, typer.Argument(help="Ids; none with --all.")]
Reason = Annotated[
    str | None, typer.Option(metavar="CODE", help="Only those parked for this reason.")
]
Topic = Annotated[str | None, typer.Option(metavar="NAME", help="Only those of this topic.")]

parked = typer.Typer(help="Records that could not be handled, or wait.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(parked, name="parked")


@parked.command("list")
def list_parked(
    *,
    held: Annotated[
        bool, typer.Option("--held", help="Those that wait for what they name, by themselves.")
    ] = False,
    replayed: Annotated[bool, typer.Option("--replayed", help="Those done already.")] = False,
    dropped: Annotated[bool, typer.Option("--dropped", help="Those given up.")] = False,
    reason: Reason = None,
    topic: Topic = None,
    as_json: AsJson = False,
) -> None:
    """List the records that wait for a decision, oldest first, and count the others."""
    if held + replayed + dropped > 1:
        raise Problem("--held, --replayed and --dropped are of different records: name one")
    state: State = (
        "held" if held else "replayed" if replayed else "dropped" if dropped else "parked"
    )
    with ledger() as (_, _, store):
        found = store.parked(MAX_SHOWN, state=state, reason=reason, topic=topic, whole=False)
        counts = store.parked_counts().by_state
    rows = [_summary(each) for each in found]

    def show() -> None:
        others = [f"{n} {name}" for name, n in counts.items() if n and name != state]
        if not rows:
            console.print(", ".join([f"nothing is {state}", *others]))
            return
        listing("parked", [{k: v for k, v in row.items() if k in _SHOWN} for row in rows], False)
        shown = f"{len(rows)} shown of " if len(rows) < counts[state] else ""
        console.print(", ".join([f"{shown}{counts[state]} {state}", *others]))

    emit({"parked": rows, "counts": counts}, as_json, show)


_SHOWN: Final = (
    "id", "parked_at", "topic", "partition", "offset", "tries", "reason", "detail", "held_until",
)  # fmt: skip
"""What a table has room for."""


@parked.command("show")
def show_parked(
    number: Annotated[int, typer.Argument(help="Its id in the list.")],
    *,
    value: Annotated[
        bool, typer.Option("--value", help="Write its bytes as they came, and nothing else.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show one record whole, with its reason, and what became of it."""
    with ledger() as (_, _, store):
        _known(store, [number])
        [found] = store.parked_records([number])
    record = found.record
    if value:
        sys.stdout.buffer.write(record.value or b"")
        return
    became = {"replayed_at": found.replayed_at, "dropped_at": found.dropped_at}
    more = {name: getattr(record, name) for name in ("topic_id", "key", "value", "headers")}
    shown = _summary(found) | became | more
    emit(shown, as_json, lambda: table(["", ""], shown.items()))


@parked.command("replay")
def replay_parked(
    numbers: Numbers = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All that are parked.")] = False,
    reason: Reason = None,
    topic: Topic = None,
    because: Because = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Try records again; what still can't be handled stays parked (exit code 1)."""
    from consumers.parking import REPLAY_RECORDS, Replay, Replayed
    from ledger.domain.acts import RecordsReplayed
    from ops.cli.forms import fields_of
    from ops.ledger_wiring import open_door
    from ops.wiring import languages, open_vault

    actor, because = act(by, because)
    if every == bool(numbers) or (numbers and (reason or topic)):
        raise Problem("name the ids to replay, or --all; --reason and --topic go with --all")
    with (
        ledger() as (settings, where, store),
        open_vault(settings, where.database_url) as vault,
        progress("replaying") as say,
    ):
        door = open_door(store)
        replay = Replay(
            door,
            languages(settings, vault),
            max_bytes=settings.max_record_bytes,
            max_unpacked_bytes=settings.max_unpacked_bytes,
        )
        ids = (
            _ids(store, reason, topic, REPLAY_RECORDS)
            if every
            else _pages([each.id for each in _known(store, numbers or ())], REPLAY_RECORDS)
        )
        done: list[Replayed] = []
        for page in ids:
            before = {each.id: each for each in store.parked_records(page, whole=False)}
            became = _alone(store, page, replay.again)
            records = tuple(
                (each.id, _place(before[each.id]))
                for each in became
                if each.handled and before[each.id].replayed_at is None
            )
            if records:
                today = door.clock.now().today
                replayed = RecordsReplayed(records=records, because=because, effective_on=today)
                on_record(door, replayed, actor)
            done += became
            say(f"{len(done)} done")
    listing("replayed", [fields_of(each) for each in done], as_json, "nothing is parked")
    if not all(each.handled for each in done):
        raise typer.Exit(Exit.FINDINGS)


@parked.command("drop")
def drop_parked(
    numbers: Annotated[list[int], typer.Argument(help="Ids in the list.")],
    *,
    because: Annotated[str, typer.Option(help="Why, in a sentence; it is kept for ever.")],
    by: Annotated[
        str | None, typer.Option(help="Who drops; the user's login name if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give records up: nobody tries them again, and their bytes go. Who and why is an event."""
    from consumers.dropping import drop
    from consumers.parking import REPLAY_RECORDS
    from ledger.service.outcomes import Rejected
    from ops.ledger_wiring import open_door

    actor, because = decision(by, because)
    dropped: list[int] = []
    with ledger() as (_, _, store):
        door = open_door(store)
        known = _known(store, numbers)
        _none_replayed(known)

        def give_up(page: "Sequence[Parked]") -> list[int]:
            _none_replayed(page)
            left = [each for each in page if each.dropped_at is None]
            for outcome in drop(left, door, because=because, actor=actor):
                if isinstance(outcome, Rejected):
                    raise Problem(outcome.rejection.detail, Exit.FINDINGS)
            return [each.id for each in left]

        for page in _pages([each.id for each in known], REPLAY_RECORDS):
            dropped += _alone(store, page, give_up)
    emit(
        {"dropped": dropped, "by": actor},
        as_json,
        lambda: console.print(f"{len(dropped)} dropped by {actor}", markup=False),
    )


def _place(each: "Parked") -> str:
    return f"{each.record.topic}-{each.record.partition}@{each.record.offset}"


def _none_replayed(records: "Sequence[Parked]") -> None:
    for each in records:
        if each.replayed_at is not None:
            raise Problem(f"{each.id} was replayed: there is nothing to drop", Exit.FINDINGS)


def _known(store: "PostgresStore", numbers: Sequence[int]) -> "list[Parked]":
    """Return records by their ids, in that order, each once; all of them must be there."""
    found = {each.id: each for each in store.parked_records(numbers, whole=False)}
    for number in numbers:
        if number not in found:
            advice = "`rugzak parked list` has them"
            raise Problem(f"no parked record has the id {number}; {advice}", Exit.FINDINGS)
    return [found[number] for number in dict.fromkeys(numbers)]


def _ids(
    store: "PostgresStore", reason: str | None, topic: str | None, size: int
) -> Iterator[list[int]]:
    """Yield the ids of what is parked, page by page; what stays parked comes once."""
    after = 0
    while found := store.parked(size, after, reason=reason, topic=topic, whole=False):
        after = found[-1].id
        yield [each.id for each in found]


def _pages(ids: Sequence[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])


def _alone(
    store: "PostgresStore", ids: Sequence[int], work: "Callable[[Sequence[Parked]], list[T]]"
) -> list[T]:
    """Work on records as they are now, and again when a consumer was first."""
    from ledger.service.ports import Fenced

    done: list[T] = []
    left, rounds = set(ids), 0
    while left:
        page = store.parked_records(left)  # what is too much for one comes with the next
        try:
            done += work(page)
        except Fenced:
            rounds += 1
            if rounds < MAX_ROUNDS:
                continue
            told = "consumers try these records again and again; stop them first"
            raise Problem(told, Exit.FINDINGS) from None
        left -= {each.id for each in page}
    return done


def _summary(each: "Parked") -> dict[str, Any]:
    from ledger.store.parked import state_of

    record = each.record
    names = ("parked_at", "topic", "partition", "offset", "reason", "detail")
    return {
        "id": each.id,
        "state": state_of(each),
        **{name: getattr(record, name) for name in names},
        "tries": each.tries,
        "source": record.source,
        "message": record.message,
        "account": record.account,
        "held_until": record.held.until if record.held else None,
        "held_for": record.held.thing if record.held else None,
    }
