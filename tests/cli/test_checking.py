"""What publishers of events get to read; none of it needs a server."""

import json
from pathlib import Path

import pytest

from schemas.contract import ALL
from schemas.examples import example
from tests.cli.conftest import Rugzak

SPELL = "be.rugzak.career.v1.statusSpells.notify.recorded"


@pytest.fixture
def database() -> str:
    """Return where no server is: what is checked here needs none."""
    return "postgresql://localhost:1/nowhere"


class TestContract:
    @pytest.mark.parametrize("type_", ALL.messages)
    def test_every_example_passes_the_check(
        self, rugzak: Rugzak, tmp_path: Path, type_: str
    ) -> None:
        file = tmp_path / "message.json"
        file.write_text(rugzak("contract", "example", type_).out, "utf-8")
        answer = rugzak("contract", "check", file)
        assert (answer.code, answer.out) == (0, "1 message, all right\n")

    def test_an_unknown_type_lists_those_that_there_are(self, rugzak: Rugzak) -> None:
        answer = rugzak("contract", "example", SPELL.replace("Spells", "Spell"))
        assert answer.code == 2
        assert f"did you mean '{SPELL}'?" in answer.err
        assert all(type_ in answer.err for type_ in ALL.messages)

    def test_a_wrong_message_is_told_with_line_path_code_and_what_would_be_right(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        message = example(SPELL)
        message["data"]["versoin"] = message["data"].pop("version")
        file = tmp_path / "message.json"
        file.write_text(json.dumps(message, indent=2), "utf-8")
        problems = rugzak("contract", "check", file, "--json").json["problems"]
        wrong = next(p for p in problems if p["path"] == "/data/versoin")
        assert wrong["code"] == "invalid-data"
        assert wrong["hint"] == "did you mean version?"
        assert '"versoin"' in file.read_text("utf-8").splitlines()[wrong["line"] - 1]
        shown = rugzak("contract", "check", file)
        assert shown.code == 1
        assert "/data/versoin" in shown.out

    def test_json_lines_are_counted_and_their_problems_have_their_line(
        self, rugzak: Rugzak
    ) -> None:
        good = json.dumps(example(SPELL))
        bad = good.replace("2025-09-01", "[bold]never", 1)
        fine = rugzak("contract", "check", "-", stdin=f"{good}\n\n{good}\n".encode())
        assert (fine.code, fine.out) == (0, "2 messages, all right\n")
        answer = rugzak("contract", "check", "-", "--json", stdin=f"{good}\n{bad}\n".encode())
        assert answer.code == 1
        assert [problem["line"] for problem in answer.json["problems"]] == [2]

    @pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"[" * 100_000, b"null", b'{"type": 1}'])
    def test_whatever_it_is_given_it_answers(self, rugzak: Rugzak, raw: bytes) -> None:
        answer = rugzak("contract", "check", "-", stdin=raw)
        assert answer.code == 1
        assert answer.out
        assert answer.err == ""

    def test_a_file_that_is_not_there_is_a_wrong_command_line(self, rugzak: Rugzak) -> None:
        answer = rugzak("contract", "check", "/nowhere/message.json")
        assert answer.code == 2
        assert "No such file" in answer.err

    def test_the_documents_are_written_and_are_what_is_published(
        self, rugzak: Rugzak, tmp_path: Path
    ) -> None:
        assert rugzak("contract", "schemas", "--check").out == "all right\n"
        answer = rugzak("contract", "schemas", "--write", tmp_path / "out", "--json").json
        written = answer["written"]
        assert written == rugzak("contract", "schemas", "--json").json["files"]
        assert {f"json/{type_}.json" for type_ in ALL.messages} < set(written)
        assert "asyncapi/be.rugzak.career.v1.yaml" in written
        out = tmp_path / "out"
        there = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
        assert there == written

    def test_stale_or_narrower_schemas_fail_the_check_and_are_not_frozen(
        self, rugzak: Rugzak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from projections.api.document import files
        from schemas import published

        published.write(tmp_path, files())
        monkeypatch.setattr(published, "HERE", tmp_path)
        assert rugzak("contract", "schemas", "--freeze").out == "all right\n"
        baseline = tmp_path / published.RELEASED / f"{SPELL}.json"
        schema = json.loads(baseline.read_text("utf-8"))
        schema["required"].remove("id")
        baseline.write_text(json.dumps(schema), "utf-8")
        (tmp_path / "asyncapi" / "be.rugzak.career.v1.yaml").write_text("asyncapi: 3.0.0", "utf-8")
        for option in ("--check", "--freeze"):
            answer = rugzak("contract", "schemas", option, "--json")
            assert answer.code == 1
            findings = answer.json["findings"]
            stale = "asyncapi/be.rugzak.career.v1.yaml: is not what the models say"
            assert any(finding.startswith(stale) for finding in findings)
            assert any("id: became required" in finding for finding in findings)
        assert json.loads(baseline.read_text("utf-8")) == schema
