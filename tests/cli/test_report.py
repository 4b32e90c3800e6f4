"""`rugzak audit report`, as typed: one page, of which every figure is that of other commands."""

import re
import shlex
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from ledger.audit.proofs.findings import Finding
from ledger.audit.report.model import Looked, Proven
from ledger.domain.commands import Request
from ledger.service.outcomes import Accepted
from ledger.store.postgres import PostgresStore
from ledger.words.language import CODES, ENGLISH, Code, Language
from ops.books.report_page import page as written
from ops.books.reporting import report
from ops.ledger_wiring import contents, open_door, rulebook
from projections.runner import Runner
from tests.cli.conftest import Rugzak
from tests.cli.lives import LOT, PUBLISHED, VOV
from tests.cli.reports import addresses, commands, find, read, rows, section, text_of
from tests.domain.test_top_ups import topped_up
from tests.service.doors import command
from tests.story import NORA, employment, reverse, said, use

YEAR = ("--period", "2022")
DAYS = ("--from", "2022-01-01", "--until", "2023-01-01")
CHECKPOINT = "rights.example.be/log\n47\nZm9vYmFyCg==\n\n— rights.example.be/log c2lnbmF0dXJl\n"
UNHIDDEN = "\\u{202e}"
BIDI = "\N{RIGHT-TO-LEFT OVERRIDE}"
HOSTILE = [
    "<script>alert(1)</script>", "</style><img src=x onerror=alert(2)>", "'\" onload=alert(3)",
    "{{ 7 * 7 }}", "]]><!--", "&lt;b&gt;", f"{BIDI}gnp.exe",
]  # fmt: skip


def shown(said: str, unit: str = " h") -> int:
    """Read hours as the page writes them, in minutes."""
    assert said.endswith(unit), said
    return round(float(said.removesuffix(unit)) * 60)


@pytest.mark.usefixtures("told")
class TestFigures:
    @pytest.mark.parametrize(
        ("period", "days"), [((), ()), (YEAR, DAYS), (("--period", "2030-Q2"), ())]
    )
    def test_the_trial_balance_is_that_of_audit_totals(
        self, rugzak: Rugzak, tmp_path: Path, period: tuple[str, ...], days: tuple[str, ...]
    ) -> None:
        file = tmp_path / "report.html"
        assert rugzak("audit", "report", *period, file).code == 0
        if period and not days:
            days = ("--from", "2030-04-01", "--until", "2030-07-01")
        totals = rugzak("audit", "totals", *days, "--json").json["totals"]
        (table,) = find(section(read(file), "balance"), "table")
        *lines, (_, *sums) = rows(table)
        assert [
            (each["opening"], each["debits"], each["credits"], each["closing"]) for each in totals
        ] == [tuple(map(shown, line[1:])) for line in lines]
        assert len(lines) == len({line[0] for line in lines})
        assert (sums[0], sums[3]) == ("0 h", "0 h")
        assert sums[1] == sums[2]

    def test_what_was_granted_used_and_expired_is_a_movement_of_the_trial_balance(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        file = tmp_path / "report.html"
        assert rugzak("audit", "report", file).code == 0
        totals = rugzak("audit", "totals", "--json").json["totals"]
        moved = {each["name"]: each["debits"] - each["credits"] for each in totals}
        activity = section(read(file), "activity")
        (table,) = find(activity, "table")
        *months, (_, *sums) = rows(table)
        figures = [tuple(map(shown, each[1:])) for each in months]
        assert tuple(map(shown, sums)) == (-moved["pool"], moved["used"], moved["expired"])
        assert tuple(map(sum, zip(*figures, strict=True))) == tuple(map(shown, sums))
        assert {each[0]: each[1:] for each in months}["2021-10"] == ["0 h", "20 h", "0 h"]
        (drawing,) = find(activity, "svg")
        told = {each.get("id"): text_of(each) for each in drawing if each.get("id")}
        assert drawing.get("aria-labelledby") == " ".join(str(each) for each in told)
        assert f"{sums[0]} was granted, {sums[1]} used" in told["chart-1-desc"]
        for flow, column in (("granted", 1), ("used", 2), ("expired", 3)):
            bars = [each for each in months if each[column] != "0 h"]
            assert len(find(drawing, "rect", flow)) == len(bars)

    def test_a_chart_is_of_all_the_period_and_not_only_of_when_something_moved(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        file = tmp_path / "report.html"
        assert rugzak("audit", "report", *YEAR, file).code == 0
        activity = section(read(file), "activity")
        assert [text_of(each) for each in find(activity, "text", "tick")] == [
            f"2022-{month:02d}" for month in range(2, 13, 2)
        ]
        assert [row[0] for row in rows(find(activity, "table")[0])] == ["2022-09", "Total"]

    def test_the_sample_is_the_one_that_audit_sample_draws(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        file = tmp_path / "report.html"
        assert rugzak("audit", "report", *YEAR, "--sample", 3, "--seed", "2026", file).code == 0
        samples = section(read(file), "samples")
        typed = ("sample", 3, "--method", "stratified", "--seed", "2026", *DAYS, "--json")
        drawn = rugzak("audit", *typed).json
        assert [each.get("aria-labelledby") for each in find(samples, "article")] == [
            each["item"] for each in drawn["sample"]
        ]
        assert f"2 entries were drawn of {drawn['population']} in the period" in text_of(samples)
        assert [each.text for each in find(samples, "code", "seed")] == ["2026"]
        for article, each in zip(find(samples, "article"), drawn["sample"], strict=True):
            told = text_of(article)
            assert str(NORA) in told
            assert LOT in told
            assert ENGLISH.amount(each["quantity"], each["unit"]) in told

    def test_each_command_of_the_page_works_and_makes_the_same_page_again(
        self, rugzak: Rugzak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        seed = "it's <odd> & $HOME"
        assert rugzak("audit", "report", *YEAR, "--seed", seed, "page.html").code == 0
        typed = commands(read(tmp_path / "page.html"))
        assert [line.split()[2] for line in typed] == [
            "totals", "sample", "report", "replay", "export", "recompute",
        ]  # fmt: skip
        for line in typed:
            assert rugzak(*shlex.split(line)[1:]).code == 0, line
        pages = [(tmp_path / name).read_text() for name in ("page.html", "again-page.html")]
        assert pages[0] == pages[1].replace("again-again-", "again-")

    def test_it_covers_the_log_up_to_its_head_and_names_each_text_by_its_digest(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        file = tmp_path / "report.html"
        answer = rugzak("audit", "report", *YEAR, "--json", file).json
        assert (answer["position"], answer["findings"]) == (PUBLISHED + 20, [])
        covered, texts = find(section(read(file), "coverage"), "table")
        assert rows(covered)[3][2].startswith(f"event {answer['position']}, 2023-03-01T11:00:00")
        assert "2022-" in rows(covered)[2][1]
        published = rugzak("regulations", "published", "--json").json["published"]
        digests = {each["digest"]: each for each in published}
        assert {digest[:8] for _, _, digest in rows(texts)} == digests.keys()
        (vov,) = (row for row in rows(texts) if VOV + " @" in row[0])
        assert vov[2] == sha256(contents()[VOV].encode()).hexdigest()


@pytest.mark.usefixtures("told")
class TestPage:
    @pytest.mark.parametrize("code", CODES)
    def test_it_is_whole_in_each_language_and_asks_nothing_of_anywhere(
        self, rugzak: Rugzak, tmp_path: Path, code: Code
    ) -> None:
        file = tmp_path / "report.html"
        assert rugzak("audit", "report", "--lang", code, "--seed", "7", file).code == 0
        page, say = read(file), Language(code)
        assert page.get("lang") == code
        headings = [text_of(each) for each in find(page, "h2")]
        sections = ("findings", "balance", "activity", "samples", "coverage", "verify")
        assert headings == [say(f"report-{each}") for each in sections]
        assert "(en)" not in text_of(page)
        assert rulebook().schemes[VOV].names[code][1:] in text_of(section(page, "balance"))
        assert addresses(page) == []
        assert {each.tag for each in page.iter()} & {
            "script", "link", "iframe", "object", "embed", "img", "image", "use", "base", "form", "a",
        } == set()  # fmt: skip

    def test_nothing_but_its_own_style_may_be_used_by_it(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        file = tmp_path / "report.html"
        assert rugzak("audit", "report", file).code == 0
        page = read(file)
        (policy,) = (e.get("content") for e in find(page, "meta") if e.get("http-equiv"))
        (style,) = find(page, "style")
        digest = b64encode(sha256((style.text or "").encode()).digest()).decode()
        assert policy == (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        )

    def test_the_same_log_period_and_seed_give_the_same_bytes_and_another_seed_does_not(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        for name, seed in (("one", "7"), ("same", "7"), ("other", "8")):
            (tmp_path / name).mkdir()
            typed = (*YEAR, "--sample", 1, "--seed", seed, tmp_path / name / "report.html")
            assert rugzak("audit", "report", *typed).code == 0
        one, same, other = (
            (tmp_path / name / "report.html").read_bytes() for name in ("one", "same", "other")
        )
        assert one == same
        assert one != other

    def test_without_a_seed_one_is_made_and_told(self, rugzak: Rugzak, tmp_path: Path) -> None:
        file = tmp_path / "report.html"
        seed = rugzak("audit", "report", "--json", file).json["seed"]
        assert re.fullmatch("[0-9a-f]{16}", seed)
        assert find(read(file), "code", "seed")[0].text == seed

    def test_only_who_made_it_can_read_it_and_nothing_is_overwritten(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        file = tmp_path / "report.html"
        assert rugzak("audit", "report", file).code == 0
        assert file.stat().st_mode & 0o777 == 0o600
        before = file.read_bytes()
        again = rugzak("audit", "report", file)
        assert (again.code, "is there already" in again.err) == (2, True)
        assert file.read_bytes() == before
        assert [each.name for each in tmp_path.iterdir() if each.suffix != ".html"] == []

    def test_what_is_no_period_or_no_folder_is_refused_and_nothing_is_made(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        wrong = rugzak("audit", "report", "--period", "2026-Q5", tmp_path / "report.html")
        assert wrong.code == 2
        assert "'2026-Q5' is no period: write 2026, 2026-Q3, 2026-11 or" in wrong.err
        nowhere = rugzak("audit", "report", tmp_path / "none" / "report.html")
        assert (nowhere.code, "can't be written" in nowhere.err) == (2, True)
        assert list(tmp_path.rglob("*.html")) == []

    def test_a_period_that_is_not_over_is_told(self, rugzak: Rugzak, tmp_path: Path) -> None:
        for period, told in (("2022", False), ("2023-Q1", True), ("2023-02", False)):
            file = tmp_path / f"{period}.html"
            assert rugzak("audit", "report", "--period", period, file).code == 0
            assert (ENGLISH("report-not-over") in text_of(read(file))) is told

    def test_of_an_account_that_was_erased_nothing_is_told_but_what_it_moved(
        self, rugzak: Rugzak, store: PostgresStore, database: str, tmp_path: Path
    ) -> None:
        assert rugzak("erase", NORA, "--because", "file 118", "--by", "an").code == 0
        Runner(database, store).catch_up()
        file = tmp_path / "report.html"
        assert rugzak("audit", "report", "--seed", "7", file).code == 0
        samples = find(section(read(file), "samples"), "article")
        assert samples
        for each in samples:
            (told,) = find(each, "div", "why")
            assert text_of(told) == ENGLISH("report-erased")

    def test_a_checkpoint_is_shown_whole_and_how_it_is_verified(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        given, file = tmp_path / "checkpoint", tmp_path / "report.html"
        given.write_text(CHECKPOINT, "utf-8")
        assert rugzak("audit", "report", "--checkpoint", given, file).code == 0
        page = read(file)
        assert [each.text for each in find(page, "pre")] == [CHECKPOINT]
        assert "rugzak audit verify --key log.pub" in commands(page)
        given.write_bytes(b"\xff")
        refused = rugzak("audit", "report", "--checkpoint", given, tmp_path / "other.html")
        assert (refused.code, "is no text in UTF-8" in refused.err) == (2, True)


@pytest.mark.usefixtures("told")
class TestFindings:
    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("en", "be-vlg/vov: on ‘Used’ stands 20 h by the log, 21 h by the balances."),  # noqa: RUF001
            ("nl", "be-vlg/vov: op ‘Gebruikt’ staat 20 u volgens het logboek, 21 u volgens"),  # noqa: RUF001
            ("fr", "be-vlg/vov : sur « Utilisé », 20 h selon le registre, 21 h selon les soldes."),
        ],
    )
    def test_a_read_model_that_was_tampered_with_is_told_in_each_language(
        self, rugzak: Rugzak, database: str, tmp_path: Path, code: Code, said: str
    ) -> None:
        with psycopg.connect(database) as conn:
            conn.execute("UPDATE projections.balances SET used = used + 60 WHERE lot = %s", (LOT,))
        file = tmp_path / "report.html"
        answer = rugzak("audit", "report", "--lang", code, file)
        assert answer.code == 1
        assert f"{Language(code)('verify-wrong')}  {said}" in answer.out
        findings = text_of(section(read(file), "findings"))
        assert said in findings.replace("\N{NO-BREAK SPACE}", " ")
        assert Language("en")("report-verdict", count=0) not in findings

    @pytest.mark.parametrize("code", CODES)
    def test_what_a_verification_finds_is_told_in_each_language_with_how_far_it_looked(
        self, store: PostgresStore, database: str, tmp_path: Path, code: Code
    ) -> None:
        row, say = "<b>not-this</b>, version 2 of ada", Language(code)
        wrong = Finding("payload", f"the payload at position 31 was changed: {row}", 31, 30)

        def prover() -> Proven:
            looked = Looked("tree", "verify-waiting", {"count": 7})
            return Proven(CHECKPOINT, {"tree": (wrong,) * 150, "states": ()}, (looked,))

        made = report(
            database, store, rulebook(), lambda _: None,
            period="", seed="7", count=1, prover=prover,
        )  # fmt: skip
        assert made.findings == [wrong] * 150
        (tmp_path / "report.html").write_text(written(made, rulebook(), say, "r.html"), "utf-8")
        page = read(tmp_path / "report.html")
        told = [text_of(each) for each in find(page, "li", "wrong")]
        assert len(told) == 101
        assert "<b>not-this</b>" in told[0]
        assert told[100] == say("report-more", count=50)
        assert ("the payload" in text_of(page)) == (code == "en")
        assert say("report-verdict", count=150) in text_of(page)
        assert say("verify-waiting", count=7) in text_of(page)
        assert [each.text for each in find(page, "pre")] == [CHECKPOINT]

    @pytest.mark.parametrize("code", CODES)
    def test_what_is_kept_beside_the_log_is_verified_too_and_told_in_each_language(
        self, rugzak: Rugzak, database: str, tmp_path: Path, code: Code
    ) -> None:
        with psycopg.connect(database) as conn:
            conn.execute("DELETE FROM ledger.receipts WHERE position = %s", (PUBLISHED + 3,))
            conn.execute("UPDATE ledger.accounts SET version = 1 WHERE account = %s", (NORA,))
            conn.execute("UPDATE projections.timeline SET actor = 'nobody' WHERE position > 40")
        file, say = tmp_path / "report.html", Language(code)
        answer = rugzak("audit", "report", "--lang", code, file)
        assert answer.code == 1
        findings = section(read(file), "findings")
        wrong = {row[0]: row[1] for row in rows(find(findings, "table")[0])}
        assert say("report-unchecked") in wrong[say("check-tree")].replace("\xa0", " ")
        assert ("state row" in text_of(findings).replace("State row", "")) == (code == "en")
        for check, kind in (
            ("receipts", "receipt-missing"),
            ("states", "state"),
            ("models", "model"),
        ):
            said = wrong[say(f"check-{check}")]
            assert (say(f"found-{kind}") in said.replace("\xa0", " ")) == (code != "en"), said
            assert say("report-well") not in said
        assert say("report-well") in wrong[say("check-regulations")]
        assert answer.out.count(f"{say('verify-wrong')}  ") == len(find(findings, "li", "wrong"))

    def test_a_quick_report_says_what_it_left_out(
        self, rugzak: Rugzak, database: str, tmp_path: Path
    ) -> None:
        with psycopg.connect(database) as conn:
            conn.execute("UPDATE ledger.accounts SET version = 1 WHERE account = %s", (NORA,))
        file = tmp_path / "report.html"
        assert rugzak("audit", "report", "--quick", file).code == 0
        checks = dict(rows(find(section(read(file), "findings"), "table")[0]))
        left_out = [name for name, said in checks.items() if said == ENGLISH("report-left-out")]
        assert left_out == [
            ENGLISH(f"check-{each}") for each in ("receipts", "regulations", "states", "models")
        ]
        assert "--quick" in rugzak("audit", "report", "--help").out


def test_nothing_that_somebody_wrote_becomes_a_part_of_the_page(
    store: PostgresStore, database: str, tmp_path: Path
) -> None:
    """Reasons, providers, funders and courses come from outside; the page shows each as it is."""
    door, script = open_door(store), HOSTILE[0]
    requests: list[Request] = [said("job", employment(), "2020-09-01")]
    for n, text in enumerate(HOSTILE):
        asked = use(f"u{n} {text}", VOV, 60, "2021-09-15")
        requests += [
            replace(asked, course=replace(asked.course, id=text)),
            replace(reverse(asked.use, "2021-09-15"), reason=text),
            topped_up(f"t{n}", source=f"https://{text}", funder=text),
        ]
    for n, request in enumerate(requests):
        asked_by = replace(command(f"c{n} {script}", request), actor=script)
        [outcome] = door.handle([asked_by])
        assert isinstance(outcome, Accepted), outcome
    Runner(database, store).catch_up()
    rules, file = rulebook(), tmp_path / "report.html"
    names = {id_: replace(each, name=f"{script} {id_}") for id_, each in rules.providers.items()}
    made = report(
        database, store, rules, lambda _: None,
        period="", seed=script, count=200, checkpoint="\n".join(HOSTILE),
    )  # fmt: skip
    file.write_text(written(made, replace(rules, providers=names), ENGLISH, script), "utf-8")
    page = read(file)
    assert [find(page, tag) for tag in ("script", "img", "b")] == [[], [], []]
    assert addresses(page) == []
    assert BIDI not in text_of(page)
    samples = text_of(section(page, "samples"))
    for text in HOSTILE:
        assert f"undone: {text.replace(BIDI, UNHIDDEN)}" in samples
        assert f"used for {text.replace(BIDI, UNHIDDEN)} at {script} cvo-semper" in samples
        assert f"{text.replace(BIDI, UNHIDDEN)} pays." in samples
        assert f"https://{text.replace(BIDI, UNHIDDEN)}, known since" in samples
    assert f"Asked by{script}" in samples
    assert f"Commandc1 {script}" in samples
    assert [each.text for each in find(page, "code", "seed")] == [script]
    assert [text_of(each) for each in find(page, "pre")] == [
        " ".join(HOSTILE).replace(BIDI, UNHIDDEN)
    ]
    assert all(len(shlex.split(line)) > 2 for line in commands(page))
