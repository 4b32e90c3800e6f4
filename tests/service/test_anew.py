"""When the rules change, what was decided is decided anew: by compensating events, never an edit."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.domain.events import RightGranted, RightWithdrawn
from ledger.service import published
from ledger.service import rulebook as rulebook_files
from ledger.service.clock import SetClock
from ledger.service.door import Door
from ledger.service.reach import reach_due
from ledger.store.postgres import PostgresStore
from ledger.store.states import States
from ops.ledger_wiring import rulebook
from tests.service.doors import command, open_door, standing
from tests.story import NORA, day, employment, said

SCHEME = "be-vlg/vov"
VOV = f"{SCHEME}/2022-23"


def door_on(store: PostgresStore, today: str, rules: Path | None = None) -> Door:
    clock = SetClock()
    clock.set(day(today))
    book = rulebook_files.load(rules) if rules else rulebook()
    states = States()
    return Door(store, book, clock, encode=states.encode, decode=states.decode)


def with_hours(folder: Path, hours: int) -> Path:
    """Copy the regulations, with another number of hours for a full-timer."""
    copied = shutil.copytree(rulebook_files.FOLDER, folder / "regulations")
    file = copied / "be-vlg" / "vov.yaml"
    text = file.read_text("utf-8")
    assert "2019-09-01: 125" in text
    file.write_text(text.replace("2019-09-01: 125", f"2019-09-01: {hours}"), "utf-8")
    return copied


def publish_what_none_can_read(store: PostgresStore) -> str:
    """Publish a text of Flemish training leave as a version to come might; return its digest."""
    content = json.dumps([["novelty", "x"], *json.loads(published.contents()[SCHEME])])
    told = published.publication(SCHEME, content, "An")
    open_door(store, standing("2024-01-10")).handle([told])
    return sha256(content.encode()).hexdigest()[:8]


@pytest.mark.parametrize(
    ("hours", "compensation"),
    [(130, RightGranted), (120, RightWithdrawn)],
    ids=["more", "less"],
)
def test_a_round_anew_compensates_under_the_new_rule_and_an_ordinary_one_leaves_the_past(
    store: PostgresStore,
    tmp_path: Path,
    hours: int,
    compensation: type[RightGranted | RightWithdrawn],
) -> None:
    door_on(store, "2022-09-01").handle([command("job", said("job", employment(), "2022-09-01"))])
    rules = with_hours(tmp_path, hours)
    later = door_on(store, "2022-10-05", rules)
    before = store.events_of(NORA)
    list(reach_due(later, store.due_accounts, day("2022-10-05")))
    assert store.events_of(NORA) == before
    assert list(reach_due(later, store.every_account, day("2022-10-05"), anew=True)) == [1]
    compensating = [e.event for e in store.events_of(NORA)[len(before) :]]
    changed = [e for e in compensating if isinstance(e, compensation) and e.lot == VOV]
    assert [e.quantity for e in changed] == [5 * 60]
    digest = rulebook_files.load(rules).schemes["be-vlg/vov"].digest
    assert changed[0].basis.rule.endswith(f"@{digest}")
    list(reach_due(later, store.every_account, day("2022-10-05"), anew=True))
    assert len(store.events_of(NORA)) == len(before) + len(compensating)
