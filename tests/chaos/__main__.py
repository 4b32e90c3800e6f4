"""`make chaos`: run the laboratory, print its table; exit code 1 when anything does not hold."""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.faults import FAULTS
from tests.chaos.laboratory import Options, run
from tests.chaos.mutant import MUTANTS
from tests.chaos.telling import told


def main() -> int:
    options, keep, only = _asked()
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {text}", flush=True)  # noqa: T201

    with TemporaryDirectory(prefix="rugzak-chaos-") as temporary:
        chosen = [fault for fault in FAULTS if any(part in fault.name for part in only or [""])]
        outcome = run(options, keep or Path(temporary), say, chosen)
    for line in told(outcome):
        print(line)  # noqa: T201
    return 0 if outcome.holds else 1


def _asked() -> tuple[Options, Path | None, list[str]]:
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--faults", type=int, default=usual.faults)
    parser.add_argument("--people", type=int, default=usual.people, help="lives told at a time")
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="between two faults")
    parser.add_argument("--per-second", type=float, default=usual.per_second, help="records")
    parser.add_argument("--brokers", type=int, default=usual.brokers, choices=(0, 1, 3))
    parser.add_argument("--consumers", type=int, default=usual.consumers)
    parser.add_argument("--mutant", choices=MUTANTS, default="", help="in place of the product")
    parser.add_argument("--keep", type=Path, help="a folder for data and logs, which stays")
    parser.add_argument("--only", nargs="*", help="faults whose names have one of these in them")
    given = parser.parse_args()
    options = Options(
        seed=given.seed,
        faults=given.faults,
        people=given.people,
        seconds=given.seconds,
        per_second=given.per_second,
        brokers=given.brokers,
        consumers=given.consumers,
        mutant=given.mutant,
    )
    return options, given.keep and given.keep.absolute(), given.only


if __name__ == "__main__":
    sys.exit(main())
