"""Who may say what: a file binds sources, and a message that its source may not send is parked."""

from dataclasses import replace
from pathlib import Path

import pytest

from consumers.sources import Sources, WrongSources, read
from consumers.translate import CAREER_LANGUAGE, Unhandled, translate
from tests.cli.conftest import Rugzak, rugzak  # noqa: F401  a fixture
from tests.consumers.stories import annulled, employed
from tests.lines import SESSION_MS, Line, admin_of

TOPICS = ("rugzak.career.v1", "rugzak.rights.v1")
SPELLS = "be.rugzak.career.v1.statusSpells.*"
RECORDED = "be.rugzak.career.v1.statusSpells.notify.recorded"
ANNULLED = "be.rugzak.career.v1.statusSpells.notify.annulled"
ENTRY = '[[sources]]\nsource = "{}"\nmay = {}\n'


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "sources.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def bound(folder: Path, *entries: tuple[str, list[str]], more: str = "") -> Sources:
    text = "".join(ENTRY.format(source, may) for source, may in entries)
    return read(written(folder, text + more), TOPICS)


def wrong(folder: Path, text: str | bytes) -> list[str]:
    path = written(folder, text)
    with pytest.raises(WrongSources) as raised:
        read(path, TOPICS)
    return [each.replace(str(path), "FILE") for each in raised.value.findings]


def test_a_source_may_say_what_the_file_says_and_nothing_else(tmp_path: Path) -> None:
    sources = bound(tmp_path, ("https://payroll.example.be", [SPELLS]))
    assert sources.objection("https://payroll.example.be", RECORDED, TOPICS[0]) is None
    why = sources.objection("https://payroll.example.be", "be.rugzak.topups.v1.x", TOPICS[0])
    assert why == (
        "/source: https://payroll.example.be may not say be.rugzak.topups.v1.x, only " + SPELLS
    )


def test_a_source_that_is_not_named_may_say_nothing_and_is_not_repeated(tmp_path: Path) -> None:
    sources = bound(tmp_path, ("https://payroll.example.be", [SPELLS]))
    for stranger in ("https://payroll.example.be.evil.example", "https://payroll.example.be/x"):
        why = sources.objection(stranger, RECORDED, TOPICS[0])
        assert why == "/source: this source is not among those that may say anything"


def test_a_prefix_stands_for_all_below_it_and_the_longest_one_counts_alone(tmp_path: Path) -> None:
    sources = bound(
        tmp_path,
        ("https://school.example.be/", [RECORDED]),
        ("https://school.example.be/night/", [ANNULLED]),
        ("https://school.example.be/night/one", [RECORDED]),
    )

    def may(source: str, type_: str) -> bool:
        return sources.objection(f"https://school.example.be/{source}", type_, TOPICS[0]) is None

    assert may("day", RECORDED)
    assert may("night/two", ANNULLED)
    assert not may("night/two", RECORDED)
    assert may("night/one", RECORDED)
    assert not may("night/one", ANNULLED)
    assert sources.objection("https://school.example.be", RECORDED, TOPICS[0]) is not None


def test_a_source_may_be_bound_to_topics_too(tmp_path: Path) -> None:
    more = 'topics = ["rugzak.rights.v1"]\n'
    sources = bound(tmp_path, ("https://payroll.example.be", [SPELLS]), more=more)
    why = sources.objection("https://payroll.example.be", RECORDED, "rugzak.career.v1")
    assert why is not None
    assert why.endswith("may not speak on rugzak.career.v1, only on rugzak.rights.v1")
    assert sources.objection("https://payroll.example.be", RECORDED, "rugzak.rights.v1") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            ENTRY.format("https://a.be", ["be.rugzak.career.v1.statusSpell.*"]),
            (
                "FILE: [[sources]] 1, https://a.be: be.rugzak.career.v1.statusSpell.* is no message that "
                "is taken in; did you mean be.rugzak.career.v1.statusSpells.*?"
            ),
        ),
        (
            ENTRY.format("https://a.be", []),
            "FILE: [[sources]] 1, https://a.be: it may say nothing: name what, or leave the source out",
        ),
        (
            2 * ENTRY.format("https://a.be", [SPELLS]),
            "FILE: [[sources]] 2, https://a.be: this source has an entry already: put both into one",
        ),
        (
            ENTRY.format("https://a.be", [SPELLS]) + 'topic = ["x"]\n',
            "FILE: [[sources]] 1, https://a.be: topic means nothing here; did you mean topics?",
        ),
        (
            ENTRY.format("https://a.be", [SPELLS]) + 'topics = ["rugzak.carer.v1"]\n',
            (
                "FILE: [[sources]] 1, https://a.be: rugzak.carer.v1 is no topic that is consumed; did you "
                "mean rugzak.career.v1?"
            ),
        ),
        (
            ENTRY.format("https://a.be", [SPELLS]) + "topics = []\n",
            (
                "FILE: [[sources]] 1, https://a.be: topics is empty, so it may say nothing: name some, or "
                "leave it out for any"
            ),
        ),
        (
            ENTRY.format("https://a.be/*", [SPELLS]),
            "FILE: [[sources]] 1, https://a.be/*: a source has no *: a prefix ends in /",
        ),
        (
            ENTRY.format("payroll", [SPELLS]),
            (
                "FILE: [[sources]] 1, payroll: a source is an absolute URI, such as "
                "https://payroll.example.be"
            ),
        ),
        (
            f"[[sources]]\nmay = ['{SPELLS}']\n",
            "FILE: [[sources]] 1: source is missing: a URI, or a prefix that ends in /",
        ),
        (
            '[[sources]]\nsource = "https://a.be"\n',
            (
                "FILE: [[sources]] 1, https://a.be: may is missing: a list of types, such as "
                "be.rugzak.career.v1.*"
            ),
        ),
        ("", "FILE: it has no [[sources]], so nobody may say anything; write one each"),
        (b"# ok\n\xff\n", "FILE, line 2: not UTF-8 text"),
        ("sources = [", "FILE is not TOML: "),
    ],
)
def test_a_wrong_file_is_told_by_its_entry_with_what_is_right(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    [finding] = wrong(tmp_path, text)
    assert finding.startswith(said)


def test_the_file_of_the_documentation_is_right(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "ops" / "docs" / "kafka.md").read_text("utf-8")
    sources = read(written(tmp_path, page.partition("```toml\n")[2].partition("```")[0]), TOPICS)
    capture = "be.rugzak.rights.v1.reservations.capture"
    assert sources.objection("https://providers.example.be/7", capture, TOPICS[1]) is None
    assert sources.objection("https://providers.example.be/7", RECORDED, TOPICS[0]) is not None
    assert sources.objection("https://payroll.example.be", RECORDED, TOPICS[0]) is None


def test_all_that_is_wrong_is_told_in_one_go(tmp_path: Path) -> None:
    text = ENTRY.format("https://a.be", []) + ENTRY.format("https://b.be", ["nothing"])
    assert len(wrong(tmp_path, text + "[source]\n")) == 3


def test_a_message_that_its_source_may_not_send_is_a_reason_and_no_command(tmp_path: Path) -> None:
    sources = bound(tmp_path, ("https://payroll.example.be", [RECORDED]))
    language = replace(CAREER_LANGUAGE, sources=sources, topic=TOPICS[0])
    allowed, not_allowed = employed(), annulled(fact="employment-1", version=2)
    assert not isinstance(translate(language, allowed.key, allowed.value), Unhandled)
    read_ = translate(language, not_allowed.key, not_allowed.value)
    assert isinstance(read_, Unhandled)
    assert read_.reason == "source-not-allowed"
    assert read_.detail.endswith(f"may not say {ANNULLED}, only {RECORDED}")


def test_what_a_source_may_not_say_is_parked_and_doctor_knows_who_is_bound(
    line: Line,
    rugzak: Rugzak,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RUGZAK_KAFKA_SESSION_TIMEOUT_MS", f"{SESSION_MS}")
    names = {**line.names, "top_ups": f"{line.names['career']}-top-ups"}
    with admin_of(line.bootstrap) as admin:
        admin.create_topics({names["top_ups"]: {"num_partitions": 1, "replication_factor": 1}})
    for name, topic in names.items():
        monkeypatch.setenv(f"RUGZAK_{name.upper()}_TOPIC", topic)
    monkeypatch.setenv("RUGZAK_KAFKA_BOOTSTRAP_SERVERS", line.bootstrap)
    monkeypatch.setenv("RUGZAK_CONSUMER_GROUP", f"{names['career']}-readers")
    notes = {f["about"]: f for f in rugzak("doctor", "--json").json["findings"]}
    assert notes["sources"]["level"] == "note"
    file = written(tmp_path, ENTRY.format("https://payroll.example.be", [RECORDED]))
    monkeypatch.setenv("RUGZAK_SOURCES_FILE", str(file))

    line.publish(employed(), annulled(fact="employment-1", version=2))
    assert rugzak("consume", "--drain", "--no-projections").code == 0
    assert len(line.statuses()) == 1
    [parked] = rugzak("parked", "list", "--json").json["parked"]
    assert parked["reason"] == "source-not-allowed"
    bound_ = {f["about"]: f for f in rugzak("doctor", "--json").json["findings"]}
    assert bound_["sources"]["text"] == "1 may say something, and no others"

    written(tmp_path, ENTRY.format("https://payroll.example.be", []))
    broken = rugzak("consume", "--drain", "--no-projections")
    assert broken.code == 2
    assert "RUGZAK_SOURCES_FILE" in broken.err
    assert "it may say nothing" in broken.err
    told = {f["about"]: f for f in rugzak("doctor", "--json").json["findings"]}
    assert told["sources"]["level"] == "wrong"
