"""An explanation as a citizen reads it, and as a program does."""

from calendar import month_name
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from ledger.audit.explain import Assessment, Entry, Explanation, LotStory, Ruling
from ledger.domain.calendar import OPEN
from ledger.domain.events import Envelope, LotId
from ledger.domain.lots import Lot
from ledger.domain.quantities import Unit, shown
from ledger.domain.regulation import Conversion, Grant, Mode, Provider
from ops.cli.forms import Json, amount, amounts, fields_of
from ops.cli.words import in_force, moment, number, rounding, sentence, span, steps, words

STANDING: dict[Mode, str] = {
    "open": "can be used",
    "keep": "are kept, without new use",
    "freeze": "are frozen",
    "lapse": "are lost",
    "convert": "are converted into another scheme",
}

AMOUNTS = {
    "available": "available",
    "reserved": "reserved",
    "used": "used",
    "expired": "lapsed",
    "shortfall": "used or held beyond what is due",
}
"""What is told of a lot, and in which words."""


class _Text:
    """The lines of an explanation; sources are numbered in the order in which they are named."""

    def __init__(self, told: Explanation, providers: Mapping[str, str]) -> None:
        self.told = told
        self.providers = providers
        self.sources: list[str] = []
        self.told_before: list[Ruling] = []

    def lines(self) -> list[str]:
        told, scheme = self.told, self.told.scheme
        known = "now" if told.known is None else f"at {moment(told.known)}"
        standing = told.standing
        lines = [
            f"{scheme.names['en']} ({scheme.id}) on {told.on}, as known {known}",
            "",
            f"On that day rights {STANDING[standing.mode]}: {standing.reason}.",
        ]
        lines += [
            f"An authority stopped their use from {stop.since} on: {stop.reason}."
            for stop in told.stops
            if stop.mode == "frozen"
        ]
        for story in told.lots:
            lines += ["", *self.lot(story)]
        for assessed in told.assessed:
            lines += ["", *self.assessed(assessed)]
        if not told.lots and not told.assessed:
            lines += ["", "There is nothing: no period of this scheme was open on that day."]
        if told.next_opens is not None:
            lines += ["", f"The next period that can give rights opens on {told.next_opens}."]
        if scheme.assumptions:
            lines += ["", "What the sources leave open, and what was taken:"]
            lines += [f"- {assumption}" for assumption in scheme.assumptions]
        self.source(scheme.source)
        lines += ["", "Sources:"]
        return lines + [f"[{index}] {source}" for index, source in enumerate(self.sources, 1)]

    def source(self, source: str) -> str:
        """Return the mark of a source, e.g. `[1]`."""
        if source not in self.sources:
            self.sources.append(source)
        return f"[{self.sources.index(source) + 1}]"

    def lot(self, story: LotStory) -> list[str]:
        lot = story.stood.lot
        lines = [
            f"{story.id}: {figures(lot, story.stood.available)}",
            f"  Its term runs {span(lot.term)}; {lot.funder} pays.",
        ]
        if story.lapsed_on is not None:
            lines.append(f"  What was left lapsed on {story.lapsed_on}: {story.lapsed_because}.")
        lines.append("  What happened:")
        for entry in story.entries:
            lines += [f"  {line}" for line in self.entry(entry)]
        for ruling in story.rulings:
            lines += [f"  {line}" for line in self.ruling(ruling)]
        return lines

    def entry(self, entry: Entry) -> list[str]:
        event: Any = entry.envelope.event
        day = _day(entry.envelope)
        counts = "" if f"{event.effective_on}" == day else f", counting from {event.effective_on}"
        lines = [f"- {day}{counts}: {sentence(event, self.told.units, self.providers)}"]
        if entry.basis is not None:
            lines += [f"    {line}" for line in _because(entry.facts, entry.basis.steps)]
        return lines

    def assessed(self, assessed: Assessment) -> list[str]:
        amount = shown(assessed.quantity, self.told.scheme.unit)
        if assessed.quantity:
            why = f"{amount} is due, but not granted yet: the clock has not reached it"
        elif assessed.unmet is not None:
            why = f"nothing is due, because this does not hold: {words(assessed.unmet)}"
        else:
            why = "nothing is due, because the balance is as high as the rule allows"
        worked = [step for step in assessed.steps if step[0] != "unmet"]
        return [
            f"{assessed.lot}, for the period {span(assessed.period)}: {why}.",
            *(f"  {line}" for line in _because(assessed.facts, worked)),
            *(f"  {line}" for line in self.ruling(assessed.ruling)),
        ]

    def ruling(self, ruling: Ruling) -> list[str]:
        match ruling.block:
            case None:
                digest = ruling.named.rpartition("@")[2]
                find = f"git log -S {digest} -- ledger/regulations/digests.txt"
                loaded = f"the one loaded here ({self.told.scheme.digest})"
                return [
                    f"The rule {ruling.named} decided. It is of another text of the regulation",
                    f"  than {loaded}, and not shown; find it by: {find}",
                ]
            case Conversion() as block:
                how = rounding(block.rounding, 1, block.unit)
                return [f"The rule {block.id}: {block.words}, {how} {self.source(block.source)}"]
            case Grant() as block:
                return self.grant(block, ruling)

    def grant(self, block: Grant, ruling: Ruling) -> list[str]:
        if ruling in self.told_before:
            return [f"The rule {block.id}, as above."]
        self.told_before.append(ruling)
        lines = grant_text(block, self.source)
        return lines + [
            f"  {parameter.name} is {number(value.number, parameter.unit)} "
            f"{span(in_force(parameter, value))} {self.source(value.source)}"
            for parameter, value in ruling.numbers
        ]


def grant_text(block: Grant, mark: Callable[[str], str]) -> list[str]:
    """Write a grant block as its file has it; `mark` writes a source."""
    lines = [
        f"The rule {block.id}, for periods that begin {span(block.valid)} {mark(block.source)}",
        f"  gives {block.amount.text}, {_rounded(block)}, to whom all of this holds:",
        *(f"  - {words(name)}: {condition.text}" for name, condition in block.who),
        *(f"  where {name} is {expression.text}" for name, expression in block.lets),
        f"  due {_opening(block)}, {_lasting(block)}",
    ]
    if block.at_most is not None:
        lines.append(f"  until the balance is {block.at_most.text}")
    return lines


def as_text(told: Explanation, providers: Mapping[str, Provider]) -> list[str]:
    """Write an explanation in plain sentences, sources at the end."""
    return _Text(told, {provider.id: provider.name for provider in providers.values()}).lines()


def figures(lot: Lot, available: int) -> str:
    """Write what is left of a lot, and what became of the rest."""
    amounts = {name: getattr(lot, name) for name in AMOUNTS} | {"available": available}
    return ", ".join(
        f"{shown(amounts[name], lot.unit)} {text}"
        for name, text in AMOUNTS.items()
        if amounts[name] or name == "available"
    )


def _because(facts: Iterable[Envelope], named: Sequence[tuple[str, str]]) -> list[str]:
    """Write what a decision relied on: facts as known then, and the values on the way."""
    lines = []
    for envelope in facts:
        event: Any = envelope.event
        said = f"said by {event.source}, known since {_day(envelope)}"
        lines.append(f"because: {sentence(event, {}, {})}; {said}")
    worked = steps(tuple(each for each in named if each[0] not in {"unmet", "because"}))
    lines += [f"worked out: {worked}"] if worked else []
    lines += [f"because: {value}" for name, value in named if name == "because"]
    return lines + [f"not met: {words(value)}" for name, value in named if name == "unmet"]


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
            | {"quantity": amount(each.quantity, scheme.unit), "ruling": _ruling(each.ruling)}
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
        quantity = event.quantity
    told = {"amount": amount(quantity, units[lot]), "sentence": sentence(event, units, {})}
    return told | {"envelope": entry.envelope, "facts": entry.facts}


def _ruling(ruling: Ruling) -> Json:
    """Return a rule; without `block`, another text of its regulation is loaded here."""
    return fields_of(ruling) | {
        "numbers": [
            {"name": parameter.name, "shown": number(value.number, parameter.unit),
             "valid": in_force(parameter, value), "source": value.source}
            for parameter, value in ruling.numbers
        ]
    }  # fmt: skip


def _rounded(block: Grant) -> str:
    return rounding(block.rounding, block.step, cast("Unit", block.amount.type))


def _opening(block: Grant) -> str:
    match block.opening.how:
        case "start":
            return "at the period's start"
        case "first eligible day":
            return "on the first day of the period on which all of it holds"
        case "after":
            return f"on {block.opening.day} {month_name[block.opening.month]} after the period"


def _lasting(block: Grant) -> str:
    if block.lasts_until is None:
        return "for the period"
    return "without end" if block.lasts_until == OPEN else f"until {block.lasts_until}"
