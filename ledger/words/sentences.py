"""What the ledger knows in plain sentences that a citizen understands."""

from collections.abc import Mapping
from typing import assert_never

from ledger.domain import acts
from ledger.domain import events as e
from ledger.domain import facts as f
from ledger.domain.calendar import OPEN, Term
from ledger.domain.quantities import EURO, MONEY, Rounding, Unit
from ledger.domain.regulation import Parameter, Value
from ledger.words.language import ENGLISH, Language

WHOLE: dict[tuple[str, int], str] = {("minute", 60): "hour", (EURO, 100): "euro"}
"""How the larger units are called that a quantity may be rounded to."""


def status(what: f.Status, say: Language = ENGLISH) -> str:
    """Write a status."""
    match what:
        case f.Employment():
            told = say(
                "employee",
                employer=what.employer,
                sector=say(f"like-sector-{what.sector}"),
                place=say.place(what.place),
                share=percentage(what),
                weekly=say.amount(what.weekly, "minute"),
            )
            return f"{told} ({say('time-assumed')})" if what.assumed else told
        case f.CivilService():
            return say("civil-servant", employer=what.employer, share=percentage(what))
        case f.Jobseeking():
            benefit = say("like-benefit") if what.benefit else say("like-benefit-not")
            return say("jobseeker", benefit=benefit)
        case f.SelfEmployment():
            told = say("self-employed", activity=say(f"like-activity-{what.activity}"))
            if not what.enterprise:
                return told
            return say("self-employed-running", told=told, enterprise=what.enterprise)
        case f.Study():
            return say("student")
        case f.Inactivity():
            return say("inactive")
        case f.Retirement():
            return say("retired")
        case f.Circumstance():
            return say.circumstance(what.name)
        case f.Enterprise():
            return say(
                "enterprise", size=say(f"like-size-{what.size}"), place=say.place(what.place)
            )
        case _:
            assert_never(what)


def percentage(work: f.Employment | f.CivilService) -> str:
    """Write a share exactly: as a percentage if it is a whole one, else as a fraction."""
    hundredths = work.share * 100
    return f"{hundredths} %" if hundredths.denominator == 1 else str(work.share)


def in_force(parameter: Parameter, value: Value) -> Term:
    """Return the days on which a parameter's value holds: until the next one."""
    later = [each.since for each in parameter.values if each.since > value.since]
    return Term(value.since, later[0] if later else OPEN)


def profile(what: f.Profile, say: Language = ENGLISH) -> str:
    """Write a profile fact."""
    match what:
        case f.Birth():
            return say("born", day=say.day(what.on))
        case f.Death():
            return say("died", day=say.day(what.on))
        case f.Sex():
            return say(f"sex-{what.sex}")
        case f.Qualification():
            return say("qualified", level=what.level, day=say.day(what.since))
        case f.Residence():
            return say("lives", place=say.place(what.region), span=say.span(what.term))
        case _:
            assert_never(what)


def top_up(what: f.TopUp, say: Language = ENGLISH) -> str:
    """Write what a funder adds."""
    said = say(
        "top-up",
        funder=what.funder,
        amount=say.amount(what.quantity, what.unit),
        scheme=what.scheme,
        bucket=say.text(what.bucket),
        span=say.span(what.term),
    )
    if what.course:
        said += f", {say('top-up-course', course=what.course)}"
    if what.purposes:
        said += f", {say('top-up-kinds', kinds=say.listed(what.purposes, 'or'))}"
    return said


def sentence(
    event: e.Event,
    units: Mapping[e.LotId, Unit],
    providers: Mapping[str, str],
    say: Language = ENGLISH,
) -> str:
    """Write one event.

    Args:
        event: what happened.
        units: that of each lot that the event names.
        providers: their names.
        say: the language, with the words of the event's scheme if that has any.

    """

    def much(quantity: int, lot: e.LotId) -> str:
        return say("amount-of", amount=say.amount(quantity, units[lot]), lot=lot)

    def all_of(allocation: e.Allocation) -> str:
        return f" {say('and')} ".join(much(quantity, lot) for lot, quantity in allocation)

    def course(held: e.RightReserved | e.RightUsed) -> str:
        taken = held.course
        provider = providers.get(taken.provider, taken.provider)
        return say("course", course=taken.id, provider=provider, day=say.day(taken.starts_on))

    match event:
        case e.StatusRecorded():
            told, evidence = status(event.status, say), say(f"evidence-{event.evidence}")
            if event.settles is not None:
                evidence += f", {say('settles', span=say.span(event.settles))}"
            return f"{told}, {say.span(event.term)} ({evidence})"
        case e.ProfileRecorded():
            return profile(event.profile, say)
        case e.TopUpRecorded():
            return top_up(event.top_up, say)
        case e.StatusAnnulled() | e.ProfileAnnulled() | e.TopUpAnnulled():
            return say("fact-annulled", fact=str(event.fact))
        case e.RequestRefused():
            asked = " ".join([event.request.replace("-", " "), event.scheme]).strip()
            return say("refused", asked=asked, detail=say.text(event.detail))
        case e.RegulationPublished():
            return say("published", scheme=event.scheme, digest=event.digest)
        case (
            e.RecordDropped()
            | e.GapAccepted()
            | e.AccountErased()
            | acts.LogKeyChanged()
            | acts.MasterKeyChanged()
            | acts.SettingsChanged()
            | acts.StatesRepaired()
            | acts.ProjectionRebuilt()
            | acts.RecordsReplayed()
            | acts.DecidedAnew()
        ):
            return operated(event, say)
        case e.MandateGiven() | e.MandateEnded():
            return mandated(event, say)
        case e.AccountMerged() | e.AccountUnmerged() | e.AccountJoined() | e.AccountParted():
            return brought_together(event, say)
        case e.RightRestricted():
            return say("restricted", scheme=event.scheme, reason=say.text(event.reason))
        case e.RestrictionLifted():
            return say("unrestricted", scheme=event.scheme, reason=say.text(event.reason))
        case e.RightsFrozen() | e.RightsUnfrozen():
            name = "frozen" if isinstance(event, e.RightsFrozen) else "unfrozen"
            scheme = event.scheme or say("every-scheme")
            return say(name, scheme=scheme, reason=_given(event.reason, say))
        case e.RightGranted():
            amount, usable = much(event.quantity, event.lot), say.span(event.term)
            return say("granted", amount=amount, span=usable)
        case e.RightWithdrawn():
            return say("withdrawn", amount=much(event.quantity, event.lot))
        case e.TermCorrected():
            span = say.span(event.term)
            return say("term-corrected", lot=event.lot, span=span, funder=event.funder)
        case e.ShortfallRecorded():
            return say("shortfall", amount=much(event.quantity, event.lot))
        case e.ShortfallSettled():
            return say("shortfall-settled", amount=much(event.quantity, event.lot))
        case e.RightReserved():
            return say("reserved", amount=all_of(event.allocation), course=course(event))
        case e.ReservationReleased():
            reason = _given(event.reason, say)
            return say("released", amount=all_of(event.allocation), reason=reason)
        case e.RightUsed():
            return say("used", amount=all_of(event.allocation), course=course(event))
        case e.UseReversed():
            reason = _given(event.reason, say)
            return say("reversed", amount=all_of(event.allocation), reason=reason)
        case e.CourseEnded():
            return course_ended(event, say)
        case e.RightTransferred():
            quantity = say.amount(event.quantity_in, event.unit)
            made = say("amount-of", amount=quantity, lot=event.lot)
            return say("transferred", amount=much(event.quantity_out, event.from_lot), made=made)
        case e.TransferReversed():
            back = much(event.quantity_out, event.from_lot)
            return say("transferred-back", amount=much(event.quantity_in, event.lot), made=back)
        case e.RightExpired():
            amount = much(event.quantity, event.lot)
            return say("expired", amount=amount, reason=say.text(event.reason))
        case e.RightRestored():
            amount = much(event.quantity, event.lot)
            return say("restored", amount=amount, reason=say.text(event.reason))
        case _:
            assert_never(event)


def operated(
    event: e.RecordDropped | e.GapAccepted | e.AccountErased | acts.Act, say: Language
) -> str:
    """Write what an operator decided or did; where a record is, is written as Kafka's tools do."""
    if isinstance(event, e.AccountErased):
        return say("account-erased", because=event.because)
    if not isinstance(event, e.RecordDropped | e.GapAccepted):
        return done(event, say)
    place = f"{event.topic}-{event.partition}@"
    if isinstance(event, e.RecordDropped):
        return say("record-dropped", record=f"{place}{event.offset}", because=event.because)
    since, until = f"{place}{event.since}", f"{place}{event.until}"
    return say("gap-accepted", since=since, until=until, because=event.because)


def done(event: acts.Act, say: Language) -> str:
    """Write what an operator did to the ledger itself."""
    match event:
        case acts.LogKeyChanged():
            first = say("log-key", key=event.key, since=event.since)
            text = (
                first
                if not event.instead_of
                else say("log-key-instead", key=event.key, since=event.since, old=event.instead_of)
            )
        case acts.MasterKeyChanged():
            text = say("master-key", key=event.key)
        case acts.SettingsChanged():
            told = ", ".join(f"{name} = {value}" for name, value in event.settings)
            return say(
                "settings-changed",
                command=event.command,
                version=event.version,
                told=told or say("settings-as-before"),
            )
        case acts.StatesRepaired():
            told = "; ".join(f"{about}: {problem}" for about, problem in event.rows)
            text = say("states-repaired", rows=told)
        case acts.ProjectionRebuilt():
            text = say("projection-rebuilt", projection=event.projection, position=event.position)
        case acts.RecordsReplayed():
            told = say.listed([place for _, place in event.records], "and")
            text = say("records-replayed", records=told)
        case acts.DecidedAnew():
            text = say("decided-anew", until=say.day(event.until))
    return say("act-because", act=text, because=event.because) if event.because else text


def mandated(event: e.MandateGiven | e.MandateEnded, say: Language) -> str:
    """Write who may do what for a person, or no more."""
    if isinstance(event, e.MandateEnded):
        reason = _given(event.reason, say)
        return say("mandate-ended", mandate=event.mandate, reason=reason)
    return say(
        "mandate-given",
        mandate=event.mandate,
        helper=str(event.helper or event.organisation),
        actions=say.listed([say(f"may-{each}") for each in event.actions], "and"),
        schemes=say.listed(event.schemes or [say("every-scheme")], "and"),
        span=say.span(event.term),
    )


def brought_together(
    event: e.AccountMerged | e.AccountUnmerged | e.AccountJoined | e.AccountParted, say: Language
) -> str:
    """Write that two accounts were found to be one holder's, or two again."""
    match event:
        case e.AccountMerged():
            return say("account-merged", account=str(event.into), because=event.because)
        case e.AccountUnmerged():
            return say("account-unmerged", account=str(event.into), because=event.because)
        case e.AccountJoined():
            return say("account-joined", account=str(event.account), because=event.because)
        case e.AccountParted():
            return say("account-parted", account=str(event.account), because=event.because)


def course_ended(event: e.CourseEnded, say: Language) -> str:
    """Write how a course ended, and what that gives back to whom."""
    back = [
        say(name, amount=say.amount(quantity, unit))
        for name, quantity, unit in (
            ("gives-back", event.gives_back, event.unit),
            ("refunds", event.refunds, event.money),
            ("recovers", event.recovers, event.unit),
        )
        if quantity
    ]
    how = "given-up" if event.withdrawn else "completed"
    because = say.text(event.because)
    told = say("course-ended", course=event.id, how=say(how), because=because)
    return "; ".join([told, *back])


def _given(reason: str, say: Language) -> str:
    """Write a reason that whoever asked has given, in whatever language, unless it is known."""
    return say.known(reason) or reason


def rounding(how: Rounding, step: int, unit: Unit, say: Language = ENGLISH) -> str:
    """Write how a quantity is rounded."""
    if unit in MONEY.values() and unit != EURO:
        return say(f"rounded-{how}-to", amount=say.amount(step, unit))
    return say(f"rounded-{how}", unit=WHOLE.get((unit, step), unit))
