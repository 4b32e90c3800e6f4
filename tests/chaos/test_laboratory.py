"""The laboratory in a short form, and on three brokers: nothing is lost, nothing doubled."""

from pathlib import Path

import pytest

from tests.chaos.faults import FAULTS, Fault
from tests.chaos.laboratory import Options, run
from tests.chaos.telling import told


def chosen(*names: str) -> list[Fault]:
    return [fault for fault in FAULTS if fault.name in names]


SHORT = chosen(
    "SIGKILL of a consumer",
    "SIGSTOP of a consumer",
    "PostgreSQL killed and restarted",
    "a burst of garbage",
    "rebalance storm",
)


@pytest.mark.xdist_group("chaos")
def test_nothing_is_lost_or_doubled_on_the_embedded_broker(tmp_path: Path) -> None:
    options = Options(
        seed=5, faults=len(SHORT), brokers=0, consumers=2, people=20, per_second=40, seconds=0.2
    )
    outcome = run(options, tmp_path, print, SHORT)
    assert outcome.holds, "\n".join(told(outcome))
    assert {fault.name for fault in outcome.injected} == {fault.name for fault in SHORT}


ON_THREE = chosen(
    "SIGKILL of every consumer",
    "SIGKILL of a relay",
    "PostgreSQL killed and restarted",
    "a broker killed and restarted",
    "two brokers killed",
    "a connection cut after its commit",
    "connections to brokers stalled",
    "a partition added",
)
"""What one broker in memory can't show; `make chaos` has them all."""


@pytest.mark.chaos
@pytest.mark.apache_kafka
def test_nothing_is_lost_or_doubled_on_three_brokers(tmp_path: Path) -> None:
    options = Options(seed=6, faults=len(ON_THREE), seconds=0.2)
    outcome = run(options, tmp_path, print, ON_THREE)
    assert outcome.holds, "\n".join(told(outcome))
