"""Witnesses of the published trees: each kind keeps both trees' checkpoints, and what it signs is kept."""

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from consumers.checkpoints import read
from ledger.audit.proofs.notes import COSIGNATURE, new_signer, read_note
from ledger.audit.proofs.tiles import checkpoint_path
from ledger.store.postgres import PostgresStore
from ops.settings import Settings
from tests.audit.proofs.fsck import fsck
from tests.cli.conftest import Result, Rugzak
from tests.cli.proofs import MILA, NAME, changed, kept, public
from tests.store.batches import batch

RECEIPTS = f"{NAME}/receipts"


def signed_anew(tree: Path, database: str, *changes: str) -> None:
    """Do what a thief of the key does, who has database and disk: change, and forget what was signed."""
    for change in (*changes, "DELETE FROM proofs.published"):
        changed(database, change)
    for folder in (tree, tree / "receipts"):
        shutil.rmtree(folder / "checkpoints", ignore_errors=True)
        (folder / "checkpoint").unlink()


DIGEST = "UPDATE ledger.receipts SET digest = sha256('x') WHERE number = 20"
"""What only the tree of receipts tells of."""


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Witness", "-c", "user.email=witness@example.be")
    asked = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout


def commits_as_rugzak(folder: Path) -> None:
    git(folder, "config", "user.name", "Rugzak")
    git(folder, "config", "user.email", "rugzak@example.be")


def test_a_git_repository_keeps_each_checkpoint_and_notices_a_past_that_is_signed_anew(
    rugzak: Rugzak,
    tree: Path,
    store: PostgresStore,
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there, away = tmp_path / "witness", tmp_path / "witness.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(away))
    git(tmp_path, "clone", "--quiet", str(away), str(there))
    commits_as_rugzak(there)
    git(there, "config", "push.autoSetupRemote", "true")
    monkeypatch.setenv("RUGZAK_AUDIT_WITNESS_REPOSITORY", str(there))
    for number in range(2):
        store.append(batch(MILA, after=number))
        assert rugzak("audit", "checkpoint").code == 0
    assert git(away, "log", "--format=%s", "main").splitlines() == [
        f"Checkpoint of {events} leaves, {receipts} leaves of receipts"
        for events, receipts in ((store.head(), 40), (store.head() - 1, 39))
    ]
    for place in ("checkpoint", "receipts/checkpoint"):
        assert git(away, "show", f"main:{place}").encode() == (tree / place).read_bytes()
    assert rugzak("audit", "verify").code == 0
    monkeypatch.delenv("RUGZAK_AUDIT_WITNESS_REPOSITORY")
    signed_anew(tree, database, DIGEST, "DELETE FROM ledger.events WHERE notification_id > 20")
    assert rugzak("audit", "checkpoint").code == 0
    alone = rugzak("audit", "verify").out
    assert "WRONG  receipt inserted" in alone
    assert not re.search("WRONG  (checkpoint|fork|tree)", alone)
    monkeypatch.setenv("RUGZAK_AUDIT_WITNESS_REPOSITORY", str(there))
    found = rugzak("audit", "verify")
    assert (found.code, "the newest here is of 20" in found.out) == (1, True)
    assert "WRONG  fork: in the tree of receipts: two trees of 40 leaves were signed" in found.out


def test_a_file_that_somebody_took_out_of_the_repository_is_still_in_its_past(
    rugzak: Rugzak, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "witness"
    git(tmp_path, "init", "--quiet", str(there))
    commits_as_rugzak(there)
    monkeypatch.setenv("RUGZAK_AUDIT_WITNESS_REPOSITORY", str(there))
    assert rugzak("audit", "checkpoint").code == 0
    git(there, "rm", "--quiet", "checkpoint", "receipts/checkpoint")
    git(there, "commit", "--quiet", "--message", "Gone")
    assert rugzak("audit", "verify").code == 0
    shutil.rmtree(tree)
    gone = rugzak("audit", "verify")
    assert (gone.code, gone.out.count("WRONG  tree missing")) == (1, 2)
    assert rugzak("audit", "checkpoint").code == 0
    assert rugzak("audit", "verify").code == 0


def test_a_folder_keeps_the_checkpoints_of_both_trees_and_notices_one_that_is_signed_anew(
    rugzak: Rugzak,
    tree: Path,
    store: PostgresStore,
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "witness"
    monkeypatch.setenv("RUGZAK_AUDIT_WITNESS_FOLDER", str(folder))
    store.append(batch(MILA))
    assert rugzak("audit", "checkpoint").code == 0
    for within in ("", "receipts"):
        newest = (tree / within / "checkpoint").read_bytes()
        assert newest in [each.read_bytes() for each in (folder / within / "checkpoints").iterdir()]
    assert rugzak("audit", "verify").code == 0
    key, *_ = (tree / "receipts" / "keys").read_text("utf-8").splitlines()
    assert "Successfully" in fsck(tree / "receipts", key)
    signed_anew(tree, database, DIGEST)
    monkeypatch.delenv("RUGZAK_AUDIT_WITNESS_FOLDER")
    assert rugzak("audit", "checkpoint").code == 0
    assert rugzak("audit", "verify").code == 0  # nobody else knows better
    monkeypatch.setenv("RUGZAK_AUDIT_WITNESS_FOLDER", str(folder))
    kinds = [each["kind"] for each in rugzak("audit", "verify", "--json").json["findings"]]
    assert kinds == ["fork", "tree"]


AWAY = {
    "a folder that is a file": ("WITNESS_FOLDER", "Not a directory", "there is no such folder"),
    "a repository that is none": (
        "WITNESS_REPOSITORY",
        "git remote: fatal: not a git repository",
        "",
    ),
    "a topic of no broker": ("TOPIC", "RUGZAK_KAFKA_BOOTSTRAP_SERVERS is not set", ""),
    "a topic whose broker is away": ("TOPIC", "Unable to bootstrap from ['127.0.0.1:1']", ""),
}


@pytest.mark.parametrize("what", AWAY)
def test_a_witness_that_is_not_there_is_told_of_and_stops_nothing(
    rugzak: Rugzak,
    tree: Path,
    store: PostgresStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    setting, untold, unasked = AWAY[what]
    where = tmp_path / "witness"
    if setting == "WITNESS_FOLDER":
        where.touch()
    elif setting == "WITNESS_REPOSITORY":  # within another one
        git(tmp_path, "init", "--quiet")
        where.mkdir()
    monkeypatch.setenv(f"RUGZAK_AUDIT_{setting}", str(where) if "WITNESS" in setting else "topic")
    if "away" in what:
        monkeypatch.setenv("RUGZAK_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    store.append(batch(MILA))
    done = rugzak("audit", "checkpoint")
    [told] = [line for line in done.out.splitlines() if line.startswith("WITNESS NOT TOLD")]
    assert (done.code, untold in told) == (1, True), told
    found = rugzak("audit", "verify")
    [finding] = [line for line in found.out.splitlines() if line.startswith("WRONG")]
    assert (found.code, "can't be asked" in finding) == (1, True)
    assert (unasked or untold) in finding
    assert f"{store.head()} events were held against the tree" in found.out


@pytest.mark.parametrize("setting", ["WITNESS_FOLDER", "WITNESS_REPOSITORY"])
def test_a_witness_that_has_nothing_of_a_tree_is_told_of(
    rugzak: Rugzak, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    where = tmp_path / "witness"
    git(tmp_path, "init", "--quiet", str(where))
    commits_as_rugzak(where)
    monkeypatch.setenv(f"RUGZAK_AUDIT_{setting}", str(where))

    def told() -> list[str]:
        return [each["text"] for each in rugzak("audit", "verify", "--json").json["findings"]]

    nothing = [
        f"{where} has no checkpoint of {name}, and there are some" for name in (NAME, RECEIPTS)
    ]
    assert told() == nothing
    assert rugzak("audit", "checkpoint").code == 0
    assert told() == []
    shutil.rmtree(where / "receipts")
    if setting == "WITNESS_FOLDER":
        assert told() == nothing[1:]
    else:
        assert told() == []  # it is in the past of the repository


def test_keys_of_witnesses_that_are_none_are_refused(
    rugzak: Rugzak, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "witness.keys"
    monkeypatch.setenv("RUGZAK_AUDIT_WITNESS_KEYS_FILE", str(keys))
    for data, says in (
        (None, "names no file that can be found"),
        (b"hello", "no public key"),
        (b"\xff", "can't decode byte 0xff"),
    ):
        if data is not None:
            keys.write_bytes(data)
        refused = rugzak("audit", "checkpoint")
        assert (refused.code, says in refused.err) == (2, True), refused.err


def test_what_a_witness_signs_is_kept_beside_the_checkpoint_and_shown(
    rugzak: Rugzak, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness, stranger = (
        new_signer(f"{name}.example.be/w", COSIGNATURE) for name in ("witness", "stranger")
    )
    folder, keys = tmp_path / "witness", tmp_path / "witness.keys"
    keys.write_text(f"{witness.verifier}\n")
    monkeypatch.setenv("RUGZAK_AUDIT_WITNESS_FOLDER", str(folder))
    monkeypatch.setenv("RUGZAK_AUDIT_WITNESS_KEYS_FILE", str(keys))
    assert rugzak("audit", "checkpoint").code == 0
    for within in ("", "receipts"):
        [file] = (folder / within / "checkpoints").iterdir()
        note = read_note(file.read_bytes())
        now = int(time.time())
        false = witness.sign(note.text.replace("\n", "x\n", 1), now)
        signed = note.beside([witness.sign(note.text, now), stranger.sign(note.text, now), false])
        file.write_bytes(bytes(signed))
    assert rugzak("audit", "checkpoint").code == 0
    for folder_, name in ((tree, NAME), (tree / "receipts", RECEIPTS)):
        told = read_note((folder_ / "checkpoint").read_bytes())
        assert [each.name for each in told.signatures] == [name, witness.name]
    assert "Successfully" in fsck(tree, public(rugzak))
    receipt = kept(rugzak, tmp_path / "receipt.json", 20)
    shown = rugzak("audit", "verify", "--receipt", receipt)
    assert (shown.code, f"seen by {witness.name}" in shown.out) == (0, True)
    assert rugzak("audit", "verify").code == 0


def test_a_topic_keeps_each_checkpoint_and_is_read_back(
    rugzak: Rugzak,
    tree: Path,
    store: PostgresStore,
    database: str,
    kafka: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RUGZAK_KAFKA_BOOTSTRAP_SERVERS", kafka)
    monkeypatch.setenv("RUGZAK_AUDIT_TOPIC", f"checkpoints-{tmp_path.name}")
    for number in range(2):
        store.append(batch(MILA, after=number))
        assert rugzak("audit", "checkpoint").code == 0
        assert rugzak("audit", "checkpoint").code == 0
    assert rugzak("audit", "verify").code == 0
    config = Settings(kafka_bootstrap_servers=kafka).kafka_client_config()
    for name, within, newest in ((NAME, tree, store.head()), (RECEIPTS, tree / "receipts", 40)):
        sent = [
            data
            for _, data in read(config, f"checkpoints-{tmp_path.name}")
            if data.startswith(f"{name}\n".encode())
        ]
        assert sent == [(within / checkpoint_path(newest - n)).read_bytes() for n in (1, 0)]
    older = (tree / checkpoint_path(store.head() - 1)).read_bytes()
    shutil.rmtree(tree / "checkpoints")
    (tree / "checkpoint").write_bytes(older)
    found = rugzak("audit", "verify")
    assert (found.code, "a tree of" in found.out, "checkpoints-" in found.out) == (1, True, True)
    signed_anew(tree, database, DIGEST)
    monkeypatch.delenv("RUGZAK_AUDIT_TOPIC")
    assert rugzak("audit", "checkpoint").code == 0
    assert rugzak("audit", "verify").code == 0
    monkeypatch.setenv("RUGZAK_AUDIT_TOPIC", f"checkpoints-{tmp_path.name}")
    found = rugzak("audit", "verify")
    assert "WRONG  fork: in the tree of receipts: two trees of 40 leaves were signed" in found.out


def test_a_witness_signs_what_goes_on_from_what_it_signed_and_no_other_past(
    rugzak: Rugzak,
    tree: Path,
    store: PostgresStore,
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "log.pub").write_text(public(rugzak))
    folder, key = tmp_path / "witness", tmp_path / "witness.key"
    made = rugzak("audit", "keys", "generate", "witness.example.be/w1", key, "--witness")
    (tmp_path / "witness.keys").write_text(made.out.splitlines()[0])
    monkeypatch.setenv("RUGZAK_AUDIT_WITNESS_FOLDER", str(folder))
    monkeypatch.setenv("RUGZAK_AUDIT_WITNESS_KEYS_FILE", str(tmp_path / "witness.keys"))
    asked = ("--key", tmp_path / "log.pub", "--witness-key", key, "--state", tmp_path / "last")

    def cosign() -> Result:
        return rugzak("audit", "cosign", tree, *asked, "--into", folder)

    for number in range(3):
        store.append(batch(MILA, after=300 * number, events=300))
        assert rugzak("audit", "checkpoint").code == 0
        assert cosign().code == 0
    assert rugzak("audit", "checkpoint").code == 0
    for within in (tree, tree / "receipts"):
        signed = (within / "checkpoint").read_text("utf-8")
        assert signed.count("\N{EM DASH} witness.example.be/w1 ") == 1
    assert "Successfully" in fsck(tree, public(rugzak))

    monkeypatch.delenv("RUGZAK_AUDIT_WITNESS_FOLDER")
    signed_anew(tree, database, DIGEST)
    store.append(batch(MILA, after=900))
    assert rugzak("audit", "checkpoint").code == 0
    forked = cosign()
    assert (forked.code, "does not begin with the smaller one" in forked.err) == (1, True)
    assert forked.out.startswith(f"{NAME}\n")  # the log's own goes on
    shutil.rmtree(tree / "receipts")
    gone = cosign()
    assert (gone.code, "has no tree any more" in gone.err) == (1, True)
    assert rugzak("audit", "checkpoint").code == 0
    name = "UPDATE ledger.events SET topic = 'right-used' WHERE notification_id = 20"
    signed_anew(tree, database, name)
    store.append(batch(MILA, after=901))
    assert rugzak("audit", "checkpoint").code == 0
    forked = cosign()
    assert (forked.code, "does not begin with the smaller one" in forked.err) == (1, True)
    signed_anew(tree, database, "DELETE FROM ledger.events WHERE notification_id > 19")
    assert rugzak("audit", "checkpoint").code == 0
    shorter = cosign()
    assert (shorter.code, "this one has 19" in shorter.err) == (1, True)
    (tmp_path / "log.pub").write_text(str(new_signer(NAME).verifier))
    assert cosign().code == 1


def test_a_log_that_begins_anew_under_another_name_leaves_the_old_one_to_be_told_of(
    rugzak: Rugzak,
    tree: Path,
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RUGZAK_AUDIT_KEY_FILE", str(tmp_path / "second.key"))
    monkeypatch.setenv("RUGZAK_AUDIT_DIR", str(tmp_path / "second"))
    assert rugzak("audit", "keys", "generate", f"{NAME}-2").code == 0
    assert rugzak("audit", "checkpoint").code == 0
    found = rugzak("audit", "verify", "--json").json["findings"]
    assert [each["kind"] for each in found] == ["signature", "signature"]
    assert found[0]["text"] == (
        f"proofs.published, {NAME}: no key of the log signed it; it says {NAME}"
    )
    changed(database, f"DELETE FROM proofs.published WHERE origin IN ('{NAME}', '{RECEIPTS}')")
    assert rugzak("audit", "verify").code == 0
    assert "Successfully" in fsck(tmp_path / "second", public(rugzak))
