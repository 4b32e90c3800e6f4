"""An explanation as a citizen reads it, and as a program does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from consumers.adapters.assumptions import assumption
from ledger.audit.explain import Assessment, Entry, Explanation, LotStory, Ruling
from ledger.domain.events import Envelope, LotId, StatusRecorded
from ledger.domain.lots import Lot
from ledger.domain.occasions import Grant
from ledger.domain.quantities import Unit, shown
from ledger.domain.regulation import Conversion, Provider
from ledger.domain.wording import number
from ops.cli.decree import STANDING, Sources, grant_text
from ops.cli.forms import Json, amount, amounts, fields_of
from ops.cli.words import in_force, moment, rounding, sentence, span, words

AMOUNTS = {
    "available": "available",
    "reserved": "reserved",
    "used": "used",
    "expired": "lapsed",
    "shortfall": "used or held beyond what is due",
}
"""What is told of a lot, and in which words."""


OTHER_STEPS = ("unmet", "because")
"""Steps that are no values on the way."""


class _Text:
    """The lines of an explanation; sources are numbered in the order in which they are named."""

    def __init__(self, told: Explanation, providers: Mapping[str, str]) -> None:
        self.told = told
        self.providers = providers
        self.source = Sources()
        self.told_before: list[Ruling] = []

    def lines(self) -> Iterator[str]:
        told, scheme = self.told, self.told.scheme
        known = "now" if told.known is None else f"at {moment(told.known)}"
        yield f"{scheme.names['en']} ({scheme.id}) on {told.on}, as known {known}"
        yield from (
            "",
            f"On that day rights {STANDING[told.standing.mode]}: {told.standing.reason}.",
        )
        for stop in told.stops:
            if stop.mode == "frozen":
                yield f"An authority stopped their use from {stop.since} on: {stop.reason}."
        for story in told.lots:
            yield from ("", *self.lot(story))
        for assessed in told.assessed:
            yield from ("", *self.assessed(assessed))
        for ungiven in told.ungiven:
            yield from ("", f"A top-up gives nothing: {ungiven.because}.")
            yield from _indented(2, because([ungiven.said], ()))
        if not told.lots and not told.assessed and not told.ungiven:
            yield from ("", "There is nothing: no period of this scheme was open on that day.")
        if told.next_opens is not None:
            yield from ("", f"The next period that can give rights opens on {told.next_opens}.")
        if scheme.assumptions:
            yield from ("", "What the sources leave open, and what was taken:")
        yield from (f"- {assumption}" for assumption in scheme.assumptions)
        self.source(scheme.source)
        yield from ("", *self.source.lines())

    def lot(self, story: LotStory) -> Iterator[str]:
        lot = story.stood.lot
        yield f"{story.id}: {figures(lot, story.stood.available)}"
        yield f"  Its term runs {span(lot.term)}; {lot.funder} pays."
        if story.lapsed_on is not None:
            yield f"  What was left lapsed on {story.lapsed_on}: {story.lapsed_because}."
        yield "  What happened:"
        for entry in story.entries:
            event: Any = entry.envelope.event
            day = _day(entry.envelope)
            counts = (
                "" if f"{event.effective_on}" == day else f", counting from {event.effective_on}"
            )
            yield f"  - {day}{counts}: {sentence(event, self.told.units, self.providers)}"
            if entry.basis is not None:
                yield from _indented(6, because(entry.facts, entry.basis.steps))
        for ruling in story.rulings:
            yield from _indented(2, self.ruling(ruling))

    def assessed(self, assessed: Assessment) -> Iterator[str]:
        if assessed.quantity:
            amount = shown(assessed.quantity, self.told.scheme.unit)
            why = f"{amount} is due, but not granted yet: the clock has not reached it"
        elif assessed.unmet is not None:
            why = f"nothing is due, because this does not hold: {words(assessed.unmet)}"
        else:
            why = "nothing is due, because the balance is as high as the rule allows"
        yield f"{assessed.lot}, for the period {span(assessed.period)}: {why}."
        worked = [step for step in assessed.steps if step[0] != "unmet"]
        yield from _indented(2, because(assessed.facts, worked))
        yield from _indented(2, self.ruling(assessed.ruling))

    def ruling(self, ruling: Ruling) -> Iterator[str]:
        match ruling.block:
            case None:
                digest = ruling.named.rpartition("@")[2]
                find = f"git log -S {digest} -- ledger/regulations/digests.txt"
                loaded = f"the one loaded here ({self.told.scheme.digest})"
                yield f"The rule {ruling.named} decided. It is of another text of the regulation"
                yield f"  than {loaded}, and not shown; find it by: {find}"
            case Conversion() as block:
                how = rounding(block.rounding, 1, block.unit)
                yield f"The rule {block.id}: {block.words}, {how} {self.source(block.source)}"
            case Grant() as block if ruling in self.told_before:
                yield f"The rule {block.id}, as above."
            case Grant() as block:
                self.told_before.append(ruling)
                yield from grant_text(block, self.source)
                for parameter, value in ruling.numbers:
                    amount = number(value.number, parameter.unit)
                    when = span(in_force(parameter, value))
                    yield f"  {parameter.name} is {amount} {when} {self.source(value.source)}"


def as_text(told: Explanation, providers: Mapping[str, Provider]) -> Iterator[str]:
    """Write an explanation in plain sentences, sources at the end."""
    return _Text(told, {provider.id: provider.name for provider in providers.values()}).lines()


def _indented(columns: int, lines: Iterable[str]) -> Iterator[str]:
    return (f"{' ' * columns}{line}" for line in lines)


def figures(lot: Lot, available: int) -> str:
    """Write what is left of a lot, and what became of the rest."""
    amounts = {name: getattr(lot, name) for name in AMOUNTS} | {"available": available}
    return ", ".join(
        f"{shown(amounts[name], lot.unit)} {text}"
        for name, text in AMOUNTS.items()
        if amounts[name] or name == "available"
    )


def because(facts: Iterable[Envelope], steps: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Write what a decision relied on: facts as known then, and the values on the way."""
    for envelope in facts:
        event: Any = envelope.event
        said = f"said by {event.source}, known since {_day(envelope)}"
        yield f"because: {sentence(event, {}, {})}; {said}"
        yield from (f"assumed: {text}" for text in _assumed([envelope]))
    worked = [f"{words(name)} = {value}" for name, value in steps if name not in OTHER_STEPS]
    if worked:
        yield f"worked out: {', '.join(worked)}"
    yield from (f"because: {value}" for name, value in steps if name == "because")
    yield from (f"not met: {words(value)}" for name, value in steps if name == "unmet")


def _day(envelope: Envelope) -> str:
    return moment(envelope.metadata.recorded_at)[:10]


def as_data(told: Explanation) -> Json:
    """Return an explanation for programs."""
    scheme = told.scheme
    head = ("id", "unit", "funder", "names", "digest", "source", "assumptions")
    return fields_of(told) | {
        "scheme": {name: getattr(scheme, name) for name in head},
        "lots": [
            amounts(story.stood.lot)
            | {
                "available": amount(story.stood.available, story.stood.lot.unit),
                "entries": [_entry(entry, story.id, told.units) for entry in story.entries],
                "rulings": [_ruling(ruling) for ruling in story.rulings],
                "lapsed_on": story.lapsed_on,
                "lapsed_because": story.lapsed_because,
            }
            for story in told.lots
        ],
        "assessed": [
            fields_of(each)
            | {
                "quantity": amount(each.quantity, scheme.unit),
                "ruling": _ruling(each.ruling),
                "assumed": _assumed(each.facts),
            }
            for each in told.assessed
        ],
    }


def _entry(entry: Entry, lot: LotId, units: Mapping[LotId, Unit]) -> Json:
    event: Any = entry.envelope.event
    if hasattr(event, "allocation"):
        quantity = dict(event.allocation)[lot]
    elif hasattr(event, "from_lot"):
        quantity = event.quantity_in if event.lot == lot else event.quantity_out
    else:
        quantity = getattr(event, "quantity", 0)  # a correction of the term moves nothing
    told = {"amount": amount(quantity, units[lot]), "sentence": sentence(event, units, {})}
    return told | {
        "envelope": entry.envelope,
        "facts": entry.facts,
        "assumed": _assumed(entry.facts),
    }


def _assumed(facts: Iterable[Envelope]) -> list[str]:
    """Return what was assumed in some facts, each thing once."""
    said = [each.event.fact for each in facts if isinstance(each.event, StatusRecorded)]
    return sorted({text for fact in said if (text := assumption(fact))})


def _ruling(ruling: Ruling) -> Json:
    """Return a rule; without `block`, another text of its regulation is loaded here."""
    return fields_of(ruling) | {
        "numbers": [
            {"name": parameter.name, "shown": number(value.number, parameter.unit),
             "valid": in_force(parameter, value), "source": value.source}
            for parameter, value in ruling.numbers
        ]
    }  # fmt: skip
