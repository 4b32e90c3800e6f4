"""What of a regulation is in force on a day."""

from dataclasses import replace
from datetime import date

from ledger.domain.regulation import Scheme


def in_force(scheme: Scheme, on: date) -> Scheme:
    """Return a scheme with only what is in force on a day."""
    numbers = {
        name: replace(each, values=tuple(v for v in each.values if v.since <= on)[-1:])
        for name, each in scheme.parameters.items()
    }
    at_end, orders = scheme.at_end, scheme.taking.orders
    return replace(
        scheme,
        parameters=numbers,
        grants=tuple(each for each in scheme.grants if on in each.valid),
        taking=replace(
            scheme.taking, orders=tuple(each for each in orders if each.since <= on)[-1:]
        ),
        conversions=tuple(each for each in scheme.conversions if on in each.valid),
        shared=tuple(scheme.limits(on)),
        at_end=at_end if at_end and on in at_end.valid else None,
    )
