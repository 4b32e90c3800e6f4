"""A broker that lets nobody in unasked: we get in by each way, and are told why when we don't."""

import argparse
import shlex
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ACLOperation, ConfigResource, ConfigResourceType, ResourceType
from kafka.errors import KafkaError
from structlog.testing import capture_logs
from structlog.types import EventDict

from consumers.access import Access
from consumers.intake import Intake
from consumers.publisher import publisher
from consumers.tokens import tokens
from consumers.translate import CAREER_LANGUAGE, Unhandled, translate
from ledger.service import outage
from ledger.store.postgres import PostgresStore
from ops.embedded.child import LOOPBACK
from ops.ledger_wiring import open_door
from ops.running.relaying import relay
from ops.settings import read_settings
from ops.wiring import Servers, open_intake
from tests.cli.conftest import Result, Rugzak, rugzak  # noqa: F401  a fixture
from tests.consumers.stories import employed, people
from tests.lines import SESSION_MS, running, wait_until
from tests.secured import PASSWORD, SECRET, USER, Secured, secured_kafka

pytestmark = pytest.mark.apache_kafka

SOON_SECONDS = 10.0
SCRAM, MTLS, OAUTH = "scram", "mtls", "oauth"
PRINCIPALS = {
    SCRAM: "User:rugzak",
    OAUTH: "User:rugzak",
    MTLS: "User:CN=rugzak,OU=Ledger,O=Rugzak",
}


DOCUMENTATION = Path(__file__).parents[2] / "ops" / "docs" / "kafka.md"
KINDS = {
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "transactional-id": ResourceType.TRANSACTIONAL_ID,
}
OPERATIONS = {
    "Read": ACLOperation.READ,
    "Write": ACLOperation.WRITE,
    "Describe": ACLOperation.DESCRIBE,
    "DescribeConfigs": ACLOperation.DESCRIBE_CONFIGS,
}


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    with secured_kafka(tmp_path_factory.mktemp("secured")) as broker:
        broker.set_password(PASSWORD)
        yield broker


@dataclass
class Desk:
    """One who works on the broker by one of the ways, on topics of the test's own."""

    broker: Secured
    way: str
    set: Callable[[str, str], None]
    topics: dict[str, str]
    group: str

    @property
    def principal(self) -> str:
        return PRINCIPALS[self.way]

    @property
    def career(self) -> str:
        return self.topics["career"]

    def allow(self, *, read: bool = True, write: bool = True, group: bool = True) -> None:
        """Give what a consumer and a publisher need, but for what is left out."""
        rights = []
        for topic in self.topics.values():
            rights.append((ResourceType.TOPIC, topic, ACLOperation.DESCRIBE))
            if read or topic != self.career:
                rights.append((ResourceType.TOPIC, topic, ACLOperation.READ))
            if write:
                rights.append((ResourceType.TOPIC, topic, ACLOperation.WRITE))
        if group:
            rights.append((ResourceType.GROUP, self.group, ACLOperation.READ))
        self.broker.allow(self.principal, *rights)


@pytest.fixture
def desk(
    secured: Secured,
    rugzak: Rugzak,  # noqa: F811
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    """Set the settings of one way in, which is SCRAM if the test doesn't say."""
    way, unique = getattr(request, "param", SCRAM), uuid4().hex[:8]
    topics = {name: f"{name}-{unique}" for name in ("career", "rights", "top_ups")}
    with secured.operator() as admin:
        made = {name: {"num_partitions": 1, "replication_factor": 1} for name in topics.values()}
        admin.create_topics(made, wait_for_metadata=True)

    def put(setting: str, value: str) -> None:
        monkeypatch.setenv(f"RUGZAK_{setting.upper()}", value)

    put("kafka_security_protocol", "SSL" if way == MTLS else "SASL_SSL")
    put("kafka_bootstrap_servers", secured.ssl if way == MTLS else secured.sasl)
    put("kafka_ssl_cafile", str(secured.folder / "ca.pem"))
    if way == MTLS:
        put("kafka_ssl_certfile", str(secured.folder / "client.crt"))
        put("kafka_ssl_keyfile", str(secured.folder / "client.key"))
    elif way == SCRAM:
        put("kafka_sasl_mechanism", "SCRAM-SHA-512")
        put("kafka_sasl_username", USER)
        put("kafka_sasl_password", PASSWORD)
    else:
        put("kafka_sasl_mechanism", "OAUTHBEARER")
        put("kafka_oauth_token_url", secured.issuer.url)
        put("kafka_oauth_client_id", USER)
        put("kafka_oauth_client_secret", SECRET)
        put("kafka_oauth_scope", "kafka")
    for name, topic in topics.items():
        put(f"{name}_topic", topic)
    put("consumer_group", f"readers-{unique}")
    put("kafka_session_timeout_ms", f"{SESSION_MS}")
    tokens.cache_clear()
    secured.issuer.lifetime_seconds = 300
    secured.issuer.bodies.clear()
    yield Desk(secured, way, put, topics, f"readers-{unique}")
    secured.forbid(PRINCIPALS[way])


def quickly(rugzak: Rugzak, *typed: object) -> Result:  # noqa: F811
    """Type a command, which ends within seconds."""
    began = time.monotonic()
    result = rugzak(*typed)
    assert time.monotonic() - began < SOON_SECONDS
    return result


def refused(result: Result, *said: str) -> None:
    """See that a command ended with these words, and not as if the broker were away."""
    assert result.code == 1, result.err
    for words in said:
        assert words in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("desk", [SCRAM, MTLS, OAUTH], indirect=True)
def test_a_message_goes_in_and_out_by_each_way(
    desk: Desk,
    rugzak: Rugzak,  # noqa: F811
    store: PostgresStore,
    tmp_path: Path,
) -> None:
    desk.allow()
    [person], message = people(1), tmp_path / "job.json"
    message.write_bytes(employed(person).value)
    assert rugzak("publish", message).code == 0
    drained = rugzak("consume", "--drain", "--no-projections", "--no-relay")
    assert drained.code == 0, drained.err
    assert known(store, person)


@pytest.mark.parametrize("desk", [SCRAM, MTLS, OAUTH], indirect=True)
def test_a_missing_right_to_read_names_the_principal_and_the_topic(
    desk: Desk,
    rugzak: Rugzak,  # noqa: F811
) -> None:
    desk.allow(read=False)
    result = quickly(rugzak, "consume", "--drain", "--no-projections", "--no-relay")
    refused(
        result,
        f"{desk.principal} may not READ topic {desk.career}:",
        "kafka-acls --bootstrap-server ... --add",
    )
    desk.broker.forbid(desk.principal)
    everything = quickly(rugzak, "consume", "--drain", "--no-projections", "--no-relay")
    refused(everything, f"{desk.principal} may not READ topics", *desk.topics.values())
    again = quickly(rugzak, "consume", "--from", "beginning")
    refused(again, f"{desk.principal} may not READ topics", *desk.topics.values())


def test_a_missing_right_on_the_group_names_the_principal_and_the_group(
    desk: Desk,
    rugzak: Rugzak,  # noqa: F811
) -> None:
    desk.allow(group=False)
    result = quickly(rugzak, "consume", "--drain", "--no-projections", "--no-relay")
    refused(result, f"{desk.principal} may not READ group {desk.group}:")


def test_a_missing_right_to_write_names_the_principal_and_the_topic(
    desk: Desk,
    rugzak: Rugzak,  # noqa: F811
    tmp_path: Path,
) -> None:
    desk.allow(write=False)
    message = tmp_path / "job.json"
    message.write_bytes(employed().value)
    result = quickly(rugzak, "publish", message)
    refused(result, f"{desk.principal} may not WRITE topic {desk.career}:")


def test_a_topic_that_is_missing_and_may_not_be_made_is_named(desk: Desk, rugzak: Rugzak) -> None:  # noqa: F811
    missing = f"missing-{uuid4().hex[:8]}"
    desk.topics["career"] = missing
    desk.set("career_topic", missing)
    desk.allow()
    result = quickly(rugzak, "consume", "--drain", "--no-projections", "--no-relay")
    refused(result, f"there: {missing}; {desk.principal} may not CREATE them")


def test_a_wrong_password_names_the_user(desk: Desk, rugzak: Rugzak, tmp_path: Path) -> None:  # noqa: F811
    desk.allow()
    desk.set("kafka_sasl_password", "of-someone-else")
    message = tmp_path / "job.json"
    message.write_bytes(employed().value)
    again = ("consume", "--from", "beginning")
    for typed in (("consume", "--drain"), again, ("publish", message), ("up",)):
        result = quickly(rugzak, *typed)
        refused(result, "does not believe that we are User:rugzak", "SCRAM-SHA-512")
        assert "of-someone-else" not in result.err


def test_a_mechanism_that_the_broker_does_not_take_is_told_with_those_that_it_takes(
    desk: Desk,
    rugzak: Rugzak,  # noqa: F811
) -> None:
    desk.set("kafka_sasl_mechanism", "PLAIN")
    result = quickly(rugzak, "consume", "--drain", "--no-relay")
    refused(result, "does not take PLAIN; it takes SCRAM-SHA-512, OAUTHBEARER")


def test_a_broker_whose_certificate_nobody_vouches_for_is_not_spoken_to(
    desk: Desk,
    rugzak: Rugzak,  # noqa: F811
    tmp_path: Path,
) -> None:
    import trustme

    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    desk.set("kafka_ssl_cafile", str(other))
    refused(quickly(rugzak, "consume", "--drain", "--no-relay"), f"not vouched for by {other}")


def test_a_broker_whose_certificate_is_for_another_name_is_not_spoken_to(
    desk: Desk,
    rugzak: Rugzak,  # noqa: F811
) -> None:
    desk.set("kafka_bootstrap_servers", desk.broker.sasl.replace(LOOPBACK, "localhost"))
    refused(quickly(rugzak, "consume", "--drain", "--no-relay"), "not valid for 'localhost'")


@pytest.mark.parametrize("desk", [MTLS], indirect=True)
def test_a_name_to_which_the_broker_sends_its_clients_is_looked_at_too(
    desk: Desk,
    rugzak: Rugzak,  # noqa: F811
) -> None:
    desk.set("kafka_bootstrap_servers", desk.broker.misnamed)
    said = ("not valid for 'localhost'", f"({desk.broker.misnamed} sends clients there)")
    refused(quickly(rugzak, "consume", "--drain", "--no-relay"), *said)


@pytest.mark.parametrize("desk", [MTLS], indirect=True)
def test_a_client_certificate_that_is_expired_or_not_there_is_told(
    desk: Desk,
    rugzak: Rugzak,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk.set("kafka_ssl_certfile", str(desk.broker.folder / "expired.crt"))
    desk.set("kafka_ssl_keyfile", str(desk.broker.folder / "expired.key"))
    expired = quickly(rugzak, "consume", "--drain", "--no-relay")
    refused(expired, "refuses our certificate, which expired at", desk.principal)
    monkeypatch.delenv("RUGZAK_KAFKA_SSL_CERTFILE")
    monkeypatch.delenv("RUGZAK_KAFKA_SSL_KEYFILE")
    refused(quickly(rugzak, "consume", "--drain", "--no-relay"), "asks for a client's certificate")


def test_the_wrong_protocol_for_a_port_is_told(
    desk: Desk,
    rugzak: Rugzak,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk.set("kafka_bootstrap_servers", desk.broker.plain)
    refused(quickly(rugzak, "consume", "--drain", "--no-relay"), "hung up on TLS")
    for name in ("SSL_CAFILE", "SASL_MECHANISM", "SASL_USERNAME", "SASL_PASSWORD"):
        monkeypatch.delenv(f"RUGZAK_KAFKA_{name}")
    desk.set("kafka_security_protocol", "PLAINTEXT")
    desk.set("kafka_bootstrap_servers", desk.broker.sasl)
    refused(
        quickly(rugzak, "consume", "--drain", "--no-relay"),
        "speaks TLS",
        "it must be SSL or SASL_SSL",
    )


@pytest.mark.parametrize("desk", [OAUTH], indirect=True)
def test_a_token_that_is_expired_or_not_given_is_told(desk: Desk, rugzak: Rugzak) -> None:  # noqa: F811
    desk.allow()
    desk.broker.issuer.lifetime_seconds = -100
    expired = quickly(rugzak, "consume", "--drain", "--no-relay")
    refused(expired, "does not believe that we are User:rugzak", "invalid_token")
    desk.set("kafka_oauth_client_secret", "of-someone-else")
    secret = quickly(rugzak, "consume", "--drain", "--no-relay")
    refused(secret, "gives no token to client rugzak: invalid_client")


def test_doctor_says_as_whom_we_come_and_what_is_missing(desk: Desk, rugzak: Rugzak) -> None:  # noqa: F811
    desk.allow()
    well = {f["about"]: f for f in rugzak("doctor", "--json").json["findings"]}
    assert well["broker"]["text"].endswith("and knows us as User:rugzak")
    assert well["access"]["level"] == "well"
    desk.allow(read=False)
    wrong = [f for f in rugzak("doctor", "--json").json["findings"] if f["level"] == "wrong"]
    assert well["relay access"]["level"] == "note"
    assert "may not WRITE" in well["relay access"]["text"]
    assert any(f"may not READ topic {desk.career}" in f["text"] for f in wrong)


def intake_of(store: PostgresStore) -> Intake:
    settings = read_settings()
    servers = Servers(database_url="", bootstrap_servers=None, embedded=())
    return open_intake(settings, servers, store, open_door(store))


def said_of(said: list[EventDict], event: str) -> list[EventDict]:
    return [line for line in said if line["event"] == event]


def publish_as_operator(desk: Desk, person: str) -> None:
    with publisher({"bootstrap_servers": [desk.broker.plain]}) as out:
        out.publish([replace(employed(person), topic=desk.career)])


def known(store: PostgresStore, person: str) -> bool:
    return any(str(event.account) == person for event in store.each_event())


@pytest.mark.parametrize("desk", [SCRAM, MTLS], indirect=True)
def test_a_right_taken_away_midway_is_said_once_and_the_line_goes_on_when_it_is_back(
    desk: Desk, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "LONGEST_PAUSE_SECONDS", 0.5)
    desk.allow()
    first, second = people(2)
    with capture_logs() as said, running(intake_of(store)):
        publish_as_operator(desk, first)
        wait_until(lambda: known(store, first))
        desk.broker.forbid(desk.principal, desk.career, ACLOperation.READ)
        wait_until(lambda: bool(said_of(said, "broker_refused")))
        publish_as_operator(desk, second)
        threading.Event().wait(2)
        [told] = said_of(said, "broker_refused")
        assert told["principal"] == desk.principal
        assert told["topic"] == desk.career
        assert told["operation"] == "READ"
        assert not known(store, second)
        desk.allow()
        wait_until(lambda: known(store, second))
        assert len(said_of(said, "server_reached_again")) == 1


def test_a_right_to_write_taken_from_a_relay_is_said_once_and_it_goes_on_when_it_is_back(
    desk: Desk, store: PostgresStore, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "LONGEST_PAUSE_SECONDS", 0.5)
    for name in ("ledger", "balances", "outcomes", "parked"):
        desk.topics[name] = f"{name}-{desk.group}"
        desk.set(f"{name}_topic", desk.topics[name])
    with desk.broker.operator() as admin:
        out = [desk.topics[name] for name in ("ledger", "balances", "outcomes", "parked")]
        made = {name: {"num_partitions": 1, "replication_factor": 1} for name in out}
        admin.create_topics(made, wait_for_metadata=True)
    given = [(ResourceType.TOPIC, topic, ACLOperation.WRITE) for topic in out]
    given += [
        (ResourceType.TRANSACTIONAL_ID, f"{desk.group}-relay", operation)
        for operation in (ACLOperation.WRITE, ACLOperation.DESCRIBE)
    ]
    desk.broker.allow(desk.principal, *given)
    ledger = desk.topics["ledger"]

    def told_of() -> int:
        with closing(KafkaConsumer(bootstrap_servers=desk.broker.plain)) as consumer:
            partition = TopicPartition(ledger, 0)
            return int(consumer.end_offsets([partition])[partition])

    first, second = people(2)
    door = open_door(store)

    def record(person: str) -> None:
        message = employed(person)
        commands = translate(CAREER_LANGUAGE, message.key, message.value)
        assert not isinstance(commands, Unhandled)
        door.handle(commands)

    settings = read_settings()
    servers = Servers(database_url=database, bootstrap_servers=None, embedded=())
    stop = threading.Event()
    thread = threading.Thread(target=relay, args=(stop, settings, servers))
    with capture_logs() as said:
        thread.start()
        try:
            record(first)
            wait_until(lambda: told_of() > 0)
            desk.broker.forbid(desk.principal, ledger, ACLOperation.WRITE)
            before = told_of()
            record(second)
            wait_until(lambda: bool(said_of(said, "broker_refused")))
            threading.Event().wait(2)
            [told] = said_of(said, "broker_refused")
            assert (told["topic"], told["operation"]) == (ledger, "WRITE")
            desk.broker.allow(desk.principal, *given)
            wait_until(lambda: told_of() > before)
        finally:
            stop.set()
            thread.join()


def test_a_password_changed_midway_is_said_once_and_the_line_goes_on_when_it_is_right_again(
    desk: Desk, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "LONGEST_PAUSE_SECONDS", 0.5)
    desk.allow()
    first, second = people(2)
    try:
        with capture_logs() as said, running(intake_of(store)):
            publish_as_operator(desk, first)
            wait_until(lambda: known(store, first))
            desk.broker.set_password("another-one")
            wait_until(lambda: bool(said_of(said, "broker_refused")))
            threading.Event().wait(2)
            [told] = said_of(said, "broker_refused")
            assert told["principal"] == "User:rugzak"
            assert told["reason"] == "authentication"
            desk.broker.set_password(PASSWORD)
            publish_as_operator(desk, second)
            wait_until(lambda: known(store, second))
    finally:
        desk.broker.set_password(PASSWORD)


@pytest.mark.parametrize("desk", [OAUTH], indirect=True)
def test_tokens_are_renewed_before_they_end_while_the_line_goes_on(
    desk: Desk, store: PostgresStore
) -> None:
    desk.allow()
    desk.broker.issuer.lifetime_seconds = 5
    first, second = people(2)
    with capture_logs() as said, running(intake_of(store)):
        publish_as_operator(desk, first)
        wait_until(lambda: known(store, first))
        wait_until(lambda: len(desk.broker.issuer.bodies) >= 3)
        publish_as_operator(desk, second)
        wait_until(lambda: known(store, second))
    assert not said_of(said, "broker_refused")
    assert all(body["scope"] == ["kafka"] for body in desk.broker.issuer.bodies)


def documented() -> list[tuple[str, ResourceType, str, ACLOperation]]:
    """Return the rights that the documentation gives, by principal."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--add", action="store_true")
    reader.add_argument("--bootstrap-server")
    reader.add_argument("--allow-principal")
    reader.add_argument("--operation", action="append")
    for kind in KINDS:
        reader.add_argument(f"--{kind}", action="append", default=[])
    rights = []
    for line in DOCUMENTATION.read_text("utf-8").splitlines():
        if line.startswith("kafka-acls --bootstrap-server kafka-1:9093"):
            given = vars(reader.parse_args(shlex.split(line)[1:]))
            rights += [
                (given["allow_principal"], type_, name, OPERATIONS[operation])
                for kind, type_ in KINDS.items()
                for name in given[kind.replace("-", "_")]
                for operation in given["operation"]
            ]
    return rights


def test_one_that_relays_is_told_what_it_may_not_write(
    desk: Desk,
    rugzak: Rugzak,  # noqa: F811
) -> None:
    desk.allow()
    result = quickly(rugzak, "consume", "--drain", "--no-projections")
    refused(result, f"{desk.principal} may not WRITE topics", "rugzak.ledger.v1")


def test_the_rights_of_the_documentation_are_enough(
    desk: Desk,
    rugzak: Rugzak,  # noqa: F811
    store: PostgresStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("CAREER_TOPIC", "RIGHTS_TOPIC", "TOP_UPS_TOPIC", "CONSUMER_GROUP"):
        monkeypatch.delenv(f"RUGZAK_{name}")
    desk.set("identity_key", 40 * "k")
    rights = documented()
    topics = {name for _, type_, name, _ in rights if type_ is ResourceType.TOPIC}
    with desk.broker.operator() as admin:
        made = {name: {"num_partitions": 1, "replication_factor": 1} for name in topics}
        admin.create_topics(made, wait_for_metadata=True)
    for principal in {principal for principal, *_ in rights}:
        given = [(type_, name, may) for who, type_, name, may in rights if who == principal]
        desk.broker.allow(principal, *given)
    desk.topics["career"] = "rugzak.career.v1"
    [person] = people(1)
    publish_as_operator(desk, person)
    drained = rugzak("consume", "--drain", "--no-projections")
    assert drained.code == 0, drained.err
    assert known(store, person)

    kafka = read_settings().kafka_client_config()
    going_out = ["rugzak.ledger.v1", "rugzak.balances.v1", "rugzak.outcomes.v1", "rugzak.parked.v1"]
    Access(kafka=kafka, writes=going_out).demand()
    sent = rugzak("relay", "run", "--once")
    assert sent.code == 0, sent.err
    write(kafka, "rugzak.ledger.v1", "rugzak-relay")
    with closing(KafkaAdminClient(**kafka)) as admin:
        balances = ConfigResource(ConfigResourceType.TOPIC, "rugzak.balances.v1")
        assert admin.describe_configs([balances])
    desk.broker.forbid(desk.principal, "rugzak.balances.v1", ACLOperation.DESCRIBE_CONFIGS)
    notes = [f for f in rugzak("doctor", "--json").json["findings"] if f["level"] == "note"]
    assert any("whether rugzak.balances.v1 is compacted" in f["text"] for f in notes)


def write(kafka: dict[str, Any], topic: str, transactional_id: str) -> None:
    """Write a record in a transaction, as a relay does."""
    producer = KafkaProducer(**kafka, transactional_id=transactional_id, max_block_ms=5_000)
    try:
        producer.init_transactions()
        producer.begin_transaction()
        producer.send(topic, b"{}").get(SOON_SECONDS)
        producer.commit_transaction()
    finally:
        producer.close(timeout=1)


def test_a_relay_needs_its_transactional_id_and_is_told_which(desk: Desk) -> None:
    kafka = read_settings().kafka_client_config()
    desk.allow()
    access = Access(kafka=kafka, writes=[desk.career], transactional_id="another-relay")
    rights = [(ResourceType.TOPIC, desk.career, ACLOperation.WRITE)]

    with pytest.raises(KafkaError) as raised:
        write(kafka, desk.career, "another-relay")
    assert f"{desk.principal} may not WRITE transactional id another-relay" in str(
        access.explained(raised.value)
    )
    needed = (ACLOperation.WRITE, ACLOperation.DESCRIBE)
    rights += [(ResourceType.TRANSACTIONAL_ID, "another-relay", operation) for operation in needed]
    desk.broker.allow(desk.principal, *rights)
    write(kafka, desk.career, "another-relay")
