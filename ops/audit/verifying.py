"""`rugzak audit verify`: all that the ledger keeps held against the log, and that against its tree.

The log is held against what was signed of it (`proving`). What is kept beside it is held against
the log: receipts of commands, the texts of regulations, state rows, counts of shared limits and
read models, by the same parts as `audit replay`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self
from uuid import UUID

from ledger.audit import texts
from ledger.audit.handled import TABLE, Housekeeping, alone, misplaced
from ledger.audit.proofs.findings import Finding
from ledger.audit.proofs.kept import Copy, copies, known
from ledger.audit.proofs.keys import KEYS, Keys
from ledger.audit.proofs.leaves import MAX_POSITION, WrongLeaf
from ledger.audit.proofs.placing import Places
from ledger.audit.proofs.tiles import Folder, WrongBundle
from ledger.audit.proofs.verifying import Verified
from ledger.domain.acts import SettingsChanged
from ledger.domain.events import OPERATIONS, REGULATIONS, Envelope
from ledger.domain.evolve import fold
from ledger.service.clock import CLOCKS_APART, SystemClock
from ledger.service.logged import LoneReceipt
from ledger.service.published import differences
from ledger.store.codec import Undecodable
from ledger.store.postgres import PostgresStore
from ledger.store.proofs import ProvenRows
from ledger.store.receipts import KeptReceipts
from ops.audit.beyond import Beyond
from ops.audit.parts import Kept
from ops.audit.replaying import MOST_FINDINGS, Asked, Gathered, gather
from ops.ledger_wiring import rulebook
from ops.proofs import proving, receipts_tree
from ops.settings import Settings
from ops.wiring import Servers
from projections.catalogue import PROJECTIONS
from projections.runner import connect
from projections.tables import exist, generations

SAY_RECEIPTS: Final = 5_000

Say = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Whole(Verified):
    """What a verification found of all: of the log and its tree, and of what is kept beside them.

    Attributes:
        accounts: whose receipts, state rows and rows of read models were looked at.
        events: of these accounts.
        receipts: how many were looked at by themselves.
        receipts_size: leaves of the tree of receipts; 0 when there is none yet.
        receipts_waiting: how many are not in it yet.
        rows: of each read model, how many it should have.
        behind: read models that are behind, each by how many positions of the log.
        not_compared: read models that were not looked at, each with why: `not made` yet, or
            `other version` of the program made it.
        stopped: whether so much was found that the rest was not looked at.

    """

    accounts: int = 0
    events: int = 0
    receipts: int = 0
    receipts_size: int = 0
    receipts_waiting: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    behind: dict[str, int] = field(default_factory=dict)
    not_compared: dict[str, str] = field(default_factory=dict)
    stopped: bool = False

    @classmethod
    def of(cls, tree: Verified) -> Self:
        """Begin with what was found of the log and its tree."""
        return cls(**{each.name: getattr(tree, each.name) for each in fields(tree)})


def verify(
    where: Servers,
    settings: Settings,
    *,
    trusted: Path | None,
    since: int,
    every: bool,
    say: Say,
) -> Whole:
    """Hold the log against its tree, and all that is kept beside the log against the log.

    Args:
        where: the servers.
        settings: name the tree, the witnesses, and how long receipts are kept.
        trusted: a file with the log's public key.
        since: size of a tree that was found good: of what is beside the log only that is looked
            at which an event after it is about. 0 is all.
        every: go on, however much is found.
        say: is told how far it is.

    Raises:
        NoProofs: there is no tree and nothing says that there was one, or none of `since` leaves
            was signed.

    """
    others = proving.elsewhere(where, settings)
    tree = proving.verify(where, settings, trusted=trusted, since=since, say=say, others=others)
    folder = proving.tree_folder(settings)
    there = trusted is not None or folder.read(KEYS) is not None
    keys = proving.published_keys(folder, trusted) if there else None
    places = Places(folder, known(copies(folder), [], keys)) if keys else None
    whole = Whole.of(tree)
    after = _position(places, since)
    with PostgresStore(where.database_url) as store:
        beside = _Beside(where.database_url, store, settings, whole, say)
        found = beside.findings(after, every=every)
        about = {each.key for each in found if each.table == TABLE}
        receipts = [*beside.receipts(folder, keys, others.seen, after)]
    whole.findings = [*tree.findings, *(_since(each, places) for each in found)]
    whole.findings += (each for each in receipts if each.key is None or each.key not in about)
    return whole


def _position(places: Places | None, since: int) -> int | None:
    """Return the position that a tree of a size ends with; None when all has to be looked at."""
    try:
        return places.position(since - 1) if places and since else None
    except (WrongBundle, WrongLeaf):  # which the tree's own findings tell of
        return None


def _since(finding: Finding, places: Places | None) -> Finding:
    """Add between which checkpoints what is right was made."""
    if finding.position is None or places is None:
        return finding
    try:
        leaf = places.leaf(finding.position)
    except (WrongBundle, WrongLeaf):  # which the tree's own findings tell of
        return finding
    return finding if leaf is None else finding._replace(leaf=leaf, since=places.since(leaf))


class _Beside:
    """What is kept beside the log, held against it."""

    def __init__(
        self, url: str, store: PostgresStore, settings: Settings, whole: Whole, say: Say
    ) -> None:
        self._url, self._store, self._settings = url, store, settings
        self._whole, self._say = whole, say
        self._kept = KeptReceipts(store)

    def findings(self, after: int | None, *, every: bool) -> list[Finding]:
        """Look at all of it, or at what events after a position are about."""
        log, acts = self._read(REGULATIONS), self._read(OPERATIONS)
        found = list(self._regulations(log or ()))
        with ProvenRows(self._url) as rows:
            without = rows.destroyed()
        beyond = Beyond(
            housekeeping=self._housekeeping(acts or ()),
            published=None if log is None else texts.published(log),
            since=after,
            without=without,
        )
        found += self._models()
        found += self._accounts(beyond, Asked(every=every))
        if self._whole.stopped:
            return found
        about = {each.key for each in found if each.table == TABLE}
        alone = (each for each in self._receipts(beyond) if each.key not in about)
        most = None if every else max(MOST_FINDINGS - len(found), 0)
        found += islice(alone, most)
        self._whole.stopped = next(alone, None) is not None
        return found

    def receipts(
        self, tree: Folder, keys: Keys | None, seen: Sequence[Copy], after: int | None
    ) -> Iterator[Finding]:
        """Hold the receipts against their tree."""
        acts = self._read(OPERATIONS) or ()
        since = None if after is None else self._kept.number_at(after)
        found = receipts_tree.verify(
            self._url,
            self._kept,
            tree,
            keys,
            seen,
            since=since,
            dropped_before=self._dropped_before(self._housekeeping(acts)),
            say=self._say,
        )
        if found is None:
            return
        self._whole.receipts_size, self._whole.receipts_waiting = found.size, found.waiting
        yield from found.findings

    def _dropped_before(self, housekeeping: Housekeeping) -> int:
        """Return the number before which the housekeeping may have dropped receipts.

        Of recent ones it may not, as their events show.
        """
        oldest = min(self._kept.oldest_month() or housekeeping.since, housekeeping.since)
        since = datetime.combine(oldest, time(), UTC)
        # A clock that was ahead gave one of the month before a later number.
        found = self._kept.first_since(since + CLOCKS_APART) or self._kept.first_since(since)
        return found or MAX_POSITION

    def _read(self, account: UUID) -> list[Envelope] | None:
        """Read the log of an account that is nobody's; None when it can't be, as is told later."""
        try:
            return self._store.events_of(account)
        except Undecodable:
            return None

    def _regulations(self, log: Sequence[Envelope]) -> Iterator[Finding]:
        yield from texts.mistold(log)
        if log:
            yield from texts.other_texts(differences(rulebook(), fold(log)), log)

    def _housekeeping(self, acts: Sequence[Envelope]) -> Housekeeping:
        """Tell how long receipts are kept for certain: the shortest time that was ever set."""
        days = {self._settings.receipts_kept_days}
        for each in acts:
            if isinstance(each.event, SettingsChanged):
                told = dict(each.event.settings).get("receipts_kept_days", "")
                days |= {int(told)} if told.isdecimal() else set()
        oldest = SystemClock().now().today - timedelta(days=min(days))
        since = oldest.replace(day=1)
        return Housekeeping(since, self._kept.older_months(since))

    def _models(self) -> Iterator[Finding]:
        """Say which read models are not made, and which are somewhere the log is not."""
        with connect(self._url) as conn:
            live = {g.name: g for g in generations(conn) if g.live} if exist(conn) else {}
            head = self._store.head()  # after the others, which follow it
            for each in PROJECTIONS:
                made = live.get(each.name)
                table = f"projections.{each.tables[0].name}"
                if made is None:
                    there = conn.execute("SELECT to_regclass(%s) IS NOT NULL", (table,)).fetchone()
                    self._whole.not_compared[each.name] = "not made"
                    if there == (True,):
                        text = f"the read model {each.name} is there, and the registry has none"
                        yield _registry("model missing", text, each.name)
                elif made.version != each.version:
                    self._whole.not_compared[each.name] = "other version"
                elif made.position > head:
                    text = f"{each.name} says that it has position {made.position}"
                    yield _registry("model", f"{text}, and the log ends at {head}", each.name)

    def _accounts(self, beyond: Beyond, asked: Asked) -> list[Finding]:
        store, whole, told = self._store, self._whole, Gathered()
        last, taken = store.drawn()
        head = store.head()
        begun = {"head": head - (beyond.since or 0), "last": last, "taken": taken}
        with TemporaryDirectory(prefix="rugzak-verify-") as folder:  # nothing of it is gone on with
            kept = Kept.begin(Path(folder) / "parts.jsonl", {}, begun)
            gather(self._url, store, kept, self._say, asked, told, beyond)
        whole.accounts, whole.events, whole.stopped = told.accounts, told.events, told.stopped
        whole.rows = told.rows
        whole.behind = {n: head - place for n, place in told.places.items() if place < head}
        return told.findings

    def _receipts(self, beyond: Beyond) -> Iterator[Finding]:
        number = None if beyond.since is None else self._kept.number_at(beyond.since)
        walk = self._kept.each() if number is None else self._kept.newer(number)
        told = (each for each in walk if each.row.place not in beyond.without)

        def counted() -> Iterator[LoneReceipt]:
            for each in told:
                self._whole.receipts += 1
                if self._whole.receipts % SAY_RECEIPTS == 0:
                    self._say(f"{self._whole.receipts} receipts")
                yield each

        yield from alone(counted())
        yield from misplaced(self._kept.misplaced(number or 0))


def verify_beside(where: Servers, settings: Settings, *, every: bool, say: Say) -> Whole:
    """Hold what is kept beside the log against the log alone, where no tree tells what it was.

    Raises:
        SettingsError: who logs in may not read all of it.

    """
    proving.admitted(where.database_url)
    whole = Whole()
    with PostgresStore(where.database_url) as store:
        beside = _Beside(where.database_url, store, settings, whole, say)
        whole.findings = beside.findings(None, every=every)
    return whole


def _registry(kind: str, text: str, name: str) -> Finding:
    return Finding(kind, text, table="projections.registry", key=name)
