"""`rugzak audit keys|checkpoint|prove|verify`, as an operator, an auditor and a citizen type them."""

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from ledger.audit.proofs.notes import new_signer, read_signer
from ledger.store.postgres import PostgresStore
from ops.doctor.proofs import proven
from ops.settings import read_settings
from tests.architecture.checkout import ROOT
from tests.audit.proofs.fsck import fsck
from tests.audit.proofs.test_tampering import TABLE
from tests.cli import reports
from tests.cli.conftest import Rugzak
from tests.cli.lives import PUBLISHED
from tests.cli.proofs import MILA, NAME, changed, kept, public
from tests.store.batches import batch
from tests.story import NORA

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def test_a_key_is_made_once_for_its_user_alone_and_shown_nowhere(
    rugzak: Rugzak, tmp_path: Path
) -> None:
    file = tmp_path / "log.key"
    made = rugzak("audit", "keys", "generate", NAME, file)
    assert made.code == 0
    assert made.out.startswith(f"{NAME}+")
    assert file.stat().st_mode & 0o777 == 0o600
    signer = read_signer(file.read_text())
    assert str(signer.verifier) == made.out.splitlines()[0]
    assert signer.secret.hex() not in repr(signer)
    again = rugzak("audit", "keys", "generate", NAME, file)
    assert (again.code, "never overwritten" in again.err) == (2, True)
    wrong = rugzak("audit", "keys", "generate", "our log", tmp_path / "other")
    assert (wrong.code, "no space" in wrong.err) == (2, True)


def test_without_a_key_that_only_its_user_can_read_there_is_no_tree(
    rugzak: Rugzak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = rugzak("audit", "checkpoint")
    assert (none.code, "`rugzak audit keys generate`" in none.err) == (2, True)
    monkeypatch.setenv("RUGZAK_AUDIT_KEY_FILE", str(tmp_path / "log.key"))
    assert rugzak("audit", "keys", "generate", NAME).code == 0
    (tmp_path / "log.key").chmod(0o644)
    open_to_all = rugzak("audit", "checkpoint")
    assert (open_to_all.code, "chmod 600" in open_to_all.err) == (2, True)
    (tmp_path / "log.key").write_text("PRIVATE+KEY+secret")
    (tmp_path / "log.key").chmod(0o600)
    wrong = rugzak("audit", "checkpoint")
    assert (wrong.code, "secret" in wrong.err) == (2, False)
    assert rugzak("audit", "verify").code == 1


def test_a_checkpoint_is_a_signed_note_over_a_tree_that_others_accept(
    rugzak: Rugzak, tree: Path, store: PostgresStore
) -> None:
    told = rugzak("audit", "checkpoint")
    origin, size, _, _, signature = told.out.splitlines()
    assert (origin, int(size)) == (NAME, store.head())
    assert signature.startswith(f"\N{EM DASH} {NAME} ")
    assert told.out.encode() == (tree / "checkpoint").read_bytes()
    assert "Successfully" in fsck(tree, public(rugzak))
    store.append(batch(MILA, events=300))
    more = rugzak("audit", "checkpoint", "--json").json
    assert (more["new"], more["size"]) == (300, store.head())
    assert "Successfully" in fsck(tree, public(rugzak))


def test_verification_finds_nothing_and_then_one_changed_byte(
    rugzak: Rugzak, tree: Path, database: str
) -> None:
    well = rugzak("audit", "verify")
    assert (well.code, "nothing was changed" in well.out) == (0, True)
    since = well.out.split("--since ")[1].split()[0]
    assert rugzak("audit", "verify", "--since", since).code == 0
    changed(
        database,
        "UPDATE ledger.events SET state = overlay(state placing '\\x00' from 9) WHERE notification_id = 20",
    )
    found = rugzak("audit", "verify")
    assert found.code == 1
    assert "WRONG  payload: the payload at position 20 was changed" in found.out
    assert "it was right in the checkpoint of" in found.out
    finding, *rest = rugzak("audit", "verify", "--json").json["findings"]
    assert (finding["kind"], finding["position"], finding["leaf"]) == ("payload", 20, 19)
    assert {each["kind"] for each in rest} == {"log"}  # which can't be read there


def test_verification_from_a_good_checkpoint_on_looks_at_what_came_after(
    rugzak: Rugzak, tree: Path, database: str, store: PostgresStore
) -> None:
    size = store.head()
    for after in (0, 300, 600):
        store.append(batch(MILA, after=after, events=300))
        assert rugzak("audit", "checkpoint").code == 0
    changed(
        database,
        f"UPDATE ledger.events SET topic = 'right-used' WHERE notification_id = {PUBLISHED + 10}",
    )
    assert rugzak("audit", "verify").code == 1
    assert rugzak("audit", "verify", "--since", size + 600).code == 0
    later = size + 650
    changed(
        database, f"UPDATE ledger.events SET topic = 'right-used' WHERE notification_id = {later}"
    )
    assert rugzak("audit", "verify", "--since", size + 600).code == 1
    never = rugzak("audit", "verify", "--since", size + 7)
    assert (never.code, "was signed" in never.err) == (1, True)


def test_a_receipt_is_checked_without_us_and_no_other_event_by_it(
    rugzak: Rugzak, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = kept(rugzak, tmp_path / "receipt.json", f"{NORA}/3")
    key = tmp_path / "public"
    key.write_text(public(rugzak))
    monkeypatch.setenv("RUGZAK_DATABASE_URL", NOWHERE)
    monkeypatch.setenv("RUGZAK_DATA_DIR", str(tmp_path / "elsewhere"))
    well = rugzak("audit", "verify", "--receipt", file, "--key", key)
    assert well.code == 0
    assert f"version 3 of {NORA}, is leaf" in well.out
    receipt = json.loads(file.read_text())
    assert "c2sp.org/tlog-proof@v1" in receipt["proof"]
    for place, value in (
        ("payload", receipt["event"]["payload"].replace("2021", "2022")),
        ("version", 4),
        ("account", str(MILA)),
        ("name", "right-granted"),
        ("position", 3),
    ):
        other = receipt | {"event": receipt["event"] | {place: value}}
        file.write_text(json.dumps(other))
        refused = rugzak("audit", "verify", "--receipt", file, "--key", key)
        assert (refused.code, "does not lead to the root" in refused.err) == (1, True), place
    key.write_text(str(new_signer(NAME).verifier))
    file.write_text(json.dumps(receipt))
    other = rugzak("audit", "verify", "--receipt", file, "--key", key)
    assert (other.code, "is not signed with" in other.err) == (1, True)


@pytest.mark.parametrize("text", ["", "[]", '{"kind": "rugzak-receipt-1"}', '{"kind": "x"}'])
def test_what_is_no_receipt_is_refused(
    rugzak: Rugzak, tree: Path, tmp_path: Path, text: str
) -> None:
    (tmp_path / "receipt.json").write_text(text)
    done = rugzak("audit", "verify", "--receipt", tmp_path / "receipt.json")
    assert (done.code, "it is no receipt" in done.err) == (1, True)


def test_what_is_not_in_the_tree_has_no_receipt(
    rugzak: Rugzak, tree: Path, store: PostgresStore, database: str
) -> None:
    assert "no such event" in rugzak("audit", "prove", 10_000).err
    assert "names no event" in rugzak("audit", "prove", "last").err
    store.append(batch(MILA))
    assert "has not got so far" in rugzak("audit", "prove", f"{MILA}/1").err
    changed(database, "UPDATE ledger.events SET topic = 'right-used' WHERE notification_id = 20")
    refused = rugzak("audit", "prove", 20)
    assert (refused.code, "is not what was published" in refused.err) == (1, True)


def test_two_checkpoints_are_shown_to_go_on_from_each_other(
    rugzak: Rugzak, tree: Path, store: PostgresStore, tmp_path: Path
) -> None:
    size = store.head()
    store.append(batch(MILA, events=9))
    assert rugzak("audit", "checkpoint").code == 0
    file = kept(rugzak, tmp_path / "growth.json", "--from", size, "--to", size + 9)
    well = rugzak("audit", "verify", "--receipt", file)
    assert f"the tree of {size + 9} leaves begins with that of {size}" in well.out
    growth = json.loads(file.read_text())
    growth["proof"] = growth["proof"][::-1]
    file.write_text(json.dumps(growth))
    assert rugzak("audit", "verify", "--receipt", file).code == 1
    assert "was signed" in rugzak("audit", "prove", "--from", 1, "--to", size).err
    assert rugzak("audit", "prove", "--from", size).code == 2


def test_after_a_rotation_both_keys_hold_each_for_its_time(
    rugzak: Rugzak,
    tree: Path,
    store: PostgresStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size, first = store.head(), public(rugzak)
    receipt = kept(rugzak, tmp_path / "receipt.json", 20)
    turned = rugzak("audit", "keys", "rotate", tmp_path / "new.key")
    assert turned.code == 0
    store.append(batch(MILA))
    old = rugzak("audit", "checkpoint")
    assert (old.code, "rotate" in old.err) == (1, True)
    monkeypatch.setenv("RUGZAK_AUDIT_KEY_FILE", str(tmp_path / "new.key"))
    assert rugzak("audit", "checkpoint").code == 0
    keys = rugzak("audit", "keys", "list", "--json").json["keys"]
    assert [(key["key"] == first, key["since"]) for key in keys] == [(True, 0), (False, size + 1)]
    (tmp_path / "public").write_text(first)
    for trusted in ((), ("--key", tmp_path / "public")):
        assert rugzak("audit", "verify", *trusted).code == 0
        assert rugzak("audit", "verify", "--receipt", receipt, *trusted).code == 0
    assert "Successfully" in fsck(tree, public(rugzak))


def test_keys_that_do_not_come_from_the_trusted_one_are_refused(
    rugzak: Rugzak, tree: Path, tmp_path: Path
) -> None:
    (tmp_path / "public").write_text(public(rugzak))
    other = new_signer(NAME)
    (tree / "keys").write_text(f"{other.verifier}\n")
    refused = rugzak("audit", "verify", "--key", tmp_path / "public")
    assert (refused.code, "do not begin with those of" in refused.err) == (1, True)
    assert rugzak("audit", "verify").code == 1


PAGE = (ROOT / "ops" / "docs" / "proofs.md").read_text("utf-8")


def test_payloads_of_an_erased_person_can_be_destroyed_and_the_tree_stays_whole(
    rugzak: Rugzak, tree: Path, database: str, tmp_path: Path
) -> None:
    receipt = kept(rugzak, tmp_path / "receipt.json", f"{NORA}/3")
    assert rugzak("erase", NORA, "--because", "At the person's wish.", "--by", "clerk").code == 0
    assert rugzak("audit", "checkpoint").code == 0
    before = rugzak("audit", "verify", "--json").json
    assert (before["findings"], before["destroyed"]) == ([], 0)
    [statements] = re.findall(r"^```sql\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    changed(database, statements.replace("UUID", str(NORA)))
    after = rugzak("audit", "verify", "--json").json
    assert after["findings"] == []
    assert after["destroyed"] > 3
    assert "Successfully" in fsck(tree, public(rugzak))
    gone = rugzak("audit", "prove", f"{NORA}/3")
    assert (gone.code, "its key was destroyed" in gone.err) == (1, True)
    assert rugzak("audit", "verify", "--receipt", receipt).code == 0


def test_the_published_files_tell_nothing_of_a_person(rugzak: Rugzak, tree: Path) -> None:
    told = b"".join(path.read_bytes() for path in tree.rglob("*") if path.is_file())
    found: Any = [
        word
        for word in (str(NORA), "vov", "payload", "right")
        if word.encode() in told.replace(NAME.encode(), b"")
    ]
    assert found == []


def test_the_leaves_are_found_by_hand_as_the_page_says(
    rugzak: Rugzak, tree: Path, tmp_path: Path
) -> None:
    """A verifier of a dozen lines, by `ops/docs/proofs.md` alone."""
    from base64 import b64decode
    from hashlib import sha256

    receipt = json.loads(kept(rugzak, tmp_path / "receipt.json", 20).read_text())
    event = receipt["event"]
    head = f"{event['account']}\n{event['version']}\n{event['position']}\n{event['name']}\n"
    row = (head + event["payload"]).encode()
    commitment = sha256(bytes.fromhex(receipt["blind"]) + row).hexdigest()
    leaf = f'{{"commitment":"{commitment}","position":{event["position"]}}}'.encode()
    proof, checkpoint = receipt["proof"].split("\n\n", 1)
    _, index, *path = proof.split("\n")
    _, size, root, *_ = checkpoint.split("\n")
    number, last, found = int(index.split()[1]), int(size) - 1, sha256(b"\0" + leaf).digest()
    for line in path:
        other = b64decode(line)
        if number % 2 or number == last:
            found = sha256(b"\1" + other + found).digest()
            while number % 2 == 0 and number:
                number, last = number // 2, last // 2
        else:
            found = sha256(b"\1" + found + other).digest()
        number, last = number // 2, last // 2
    assert found == b64decode(root)


def test_the_page_tells_of_each_kind_of_finding() -> None:
    told = set(re.findall(r"`([a-z ]+)`", PAGE.partition("| kind | is |")[2].partition("\n\n")[0]))
    assert told == {kind for row in TABLE.values() for kind in row.kinds} | {"witness"}


def test_the_doctor_says_whether_the_log_is_proven_and_who_else_keeps_it(
    rugzak: Rugzak, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> list[tuple[str, str]]:
        return [(each.level, each.text) for each in proven(read_settings())]

    found = rugzak("doctor", "--json").json["findings"]
    assert [(f["level"], f["text"]) for f in found if f["about"] == "proofs"] == told()
    (well, signed), (note, alone) = told()
    assert (well, "leaves are signed" in signed) == ("well", True)
    assert (note, "nobody else keeps" in alone) == ("note", True)
    monkeypatch.setenv("RUGZAK_AUDIT_WITNESS_FOLDER", str(tmp_path / "witness"))
    assert told() == [(well, signed)]
    (tree / "checkpoint").write_bytes((tree / "checkpoint").read_bytes().replace(b"\n", b"x\n", 1))
    assert [level for level, _ in told()] == ["wrong"]
    (tmp_path / "log.key").chmod(0o644)
    assert ["others can read the key" in text for _, text in told()] == [True]
    monkeypatch.delenv("RUGZAK_AUDIT_KEY_FILE")
    assert told() == [("note", "nothing shows that the log was not changed")]


def test_a_report_shows_the_newest_checkpoint_and_the_commands_that_verify_it(
    rugzak: Rugzak, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("log.pub").write_text(public(rugzak) + "\n")
    assert rugzak("audit", "report", "--key", "log.pub", "page.html").code == 0
    page = reports.read(Path("page.html"))
    note = (tree / "checkpoint").read_text("utf-8")
    assert [each.text for each in reports.find(page, "pre")] == [note]
    told = reports.text_of(reports.section(page, "findings"))
    assert f"events were held against the tree of {note.splitlines()[1]} leaves" in told
    assert "receipts are not in it yet" in told
    *_, verify, prove, receipt = reports.commands(page)
    for line in (verify, prove, receipt):
        typed, _, into = line.partition(" > ")
        answer = rugzak(*shlex.split(typed)[1:])
        assert answer.code == 0, answer
        if into:
            Path(into).write_text(answer.out)


def test_a_report_names_what_a_superuser_changed_and_a_key_that_is_not_the_logs(
    rugzak: Rugzak, tree: Path, database: str, tmp_path: Path
) -> None:
    other = tmp_path / "other.pub"
    other.write_text(f"{new_signer(NAME).verifier}\n")
    mistaken = rugzak("audit", "report", "--key", other, tmp_path / "mistaken.html")
    assert (mistaken.code, f"do not begin with those of {other}" in mistaken.out) == (1, True)
    refused = PUBLISHED + 20
    changed(database, f"DELETE FROM ledger.events WHERE notification_id = {refused}")
    answer = rugzak("audit", "report", tmp_path / "changed.html")
    assert answer.code == 1
    verified = rugzak("audit", "verify")
    said = [line for line in verified.out.splitlines() if line.startswith("WRONG")]
    assert said
    findings = reports.section(reports.read(tmp_path / "changed.html"), "findings")
    told = [f"WRONG  {reports.text_of(each)}" for each in reports.find(findings, "li", "wrong")]
    assert sorted(told) == sorted(said)
    assert {each.split()[1] for each in told} > {"missing:", "state:"}


def test_a_tree_that_should_be_there_and_is_not_is_a_finding(
    rugzak: Rugzak, tree: Path, tmp_path: Path
) -> None:
    shutil.rmtree(tree)
    answer = rugzak("audit", "report", tmp_path / "page.html")
    assert (answer.code, "has no published tree" in answer.out) == (1, True)


def emptied(folder: Path) -> None:
    for file in [each for each in folder.rglob("*") if each.is_file()]:
        file.write_bytes(b"")


BROKEN = {
    "tile/0": "tile/0/000.p/48 is missing or too short",
    "tile/entries": "tile/entries/000 has 0 entries, not 48",
    "checkpoint": "checkpoint: a signed note is lines of text, an empty line",
    "keys": "no public key of Ed25519 is written so",
    "receipts/tile/0": "receipts: tile/0/000.p/38 is missing or too short",
    "receipts/checkpoint": "checkpoint: a signed note is lines of text, an empty line",
}


@pytest.mark.parametrize("place", BROKEN)
def test_a_file_of_the_tree_that_is_empty_is_named_by_each_command_that_reads_it(
    rugzak: Rugzak, tree: Path, tmp_path: Path, place: str
) -> None:
    if (tree / place).is_dir():
        emptied(tree / place)
    else:
        (tree / place).write_bytes(b"")
    for_all: tuple[tuple[object, ...], ...] = (("verify",), ("checkpoint",))
    of_the_log = (("prove", 20), ("report", tmp_path / "report.html"))
    for typed in for_all if place.startswith("receipts") else for_all + of_the_log:
        done = rugzak("audit", *typed)
        assert (done.code, BROKEN[place] in done.out + done.err) == (1, True), (typed, done)


def test_an_event_that_is_no_text_any_more_has_no_receipt(
    rugzak: Rugzak, tree: Path, database: str
) -> None:
    changed(database, "UPDATE ledger.events SET state = '\\xff00' WHERE notification_id = 20")
    refused = rugzak("audit", "prove", 20)
    assert (refused.code, "position 20 is not what was published" in refused.err) == (1, True)


def test_a_private_key_that_is_gone_is_named_once_and_verification_needs_none(
    rugzak: Rugzak, tree: Path, tmp_path: Path
) -> None:
    file = tmp_path / "log.key"
    file.unlink()
    for typed in (("checkpoint",), ("keys", "rotate", tmp_path / "new.key")):
        done = rugzak("audit", *typed)
        assert done.code == 2
        assert done.err == f"rugzak: the key can't be read: {file}: No such file or directory\n"
    assert not (tmp_path / "new.key").exists()
    assert rugzak("audit", "verify").code == 0
    file.write_bytes(b"\xff")
    assert (
        rugzak("audit", "checkpoint").err == f"rugzak: the key can't be read: {file} is no text\n"
    )
