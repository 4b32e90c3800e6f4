"""How a scenario tells facts about a holder of rights, and how each is read.

A new kind of fact, or a field of one, is a row here and in `ops/docs/scenarios.md`.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final, Literal, cast, get_args

import yaml

from ledger.domain import facts as f
from ledger.domain.calendar import OPEN, Term, quarter
from ledger.domain.commands import RecordFact
from ledger.domain.regulation import Scheme
from ledger.domain.rulebook import Rulebook
from ledger.service import marked
from ledger.service.marked import Entries, Wrong

FULL_WEEK_MINUTES: Final = 38 * 60
"""A full-time week, when a job does not say how long its week is."""

SOURCE: Final = "https://scenario.example.org"
"""Who said a fact, when it is not said."""

NO_END: Final = "open"
MAX_DIGITS: Final = 9
MAX_LEVEL: Final = 8
_QUARTER = re.compile(r"([12]\d{3})-Q([1-4])", re.ASCII)
_REGION = re.compile("[a-z]{2}(-[a-z0-9]{1,3})?")

OUTCOME: Final = ("outcome", "says")
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


@dataclass(frozen=True, slots=True)
class FactWord:
    """A kind of fact: its fields, and the one that can be written without its name."""

    keys: tuple[str, ...]
    read: Callable[[Entries, str], f.Status | f.Profile | f.TopUp]
    main: str = ""


def id_of(fields: Mapping[str, yaml.Node], kind: str, story: Story) -> str:
    """Return the id that a thing has, or gets."""
    return marked.text(fields["id"]) if "id" in fields else story.name(kind)


def fact(kind: str, node: yaml.Node, fields: dict[str, yaml.Node], story: Story) -> RecordFact:
    """Read a version of a fact; what a correction does not say again stays as it was."""
    id_ = id_of(fields, kind, story)
    before = story.said.get(id_)
    if before is not None and before.kind != kind:
        raise Wrong(fields["id"], f"{id_!r} is the id of a {before.kind}, not of a {kind}")
    own = {key: value for key, value in fields.items() if key not in OUTCOME}
    if kind == TOP_UP and before is None and "scheme" not in own:
        own["scheme"] = yaml.ScalarNode(node.tag, story.scheme.id, node.start_mark, node.end_mark)
    entries = Entries(node, {**(before.fields if before is not None else {}), **own})
    content = FACTS[kind].read(entries, id_)
    if isinstance(content, f.Profile | f.TopUp):
        return _version(entries, id_, kind, content, own, story)
    evidence = entries.get("evidence")
    spell = f.Spell(
        term=term(entries),
        status=content,
        evidence=cast("f.Evidence", marked.choice(evidence, get_args(f.Evidence)))
        if evidence is not None
        else "declared",
        settles=_settles(entries.get("settles")),
    )
    return _version(entries, id_, kind, spell, own, story)


def _version(
    entries: Entries,
    id_: str,
    kind: str,
    content: f.Content | None,
    own: Mapping[str, yaml.Node],
    story: Story,
) -> RecordFact:
    before = story.said.get(id_)
    highest = before.version if before is not None else 0
    version = _whole(own["version"]) if "version" in own else highest + 1
    fields = {**(before.fields if before is not None else {}), **own}
    story.said[id_] = Said(kind, fields, max(version, highest))
    about: f.About = "profile" if kind in PROFILES else "status"
    about = "top-up" if kind == TOP_UP else about
    by = entries.get("said-by")
    source = marked.text(by) if by is not None else SOURCE
    fact = f.Fact(id=f.FactId(source, id_), version=version, about=about, content=content)
    return RecordFact(fact=fact)


def annulled(e: Entries, id_: str, on: date, story: Story) -> RecordFact:  # noqa: ARG001
    """Read that a fact never was."""
    before = story.said.get(id_)
    if before is None:
        known = ", ".join(story.said) or "none yet"
        raise Wrong(e["id"], f"no fact {id_!r} was told before; there is: {known}")
    own = {key: at for key in ("version", "said-by") if (at := e.get(key)) is not None}
    entries = Entries(e["id"], {**before.fields, **own})
    return _version(entries, id_, before.kind, None, own, story)


def term(e: Entries) -> Term:
    """Read since when and until when something is true."""
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


def _settles(node: yaml.Node | None) -> Term | None:
    """Read the quarter that a settled job speaks for, as a DmfA does."""
    if node is None:
        return None
    found = _QUARTER.fullmatch(marked.text(node))
    if found is None:
        raise Wrong(node, "write the quarter that is settled, e.g. 2021-Q1")
    return quarter(int(found[2]), int(found[1]))


def _place(e: Entries, key: str = "place") -> str:
    place = marked.text(e[key])
    if _REGION.fullmatch(place) is None:
        raise Wrong(e[key], f"{place!r} is no region; write a country or region as fr or be-vlg")
    return place


def yes(node: yaml.Node | None, *, otherwise: bool) -> bool:
    """Read yes or no."""
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
        assumed=yes(e.get("assumed"), otherwise=False),
    )


def _civil_service(e: Entries, id_: str) -> f.CivilService:
    employer = e.get("employer")
    return f.CivilService(
        employer=marked.text(employer) if employer is not None else id_,
        place=_place(e),
        share=_share(e),
    )


def _self_employment(e: Entries, _: str) -> f.SelfEmployment:
    activity, run = marked.choice(e["activity"], ("main", "side")), e.get("enterprise")
    return f.SelfEmployment(
        activity=cast('Literal["main", "side"]', activity),
        place=_place(e),
        contributes=yes(e.get("contributes"), otherwise=True),
        enterprise="" if run is None else marked.text(run),
    )


def _enterprise(e: Entries, _: str) -> f.Enterprise:
    size = marked.choice(e["size"], get_args(f.Size))
    return f.Enterprise(size=cast("f.Size", size), place=_place(e))


def _sex(e: Entries, _: str) -> f.Sex:
    sex = marked.choice(e["is"], ("female", "male", "x"))
    return f.Sex(sex=cast('Literal["female", "male", "x"]', sex))


def _qualification(e: Entries, _: str) -> f.Qualification:
    level = _whole(e["level"])
    if level > MAX_LEVEL:
        raise Wrong(e["level"], f"a level is of the European framework, 0 to {MAX_LEVEL}")
    return f.Qualification(level=level, since=marked.day(e["since"]))


def _top_up(e: Entries, _: str) -> f.TopUp:
    (quantity, unit), course = marked.amount(e["quantity"]), e.get("course")
    return f.TopUp(
        scheme=marked.text(e["scheme"]),
        bucket=marked.text(e["bucket"]),
        funder=marked.text(e["funder"]),
        quantity=quantity,
        unit=unit,
        term=term(e),
        course="" if course is None else marked.text(course),
        purposes=tuple(map(marked.text, marked.items(e.get("purposes")))),
    )


SPELL: Final = (*TERM, "evidence", *FACT)

FACTS: Final[Mapping[str, FactWord]] = {
    "job": FactWord(
        ("share", "sector", "place", "weekly", "employer", "assumed", "settles", *SPELL), _job
    ),
    "civil-service": FactWord(("share", "place", "employer", *SPELL), _civil_service),
    "self-employment": FactWord(
        ("activity", "place", "contributes", "enterprise", *SPELL), _self_employment
    ),
    "jobseeking": FactWord(
        ("benefit", *SPELL),
        lambda e, _: f.Jobseeking(benefit=marked.choice(e["benefit"], ("yes", "no")) == "yes"),
    ),
    "study": FactWord(SPELL, lambda _, __: f.Study()),
    "inactivity": FactWord(SPELL, lambda _, __: f.Inactivity()),
    "retirement": FactWord(SPELL, lambda _, __: f.Retirement()),
    "circumstance": FactWord(
        ("name", *SPELL),
        lambda e, _: f.Circumstance(name=marked.choice(e["name"], sorted(f.CIRCUMSTANCES))),
    ),
    "enterprise": FactWord(("size", "place", *SPELL), _enterprise),
    "birth": FactWord(("on", *FACT), lambda e, _: f.Birth(on=marked.day(e["on"])), "on"),
    "death": FactWord(("on", *FACT), lambda e, _: f.Death(on=marked.day(e["on"])), "on"),
    "sex": FactWord(("is", *FACT), _sex, "is"),
    "qualification": FactWord(("level", "since", *FACT), _qualification),
    "residence": FactWord(
        ("region", *TERM, *FACT),
        lambda e, _: f.Residence(region=_place(e, "region"), term=term(e)),
    ),
    "top-up": FactWord(
        ("scheme", "bucket", "funder", "quantity", "course", "purposes", *TERM, *FACT), _top_up
    ),
}
"""What can be told of a person, or of an enterprise."""

PROFILES: Final = ("birth", "death", "sex", "qualification", "residence")
TOP_UP: Final = "top-up"
