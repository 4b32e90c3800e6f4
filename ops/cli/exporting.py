"""The command that tells all that is held of a person: for programs, or to read."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import typer

from ops.cli.opening import joined_to, ledger, look, no_others, standing, unknown
from ops.cli.output import AsJson, Exit, Person, Problem, console, emit, table
from ops.cli.person import asked_day, lot_form, show_lots
from ops.cli.personal import person as commands

if TYPE_CHECKING:
    from ledger.audit.held import Held
    from ledger.domain.account import Account
    from ledger.domain.events import Envelope
    from ledger.service.ports import Parked, Receipt
    from ledger.store.postgres import PostgresStore
    from ledger.vault.vault import Vault

Json = dict[str, Any]


def register(app: typer.Typer) -> None:
    """Add the command of this module to those about a person."""
    del app
    commands.command()(export)


def export(person: Person, *, as_json: AsJson = False) -> None:
    """Tell all that is held of a person: identity, facts, rights, history, what is parked.

    Of the accounts that were merged into this one, too, as they were when that was found.
    With --json it is one document for programs, with each event as it is stored. The national
    numbers are told when RUGZAK_VAULT_KEY is set: take care where it is written to.
    """
    from ops.wiring import open_vault

    no_others(person)
    with ledger() as (settings, where, store), open_vault(settings, where.database_url) as vault:
        known = standing(store, person)
        if known == "unknown" and (vault is None or not vault.knows(person)):
            raise unknown(person)
        if not isinstance(known, str):
            raise Problem(f"the account {person} was erased on {known}", Exit.FINDINGS)
        answer, held = _gathered(store, vault, person)
        others = [_gathered(store, vault, each) for each in joined_to(store, person)]
    answer["merged"] = [each for each, _ in others]

    def show() -> None:
        _show(answer, held)
        for other, had in others:
            console.print()
            console.print("An account of the same person that was merged; what it had:")
            _show(other, had)

    emit(answer, as_json, show)


def _gathered(
    store: "PostgresStore", vault: "Vault | None", account: UUID
) -> "tuple[Json, list[Held]]":
    """Return all that is held, and the rights as they are shown."""
    kept = vault.numbers_of(account) if vault is not None else []
    seen = look(store, account)
    envelopes, state = seen.envelopes, seen.account
    said = _sentences(envelopes, state)
    held = list(seen.held(asked_day(None)))
    return {
        "person": account,
        "on": asked_day(None),
        "position": seen.position,
        "identity": {
            "vault": "no vault" if vault is None else "known" if kept else "unknown",
            "numbers": [_number(each) for each in kept],
        },
        "facts": _facts(envelopes, state, said),
        "lots": [lot_form(each) for each in held],
        "reservations": state.reservations,
        "uses": state.uses,
        "transfers": state.transfers,
        "restrictions": state.restrictions,
        "frozen": state.frozen,
        "events": [{"sentence": said[each.version], "event": each} for each in envelopes],
        "receipts": [_receipt(each) for each in store.receipts_of(account)],
        "parked": [_parked(each) for each in _about(store, account, [k.digits for k in kept])],
    }, held


def _number(kept: Any) -> Json:  # noqa: ANN401  a Kept, imported late
    from schemas.identifiers import national_number

    return {
        "number": kept.digits,
        "register": national_number(kept.digits).register,
        "kept_since": kept.created_at,
        "linked_by": kept.linked_by,
        "because": kept.because,
    }


def _sentences(envelopes: "list[Envelope]", state: "Account") -> Mapping[int, str]:
    """Return each event in words, by its version."""
    from ledger.words.sentences import sentence
    from ops.ledger_wiring import rulebook

    units = {id_: lot.unit for id_, lot in state.lots.items()}
    providers = {each.id: each.name for each in rulebook().providers.values()}
    return {each.version: sentence(each.event, units, providers) for each in envelopes}


def _facts(envelopes: "list[Envelope]", state: "Account", said: Mapping[int, str]) -> list[Json]:
    """Return what sources say now, each in words."""
    when = {each.version: each.metadata.recorded_at for each in envelopes}
    return [
        {
            "source": id_.source,
            "id": id_.id,
            "version": fact.version,
            "recorded_at": when[fact.event],
            "annulled": fact.content is None,
            "says": said[fact.event],
            "content": fact.content,
        }
        for id_, fact in sorted(state.facts.items())
    ]


def _about(store: "PostgresStore", account: UUID, numbers: list[str]) -> "list[Parked]":
    """Return the parked records that are of a person, or hold one of the person's numbers."""
    from ops.erasing import holding

    found = {each.id: each for each in store.parked_about(account)}
    found |= {each.id: each for each in holding(store, numbers)}
    return [found[id_] for id_ in sorted(found)]


def _receipt(receipt: "Receipt") -> Json:
    from ledger.service.outcomes import Rejected

    refused = receipt.outcome.rejection if isinstance(receipt.outcome, Rejected) else None
    return {
        "command": receipt.command,
        "recorded_at": receipt.recorded_at,
        "digest": receipt.digest.hex(),
        "position": receipt.outcome.position,
        "refused": refused.reason if refused else None,
        "detail": refused.detail if refused else "",
    }


def _parked(each: "Parked") -> Json:
    from ledger.store.parked import state_of

    record = each.record
    names = ("parked_at", "topic", "partition", "offset", "reason", "detail", "source", "message")
    held = {"id": each.id, "state": state_of(each)}
    return held | {name: getattr(record, name) for name in (*names, "key", "value")}


def _show(answer: Json, held: "list[Held]") -> None:
    def title(text: str) -> None:
        console.print(f"\n{text}", style="bold", markup=False)

    def rows(columns: list[str], some: list[tuple[object, ...]]) -> None:
        table(columns, some) if some else console.print("none")

    console.print(f"All that is held of {answer['person']} on {answer['on']}, up to event "
                  f"{answer['position']} of the log", style="bold")  # fmt: skip
    title("National numbers")
    if answer["identity"]["vault"] == "no vault":
        console.print("RUGZAK_VAULT_KEY is not set: the identity vault was not asked")
    else:
        numbers = answer["identity"]["numbers"]
        rows(["number", "register", "kept since"],
             [(n["number"], n["register"], n["kept_since"]) for n in numbers])  # fmt: skip
    title("What sources say")
    rows(["source", "id", "version", "says"],
         [(f["source"], f["id"], f["version"], f["says"]) for f in answer["facts"]])  # fmt: skip
    title("Rights")
    show_lots(held, every=True)
    title("What happened, oldest first")
    happened = [(each["event"].metadata, each["sentence"]) for each in answer["events"]]
    rows(
        ["recorded", "by", "what"],
        [(metadata.recorded_at, metadata.actor, said) for metadata, said in happened],
    )
    title("What was asked, and its proof")
    asked = answer["receipts"]
    rows(
        ["recorded", "command", "refused because"],
        [(r["recorded_at"], r["command"], r["detail"]) for r in asked],
    )
    title("What could not be handled")
    rows(["id", "state", "topic", "reason", "bytes"],
         [(p["id"], p["state"], p["topic"], p["reason"],
           (p["value"] or b"").decode("utf-8", "backslashreplace"))
          for p in answer["parked"]])  # fmt: skip
