"""The command that closes a person's account for good."""

from typing import Annotated

import typer

from ops.cli.opening import decision, known_person
from ops.cli.output import AsJson, Exit, Person, Problem, console, emit


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(erase)


def erase(
    person: Person,
    *,
    because: Annotated[str, typer.Option(help="Why, without who it is; it is kept for ever.")],
    by: Annotated[
        str | None, typer.Option(help="Who erases; the user's login name if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Close a person's account for good: nothing is taken in for it, and no read model tells of it.

    The events stay in the log under the opaque reference. What is published of the person after
    this is refused as `erased`. It can't be undone.
    """
    from ledger.service import erasing
    from ledger.service.outcomes import Accepted
    from ops.wiring import open_door

    actor, because = decision(by, because)
    with known_person(person) as (_, store):
        outcome = erasing.erase(open_door(store), person, because=because, actor=actor)
    if not isinstance(outcome, Accepted):
        raise Problem(f"{person} was not erased: somebody else does so now", Exit.FINDINGS)
    emit(
        {"erased": person, "by": actor, "position": outcome.position},
        as_json,
        lambda: console.print(f"{person} was erased by {actor}", markup=False),
    )
