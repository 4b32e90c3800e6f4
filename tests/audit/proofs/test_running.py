"""The tree follows the log beside an intake, whoever is killed; and what its operator may do wrong."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import psycopg
import pytest

from ledger.audit.proofs.making import Diverged, Maker
from ledger.audit.proofs.notes import Note, new_signer, read_checkpoint, read_note
from ledger.audit.proofs.tiles import CHECKPOINT, Folder
from ledger.store.datastore import SERVICE_ROLE
from ops.proofs import proving
from ops.settings import SettingsError
from ops.wiring import Servers
from tests.audit.proofs.conftest import MILA, OMAR, PIA, Proven
from tests.audit.proofs.fsck import fsck
from tests.audit.proofs.logs import MadeUpLog, made_up_log

KILLS = 4
GROW = """
import sys
from pathlib import Path
from ops.proofs.proving import checkpoint
from ops.settings import Settings
from ops.wiring import Servers
url, folder = sys.argv[1], Path(sys.argv[2])
settings = Settings(database_url=url, data_dir=folder, audit_key_file=folder / "log.key",
                    audit_witness_folder=folder / "witness")
print("ready", flush=True)
while True:
    checkpoint(Servers(database_url=url, bootstrap_servers=None, embedded=()), settings)
"""


def size(of: Proven) -> int:
    return read_checkpoint(read_note(of.tree.read(CHECKPOINT) or b"").text).size


def test_beside_an_intake_the_tree_is_at_the_head_when_it_stops(proven: Proven) -> None:
    proven.add(PIA, 1, 5)
    with proving.proving(proven.settings, proven.where, Event()):
        proven.add(PIA, 6, 5)
    found = proven.verify()
    assert (found.findings, found.waiting) == ([], 0)


def test_without_a_key_nothing_runs_beside(proven: Proven) -> None:
    shutil.rmtree(proven.tree.path)
    settings = proven.settings.model_copy(update={"audit_key_file": None})
    with proving.proving(settings, proven.where, Event()):
        pass
    assert not proven.tree.path.exists()


def test_a_maker_that_is_killed_again_and_again_leaves_a_tree_that_others_accept(
    proven: Proven,
) -> None:
    folder, key, version = proven.settings.data_dir, str(proven.signer.verifier), 1
    for kill in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", GROW, proven.url, str(folder)], stdout=subprocess.PIPE
        ) as maker:
            assert maker.stdout is not None
            assert maker.stdout.readline() == b"ready\n"
            for _ in range(3):
                proven.add(PIA, version, 400)
                version += 400
                time.sleep(0.01 * kill)
            maker.send_signal(signal.SIGKILL)
        assert "Successfully" in fsck(proven.tree.path, key)
        assert proven.kinds() == []
    proven.checkpoint()
    assert size(proven) == proven.verify().size
    assert proven.verify().waiting == 0


def test_a_login_that_may_not_become_the_role_is_told_what_is_missing(proven: Proven) -> None:
    login = f"clerk_{proven.url.rpartition('/')[2]}"
    proven.sql(f"CREATE ROLE {login} LOGIN PASSWORD 'secret' IN ROLE {SERVICE_ROLE}")
    try:
        with psycopg.connect(proven.url) as conn:
            host, port, name = conn.info.host, conn.info.port, conn.info.dbname
        url = f"postgresql://{login}:secret@{host}:{port}/{name}"
        where = Servers(database_url=url, bootstrap_servers=None, embedded=())
        with pytest.raises(SettingsError, match=f"GRANT rugzak_proofs TO {login}"):
            proving.checkpoint(where, proven.settings)
    finally:
        proven.sql(f"DROP ROLE {login}")


def test_a_database_that_is_not_up_to_date_is_told_so(proven: Proven, empty_database: str) -> None:
    where = Servers(database_url=empty_database, bootstrap_servers=None, embedded=())
    with pytest.raises(SettingsError, match="rugzak migrate"):
        proving.checkpoint(where, proven.settings)


def other_digest(of: Proven) -> None:
    of.sql("UPDATE ledger.receipts SET digest = sha256('x') WHERE number = 3")


def test_a_tree_of_receipts_that_would_be_another_one_is_not_signed_and_the_logs_is(
    proven: Proven,
) -> None:
    before = size(proven)
    other_digest(proven)
    shutil.rmtree(proven.tree.path)
    proven.add(MILA, 5)
    with pytest.raises(Diverged, match=r"another tree of \d+ leaves was signed.*audit/receipts"):
        proven.checkpoint()
    assert size(proven) == before + 1
    assert proven.tree.read(f"receipts/{CHECKPOINT}") is None
    told = [str(each) for each in proven.whole().findings]
    missing = "in the tree of receipts: the tree has no checkpoint that a key of it signed; one of"
    assert any(missing in each for each in told), told


def test_a_tree_whose_log_ends_earlier_now_is_not_made_anew(proven: Proven) -> None:
    proven.sql(f"DELETE FROM ledger.events WHERE originator_id = '{OMAR}'")
    shutil.rmtree(proven.tree.path)
    with pytest.raises(Diverged, match="there is only what makes"):
        proven.checkpoint()
    assert proven.tree.read(CHECKPOINT) is None


def test_a_tree_of_receipts_of_which_old_ones_were_dropped_is_not_made_anew(
    proven: Proven,
) -> None:
    proven.sql("DELETE FROM ledger.receipts WHERE month < '2025-01-01'")
    proven.checkpoint()
    folder = proven.tree.path / "receipts"
    folder.rename(folder.with_name("away"))
    with pytest.raises(Diverged, match=r"bring back .*receipts"):
        proven.checkpoint()
    shutil.rmtree(folder)
    folder.with_name("away").rename(folder)
    proven.checkpoint()


@pytest.mark.parametrize("note", ["x", "somebody's"])
def test_a_checkpoint_that_is_none_of_ours_in_the_database_stops_the_next_one(
    proven: Proven, note: str
) -> None:
    if note != "x":
        other = new_signer(proven.signer.name)
        text = read_note(proven.tree.read(CHECKPOINT) or b"").text
        note = bytes(Note(text, (other.sign(text),))).decode()
    proven.sql(f"UPDATE proofs.published SET note = convert_to('{note}', 'UTF8')")
    with pytest.raises(Diverged, match=r"the database keeps"):
        proven.checkpoint()


def test_a_long_log_whose_folder_was_lost_is_signed_first_when_it_is_what_was_signed_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.audit.proofs.making.PAGE_EVENTS", 100)
    monkeypatch.setattr("ledger.audit.proofs.making.MOST_UNSIGNED", 150)
    signer, log = new_signer("rights.example.be/log"), made_up_log(1_000)
    first = Maker(MadeUpLog(log.all[:450]), Folder(tmp_path / "first"), signer)
    first.grow()
    again = Folder(tmp_path / "again")
    Maker(log, again, signer, before=bytes(first.signed)).grow()
    assert again.sizes() == [500, 700, 900, 1_000]
    changed = MadeUpLog([log.all[0]._replace(payload=b"{}"), *log.all[1:]])
    other = Maker(changed, Folder(tmp_path / "other"), signer, before=bytes(first.signed))
    with pytest.raises(Diverged, match="another tree of 450 leaves"):
        other.grow()


def test_a_tree_that_only_the_folder_knows_is_not_made_anew(proven: Proven, tmp_path: Path) -> None:
    proven.sql(f"UPDATE proofs.keys SET key = NULL WHERE account = '{OMAR}'")
    proven.add(MILA, 5)
    proven.checkpoint()
    folder = tmp_path / "away"
    proven.tree.path.rename(folder)
    with pytest.raises(Diverged, match="bring that back"):
        proven.checkpoint()
    shutil.rmtree(proven.tree.path)
    folder.rename(proven.tree.path)
    proven.checkpoint()
