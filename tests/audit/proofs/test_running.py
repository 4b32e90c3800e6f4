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

from ledger.audit.proofs.making import Diverged
from ledger.audit.proofs.notes import read_checkpoint, read_note
from ledger.audit.proofs.tiles import CHECKPOINT
from ledger.store.recorder import SERVICE_ROLE
from ops.proofs import proving
from ops.settings import SettingsError
from ops.wiring import Servers
from tests.audit.proofs.conftest import MILA, OMAR, PIA, Proven
from tests.audit.proofs.fsck import fsck

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
