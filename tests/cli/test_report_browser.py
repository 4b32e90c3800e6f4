"""The report's page in a real browser: on a screen, on a phone, on paper, and read aloud."""

import json
import re
import shutil
import struct
import subprocess
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ledger.audit.books.journal import Entry, Journal
from ledger.audit.books.sampling import Strata
from ledger.audit.books.totals import Difference, Period, TrialBalance
from ledger.audit.proofs.findings import Finding
from ledger.audit.report.gathered import Gathered
from ledger.audit.report.model import Check, Drawn, Looked, Report
from ledger.audit.report.samples import sampled
from ledger.domain.events import Envelope
from ledger.words.language import CODES, Language
from ops.books.report_page import page
from ops.books.sampling import name_of
from ops.embedded.apache import ProgramMissing
from tests.api.teams import fetched, program
from tests.audit.books.careers import log_of
from tests.laws.test_laws import rules
from tests.story import day

pytestmark = pytest.mark.xdist_group("browser")
"""So that one process looks at the pages, which takes long, for all tests."""

FOLDER = Path(__file__).parent / "browser"
LOCK = FOLDER / "package-lock.json"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LOOK_SECONDS = 120
CAREERS = 6
HOSTILE = "<script>alert(1)</script><img src='https://elsewhere.example/x.png'>"
CHECKPOINT = (
    f"rights.example.be/log\n2048\n{'Zm9v' * 11}=\n\n— rights.example.be/log {'c2ln' * 23}\n"
)


def browser() -> str:
    for name in BROWSERS:
        if (found := shutil.which(name)) is not None:
            return found
    raise ProgramMissing(BROWSERS[0], "the report's page is looked at in a browser")


def install(folder: Path) -> list[str]:
    for name in ("package.json", LOCK.name, ".npmrc"):
        shutil.copy(FOLDER / name, folder)
    npm = program("npm", "the report's page is checked with axe-core, which npm installs")
    return [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]


def report() -> Report:
    """Return a report of some random careers, on which something is wrong of each kind."""
    period = Period(since=day("2022-12-05"), until=day("2024-06-01"))
    gathered, trial = Gathered(period, Strata[Entry](4, "7", name_of)), TrialBalance(period)
    journal, accounts = (
        Journal(lambda e: pytest.fail(f"{e}")),
        defaultdict[UUID, list[Envelope]](list),
    )
    for stored in log_of(CAREERS):
        entries = journal.post(stored.envelope, stored.name)
        accounts[stored.envelope.account].append(stored.envelope)
        gathered.add(stored.envelope, entries)
        trial.add(entries)
    drawn = [
        sampled(each._replace(actor=HOSTILE), accounts[each.account], rules())
        for each in gathered.sample.drawn()
    ]
    step, series = gathered.activity.series()
    first = trial.lines()[0]
    waits = Looked("tree", "verify-waiting", {"count": 3})
    wrong = Difference(first.scheme, first.unit, "used", 123_456_789, 123_456_790)
    return Report(
        named="2022-12-05/2024-06-01",
        period=period,
        whole=gathered.whole,
        within=gathered.within,
        compared=1,
        checks=(
            Check("sums", ()),
            Check("balances", (wrong,)),
            Check("tree", (Finding("tree", f"{HOSTILE} {'deadbeef' * 80}", 3, 2),), (waits,)),
            Check("receipts", None, (Looked("receipts", "report-left-out"),)),
            Check("models", (), (Looked("models", "verify-behind", {"model": "m", "count": 2}),)),
        ),
        lines=tuple(trial.lines()),
        step=step,
        series=tuple(series),
        drawn=Drawn(HOSTILE, 4, 999_999, tuple(drawn)),
        texts=tuple(gathered.texts()),
        checkpoint=CHECKPOINT,
    )


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Look at the page in each language, and at one of an empty log; return the pictures, too."""
    found, node = browser(), program("node", "the report's page is looked at with Node 20")
    folder = tmp_path_factory.mktemp("browser")
    (folder / "node_modules").symlink_to(fetched("browser", LOCK, install) / "node_modules")
    for name in ("package.json", "look.mjs"):
        shutil.copy(FOLDER / name, folder)
    made = report()
    empty = replace(
        made, lines=(), series=(), drawn=Drawn("7", 6, 0, ()), texts=(), checkpoint=None
    )
    for code in CODES:
        text = page(made, rules(), Language(code), "report.html")
        (folder / f"{code}.html").write_text(text, "utf-8")
    text = page(empty, rules(), Language("en"), "report.html")
    (folder / "empty.html").write_text(text, "utf-8")
    done = subprocess.run(
        [node, "look.mjs", found, ".", *(f"{name}.html" for name in (*CODES, "empty"))],
        cwd=folder, capture_output=True, text=True, timeout=LOOK_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


Seen = tuple[Path, dict[str, Any]]
PAGES = (*CODES, "empty")


@pytest.mark.parametrize("name", PAGES)
class TestPage:
    def test_it_asks_for_nothing_runs_nothing_and_its_style_is_used(
        self, looked: Seen, name: str
    ) -> None:
        answer = looked[1][name]
        assert set(answer["asked"]) == {"itself"}
        assert answer["said"] == []
        if name != "empty":
            assert {each["right"] for each in answer["screens"].values()} == {"right"}

    def test_axe_finds_nothing_that_keeps_anybody_out(self, looked: Seen, name: str) -> None:
        for screen in looked[1][name]["screens"].values():
            assert screen["violations"] == []
            assert screen["passes"] > 20

    def test_nothing_is_cut_off_on_a_desktop_a_phone_or_paper(
        self, looked: Seen, name: str
    ) -> None:
        folder, answers = looked
        answer = answers[name]
        for kind, screen in answer["screens"].items():
            assert screen["wide"] == screen["width"], kind
            assert screen["cut"] == []
            picture = (folder / f"{kind}-{name}.png").read_bytes()
            width, height = struct.unpack(">II", picture[16:24])
            assert width == screen["width"]
            assert height > 1000
            assert (screen["scrolls"] == 0) >= (kind == "desktop"), "only a phone needs to scroll"
        assert (answer["printed"]["cut"], answer["printed"]["scrolls"]) == ([], 0)
        assert len(re.findall(rb"/Type /Page\b", (folder / f"{name}.pdf").read_bytes())) > 0

    def test_each_bar_and_text_is_seen_inside_its_drawing(self, looked: Seen, name: str) -> None:
        answer = looked[1][name]
        for each in (*(s["drawn"] for s in answer["screens"].values()), answer["printed"]["drawn"]):
            assert bool(each) == (name != "empty")
            assert all(each)


def test_what_is_installed_is_pinned_by_its_content_and_comes_from_any_registry() -> None:
    packages = {
        name: each for name, each in json.loads(LOCK.read_text())["packages"].items() if name
    }
    assert packages
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not any("resolved" in each for each in packages.values())
