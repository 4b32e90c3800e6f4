"""The vault in PostgreSQL: under a role of its own, which sees nothing else, and nobody sees it.

A number comes here with its keyed hash and the account that it leads to by itself; it goes to the
database encrypted only. Whoever adds a number does so beside the others; who erases or links does
so alone, so that no number comes back that was just erased.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag

from ledger.store.datastore import LedgerDatastore, Rows
from ledger.vault.keys import MasterKeys, Tampered, WrongKey, close, new_data_key, open_

VAULT_ROLE: Final = "rugzak_vault"
"""What every connection becomes: it sees the vault, and nothing of the ledger."""

CONNECTIONS: Final = 2
"""Most that one process opens."""

REKEYED_ROWS: Final = 1_000
"""So many people's keys are wrapped anew in one transaction."""

LOOKUP: Final = "(identity key)"
"""Under this name the proof of the key is kept by which numbers are found; no master key has it."""

_BESIDE: Final = "SELECT pg_advisory_xact_lock_shared(hashtext('rugzak vault'))"
_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtext('rugzak vault'))"
_KNOWN: Final = "SELECT lookup, account FROM vault.numbers WHERE lookup = ANY(%s)"
_ERASED: Final = "SELECT mark, account FROM vault.erased WHERE mark = ANY(%s)"
_KEYS: Final = "SELECT account, master, data_key FROM vault.people WHERE account = ANY(%s)"
_NUMBERS: Final = (
    "SELECT lookup, number, created_at, linked_by, because FROM vault.numbers WHERE account = %s"
    " ORDER BY created_at, lookup"
)
_ADD_PERSON: Final = (
    "INSERT INTO vault.people (account, master, data_key) VALUES (%s, %s, %s)"
    " ON CONFLICT DO NOTHING"
)
_ADD_NUMBER: Final = (
    "INSERT INTO vault.numbers (lookup, account, number, linked_by, because)"
    " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
_KNOW_KEY: Final = "INSERT INTO vault.keys (id, proof) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_MISSING: Final = """
SELECT id FROM vault.keys AS k
WHERE id <> ALL(%s) AND EXISTS (SELECT FROM vault.people WHERE master = k.id) ORDER BY id
"""
_OLDER: Final = """
SELECT account, master, data_key FROM vault.people WHERE master <> %s
ORDER BY account LIMIT %s FOR UPDATE SKIP LOCKED
"""
_REWRAP: Final = "UPDATE vault.people SET master = %s, data_key = %s WHERE account = %s"
_LEFT: Final = "SELECT count(*) FROM vault.people WHERE master <> %s"


class Asked(NamedTuple):
    """A national number, as it is looked up.

    Attributes:
        digits: eleven; never written anywhere but encrypted.
        lookup: its keyed hash, 32 bytes.
        account: where it leads unless the vault says otherwise.

    """

    digits: str
    lookup: bytes
    account: UUID

    def __repr__(self) -> str:
        """Tell the account only: a number stands in no text."""
        return f"Asked(account={self.account})"


class Found(NamedTuple):
    """Where a number leads.

    Attributes:
        known: whether the vault has it.
        erased: whether it had it, and its holder was erased.

    """

    account: UUID
    known: bool = False
    erased: bool = False


class Kept(NamedTuple):
    """A number of a person, opened.

    Attributes:
        linked_by: the operator who gave it to the account as a further one; None of the first.

    """

    digits: str
    created_at: datetime
    linked_by: str | None
    because: str | None

    def __repr__(self) -> str:
        """Tell no number: it stands in no text."""
        return f"Kept(created_at={self.created_at})"


class Taken(Exception):  # noqa: N818  it is an answer
    """A number leads to another account already."""


class Vault:
    """Finds accounts by numbers, keeps the numbers, and forgets them for good.

    Every method raises `StoreUnavailable` when the database gives no answer.
    """

    def __init__(
        self, url: str, keys: MasterKeys, lookup_proof: bytes, *, role: str | None = VAULT_ROLE
    ) -> None:
        """Prepare the pool; the first use connects.

        Args:
            url: of the database; who logs in may become the vault's role.
            keys: under which people's own keys are wrapped.
            lookup_proof: by which another key for lookups would be noticed.
            role: what each connection becomes.

        """
        self._datastore = LedgerDatastore(url, role=role, connections=CONNECTIONS)
        self._keys = keys
        self._lookup_proof = lookup_proof

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._datastore.close()

    def check(self, *, learn: bool = True) -> None:
        """Make sure that the keys are those of this vault.

        Args:
            learn: keys that it does not know become its own.

        Raises:
            WrongKey: one is another than the one of that name, or is missing.

        """
        proofs = {LOOKUP: self._lookup_proof}
        proofs |= {name: self._keys.proof(name) for name in self._keys.names}
        with self._datastore.rows() as rows:
            known = dict(rows.execute("SELECT id, proof FROM vault.keys").fetchall())
            for name, proof in proofs.items():
                if known.get(name, proof) != proof:
                    what = "the identity key" if name == LOOKUP else f"the master key {name}"
                    raise WrongKey(f"{what} is another than the one that this vault was made with")
            rows.execute(_MISSING, (list(proofs),))
            if missing := [name for (name,) in rows.fetchall()]:
                given = ", ".join(self._keys.names)
                raise WrongKey(
                    f"identities are closed with the master key {', '.join(missing)}, which is not"
                    f" given; given: {given}"
                )
            for name in proofs.keys() - known.keys() if learn else ():
                rows.execute(_KNOW_KEY, (name, proofs[name]))

    def find(self, asked: Collection[Asked]) -> dict[str, Found]:
        """Say where numbers lead, by their digits; writes nothing."""
        if not asked:
            return {}
        with self._datastore.rows() as rows:
            found = _found(rows, asked)
        return {each.digits: found.get(each, Found(each.account)) for each in asked}

    def accounts(self, asked: Collection[Asked]) -> dict[str, UUID]:
        """Say where numbers lead, by their digits, and keep those that were never seen.

        When all are known it is one query.
        """
        found = self.find(asked)
        new = [each for each in asked if not found[each.digits].known]
        new = [each for each in new if not found[each.digits].erased]
        if new:
            with self._datastore.rows() as rows, rows.connection.transaction():
                rows.execute(_BESIDE)
                there = _found(rows, new)  # somebody may have been first, or erased one
                self._add(rows, [each for each in new if each not in there])
                there = _found(rows, new)
            found |= {each.digits: there[each] for each in new}
        return {digits: each.account for digits, each in found.items()}

    def knows(self, account: UUID) -> bool:
        """Tell whether the vault has anything of a person."""
        with self._datastore.rows() as rows:
            query = "SELECT FROM vault.people WHERE account = %s"
            return bool(rows.execute(query, (account,)).fetchall())

    def numbers_of(self, account: UUID) -> list[Kept]:
        """Open the numbers of a person, the first one first; none when the vault has none.

        Raises:
            WrongKey: the master key is not given.
            Tampered: what is kept is not what was put there.

        """
        with self._datastore.rows() as rows:
            keys = self._data_keys(rows, [account])
            kept = rows.execute(_NUMBERS, (account,)).fetchall()
        return [
            Kept(_opened(keys[account], number, account, lookup), *more)
            for lookup, number, *more in kept
        ]

    def link(self, asked: Asked, account: UUID, *, by: str, because: str) -> bool:
        """Give an account a further number; False when it has that number already.

        Raises:
            Taken: the number leads to another account, or to one that was erased.

        """
        with self._datastore.rows() as rows, rows.connection.transaction():
            rows.execute(_ALONE)
            there = _found(rows, [asked]).get(asked)
            if there is not None and (there.account != account or there.erased):
                state = "was erased" if there.erased else "has it"
                raise Taken(f"the number is not free: the account {there.account} {state}")
            if there is not None:
                return False
            self._add(rows, [asked._replace(account=account)], by, because)
        return True

    def erase(self, account: UUID) -> int:
        """Destroy a person's key and numbers; return how many numbers there were.

        What still comes about them leads to the account, by the keyed hash, and is not kept; also
        about an account whose number was never seen here.
        """
        with self._datastore.rows() as rows, rows.connection.transaction():
            rows.execute(_ALONE)
            rows.execute(
                "INSERT INTO vault.erased (mark, account)"
                " SELECT lookup, account FROM vault.numbers WHERE account = %s",
                (account,),
            )
            numbers = rows.rowcount
            rows.execute(
                "INSERT INTO vault.erased (mark, account) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (account.bytes, account),
            )
            rows.execute("DELETE FROM vault.people WHERE account = %s", (account,))
        return numbers

    def rekey(self) -> int:
        """Wrap some people's keys under the newest master key; return how many, 0 when all are.

        Raises:
            WrongKey: the master key that one is wrapped under is not given.
            Tampered: one is not what was put there.

        """
        with self._datastore.rows() as rows, rows.connection.transaction():
            found = rows.execute(_OLDER, (self._keys.newest, REKEYED_ROWS)).fetchall()
            rows.executemany(
                _REWRAP,
                [
                    (self._keys.newest, self._keys.wrap(self._unwrapped(*row), row[0]), row[0])
                    for row in found
                ],
            )
        return len(found)

    def left(self) -> int:
        """Count the people whose keys are not wrapped under the newest master key."""
        with self._datastore.rows() as rows:
            return int(rows.execute(_LEFT, (self._keys.newest,)).fetchall()[0][0])

    def _add(
        self,
        rows: Rows,
        new: Sequence[Asked],
        by: str | None = None,
        because: str | None = None,
    ) -> None:
        """Write numbers, in the order of their accounts, so that nobody waits in a ring."""
        accounts = sorted({each.account for each in new})
        rows.executemany(
            _ADD_PERSON,
            [
                (account, self._keys.newest, self._keys.wrap(new_data_key(), account))
                for account in accounts
            ],
        )
        keys = self._data_keys(rows, accounts)
        rows.executemany(
            _ADD_NUMBER,
            [
                (each.lookup, each.account, _closed(keys[each.account], each), by, because)
                for each in sorted(new, key=lambda each: each.lookup)
            ],
        )

    def _data_keys(self, rows: Rows, accounts: Sequence[UUID]) -> Mapping[UUID, bytes]:
        found = rows.execute(_KEYS, (list(accounts),)).fetchall()
        return {row[0]: self._unwrapped(*row) for row in found}

    def _unwrapped(self, account: UUID, master: str, data_key: bytes) -> bytes:
        return self._keys.unwrap(master, data_key, account)


def _found(rows: Rows, asked: Collection[Asked]) -> dict[Asked, Found]:
    """Return where numbers lead of which the vault has anything; when it has all, ask once."""
    known: dict[bytes, UUID] = dict(
        rows.execute(_KNOWN, ([each.lookup for each in asked],)).fetchall()
    )
    found = {each: Found(known[each.lookup], known=True) for each in asked if each.lookup in known}
    left = [each for each in asked if each not in found]
    if left:
        marks = [each.lookup for each in left] + [each.account.bytes for each in left]
        erased: dict[bytes, UUID] = dict(rows.execute(_ERASED, (marks,)).fetchall())
        for each in left:
            account = erased.get(each.lookup) or erased.get(each.account.bytes)
            if account is not None:
                found[each] = Found(account, erased=True)
    return found


def _closed(key: bytes, asked: Asked) -> bytes:
    return close(key, asked.digits.encode(), _place(asked.account, asked.lookup))


def _opened(key: bytes, number: bytes, account: UUID, lookup: bytes) -> str:
    try:
        return open_(key, number, _place(account, lookup)).decode()
    except InvalidTag:
        pass
    raise Tampered(f"a number of {account} in the vault is not what was put there")


def _place(account: UUID, lookup: bytes) -> bytes:
    return b"number\0" + account.bytes + lookup
