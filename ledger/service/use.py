"""Reads what a regulation file says of use: conditions, how rights are taken, how a course ends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import yaml

from ledger.domain.expressions import Expression, Type
from ledger.domain.occasions import Grant
from ledger.domain.quantities import Unit
from ledger.domain.regulation import Parameter
from ledger.domain.use import ENDED, Condition, CourseRegister, Ending, Taking, course_names
from ledger.service import marked
from ledger.service.dated import orders
from ledger.service.endings import endings_of
from ledger.service.parts import Lets, Reads, holding_of, lets_of, names_of
from ledger.service.translated import Words

TAKING = ("let", "apply", "brings", "learner-pays", "reserved-for", "order", "earmarks")
"""The parts of a file that say how its rights are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseReader:
    """Reads what one scheme's file says of use.

    Attributes:
        top: the parts of the file.
        unit: of its rights.
        money: of its prices.
        words: collects the texts.
        read: reads an expression that counts from the scheme's first day on.

    """

    top: marked.Entries
    parameters: Mapping[str, Parameter]
    unit: Unit
    money: Unit
    words: Words
    read: Reads

    def lets(self) -> Lets:
        """Read the named values that the rules of use share."""
        names = names_of(self.parameters, **course_names(self.money), day="day")
        return lets_of(self.top.get("let"), names, self.read)

    def condition(self, pair: marked.Pair, lets: Lets) -> Condition:
        """Read a condition of use, or what a bucket may be used for."""
        entry = marked.mapping(pair.value, ["if", "else"])
        named = {name: each.type for name, each in lets}
        names = names_of(
            self.parameters, **course_names(self.money), **named, day="day", quantity=self.unit
        )
        return Condition(
            name=marked.text(pair.key),
            expression=self.read(entry["if"], names, ("bool",)),
            otherwise=self.words.text(entry["else"]),
        )

    def taking(self, grants: Iterable[Grant], lets: Lets) -> Taking:
        """Read how rights are taken, of which the grants name the buckets."""
        named = {name: each.type for name, each in lets}

        def rule(node: yaml.Node | None, wanted: Type, **more: Type) -> Expression | None:
            names = names_of(
                self.parameters, **course_names(self.money), **named, **more, day="day"
            )
            if node is None:
                return None
            return self.read(node, names, (wanted,))

        window = self.top.get("apply")
        apply = marked.mapping(window, [], ["from", "until"]) if window is not None else None
        brings, by_course = self.top.get("brings"), False
        if isinstance(brings, yaml.MappingNode):
            by_course = True
            entry = marked.mapping(brings, ["of", "read-on"])
            marked.choice(entry["read-on"], ["course-start"])
            brings = entry["of"]
        buckets = {grant.bucket for grant in grants} - {""}
        earmarks: dict[str, Condition] = {}
        for pair in marked.pairs(self.top.get("earmarks")):
            bucket = marked.choice(pair.key, sorted(buckets))
            earmarks[bucket] = self.condition(pair, lets)
        months, days = holding_of(self.top.get("reserved-for"))
        return Taking(
            lets=lets,
            opens=rule(apply.get("from"), "day") if apply else None,
            closes=rule(apply.get("until"), "day") if apply else None,
            brings=rule(brings, self.unit),
            by_course=by_course,
            pays=rule(self.top.get("learner-pays"), self.money, quantity=self.unit),
            held_months=months,
            held_days=days,
            orders=orders(self.top.get("order"), sorted(buckets)),
            earmarks=earmarks,
        )

    def course_register(self) -> CourseRegister | None:
        """Read whether a course must be in the register; None: any counts."""
        node = self.top.get("course-register")
        if node is None:
            return None
        entry = marked.mapping(node, ["source"], ["continued-until"])
        until, names = entry.get("continued-until"), names_of(self.parameters, struck_on="day")
        return CourseRegister(
            continued_until=None if until is None else self.read(until, names, ("day",)),
            source=marked.text(entry["source"]),
        )

    def endings(self) -> tuple[Ending, ...]:
        """Read what the end of a course gives back."""
        names = names_of(
            self.parameters,
            **course_names(self.money),
            **ENDED,
            taken=self.unit,
            paid=self.money,
            day="day",
        )
        return endings_of(
            self.top.get("ending"), names, self.read, (self.unit, self.money), self.words
        )
