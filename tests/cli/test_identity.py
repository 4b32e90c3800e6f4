"""What an operator reads who has a national number, and of facts that a notification left open."""

from uuid import UUID

import pytest

from consumers.identity import Pseudonyms
from consumers.translate import Unhandled
from ledger.store.postgres import PostgresStore
from ledger.words.assumptions import ASSUMED
from ops.ledger_wiring import open_door
from schemas.examples import NORA_SSIN
from tests.cli.conftest import Rugzak
from tests.consumers.notifications import dimona, dmfa, occupation, read
from tests.service.doors import standing
from tests.story import day

SECRET = "0123456789abcdef" * 4
VOV = "be-vlg/vov"
ASSUMPTION = f"assumed: {ASSUMED['dimona/']}"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the identity key."""
    monkeypatch.setenv("RUGZAK_IDENTITY_KEY", SECRET)


@pytest.mark.usefixtures("key")
class TestReference:
    def test_a_number_from_the_input_becomes_the_reference_however_it_is_written(
        self, rugzak: Rugzak
    ) -> None:
        plain = rugzak("reference", stdin=f"{NORA_SSIN}\n".encode())
        assert (plain.code, plain.err) == (0, "")
        assert UUID(plain.out.strip()) == Pseudonyms(SECRET).reference(NORA_SSIN)
        dotted = rugzak("reference", "--json", stdin=b"93.05.18-223.61")
        assert dotted.json == {"person": plain.out.strip()}

    def test_an_enterprise_is_found_by_its_number(self, rugzak: Rugzak) -> None:
        told = rugzak("reference", "--enterprise", "--json", stdin=b"0566.988.259\n")
        assert told.json == {"enterprise": str(Pseudonyms(SECRET).enterprise("0566988259"))}
        wrong = rugzak("reference", "--enterprise", stdin=NORA_SSIN.encode())
        assert wrong.code == 1
        assert "this is no enterprise number: an enterprise number has 10 digits" in wrong.err

    @pytest.mark.parametrize("typed", ["", "93051822362", "nora"])
    def test_a_number_that_is_none_is_refused_and_not_repeated(
        self, rugzak: Rugzak, typed: str
    ) -> None:
        answer = rugzak("reference", stdin=typed.encode())
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.startswith("rugzak: this is no national number: ")
        assert not typed or typed not in answer.err


def test_without_a_key_nobody_is_found(rugzak: Rugzak) -> None:
    answer = rugzak("reference", stdin=NORA_SSIN.encode())
    assert answer.code == 2
    assert "RUGZAK_IDENTITY_KEY is not set" in answer.err
    notes = {f["about"]: f for f in rugzak("doctor", "--json").json["findings"]}
    assert notes["notifications"]["level"] == "note"


def test_an_explanation_says_what_was_assumed_until_it_is_settled(
    rugzak: Rugzak, store: PostgresStore
) -> None:
    clock = standing()
    door = open_door(store, clock)
    for today, message in (
        ("2025-09-01", dimona("in", 1, "2025-01-06")),
        ("2025-11-04", dmfa("2025-Q1", occupation(3420, "2025-01-06"))),
    ):
        clock.set(day(today))
        commands = read(message)
        assert not isinstance(commands, Unhandled)
        door.handle(commands)
        person = commands[0].account
    declared = rugzak("explain", person, VOV, "--on", "2025-09-01", "--known", "2025-09-30")
    assert ASSUMPTION in declared.out
    told = rugzak("explain", person, VOV, "--on", "2025-09-01", "--json").json
    entries = [entry for lot in told["lots"] for entry in lot["entries"]]
    assert [entry["assumed"] for entry in entries] == 2 * [[ASSUMED["dimona/"]], []]
