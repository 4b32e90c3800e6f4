"""What a publisher sees: messages go out, and what becomes of each can be asked."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import psycopg
import pytest
from kafka import KafkaConsumer, TopicPartition

from consumers.topics import PARTITIONS, make_missing
from ledger.store.postgres import PostgresStore
from ops.embedded.broker import embedded_broker
from projections.runner import Runner
from schemas.examples import NORA_SSIN
from tests.cli.conftest import Rugzak
from tests.consumers.stories import CAREER, RIGHTS, employed, people, reserved
from tests.lines import Line, admin_of, running

PAYROLL = "https://payroll.example.be"
ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60


@pytest.fixture
def topics(line: Line, rugzak: Rugzak, monkeypatch: pytest.MonkeyPatch) -> Rugzak:
    """Return what types commands, on the line's broker and topics."""
    monkeypatch.setenv("RUGZAK_KAFKA_BOOTSTRAP_SERVERS", line.bootstrap)
    monkeypatch.setenv("RUGZAK_CAREER_TOPIC", line.names[CAREER])
    monkeypatch.setenv("RUGZAK_RIGHTS_TOPIC", line.names[RIGHTS])
    return rugzak


def unlogged(out: str) -> list[str]:
    """Return what a command said, without what the intake of the test logged meanwhile."""
    return [line for line in out.splitlines() if "[warning" not in line]


def written(path: Path, *messages: bytes) -> Path:
    path.write_bytes(b"\n".join(messages) + b"\n")
    return path


def test_files_and_the_standard_input_are_published_together(
    topics: Rugzak, line: Line, tmp_path: Path
) -> None:
    everyone = people(6)
    jobs = [employed(person).value for person in everyone]
    answer = topics(
        "publish", written(tmp_path / "a.jsonl", *jobs[:3]), "-",
        written(tmp_path / "b.jsonl", *jobs[3:5]), "--json", stdin=jobs[5],
    )  # fmt: skip
    assert answer.json == {"published": 6}
    line.drain()
    assert sorted(line.statuses()) == sorted(everyone)


def test_nothing_is_published_when_one_file_of_several_is_wrong(
    topics: Rugzak, line: Line, tmp_path: Path
) -> None:
    (person,) = people(1)
    good = written(tmp_path / "good.jsonl", employed(person).value)
    bad = written(tmp_path / "bad.jsonl", employed(person).value, b"{nope")
    answer = topics("publish", good, bad)
    assert answer.code == 1
    assert answer.err.splitlines() == [
        "rugzak: nothing was published:",
        f"  {bad} line 2: message: not JSON: Expecting property name enclosed in double quotes",
    ]
    line.drain()
    assert line.statuses() == []


def test_what_comes_by_a_pipe_is_published_up_to_what_is_wrong_with_it(
    topics: Rugzak, line: Line
) -> None:
    everyone = people(3)
    jobs = [employed(person).value for person in everyone]
    answer = topics("publish", "-", stdin=b"\n".join([*jobs[:2], b"[]", jobs[2]]))
    assert answer.code == 1
    assert answer.err.splitlines() == [
        "rugzak: 2 published, up to the standard input line 2; then:",
        "  the standard input line 3: message: a message is a JSON object",
    ]
    line.drain()
    assert sorted(line.statuses()) == sorted(everyone[:2])


def test_who_waits_learns_what_became_of_each_message(
    topics: Rugzak, line: Line, tmp_path: Path
) -> None:
    first, second = people(2)
    line.publish(employed(first))
    line.drain()
    file = written(
        tmp_path / "mixed.jsonl",
        employed(second).value,
        reserved(first, minutes=99_999).value,
        b"{no json",
        reserved(first, minutes=60, id_="small").value,
    )
    with running(line.intake()):
        answer = topics("publish", file, "--no-check", "--wait", 60)
        again = topics("publish", file, "--no-check", "--wait", 60, "--json")
    assert answer.code == 1
    refused, parked, counts = unlogged(answer.out)
    assert refused.startswith(f"{file} line 2: refused: not-enough: 1666.65 h asked; ")
    assert parked.startswith(f"{file} line 3: parked: invalid-json: not JSON: ")
    assert counts == "4 published: 2 accepted, 1 refused, 1 parked"
    told = orjson.loads("\n".join(unlogged(again.out)))
    assert (told["published"], told["outcomes"]["accepted"]) == (4, 2)
    assert [(each["line"], each["reason"]) for each in told["not_accepted"]] == [
        (2, "not-enough"), (3, "invalid-json"),
    ]  # fmt: skip


def test_when_nobody_consumes_it_says_so_after_the_time(topics: Rugzak, tmp_path: Path) -> None:
    file = written(tmp_path / "jobs.jsonl", employed().value)
    answer = topics("publish", file, "--wait", 1)
    assert answer.code == 1
    assert answer.out.splitlines()[0] == "1 published: 1 waiting"
    assert "do `rugzak up` or `rugzak consume` run?" in answer.out


def test_a_message_that_is_held_is_told_as_held(
    topics: Rugzak, line: Line, tmp_path: Path, database: str
) -> None:
    message = reserved()
    line.publish(message)
    file = written(tmp_path / "held.jsonl", b"{no json")
    with running(line.intake()):
        topics("publish", file, "--no-check", "--wait", 60)
        with psycopg.connect(database) as connection:
            connection.execute("""CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN NEW.held_until := now() + interval ''1 hour''; RETURN NEW; END'""")
            connection.execute("""CREATE TRIGGER hold BEFORE INSERT ON ledger.parked
                FOR EACH ROW EXECUTE FUNCTION hold()""")
        answer = topics("publish", file, "--no-check", "--wait", 3)
    assert answer.code == 0
    assert answer.out.splitlines()[-1] == "1 published: 1 held"


def test_a_topic_that_the_broker_does_not_have_is_named_at_once(
    topics: Rugzak, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RUGZAK_CAREER_TOPIC", "not-there")
    file = written(tmp_path / "jobs.jsonl", employed().value)
    for words, stdin in ((file, b""), ("-", employed().value)):
        began = time.monotonic()
        answer = topics("publish", words, stdin=stdin)
        assert time.monotonic() - began < PATIENCE_SECONDS / 4
        assert answer.code == 1
        assert (
            "the broker has no topic not-there; `rugzak up` and `rugzak consume` make" in answer.err
        )


def test_a_broker_that_is_away_is_told_within_seconds(
    rugzak: Rugzak, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RUGZAK_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    began = time.monotonic()
    answer = rugzak("publish", written(tmp_path / "jobs.jsonl", employed().value))
    assert time.monotonic() - began < PATIENCE_SECONDS / 3
    assert answer.code == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.json"], "there is no file nowhere.json"),
        (["."], ". is a folder: name its files, such as *.jsonl"),
        (["-", "-"], "the standard input can be read once: name - once"),
    ],
)
def test_what_cannot_be_read_is_an_error_of_the_command_line(
    rugzak: Rugzak, words: list[str], said: str
) -> None:
    answer = rugzak("publish", *words)
    assert (answer.code, answer.err) == (2, f"rugzak: {said}\n")


def jobs(count: int) -> Iterator[bytes]:
    for person in people(count):
        yield employed(person).value + b"\n"


INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from ops.cli import main
main()
"""


def publishing(bootstrap: str, folder: Path, topic: str) -> subprocess.Popen[bytes]:
    """Begin to publish what is written to its input; Ctrl-C means something to it everywhere.

    A shell's job in the background hands on that it doesn't.
    """
    return subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, "publish", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE,
        env={
            **os.environ, "RUGZAK_KAFKA_BOOTSTRAP_SERVERS": bootstrap, "PYTHONPATH": str(ROOT),
            "RUGZAK_DATA_DIR": str(folder), "RUGZAK_CAREER_TOPIC": topic,
            "RUGZAK_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        },
    )  # fmt: skip


def given(process: subprocess.Popen[bytes], bootstrap: str, topic: str, count: int) -> None:
    """Write so many messages to its input, and wait until the broker has them."""
    assert process.stdin is not None
    process.stdin.write(b"".join(jobs(count)))
    process.stdin.flush()
    with closing(KafkaConsumer(bootstrap_servers=bootstrap)) as consumer:
        places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        consumer.assign(places)
        consumer.seek_to_beginning()
        there = 0
        while there < count:
            there += sum(map(len, consumer.poll(1_000).values()))


def test_ctrl_c_in_the_middle_says_how_much_was_published(
    topics: Rugzak, line: Line, tmp_path: Path
) -> None:
    process = publishing(line.bootstrap, tmp_path, line.names[CAREER])
    given(process, line.bootstrap, line.names[CAREER], 500)
    process.send_signal(signal.SIGINT)
    process.wait(PATIENCE_SECONDS)  # of the two, the end of its input could come first
    _, said = process.communicate()
    assert process.returncode == 130
    assert said.decode().strip() == (
        "rugzak: interrupted: 500 published, up to the standard input line 500"
    )
    line.drain()
    assert len(line.statuses()) == 500


def test_a_broker_that_dies_in_the_middle_is_told_with_how_far_it_came(tmp_path: Path) -> None:
    with embedded_broker(tmp_path / "broker") as broker:
        with admin_of(broker.bootstrap_servers) as admin:
            make_missing(admin, ["rugzak.career.v1"])
        process = publishing(broker.bootstrap_servers, tmp_path, "rugzak.career.v1")
        given(process, broker.bootstrap_servers, "rugzak.career.v1", 50)
        os.kill(broker.pid, signal.SIGKILL)
        _, said = process.communicate(b"".join(jobs(50)), timeout=2 * PATIENCE_SECONDS)
    assert process.returncode == 3
    assert said.decode().startswith("rugzak: ")
    assert "published" in said.decode()
    assert "did not arrive" in said.decode()


def aside(database: str, capsys: pytest.CaptureFixture[str], **columns: str) -> None:
    """Say of all parked records whose they are, and more; forget what was logged."""
    capsys.readouterr()
    columns = {"source": f"'{PAYROLL}'", "message": "'lost-1'"} | columns
    changes = ", ".join(f"{name} = {value}" for name, value in columns.items())
    with psycopg.connect(database) as connection:
        connection.execute(f"UPDATE ledger.parked SET {changes}")


def test_what_became_of_a_message_is_told_by_its_source_and_id(rugzak: Rugzak, line: Line) -> None:
    (person,) = people(1)
    job = employed(person)
    line.publish(job)
    line.drain()
    line.publish(reserved(person, minutes=99_999))
    line.drain()
    fields = orjson.loads(job.value)
    (accepted,) = rugzak("outcomes", fields["source"], fields["id"], "--json").json["outcomes"]
    assert (accepted["outcome"], accepted["request"], accepted["account"]) == (
        "accepted",
        1,
        person,
    )
    assert accepted["events"] > 1
    asked = orjson.loads(reserved(person).value)
    (refused,) = rugzak("outcomes", asked["source"], asked["id"], "--json").json["outcomes"]
    assert (refused["outcome"], refused["reason"]) == ("refused", "not-enough")
    assert refused["position"] == accepted["position"] + 1
    shown = rugzak("outcomes", asked["source"], asked["id"]).out
    assert "refused" in shown
    assert "not-enough" in shown


STATES = {
    "parked": {},
    "held": {"held_until": "'2025-11-05'"},
    "dropped": {"dropped_at": "'2025-11-05'"},
    "replayed": {"replayed_at": "'2025-11-05'"},
}


@pytest.mark.parametrize("state", STATES)
def test_a_message_that_was_set_aside_is_told_with_where_and_why(
    rugzak: Rugzak, line: Line, database: str, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    job = employed()
    line.publish(type(job)(topic=job.topic, key=job.key, value=b"{no json"))
    line.drain()
    aside(database, capsys, **STATES[state])
    (told,) = rugzak("outcomes", PAYROLL, "lost-1", "--json").json["outcomes"]
    assert (told["outcome"], told["reason"]) == (state, "invalid-json")
    assert (told["topic"], told["offset"]) == (line.names[CAREER], 0)
    assert (told["until"] is not None) == (state == "held")


def test_the_messages_of_a_source_are_told_page_by_page(
    rugzak: Rugzak, line: Line, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    everyone = sorted(people(5))
    line.publish(*map(employed, everyone))
    job = employed()
    line.publish(type(job)(topic=job.topic, key=job.key, value=b"{no json"))
    line.drain()
    aside(database, capsys)
    seen: list[str] = []
    after = ""
    while after is not None:
        page = rugzak("outcomes", PAYROLL, "--limit", 2, "--after", after, "--json").json
        seen += [each["message"] for each in page["outcomes"]]
        after = page["beyond"]
    assert seen == [*(f"employment-1-v1-{person}" for person in everyone), "lost-1"]


def test_every_request_of_a_message_is_told_and_what_the_read_models_still_know(
    rugzak: Rugzak, line: Line, database: str, store: PostgresStore
) -> None:
    (person,) = people(1)
    line.publish(employed(person))
    line.drain()
    id_ = f"employment-1-v1-{person}"
    with psycopg.connect(database) as connection:
        connection.execute(
            "INSERT INTO ledger.receipts SELECT (jsonb_populate_record(r,"
            " jsonb_build_object('command', '2:' || command))).* FROM ledger.receipts r"
            " WHERE command = %s", (f"{PAYROLL} {id_}",),
        )  # fmt: skip
    told = rugzak("outcomes", PAYROLL, id_, "--json").json["outcomes"]
    assert [each["request"] for each in told] == [1, 2]
    Runner(database, store).catch_up()
    with psycopg.connect(database) as connection:
        connection.execute("DELETE FROM ledger.receipts")
    (old,) = rugzak("outcomes", PAYROLL, id_, "--json").json["outcomes"]
    assert old["position"] == told[0]["position"]


def test_a_message_that_was_not_seen_is_said_to_be_so_without_a_number_of_a_person(
    rugzak: Rugzak, line: Line
) -> None:
    line.publish(employed())
    line.drain()
    answer = rugzak("outcomes", PAYROLL, NORA_SSIN)
    assert answer.code == 1
    assert answer.err.startswith(
        f"rugzak: no message (a national number) of {PAYROLL} was seen so far. Others of this"
        " source were."
    )
    assert NORA_SSIN not in answer.err
    answer = rugzak("outcomes", "https://nobody.example")
    assert "nothing of https://nobody.example was seen so far. If it was published" in answer.err
