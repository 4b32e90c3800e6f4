"""What the door decided is decided again the same, from what the log keeps of each command."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hypothesis import given

from ledger.audit.inputs import redecide
from ledger.domain.rulebook import Rulebook
from ledger.service.outcomes import Rejected
from ledger.service.rulebook import load
from tests.laws.lives import FEWER
from tests.laws.test_as_of import FOLDER, Office, lived, moves, text
from tests.memory_store import MemoryStore
from tests.service.doors import command, open_door, standing
from tests.story import NORA, now


class Behind(Office):
    """The same life, told through a door; what is refused is counted."""

    def __post_init__(self) -> None:
        self.store, self.clock = MemoryStore(), standing()
        self.door = open_door(self.store, self.clock, load(FOLDER))
        self.rules = [(self.at(), self.door.rulebook)]
        self.asked = self.refused = 0

    def at(self) -> datetime:
        """Return noon of the day."""
        return now(self.today.isoformat()).recorded_at

    def hear(self, request: object) -> None:
        """Let a request arrive today."""
        self.clock.set(self.today)
        self.asked += 1
        told = command(f"c{self.asked}", request)  # type: ignore[arg-type]
        (outcome,) = self.door.handle([told])
        self.refused += isinstance(outcome, Rejected)

    def change_rules(self, number: int) -> None:
        """Go on by another text from tomorrow on."""
        self.let_days_pass(1)
        self.door = open_door(self.store, self.clock, text(number)[1])
        self.rules.append((self.at(), self.door.rulebook))

    def rules_at(self, recorded: datetime) -> Rulebook:
        """Return by which rules the door decided."""
        return [rules for since, rules in self.rules if since <= recorded][-1]


@FEWER
@given(moves)
def test_law_8_each_command_of_the_log_is_decided_again_as_it_was(steps: Sequence[Any]) -> None:
    """Determinism, from what is kept: each on the state that it met, none of them cascades."""
    behind = Behind()
    lived(steps, lambda *_: None, behind)
    found = redecide(NORA, behind.store.events_of(NORA), behind.rules_at)
    assert found.otherwise == []
    assert set(found.untold) <= {"refused"}
    assert found.untold["refused"] <= behind.refused
