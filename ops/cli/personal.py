"""Commands about who a person is: find, link, erase, and the keys of the identity vault."""

from typing import Annotated, Any

import typer

from ops.cli.erasing import erase
from ops.cli.identity import asked_number
from ops.cli.opening import (
    act,
    decision,
    ledger,
    merged_into,
    no_others,
    on_record,
    standing,
    unknown,
    vaulted,
)
from ops.cli.output import AsJson, Because, By, Exit, Person, Problem, console, emit, progress

person = typer.Typer(help="Who a person is, and all that is held of one.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(person, name="person")
    person.command()(erase)


@person.command()
def find(*, as_json: AsJson = False) -> None:
    """Find a person by national number, which is asked for, or read from the input; writes nothing.

    Says the account, and whether the identity vault and the ledger know it; of one that was merged,
    the account that stands for it, too. Nobody known: exit code 1.
    """
    from ops.settings import read_settings
    from ops.wiring import open_vault, people

    asked = people(read_settings()).asked(asked_number())
    with ledger() as (settings, where, store), open_vault(settings, where.database_url) as vault:
        account, state = asked.account, "no vault"
        if vault is not None:
            found = vault.find([asked])[asked.digits]
            account = found.account
            state = "erased" if found.erased else "known" if found.known else "unknown"
        known = standing(store, account)
        into = merged_into(store, account)
    held = known if isinstance(known, str) else "erased"
    answer: dict[str, Any] = {"person": account, "vault": state, "ledger": held}
    answer |= {} if into is None else {"merged_into": into}

    def show() -> None:
        print(account)
        if into is not None:
            console.print(f"it was merged into {into}, which stands for both", soft_wrap=True)
        told = {"open": "knows this person", "unknown": "does not know this person"}
        console.print(f"the ledger {told.get(held, f'erased this person on {known}')}")
        if vault is None:
            console.print("there is no identity vault: RUGZAK_VAULT_KEY is not set")
        else:
            vaults = {"known": "has this number", "unknown": "has not seen this number yet",
                      "erased": "had this number and destroyed it"}  # fmt: skip
            console.print(f"the identity vault {vaults[state]}")

    emit(answer, as_json, show)
    if held == "unknown" and state in {"no vault", "unknown"}:
        raise typer.Exit(Exit.FINDINGS)


@person.command()
def link(
    account: Person,
    *,
    because: Annotated[str, typer.Option(help="Why, without who it is; the vault keeps it.")],
    by: Annotated[
        str | None, typer.Option(help="Who decides; the user's login name if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give an account a further national number, such as that of who had a BIS number until now.

    The number is asked for, or read from the input. It must not have led to an account of its own
    yet: what was taken in under it would stay there.
    """
    from ledger.vault.vault import Taken
    from ops.wiring import people

    actor, because = decision(by, because)
    no_others(account)
    with vaulted() as (settings, store, vault):
        known = standing(store, account)
        if known == "unknown":
            raise unknown(account)
        if known != "open":
            raise Problem(f"the account {account} was erased on {known}", Exit.FINDINGS)
        into = merged_into(store, account)
        if into is not None:
            told = f"the account {account} was merged into {into}; give {into} the number"
            raise Problem(told, Exit.FINDINGS)
        asked = people(settings).asked(asked_number())
        own = asked.account
        if own != account and standing(store, own) != "unknown":
            told = f"this number has the account {own}, about which the ledger holds events"
            advice = f"if both are one person's, `rugzak person merge {own} {account}`"
            raise Problem(f"{told}; {advice}", Exit.FINDINGS)
        try:
            linked = vault.link(asked, account, by=actor, because=because)
        except Taken as error:
            raise Problem(str(error), Exit.FINDINGS) from None
    emit(
        {"person": account, "linked": linked, "by": actor},
        as_json,
        lambda: console.print(
            f"{account} has this number now" if linked else f"{account} had this number already"
        ),
    )


@person.command()
def rekey(*, because: Because = "", by: By = None, as_json: AsJson = False) -> None:
    """Wrap every person's key under the newest master key, the first in RUGZAK_VAULT_KEY.

    It can be broken off and goes on where it was. Afterwards the older master keys are needed by
    backups only: destroy them when those are gone.
    """
    from ledger.domain.acts import MasterKeyChanged
    from ops.ledger_wiring import publishing_door

    actor, because = act(by, because)
    done = 0
    with vaulted() as (settings, store, vault), progress("rekeying") as say:
        keys = settings.master_keys()
        newest = keys.newest if keys else ""
        door = publishing_door(store)
        today = door.clock.now().today
        changed = MasterKeyChanged(key=newest, because=because, effective_on=today)
        on_record(door, changed, actor)
        while some := vault.rekey():
            done += some
            say(f"{done} people")
        left = vault.left()

    def show() -> None:
        console.print(f"{done} people's keys were wrapped under {newest}", markup=False)
        if left:
            console.print(f"{left} are being worked on by somebody else; run it again")

    emit({"newest": newest, "rekeyed": done, "left": left}, as_json, show)
    if left:
        raise typer.Exit(Exit.FINDINGS)
