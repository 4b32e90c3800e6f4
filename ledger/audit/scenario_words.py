"""The words in which a scenario tells facts and requests, and how each is read.

A new kind of fact, request or course attribute is a row or a line here, and a row in
`ops/docs/scenarios.md`.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final, Literal, TypeAlias, cast, get_args

import yaml

from ledger.audit.scenario import Told
from ledger.domain import commands as c
from ledger.domain import facts as f
from ledger.domain.calendar import OPEN, Term
from ledger.domain.events import Basis, LotId, RightGranted
from ledger.domain.reasons import Reason
from ledger.domain.regulation import Rulebook, Scheme
from ledger.service import marked
from ledger.service.marked import Entries, Wrong

FULL_WEEK_MINUTES: Final = 38 * 60
"""A full-time week, when a job does not say how long its week is."""

SOURCE: Final = "https://scenario.example.org"
"""Who said a fact, when it is not said."""

NO_END: Final = "open"
MAX_DIGITS: Final = 9
MAX_LEVEL: Final = 8
_REGION = re.compile("[a-z]{2}(-[a-z0-9]{1,3})?")

OUTCOME: Final = ("outcome", "says")
OUTCOMES: Final = ("accepted", *(reason.value for reason in Reason))
TERM: Final = ("since", "until")
FACT: Final = ("id", "version", "said-by", *OUTCOME)


@dataclass(frozen=True, slots=True)
class Said:
    """The last version of a fact that was told."""

    kind: str
    fields: Mapping[str, yaml.Node]
    version: int


@dataclass(slots=True)
class Story:
    """What one scenario told so far, so that what comes next can refer to it.

    Attributes:
        scheme: which one is meant where none is named.
        on: the day on which is told what comes next.
        said: by a fact's id.

    """

    rules: Rulebook
    scheme: Scheme
    on: date
    said: dict[str, Said] = field(default_factory=dict)
    _numbers: Counter[str] = field(default_factory=Counter)

    def name(self, kind: str) -> str:
        """Name what has no id: `job`, then `job-2`."""
        self._numbers[kind] += 1
        return kind if self._numbers[kind] == 1 else f"{kind}-{self._numbers[kind]}"


Content: TypeAlias = f.Status | f.Profile


@dataclass(frozen=True, slots=True)
class FactWord:
    """A kind of fact: its fields, and the one that can be written without its name."""

    keys: tuple[str, ...]
    read: Callable[[Entries, str], Content]
    main: str = ""


@dataclass(frozen=True, slots=True)
class RequestWord:
    """A kind of request: its fields, and the one that can be written without its name."""

    keys: tuple[str, ...]
    read: Callable[[Entries, str, date, Story], c.Request | RightGranted]
    main: str = ""


def told(kind: str, node: yaml.Node, story: Story) -> Told:
    """Read one thing that is told on the story's day.

    Raises:
        Wrong: something in it is wrong.

    """
    what: c.Request | RightGranted
    if kind in FACTS:
        fields = _fields(node, FACTS[kind].keys, FACTS[kind].main)
        what = _fact(kind, node, fields, story)
    else:
        word = REQUESTS[kind]
        fields = _fields(node, (*word.keys, *OUTCOME), word.main)
        entries = Entries(node, fields)
        what = word.read(entries, _id(fields, kind, story), _on(entries, story), story)
    outcome, says = fields.get("outcome"), fields.get("says")
    code = marked.choice(outcome, OUTCOMES) if outcome is not None else "accepted"
    if says is not None and code == "accepted":
        raise Wrong(says, "'says' is of a refusal: say with 'outcome' which reason it has")
    return Told(
        line=node.start_mark.line + 1,
        on=story.on,
        what=what,
        outcome=None if code == "accepted" else Reason(code),
        says=marked.text(says) if says is not None else "",
    )


def _fields(node: yaml.Node, keys: tuple[str, ...], main: str) -> dict[str, yaml.Node]:
    """Return what is written of a thing, field by field."""
    if main and isinstance(node, yaml.ScalarNode):
        return {main: node}
    marked.mapping(node, (), keys)
    return dict(marked.each(node))


def _id(fields: Mapping[str, yaml.Node], kind: str, story: Story) -> str:
    return marked.text(fields["id"]) if "id" in fields else story.name(kind)


def _on(entries: Entries, story: Story) -> date:
    """Read the day on which a request counts: that on which it is asked, if none is said."""
    effective = entries.get("effective")
    return story.on if effective is None else marked.day(effective)


def _fact(kind: str, node: yaml.Node, fields: dict[str, yaml.Node], story: Story) -> c.RecordFact:
    """Read a version of a fact; what a correction does not say again stays as it was."""
    id_ = _id(fields, kind, story)
    before = story.said.get(id_)
    if before is not None and before.kind != kind:
        raise Wrong(fields["id"], f"{id_!r} is the id of a {before.kind}, not of a {kind}")
    own = {key: value for key, value in fields.items() if key not in OUTCOME}
    entries = Entries(node, {**(before.fields if before is not None else {}), **own})
    content = FACTS[kind].read(entries, id_)
    if isinstance(content, f.Profile):
        return _version(entries, id_, kind, content, own, story)
    evidence = entries.get("evidence")
    spell = f.Spell(
        term=_term(entries),
        status=content,
        evidence=cast("f.Evidence", marked.choice(evidence, get_args(f.Evidence)))
        if evidence is not None
        else "declared",
    )
    return _version(entries, id_, kind, spell, own, story)


def _version(
    entries: Entries,
    id_: str,
    kind: str,
    content: f.Spell | f.Profile | None,
    own: Mapping[str, yaml.Node],
    story: Story,
) -> c.RecordFact:
    before = story.said.get(id_)
    highest = before.version if before is not None else 0
    version = _whole(own["version"]) if "version" in own else highest + 1
    fields = {**(before.fields if before is not None else {}), **own}
    story.said[id_] = Said(kind, fields, max(version, highest))
    about: Literal["status", "profile"] = "profile" if kind in PROFILES else "status"
    by = entries.get("said-by")
    source = marked.text(by) if by is not None else SOURCE
    fact = f.Fact(id=f.FactId(source, id_), version=version, about=about, content=content)
    return c.RecordFact(fact=fact)


def _annulled(e: Entries, id_: str, on: date, story: Story) -> c.RecordFact:  # noqa: ARG001
    before = story.said.get(id_)
    if before is None:
        known = ", ".join(story.said) or "none yet"
        raise Wrong(e["id"], f"no fact {id_!r} was told before; there is: {known}")
    own = {key: at for key in ("version", "said-by") if (at := e.get(key)) is not None}
    entries = Entries(e["id"], {**before.fields, **own})
    return _version(entries, id_, before.kind, None, own, story)


def _term(e: Entries) -> Term:
    since, until = marked.day(e["since"]), e.get("until")
    end = OPEN if until is None or until.value == NO_END else marked.day(until)
    if end <= since:
        raise Wrong(until, f"'until' {end} is the first day after, so it lies after {since}")
    return Term(since, end)


def _share(e: Entries) -> Fraction:
    node = e.get("share")
    share = marked.number(node) if node is not None else Fraction(1)
    if share > 1:
        raise Wrong(node, "a part of full time is at most 100 %")
    return share


def _place(e: Entries, key: str = "place") -> str:
    place = marked.text(e[key])
    if _REGION.fullmatch(place) is None:
        raise Wrong(e[key], f"{place!r} is no region; write a country or region as fr or be-vlg")
    return place


def _yes(node: yaml.Node | None, *, otherwise: bool) -> bool:
    return otherwise if node is None else marked.choice(node, ("yes", "no")) == "yes"


def _whole(node: yaml.Node) -> int:
    written = marked.text(node)
    if not (written.isascii() and written.isdigit() and len(written) <= MAX_DIGITS):
        raise Wrong(node, f"{written!r} is no whole number")
    return int(written)


def _job(e: Entries, id_: str) -> f.Employment:
    share, week, employer = _share(e), e.get("weekly"), e.get("employer")
    minutes = int(FULL_WEEK_MINUTES * share)
    if week is not None:
        minutes, unit = marked.amount(week)
        if unit != "minute":
            raise Wrong(week, "a week is written in hours, e.g. '28.5 hours'")
    return f.Employment(
        employer=marked.text(employer) if employer is not None else id_,
        sector=cast(
            'Literal["private", "public"]', marked.choice(e["sector"], ("private", "public"))
        ),
        place=_place(e),
        share=share,
        weekly=minutes,
    )


def _civil_service(e: Entries, id_: str) -> f.CivilService:
    employer = e.get("employer")
    return f.CivilService(
        employer=marked.text(employer) if employer is not None else id_,
        place=_place(e),
        share=_share(e),
    )


def _self_employment(e: Entries, _: str) -> f.SelfEmployment:
    activity = marked.choice(e["activity"], ("main", "side"))
    return f.SelfEmployment(
        activity=cast('Literal["main", "side"]', activity),
        place=_place(e),
        contributes=_yes(e.get("contributes"), otherwise=True),
    )


def _qualification(e: Entries, _: str) -> f.Qualification:
    level = _whole(e["level"])
    if level > MAX_LEVEL:
        raise Wrong(e["level"], f"a level is of the European framework, 0 to {MAX_LEVEL}")
    return f.Qualification(level=level, since=marked.day(e["since"]))


SPELL: Final = (*TERM, "evidence", *FACT)

FACTS: Final[Mapping[str, FactWord]] = {
    "job": FactWord(("share", "sector", "place", "weekly", "employer", *SPELL), _job),
    "civil-service": FactWord(("share", "place", "employer", *SPELL), _civil_service),
    "self-employment": FactWord(("activity", "place", "contributes", *SPELL), _self_employment),
    "jobseeking": FactWord(
        ("benefit", *SPELL),
        lambda e, _: f.Jobseeking(benefit=marked.choice(e["benefit"], ("yes", "no")) == "yes"),
    ),
    "study": FactWord(SPELL, lambda _, __: f.Study()),
    "inactivity": FactWord(SPELL, lambda _, __: f.Inactivity()),
    "retirement": FactWord(SPELL, lambda _, __: f.Retirement()),
    "birth": FactWord(("on", *FACT), lambda e, _: f.Birth(on=marked.day(e["on"])), "on"),
    "qualification": FactWord(("level", "since", *FACT), _qualification),
    "residence": FactWord(
        ("region", *TERM, *FACT),
        lambda e, _: f.Residence(region=_place(e, "region"), term=_term(e)),
    ),
}
"""What can be told of a person."""

PROFILES: Final = ("birth", "qualification", "residence")


def _scheme(e: Entries, story: Story, key: str = "scheme") -> str:
    node = e.get(key)
    return story.scheme.id if node is None else marked.text(node)


def _course(node: yaml.Node, id_: str, on: date) -> c.Course:
    """Read what a right is used for; it starts on the day of the request, if no day is said."""
    e = marked.mapping(node, ["provider"], ["id", "starts"])
    own, starts = e.get("id"), e.get("starts")
    return c.Course(
        id=marked.text(own) if own is not None else f"course-of-{id_}",
        provider=marked.text(e["provider"]),
        starts_on=marked.day(starts) if starts is not None else on,
    )


def _reserve(e: Entries, id_: str, on: date, story: Story) -> c.Reserve:
    quantity, unit = marked.amount(e["quantity"])
    bucket = e.get("bucket")
    return c.Reserve(
        reservation=id_,
        scheme=_scheme(e, story),
        quantity=quantity,
        unit=unit,
        course=_course(e["course"], id_, on),
        on=on,
        bucket=marked.text(bucket) if bucket is not None else "",
    )


def _use(e: Entries, id_: str, on: date, story: Story) -> c.Use:
    held = _reserve(e, id_, on, story)
    return c.Use(
        use=id_,
        scheme=held.scheme,
        quantity=held.quantity,
        unit=held.unit,
        course=held.course,
        on=held.on,
        bucket=held.bucket,
    )


def _part(e: Entries) -> int | None:
    node = e.get("quantity")
    return None if node is None else marked.amount(node)[0]


def _reason(e: Entries) -> str:
    node = e.get("because")
    return marked.text(node) if node is not None else "as the scenario says"


def _transfer(e: Entries, id_: str, on: date, story: Story) -> c.Transfer:
    quantity, unit = marked.amount(e["quantity"])
    return c.Transfer(
        transfer=id_,
        scheme=_scheme(e, story),
        to_scheme=marked.text(e["to"]),
        quantity=quantity,
        unit=unit,
        on=on,
    )


def _frozen(e: Entries, story: Story) -> str:
    """Read which scheme is meant; `all` is the ledger's empty name."""
    scheme = _scheme(e, story)
    return "" if scheme == "all" else scheme


def opening_balance(e: Entries, _: str, __: date, story: Story) -> RightGranted:
    """Read what was granted elsewhere, and entered in the account."""
    scheme = story.scheme
    quantity, unit = marked.amount(e["quantity"])
    if unit != scheme.unit or not quantity:
        raise Wrong(e["quantity"], f"{scheme.id} is counted in {scheme.unit}s, above 0")
    term, funder = _term(e), e.get("funder")
    return RightGranted(
        lot=lot_id(e["lot"], scheme, story.rules),
        scheme=scheme.id,
        unit=unit,
        quantity=quantity,
        term=term,
        funder=marked.text(funder) if funder is not None else scheme.funder,
        effective_on=term.since,
        basis=Basis(rule="opening balance"),
    )


def lot_id(node: yaml.Node, scheme: Scheme, rules: Rulebook) -> LotId:
    """Read a lot's id, with or without its scheme."""
    written = marked.text(node)
    if written.startswith(f"{scheme.id}/"):
        return written
    if any(written.startswith(f"{id_}/") for id_ in rules.schemes):
        raise Wrong(node, f"{written!r} is of another scheme than {scheme.id}: name it first")
    return f"{scheme.id}/{written}"


_TAKING: Final = ("id", "scheme", "quantity", "course", "bucket", "effective")

REQUESTS: Final[Mapping[str, RequestWord]] = {
    "reserve": RequestWord(_TAKING, _reserve),
    "use": RequestWord(_TAKING, _use),
    "capture": RequestWord(
        ("id", "quantity", "effective"),
        lambda _e, id_, on, _: c.Capture(reservation=id_, quantity=_part(_e), on=on),
        "id",
    ),
    "release": RequestWord(
        ("id", "because", "effective"),
        lambda e, id_, on, _: c.Release(reservation=id_, on=on, reason=_reason(e)),
        "id",
    ),
    "reverse": RequestWord(
        ("id", "quantity", "because", "effective"),
        lambda e, id_, on, _: c.Reverse(use=id_, quantity=_part(e), on=on, reason=_reason(e)),
        "id",
    ),
    "transfer": RequestWord(("id", "scheme", "to", "quantity", "effective"), _transfer),
    "freeze": RequestWord(
        ("scheme", "because", "effective"),
        lambda e, _, on, story: c.Freeze(scheme=_frozen(e, story), on=on, reason=_reason(e)),
        "scheme",
    ),
    "unfreeze": RequestWord(
        ("scheme", "because", "effective"),
        lambda e, _, on, story: c.Unfreeze(scheme=_frozen(e, story), on=on, reason=_reason(e)),
        "scheme",
    ),
    "annul": RequestWord(("id", "version", "said-by"), _annulled, "id"),
    "opening-balance": RequestWord(
        ("lot", "quantity", "since", "until", "funder"), opening_balance
    ),
}
"""What can be asked, and what others did."""
