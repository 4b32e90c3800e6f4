"""Explain: which facts, rules and steps gave a person each lot, or why there is nothing (law 7).

A pure function of one account's envelopes and the rulebook. Both times are named, as in
`ledger.audit.asof`. A rule's text is shown only when it is the one that decided: a basis names
the digest of its regulation, and another content under the same name is not taken for it. One that
is not loaded any more is read from where it is kept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from ledger.audit.asof import LotAsOf, as_of, known_by
from ledger.domain import events as e
from ledger.domain.account import Account
from ledger.domain.calendar import Term, plus_months
from ledger.domain.dues import Steps, assess
from ledger.domain.evolve import fold
from ledger.domain.lots import touched
from ledger.domain.occasions import Grant, Occasion
from ledger.domain.portability import Conversion, Standing
from ledger.domain.quantities import Unit
from ledger.domain.regulation import Parameter, Scheme, Value
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import TERM_OVER
from ledger.service.published import Publication

NEXT_MONTHS = 24
"""How far ahead the next period of a scheme is looked for."""


Earlier: TypeAlias = Callable[[str], Scheme | None]
"""Returns the scheme as a text of another digest than the loaded ones has it; None without one."""


def no_other(digest: str) -> None:
    """Know no text but the loaded ones."""
    del digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """What stopped new use: `keep` or `freeze` by a rule, `frozen` by an authority."""

    mode: Literal["keep", "freeze", "frozen"]
    since: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A rule as a basis names it.

    Attributes:
        named: `block@digest of the regulation`.
        block: its content; None when no text of that digest can be read.
        numbers: parameters that the block reads, with the value that held for the period.
        published: how the log holds the regulation's text; None when it does not.
        earlier: whether the text is not the loaded one, and was read from where it is kept.

    """

    named: str
    block: Grant | Conversion | None
    numbers: tuple[tuple[Parameter, Value], ...] = ()
    published: Publication | None = None
    earlier: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event of a lot, and the facts relied on, in the version that was known then."""

    envelope: e.Envelope
    basis: e.Basis | None
    facts: tuple[e.Envelope, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotStory:
    """A lot as it stood on the day, and how it came to that.

    Attributes:
        lapsed_on: the day on which what is left of it lapsed; None when nothing did.
        lapsed_because: `` when nothing did.
        rulings: the rules that its entries name, each once.

    """

    id: e.LotId
    stood: LotAsOf
    entries: tuple[Entry, ...]
    rulings: tuple[Ruling, ...]
    lapsed_on: date | None
    lapsed_because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A period assessed anew, by the facts that were known.

    Attributes:
        lot: what it gives, or would have given.
        quantity: what is due; above 0 when the clock has not granted it yet.
        unmet: the name of the first condition that does not hold; None when all hold, so that a
            quantity of 0 says that the cap on the balance leaves no room.
        condition: that condition's expression, `` without one.

    """

    lot: e.LotId
    period: Term
    quantity: int
    unmet: str | None
    condition: str
    steps: Steps
    facts: tuple[e.Envelope, ...]
    ruling: Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Ungiven:
    """A top-up that no rule gives, and why."""

    said: e.Envelope
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a person had of one scheme on a day, as known at an instant, and why.

    Attributes:
        assessed: periods open on the day that give nothing, or whose right is not granted yet.
        ungiven: top-ups of the scheme that none of its rules gives, and those of no scheme at all.
        standing: what the portability rule makes of the statuses of the day.
        standing_since: since when, without a break.
        stops: restrictions and freezes on record, in force on the day.
        units: of every lot of the person, of other schemes too.
        next_opens: the first day after `on` on which a period of the scheme can give rights.

    """

    scheme: Scheme
    on: date
    known: datetime | None
    lots: tuple[LotStory, ...]
    assessed: tuple[Assessment, ...]
    ungiven: tuple[Ungiven, ...]
    standing: Standing
    standing_since: date
    stops: tuple[Stop, ...]
    units: Mapping[e.LotId, Unit]
    next_opens: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotExplanation:
    """One lot, and why; the attributes are those of an `Explanation`."""

    scheme: Scheme
    story: LotStory
    standing: Standing
    standing_since: date
    units: Mapping[e.LotId, Unit]


def explain(
    envelopes: Iterable[e.Envelope],
    rulebook: Rulebook,
    scheme: Scheme,
    on: date,
    known: datetime | None = None,
    published: Sequence[Publication] = (),
    earlier: Earlier = no_other,
    account: Account | None = None,
) -> Explanation:
    """Explain one scheme's lots from one account's events, recorded by `known` if it is given.

    What was `published` tells of the texts that are not loaded any more; `earlier` reads them;
    `account` is what these events fold into, if that is at hand.
    """
    seen = known_by(envelopes, known)
    account = fold(seen) if account is None else account
    person = account.person()
    lots = as_of(seen, on)
    ahead, of_lots = scheme.occasions(on, plus_months(on, NEXT_MONTHS)), _by_lot(seen, on)
    return Explanation(
        scheme=scheme,
        on=on,
        known=known,
        lots=tuple(
            _story(id_, stood, of_lots[id_], seen, rulebook, published, earlier)
            for id_, stood in lots.items()
            if stood.lot.scheme == scheme.id
        ),
        assessed=tuple(assessed(scheme, account, seen, on)),
        ungiven=tuple(_ungiven(scheme, account, seen, rulebook)),
        standing=scheme.standing(person, on),
        standing_since=scheme.standing_since(person, on),
        stops=stops_on(seen, scheme.id, on),
        units={lot.id: lot.unit for lot in account.lots.values()},
        next_opens=ahead[0].opens if ahead else None,
    )


def explain_lot(
    envelopes: Iterable[e.Envelope],
    rulebook: Rulebook,
    lot: e.LotId,
    on: date,
    earlier: Earlier = no_other,
    account: Account | None = None,
) -> LotExplanation:
    """Explain one lot that had begun by a day, without what else its scheme might give.

    Raises:
        KeyError: there was no such lot then.

    """
    seen = list(envelopes)
    account, stood = fold(seen) if account is None else account, as_of(seen, on)[lot]
    person, scheme = account.person(), rulebook.schemes[stood.lot.scheme]
    return LotExplanation(
        scheme=scheme,
        story=_story(lot, stood, _by_lot(seen, on)[lot], seen, rulebook, (), earlier),
        standing=scheme.standing(person, on),
        standing_since=scheme.standing_since(person, on),
        units={each.id: each.unit for each in account.lots.values()},
    )


def stops_on(envelopes: Iterable[e.Envelope], scheme: str, on: date) -> tuple[Stop, ...]:
    """Return what stopped new use of a scheme on a day."""
    stops: dict[str, Stop] = {}
    for event in (each.event for each in envelopes if _effective_on(each.event) <= on):
        match event:
            case e.RightRestricted() if event.scheme == scheme:
                stops["rule"] = Stop(mode=event.mode, since=event.effective_on, reason=event.reason)
            case e.RestrictionLifted() if event.scheme == scheme:
                stops.pop("rule", None)
            case e.RightsFrozen() if event.scheme in {scheme, ""}:
                stop = Stop(mode="frozen", since=event.effective_on, reason=event.reason)
                stops[f"frozen {event.scheme}"] = stop
            case e.RightsUnfrozen():
                stops.pop(f"frozen {event.scheme}", None)
    return tuple(stops.values())


def _story(
    id_: e.LotId,
    stood: LotAsOf,
    of_it: Sequence[e.Envelope],
    seen: Sequence[e.Envelope],
    rulebook: Rulebook,
    published: Sequence[Publication],
    earlier: Earlier,
) -> LotStory:
    entries = [entry_of(each, seen) for each in of_it]
    rulings: dict[str, Ruling] = {}
    for entry in entries:
        if entry.basis is not None and entry.basis.rule not in rulings:
            rule, event = entry.basis.rule, entry.envelope.event
            rulings[rule] = _ruling(rule, event, rulebook, published, earlier)
    lapsed_on, because = None, ""
    if stood.lot.expired:
        lapsed_on, because = stood.lot.term.until, TERM_OVER
        for entry in entries:
            if isinstance(entry.envelope.event, e.RightExpired):
                lapsed_on, because = entry.envelope.event.effective_on, entry.envelope.event.reason
    return LotStory(
        id=id_,
        stood=stood,
        entries=tuple(entries),
        rulings=tuple(rulings.values()),
        lapsed_on=lapsed_on,
        lapsed_because=because,
    )


def _by_lot(seen: Iterable[e.Envelope], on: date) -> dict[e.LotId, list[e.Envelope]]:
    """Return by lot the events of it that count by a day."""
    found: dict[e.LotId, list[e.Envelope]] = {}
    for each in seen:
        lots = dict.fromkeys(touched(each.event))
        if lots and _effective_on(each.event) <= on:
            for lot in lots:
                found.setdefault(lot, []).append(each)
    return found


def entry_of(envelope: e.Envelope, seen: Sequence[e.Envelope]) -> Entry:
    """Return an event with what it relied on, among an account's envelopes from its first one."""
    basis: e.Basis | None = getattr(envelope.event, "basis", None)
    return Entry(envelope=envelope, basis=basis, facts=_at(basis.facts if basis else (), seen))


def _at(versions: Iterable[int], seen: Sequence[e.Envelope]) -> tuple[e.Envelope, ...]:
    """Return the account's envelopes of some versions; they have no gaps, from 1."""
    return tuple(seen[version - 1] for version in versions)


def _effective_on(event: e.Event) -> date:
    """Return since when it counts; events of lots all say so."""
    day: date = getattr(event, "effective_on", date.max)
    return day


def _ruling(
    named: str,
    event: e.Event,
    rulebook: Rulebook,
    published: Sequence[Publication],
    earlier: Earlier,
) -> Ruling:
    """Find the rule, and the period of it that an event of its lot is about."""
    digest = named.rpartition("@")[2]
    text = next((each for each in published if each.digest == digest), None)
    loaded = next((each for each in rulebook.schemes.values() if each.digest == digest), None)
    scheme = earlier(digest) if loaded is None else loaded
    block = None if scheme is None else scheme.rule(named)
    numbers: tuple[tuple[Parameter, Value], ...] = ()
    if scheme is not None and isinstance(block, Grant):
        about = (
            each
            for each in scheme.occasions(date.min, _effective_on(event))
            if each.grant is block and each.lot in touched(event)
        )
        numbers = _numbers(scheme, next(about, None), _effective_on(event))
    of_then = loaded is None and block is not None
    return Ruling(named=named, block=block, numbers=numbers, published=text, earlier=of_then)


def _numbers(
    scheme: Scheme, occasion: Occasion | None, on: date
) -> tuple[tuple[Parameter, Value], ...]:
    """Return the parameters that a block reads for a grant of a day, as they were for it."""
    if occasion is None:
        return ()
    grant = occasion.grant
    expressions = [*(each for _, each in (*grant.lets, *grant.who)), grant.amount]
    if grant.at_most is not None:
        expressions.append(grant.at_most)
    read = {name for expression in expressions for name in expression.names} | {grant.number}
    day = occasion.numbers_day(on)
    found: list[tuple[Parameter, Value]] = []
    for name in scheme.parameters.keys() & read:
        parameter = scheme.parameters[name]
        values = [value for value in parameter.values if value.since <= day]
        if values:
            found.append((parameter, values[-1]))
    return tuple(sorted(found, key=lambda each: each[0].name))


def _ungiven(
    scheme: Scheme, account: Account, seen: Sequence[e.Envelope], rulebook: Rulebook
) -> Iterator[Ungiven]:
    """Find what funders said that gives nothing, so that it is seen where somebody looks."""
    given = {each.topped_up.id for each in scheme.topped_up(account.career) if each.topped_up}
    for id_, said in account.career.top_ups:
        if said.scheme not in rulebook.schemes:
            because = f"there is no scheme {said.scheme!r}"
        elif said.scheme == scheme.id and id_ not in given:
            blocks = [each for each in scheme.grants if each.of == "top-up"]
            known = sorted({each.bucket for each in blocks if said.term.since in each.valid})
            because = f"no rule of {scheme.id} gives {said.bucket!r} from {said.term.since} on; "
            because += f"there is: {', '.join(known) or 'none'}"
        else:
            continue
        (envelope,) = _at([account.facts[id_].event], seen)
        yield Ungiven(said=envelope, because=because)


def assessed(
    scheme: Scheme, account: Account, seen: Sequence[e.Envelope], on: date
) -> Iterator[Assessment]:
    """Assess anew, with the facts as known, the newest period of each bucket that the day is in."""
    newest = {
        each.grant.bucket: each
        for each in scheme.occasions(date.min, on)
        if on in each.term(each.opens)
    }
    topped_up = [each for each in scheme.topped_up(account.career) if on in each.period]
    occasions = {each.lot: each for each in (*newest.values(), *topped_up)}
    dues = assess(scheme, account.person(), on, held=occasions.keys())
    for due in sorted(dues, key=lambda each: each.lot):
        occasion = occasions.get(due.lot)
        if occasion is None or (due.quantity and due.lot in account.lots):
            continue
        if due.grant.of == "change" and not due.amount:
            continue  # nothing was left that could grow
        unmet, conditions = due.judged.unmet, dict(due.grant.who)
        yield Assessment(
            lot=due.lot,
            period=occasion.period,
            quantity=due.quantity,
            unmet=unmet,
            condition=conditions[unmet].text if unmet in conditions else "",
            steps=due.steps,
            facts=_at(sorted(account.facts[id_].event for id_ in due.facts), seen),
            ruling=Ruling(
                named=due.rule,
                block=due.grant,
                numbers=_numbers(scheme, occasion, due.effective_on),
            ),
        )
