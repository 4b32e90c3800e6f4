"""The laboratory is able to fail: a product without one of its promises is caught, with fixed seeds."""

from pathlib import Path

import pytest

from tests.chaos.laboratory import Options, run
from tests.chaos.telling import told
from tests.chaos.test_laboratory import chosen

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("chaos")]

MUTANTS = {
    "offsets-apart": ("SIGKILL of every consumer", 5, "positions and outcomes move together"),
    "offsets-first": ("SIGKILL of every consumer", 5, "every record has one outcome"),
    "no-fence": ("SIGSTOP of a consumer", 5, "positions never go back"),
    "relayed-before-sent": ("SIGKILL of a relay", 10, "every event goes out in its order"),
}
"""Which fault brings it to light, after how many times at most, and by which check."""


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_product_without_a_promise_is_caught(mutant: str, tmp_path: Path) -> None:
    fault, times, check = MUTANTS[mutant]
    options = Options(
        seed=7, faults=times, brokers=0, consumers=2, people=30, per_second=60, seconds=0.5,
        mutant=mutant,
    )  # fmt: skip
    outcome = run(options, tmp_path, print, chosen(fault))
    assert outcome.findings[check], "\n".join(told(outcome))
