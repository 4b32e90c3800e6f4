"""What operators of what goes out get to read: how far it is, who sends, and how long it waits."""

import threading
from uuid import uuid4

import pytest

from ledger.store.postgres import PostgresStore
from tests.cli.conftest import Rugzak
from tests.consumers.relays import BALANCES, LEDGER, OUTCOMES, PARKED, Out, out_of
from tests.lines import admin_of, running, wait_until

STREAMS = [LEDGER, BALANCES, OUTCOMES, PARKED]


@pytest.fixture
def out(database: str, kafka: str, monkeypatch: pytest.MonkeyPatch) -> Out:
    """Return topics of the test's own, which the commands know, too."""
    made = out_of(database, kafka)
    monkeypatch.setenv("RUGZAK_KAFKA_BOOTSTRAP_SERVERS", kafka)
    monkeypatch.setenv("RUGZAK_CONSUMER_GROUP", made.settings.consumer_group)
    for stream in STREAMS:
        monkeypatch.setenv(f"RUGZAK_{stream.upper()}_TOPIC", made.topic(stream))
    for name in ("CAREER", "RIGHTS", "TOP_UPS"):
        monkeypatch.setenv(f"RUGZAK_{name}_TOPIC", f"{name.lower()}-{uuid4().hex[:8]}")
    return made


@pytest.mark.usefixtures("told")
def test_the_status_says_how_far_each_stream_is_and_what_waits(
    rugzak: Rugzak, out: Out, store: PostgresStore
) -> None:
    before = rugzak("relay", "status", "--json")
    assert before.code == 1, "years have passed in this ledger"
    told = {each["stream"]: each for each in before.json["streams"]}
    assert list(told) == STREAMS
    assert (told[LEDGER]["position"], told[LEDGER]["behind"]) == (None, store.head())
    assert told[LEDGER]["long_behind"]
    assert before.json["leader"] is None
    assert "nobody sends: `rugzak up` or `rugzak relay run` does" in rugzak("relay", "status").out

    assert " sent" in rugzak("relay", "run", "--once").out
    assert len(out.told(LEDGER)) == store.head()
    after = rugzak("relay", "status", "--json")
    assert after.code == 0
    assert {each["behind"] for each in after.json["streams"]} == {0}
    assert after.json["streams"][0]["position"] == store.head()


@pytest.mark.usefixtures("told")
def test_who_sends_is_told_while_one_does(rugzak: Rugzak, out: Out) -> None:
    with out.relay() as relay, running(relay):
        wait_until(lambda: "one sends since " in rugzak("relay", "status").out)
    with out.relay() as relay:
        relay.run(threading.Event(), once=True)
    assert rugzak("relay", "status", "--json").json["leader"] is None


@pytest.mark.usefixtures("told")
def test_the_doctor_tells_what_has_waited_for_long(rugzak: Rugzak, out: Out) -> None:
    del out
    found = {f["about"]: f for f in rugzak("doctor", "--json").json["findings"]}
    assert found["relay of ledger"]["level"] == "note"
    assert "`rugzak relay run` runs" in found["relay of ledger"]["advice"]
    assert found["relay of parked"]["level"] == "well"


def test_a_consumer_without_a_relay_sends_nothing_and_makes_no_topics_for_it(
    rugzak: Rugzak, out: Out, kafka: str
) -> None:
    assert rugzak("consume", "--drain", "--no-relay", "--no-projections").code == 0
    with admin_of(kafka) as admin:
        assert {out.topic(stream) for stream in STREAMS}.isdisjoint(admin.list_topics())
    told = rugzak("relay", "status", "--json").json["streams"]
    assert {each["position"] for each in told} == {None}
