"""A ledger that has a bit of everything: for what is kept beside the log."""

from uuid import UUID

from ledger.domain.commands import GiveMandate, ReachDay, Request
from ledger.domain.facts import Birth
from ledger.service.erasing import erase
from ledger.service.merging import merging, unmerging
from ledger.service.outcomes import Accepted, Outcome, Rejected
from ledger.service.ports import Delivery
from ledger.store.postgres import PostgresStore
from ops.ledger_wiring import open_door
from tests.cli.lives import VOV
from tests.service.doors import command, standing
from tests.store.batches import parked
from tests.story import day, employment, reserve, said

ADA = UUID("ada00000-0c7b-4d9b-8d0e-5d7f5f0f9e13")
ADA_TOO = UUID("ada00002-0c7b-4d9b-8d0e-5d7f5f0f9e14")
BO = UUID("b0b00000-0c7b-4d9b-8d0e-5d7f5f0f9e15")
BO_TOO = UUID("b0b00002-0c7b-4d9b-8d0e-5d7f5f0f9e16")
GUS = UUID("905e0000-0c7b-4d9b-8d0e-5d7f5f0f9e17")
HELPER = UUID("be1be100-0c7b-4d9b-8d0e-5d7f5f0f9e18")

WHEN = "2025-10-06"
JOB = employment()
WHY = "The register says that they are one."
NOTHING_NEW = "again ada"
"""The command that changed nothing."""
TOO_LATE = "late gus"
"""The command that was refused because of an erasure, which only its receipt says."""
FORWARDED = "more ada too"
"""The command that was told of an account that was merged."""


def people(store: PostgresStore) -> None:
    """Let people come, be corrected, merged, unmerged, helped and erased; park a record."""
    door = open_door(store, standing(WHEN))

    def tell(id_: str, account: UUID, request: Request) -> Outcome:
        [outcome] = door.handle([command(id_, request, account)])
        return outcome

    for who, account in (("ada", ADA), ("ada too", ADA_TOO), ("bo", BO), ("bo too", BO_TOO), ("gus", GUS)):  # fmt: skip
        tell(f"birth {who}", account, said("birth", Birth(on=day("1990-02-03"))))
        tell(f"job {who}", account, said("job", JOB, "2024-09-01"))
        tell(f"course {who}", account, reserve("french", VOV, 600, WHEN))
    tell("corrected ada", ADA, said("job", employment("4/5"), "2024-09-01", version=2))
    nothing = tell(NOTHING_NEW, ADA, said("job", employment("4/5"), "2024-09-01", version=2))
    assert isinstance(nothing, Accepted)
    assert nothing.events == 0
    assert isinstance(tell("refused ada", ADA, reserve("dutch", VOV, 900_000, WHEN)), Rejected)
    mandate = GiveMandate(
        mandate="m1", helper=HELPER, actions=("read",), since=day(WHEN), on=day(WHEN)
    )
    tell("mandate ada", ADA, mandate)
    for account, into in ((ADA_TOO, ADA), (BO_TOO, BO)):
        done = door.handle([merging(door, account, into, because=WHY, actor="an")])
        assert isinstance(done[0], Accepted), done
    tell("more ada too", ADA_TOO, said("job-2", employment("1/2"), "2025-10-01"))
    door.handle([unmerging(door, BO_TOO, because="They are two.", actor="an")])
    tell("after bo too", BO_TOO, said("job-2", employment("1/2"), "2025-10-01"))
    assert isinstance(erase(door, GUS, because="At their wish.", actor="an"), Accepted)
    assert isinstance(tell(TOO_LATE, GUS, said("job", None, version=2)), Rejected)
    door.handle(
        [command("held bo", ReachDay(), BO)], delivery=Delivery(parked=(parked(3), parked(4)))
    )
