"""A report as one HTML page that needs nothing else: no address is asked, and no script runs."""

import re
import shlex
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Final
from unicodedata import category

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ledger.audit.books.movements import NAMES
from ledger.audit.explain import Ruling
from ledger.audit.report.activity import FLOWS, Step
from ledger.audit.report.chart import chart
from ledger.audit.report.model import Report
from ledger.domain.calendar import Term
from ledger.domain.rulebook import Rulebook
from ledger.words.language import Language
from ledger.words.reporting import finding, why

PAGES: Final = Path(__file__).resolve().parent / "pages"

MOST_TOLD: Final = 100
"""So many findings of one check are on the page: `audit verify --all` tells the others."""

_UNSEEN: Final = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
"""Categories of characters that nobody sees, or that change in which order others are read."""

_FRENCH: Final = re.compile(r" (?=[:;!?»])|(?<=«) ")
"""Spaces at which French doesn't break a line."""

_COMMENTS: Final = re.compile(r"\s*\n\s*")


def visible(value: object) -> object:
    """Write what can't be seen in a text by its number, so that no text looks like another."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "".join(
        f"\\u{{{ord(each):x}}}" if each not in "\n\t" and category(each) in _UNSEEN else each
        for each in value
    )


def typeset(text: str, say: Language) -> str:
    """Keep together what the language does not break."""
    return _FRENCH.sub("\N{NO-BREAK SPACE}", text) if say.code == "fr" else text


def page(report: Report, rules: Rulebook, say: Language, name: str) -> str:
    """Write a report in a language; `name` is that of its file, for the command that makes it."""
    css = _COMMENTS.sub("\n", (PAGES / "report.css").read_text("utf-8")).strip()
    digest = b64encode(sha256(css.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def scheme_named(scheme: str) -> str:
        known = rules.schemes.get(scheme)
        return scheme if known is None else _begun(known.names[say.code])

    told: list[Ruling] = []
    return environment.get_template(
        "report.html"
    ).render(
        report=report,
        language=say,
        say=lambda message, **about: typeset(say(message, **about), say),
        css=Markup(css),  # noqa: S704  it is ours
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'",
        period=_period(report, say),
        ledgers=[
            (scheme, unit, list(lines))
            for (scheme, unit), lines in groupby(report.lines, key=lambda each: each[:2])
        ],
        books=[name for name in NAMES if any(line.name == name for line in report.lines)],
        charts=[(series, chart(series)) for series in report.series],
        flows=FLOWS,
        commands=list(_commands(report, say, name)),
        scheme_named=scheme_named,
        book=lambda name: say(f"book-{name}"),
        means=lambda name: say(f"book-means-{name}"),
        flow=lambda name: say(f"flow-{name}"),
        check_named=lambda name: say(f"check-{name}"),
        amount=say.amount,
        count=lambda number: say("report-count", count=number),
        finding=lambda found: typeset(finding(found, say), say),
        looked=lambda each: typeset(say(each.message, **each.about), say),
        most_told=MOST_TOLD,
        why=lambda each: [
            (depth, typeset(line, say)) for depth, line in why(each, rules.providers, told, say)
        ],
        exact=exact,
        short=partial(_short, report.step),
    )


def exact(instant: datetime) -> str:
    """Write an instant in UTC, exactly, as exports do."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _period(report: Report, say: Language) -> str:
    since, until = report.period.since, report.period.until
    if since is None or until is None:
        return _begun(say("report-whole"))
    span = say.span(Term(since, until))
    return span if "/" in report.named else f"{report.named}, {span}"


def _begun(text: str) -> str:
    """Write a text as one begins a line."""
    return text[:1].upper() + text[1:]


def _short(step: Step, term: Term) -> str:
    """Name days as a place on an axis does: the month, the year, or the first day."""
    match step:
        case "month":
            return f"{term.since:%Y-%m}"
        case "year":
            return f"{term.since.year:04d}"
        case _:
            return term.since.isoformat()


def _commands(report: Report, say: Language, name: str) -> Iterator[tuple[str, str]]:
    """Yield what shows what, for whoever doubts the page."""
    period, drawn = report.period, report.drawn
    days = [
        *(["--from", period.since.isoformat()] if period.since else []),
        *(["--until", period.until.isoformat()] if period.until else []),
    ]
    seed = ["--seed", drawn.seed]
    named = ["--period", report.named] if report.named else []
    count = str(drawn.asked)
    yield say("report-by-totals"), _typed("totals", *days)
    draw = ("sample", count, "--method", "stratified", *seed, *days)
    yield say("report-by-sample"), _typed(*draw)
    again = ("report", *named, "--lang", say.code, "--sample", count, *seed, f"again-{name}")
    yield say("report-by-again"), _typed(*again)
    yield say("report-by-replay"), _typed("replay")
    yield say("report-by-export"), _typed("export", "package")
    yield say("report-by-recompute"), _typed("recompute", "package")
    if report.checkpoint:
        yield say("report-by-verify"), _typed("verify", "--key", "log.pub")
        if drawn.entries:
            position = str(drawn.entries[0].entry.position)
            yield say("report-by-prove"), f"{_typed('prove', position)} > receipt.json"
            receipt = ("verify", "--receipt", "receipt.json", "--key", "log.pub")
            yield say("report-by-receipt"), _typed(*receipt)


def _typed(*words: str) -> str:
    return shlex.join(["rugzak", "audit", *words])
