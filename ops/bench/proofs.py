"""`bench proofs`: the published tree, made behind the log and held against it.

Tiles: a log grows in steps, each followed by a checkpoint, which is what is timed, with all that
is brought to the disk; against the door that takes in careers, by events per second.

Tree: hashes of leaves, nodes and root of all entries, in memory; against one call of
`hashlib.sha256` for each event over the same bytes. Verification is the whole of it: rows read
and inflated, commitments, entries and tiles from the disk; its baseline is one such call over
each payload. It runs in a process of its own after the first step, a tenth of the log, and in the
end, and its peak memory is compared.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

from ledger.audit.proofs.kept import copies, known
from ledger.audit.proofs.keys import first_key
from ledger.audit.proofs.making import PAGE_EVENTS, Maker
from ledger.audit.proofs.merkle import WIDTH, Edge, leaf_hashes
from ledger.audit.proofs.notes import Verifier, new_signer
from ledger.audit.proofs.tiles import Folder
from ledger.audit.proofs.verifying import Verification
from ledger.store.proofs import ProvenRows
from ops.bench.careers import BATCH_COMMANDS, SEED, careers, commands
from ops.bench.lab import MIB, Lab, Measured, Memory, apart, in_turns, ratio
from ops.ledger_wiring import open_door, open_store

PEOPLE = 200
EVENTS = 1_000_000
STEPS = 10
ROUNDS = 5
GOALS = {"tiles_vs_door": 3.0, "tree_vs_one_hash": 1 / 3, "memory_first_step_vs_whole": 0.9}


def measure(lab: Lab, size: float) -> Measured:
    """Grow a log and its tree, then verify."""
    events = max(int(EVENTS * size), 4_000)
    url, signer, dice = lab.database(), new_signer("bench.example.be"), Random(SEED)  # noqa: S311
    lives = careers(lab, max(int(PEOPLE * size), 10))
    made = seconds = 0.0
    looked: list[_Verified] = []
    with TemporaryDirectory(prefix="rugzak-bench-") as name, open_store(url) as store:
        folder = Folder(Path(name))
        with ProvenRows(url) as rows:
            for step in range(1, STEPS + 1):
                lives.grow(store, events * step // STEPS, dice)
                began = perf_counter()
                maker = Maker(rows, folder, signer)
                made += maker.grow()
                seconds += perf_counter() - began
                if step in (1, STEPS):
                    looked.append(apart(_verify, url, folder.path, signer.verifier))
            door = _door(lab, max(int(PEOPLE * size), 10))
            payloads = [row.payload for row in rows.rows(0, PAGE_EVENTS)]
        first, whole = looked
        assert whole.events == made  # noqa: S101  all of it was looked at
        bundles = [folder.entries(number, WIDTH) for number in range(int(made) // WIDTH)]
    entries = [entry for bundle in bundles for entry in bundle]
    tree, once = in_turns(ROUNDS, lambda: _tree(bundles), lambda: _once(entries))
    hashed = _once(payloads)
    return Measured(
        figures={
            "events": made,
            "tiles_events_per_s": made / seconds,
            "door_events_per_s": door,
            "tree_events_per_s": median(tree),
            "one_hash_events_per_s": median(once),
            "verified_events_per_s": whole.events_per_s,
            "verified_vs_one_hash_of_payloads": whole.events_per_s / hashed,
            "first_step_peak_mib": first.peak_bytes / MIB,
            "whole_peak_mib": whole.peak_bytes / MIB,
        },
        ratios={
            "tiles_vs_door": made / seconds / door,
            "tree_vs_one_hash": ratio(tree, once),
            "memory_first_step_vs_whole": first.peak_bytes / whole.peak_bytes,
        },
    )


class _Verified(NamedTuple):
    """What a process that verified says of it."""

    events: int
    events_per_s: float
    peak_bytes: int


def _verify(url: str, folder: Path, verifier: Verifier) -> _Verified:
    """Hold the whole log against its tree, and say what it took."""
    memory, tree = Memory(), Folder(folder)
    with ProvenRows(url) as rows:
        kept = known(copies(tree), [], first_key(verifier))
        began = perf_counter()
        found = Verification(rows, tree, kept).run(say=memory.look)
        took = perf_counter() - began
    memory.look()
    assert not found.findings, found.findings[0]  # noqa: S101  nobody changed anything
    return _Verified(found.size, found.size / took, memory.peak)


def _door(lab: Lab, people: int) -> float:
    """Return how many events a second the door makes of careers that it takes in."""
    with open_store(lab.database()) as store:
        door = open_door(store)
        asked = commands(people, door.clock.now().today)
        before, began = store.head(), perf_counter()
        for at in range(0, len(asked), BATCH_COMMANDS):
            door.handle(asked[at : at + BATCH_COMMANDS])
        return (store.head() - before) / (perf_counter() - began)


def _tree(bundles: Sequence[Sequence[bytes]]) -> float:
    began, edge = perf_counter(), Edge()
    for entries in bundles:
        for _ in edge.add(leaf_hashes(entries)):
            pass
    edge.root()
    return edge.size / (perf_counter() - began)


def _once(entries: Sequence[bytes]) -> float:
    began = perf_counter()
    for entry in entries:
        sha256(entry).digest()
    return len(entries) / (perf_counter() - began)
