"""Whatever is changed of what is kept beside the log: `audit verify` finds it, and names it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest

from ledger.audit.proofs.notes import new_signer
from ledger.audit.proofs.tiles import Folder, checkpoint_path
from ledger.service import rulebook as rulebook_files
from ledger.service.reach import reach_due
from ledger.store.migrations import keep_receipts
from ledger.store.states import States
from ledger.words.language import Language
from ledger.words.proofs import KINDS
from ledger.words.proofs import finding as in_words
from ops.audit import verifying
from ops.audit.verifying import Whole
from ops.ledger_wiring import open_door
from ops.proofs import proving, receipts_tree
from projections.catalogue import PROJECTIONS
from projections.rebuild import rebuild
from projections.runner import Runner
from tests.audit.proofs.conftest import Proven
from tests.audit.proofs.everything import ADA, BO, FORWARDED, GUS, NOTHING_NEW, TOO_LATE
from tests.audit.proofs.test_tampering import TABLE as OF_THE_LOG
from tests.audit.proofs.test_tampering import (
    assert_said_in_each_language,
    file_byte,
    gone,
    rewrite,
)
from tests.service.doors import command, standing
from tests.service.test_anew import with_hours
from tests.story import NORA, employment, said

RECEIPTS, STATES = "ledger.receipts", "ledger.accounts"
NOBODY = UUID("00b0d100-0c7b-4d9b-8d0e-5d7f5f0f9e19")
COLUMNS = (
    "command, month, account, digest, recorded_at, position, version, events, reason, detail, decided_in"
)  # fmt: skip


def receipt(of: Proven, change: str, its: str = "job ada") -> object:
    return of.sql(f"UPDATE {RECEIPTS} SET {change} WHERE command = '{its}'")


def deleted(of: Proven, its: str) -> object:
    return of.sql(f"DELETE FROM {RECEIPTS} WHERE command = '{its}'")


def inserted(of: Proven, like: str = "course ada", **other: str) -> object:
    """Put in a receipt that is like another one, but for some columns, as the newest or at a number."""
    names = COLUMNS + (", number" if "number" in other else "")
    columns = [other.get(name, name) for name in names.split(", ")]
    return of.sql(
        f"INSERT INTO {RECEIPTS} ({names}) SELECT {', '.join(columns)} FROM {RECEIPTS} WHERE command = '{like}'"
    )


def state(of: Proven, change: str, whose: UUID = ADA) -> object:
    return of.sql(f"UPDATE {STATES} SET {change} WHERE account = '{whose}'")


def reserved_less(of: Proven) -> object:
    [[data]] = of.sql(f"SELECT state FROM {STATES} WHERE account = '{BO}'")
    plain = States().plain(data)
    assert b'"reserved":600' in plain, plain
    less = plain.replace(b'"reserved":600', b'"reserved":500')
    return state(of, f"state = '\\x{less.hex()}'", BO)


def exchanged(of: Proven, table: str, key: str, one: str, other: str, columns: str) -> object:
    """Exchange the contents of two rows."""
    return of.sql(
        f"UPDATE {table} a SET ({columns}) = (SELECT {columns} FROM {table} b"
        f" WHERE b.{key}::text = CASE a.{key}::text WHEN '{one}' THEN '{other}' ELSE '{one}' END)"
        f" WHERE {key} IN ('{one}', '{other}')"
    )


def gap(of: Proven) -> object:
    """Let a number of a receipt go by, as a transaction that is rolled back does, and the tree pass it."""
    of.sql("SELECT nextval('ledger.receipts_number_seq')")
    told(of)
    Runner(of.url, of.store).catch_up()
    return of.checkpoint()


def grown_anew(of: Proven) -> object:
    """Make the tree of receipts anew from what they are now, with the stolen key."""
    gone(of.tree.path / "receipts")
    of.sql("DELETE FROM proofs.published")
    return receipts_tree.grow(of.url, of.tree, of.signer, {}, lambda _: None)


def put_back(of: Proven) -> None:
    """Put back the tree of receipts as it was at its first checkpoint."""
    folder = Folder(of.tree.path / "receipts")
    first, last = folder.sizes()
    folder.write("checkpoint", folder.read(checkpoint_path(first)) or b"")
    gone(folder.path / checkpoint_path(last))


class Row(NamedTuple):
    """A change, the kinds of all that is found, and what one of the findings says."""

    change: Callable[[Proven], object]
    kinds: set[str]
    says: str = ""


EDITED, MISSING, INSERTED = {"receipt"}, {"receipt missing"}, {"receipt inserted"}

TABLE = {
    "the position of a receipt": Row(lambda of: receipt(of, "position = position - 1"), EDITED, "the receipt of job ada says position 50, and the log 51"),
    "its version": Row(lambda of: receipt(of, "version = version + 1"), EDITED, "says version 5, and the log 4"),
    "how many events it led to": Row(lambda of: receipt(of, "events = events + 1"), EDITED, "says events 4, and the log 3"),
    "fewer events than it led to": Row(lambda of: receipt(of, "events = events - 1"), EDITED),
    "whose it is": Row(lambda of: receipt(of, f"account = '{BO}'"), EDITED, f"says account {BO}, and the log {ADA}"),
    "when it was recorded": Row(lambda of: receipt(of, "recorded_at = recorded_at + interval '1 s'"), EDITED, "says recorded_at"),
    "its position and events taken away": Row(lambda of: receipt(of, "position = NULL, events = 0"), EDITED, "says position None"),
    "where one of a merged account was decided": Row(lambda of: receipt(of, "decided_in = NULL", FORWARDED), EDITED, "says decided_in None"),
    "the version of a merge": Row(lambda of: of.sql(f"UPDATE {RECEIPTS} SET version = 2 WHERE command LIKE 'merge ada%'"), EDITED),
    "an acceptance made a refusal": Row(lambda of: receipt(of, "reason = 'not-enough', detail = 'no', version = NULL, events = NULL"), EDITED, "says reason not-enough, and the log None"),
    "a refusal made an acceptance": Row(lambda of: receipt(of, "reason = NULL, detail = NULL, version = 9, events = 1", "refused ada"), EDITED),
    "the words of a refusal": Row(lambda of: receipt(of, "detail = 'as you like'", "refused ada"), EDITED, "says detail as you like"),
    "a reason that is none": Row(lambda of: receipt(of, "reason = 'because'", "refused ada"), EDITED),
    "a refusal of an erased person made another": Row(lambda of: receipt(of, "reason = 'not-enough'", TOO_LATE), INSERTED, "refused (not-enough), and no event does"),
    "a receipt deleted": Row(lambda of: deleted(of, "course ada"), MISSING, "the receipt of course ada is gone"),
    "that of a merge deleted": Row(lambda of: of.sql(f"DELETE FROM {RECEIPTS} WHERE command LIKE 'merge ada%'"), MISSING),
    "that of a publication deleted": Row(lambda of: of.sql(f"DELETE FROM {RECEIPTS} WHERE position = 3"), MISSING),
    "that of an erasure deleted": Row(lambda of: deleted(of, f"erase {GUS}"), MISSING),
    "a receipt inserted": Row(lambda of: inserted(of, command="'nobody asked'"), INSERTED, "the receipt of nobody asked says that its event is at position 52, and that is of course ada"),
    "one inserted with a position that no event has": Row(lambda of: inserted(of, command="'nobody asked'", position="7777"), INSERTED, "no event is there"),
    "one inserted of a refusal": Row(lambda of: inserted(of, TOO_LATE, command="'nobody asked'", account=f"'{ADA}'"), INSERTED),
    "one inserted that changed nothing, of a version to come": Row(lambda of: inserted(of, command="'nobody asked'", position="NULL", events="0", version="99"), INSERTED, "at version 99 then, and it was not"),
    "one inserted twice": Row(lambda of: inserted(of, month="'2031-01-01'"), INSERTED, "twice"),
    "the digest of a receipt's message": Row(lambda of: receipt(of, "digest = sha256('x')"), EDITED, "the receipt of job ada is not the one that was published"),
    "the digest of one that changed nothing": Row(lambda of: receipt(of, "digest = sha256('x')", NOTHING_NEW), EDITED),
    "whose one is that changed nothing": Row(lambda of: receipt(of, f"account = '{BO}', version = 1", NOTHING_NEW), EDITED),
    "one deleted that changed nothing": Row(lambda of: deleted(of, NOTHING_NEW), MISSING, "1 receipt are gone: number 54"),
    "one deleted of what an erased person was refused": Row(lambda of: deleted(of, TOO_LATE), MISSING),
    "the digests of two receipts exchanged": Row(lambda of: exchanged(of, RECEIPTS, "command", "job ada", "birth bo", "digest"), EDITED),
    "the order of two receipts": Row(lambda of: exchanged(of, RECEIPTS, "command", "job ada", "birth bo", "number"), EDITED),
    "a receipt's number taken away": Row(lambda of: receipt(of, "number = NULL"), MISSING | INSERTED, "the receipt of job ada has no number"),
    "a tile of the receipts": Row(lambda of: file_byte(of, "receipts/tile/0/000.p/63", 40), {"tile"}, "in the tree of receipts"),
    "the signature of the receipts' checkpoint": Row(lambda of: file_byte(of, "receipts/checkpoint", -20), {"signature"}, "in the tree of receipts"),
    "the keys of the receipts' tree": Row(lambda of: (of.tree.path / "receipts" / "keys").write_text(f"{new_signer('rights.example.be/log/receipts').verifier}\n"), {"signature"}, "are not those of the log"),
    "one inserted that changed nothing, where the tree has passed": Row(lambda of: (gap(of), inserted(of, NOTHING_NEW, command="'nobody asked'", number="64")), INSERTED, "the receipt of nobody asked was never published; its number is 64"),
    "one inserted that changed nothing, before all": Row(lambda of: inserted(of, NOTHING_NEW, command="'nobody asked'", number="0"), INSERTED, "was never published"),
    "one inserted that changed nothing, without a number": Row(lambda of: inserted(of, NOTHING_NEW, command="'nobody asked'", number="NULL"), INSERTED, "the receipt of nobody asked has no number"),
    "one inserted that changed nothing, with the number of another one": Row(lambda of: inserted(of, NOTHING_NEW, command="'nobody asked'", number="54"), INSERTED, "the receipt of nobody asked has number 54, and so has another one"),
    "one inserted that changed nothing, with a number to come": Row(lambda of: inserted(of, NOTHING_NEW, command="'nobody asked'", number="7777"), INSERTED, "has number 7777, and 63 is the last one that was given"),
    "an old one that changed nothing, as a new one": Row(lambda of: (told(of), inserted(of, NOTHING_NEW, command="'nobody asked'")), INSERTED, "was recorded at 2025-10-06 10:00:00+00:00, and the one that came before it at 2025-11-03"),
    "an old one that changed nothing, as of now": Row(lambda of: (told(of), inserted(of, NOTHING_NEW, command="'nobody asked'", recorded_at="'2025-11-03T12:00Z'", month="'2025-11-01'")), INSERTED, "says that its account was at version 8, which ended at 2025-10-06"),
    "an old refusal of an erased person, as a new one": Row(lambda of: (told(of), inserted(of, TOO_LATE, command="'nobody asked'")), INSERTED, "the one that came before it at"),
    "the tree of receipts gone": Row(lambda of: gone(of.tree.path / "receipts"), {"tree missing"}, "in the tree of receipts: "),
    "the tree of receipts gone, and what the database keeps of it": Row(lambda of: (gone(of.tree.path / "receipts"), of.sql("DELETE FROM proofs.published")), {"tree missing"}, "one of 63 leaves was signed (/"),
    "the tree of receipts gone, and the witness": Row(lambda of: (gone(of.tree.path / "receipts"), gone(of.witness)), {"tree missing", "witness"}, "(proofs.published, rights.example.be/log/receipts)"),
    "the keys of the receipts' tree gone": Row(lambda of: gone(of.tree.path / "receipts" / "keys"), {"tree missing"}, "a tree without its keys"),
    "an older tree of receipts in its place": Row(put_back, {"checkpoint"}, "in the tree of receipts: a tree of 63 leaves was signed"),
    "a digest, and the tree of receipts signed anew with the stolen key": Row(lambda of: (receipt(of, "digest = sha256('x')"), grown_anew(of)), {"fork", "tree"}, "in the tree of receipts: two trees of 63 leaves were signed"),
    "one deleted that changed nothing, and the tree of receipts signed anew": Row(lambda of: (deleted(of, NOTHING_NEW), grown_anew(of)), {"checkpoint"}, "in the tree of receipts: a tree of 63 leaves was signed"),
    "a checkpoint of the receipts' tree at the witness": Row(lambda of: (of.witness / "receipts" / "checkpoints" / "063").write_bytes(b"x"), {"signature"}),
    "a receipt of another id": Row(lambda of: receipt(of, "command = 'job eve'"), MISSING | INSERTED),
    "two receipts exchanged": Row(lambda of: exchanged(of, RECEIPTS, "command", "job ada", "birth bo", "account, position, version, events"), EDITED),
    "a receipt put with those of another month": Row(lambda of: receipt(of, "month = '2031-01-01'"), INSERTED, "is kept with those of 2031-01-01"),
    "a state row": Row(reserved_less, {"state"}, f"{BO}: the state row differs from the log in lots"),
    "its version alone": Row(lambda of: state(of, "version = version - 1"), {"state"}, "is at version 12, the log at 13"),
    "its next day": Row(lambda of: state(of, "due_on = '2090-01-01'"), {"state"}, "waits for 2090-01-01"),
    "a state row that is none": Row(lambda of: state(of, "state = 'x'"), {"state"}, "can't be read"),
    "a state row deleted": Row(lambda of: of.sql(f"DELETE FROM {STATES} WHERE account = '{ADA}'"), {"state missing"}, "there is no state row"),
    "a state row inserted": Row(lambda of: of.sql(f"INSERT INTO {STATES} SELECT '{NOBODY}', version, state, due_on FROM {STATES} WHERE account = '{ADA}'"), {"state inserted"}, "is at version 13, the log at 0"),
    "the state rows of two people exchanged": Row(lambda of: exchanged(of, STATES, "account", str(ADA), str(BO), "version, state, due_on"), {"state"}),
    "an erased person's state row of before": Row(lambda of: exchanged(of, STATES, "account", str(GUS), str(BO), "state"), {"state"}),
    "what is taken of a shared limit": Row(lambda of: of.sql("INSERT INTO ledger.shared VALUES ('be-vlg/vov/budget/2025-26', 2400)"), {"shared"}, "2400 is taken of it, by the log 0"),
    "where a read model is, too far": Row(lambda of: of.sql("UPDATE projections.registry SET position = 7777 WHERE name = 'balances'"), {"model"}, "says that it has position 7777, and the log ends at 89"),
    "where a read model is, too early": Row(lambda of: of.sql("UPDATE projections.registry SET position = 60 WHERE name = 'timeline'"), {"model inserted"}),
    "a read model that the registry does not know": Row(lambda of: of.sql("DELETE FROM projections.registry WHERE name = 'mandates'"), {"model missing"}, "the registry has none"),
    "a read model of an older copy": Row(lambda of: of.sql("DELETE FROM projections.timeline WHERE position > 50"), {"model missing"}),
    "a text in the log": Row(lambda of: rewrite(of, "2024-25", "2024-26", "WHERE topic = 'regulation-published' AND originator_version = 16"), {"payload", "regulation", "model"}, "the text of be-vlg/vov that is published as"),
    "a publication deleted": Row(lambda of: of.sql("DELETE FROM ledger.events WHERE notification_id = 16"), {"missing", "log", "receipt inserted", "regulation", "model inserted"}, "was decided by"),
}  # fmt: skip

EDITS = {
    "balances": "used = used + 1",
    "balances_standings": "restricted_reason = 'another'",
    "balances_merged": f"into_account = '{NOBODY}'",
    "mandates": "until = '2090-01-01'",
    "outcomes": "events = events + 1",
    "timeline": "actor = 'nobody'",
    "timeline_lots": "unit = 'voucher'",
}
"""Of each table of the read models, what is changed in one row."""


def first(table: str) -> str:
    return f"WHERE ctid = (SELECT min(ctid) FROM projections.{table})"


def copied(of: Proven, table: str) -> object:
    """Put in a row of nobody, like another one."""
    tables = {each.name: each for projection in PROJECTIONS for each in projection.tables}
    other = {"account": f"'{NOBODY}'::uuid", "command": "'nobody asked'"}
    columns = [other.get(name, name) for name in tables[table].columns]
    return of.sql(
        f"INSERT INTO projections.{table} SELECT {', '.join(columns)} FROM projections.{table} {first(table)}"
    )


TABLE |= {
    f"a row of {name} {done}": Row(change, {kind}, f"{name} (")
    for name, edit in EDITS.items()
    for done, kind, change in (
        ("edited", "model", lambda of, n=name, e=edit: of.sql(f"UPDATE projections.{n} SET {e} {first(n)}")),
        ("deleted", "model missing", lambda of, n=name: of.sql(f"DELETE FROM projections.{n} {first(n)}")),
        ("inserted", "model inserted", lambda of, n=name: copied(of, n)),
    )
}  # fmt: skip


@pytest.mark.parametrize("what", TABLE)
def test_each_change_is_found_and_named(rows: Proven, what: str) -> None:
    change, kinds, says = TABLE[what]
    change(rows)
    found = rows.whole().findings
    assert {finding.kind for finding in found} == kinds, [*map(str, found)]
    assert says in " ".join(finding.text for finding in found), [*map(str, found)]
    assert_said_in_each_language(found)
    for finding in found:
        if finding.table is not None:
            assert finding.key
            assert (finding.since is None) == (finding.leaf is None)


def test_a_finding_says_where_and_between_which_checkpoints_what_is_right_was_made(
    full: Proven,
) -> None:
    receipt(full, "version = 9")
    state(full, "version = 1", NORA)
    by_kind = {each.kind: each for each in full.whole().findings}
    ours = by_kind["receipt"]
    assert (ours.table, ours.key, ours.account) == (RECEIPTS, "job ada", str(ADA))
    assert (ours.position, ours.leaf) == (51, 50)
    assert ours.since is not None
    assert (ours.since.after, ours.since.size) == (47, 89)
    assert "since position 51, between the checkpoints of 47 and 89 leaves" in str(ours)
    noras = by_kind["state"]
    assert (noras.table, noras.key, noras.position) == (STATES, str(NORA), 47)
    assert "before the checkpoint of 47 leaves" in str(noras)


def test_a_finding_of_the_tree_of_receipts_names_its_own_checkpoint(full: Proven) -> None:
    receipt(full, "digest = sha256('x')")
    [finding] = full.whole().findings
    assert (finding.table, finding.key, finding.account) == (RECEIPTS, "job ada", str(ADA))
    where = full.witness / "receipts" / "checkpoints" / "063"
    assert f"it was right in the checkpoint of 63 leaves ({where})" in str(finding)
    gone(full.witness)
    full.sql("DELETE FROM proofs.published")
    witness, finding = full.whole().findings
    assert "the checkpoint of 63 leaves (receipts/checkpoint)" in str(finding)
    assert witness.text == f"{full.witness} can't be asked: there is no such folder"


def test_the_leaf_of_a_receipt_is_what_the_page_says(full: Proven) -> None:
    names = "account, command, decided_in, detail, digest, events, month, position, reason, recorded_at, version"
    [[number, key, *row]] = full.sql(
        f"SELECT number, key, r.account, {names.removeprefix('account, ')} FROM {RECEIPTS} r"
        " JOIN proofs.keys k ON k.account = r.account WHERE command = 'refused ada'"
    )
    told = dict(zip(names.split(", "), row, strict=True))
    told |= {name: told[name].isoformat() for name in ("month", "recorded_at")}
    told |= {"account": str(told["account"]), "digest": told["digest"].hex()}
    payload = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    blind = sha256(key + number.to_bytes(8)).digest()
    text = f"{ADA}\n0\n{number}\nreceipt\n{payload}"
    made = sha256(blind + text.encode()).hexdigest()
    leaf = Folder(full.tree.path / "receipts").entries(0, 63)[number - 1]
    assert json.loads(leaf) == {"commitment": made, "position": number}


def test_a_new_key_of_the_log_signs_the_tree_of_receipts_too(full: Proven, tmp_path: Path) -> None:
    new = new_signer(full.signer.name)
    proving.rotated(full.settings, full.signer, new.verifier, lambda _: None)
    (tmp_path / "full" / "log.key").write_text(new.written())
    told(full)
    full.checkpoint()
    Runner(full.url, full.store).catch_up()
    whole = full.whole()
    assert (whole.findings, whole.receipts_size) == ([], 64)
    (full.tree.path / "receipts" / "keys").write_text(f"{new.verifier}\n")
    assert [each.kind for each in full.whole().findings] == ["signature"]


def test_a_ledger_whose_receipts_all_grew_old_goes_on_with_new_ones(full: Proven) -> None:
    keep_receipts(full.url, datetime.now(UTC).date(), 90)
    told(full)
    full.checkpoint()
    whole = full.whole()
    assert (whole.findings, whole.receipts_size, whole.receipts) == ([], 64, 1)


def test_another_text_of_a_regulation_in_this_installation_is_found(
    full: Proven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = rulebook_files.load(with_hours(tmp_path, 126))
    monkeypatch.setattr(verifying, "rulebook", lambda: others)
    [finding] = full.whole().findings
    assert (finding.kind, finding.key) == ("regulation", "be-vlg/vov")
    assert "the text here is not the one in use: be-vlg/vov: " in finding.text


def test_since_a_good_checkpoint_only_the_accounts_of_later_events_are_looked_at(
    full: Proven,
) -> None:
    whole = full.whole(since=47)
    assert (whole.findings, whole.accounts, whole.receipts) == ([], 5, 63 - 37)
    state(full, "version = 1", NORA)
    assert full.whole(since=47).findings == []
    state(full, "version = 1", ADA)
    receipt(full, "version = 9", "job bo")
    inserted(full, command="'nobody asked'")
    full.sql("UPDATE projections.balances SET used = used + 1")
    found = full.whole(since=47).findings
    assert {each.kind for each in found} == {"state", "receipt", "receipt inserted", "model"}
    assert str(NORA) not in {each.account for each in found}


def test_a_receipt_that_says_what_can_be_is_not_told_from_one_that_came(rows: Proven) -> None:
    """As the page says: of what changed nothing, and is newer than the newest checkpoint."""
    told(rows)
    [[now]] = rows.sql(
        f"SELECT max(originator_version) FROM ledger.events WHERE originator_id = '{ADA}'"
    )
    ours = {"command": "'nobody asked'", "version": str(now), "month": "'2025-11-01'"}
    inserted(rows, NOTHING_NEW, recorded_at="'2025-11-03T12:00Z'", **ours)
    assert rows.whole().findings == []
    rows.checkpoint()
    rows.sql(f"DELETE FROM {RECEIPTS} WHERE command = 'nobody asked'")
    assert {each.kind for each in rows.whole().findings} == MISSING  # as of any other


def told(of: Proven) -> object:
    [outcome] = open_door(of.store, standing("2025-11-03")).handle(
        [command("left bo", said("job", employment(), "2024-09-01", "2025-11-01", version=2), BO)]
    )
    return outcome


def decided_anew(of: Proven) -> object:
    door = open_door(of.store, standing("2026-02-01"))
    for _ in reach_due(door, of.store.every_account, door.clock.now().today, anew=True):
        pass
    return door


def rebuilt(of: Proven) -> object:
    return [rebuild(of.url, of.store, each) for each in PROJECTIONS]


def destroyed(of: Proven) -> object:
    """Destroy an erased person's payloads, as the page on proofs says."""
    return of.sql(
        f"UPDATE ledger.events SET state = '{{}}' WHERE originator_id = '{GUS}' AND topic <> 'account-erased'",
        f"UPDATE proofs.keys SET key = NULL WHERE account = '{GUS}'",
    )


HONEST: dict[str, Callable[[Proven], object]] = {
    "people who were merged, parted, corrected, helped and erased, and parked records": lambda _: None,
    "new events, neither in the tree nor in the read models": told,
    "new events in all of them": lambda of: (told(of), of.checkpoint(), Runner(of.url, of.store).catch_up()),
    "everything decided anew, and read models made anew": lambda of: (decided_anew(of), rebuilt(of)),
    "read models that are not made": lambda of: of.sql("DROP SCHEMA projections CASCADE"),
    "a read model of another version of the program": lambda of: of.sql("UPDATE projections.registry SET version = 77 WHERE name = 'balances'", "UPDATE projections.balances SET used = used + 1"),
    "an erased person's payloads destroyed": destroyed,
    "old receipts dropped": lambda of: keep_receipts(of.url, datetime.now(UTC).date(), 90),
    "a dump of the receipts that is read in again": lambda of: of.sql(f"CREATE TABLE t AS TABLE {RECEIPTS}", f"DELETE FROM {RECEIPTS}", f"INSERT INTO {RECEIPTS} SELECT * FROM t ORDER BY random()"),
    "a witness that comes late": lambda of: (gone(of.witness), of.checkpoint()),
}  # fmt: skip


@pytest.mark.parametrize("what", HONEST)
def test_an_honest_ledger_gives_no_alarm(full: Proven, what: str) -> None:
    HONEST[what](full)
    assert full.whole().findings == []


def test_receipts_that_say_what_no_event_says_are_bounded_too_unless_all_is_asked_for(
    rows: Proven, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "MOST_FINDINGS", 3)
    for number in range(7):
        inserted(rows, command=f"'nobody {number}'")

    def verified(*, every: bool) -> Whole:
        return verifying.verify(
            rows.where, rows.settings, trusted=None, since=0, every=every, say=lambda _: None
        )

    some = verified(every=False)
    assert ([each.kind for each in some.findings], some.stopped) == (["receipt inserted"] * 3, True)
    assert (len(verified(every=True).findings), verified(every=True).stopped) == (7, False)


def test_how_far_a_read_model_is_behind_is_said(full: Proven) -> None:
    told(full)
    head = full.store.head()
    assert full.whole().behind == dict.fromkeys((each.name for each in PROJECTIONS), head - 89)
    full.sql(f"DELETE FROM projections.balances WHERE account = '{BO}'")
    assert {each.kind for each in full.whole().findings} == {"model missing"}


def test_each_kind_of_finding_has_its_words() -> None:
    found = {kind for table in (TABLE, OF_THE_LOG) for row in table.values() for kind in row.kinds}
    assert found <= KINDS.keys()
    assert len(found) > 20


def test_a_finding_is_told_in_the_language_that_was_asked_for_with_its_place(full: Proven) -> None:
    receipt(full, "version = 9")
    [found] = full.whole().findings
    first, detail = in_words(found, Language("nl"))
    assert first == (
        "FOUT  een ontvangstbewijs zegt niet wat het logboek zegt, of is niet dat wat gepubliceerd"
        f" werd (positie 51, job ada in {RECEIPTS}, rekening {ADA}); het logboek heeft het juiste"
        " sinds positie 51, tussen de controlepunten van 47 en 89 bladeren (checkpoint)"
    )
    assert detail == (
        "  het ontvangstbewijs van job ada: version is er 9, en volgens het logboek 4"
    )
    assert [*in_words(found, Language("en"))] == [f"WRONG  {found}"]
