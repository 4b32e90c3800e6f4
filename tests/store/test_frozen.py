"""Events written by any version stay readable: frozen schemas, golden payloads, a frozen dictionary."""

import json
from dataclasses import MISSING, fields, replace
from hashlib import sha256

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from ledger.domain.events import Envelope, Event
from ledger.store.catalogue import BY_CLASS, CODEC, KINDS, Kind, stored_name
from ledger.store.compression import dictionary
from ledger.store.mapper import EnvelopeMapper, payload
from tests.store.frozen import (
    ACCOUNT,
    ENVELOPES,
    FOLDER,
    compressed_file,
    golden_file,
    schema_bytes,
    schema_file,
)
from tests.store.values import events

DICTIONARY_1 = "71f59ee32a466a4bf38fe62d2a5d62238129d53eaffde794727ac443206a557d"
VERSIONS = [(kind, version) for kind in KINDS for version in range(1, kind.version + 1)]
NAMES = [f"{kind.name}@{version}" for kind, version in VERSIONS]
RUN_ONCE = "run `python -m tests.store.frozen` once, and never edit what it wrote"


def read_golden(kind: Kind, version: int) -> tuple[bytes, Envelope]:
    data = golden_file(kind, version).read_bytes()
    return data, EnvelopeMapper().envelope(ACCOUNT, 1, stored_name(kind.name, version), data, None)


@pytest.mark.parametrize(("kind", "version"), VERSIONS, ids=NAMES)
def test_every_version_of_every_event_is_frozen_and_its_golden_payload_is_of_its_schema(
    kind: Kind, version: int
) -> None:
    assert schema_file(kind, version).exists(), RUN_ONCE
    assert golden_file(kind, version).exists(), RUN_ONCE
    event = json.loads(golden_file(kind, version).read_bytes())["event"]
    Draft202012Validator(json.loads(schema_file(kind, version).read_bytes())).validate(event)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_form_that_is_written_now_is_the_frozen_one(kind: Kind) -> None:
    assert schema_file(kind, kind.version).read_bytes() == schema_bytes(kind)


@pytest.mark.parametrize(("kind", "version"), VERSIONS, ids=NAMES)
def test_a_golden_payload_gives_the_event_that_it_was_made_of(kind: Kind, version: int) -> None:
    data, read = read_golden(kind, version)
    if version == kind.version:
        assert read == ENVELOPES[kind]
        assert payload(read) == data
    else:
        assert read == _less(ENVELOPES[kind], read.event)


def _less(envelope: Envelope, older: Event) -> Envelope:
    """Return the sample without what an older form could not say."""
    unsaid = {
        field.name: field.default
        for field in fields(older)
        if field.default is not MISSING and getattr(older, field.name) == field.default
    }
    return replace(envelope, event=replace(envelope.event, **unsaid))


def test_nothing_else_lies_among_the_frozen_forms() -> None:
    known = {file(*row) for row in VERSIONS for file in (schema_file, golden_file)}
    assert {compressed_file(), *known} == {
        file for file in FOLDER.iterdir() if file.suffix != ".md"
    }


def test_what_was_compressed_with_the_first_dictionary_stays_readable() -> None:
    grant = next(kind for kind in KINDS if kind.name == "right-granted")
    plain = golden_file(grant, 1).read_bytes()
    assert EnvelopeMapper().zstandard.decompress(compressed_file().read_bytes()) == plain
    assert sha256(dictionary().as_bytes()).hexdigest() == DICTIONARY_1


@given(events)
def test_any_event_is_written_as_its_frozen_schema_says(event: Event) -> None:
    kind = BY_CLASS[type(event)]
    schema = json.loads(schema_file(kind, kind.version).read_bytes())
    Draft202012Validator(schema).validate(json.loads(CODEC.encode(event)))
