"""The independent checker: its own code, which reads topics and tables, and nothing of the product.

Each check reads the evidence and yields findings; none means that it holds.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from tests.chaos import incoming, outgoing, people
from tests.chaos.evidence import Evidence, Finding

Check: TypeAlias = Callable[[Evidence], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    incoming.every_record_has_one_outcome,
    incoming.nothing_has_an_outcome_that_never_came,
    incoming.every_partition_is_read_to_its_end,
    incoming.positions_never_go_back,
    incoming.positions_and_outcomes_move_together,
    people.every_account_is_whole,
    people.every_account_is_as_the_messages_say,
    people.every_account_is_as_without_faults,
    outgoing.every_read_model_is_as_the_log_says,
    outgoing.every_event_goes_out_in_its_order,
    outgoing.every_balance_that_goes_out_is_the_last,
    outgoing.every_message_is_answered_once,
    outgoing.what_is_parked_is_told_of_and_nothing_else,
)


def check(evidence: Evidence, checks: Sequence[Check] = CHECKS) -> dict[str, list[Finding]]:
    """Return what each check found."""
    return {each.__name__.replace("_", " "): list(each(evidence)) for each in checks}
