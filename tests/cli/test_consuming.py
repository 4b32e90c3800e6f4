"""What an operator sees who takes messages in, once or once more."""

from pathlib import Path

import pytest

from tests.cli.conftest import Rugzak
from tests.cli.test_publishing import topics, written  # noqa: F401  a fixture
from tests.consumers.stories import employed, people

DRAIN = ("consume", "--drain", "--no-relay", "--no-projections")


def test_a_pass_from_the_beginning_reads_again_what_counts_once(
    topics: Rugzak,  # noqa: F811
    tmp_path: Path,
) -> None:
    jobs = [employed(person).value for person in people(3)]
    assert topics("publish", written(tmp_path / "jobs.jsonl", *jobs)).code == 0
    assert topics(*DRAIN).code == 0
    again = topics("consume", "--from", "beginning")
    assert again.code == 0, again.err
    assert "3 records read: 0 accepted, 3 known, 0 refused" in again.out
    later = topics("consume", "--from", "2199-01-01T00:00:00+01:00")
    assert "0 records read" in later.out


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("--from", "yesterday"), "`beginning` or an instant with its offset, such as 2026-11-01T"),
        (("--from", "2026-11-01T00:00:00"), "an instant with its offset"),
        (("--from", "beginning", "--drain"), "leave out --drain"),
        (("--accept-gap", "rugzak.career.v1"), "--accept-gap and --because go together"),
        (("--because", "it is gone"), "--accept-gap and --because go together"),
    ],
)
def test_options_that_do_not_fit_are_told_before_any_server_is_asked(
    rugzak: Rugzak, typed: tuple[str, ...], said: str
) -> None:
    answer = rugzak("consume", *typed)
    assert answer.code == 2
    assert said in answer.err
