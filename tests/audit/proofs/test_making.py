"""The tree grows behind the log: in whatever parts, and whenever it is killed, it is the same."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.audit.proofs.kept import copies, known
from ledger.audit.proofs.keys import first_key
from ledger.audit.proofs.making import Diverged, Maker
from ledger.audit.proofs.merkle import Tree
from ledger.audit.proofs.notes import new_signer, read_checkpoint, read_note
from ledger.audit.proofs.tiles import CHECKPOINT, Folder, FolderBusy, path_of
from ledger.audit.proofs.verifying import Verification
from tests.audit.proofs.logs import MadeUpLog, Quiet, made_up_log

SIGNER = new_signer("rights.example.be/log")
SIZE = 600
LOG = made_up_log(SIZE)


def grow(path: Path, log: MadeUpLog) -> None:
    maker = Maker(log, Folder(path), SIGNER)
    maker.grow()


def files(path: Path) -> dict[str, bytes]:
    found = {str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()}
    return {name: data for name, data in found.items() if not name.endswith(".new")}


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    path = tmp_path_factory.mktemp("tree")
    grow(path, LOG)
    return files(path)


@given(parts=st.lists(st.integers(0, SIZE), max_size=5))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_tree_that_grew_in_parts_has_each_byte_of_one_that_is_made_at_once(
    at_once: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, parts: list[int]
) -> None:
    path = tmp_path_factory.mktemp("tree")
    for part in sorted({*parts, SIZE}):
        grow(path, MadeUpLog(LOG.all[:part]))
    found = files(path)
    assert found.items() >= at_once.items()
    more = found.keys() - at_once.keys()
    assert all(name.startswith("checkpoints/") or ".p/" in name for name in more)


def test_a_long_log_is_signed_in_parts_and_is_the_same(
    tmp_path: Path, at_once: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.audit.proofs.making.PAGE_EVENTS", 100)
    monkeypatch.setattr("ledger.audit.proofs.making.MOST_UNSIGNED", 150)
    grow(tmp_path, LOG)
    assert Folder(tmp_path).sizes() == [200, 400, SIZE]
    assert files(tmp_path).items() >= at_once.items()


class Killed(Exception):  # noqa: N818  it is what happens
    """As a process that is gone."""


class Mortal(Folder):
    """A folder whose writer is killed at one of its steps, in the middle of a file or between."""

    def __init__(self, path: Path, steps: int) -> None:
        super().__init__(path)
        self.steps = steps

    def step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise Killed

    def write(self, place: str, data: bytes) -> None:
        beside = (self.path / place).with_name(f".{Path(place).name}.new")
        beside.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data[:7])
        self.step()
        super().write(place, data)

    def flush(self) -> None:
        self.step()
        super().flush()

    def drop_superseded(self) -> None:
        self.step()
        super().drop_superseded()


def test_whenever_it_is_killed_what_is_published_is_whole_and_it_goes_on(
    tmp_path: Path, at_once: dict[str, bytes]
) -> None:
    for steps in range(1, 100):
        path = tmp_path / str(steps)
        grow(path, MadeUpLog(LOG.all[:300]))
        try:
            maker = Maker(LOG, Mortal(path, steps), SIGNER)
            maker.grow()
        except Killed:
            note = read_checkpoint(read_note((path / CHECKPOINT).read_bytes()).text)
            assert note.size in {300, SIZE}
            assert Tree(note.size, Folder(path).tile).root() == note.root
            keys = first_key(SIGNER.verifier)
            assert known(copies(Folder(path)), [], keys).findings == ()
            grow(path, LOG)
            assert files(path).items() >= at_once.items()
        else:
            assert steps > 10
            return
    pytest.fail("it was never let live")


def test_what_is_signed_once_is_not_taken_back(tmp_path: Path) -> None:
    grow(tmp_path, LOG)
    with pytest.raises(Diverged, match="there the log has nothing"):
        grow(tmp_path, MadeUpLog(LOG.all[:500]))
    other = [*LOG.all[:-1], LOG.all[-1]._replace(payload=b"{}")]
    with pytest.raises(Diverged, match="there the log has another event"):
        grow(tmp_path, MadeUpLog(other))


def test_nothing_is_signed_over_tiles_that_are_not_those_of_the_checkpoint(tmp_path: Path) -> None:
    grow(tmp_path, LOG)
    tile = tmp_path / path_of(0, SIZE // 256, SIZE % 256)
    tile.write_bytes(bytes(len(tile.read_bytes())))
    with pytest.raises(Diverged, match="are not those of its checkpoint"):
        grow(tmp_path, LOG)


@pytest.mark.parametrize(
    "entry", [b"", b"{}", b'{"commitment":"%s","position":9999999999999999999}' % (64 * b"0")]
)
def test_nothing_is_signed_after_entries_that_are_not_those_of_the_tiles(
    tmp_path: Path, entry: bytes
) -> None:
    grow(tmp_path, LOG)
    folder, begun = Folder(tmp_path), SIZE % 256
    for place in (0, begun - 1):
        entries = Folder(tmp_path).entries(SIZE // 256, begun)
        entries[place] = entry
        folder.put_entries(SIZE // 256, entries)
        with pytest.raises(Diverged):
            grow(tmp_path, LOG)
    (tmp_path / path_of("entries", SIZE // 256, begun)).unlink()
    with pytest.raises(Diverged, match="is missing"):
        grow(tmp_path, LOG)


def test_nothing_is_signed_after_an_older_checkpoint_was_put_back(tmp_path: Path) -> None:
    grow(tmp_path, MadeUpLog(LOG.all[:300]))
    older = (tmp_path / CHECKPOINT).read_bytes()
    grow(tmp_path, LOG)
    (tmp_path / CHECKPOINT).write_bytes(older)
    with pytest.raises(Diverged, match="a tree of 600 leaves was signed"):
        grow(tmp_path, LOG)


def test_another_key_is_not_taken_for_the_logs(tmp_path: Path) -> None:
    grow(tmp_path, LOG)
    with pytest.raises(Diverged, match="rotate"):
        Maker(LOG, Folder(tmp_path), new_signer(SIGNER.name))


def test_one_writes_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.audit.proofs.tiles.LOCK_SECONDS", 0.1)
    with (
        Folder(tmp_path).alone(),
        pytest.raises(FolderBusy, match="is being written"),
        Folder(tmp_path).alone(),
    ):
        pytest.fail("two write")


def test_verification_from_a_good_checkpoint_on_sees_what_came_after_it_only(
    tmp_path: Path,
) -> None:
    for size in (300, SIZE):
        grow(tmp_path, MadeUpLog(LOG.all[:size]))
    kept = known(copies(Folder(tmp_path)), [], first_key(SIGNER.verifier))

    def kinds(changed: int, since: int) -> list[str]:
        rows = list(LOG.all)
        rows[changed] = rows[changed]._replace(payload=b"{}")
        found = Verification(Quiet(rows), Folder(tmp_path), kept).run(since)
        assert found.start == (256 if since else 0)
        return [finding.kind for finding in found.findings]

    assert kinds(100, since=0) == ["payload"]
    assert kinds(100, since=300) == []
    assert kinds(299, since=300) == ["payload"]
    assert kinds(450, since=300) == ["payload"]


def test_verification_from_a_checkpoint_on_begins_with_the_tree_that_was_signed(
    tmp_path: Path,
) -> None:
    for size in (512, SIZE):
        grow(tmp_path, MadeUpLog(LOG.all[:size]))
    path = tmp_path / path_of(1, 0, 2)
    path.write_bytes(bytes(64))
    for size in (512, SIZE):
        own = [copy for copy in copies(Folder(tmp_path)) if copy.where.endswith(f"{size}")]
        kept = known(own, [], first_key(SIGNER.verifier))
        found = Verification(Quiet(LOG.all), Folder(tmp_path), kept).run(512)
        assert "tree" in [finding.kind for finding in found.findings], size


fields = st.sampled_from(["account", "version", "name", "payload", "position"])


@given(st.integers(0, SIZE - 1), fields, st.integers(1, 9))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_changed_of_whatever_row_is_found_where_it_is(
    grown: Path, at: int, field: str, by: int
) -> None:
    row = LOG.all[at]
    account = str(UUID(int=UUID(row.account).int + by))
    other: dict[str, Any] = {
        "account": account,
        "version": row.version + by,
        "name": "right-used",
        "payload": row.payload[:-by],
        "position": row.position,
    }
    rows = [*LOG.all]
    if field == "position":
        del rows[at]
    else:
        rows[at] = row._replace(**{field: other[field]})
    kept = known(copies(Folder(grown)), [], first_key(SIGNER.verifier))
    [finding] = Verification(Quiet(rows), Folder(grown), kept).run().findings
    assert (finding.position, finding.leaf) == (row.position, at)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tree")
    for size in (1, 256, 300, SIZE):
        grow(path, MadeUpLog(LOG.all[:size]))
    return path


@pytest.mark.parametrize("since", [0, 1, 256, 300, SIZE])
def test_an_honest_log_gives_no_alarm_from_whichever_checkpoint_on(grown: Path, since: int) -> None:
    kept = known(copies(Folder(grown)), [], first_key(SIGNER.verifier), since)
    found = Verification(Quiet(LOG.all), Folder(grown), kept).run(since)
    assert (found.findings, found.waiting) == ([], 0)


@pytest.mark.parametrize("level", [0, 1])
def test_tiles_of_every_level_are_held_against_the_entries(tmp_path: Path, level: int) -> None:
    grow(tmp_path, LOG)
    kept = known(copies(Folder(tmp_path)), [], first_key(SIGNER.verifier))
    path = tmp_path / path_of(level, 0, 2 if level else 256)
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)
    found = Verification(Quiet(LOG.all), Folder(tmp_path), kept).run()
    assert [finding.kind for finding in found.findings] == ["tile"]
