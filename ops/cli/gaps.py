"""An operator's word that partitions go on without records that are gone."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ops.cli.output import Exit, Problem, console

if TYPE_CHECKING:
    from ledger.service.ports import Gap
    from ledger.store.postgres import PostgresStore
    from ops.settings import Settings
    from ops.wiring import Servers


def accept_gaps(
    settings: "Settings",
    where: "Servers",
    store: "PostgresStore",
    names: Iterable[str],
    by: str,
    because: str,
) -> None:
    """Accept the gaps of topics, or of partitions as `topic/number`; say what each lets go."""
    from consumers.gaps import accept, now
    from ledger.service.outcomes import Rejected
    from ledger.service.ports import Fenced
    from ops.ledger_wiring import open_door

    chosen = now(
        _chosen(store.gaps(), names), settings.kafka_client_config(where.bootstrap_servers)
    )
    door = open_door(store)
    for gap in chosen:
        try:
            outcome = accept(door, gap, by=by, because=because)
        except Fenced:
            console.print(f"{gap.topic}/{gap.partition} is read on already", markup=False)
            continue
        if isinstance(outcome, Rejected):
            raise Problem(outcome.rejection.detail, Exit.FINDINGS)
        store.forget_gap(gap.topic_id, gap.partition)
        console.print(f"accepted by {by}: {gap}", markup=False)


def _chosen(gaps: "Sequence[Gap]", names: Iterable[str]) -> "list[Gap]":
    found = []
    for name in names:
        some = [g for g in gaps if name in (g.topic, f"{g.topic}/{g.partition}")]
        if not some:
            known = ", ".join(f"{g.topic}/{g.partition}" for g in gaps) or "there is none"
            raise Problem(f"no gap is known in {name}; known: {known}", Exit.FINDINGS)
        found += [gap for gap in some if gap not in found]
    return found
