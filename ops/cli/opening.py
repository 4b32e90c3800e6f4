"""What commands open: the servers of the settings, and the ledger on them."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from ops.cli.output import Exit, Problem

if TYPE_CHECKING:
    from ledger.audit.seen import Seen
    from ledger.domain.account import Account
    from ledger.domain.acts import Act
    from ledger.service.door import Door
    from ledger.store.postgres import PostgresStore
    from ledger.vault.vault import Vault
    from ops.settings import Settings
    from ops.wiring import Servers


@contextmanager
def connected(*, broker: bool, own: bool = False) -> "Iterator[tuple[Settings, Servers]]":
    """Yield the settings and the servers that they name, or the embedded ones.

    A broker that only this command would run is refused, unless it is the owner: it holds nothing.
    """
    from ops import logs
    from ops.settings import read_settings
    from ops.wiring import servers

    settings = read_settings()
    logs.configure(settings.log_format)
    with servers(settings, broker=broker, own=own) as where:
        if "broker" in where.embedded and not own:
            advice = "start `rugzak up`, or set RUGZAK_KAFKA_BOOTSTRAP_SERVERS"
            raise Problem(f"there is no broker: {advice}", Exit.UNREACHABLE)
        yield settings, where


@contextmanager
def ledger() -> "Iterator[tuple[Settings, Servers, PostgresStore]]":
    """Open the ledger of the settings."""
    from ops.ledger_wiring import open_store

    with connected(broker=False) as (settings, where), open_store(where.database_url) as store:
        yield settings, where, store


@contextmanager
def vaulted() -> "Iterator[tuple[Settings, PostgresStore, Vault]]":
    """Open the ledger and the identity vault.

    Raises:
        Problem: there is no vault.

    """
    from ops.settings import variable
    from ops.wiring import open_vault

    with ledger() as (settings, where, store):
        if settings.vault_key is None:
            raise Problem(f"{variable('vault_key')} is not set: there is no identity vault")
        with open_vault(settings, where.database_url) as vault:
            assert vault is not None  # noqa: S101  there is a key
            yield settings, store, vault


def operator(by: str | None) -> str:
    """Return who acts: the name that was given, or the user's login name."""
    try:
        name = (getpass.getuser() if by is None else by).strip()
    except (OSError, KeyError):  # a container may run as a number without a name
        raise Problem("the user has no login name; say who does this with --by") from None
    if not name:
        raise Problem("--by is empty; say who does this")
    return name


def decision(by: str | None, because: str) -> tuple[str, str]:
    """Return who decides and why, in words that the log can keep for ever."""
    return _said(by, because, least=1)


def act(by: str | None, because: str) -> tuple[str, str]:
    """Return who does something and why, in such words; the reason may be left out."""
    return _said(by, because, least=0)


def on_record(door: "Door", what: "Act", actor: str) -> None:
    """Put what an operator does in the log."""
    from ledger.service.operated import put_on_record

    refused = put_on_record(door, what, actor)
    if refused is not None:
        raise Problem(refused.rejection.detail, Exit.FINDINGS)


def _said(by: str | None, because: str, *, least: int) -> tuple[str, str]:
    from schemas.cloudevents import MAX_REASON_CHARACTERS
    from schemas.origin import holds_national_number

    actor, because = operator(by), because.strip()
    if not least <= len(because) <= MAX_REASON_CHARACTERS:
        raise Problem(f"--because takes {least} to {MAX_REASON_CHARACTERS} characters: say why")
    if holds_national_number(because) or holds_national_number(actor):
        raise Problem("a national number can't be kept in the ledger: say it without one")
    return actor, because


@contextmanager
def known_person(
    person: UUID, known: datetime | None = None, *, also_merged: bool = False
) -> "Iterator[tuple[str, PostgresStore]]":
    """Open the ledger, if it knows the person.

    Who was merged, now or as known at an instant, is asked about under the other reference, unless
    the question is what happened.
    """
    no_others(person)
    with ledger() as (_, where, store):
        erased_on = standing(store, person)
        if isinstance(erased_on, date):
            raise Problem(f"the account {person} was erased on {erased_on}", Exit.FINDINGS)
        if erased_on == "unknown":
            raise unknown(person)
        into = None if also_merged else merged_into(store, person, known)
        if into is not None:
            raise Problem(f"{person} was merged into {into}; ask about {into}", Exit.FINDINGS)
        yield where.database_url, store


def standing(store: "PostgresStore", person: UUID) -> 'date | Literal["unknown", "open"]':
    """Return the day on which an account was erased; else whether the ledger knows it."""
    from ledger.store.states import States

    row = store.load([person], [])[0].get(person)
    if row is None:
        return "unknown"
    return States().decode(row.state).erased or "open"


def merged_into(store: "PostgresStore", person: UUID, known: datetime | None = None) -> UUID | None:
    """Return into which account a person's was merged, now or as known at an instant, if any."""
    from ledger.store.states import States

    if known is None:
        row = store.load([person], [])[0].get(person)
        merged = None if row is None else States().decode(row.state).merged
    else:
        from ledger.domain.evolve import fold

        then = [e for e in store.events_of(person) if e.metadata.recorded_at <= known]
        merged = fold(then).merged
    return None if merged is None else merged.into


def joined_to(store: "PostgresStore", person: UUID) -> list[UUID]:
    """Return the accounts that were merged into a person's."""
    from ledger.store.states import States

    row = store.load([person], [])[0].get(person)
    return [] if row is None else sorted(States().decode(row.state).joined)


def unknown(person: UUID) -> Problem:
    """Return what to say of a person whom the ledger doesn't know."""
    advice = "if events about this person were published, see `rugzak parked list`"
    return Problem(f"the ledger knows no person {person}; {advice}", Exit.FINDINGS)


def no_others(person: UUID) -> None:
    """Refuse the accounts that are nobody's."""
    from ledger.domain.events import OPERATIONS, REGULATIONS

    others = {
        REGULATIONS: ("the regulations", "`rugzak regulations published` tells what it holds"),
        OPERATIONS: ("the operators", "`rugzak audit operations` tells what they did"),
    }
    if person in others:
        whose, told = others[person]
        raise Problem(f"{person} is the account of {whose}, and no person's; {told}", Exit.FINDINGS)


def look(store: "PostgresStore", person: UUID, known: datetime | None = None) -> "Seen":
    """Return a person's account as it is known, or was at an instant, by the rules of then."""
    from ledger.audit.seen import Seen, Texts
    from ledger.service.clock import SystemClock
    from ops.ledger_wiring import rulebook

    texts, now = Texts(store, rulebook()), SystemClock().now()
    return Seen(store.events_of(person), log=store, texts=texts, now=now, known=known)


def accounts_of(
    store: "PostgresStore", person: UUID, on: date
) -> "tuple[Account, dict[str, Account]]":
    """Return what the ledger knows of a person now, and of the enterprises run on a day, by id.

    Folded from the log.
    """
    from ledger.audit.supposing import enterprises_of
    from ledger.domain.evolve import fold

    account = fold(store.events_of(person))
    return account, enterprises_of(account, on, store.events_of)
