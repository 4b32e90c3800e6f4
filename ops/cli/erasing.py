"""The command that closes a person's account for good, and destroys the identity behind it."""

from datetime import date
from typing import Annotated

import typer

from ops.cli.opening import decision, ledger, merged_into, no_others, standing, unknown
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
    this is refused as `erased`. With RUGZAK_VAULT_KEY the person's key and numbers in the identity
    vault are destroyed, and parked records that hold such a number lose their bytes. Accounts that
    were merged into this one are the same person's, and go first. It can't be undone.
    """
    from ops.erasing import NotErased
    from ops.erasing import erase as erased
    from ops.ledger_wiring import open_door
    from ops.wiring import open_vault

    actor, because = decision(by, because)
    no_others(person)
    with (
        ledger() as (settings, where, store),
        open_vault(settings, where.database_url) as vault,
    ):
        known = standing(store, person)
        if known != "open" and (vault is None or not vault.knows(person)):
            if known == "unknown":
                raise unknown(person)
            raise Problem(f"the account {person} was erased on {known}", Exit.FINDINGS)
        into = merged_into(store, person)
        if into is not None and known == "open":
            refused = f"{person} was merged into {into}: erase {into}, and both are erased"
            raise Problem(refused, Exit.FINDINGS)
        try:
            done = erased(
                store,
                open_door(store),
                vault,
                person,
                because=because,
                actor=actor,
                closed=isinstance(known, date),
            )
        except NotErased:
            refused = f"{person} was not erased: somebody else does so now"
            raise Problem(refused, Exit.FINDINGS) from None
    told = {
        "destroyed": "; the key and the numbers in the identity vault are destroyed",
        "none": "; the identity vault knew nothing of this person",
        "no vault": "",
    }
    emit(
        {"erased": person, "by": actor, **done._asdict()},
        as_json,
        lambda: console.print(
            f"{person} was erased by {actor}{told[done.identity]}", markup=False, soft_wrap=True
        ),
    )
