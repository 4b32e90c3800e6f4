"""The page of the docs that lists the schemes: generated, and compared with the file."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import ops
from ledger.domain.regulation import Scheme
from ledger.domain.rulebook import Rulebook
from ledger.words.language import CODES, ENGLISH

PAGE = Path(ops.__file__).parent / "docs" / "schemes.md"

_ADDRESS = re.compile(r"(https?://\S+)\s*(.*)", re.DOTALL)

_HEAD = """\
# Schemes

Written by `rugzak regulations table --write`; edit `ledger/regulations/` instead. What holds on a
day, in words: `rugzak regulations show SCHEME --on DATE`.

| scheme | name | in | versions: periods that begin | text | sources | assumed |
|---|---|---|---|---|---|---|"""


def page(book: Rulebook) -> str:
    """Return the page: each scheme in a row, and what it rests on below."""
    schemes = [book.schemes[id_] for id_ in sorted(book.schemes)]
    rows = [_row(scheme) for scheme in schemes]
    return "\n".join([_HEAD, *rows, *(line for each in schemes for line in _section(each)), ""])


def sources(scheme: Scheme) -> list[str]:
    """Return each source that a scheme's file names, in the order of the file."""
    named = [scheme.source]
    named += [value.source for each in scheme.parameters.values() for value in each.values]
    named += [grant.source for grant in scheme.grants]
    named += [limit.source for limit in scheme.shared]
    named += [made.source for made in (*scheme.by_rule, *scheme.conversions)]
    return list(dict.fromkeys(named))


def _row(scheme: Scheme) -> str:
    section = re.sub(r"[^\w-]", "", scheme.id)  # as the headings of the sections become anchors
    cells = (
        f"[{scheme.id}](#{section})",
        "<br>".join(_cell(scheme.names[language]) for language in CODES),
        _held(scheme),
        "<br>".join(_versions(scheme)),
        f"`{scheme.digest}`",
        f"{len(sources(scheme))}",
        f"{len(scheme.assumptions)}",
    )
    return f"| {' | '.join(cells)} |"


def _held(scheme: Scheme) -> str:
    """Write the unit, and whose the rights are when they are no person's."""
    unit = ENGLISH.measured(scheme.unit)
    return unit if scheme.holder == "person" else f"{unit}, {ENGLISH('held-by-one')}"


def _versions(scheme: Scheme) -> Iterator[str]:
    """Write the blocks' validity, those without a bucket first."""
    for grant in sorted(scheme.grants, key=lambda each: (each.bucket, each.valid.since)):
        yield _cell(ENGLISH.span(grant.valid) + (f" ({grant.bucket})" if grant.bucket else ""))


def _section(scheme: Scheme) -> Iterator[str]:
    yield from ("", f"## {scheme.id}")
    yield from _list("Sources", map(_linked, sources(scheme)))
    if scheme.assumptions:
        yield from _list("Assumed, where the sources are silent", scheme.assumptions)


def _list(title: str, items: Iterable[str]) -> Iterator[str]:
    yield from ("", f"{title}:", "")
    yield from (f"- {item}" for item in items)


def _linked(source: str) -> str:
    """Write a source; an address as a link, which spaces and brackets in it would break."""
    match = _ADDRESS.fullmatch(source)
    return f"<{match[1]}> {match[2]}".strip() if match else source


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
