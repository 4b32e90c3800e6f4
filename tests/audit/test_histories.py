"""Long histories that are kept between questions: never other than the log, and never too many."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest

from ledger.audit.histories import Histories
from ledger.domain.events import AccountErased, Envelope
from ledger.domain.evolve import fold
from tests.story import NORA, Story, day, employment, release, reserve, said

OTHER = UUID("0b9c9f5e-3f0e-4f0c-8a55-0c4b0a3f7f10")
VOV = "be-vlg/vov"


@dataclass
class Counted:
    """A log that counts how many events were read of it."""

    events: dict[UUID, list[Envelope]] = field(default_factory=dict)
    read: int = 0

    def events_of(self, account: UUID, after_version: int = 0) -> Sequence[Envelope]:
        """Return an account's envelopes after a version."""
        found = self.events.get(account, [])[after_version:]
        self.read += len(found)
        return found


@pytest.fixture(scope="module")
def life() -> list[Envelope]:
    """Some dozens of events: a job, and courses that are asked for and given back."""
    story = Story()
    story.tell("2023-09-01", said("job", employment(), "2016-01-01"))
    for number in range(12):
        on = f"2023-10-{number + 1:02}"
        story.tell(on, reserve(f"r{number}", VOV, 60, on))
        story.tell(on, release(f"r{number}", on))
    return story.envelopes


def log_of(life: list[Envelope]) -> Counted:
    return Counted({NORA: list(life)})


def test_the_second_question_reads_one_event(life: list[Envelope]) -> None:
    """The last that is kept, which is compared."""
    log = log_of(life)
    kept = Histories(log, long=1)
    assert list(kept.events_of(NORA)) == life
    log.read = 0
    assert list(kept.events_of(NORA)) == life
    assert log.read == 1


def test_what_follows_is_read(life: list[Envelope]) -> None:
    """Each answer is as new as the log."""
    log = log_of(life[:-3])
    kept = Histories(log, long=1)
    kept.events_of(NORA)
    log.events[NORA] = life
    assert list(kept.events_of(NORA)) == life
    assert list(kept.events_of(NORA, life[-2].version)) == life[-1:]


@pytest.mark.parametrize("every", [1, 2, 7, 1_000])
def test_a_state_from_a_snapshot_is_that_of_the_fold(life: list[Envelope], every: int) -> None:
    """After each event, asked in any order, while the history grows."""
    log = log_of(life[:10])
    kept = Histories(log, long=1, every=every)
    kept.events_of(NORA)
    log.events[NORA] = life
    whole = kept.events_of(NORA)
    for number in [*range(len(life), -1, -1), *range(len(life))]:
        assert kept.state(whole[:number]) == fold(life[:number])


def test_a_state_that_somebody_changes_is_their_own(life: list[Envelope]) -> None:
    """The next who asks gets it as it was."""
    kept = Histories(log_of(life), long=1, every=2)
    whole = kept.events_of(NORA)
    kept.state(whole).lots.clear()
    assert kept.state(whole) == fold(life)


def test_another_log_than_before_is_read_anew(life: list[Envelope]) -> None:
    """A backup was restored, and other things happened since."""
    log = log_of(life)
    kept = Histories(log, long=1)
    kept.state(kept.events_of(NORA))
    other = replace(life[-4].metadata, command="another")
    log.events[NORA] = [*life[:-4], replace(life[-4], metadata=other)]
    found = kept.events_of(NORA)
    assert list(found) == log.events[NORA]
    assert kept.state(found) == fold(log.events[NORA])


def test_a_log_that_was_cut_is_read_anew(life: list[Envelope]) -> None:
    """Nothing is told that it does not hold."""
    log = log_of(life)
    kept = Histories(log, long=1)
    kept.events_of(NORA)
    log.events[NORA] = life[:5]
    assert list(kept.events_of(NORA)) == life[:5]


def test_what_was_erased_is_not_kept(life: list[Envelope]) -> None:
    """From the question on that finds it out."""
    log = log_of(life)
    kept = Histories(log, long=1)
    kept.events_of(NORA)
    gone = AccountErased(because="asked for", effective_on=day("2024-01-01"))
    version = life[-1].version + 1
    log.events[NORA] = [*life, replace(life[-1], version=version, event=gone)]
    kept.events_of(NORA)
    log.read = 0
    kept.events_of(NORA)
    assert log.read == len(life) + 1


def test_short_histories_are_not_kept(life: list[Envelope]) -> None:
    """They are read quickly."""
    log = log_of(life)
    kept = Histories(log, long=len(life) + 1)
    kept.events_of(NORA)
    log.read = 0
    kept.events_of(NORA)
    assert log.read == len(life)


def test_no_more_than_so_many_events_are_kept(life: list[Envelope]) -> None:
    """The history that was asked for longest ago is let go of."""
    log = Counted({NORA: life, OTHER: [replace(each, account=OTHER) for each in life]})
    kept = Histories(log, long=1, most=len(life) + 1)
    kept.events_of(NORA)
    kept.events_of(OTHER)
    log.read = 0
    kept.events_of(OTHER)
    assert log.read == 1
    kept.events_of(NORA)
    assert log.read == 1 + len(life)
