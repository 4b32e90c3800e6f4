"""Whatever a superuser of the database, or of the folder, changes: verification names it."""

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from ledger.audit.proofs.findings import Finding
from ledger.audit.proofs.leaves import leaf_of
from ledger.audit.proofs.making import Maker
from ledger.audit.proofs.merkle import leaf_hashes
from ledger.audit.proofs.notes import Note, new_signer
from ledger.audit.proofs.tiles import CHECKPOINT, checkpoint_path, path_of
from ledger.store.compression import Zstandard
from ledger.store.mapper import MAX_PAYLOAD_BYTES
from ledger.store.proofs import ProvenRows
from ledger.words.language import Language
from ledger.words.proofs import finding as in_words
from ops.proofs import receipts_tree
from tests.audit.proofs.conftest import MILA, OMAR, PIA, Proven

EVENTS = "ledger.events"

ENGLISH_WORDS = re.compile(
    r"\bthe (log|row|receipt|tree|state|key|event|payload|text|entries|newest|read)\b"
    r"|\b(was never|was changed|is gone|are gone|and that is of|it says|not the one)\b"
)
"""What findings say in English; what stands in rows, which they quote, has other words."""


def position(of: Proven, account: object, version: int) -> int:
    [[found]] = of.sql(
        f"SELECT notification_id FROM {EVENTS} WHERE originator_id = '{account}' AND originator_version = {version}"
    )
    return int(found)


def at(account: object, version: int) -> str:
    return f"WHERE originator_id = '{account}' AND originator_version = {version}"


def rewrite(of: Proven, old: str, new: str, where: str = at(MILA, 2)) -> object:
    """Change a payload, and write it as the ledger does."""
    [[state]] = of.sql(f"SELECT state FROM {EVENTS} {where}")
    pressed = Zstandard(MAX_PAYLOAD_BYTES)
    plain = pressed.decompress(state)
    assert old.encode() in plain, plain
    state = pressed.compress(plain.replace(old.encode(), new.encode()))
    return of.sql(f"UPDATE {EVENTS} SET state = '\\x{state.hex()}' {where}")


def swap(of: Proven, one: str, other: str) -> None:
    """Exchange the places of two events."""
    a, b = position_of(of, one), position_of(of, other)
    of.sql(
        f"UPDATE {EVENTS} SET notification_id = -1 WHERE notification_id = {a}",
        f"UPDATE {EVENTS} SET notification_id = {a} WHERE notification_id = {b}",
        f"UPDATE {EVENTS} SET notification_id = {b} WHERE notification_id = -1",
    )


def position_of(of: Proven, where: str) -> int:
    [[found]] = of.sql(f"SELECT notification_id FROM {EVENTS} {where}")
    return int(found)


def exchange_payloads(of: Proven) -> None:
    of.sql(
        f"CREATE TABLE t AS TABLE {EVENTS}",
        f"UPDATE {EVENTS} e SET state = t.state FROM t WHERE e.notification_id = 20 AND t.notification_id = 24",
        f"UPDATE {EVENTS} e SET state = t.state FROM t WHERE e.notification_id = 24 AND t.notification_id = 20",
    )


def swap_accounts(of: Proven) -> None:
    """Give each of two events, of one version, to the other one's account."""
    a, b = position(of, MILA, 2), position(of, OMAR, 2)
    of.sql(
        f"UPDATE {EVENTS} SET originator_version = -1 WHERE notification_id = {a}",
        f"UPDATE {EVENTS} SET originator_id = '{MILA}' WHERE notification_id = {b}",
        f"UPDATE {EVENTS} SET originator_id = '{OMAR}', originator_version = 2 WHERE notification_id = {a}",
    )


def head(of: Proven) -> int:
    return int(of.sql(f"SELECT max(notification_id) FROM {EVENTS}")[0][0])


def gap(of: Proven) -> int:
    """Return the position that no event has."""
    return position(of, PIA, 1) - 1


def insert(of: Proven, place: int) -> object:
    """Put in an event of Pia's, as her second."""
    return of.sql(
        f"INSERT INTO {EVENTS} SELECT originator_id, 2, {place}, topic, state FROM {EVENTS} {at(PIA, 1)}"
    )


def forge(of: Proven, *, key: bool, least: int = 0) -> object:
    """Make the tree anew from the log as it is, and sign it: with the stolen key, or another."""
    signer = of.signer if key else new_signer(of.signer.name)
    shutil.rmtree(of.tree.path)
    with ProvenRows(of.url) as rows:
        maker = Maker(rows, of.tree, signer)
        maker.grow()
        assert maker.size >= least
    return receipts_tree.grow(of.url, of.tree, signer, {}, lambda _: None)


def older_copy(of: Proven) -> None:
    """Put back the database as it was at the first checkpoints, and go on from there."""
    last = position(of, OMAR, 1)
    of.sql(
        f"DELETE FROM {EVENTS} WHERE notification_id >= {last}",
        f"DELETE FROM proofs.keys WHERE account IN ('{OMAR}', '{PIA}')",
        f"SELECT setval('ledger.events_notification_id_seq', {last - 1})",
    )
    of.add(PIA, 0, 3)
    of.add(MILA, 3, 5)
    with ProvenRows(of.url) as rows:
        rows.keyed(0, 1_000)


def gone(path: Path) -> object:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    return path


def file_byte(of: Proven, place: str, offset: int) -> None:
    path = of.tree.path / place
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)


def bundle_place(of: Proven, level: int | str) -> str:
    return path_of(level, 0, of.tree.sizes()[-1])


def rewritten_files(of: Proven, *, entries: bool = True, tile: bool = True) -> None:
    """Change an event, and its entry and its tile, so that all agree but what was signed."""
    rewrite(of, "An inquiry", "No inquiry")
    size = of.tree.sizes()[-1]
    with ProvenRows(of.url) as rows:
        made = [leaf_of(row) for row in rows.rows(0, size)]
    if entries:
        of.tree.put_entries(0, made)
    if tile:
        of.tree.write(bundle_place(of, 0), leaf_hashes(made))


def put_back(of: Proven) -> None:
    """Put back the first of the tree's checkpoints, where no witness is."""
    first, *later = of.tree.sizes()
    of.tree.write(CHECKPOINT, of.tree.read(checkpoint_path(first)) or b"")
    for size in later:
        gone(of.tree.path / checkpoint_path(size))
    gone(of.witness)


def resigned(of: Proven) -> None:
    """Sign the newest checkpoint with a key of the same name that is not the log's."""
    other, text = new_signer(of.signer.name), read(of).text
    of.tree.write(CHECKPOINT, bytes(Note(text, (other.sign(text),))))


def read(of: Proven) -> Note:
    from ledger.audit.proofs.notes import read_note

    return read_note(of.tree.read(CHECKPOINT) or b"")


class Row(NamedTuple):
    """A change, and the kinds of what has to be found, in order."""

    change: Callable[[Proven], object]
    kinds: list[str]
    says: str = ""


TABLE = {
    "a reason in a payload": Row(lambda of: rewrite(of, "An inquiry", "No inquiry"), ["payload"], "rights-frozen, version 2 of 0a52d9d4"),
    "one letter of a payload": Row(lambda of: rewrite(of, "fr/cpf", "fr/cpg"), ["payload"]),
    "a day in a payload": Row(lambda of: rewrite(of, '2025-10-06"', '2025-10-07"'), ["payload"]),
    "who did it": Row(lambda of: rewrite(of, 'dimona.example.be"', 'someone.example.be"'), ["payload"]),
    "when it was recorded": Row(lambda of: rewrite(of, "12:00:00.000007Z", "12:00:01.000007Z"), ["payload"]),
    "by which command": Row(lambda of: rewrite(of, '"command":"', '"command":"x'), ["payload"]),
    "a payload that is no payload": Row(lambda of: of.sql(f"UPDATE {EVENTS} SET state = 'x' {at(MILA, 2)}"), ["payload"]),
    "a payload cut short": Row(lambda of: of.sql(f"UPDATE {EVENTS} SET state = substring(state for 9) {at(MILA, 2)}"), ["payload"]),
    "payloads of two events exchanged": Row(exchange_payloads, ["payload", "payload"]),
    "a regulation's publication": Row(lambda of: rewrite(of, '"command":"', '"command":"x', "WHERE topic = 'regulation-published' AND originator_version = 1"), ["payload"]),
    "two payloads": Row(lambda of: (rewrite(of, "An inquiry", "No"), rewrite(of, "An inquiry", "No", at(OMAR, 3))), ["payload", "payload"]),
    "the stored name": Row(lambda of: of.sql(f"UPDATE {EVENTS} SET topic = 'right-granted' {at(MILA, 2)}"), ["name"], "was a rights-frozen, and is called right-granted"),
    "a version": Row(lambda of: of.sql(f"UPDATE {EVENTS} SET originator_version = 17 {at(MILA, 5)}"), ["version"], "was version 5"),
    "two versions exchanged": Row(lambda of: swap(of, at(MILA, 1), at(MILA, 3)), ["order", "order"]),
    "two events of two accounts exchanged": Row(lambda of: swap(of, at(MILA, 2), at(OMAR, 2)), ["order", "order"]),
    "the accounts of two events": Row(swap_accounts, ["account", "account"], f"is of {MILA}, and stands with {OMAR}"),
    "an event given to another account": Row(lambda of: of.sql(f"UPDATE {EVENTS} SET originator_id = '{PIA}', originator_version = 2 {at(MILA, 5)}"), ["account"], f"is of {MILA}, and stands with {PIA}"),
    "an event put elsewhere": Row(lambda of: of.sql(f"UPDATE {EVENTS} SET notification_id = {gap(of)} {at(MILA, 4)}"), ["order"], "was put at"),
    "an event put after all": Row(lambda of: of.sql(f"UPDATE {EVENTS} SET notification_id = {head(of) + 5} {at(MILA, 1)}"), ["order"], "was put at"),
    "an event deleted": Row(lambda of: of.sql(f"DELETE FROM {EVENTS} {at(MILA, 2)}"), ["missing"], "1 event are gone: position 2"),
    "several events deleted": Row(lambda of: of.sql(f"DELETE FROM {EVENTS} WHERE notification_id BETWEEN 5 AND 9"), ["missing"], "positions 5 to 9"),
    "an account deleted": Row(lambda of: of.sql(f"DELETE FROM {EVENTS} WHERE originator_id = '{OMAR}'"), ["missing", "tail"]),
    "the last event deleted": Row(lambda of: of.sql(f"DELETE FROM {EVENTS} {at(OMAR, 4)}"), ["tail"], "ends too early: 1 event"),
    "the last events deleted": Row(lambda of: of.sql(f"DELETE FROM {EVENTS} WHERE notification_id > 20"), ["tail"]),
    "all deleted": Row(lambda of: of.sql(f"TRUNCATE {EVENTS}"), ["tail"]),
    "an event put into a gap": Row(lambda of: insert(of, gap(of)), ["inserted"], "was never published"),
    "an event put before all": Row(lambda of: insert(of, 0), ["inserted"]),
    "an event far before all": Row(lambda of: insert(of, -9), ["inserted"]),
    "one deleted and another put in its place": Row(lambda of: (of.sql(f"DELETE FROM {EVENTS} {at(MILA, 5)}"), insert(of, position(of, OMAR, 3) - 1)), ["payload"]),
    "an older copy of the database, written on": Row(older_copy, ["other past"], "an older copy of the log was written on"),
    "an older copy of the database": Row(lambda of: of.sql(f"DELETE FROM {EVENTS} WHERE notification_id >= {position(of, OMAR, 1)}"), ["tail"]),
    "the key of an account": Row(lambda of: of.sql(f"UPDATE proofs.keys SET key = sha256('x') WHERE account = '{OMAR}'"), ["key"], "its key was changed"),
    "the key of an account deleted": Row(lambda of: of.sql(f"DELETE FROM proofs.keys WHERE account = '{OMAR}'"), ["key"], "nobody erased the account"),
    "the key of an account destroyed that was not erased": Row(lambda of: of.sql(f"UPDATE proofs.keys SET key = NULL WHERE account = '{OMAR}'"), ["key"]),
    "an entry of the tree": Row(lambda of: file_byte(of, bundle_place(of, "entries"), 25), ["entry"]),
    "the position in an entry": Row(lambda of: file_byte(of, bundle_place(of, "entries"), 93), ["entry"]),
    "an entry that is none": Row(lambda of: file_byte(of, bundle_place(of, "entries"), 3), ["entry"]),
    "the length of an entry": Row(lambda of: file_byte(of, bundle_place(of, "entries"), 0), ["entry"]),
    "entries that are gone": Row(lambda of: gone(of.tree.path / bundle_place(of, "entries")), ["entry"]),
    "a hash of a tile": Row(lambda of: file_byte(of, bundle_place(of, 0), 40), ["tile"], "leaf 1 is not the one that was signed"),
    "a tile that is gone": Row(lambda of: gone(of.tree.path / bundle_place(of, 0)), ["tile"]),
    "a tile cut short": Row(lambda of: (of.tree.path / bundle_place(of, 0)).write_bytes(b""), ["tile"]),
    "an event and its tile": Row(lambda of: rewritten_files(of, entries=False), ["tile", "payload"], "the payload at position 2 was changed"),
    "an event and its entry": Row(lambda of: rewritten_files(of, tile=False), ["entry", "payload"], "the event at position 2 and its entry were changed"),
    "an event, its entry and its tile": Row(rewritten_files, ["tree"], "do not make the tree"),
    "the signature of the checkpoint": Row(lambda of: file_byte(of, CHECKPOINT, -20), ["signature"]),
    "the root in the checkpoint": Row(lambda of: file_byte(of, CHECKPOINT, 32), ["signature"]),
    "a checkpoint that is signed with another key": Row(resigned, ["signature"], "no key of the log signed it"),
    "an older checkpoint in its place": Row(lambda of: of.tree.write(CHECKPOINT, of.tree.read(checkpoint_path(3)) or b""), ["checkpoint"], "the newest here is of 3"),
    "the checkpoint gone": Row(lambda of: gone(of.tree.path / CHECKPOINT), ["checkpoint"], "is gone"),
    "all checkpoints gone": Row(lambda of: (gone(of.tree.path / "checkpoints"), gone(of.tree.path / CHECKPOINT)), ["checkpoint"]),
    "a shorter log, signed anew with the stolen key": Row(lambda of: (of.sql(f"DELETE FROM {EVENTS} WHERE notification_id > 20"), forge(of, key=True)), ["checkpoint"], "the newest here is of 20"),
    "a changed event, all signed anew with the stolen key": Row(lambda of: (rewrite(of, "An inquiry", "No"), forge(of, key=True)), ["fork", "tree"], "were signed"),
    "a changed event in a longer log, signed anew with the stolen key": Row(lambda of: (rewrite(of, "An inquiry", "No"), of.add(PIA, 1), forge(of, key=True)), ["tree"], "up to leaf 0 they do"),
    "a changed event, all signed anew with another key": Row(lambda of: (rewrite(of, "An inquiry", "No"), forge(of, key=False)), ["signature"] * 8, "proofs.published, rights.example.be/log: no key of the log signed it"),
    "the folder of the trees gone": Row(lambda of: gone(of.tree.path), ["tree missing", "tree missing"], "has no published tree, and one of 57 leaves was signed"),
    "the keys of the trees gone": Row(lambda of: (gone(of.tree.path / "keys"), gone(of.tree.path / "receipts" / "keys")), ["tree missing", "tree missing"], "has a tree without its keys"),
    "the folder of the trees gone, and all that is kept elsewhere": Row(lambda of: (gone(of.tree.path), gone(of.witness), of.sql("DELETE FROM proofs.published")), ["tree missing"], "accounts have keys for one since"),
    "the folder of the tree put back as it was before": Row(put_back, ["checkpoint"], "(proofs.published, rights.example.be/log), and the newest here is of 3"),
    "a checkpoint in the database": Row(lambda of: of.sql("UPDATE proofs.published SET note = 'x' WHERE origin = 'rights.example.be/log'"), ["signature"], "proofs.published, rights.example.be/log: a signed note is lines"),
    "a checkpoint of the witness": Row(lambda of: (of.witness / "checkpoints" / "003").write_bytes(b"x"), ["signature"]),
}  # fmt: skip


OF_THE_TREE = frozenset(kind for row in TABLE.values() for kind in row.kinds)
"""The kinds of these; what differs beside the log then, `test_beside` is about."""


@pytest.mark.parametrize("what", TABLE)
def test_each_change_is_found_and_named(proven_rows: Proven, what: str) -> None:
    change, kinds, says = TABLE[what]
    change(proven_rows)
    found = [each for each in proven_rows.whole().findings if each.kind in OF_THE_TREE]
    assert [finding.kind for finding in found] == kinds, found
    assert says in " ".join(finding.text for finding in found)
    assert_said_in_each_language(found)


def assert_said_in_each_language(found: Sequence[Finding]) -> None:
    """Make sure that nothing of what was found is said in English but to who reads English."""
    for finding in found:
        for say in (Language("nl"), Language("fr")):
            told = " ".join(in_words(finding, say))
            assert finding.text not in told
            assert "(en)" not in told
            assert not ENGLISH_WORDS.search(told), told


def repressed(of: Proven) -> None:
    """Store the payloads without compression: other bytes in the database, the same event."""
    pressed = Zstandard(MAX_PAYLOAD_BYTES)
    for place, state in of.sql(f"SELECT notification_id, state FROM {EVENTS}"):
        plain = pressed.decompress(state)
        of.sql(f"UPDATE {EVENTS} SET state = '\\x{plain.hex()}' WHERE notification_id = {place}")


HONEST: dict[str, Callable[[Proven], object]] = {
    "nothing": lambda _: None,
    "new events that are not in the tree yet": lambda of: of.add(PIA, 1, 3),
    "a checkpoint more": lambda of: (of.add(PIA, 1, 3), of.checkpoint()),
    "a checkpoint of the same tree": lambda of: of.checkpoint(),
    "payloads compressed in another way": repressed,
    "a dump that is read in again": lambda of: of.sql(f"CREATE TABLE t AS TABLE {EVENTS}", f"TRUNCATE {EVENTS}", f"INSERT INTO {EVENTS} SELECT * FROM t ORDER BY random()"),
    "the trees made anew": lambda of: forge(of, key=True, least=30),
    "the trees lost, and made anew by a checkpoint": lambda of: (gone(of.tree.path), of.checkpoint()),
    "a witness that comes late": lambda of: (gone(of.witness), of.checkpoint()),
}  # fmt: skip


@pytest.mark.parametrize("what", HONEST)
def test_an_honest_log_gives_no_alarm(proven_rows: Proven, what: str) -> None:
    HONEST[what](proven_rows)
    assert proven_rows.whole().findings == []
