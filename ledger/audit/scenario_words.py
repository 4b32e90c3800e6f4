"""The words in which a scenario tells requests, and reads all that is told.

A new kind of request, or a course's attribute, is a row or a line here and in
`ops/docs/scenarios.md`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, cast, get_args

import yaml

from ledger.audit.scenario import OthersTook, Told
from ledger.audit.scenario_facts import (
    FACTS,
    OUTCOME,
    SOURCE,
    Story,
    annulled,
    fact,
    id_of,
    term,
    yes,
)
from ledger.domain import commands as c
from ledger.domain.events import Basis, LotId, RightGranted
from ledger.domain.facts import FactId
from ledger.domain.lots import TOPPED_UP
from ledger.domain.occasions import label_topped_up
from ledger.domain.quantities import Unit, plural
from ledger.domain.reasons import Reason
from ledger.domain.regulation import Scheme
from ledger.domain.rulebook import Rulebook
from ledger.service import marked
from ledger.service.marked import Entries, Wrong

ACCEPTED: Final = "accepted"
OUTCOMES: Final = (ACCEPTED, *(reason.value for reason in Reason))


@dataclass(frozen=True, slots=True)
class RequestWord:
    """A kind of request: its fields, and the one that can be written without its name."""

    keys: tuple[str, ...]
    read: Callable[[Entries, str, date, Story], c.Request | RightGranted | OthersTook]
    main: str = ""


def told(kind: str, node: yaml.Node, story: Story) -> Told:
    """Read one thing that is told on the story's day.

    Raises:
        Wrong: something in it is wrong.

    """
    what: c.Request | RightGranted | OthersTook
    said = story.said
    if kind in FACTS:
        fields = _fields(node, FACTS[kind].keys, FACTS[kind].main)
        story.said = dict(said)
        what = fact(kind, node, fields, story)
    else:
        word = REQUESTS[kind]
        fields = _fields(node, (*word.keys, *OUTCOME), word.main)
        entries = Entries(node, fields)
        if word.main == "id":
            marked.text(entries["id"])
        what = word.read(entries, id_of(fields, kind, story), _on(entries, story), story)
    outcome, says = fields.get("outcome"), fields.get("says")
    code = marked.choice(outcome, OUTCOMES) if outcome is not None else ACCEPTED
    if says is not None and code == ACCEPTED:
        raise Wrong(says, "'says' is of a refusal: say with 'outcome' which reason it has")
    if code != ACCEPTED:
        story.said = said  # what is refused was not said
    return Told(
        line=node.start_mark.line + 1,
        on=story.on,
        what=what,
        outcome=None if code == ACCEPTED else Reason(code),
        says=marked.text(says) if says is not None else "",
    )


def _fields(node: yaml.Node, keys: tuple[str, ...], main: str) -> dict[str, yaml.Node]:
    """Return what is written of a thing, field by field."""
    if main and isinstance(node, yaml.ScalarNode):
        return {main: node}
    marked.mapping(node, (), keys)
    return dict(marked.each(node))


def _on(entries: Entries, story: Story) -> date:
    """Read the day on which a request counts: that on which it is asked, if none is said."""
    effective = entries.get("effective")
    return story.on if effective is None else marked.day(effective)


def _scheme(e: Entries, story: Story, key: str = "scheme") -> str:
    node = e.get(key)
    return story.scheme.id if node is None else marked.text(node)


COURSE: Final = ("id", "provider", "starts", "hours", "credits", "price", "kind", "programme")
"""What can be said of a course."""


def course(node: yaml.Node, id_: str, on: date, money: Unit) -> c.Course:
    """Read what a right is used for; it starts on the day of the request, if no day is said.

    Its price is in the money of the scheme that is asked.
    """
    e = marked.mapping(node, ["provider"], COURSE)
    own, starts, kind, whole = (e.get(key) for key in ("id", "starts", "kind", "programme"))
    return c.Course(
        id=marked.text(own) if own is not None else f"course-of-{id_}",
        provider=marked.text(e["provider"]),
        starts_on=marked.day(starts) if starts is not None else on,
        minutes=_measured(e.get("hours"), "minute"),
        credits=_counted(e.get("credits")),
        price=_measured(e.get("price"), money),
        kind=marked.text(kind) if kind is not None else "",
        programme=marked.text(whole) if whole is not None else "",
    )


def _measured(node: yaml.Node | None, unit: Unit) -> int | None:
    if node is None or (isinstance(node, yaml.ScalarNode) and node.value in marked.NOTHING):
        return None
    quantity, found = marked.amount(node)
    if found != unit:
        raise Wrong(node, f"this is in {plural(found)}; {plural(unit)} are needed")
    return quantity


def _counted(node: yaml.Node | None) -> int | None:
    if node is None or (isinstance(node, yaml.ScalarNode) and node.value in marked.NOTHING):
        return None
    exact = marked.number(node)
    if exact.denominator > 1:
        raise Wrong(node, "this is a whole number")
    return int(exact)


def _reserve(e: Entries, id_: str, on: date, story: Story) -> c.Reserve:
    quantity, unit = marked.amount(e["quantity"])
    bucket, scheme = e.get("bucket"), _scheme(e, story)
    asked = story.rules.schemes.get(scheme, story.scheme)
    return c.Reserve(
        reservation=id_,
        scheme=scheme,
        quantity=quantity,
        unit=unit,
        course=course(e["course"], id_, on, asked.money),
        on=on,
        bucket=marked.text(bucket) if bucket is not None else "",
    )


def _use(e: Entries, id_: str, on: date, story: Story) -> c.Use:
    return _reserve(e, id_, on, story).at_once()


def _part(e: Entries) -> int | None:
    node = e.get("quantity")
    return None if node is None else marked.amount(node)[0]


def _reason(e: Entries) -> str:
    node = e.get("because")
    return marked.text(node) if node is not None else "as the scenario says"


def _end(e: Entries, id_: str, on: date, _: Story) -> c.End:
    part, exam = e.get("attended"), e.get("exam")
    attended = marked.number(part) if part is not None else None
    if attended is not None and attended > 1:
        raise Wrong(part, "what is attended is a part of the course, at most 100 %")
    known = tuple(filter(None, get_args(c.Exam)))
    return c.End(
        id=id_,
        on=on,
        withdrawn=yes(e.get("withdrawn"), otherwise=False),
        attended=attended,
        exam=cast("c.Exam", marked.choice(exam, known)) if exam is not None else "",
    )


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
        raise Wrong(e["quantity"], f"{scheme.id} is counted in {plural(scheme.unit)}, above 0")
    valid, funder = term(e), e.get("funder")
    return RightGranted(
        lot=lot_id(e["lot"], scheme, story.rules),
        scheme=scheme.id,
        unit=unit,
        quantity=quantity,
        term=valid,
        funder=marked.text(funder) if funder is not None else scheme.funder,
        effective_on=valid.since,
        basis=Basis(rule="opening balance"),
    )


def others_took(e: Entries, id_: str, on: date, story: Story) -> OthersTook:
    """Read how much others take of a shared limit by then, in all, on the day of a request."""
    named, whose = e.get("scheme"), e.get("course")
    scheme = story.scheme
    if named is not None:
        scheme = story.rules.schemes[marked.choice(named, story.rules.schemes)]
    limits = {limit.name: limit for limit in scheme.limits(on)}
    if not limits:
        raise Wrong(e["of"], f"{scheme.id} has no shared limit on {on}")
    limit = limits[marked.choice(e["of"], limits)]
    if limit.per == "everybody":
        if whose is not None:
            raise Wrong(whose, f"{limit.name} is one for all courses; leave it out")
        for_ = c.Course(id="", provider="", starts_on=on)
    else:
        for_ = course(e["course"], id_, on, scheme.money)
    by_unit = limit.counts == "quantity"
    taken = _measured(e["taken"], scheme.unit) if by_unit else _counted(e["taken"])
    return OthersTook(key=limit.key(scheme.id, for_, on), taken=taken or 0)


def lot_id(node: yaml.Node, scheme: Scheme, rules: Rulebook) -> LotId:
    """Read a lot's id, with or without its scheme; a top-up's without what tells sources apart."""
    written = marked.text(node)
    if written.startswith(TOPPED_UP):
        told, _, bucket = written.removeprefix(TOPPED_UP).partition("/")
        return f"{scheme.id}/{label_topped_up(FactId(SOURCE, told))}/{bucket}"
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
    "end": RequestWord(("id", "withdrawn", "attended", "exam", "effective"), _end, "id"),
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
    "annul": RequestWord(("id", "version", "said-by"), annulled, "id"),
    "opening-balance": RequestWord(
        ("lot", "quantity", "since", "until", "funder"), opening_balance
    ),
    "others-took": RequestWord(("of", "taken", "scheme", "course", "effective"), others_took),
}
"""What can be asked, and what others did."""
