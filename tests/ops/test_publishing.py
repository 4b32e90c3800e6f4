"""A file of messages goes to the topics of its services; what nobody would take in is refused."""

import json

import pytest

from ops.publishing import messages_of
from ops.settings import read_settings
from ops.wiring import languages
from schemas.contract import ALL
from schemas.examples import NORA, NORA_SSIN, example

KEY = {"RUGZAK_IDENTITY_KEY": "0123456789abcdef" * 4}
DIMONA = "be.rugzak.dimona.v1.periods.notify.declared"
SPELL = "be.rugzak.career.v1.statusSpells.notify.recorded"


@pytest.mark.parametrize("type_", ALL.messages)
def test_every_message_goes_to_a_topic_on_which_it_is_understood(type_: str) -> None:
    settings = read_settings(KEY)
    ([message], []) = messages_of(json.dumps(example(type_)).encode(), settings, check=True)
    assert type_ in languages(settings)[message.topic].contract.messages
    assert message.key in {NORA.encode(), example(type_)["id"].encode()}
    assert NORA_SSIN.encode() not in message.key


def test_without_a_key_notifications_have_no_topic_and_the_file_is_refused_with_their_line() -> (
    None
):
    settings = read_settings({})
    assert set(languages(settings)) == {
        "rugzak.career.v1",
        "rugzak.rights.v1",
        "rugzak.topups.v1",
    }
    lines = "\n".join(["", json.dumps(example(SPELL)), json.dumps(example(DIMONA))])
    messages, [problem] = messages_of(lines.encode(), settings, check=True)
    assert messages == []
    assert (problem.line, problem.path) == (3, "/type")
    assert problem.message.endswith("is not taken in: RUGZAK_IDENTITY_KEY is not set")
