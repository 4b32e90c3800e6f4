"""What stands in the way of using a scheme, as sentences for those who asked."""

from collections.abc import Iterable
from datetime import date
from typing import assert_never

from ledger.domain.commands import Course
from ledger.domain.hindrances import Hindrance
from ledger.domain.quoting import Quote
from ledger.domain.regulation import Scheme
from ledger.words.language import Language


def why(
    hindrances: Iterable[Hindrance],
    scheme: Scheme,
    on: date,
    say: Language,
    asked: tuple[Course, Quote] | None = None,
) -> str:
    """Write all that stands in the way on a day; `asked` is for what concerns a course."""
    say = say.of(scheme)
    return say.all_of([_sentence(each, scheme, on, say, asked) for each in hindrances])


def _sentence(
    hindrance: Hindrance,
    scheme: Scheme,
    on: date,
    say: Language,
    asked: tuple[Course, Quote] | None,
) -> str:
    id_, day = scheme.id, say.day(on)
    texts = say.all_of(map(say.text, hindrance.texts))
    match hindrance.kind:
        case "holder" if scheme.holder == "enterprise":
            return say("hindrance-held-by-enterprise", scheme=id_, day=day)
        case "holder":
            return say("hindrance-held-by-person", scheme=id_)
        case "standing":
            return say("hindrance-standing", scheme=id_, day=day, reason=texts)
        case "course" | "shared":
            return texts
        case "before":
            return say("hindrance-before", scheme=id_, since=say.day(scheme.since))
        case "provider" | "register" | "window":
            assert asked is not None  # noqa: S101  only a quote for a course is hindered by it
            return _of_course(hindrance, scheme, day, say, *asked)
        case "frozen" | "restricted":
            return say(f"hindrance-{hindrance.kind}", scheme=id_)
        case "used-up":
            return say("hindrance-used-up", scheme=id_, day=day)
        case "over":
            until = say.day(max(grant.valid.until for grant in scheme.grants))
            return say("hindrance-over", scheme=id_, day=day, until=until)
        case "unmet":
            return say("not-met", condition=say.text(hindrance.condition))
        case "ceiling" | "zero" | "worthless":
            return say(f"hindrance-{hindrance.kind}")
        case _:
            assert_never(hindrance.kind)


def _of_course(
    hindrance: Hindrance, scheme: Scheme, day: str, say: Language, course: Course, quote: Quote
) -> str:
    """Write what the provider, or the day on which it is asked for, stands in the way of."""
    starts = say.day(course.starts_on)
    about = {"scheme": scheme.id, "starts": starts}
    if hindrance.kind == "provider":
        return say("hindrance-provider", provider=course.provider, **about)
    if hindrance.kind == "register":
        return say("hindrance-register", course=course.id, **about)
    match quote.since, quote.until:
        case date() as since, date() as until:
            edges = {"since": say.day(since), "until": say.day(until)}
            return say("hindrance-early-or-late", **edges, **about, day=day)
        case date() as since, _:
            return say("hindrance-early", since=say.day(since), **about, day=day)
        case _, date() as until:
            return say("hindrance-late", until=say.day(until), **about, day=day)
        case _:
            raise AssertionError  # nothing is outside a window that has no edge
