"""Erasure of a person as a whole: in the ledger, of what is parked, and in the identity vault."""

import re
from collections.abc import Collection, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

from ledger.service import erasing
from ledger.service.door import Door
from ledger.service.outcomes import Accepted
from ledger.service.ports import Parked
from ledger.store.parked import State
from ledger.store.postgres import PostgresStore
from ledger.vault.keys import Tampered
from ledger.vault.vault import Vault

PAGE_RECORDS: Final = 500
"""So many parked records are looked through at once, and no more bytes than a page may have."""

_WITH_BYTES: Final[tuple[State, ...]] = ("parked", "held")
"""The states in which a record still has its bytes, when they may name a person by number."""

Identity: TypeAlias = Literal["destroyed", "none", "no vault"]


class Erasure(NamedTuple):
    """What was erased.

    Attributes:
        position: of the event; None when the ledger had closed the account before.
        parked: how many parked records lost their bytes because they held a number of the person.
        identity: what became of the person's key and numbers.

    """

    position: int | None
    parked: int
    identity: Identity


class NotErased(Exception):  # noqa: N818  it is an answer
    """Somebody else erases the person now."""


def erase(
    store: PostgresStore,
    door: Door,
    vault: Vault | None,
    account: UUID,
    *,
    because: str,
    actor: str,
    closed: bool,
) -> Erasure:
    """Erase a person, with all accounts that were merged into one.

    Those go first, so that it can be done again when it breaks off.

    Args:
        store: the ledger.
        door: its write door.
        vault: None when there is none.
        account: whose.
        because: why, without who it is.
        actor: the operator.
        closed: whether the ledger has closed the account already.

    Raises:
        NotErased: somebody else does so now.
        StoreUnavailable: the database gives no answer.

    """
    done = []
    for each in (*sorted(door.state(account).joined), account):
        gone = closed if each == account else door.state(each).erased is not None
        done.append(_erase(store, door, vault, each, because=because, actor=actor, closed=gone))
    identities = [each.identity for each in done]
    return Erasure(
        position=done[-1].position,
        parked=sum(each.parked for each in done),
        identity="destroyed" if "destroyed" in identities else identities[-1],
    )


def _erase(
    store: PostgresStore,
    door: Door,
    vault: Vault | None,
    account: UUID,
    *,
    because: str,
    actor: str,
    closed: bool,
) -> Erasure:
    """Erase an account: the ledger's first, the identity last.

    So it can be done again when it breaks off: as long as there is an identity, its numbers tell
    which parked records name the person.
    """
    position, parked = None, list(naming(store, numbers_of(vault, account)))
    if not closed:
        outcome = erasing.erase(door, account, because=because, actor=actor, parked=parked)
        if not isinstance(outcome, Accepted):
            raise NotErased
        position = outcome.position
    if vault is None:
        return Erasure(position, len(parked), "no vault")
    return Erasure(position, len(parked), "destroyed" if vault.erase(account) else "none")


def numbers_of(vault: Vault | None, account: UUID) -> list[str]:
    """Return the numbers of a person; what can't be opened any more is none."""
    if vault is None:
        return []
    try:
        return [each.digits for each in vault.numbers_of(account)]
    except Tampered:
        return []


def naming(store: PostgresStore, numbers: Collection[str]) -> Iterator[int]:
    """Yield the ids of parked records whose bytes hold one of some national numbers."""
    for each in holding(store, numbers):
        yield each.id


def holding(store: PostgresStore, numbers: Collection[str]) -> Iterator[Parked]:
    """Yield the parked records whose bytes hold one of some national numbers.

    They are looked for here and not by the server, whose log may tell what it was asked. What is
    parked as a whole batch, compressed or broken, can't be looked into.
    """
    if not numbers:
        return
    written = b"|".join(rb"[ ./-]?".join(bytes([d]) for d in n.encode()) for n in numbers)
    pattern = re.compile(rb"(?<!\d)(?:" + written + rb")(?!\d)")
    for state in _WITH_BYTES:
        after = 0
        while page := store.parked(PAGE_RECORDS, after, state=state):
            after = page[-1].id
            for each in page:
                held = (each.record.key, each.record.value, *(v for _, v in each.record.headers))
                if any(pattern.search(some) for some in held if some):
                    yield each
