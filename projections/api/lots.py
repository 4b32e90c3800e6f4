"""Routes: one lot, with its explanation: what gave it, by which rule, and what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from fastapi import Path, Query, Request, Response, Security
from starlette.concurrency import run_in_threadpool

from ledger.audit.explain import Entry, LotExplanation, Ruling
from ledger.audit.held import Held, day_asked
from ledger.domain.events import Envelope, FactEvent, LotId
from ledger.domain.occasions import Grant
from ledger.store.catalogue import BY_CLASS
from ledger.words.decree import grant_text
from ledger.words.explanation import OTHER_STEPS, assumed, conversion_text, figures, of_then
from ledger.words.language import Language
from ledger.words.sentences import in_force, sentence
from ledger.words.texts import Text
from projections.api.asking import (
    Account,
    After,
    AtDesk,
    Desk,
    Purpose,
    Story,
    asked_by,
    seen_by,
    story_of,
    told,
)
from projections.api.balances import balance_of, lot_on_day
from projections.api.caller import Caller
from projections.api.languages import Speaks
from projections.api.problems import NOT_FOUND, Refused
from projections.api.routing import planned
from projections.api.schemes import period
from schemas.api_v1 import lots as wire
from schemas.api_v1.rights import BalancesQuestion, LotOnDay

router = planned(tags=["lots"])

MAX_LOT_CHARACTERS: Final = 300

ReadsExplanations: TypeAlias = Annotated[Caller, Security(asked_by, scopes=["explanations:read"])]

LotName: TypeAlias = Annotated[
    str,
    Path(
        alias="lotId",
        max_length=MAX_LOT_CHARACTERS,
        pattern="^[!-~]+$",
        description="As balances name it, such as be-vlg/vov/2025-26.",
    ),
]


@router.get(
    "/accounts/{accountId}/lots/{lotId:path}",
    operation_id="getLot",
    summary="One lot of a person on a day, and how it came to that",
    response_model=wire.LotExplained,
)
async def lot(
    request: Request,
    desk: AtDesk,
    caller: ReadsExplanations,
    account: Account,
    named: LotName,
    asked: Annotated[BalancesQuestion, Query()],
    say: Speaks,
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    after: After = None,
) -> Response:
    """Tell a lot's facts, rules with their sources, and each movement, in the language asked for.

    It repeats facts about the person, such as jobs, so it has a scope of its own.
    """
    on = day_asked(asked.on, asked.known_at, desk.clock.now().today)
    looked_for = await seen_by(desk, caller, account)
    story = await story_of(desk, after, looked_for, asked.known_at)
    account = caller.led(account, story.account)
    body = await run_in_threadpool(_explained, desk, account, story, named, on, asked.known_at, say)
    return told(request, body, story.position, say)


def _explained(
    desk: Desk,
    account: UUID,
    story: Story,
    named: str,
    on: date,
    known_at: datetime | None,
    say: Language,
) -> wire.LotExplained:
    seen = desk.seen(story.envelopes, known_at)
    held = _found(desk, account, named, seen.held(on))
    if held is None:
        raise Refused(NOT_FOUND, Text("api-no-lot", day=on))
    explained = seen.lot_explained(held.lot.id, on)
    scheme, found = explained.scheme, explained.story
    telling = _Telling(desk, account, explained, say.of(scheme))
    return wire.LotExplained(
        person=account,
        on=on,
        position=story.position,
        scheme_name=scheme.names[say.code],
        lot=LotOnDay.model_validate(lot_on_day(balance_of(account, held), desk, say)),
        summary=figures(held.lot, held.available + held.pending, telling.say),
        standing=telling.standing(),
        movements=tuple(map(telling.movement, found.entries)),
        rules=tuple(map(telling.rule, found.rulings)),
        assumptions=tuple(map(telling.say.text, scheme.assumptions)),
        source=telling.source(scheme.source),
        **({} if known_at is None else {"known_at": known_at}),
        **telling.lapse(),
    )


def _found(desk: Desk, account: UUID, named: str, lots: Iterable[Held]) -> Held | None:
    names = ((desk.lots.named(account, each.lot.id, each.lot.scheme), each) for each in lots)
    return next((each for name, each in names if name == named), None)


class _Telling:
    """Tells the parts of an explanation."""

    def __init__(self, desk: Desk, account: UUID, told: LotExplanation, say: Language) -> None:
        self.desk = desk
        self.account = account
        self.told = told
        self.say = say
        self.units = {self.named(lot): unit for lot, unit in told.units.items()}
        known = desk.rules.providers.values()
        self.providers: Mapping[str, str] = {each.id: each.name for each in known}

    def named(self, lot: LotId) -> str:
        """Return a lot's published name."""
        lots = self.desk.lots
        return lots.named(self.account, lot, lots.scheme_of(lot))

    def source(self, source: str) -> str:
        """Say a source, which most files have in one language."""
        return self.say.known(source) or source

    def standing(self) -> wire.Standing:
        say, stands = self.say, self.told.standing
        how, reason = say(f"standing-{stands.mode}"), say.text(stands.reason)
        return wire.Standing(
            mode=stands.mode,
            since=self.told.standing_since,
            text=say("standing", standing=how, reason=reason),
        )

    def lapse(self) -> dict[str, Any]:
        story = self.told.story
        if story.lapsed_on is None:
            return {}
        say = self.say
        reason = say.text(story.lapsed_because)
        text = say("lapsed", day=say.day(story.lapsed_on), reason=reason)
        return {"lapse": wire.Lapse(on=story.lapsed_on, text=text)}

    def movement(self, entry: Entry) -> wire.Movement:
        event: Any = entry.envelope.event
        steps = () if entry.basis is None else entry.basis.steps
        say = self.say
        return wire.Movement(
            position=entry.envelope.position,
            kind=BY_CLASS[type(event)].name,
            recorded_at=entry.envelope.metadata.recorded_at,
            effective_on=event.effective_on,
            quantity=_moved(event, self.told.story.id),
            text=sentence(self._as_named(event), self.units, self.providers, say),
            facts=tuple(map(self.fact, entry.facts)),
            steps=tuple(
                wire.Step(name=say.text(name), value=say.figures(value))
                for name, value in steps
                if name not in OTHER_STEPS
            ),
            because=tuple(say.text(value) for name, value in steps if name == "because"),
            **({} if entry.basis is None else {"rule": entry.basis.rule}),
        )

    def _as_named(self, event: Any) -> Any:  # noqa: ANN401  any event of a lot
        """Return an event with the published names of its lots."""
        of: dict[str, Any] = {
            name: self.named(getattr(event, name))
            for name in ("lot", "from_lot")
            if hasattr(event, name)
        }
        if hasattr(event, "allocation"):
            of["allocation"] = tuple((self.named(lot), much) for lot, much in event.allocation)
        return replace(event, **of)

    def fact(self, envelope: Envelope) -> wire.RelevantFact:
        event: Any = envelope.event
        return wire.RelevantFact(
            text=sentence(event, {}, {}, self.say),
            **({"source": event.source} if isinstance(event, FactEvent) else {}),
            known_since=envelope.metadata.recorded_at,
            assumed=tuple(map(self.say.text, assumed([envelope]))),
        )

    def rule(self, ruling: Ruling) -> wire.RuleInWords:
        say, block = self.say, ruling.block
        if block is None:
            text = say("rule-of-another-text", rule=ruling.named.partition("@")[0])
            return wire.RuleInWords(rule=ruling.named, text=(text,), numbers=())
        if isinstance(block, Grant):
            numbers = {
                parameter.name: say.number(value.number, parameter.unit)
                for parameter, value in ruling.numbers
            }
            lines = grant_text(block, _unmarked, numbers, say)
        else:
            lines = iter([conversion_text(block, _unmarked, say)])
        of_now = self.told.scheme.digest
        then = (of_then(ruling, of_now, say),) if ruling.earlier else ()
        return wire.RuleInWords(
            rule=ruling.named,
            text=(*(line.strip().removeprefix("- ") for line in lines), *then),
            valid=period(block.valid),
            source=self.source(block.source),
            numbers=tuple(
                wire.RuleNumber(
                    name=say.text(parameter.name),
                    value=say.number(value.number, parameter.unit),
                    valid=period(in_force(parameter, value)),
                    source=self.source(value.source),
                )
                for parameter, value in ruling.numbers
            ),
        )


def _unmarked(_: str) -> str:
    """Leave a source out of a sentence: it stands beside."""
    return ""


def _moved(event: Any, lot: LotId) -> int:  # noqa: ANN401  any event of a lot
    """Return how much of a lot an event moved; a correction of its term moves nothing."""
    if hasattr(event, "allocation"):
        return sum(much for each, much in event.allocation if each == lot)
    if hasattr(event, "from_lot"):
        return int(event.quantity_in if event.lot == lot else event.quantity_out)
    return int(getattr(event, "quantity", 0))
