"""One-time codes: who lets which provider take what, and whether that was done."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from ledger.store.postgres import PostgresStore

KEPT_DAYS: Final = 3 * 365
"""So long after its end an authorization is kept: what was reserved with it may be captured."""

_ADD = """
INSERT INTO ledger.authorizations (id, code_hash, account, provider, course, scheme, bucket,
    quantity, unit, made_by, made_at, expires_at, mandate)
VALUES (%(id)s, %(code_hash)s, %(account)s, %(provider)s, %(course)s, %(scheme)s, %(bucket)s,
    %(quantity)s, %(unit)s, %(made_by)s, %(made_at)s, %(expires_at)s,
    %(mandate)s)
"""
_FORGET = "DELETE FROM ledger.authorizations WHERE account = %(account)s AND expires_at < %(old)s"
_CLAIM = """
UPDATE ledger.authorizations
SET redeemed_digest = %(digest)s, redeemed_at = COALESCE(redeemed_at, %(at)s)
WHERE code_hash = %(code_hash)s AND provider = %(provider)s AND course = %(course)s
    AND unit = %(unit)s AND quantity >= %(quantity)s
    AND (redeemed_digest = %(digest)s OR redeemed_digest IS NULL AND expires_at > %(at)s)
RETURNING id, account, scheme, bucket, mandate
"""
_REDEEMED = """
SELECT account FROM ledger.authorizations
WHERE id = %(id)s AND provider = %(provider)s AND redeemed_digest IS NOT NULL
"""
_ATTEMPT = """
INSERT INTO ledger.code_attempts AS a (client, minute, failed)
VALUES (%(client)s, %(minute)s, 1)
ON CONFLICT (client) DO UPDATE SET minute = EXCLUDED.minute,
    failed = CASE WHEN a.minute = EXCLUDED.minute THEN a.failed + 1 ELSE 1 END
RETURNING failed
"""
_FORGIVE = """
UPDATE ledger.code_attempts SET failed = failed - 1
WHERE client = %(client)s AND minute = %(minute)s AND failed > 0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A holder lets a provider take some of a right for a course, once.

    Attributes:
        code_hash: SHA-256 of the code.
        quantity: the most that may be taken, in `unit`.
        made_by: who asked for it, as the actor of a command.
        mandate: by which a helper did; `` when the holder did.

    """

    id: UUID
    code_hash: bytes
    account: UUID
    provider: str
    course: str
    scheme: str
    bucket: str
    quantity: int
    unit: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    mandate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A provider hands in a code.

    Attributes:
        digest: SHA-256 of all that it asks.

    """

    code_hash: bytes
    provider: str
    course: str
    quantity: int
    unit: str
    digest: bytes
    at: datetime


class Claimed(NamedTuple):
    """What a code was for."""

    id: UUID
    account: UUID
    scheme: str
    bucket: str
    mandate: str


class Authorizations:
    """Keeps them; every method raises `StoreUnavailable` when the database gives no answer."""

    def __init__(self, store: PostgresStore) -> None:
        """Keep them beside the ledger."""
        self._datastore = store.datastore

    def add(self, made: Authorization) -> None:
        """Keep one, and forget the account's that ended long ago."""
        old = made.made_at - timedelta(days=KEPT_DAYS)
        with self._datastore.rows() as rows:
            rows.execute(_ADD, asdict(made))
            rows.execute(_FORGET, {"account": made.account, "old": old})

    def claim(self, claim: Claim) -> Claimed | None:
        """Take one for a request; None when it is not for that, or taken, or over, or not there.

        The same request takes it again, so that what broke off after this can be finished.
        """
        with self._datastore.rows() as rows:
            row = rows.execute(_CLAIM, asdict(claim)).fetchone()
            return None if row is None else Claimed(*row)

    def redeemed_by(self, provider: str, id_: UUID) -> UUID | None:
        """Return whose account a provider's redemption is of; None when it made none of that id."""
        with self._datastore.rows() as rows:
            row = rows.execute(_REDEEMED, {"id": id_, "provider": provider}).fetchone()
            return None if row is None else row[0]

    def attempt(self, client: str, minute: datetime) -> int:
        """Count a try of a client as failed; return how many that makes in the minute."""
        with self._datastore.rows() as rows:
            row = rows.execute(_ATTEMPT, {"client": client, "minute": minute}).fetchone()
            assert row is not None  # noqa: S101  the statement writes one row
            return int(row[0])

    def forgive(self, client: str, minute: datetime) -> None:
        """Take back that a try failed."""
        with self._datastore.rows() as rows:
            rows.execute(_FORGIVE, {"client": client, "minute": minute})
