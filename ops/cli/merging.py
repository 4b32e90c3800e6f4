"""The commands by which two accounts become one person's, or two again."""

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from ops.cli.opening import decision, ledger, no_others
from ops.cli.output import AsJson, Exit, Problem, console, emit, table
from ops.cli.personal import person as commands

if TYPE_CHECKING:
    from ledger.domain.commands import Command
    from ledger.service.door import Door
    from ledger.service.merging import Change
    from ledger.store.postgres import PostgresStore

Because = Annotated[str, typer.Option(help="Why, without who it is; it is kept for ever.")]
By = Annotated[str | None, typer.Option(help="Who decides; the user's login name if left out.")]
Preview = Annotated[
    bool, typer.Option("--preview", help="Only show what would change; nothing is written.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to those about a person."""
    del app
    commands.command()(merge)
    commands.command()(unmerge)


def merge(
    from_: Annotated[
        UUID, typer.Argument(metavar="FROM", help="The account that was one too many.")
    ],
    into: Annotated[UUID, typer.Argument(metavar="INTO", help="The account that stands for both.")],
    *,
    because: Because,
    by: By = None,
    preview: Preview = False,
    as_json: AsJson = False,
) -> None:
    """Make two accounts one person's: INTO has what is due by the facts of both, less all uses.

    What FROM holds counts no more, and whatever is told or asked of FROM from now on is of INTO.
    Nothing is lost: `rugzak person unmerge` parts them again. It is one transaction; when it was
    broken off, do it again. With --preview it only shows what would change.
    """
    from ledger.service.merging import merging
    from ops.ledger_wiring import open_door

    actor, because = decision(by, because)
    no_others(from_)
    no_others(into)
    with ledger() as (_, _, store):
        door = open_door(store)
        merged = door.state(from_).merged
        if merged is not None and merged.into == into:
            done: dict[str, Any] = {
                "merged": from_,
                "into": into,
                "by": None,
                "position": None,
                "changes": [],
            }
            told = f"{from_} is merged into {into} since {merged.on}"
            emit(done, as_json, lambda: console.print(told, markup=False, soft_wrap=True))
            return
        command = merging(door, from_, into, because=because, actor=actor)
        _decide(door, command, (from_, into), preview=preview, as_json=as_json)


def unmerge(
    from_: Annotated[UUID, typer.Argument(metavar="FROM", help="The account that was merged.")],
    *,
    because: Because,
    by: By = None,
    preview: Preview = False,
    as_json: AsJson = False,
) -> None:
    """Part an account again from the one into which it was merged: they are two people's.

    FROM has what it had, with what was told and taken under its name since; from the other one that
    is taken. When it was broken off, do it again. With --preview it only shows what would change.
    """
    from ledger.service.merging import unmerging
    from ops.ledger_wiring import open_door

    actor, because = decision(by, because)
    no_others(from_)
    with ledger() as (_, _, store):
        door = open_door(store)
        merged = door.state(from_).merged
        if merged is None and (last := _parted_from(store, from_)) is not None:
            done: dict[str, Any] = {"unmerged": from_, "into": last, "by": None, "position": None,
                                    "changes": []}  # fmt: skip
            told = f"{from_} was unmerged from {last} before"
            emit(done, as_json, lambda: console.print(told, markup=False, soft_wrap=True))
            return
        command = unmerging(door, from_, because=because, actor=actor)
        into = from_ if merged is None else merged.into
        _decide(door, command, (from_, into), preview=preview, as_json=as_json)


def _parted_from(store: "PostgresStore", account: UUID) -> UUID | None:
    """Return from which account one parted last, if it ever did."""
    from ledger.domain.events import AccountUnmerged

    events = [each.event for each in store.events_of(account)]
    parted = [each.into for each in events if isinstance(each, AccountUnmerged)]
    return parted[-1] if parted else None


def _decide(
    door: "Door", command: "Command", ids: tuple[UUID, UUID], *, preview: bool, as_json: bool
) -> None:
    """Show what a decision changes, and take it, unless it is only looked at."""
    from ledger.domain.commands import NAMES
    from ledger.service.merging import changes
    from ledger.service.outcomes import Rejected, first_of

    from_, into = ids
    before = {id_: door.state(id_) for id_ in ids}
    outcome, after = door.rehearse(command)
    outcome = first_of(outcome)
    if isinstance(outcome, Rejected):
        raise Problem(outcome.rejection.detail, Exit.FINDINGS)
    told = [each for id_ in ids for each in changes(id_, before[id_], after[id_])]
    name = f"{NAMES[type(command.request)]}d"
    answer: dict[str, Any] = {
        "preview" if preview else name: from_, "into": into, "by": command.actor,
        "position": None, "changes": [_form(each) for each in told],
    }  # fmt: skip
    if not preview:
        outcome = first_of(door.handle([command])[0])
        if isinstance(outcome, Rejected):
            raise Problem(outcome.rejection.detail, Exit.FINDINGS)
        answer["position"] = outcome.position

    def show() -> None:
        _show(told)
        what = "into" if name == "merged" else "from"
        done = f"{from_} would be {name}" if preview else f"{from_} was {name}"
        console.print(f"{done} {what} {into} by {command.actor}", markup=False, soft_wrap=True)

    emit(answer, as_json, show)


def _form(change: "Change") -> dict[str, Any]:
    from ops.cli.forms import amount

    figures = {name: amount(getattr(change, name), change.unit) for name in _FIGURES}
    return {"account": change.account, "scheme": change.scheme, **figures}


_FIGURES = ("before", "after", "short")


def _show(told: "list[Change]") -> None:
    from ledger.domain.quantities import shown

    rows = [
        (each.account, each.scheme, *(shown(getattr(each, name), each.unit) for name in _FIGURES))
        for each in told
    ]
    if rows:
        table(["account", "scheme", ">available before", ">after", ">short after"], rows)
    else:
        console.print("neither has any rights")
