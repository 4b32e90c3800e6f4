"""The stored form: one spelling for each value, and nothing but `Undecodable` for anything else."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from types import NoneType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zstandard import ZstdCompressor

from ledger.domain import events as e
from ledger.domain.account import Account
from ledger.domain.calendar import Term
from ledger.domain.facts import Employment, FactId, Jobseeking, Study
from ledger.store.catalogue import CODEC, KINDS, MEMBERS
from ledger.store.codec import Codec, Undecodable
from ledger.store.compression import dictionary
from ledger.store.mapper import EnvelopeMapper, payload
from tests.store.samples import METADATA, SAMPLES
from tests.store.values import accounts, envelopes
from tests.store.values import json as any_json

ACCOUNT = UUID("6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7")
MAPPER = EnvelopeMapper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """One field of each form."""

    text: str
    number: int
    yes: bool
    day: date
    at: datetime
    id: UUID
    share: Fraction
    digest: bytes
    by_source: dict[FactId, tuple[int, ...]]
    status: Employment | Jobseeking | Study | None
    term: Term | None
    spare: int = 7


EVERYTHING = Everything(
    text='José "Pepe" Müller\n',
    number=-3,
    yes=True,
    day=date(988, 4, 17),
    at=datetime(2025, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
    id=ACCOUNT,
    share=Fraction(4, 5),
    digest=b"\x00\xff",
    by_source={FactId("https://b", "1"): (2, 1), FactId("https://a", "9"): ()},
    status=Jobseeking(benefit=False),
    term=None,
)
SPELT = (
    '{"at":"2025-01-01T00:00:00.000000Z","by_source":[[["https://a","9"],[]],[["https://b","1"],[2,1]]],'
    '"day":"0988-04-17","digest":"00ff","id":"6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7","number":-3,'
    '"share":"4/5","status":{"benefit":false,"kind":"jobseeking"},"term":null,'
    '"text":"José \\"Pepe\\" Müller\\n","yes":true}'
)


def test_every_form_is_spelt_in_one_way_and_read_back() -> None:
    assert CODEC.encode(EVERYTHING).decode() == SPELT
    assert CODEC.decode(Everything, SPELT.encode()) == EVERYTHING


@pytest.mark.parametrize(
    ("field", "wrong", "says"),
    [
        ("text", 5, "expected str, found 5 @ $.text"),
        ("number", True, "expected int, found True"),
        ("number", "5", "expected int, found '5'"),
        ("number", 5.0, "expected int, found 5.0"),
        ("yes", 1, "expected bool, found 1"),
        ("day", "20250901", "expected date, found '20250901'"),
        ("day", "2025-02-30", "expected date, found '2025-02-30'"),
        ("at", "2025-01-01T00:00:00Z", "expected datetime, found '2025-01-01T00:00:00Z'"),
        ("at", "2025-01-01T00:00:00.000000", "expected datetime"),
        ("id", "6F1D3A52-7C1E-4B8E-9A40-5D2C86B1F0A7", "expected UUID"),
        ("share", "8/10", "expected Fraction, found '8/10'"),
        ("share", "1/0", "expected Fraction, found '1/0'"),
        ("digest", "0G", "expected bytes, found '0G'"),
        ("by_source", {}, "expected a list, found {}"),
        ("by_source", [[["https://a"], []]], "@ $.by_source[0][0]"),
        ("status", {"kind": "hunting"}, "expected one whose kind is of"),
        ("status", {"kind": "jobseeking", "benefit": "no"}, "expected bool, found 'no' @ $.status.benefit"),
        ("status", {"kind": "study", "benefit": True}, "extra fields found (benefit) @ $.status"),
        ("status", [], "expected one whose kind is of"),
        ("term", {"since": "2025-09-01", "until": "2025-09-01"}, "has no day"),
        ("spares", 5, "extra fields found (spares)"),
        ("day", NoneType, "required field missing @ $.day"),
        ("text", "x" * 500, "expected int, found 'xxx"),
    ],
)  # fmt: skip
def test_what_is_not_of_the_form_is_refused_with_the_place_and_what_was_expected(
    field: str, wrong: object, says: str
) -> None:
    data = json.loads(SPELT) | {field: wrong}
    if wrong is NoneType:
        del data[field]
    if says.startswith("expected int, found 'xxx"):
        data |= {"text": "", "number": wrong}
    with pytest.raises(Undecodable) as refused:
        CODEC.from_json(Everything, data)
    assert says in str(refused.value)
    assert len(str(refused.value)) < 300


def test_a_member_of_a_union_without_a_stable_name_is_refused() -> None:
    nameless = Codec({Jobseeking: "jobseeking"})
    with pytest.raises(KeyError):
        nameless.decode(Everything, SPELT.encode())


def test_an_instant_without_a_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        CODEC.encode(Account(recorded_at=datetime(2025, 1, 1)))  # noqa: DTZ001


@given(envelopes)
def test_any_envelope_comes_back_the_same_and_is_spelt_the_same_again(envelope: e.Envelope) -> None:
    stored = MAPPER.to_stored_event(envelope)
    read = MAPPER.to_domain_event(stored)
    assert read == envelope
    assert payload(read) == payload(envelope)
    assert MAPPER.zstandard.decompress(stored.state) == payload(envelope)


@given(accounts)
@settings(max_examples=50)
def test_any_account_comes_back_the_same_and_is_spelt_the_same_again(account: Account) -> None:
    data = CODEC.encode(account)
    read = CODEC.decode(Account, data)
    assert read == account
    assert CODEC.encode(read) == data


def read_or_refused(topic: str, state: bytes) -> e.Envelope | None:
    """Read a row of the log; None when it is refused as it should."""
    try:
        return MAPPER.envelope(ACCOUNT, 1, topic, state, 1)
    except Undecodable:
        return None


@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_bytes_are_undecodable_and_nothing_worse(
    event: e.Event, data: st.DataObject
) -> None:
    envelope = e.Envelope(account=ACCOUNT, version=1, event=event, metadata=METADATA)
    stored = MAPPER.to_stored_event(envelope)
    plain = data.draw(st.booleans())
    state = bytearray(payload(envelope) if plain else stored.state)
    for place in data.draw(st.lists(st.integers(0, len(state) - 1), min_size=1, max_size=4)):
        state[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(state)))
    for damaged in (bytes(state), bytes(state[:cut]), bytes(state) + b"\x00"):
        read = read_or_refused(stored.topic, damaged)
        assert read is None or type(read.event) is type(event)


def places(value: Any) -> list[tuple[Any, Any]]:
    """List every container in a JSON value with each of its keys or indices."""
    keys = (
        list(value)
        if isinstance(value, dict)
        else range(len(value))
        if isinstance(value, list)
        else ()
    )
    return [(value, key) for key in keys] + [p for key in keys for p in places(value[key])]


@given(st.sampled_from(SAMPLES), any_json, st.data())
def test_other_json_in_any_place_is_undecodable_or_another_event(
    event: e.Event, other: object, data: st.DataObject
) -> None:
    envelope = e.Envelope(account=ACCOUNT, version=1, event=event, metadata=METADATA)
    content = json.loads(payload(envelope))
    container, key = data.draw(st.sampled_from(places(content)))
    container[key] = other
    topic = MAPPER.to_stored_event(envelope).topic
    read = read_or_refused(topic, json.dumps(content).encode())
    assert read is None or json.loads(payload(read)).keys() == content.keys()


@given(st.sampled_from(SAMPLES), any_json, st.data())
def test_what_is_read_quickly_is_what_is_read_in_detail(
    event: e.Event, other: object, data: st.DataObject
) -> None:
    content = json.loads(CODEC.encode(event))
    container, key = data.draw(st.sampled_from(places(content)))
    match data.draw(st.sampled_from(("as it is", "other", "left out", "more"))):
        case "other":
            container[key] = other
        case "left out":
            del container[key]
        case "more" if isinstance(container, dict):
            container["more"] = other
        case "more":
            container.append(other)
    quickly, in_detail = (
        read_or_said(read, type(event), content) for read in (CODEC.from_json, CODEC.in_detail)
    )
    assert quickly == in_detail


def read_or_said(read: Callable[[type, Any], Any], cls: type, data: object) -> object:
    """Return what is read, or what is said of why not."""
    try:
        return read(cls, data)
    except Undecodable as error:
        return str(error)


@given(accounts)
@settings(max_examples=50)
def test_an_account_is_read_quickly_as_it_is_in_detail(account: Account) -> None:
    data = json.loads(CODEC.encode(account))
    assert CODEC.in_detail(Account, data) == CODEC.readers.of(Account)(data) == account


@pytest.mark.parametrize("event", SAMPLES)
def test_each_kind_of_event_is_read_quickly(event: e.Event) -> None:
    assert CODEC.readers.of(type(event))(json.loads(CODEC.encode(event))) == event


@given(st.text())
def test_a_name_that_is_not_in_the_catalogue_is_undecodable(name: str) -> None:
    state = payload(e.Envelope(account=ACCOUNT, version=1, event=SAMPLES[0], metadata=METADATA))
    for topic in (name, f"right-granted@{name}", "right-granted@1", "right-granted@" + "9" * 5000):
        assert read_or_refused(topic, state) is None


@pytest.mark.parametrize("says_how_long", [True, False])
def test_a_payload_that_would_be_too_long_is_undecodable(says_how_long: bool) -> None:
    bomb = ZstdCompressor(dict_data=dictionary(), write_content_size=says_how_long)
    state = bomb.compress(b"{" + b"a" * ((1 << 21) - 1))
    with pytest.raises(Undecodable, match="too long once decompressed"):
        MAPPER.zstandard.decompress(state)


def test_every_event_and_every_member_of_a_union_has_one_stable_name() -> None:
    assert {kind.cls for kind in KINDS} == set(e.Event.__args__)
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert len(set(MEMBERS.values())) == len(MEMBERS)
    assert CODEC.decode(Account, CODEC.encode(Account())).recorded_at == datetime.min.replace(
        tzinfo=UTC
    )
