"""Publishing a change of the rules, and reading what was published: as it is typed."""

from dataclasses import replace
from pathlib import Path

import pytest

from ledger.audit.explain import explain
from ledger.domain.events import REGULATIONS
from ledger.service import digests, rulebook
from ledger.store.postgres import PostgresStore
from ledger.words.explanation import as_text
from ops import ledger_wiring
from ops.simulation import RealLog
from tests.cli.conftest import Rugzak
from tests.cli.lives import VOV
from tests.cli.test_merging import OTHER
from tests.service.doors import command, open_door, standing
from tests.service.test_anew import publish_what_none_can_read, with_hours
from tests.story import NORA, day, employment, said

SHIPPED = rulebook.load().schemes


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Return a folder of regulations in which a full-timer has 130 hours."""
    return with_hours(tmp_path, 130)


@pytest.fixture
def upgraded(changed: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the changed regulations be those of the installation; return their digest of VOV."""
    rules = rulebook.load(changed)
    monkeypatch.setattr(ledger_wiring, "rulebook", lambda: rules)
    return rules.schemes[VOV].digest


def test_what_is_shipped_is_published_by_an_operator_once(rugzak: Rugzak) -> None:
    assert "nothing yet" in rugzak("regulations", "published").out
    first = rugzak("regulations", "publish", "--by", "An", "--json").json
    assert {each["scheme"]: each["digest"] for each in first["published"]} == {
        id_: scheme.digest for id_, scheme in SHIPPED.items()
    }
    assert (first["by"], first["other_here"]) == ("An", [])
    again = rugzak("regulations", "publish", "--by", "Bea")
    assert (again.code, again.out) == (0, "nothing is new: all of it is\n")
    told = rugzak("regulations", "published", "--json").json["published"]
    assert {(each["by"], each["in_use"]) for each in told} == {("An", True)}
    assert [each["position"] for each in told] == list(range(1, len(SHIPPED) + 1))
    assert rugzak("clock").code == 0


@pytest.mark.usefixtures("told")
class TestAChange:
    def test_is_published_in_words_and_what_decides_by_the_old_text_is_refused(
        self, rugzak: Rugzak, changed: Path
    ) -> None:
        before, after = SHIPPED[VOV].digest, rulebook.load(changed).schemes[VOV].digest
        answer = rugzak("regulations", "publish", "--regulations", changed, "--by", "An")
        assert answer.code == 0
        assert f"{VOV}: {after}, instead of {before}" in answer.out
        assert "full time hours, from 2019-09-01: 130 h, instead of 125 h" in answer.out
        assert "1 published by An" in answer.out
        assert "`rugzak clock --anew`" in answer.out
        assert f"  {VOV}: {before} is older than {after}, which is published" in answer.out
        closed = rugzak("clock")
        assert closed.code == 1
        assert f"{VOV}: {before} is older than {after}" in closed.err
        found = {
            (f["level"], f["about"], f["text"]) for f in rugzak("doctor", "--json").json["findings"]
        }
        text = f"{VOV}: {before} is older than {after}, which is published"
        assert ("wrong", "published regulations", text) in found
        back = rugzak("regulations", "publish", "--by", "An")
        assert back.code == 1
        assert f"nothing was published:\n  {text}" in back.err
        assert "an earlier content comes back as a new one" in back.err

    def test_that_nobody_published_keeps_doors_closed_and_says_what_to_do(
        self, rugzak: Rugzak, upgraded: str
    ) -> None:
        closed = rugzak("clock", "--anew")
        assert closed.code == 1
        assert f"{VOV}: {upgraded} is not published; {SHIPPED[VOV].digest} is" in closed.err
        assert "`rugzak regulations publish` publishes it" in closed.err

    def test_decides_anew_and_explain_tells_the_old_text_and_the_log_holds_it(
        self, rugzak: Rugzak, changed: Path, upgraded: str
    ) -> None:
        before = SHIPPED[VOV].digest
        assert rugzak("regulations", "publish", "--regulations", changed, "--by", "An").code == 0
        assert rugzak("clock", "--anew").out.startswith("1 accounts reached")
        assert "everything agrees with the log" in rugzak("audit", "replay").out
        asked = ("explain", NORA, VOV, "--on", "2021-10-15")
        text = rugzak(*asked).out
        assert "not shown" not in text
        now = f"another one is in use here ({upgraded})"
        assert f"It is of the text that decided then, {before}; {now}" in text
        assert "full time hours is 125 h" in text
        assert "full time hours is 130 h" in text
        assert "It was published on 2021-10-01 by first start (event " in text
        (lot, *_) = rugzak(*asked, "--json").json["lots"]
        ruling = next(each for each in lot["rulings"] if each["named"].endswith(before))
        assert ruling["block"]["amount"] == "full_time_hours * share"
        assert "125 h" in {each["shown"] for each in ruling["numbers"]}
        assert ruling["earlier"]
        assert (ruling["published"]["digest"], ruling["published"]["in_use"]) == (before, False)
        (then, *_) = rugzak(*asked, "--known", "2021-11-15", "--json").json["lots"]
        (ruling,) = then["rulings"]
        assert ruling["block"]["amount"] == "full_time_hours * share"
        assert (ruling["published"]["digest"], ruling["published"]["in_use"]) == (before, True)
        shown = rugzak("regulations", "show", VOV, "--published", before)
        assert shown.code == 0
        assert "2019-09-01: 125" in shown.out
        assert digests.digest_of(shown.out) == before
        new = rugzak("regulations", "show", VOV, "--published", upgraded).out
        assert "2019-09-01: 130" in new


@pytest.mark.usefixtures("told")
def test_an_explanation_by_the_text_in_use_needs_no_other(rugzak: Rugzak) -> None:
    text = rugzak("explain", NORA, VOV, "--on", "2021-10-15").out
    assert "It was published" not in text


@pytest.mark.usefixtures("told")
def test_a_rule_of_a_text_that_this_version_can_not_read_is_named_with_where_to_find_it(
    rugzak: Rugzak, store: PostgresStore
) -> None:
    digest = publish_what_none_can_read(store)
    shipped = rulebook.load()
    theirs = replace(shipped.schemes[VOV], digest=digest)
    by_it = replace(shipped, schemes={**shipped.schemes, VOV: theirs})
    open_door(store, standing("2024-01-20"), by_it).handle(
        [command("job", said("s1", employment(), "2022-09-01"), OTHER)]
    )
    asked = ("explain", OTHER, VOV, "--on", "2024-01-20")
    (lot, *_) = rugzak(*asked, "--json").json["lots"]
    assert [(each["block"], each["earlier"]) for each in lot["rulings"]] == [(None, False)]
    found = f"not shown; find it by: rugzak regulations show {VOV} --published {digest}"
    assert found in rugzak(*asked).out


@pytest.mark.usefixtures("told")
def test_a_text_that_was_replaced_before_the_log_held_any_is_found_in_version_control(
    store: PostgresStore, changed: Path
) -> None:
    rules = rulebook.load(changed)
    told = explain(store.events_of(NORA), rules, rules.schemes[VOV], day("2021-10-15"))
    text = "\n".join(as_text(told, rules.providers))
    assert f"git log -S {SHIPPED[VOV].digest} -- ledger/regulations/digests.txt" in text
    assert "It was published" not in text


def test_what_does_not_pass_the_check_is_refused_whole(
    rugzak: Rugzak, changed: Path, store: PostgresStore
) -> None:
    file = changed / "be-vlg" / "vov.yaml"
    file.write_text(file.read_text("utf-8").replace("rounding: nearest minute", "rounding: up", 1))
    answer = rugzak("regulations", "publish", "--regulations", changed, "--by", "An")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("rugzak: nothing was published:\n  regulations/be-vlg/vov.yaml:")
    assert store.head() == 0


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (["publish", "--by", " "], 2, "--by is empty; say who does this"),
        (
            ["show", VOV, "--published", "0ddba11e"],
            1,
            "no text '0ddba11e' of be-vlg/vov is published",
        ),
        (["show", VOV, "--published", "0ddba11e", "--on", "2024-01-01"], 2, "leave out --on"),
    ],
    ids=["nobody", "not published", "on a day"],
)
def test_what_is_wrong_on_the_command_line_is_said(
    rugzak: Rugzak, asked: list[str], code: int, said: str
) -> None:
    answer = rugzak("regulations", *asked)
    assert (answer.code, said in answer.err) == (code, True), answer.err


def test_a_folder_without_regulations_is_said_so(rugzak: Rugzak, tmp_path: Path) -> None:
    answer = rugzak("regulations", "publish", "--regulations", tmp_path, "--by", "An")
    assert (answer.code, answer.out) == (2, "")
    assert f"there is no regulation (*.yaml) below {tmp_path}" in answer.err


@pytest.mark.usefixtures("told")
def test_the_regulations_are_no_person(rugzak: Rugzak, database: str, store: PostgresStore) -> None:
    real = RealLog(url=database, events=store.head())
    lives = [each.name for part in real.parts() for each in real.lives(part, day("2023-04-01"))]
    assert lives == [str(NORA)]
    answer = rugzak("balance", REGULATIONS)
    assert (answer.code, answer.out) == (1, "")
    assert "`rugzak regulations published`" in answer.err
