"""Any value that the domain's types allow, for property tests."""

from datetime import UTC
from typing import Any

from hypothesis import strategies as st

from ledger.domain.account import Account
from ledger.domain.calendar import Term
from ledger.domain.events import Envelope, Event, Metadata

INTEGERS = st.integers(-(2**63), 2**63 - 1)
"""What JSON numbers hold everywhere; quantities are bounded far below at the border."""

INSTANTS = st.datetimes(timezones=st.just(UTC))

terms = st.lists(st.dates(), min_size=2, max_size=2, unique=True).map(
    lambda two: Term(*sorted(two))
)

st.register_type_strategy(int, INTEGERS)
st.register_type_strategy(Term, terms)

events: st.SearchStrategy[Event] = st.from_type(Event)  # type: ignore[arg-type]
accounts = st.builds(Account, recorded_at=INSTANTS)
metadata = st.builds(Metadata, recorded_at=INSTANTS)
envelopes = st.builds(
    Envelope,
    account=st.uuids(),
    version=st.integers(1, 2**62),
    event=events,
    metadata=metadata,
    position=st.none(),
)

json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("kind"), inner),
    max_leaves=6,
)
