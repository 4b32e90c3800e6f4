"""What auditors are given, as typed: the trial balance, packages, samples, the second reading."""

import csv
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ledger.audit.books.movements import NAMES
from ledger.store.catalogue import KINDS
from ledger.store.postgres import PostgresStore
from projections.runner import Runner
from tests.audit.proofs.everything import people
from tests.cli.conftest import Result, Rugzak
from tests.cli.lives import LOT, PUBLISHED, VOV
from tests.cli.test_merging import OTHER, tell
from tests.story import NORA, employment, said, use

AGREES = "the same stands in the balances"
WHY = ("--because", "file 118", "--by", "an")
HEAD = PUBLISHED + 20


def closings(answer: Result) -> dict[str, int]:
    """Return what stands on each account of VOV."""
    return {each["name"]: each["closing"] for each in answer.json["totals"]}


@pytest.mark.usefixtures("told")
class TestTotals:
    def test_it_is_zero_sum_and_says_what_became_of_all_that_the_pool_gave(
        self, rugzak: Rugzak
    ) -> None:
        answer = rugzak("audit", "totals", "--json")
        assert answer.code == 0
        assert (answer.json["position"], answer.json["compared"]) == (HEAD, HEAD)
        assert closings(answer) == {
            "pool": -250 * 60,
            "available": 0,
            "reserved": 0,
            "used": 20 * 60,
            "expired": 0,
            "withdrawn": 230 * 60,
            "shortfall": 20 * 60,
            "beyond-due": -20 * 60,
        }
        assert AGREES in rugzak("audit", "totals").out

    def test_a_period_opens_with_what_the_one_before_it_closed_with(self, rugzak: Rugzak) -> None:
        before = closings(rugzak("audit", "totals", "--until", "2022-01-01", "--json"))
        year = rugzak("audit", "totals", "--from", "2022-01-01", "--until", "2023-01-01", "--json")
        after = rugzak("audit", "totals", "--from", "2023-01-01", "--json")
        opened = {each["name"]: each["opening"] for each in year.json["totals"]}
        assert before["available"] == 180 * 60
        assert {name: opened[name] for name in before} == before
        assert closings(year)["expired"] == 180 * 60
        assert {each["name"]: each["opening"] for each in after.json["totals"]} == {
            **dict.fromkeys(("shortfall", "beyond-due"), 0),
            **closings(year),
        }

    def test_a_read_model_that_was_tampered_with_is_found(
        self, rugzak: Rugzak, database: str
    ) -> None:
        with psycopg.connect(database) as conn:
            conn.execute("UPDATE projections.balances SET used = used + 60 WHERE lot = %s", (LOT,))
        answer = rugzak("audit", "totals")
        assert answer.code == 1
        assert f"WRONG  {VOV}, minute: on `used` stands 1200 by the log, 1260 by" in answer.out
        assert "on `available` stands 0 by the log, -60 by the balances" in answer.out

    def test_a_read_model_that_lags_is_compared_at_its_own_position(
        self, rugzak: Rugzak, store: PostgresStore
    ) -> None:
        tell(store, "s9", said("s9", employment("1/2"), "2021-09-01"), OTHER)
        answer = rugzak("audit", "totals", "--json")
        assert (answer.code, answer.json["compared"]) == (0, HEAD)
        assert answer.json["position"] > HEAD
        assert closings(answer)["pool"] < -250 * 60

    def test_only_a_scheme_can_be_asked_and_one_that_is_not_there_is_refused(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        one = rugzak("audit", "totals", "--scheme", VOV, "--json")
        assert one.json["totals"] == rugzak("audit", "totals", "--json").json["totals"]
        other = rugzak("audit", "totals", "--scheme", "fr/cpf", "--json")
        assert (other.code, other.json["totals"]) == (0, [])
        for typed in (("totals",), ("export", tmp_path / "none"), ("sample", 1)):
            missing = rugzak("audit", *typed, "--scheme", "be-vlg/vof")
            assert missing.code == 2
            assert "there is no scheme 'be-vlg/vof'; did you mean" in missing.err
        assert not (tmp_path / "none").exists()

    def test_a_period_without_a_day_is_refused(self, rugzak: Rugzak) -> None:
        typed = ("--from", "2022-01-01", "--until", "2022-01-01")
        answer = rugzak("audit", "totals", *typed)
        assert (answer.code, "the period has no day" in answer.err) == (2, True)

    def test_an_erased_account_stays_in_the_books_and_is_asked_of_no_balance(
        self, rugzak: Rugzak, store: PostgresStore, database: str
    ) -> None:
        before = closings(rugzak("audit", "totals", "--json"))
        assert rugzak("erase", NORA, *WHY).code == 0
        Runner(database, store).catch_up()
        answer = rugzak("audit", "totals", "--json")
        assert (answer.code, closings(answer)) == (0, before)


def test_before_the_balances_are_made_it_says_how_to_make_them(
    rugzak: Rugzak, store: PostgresStore
) -> None:
    tell(store, "s1", said("s1", employment(), "2021-09-01"), NORA)
    answer = rugzak("audit", "totals")
    assert (answer.code, "rugzak projections run --once" in answer.err) == (1, True)


def test_what_was_used_in_an_account_that_was_merged_counts_once(
    rugzak: Rugzak, store: PostgresStore, database: str, tmp_path: Path
) -> None:
    for account in (NORA, OTHER):
        tell(store, f"j{account}", said(f"job {account}", employment("1/2"), "2020-09-01"), account)
        tell(store, f"u{account}", use(f"u {account}", VOV, 600, "2021-09-15"), account)
    Runner(database, store).catch_up()
    assert closings(rugzak("audit", "totals", "--json"))["used"] == 1200
    for typed in (("merge", OTHER, NORA), ("unmerge", OTHER)):
        assert rugzak("person", *typed, *WHY).code == 0
        Runner(database, store).catch_up()
        answer = rugzak("audit", "totals", "--json")
        assert answer.code == 0
        assert closings(answer)["used"] == 1200
        assert closings(answer)["merged"] == 0
        assert rugzak("audit", "export", tmp_path / typed[0]).code == 0
        again = rugzak("audit", "recompute", tmp_path / typed[0], "--json").json
        assert (again["accounts"], again["wrong"]) == (2, {"balances": 0, "entries": 0})
    assert rugzak("person", "merge", OTHER, NORA, *WHY).code == 0
    assert rugzak("erase", NORA, *WHY).code == 0
    Runner(database, store).catch_up()
    assert AGREES in rugzak("audit", "totals").out
    assert rugzak("audit", "export", tmp_path / "erased").code == 0
    assert rugzak("audit", "recompute", tmp_path / "erased", "--json").json["lots"] == 0


@pytest.fixture
def package(rugzak: Rugzak, told: object, tmp_path: Path) -> Path:
    """Export all of the example life."""
    folder = tmp_path / "package"
    assert rugzak("audit", "export", folder).code == 0
    return folder


def rows_of(file: Path) -> list[dict[str, Any]]:
    """Read a table, with whatever reads its form."""
    if file.suffix == ".parquet":
        return list(pq.read_table(file).to_pylist())
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def summed(folder: Path) -> str:
    """Check a package's hashes as its page says; return what `sha256sum` finds wrong."""
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"],  # noqa: S607
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) == (done.stdout == "")
    return done.stdout


def wrong_cells(folder: Path) -> list[tuple[str, str, str]]:
    """Validate a package with frictionless, each cell too; return table, kind and words."""
    report = frictionless.validate(str(folder / "datapackage.json"))
    told = json.loads((folder / "datapackage.json").read_text())
    assert {each.name for each in report.tasks} == {each["name"] for each in told["resources"]}
    assert all(each.stats["rows"] for each in report.tasks)
    return [(each.name, e.type, e.message) for each in report.tasks for e in each.errors]


CSVW: dict[str, Callable[[str], object]] = {
    "integer": int,
    "string": str,
    "date": date.fromisoformat,
    "dateTimeStamp": lambda cell: datetime.strptime(cell, "%Y-%m-%dT%H:%M:%S.%f%z"),
}
"""How the datatypes that we use are read (W3C, Metadata Vocabulary for Tabular Data, 5.11)."""


def against_csvw(metadata: Path) -> list[tuple[int, str]]:
    """Read a table by its CSVW description alone; return the line and column of what it is not."""
    told = json.loads(metadata.read_text())
    assert told["@context"] == "http://www.w3.org/ns/csvw"
    with (metadata.parent / told["url"]).open(
        encoding=told["dialect"]["encoding"], newline=""
    ) as file:
        dialect = told["dialect"]
        head, *lines = csv.reader(
            file, delimiter=dialect["delimiter"], quotechar=dialect["quoteChar"], strict=True
        )
    columns = told["tableSchema"]["columns"]
    assert head == [each["titles"] for each in columns]
    wrong, keys = [], set[tuple[str, ...]]()
    for number, line in enumerate(lines, start=2):
        cells = dict(zip((each["name"] for each in columns), line, strict=True))
        for each in columns:
            cell = cells[each["name"]]
            try:
                fits = CSVW[each["datatype"]](cell) is not None if cell else not each["required"]
            except ValueError:
                fits = False
            wrong += [] if fits else [(number, each["name"])]
        key = tuple(cells[name] for name in told["tableSchema"]["primaryKey"])
        wrong += [(number, "primaryKey")] if key in keys else []
        keys.add(key)
    return wrong


def cast(entries: list[dict[str, Any]]) -> dict[str, int]:
    """Cast entries up, as a spreadsheet would."""
    stands: Counter[str] = Counter()
    for entry in entries:
        stands[entry["debit"]] += int(entry["quantity"])
        stands[entry["credit"]] -= int(entry["quantity"])
    return dict(stands)


class TestPackage:
    def test_each_file_has_the_hash_that_is_listed_and_no_other_file_is_there(
        self, package: Path
    ) -> None:
        assert summed(package) == ""
        told = json.loads((package / "datapackage.json").read_text())
        assert {each["path"] for each in told["resources"]} | {
            "SHA256SUMS", "datapackage.json", "dictionary.md",
        } == {path.name for path in package.iterdir()}  # fmt: skip
        for each in told["resources"]:
            data = (package / each["path"]).read_bytes()
            assert each["hash"] == f"sha256:{sha256(data).hexdigest()}"

    def test_the_events_are_what_is_stored_byte_for_byte_up_to_the_head_that_is_named(
        self, package: Path, store: PostgresStore
    ) -> None:
        events = rows_of(package / "events.parquet")
        assert [each["position"] for each in events] == list(range(1, HEAD + 1))
        last = json.loads((package / "datapackage.json").read_text())["log"]["head"]
        payload = events[-1]["payload"].encode()
        assert last["payload_sha256"] == sha256(payload).hexdigest()
        (stored,) = store.recorder.select_notifications(HEAD, 1)
        assert store.mapper.zstandard.decompress(stored.state) == payload
        assert (last["position"], last["account"], last["name"]) == (HEAD, str(NORA), stored.topic)

    def test_the_entries_cast_up_to_the_totals_and_the_balances_are_among_them(
        self, package: Path
    ) -> None:
        entries = rows_of(package / "entries.parquet")
        totals = {each["name"]: each["closing"] for each in rows_of(package / "totals.parquet")}
        assert cast(entries) == totals
        (lot,) = [each for each in rows_of(package / "balances.parquet") if each["lot"] == LOT]
        of_lot = cast([entry for entry in entries if entry["lot"] == LOT])
        assert (of_lot["used"], of_lot["withdrawn"]) == (lot["used"], lot["withdrawn"])

    def test_duckdb_reads_it_and_the_columns_say_what_they_mean(self, package: Path) -> None:
        query = f"SELECT DISTINCT typeof(recorded_at) FROM '{package}/entries.parquet'"
        assert duckdb.execute(query).fetchall() == [("TIMESTAMP WITH TIME ZONE",)]
        for file in package.glob("*.parquet"):
            for field in pq.read_schema(file):
                assert len(field.metadata[b"description"]) > 5, (file, field)

    def test_the_metadata_is_a_data_package(self, package: Path) -> None:
        told = json.loads((package / "datapackage.json").read_text())
        assert list(frictionless.Package.metadata_validate(told)) == []

    def test_frictionless_finds_every_cell_of_every_table_valid(
        self, package: Path, rugzak: Rugzak, store: PostgresStore, database: str, tmp_path: Path
    ) -> None:
        assert wrong_cells(package) == []
        people(store)  # merged, parted, corrected, erased
        Runner(database, store).catch_up()
        assert rugzak("audit", "export", tmp_path / "all").code == 0
        assert wrong_cells(tmp_path / "all") == []
        assert len(rows_of(tmp_path / "all" / "events.parquet")) > 80

    @pytest.mark.parametrize(
        ("table", "change", "found"),
        [
            ("entries", {"entry": "1-1"}, "primary-key"),
            ("entries", {"quantity": "7500 minutes"}, "type-error"),
            ("events", {"account": "nora"}, "type-error"),
            ("events", {"recorded_on": None}, "constraint-error"),
        ],
    )
    def test_frictionless_finds_a_cell_of_a_table_that_is_wrong(
        self, package: Path, table: str, change: dict[str, Any], found: str
    ) -> None:
        file = package / f"{table}.parquet"
        rows = [{**each, **change} for each in rows_of(file)]
        pq.write_table(pa.Table.from_pylist(rows), file)
        assert {kind for name, kind, *_ in wrong_cells(package) if name == table} == {found}

    def test_the_dictionary_tells_of_every_column_account_and_event(self, package: Path) -> None:
        text = (package / "dictionary.md").read_text()
        for word in (*NAMES, *(kind.name for kind in KINDS), "payload", "merged_into", "quantity"):
            (line,) = [each for each in text.splitlines() if each.startswith(f"| {word} |")][:1]
            assert line.rstrip("| ").rpartition("|")[2].strip() not in {"", word}, line

    def test_nobody_else_can_read_it(self, package: Path) -> None:
        assert package.stat().st_mode & 0o077 == 0

    def test_the_same_log_gives_the_same_bytes(
        self, rugzak: Rugzak, package: Path, tmp_path: Path
    ) -> None:
        assert rugzak("audit", "export", tmp_path / "again").code == 0
        hashes = (package / "SHA256SUMS").read_bytes()
        assert (tmp_path / "again" / "SHA256SUMS").read_bytes() == hashes

    def test_a_checkpoint_goes_with_it(self, rugzak: Rugzak, package: Path, tmp_path: Path) -> None:
        text = "rugzak.example/ledger\n47\nqZ4=\n\n— rugzak.example/ledger Zm9v\n"
        (tmp_path / "checkpoint").write_text(text)
        folder = tmp_path / "signed"
        typed = ("audit", "export", folder, "--checkpoint", tmp_path / "checkpoint")
        assert rugzak(*typed).code == 0
        assert (folder / "checkpoint.txt").read_text() == text
        assert (
            json.loads((folder / "datapackage.json").read_text())["checkpoint"] == "checkpoint.txt"
        )
        assert summed(folder) == ""
        (folder / "checkpoint.txt").write_text(text.replace("47", "48"))
        assert summed(folder) == "checkpoint.txt: FAILED\n"
        answer = rugzak("audit", "recompute", folder)
        assert answer.code == 1
        assert "WRONG  checkpoint.txt is not what SHA256SUMS says" in answer.out
        assert "checkpoint.txt" not in (package / "SHA256SUMS").read_text()

    def test_a_seed_that_would_draw_nothing_is_refused(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        answer = rugzak("audit", "export", tmp_path / "none", "--seed", "7")
        assert (answer.code, "with --person-sample" in answer.err) == (2, True)

    def test_a_folder_that_is_there_is_left_as_it_is(self, rugzak: Rugzak, package: Path) -> None:
        before = sorted(package.iterdir())
        answer = rugzak("audit", "export", package)
        assert (answer.code, "is there already" in answer.err) == (2, True)
        assert sorted(package.iterdir()) == before

    @pytest.mark.usefixtures("told")
    def test_where_the_log_cannot_be_read_no_half_package_is_left(
        self, rugzak: Rugzak, database: str, tmp_path: Path
    ) -> None:
        with psycopg.connect(database) as conn:
            conn.execute("ALTER TABLE ledger.events DISABLE TRIGGER ALL")
            conn.execute(
                "UPDATE ledger.events SET state = '\\x00' WHERE notification_id = %s", (HEAD - 3,)
            )
        folder = tmp_path / "out" / "half"
        answer = rugzak("audit", "export", folder)
        assert answer.code == 1
        assert f"{NORA} version 17" in answer.err
        assert "no stored form" in answer.err
        assert list(folder.parent.iterdir()) == []

    def test_without_the_libraries_it_says_what_to_install(
        self, rugzak: Rugzak, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        for name in (
            "ops.books.exporting",
            "ops.books.exporting_files",
            "ops.books.exporting_metadata",
        ):
            monkeypatch.delitem(sys.modules, name, raising=False)
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        answer = rugzak("audit", "export", tmp_path / "none")
        assert (answer.code, "pip install 'rugzak[audit]'" in answer.err) == (2, True)


@pytest.mark.usefixtures("told")
class TestSelection:
    def test_a_period_has_its_entries_and_what_stood_before(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        folder = tmp_path / "2022"
        typed = ("--from", "2022-01-01", "--until", "2023-01-01")
        rows = rugzak("audit", "export", folder, *typed, "--json").json["rows"]
        assert rows == {"entries": 2, "events": 5, "totals": 6}
        moved = cast(rows_of(folder / "entries.parquet"))
        for each in rows_of(folder / "totals.parquet"):
            assert each["closing"] == each["opening"] + moved.get(each["name"], 0)
        assert moved == {"expired": 180 * 60, "available": -180 * 60}
        refused = rugzak("audit", "recompute", folder)
        assert (refused.code, "has no balances.parquet" in refused.err) == (2, True)

    def test_a_scheme_and_a_sample_of_people_have_what_is_theirs_and_can_be_recomputed(
        self, rugzak: Rugzak, store: PostgresStore, database: str, tmp_path: Path
    ) -> None:
        tell(store, "s9", said("s9", employment(place="fr"), "2018-01-01"), OTHER)
        Runner(database, store).catch_up()
        one = rugzak("audit", "export", tmp_path / "fr", "--scheme", "fr/cpf").out
        assert "entries" in one
        entries = rows_of(tmp_path / "fr" / "entries.parquet")
        assert {(each["account"], each["scheme"]) for each in entries} == {(str(OTHER), "fr/cpf")}
        drawn = {}
        for seed in ("0", "1", "2", "3", "4", "5"):
            folder = tmp_path / f"drawn-{seed}"
            typed = ("--person-sample", 1, "--seed", seed)
            assert f"seed {seed}" in rugzak("audit", "export", folder, *typed).out
            (drawn[seed],) = {each["account"] for each in rows_of(folder / "events.parquet")}
            assert "of 0 the balances say otherwise" in rugzak("audit", "recompute", folder).out
        names = [str(NORA), str(OTHER)]
        assert drawn == {
            seed: min(names, key=lambda name: sha256(f"{seed}:{name}".encode()).hexdigest())
            for seed in drawn
        }
        assert set(drawn.values()) == set(names)
        assert rugzak("audit", "recompute", tmp_path / "fr").code == 0


@pytest.mark.usefixtures("told")
class TestFlat:
    def test_it_is_rfc_4180_and_casts_up_with_a_reader_of_csv_alone(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        folder = tmp_path / "flat"
        assert rugzak("audit", "export", folder, "--format", "flat").code == 0
        raw = (folder / "entries.csv").read_bytes()
        assert raw.count(b"\n") == raw.count(b"\r\n") == 12
        assert not raw.startswith(b"\xef\xbb\xbf")
        entries = rows_of(folder / "entries.csv")
        totals = {each["name"]: int(each["closing"]) for each in rows_of(folder / "totals.csv")}
        assert cast(entries) == totals
        assert sum(cast(entries).values()) == 0
        first = entries[0]
        assert (first["debit"], first["credit"], first["quantity"]) == ("available", "pool", "7500")

    def test_frictionless_finds_every_cell_valid_and_each_is_what_csvw_says(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        folder = tmp_path / "flat"
        assert rugzak("audit", "export", folder, "--format", "flat").code == 0
        assert wrong_cells(folder) == []
        for file in ("entries.csv", "totals.csv"):
            assert against_csvw(folder / f"{file}-metadata.json") == []

    def test_a_cell_that_is_not_what_its_csvw_says_is_found(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        folder = tmp_path / "flat"
        assert rugzak("audit", "export", folder, "--format", "flat").code == 0
        file = folder / "entries.csv"
        file.write_bytes(file.read_bytes().replace(b"pool,7500", b"pool,many", 1))
        assert against_csvw(folder / "entries.csv-metadata.json") == [(2, "quantity")]

    def test_a_cell_that_was_changed_is_found_by_frictionless(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        folder = tmp_path / "flat"
        rugzak("audit", "export", folder, "--format", "flat")
        file = folder / "entries.csv"
        file.write_bytes(file.read_bytes().replace(b"pool,7500", b"pool,7501"))
        assert [kind for _, kind, *_ in wrong_cells(folder)] == ["hash-count"]


class TestRecompute:
    def test_it_agrees_on_an_honest_ledger(self, rugzak: Rugzak, package: Path) -> None:
        answer = rugzak("audit", "recompute", package, "--json")
        assert (answer.code, answer.json["lots"]) == (0, 2)
        assert answer.json["wrong"] == {"balances": 0, "entries": 0}
        assert answer.json["position"] == HEAD

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (
                "UPDATE projections.balances SET used = used + 60",
                "used is 1200 by the events, 1260",
            ),
            ("UPDATE projections.balances SET unit = 'cent'", "unit is minute by the events, cent"),
            ("DELETE FROM projections.balances", "the events have this lot, the balances don't"),
            (
                "UPDATE projections.balances SET lot = lot || '-b'",
                "the balances have this lot, the events don't",
            ),
        ],
    )
    @pytest.mark.usefixtures("told")
    def test_it_names_the_lot_of_which_the_balances_say_otherwise(
        self, rugzak: Rugzak, database: str, tmp_path: Path, change: str, said: str
    ) -> None:
        with psycopg.connect(database) as conn:
            conn.execute(f"{change} WHERE lot = '{LOT}'".encode())
        assert rugzak("audit", "export", tmp_path / "changed").code == 0
        answer = rugzak("audit", "recompute", tmp_path / "changed")
        assert answer.code == 1
        assert f"WRONG  {NORA} {LOT}" in answer.out
        assert said in answer.out

    def test_it_names_the_file_that_was_changed_and_the_lot_whose_entries_were(
        self, rugzak: Rugzak, package: Path
    ) -> None:
        file = package / "entries.parquet"
        entries = [
            {**each, "quantity": 1260} if each["debit"] == "used" else each
            for each in rows_of(file)
        ]
        pq.write_table(pa.Table.from_pylist(entries, schema=pq.read_schema(file)), file)
        answer = rugzak("audit", "recompute", package)
        assert answer.code == 1
        assert "WRONG  entries.parquet is not what SHA256SUMS says" in answer.out
        assert f"WRONG  {NORA} {LOT}: reserved is 0 by the events, -60 by the entries" in answer.out
        assert "of 0 the balances say otherwise, of 1 the entries" in answer.out

    def test_a_folder_that_is_no_package_is_refused(self, rugzak: Rugzak, tmp_path: Path) -> None:
        answer = rugzak("audit", "recompute", tmp_path)
        assert (answer.code, "is no package of `rugzak audit export`" in answer.err) == (2, True)


@pytest.mark.usefixtures("told")
class TestSample:
    def test_the_same_seed_draws_what_anybody_can_draw_with_a_sha_256(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        answer = rugzak("audit", "sample", 4, "--seed", "2026", "--json").json
        assert answer["population"] == 11
        assert answer == rugzak("audit", "sample", 4, "--seed", "2026", "--json").json
        assert rugzak("audit", "export", tmp_path / "p").code == 0
        drawn = duckdb.execute(
            f"SELECT entry FROM '{tmp_path}/p/entries.parquet'"
            " ORDER BY sha256('2026:' || entry) LIMIT 4"
        ).fetchall()
        assert [each["item"] for each in answer["sample"]] == [entry for (entry,) in drawn]

    def test_the_seed_is_printed_when_none_was_given(self, rugzak: Rugzak) -> None:
        told = rugzak("audit", "sample", 3).out
        seed = told.partition("seed ")[2].partition(";")[0]
        assert rugzak("audit", "sample", 3, "--seed", seed).out == told

    def test_monetary_units_hit_the_large_ones_and_need_one_unit(
        self, rugzak: Rugzak, store: PostgresStore
    ) -> None:
        typed = ("audit", "sample", 5, "--method", "monetary-unit", "--seed", "7", "--json")
        answer = rugzak(*typed).json
        assert sum(each["hits"] for each in answer["sample"]) == 5
        tell(store, "s9", said("s9", employment(place="fr"), "2018-01-01"), OTHER)
        mixed = rugzak(*typed)
        assert (mixed.code, "cent, minute; choose one with --unit" in mixed.err) == (2, True)
        assert rugzak(*typed, "--unit", "minute").json["sizes"] == answer["sizes"]

    def test_of_each_scheme_something_is_drawn_and_lots_have_no_period(
        self, rugzak: Rugzak, store: PostgresStore, database: str
    ) -> None:
        tell(store, "s9", said("s9", employment(place="fr"), "2018-01-01"), OTHER)
        Runner(database, store).catch_up()
        typed = ("audit", "sample", 2, "--of", "lots", "--method", "stratified", "--seed", "1")
        found = rugzak(*typed, "--json").json
        assert {each["scheme"] for each in found["sample"]} == {VOV, "fr/cpf"}
        assert "drawn: of each scheme" in rugzak(*typed).out
        assert rugzak(*typed, "--from", "2021-01-01").code == 2
