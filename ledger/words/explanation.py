"""An explanation as a citizen reads it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ledger.audit.explain import Assessment, Explanation, LotExplanation, LotStory, Ruling
from ledger.domain.calendar import ALWAYS
from ledger.domain.events import Envelope, FactEvent, StatusRecorded
from ledger.domain.lots import Lot
from ledger.domain.occasions import Grant
from ledger.domain.portability import Conversion
from ledger.domain.rulebook import Registered
from ledger.words.assumptions import assumption
from ledger.words.decree import Sources, grant_text
from ledger.words.language import ENGLISH, Language
from ledger.words.sentences import in_force, rounding, sentence

FIGURES = ("available", "reserved", "used", "expired", "shortfall")
"""What is told of a lot."""


OTHER_STEPS = ("unmet", "because")
"""Steps that are no values on the way."""


class _Text:
    """The lines of an explanation; sources are numbered in the order in which they are named."""

    def __init__(
        self,
        told: Explanation | LotExplanation,
        providers: Mapping[str, Registered],
        say: Language,
        told_before: list[Ruling] | None = None,
    ) -> None:
        self.scheme = told.scheme
        self.say = say.of(told.scheme)
        names = {provider.id: provider.name for provider in providers.values()}
        self.sentence = partial(sentence, units=told.units, providers=names, say=self.say)
        self.source = Sources(self.say)
        self.told_before = [] if told_before is None else told_before

    def lines(self, told: Explanation) -> Iterator[str]:
        scheme, say = self.scheme, self.say
        known = say("known-now")
        if told.known is not None:
            known = say("known-at", moment=say.moment(told.known))
        name, day = scheme.names[say.code], say.day(told.on)
        yield say("title", name=name, scheme=scheme.id, day=day, known=known)
        standing = say(f"standing-{told.standing.mode}")
        yield from ("", say("standing", standing=standing, reason=say.text(told.standing.reason)))
        for stop in told.stops:
            if stop.mode == "frozen":
                reason = say.known(stop.reason) or stop.reason
                yield say("stop-frozen", day=say.day(stop.since), reason=reason)
        for story in told.lots:
            yield from ("", *self.lot(story))
        for assessed in told.assessed:
            yield from ("", *self.assessed(assessed))
        for ungiven in told.ungiven:
            yield from ("", say("ungiven", because=say.text(ungiven.because)))
            yield from _indented(2, because([ungiven.said], (), say))
        if not told.lots and not told.assessed and not told.ungiven:
            yield from ("", say("no-period"))
        if told.next_opens is not None:
            yield from ("", say("next-opens", day=say.day(told.next_opens)))
        if scheme.assumptions:
            yield from ("", say("left-open"))
        yield from (f"- {say.text(assumption)}" for assumption in scheme.assumptions)
        self.source(scheme.source)
        yield from ("", *self.source.lines())

    def lot(self, story: LotStory) -> Iterator[str]:
        lot, say = story.stood.lot, self.say
        rulings = {each.named: each for each in story.rulings}
        yield say("item", name=story.id, said=figures(lot, story.stood.available, say))
        yield f"  {say('term', span=say.span(lot.term), funder=lot.funder)}"
        if story.lapsed_on is not None:
            reason = say.text(story.lapsed_because)
            yield f"  {say('lapsed', day=say.day(story.lapsed_on), reason=reason)}"
        yield f"  {say('happened')}"
        for entry in story.entries:
            event: Any = entry.envelope.event
            day, counts = _day(entry.envelope, say), say.day(event.effective_on)
            counting = "" if counts == day else f", {say('counting', day=counts)}"
            yield f"  - {say('item', name=day + counting, said=self.sentence(event))}"
            if entry.basis is not None:
                yield from _indented(6, because(entry.facts, entry.basis.steps, say))
                yield from _indented(6, [self.cited(rulings[entry.basis.rule])])
        for ruling in story.rulings:
            yield from _indented(2, self.ruling(ruling))

    def assessed(self, assessed: Assessment) -> Iterator[str]:
        say = self.say
        if assessed.quantity:
            due = say.amount(assessed.quantity, self.scheme.unit)
            why = say("due-later", amount=due)
        elif assessed.unmet is not None:
            why = say("due-nothing", condition=say.text(assessed.unmet))
        else:
            why = say("due-capped")
        yield say("assessed", lot=assessed.lot, span=say.span(assessed.period), why=why)
        worked = [step for step in assessed.steps if step[0] != "unmet"]
        yield from _indented(2, because(assessed.facts, worked, say))
        yield from _indented(2, [self.cited(assessed.ruling)])
        yield from _indented(2, self.ruling(assessed.ruling))

    def cited(self, ruling: Ruling) -> str:
        """Cite the rule of one step: its name, the version of the text, validity and source."""
        say, (rule, _, digest) = self.say, ruling.named.partition("@")
        if ruling.block is None:
            return say("by-rule-elsewhere", rule=rule, digest=digest)
        mark = self.source(ruling.block.source)
        if ruling.block.valid == ALWAYS:
            return say("by-rule-always", rule=rule, digest=digest, mark=mark)
        span = say.span(ruling.block.valid)
        return say("by-rule", rule=rule, digest=digest, span=span, mark=mark)

    def published(self, ruling: Ruling) -> Iterator[str]:
        text, say = ruling.published, self.say
        if text is not None:
            day, position = say.day_of(text.published_at), str(text.position)
            yield f"  {say('other-text-published', day=day, by=text.by, position=position)}"

    def ruling(self, ruling: Ruling) -> Iterator[str]:
        say, before = self.say, [*self.told_before]
        match ruling.block:
            case None:
                yield say("other-text", rule=ruling.named)
                digest, loaded = ruling.named.rpartition("@")[2], self.scheme.digest
                command = f"git log -S {digest} -- ledger/regulations/digests.txt"
                text = ruling.published
                if text is not None:
                    command = f"rugzak regulations show {text.scheme} --published {digest}"
                yield f"  {say('other-text-find', digest=loaded, command=command)}"
                yield from self.published(ruling)
            case Conversion() as block:
                yield conversion_text(block, self.source, say)
            case Grant() as block if ruling in self.told_before:
                yield say("as-above", rule=block.id)
            case Grant() as block:
                self.told_before.append(ruling)
                numbers = {
                    parameter.name: say.number(value.number, parameter.unit)
                    for parameter, value in ruling.numbers
                }
                yield from grant_text(block, self.source, numbers, say)
                for parameter, value in ruling.numbers:
                    yield "  " + say(
                        "number",
                        name=say.text(parameter.name),
                        amount=numbers[parameter.name],
                        span=say.span(in_force(parameter, value)),
                        mark=self.source(value.source),
                    )
        if ruling.earlier and ruling not in before:
            yield f"  {of_then(ruling, self.scheme.digest, say)}"
            yield from self.published(ruling)


def of_then(ruling: Ruling, loaded: str, say: Language) -> str:
    """Say that a rule is of the text by which it decided, and not of the one that decides now."""
    digest = ruling.named.rpartition("@")[2]
    return say("text-of-then", digest=digest, loaded=loaded)


def conversion_text(block: Conversion, mark: Callable[[str], str], say: Language) -> str:
    """Write how rights are converted; `mark` writes a source."""
    return say(
        "conversion-rule",
        rule=block.id,
        rate=say.text(block.words),
        rounding=rounding(block.rounding, 1, block.unit, say),
        mark=mark(block.source),
    )


def as_text(
    told: Explanation, providers: Mapping[str, Registered], say: Language = ENGLISH
) -> Iterator[str]:
    """Write an explanation in plain sentences, sources at the end."""
    return _Text(told, providers, say).lines(told)


def lot_as_text(
    told: LotExplanation,
    providers: Mapping[str, Registered],
    told_before: list[Ruling],
    say: Language = ENGLISH,
) -> Iterator[str]:
    """Write one lot's explanation in plain sentences, sources at the end.

    Rules that were `told_before` are only named; those that are told are added to them.
    """
    text = _Text(told, providers, say, told_before)
    yield from text.lot(told.story)
    if text.source.named:
        yield from text.source.lines()


def _indented(columns: int, lines: Iterable[str]) -> Iterator[str]:
    return (f"{' ' * columns}{line}" for line in lines)


def figures(lot: Lot, available: int, say: Language = ENGLISH) -> str:
    """Write what is left of a lot, and what became of the rest."""
    held = {name: getattr(lot, name) for name in FIGURES} | {"available": available}
    return ", ".join(
        say(f"figure-{name}", amount=say.amount(held[name], lot.unit))
        for name in FIGURES
        if held[name] or name == "available"
    )


def because(
    facts: Iterable[Envelope], steps: Sequence[tuple[str, str]], say: Language = ENGLISH
) -> Iterator[str]:
    """Write what a decision relied on: facts as known then, and the values on the way."""
    for envelope in facts:
        event: Any = envelope.event
        fact, since = sentence(event, {}, {}, say), _day(envelope, say)
        if isinstance(event, FactEvent):
            yield say("because-fact", fact=fact, source=event.source, day=since)
        else:  # what an operator decided about accounts
            yield say("because-decided", what=fact, day=since)
        yield from (say("assumed", text=say.text(text)) for text in assumed([envelope]))
    worked = [
        f"{say.text(name)} = {say.figures(value)}"
        for name, value in steps
        if name not in OTHER_STEPS
    ]
    if worked:
        yield say("worked-out", steps=", ".join(worked))
    yield from (
        say("because", reason=say.text(value)) for name, value in steps if name == "because"
    )
    yield from (
        say("not-met", condition=say.text(value)) for name, value in steps if name == "unmet"
    )


def _day(envelope: Envelope, say: Language) -> str:
    return say.day_of(envelope.metadata.recorded_at)


def assumed(facts: Iterable[Envelope]) -> list[str]:
    """Return what was assumed in some facts, each thing once."""
    said = [each.event.fact for each in facts if isinstance(each.event, StatusRecorded)]
    return sorted({text for fact in said if (text := assumption(fact))})
