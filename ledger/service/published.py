"""Published regulations: the log holds each content that rights are decided by, whole.

A door decides by nothing else, and by the content of each scheme that was published last.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from ledger.domain.account import Account
from ledger.domain.commands import Command, PublishRegulation
from ledger.domain.events import REGULATIONS, Envelope, RegulationPublished
from ledger.domain.regulation import DIGEST_DIGITS
from ledger.domain.rulebook import Rulebook
from ledger.service import marked
from ledger.service.digests import content_of
from ledger.service.door import Door
from ledger.service.registers import PROVIDERS_FILE
from ledger.service.rulebook import FOLDER, WrongRegulation, read

FIRST_START: Final = "first start"
"""The actor of what a door publishes by itself, in a log that has no regulation yet."""

MAX_CONTENT_BYTES: Final = 500_000
"""How long a content may be, so that its event is of a length that can be stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A scheme whose content here is not the one that was published last.

    Attributes:
        here: the digest in these regulations; None when they lack the scheme.
        last: the digest that was published last; None when none was.
        replaced: whether the one here was published before the last one.

    """

    scheme: str
    here: str | None
    last: str | None
    replaced: bool

    def __str__(self) -> str:
        """Say it in a sentence."""
        if self.here is None:
            return f"{self.scheme}: {self.last} is published; there is no such scheme here"
        if self.replaced:
            return f"{self.scheme}: {self.here} is older than {self.last}, which is published"
        instead = f"; {self.last} is" if self.last else ""
        return f"{self.scheme}: {self.here} is not published{instead}"

    @property
    def advice(self) -> str:
        """What to do about it."""
        if self.here is None or self.replaced:
            return "bring this installation up to date; an earlier content comes back as a new one"
        return "`rugzak regulations publish` publishes it"


class Unpublished(Exception):  # noqa: N818  reads as the answer it is
    """A door stays closed: it would decide by what is not published, or no longer in use."""

    def __init__(self, differences: Iterable[Difference]) -> None:
        """Say which schemes, and what to do."""
        self.differences = list(differences)
        advice = dict.fromkeys(each.advice for each in self.differences)
        texts = [f"  {each}" for each in self.differences]
        head = "rights are decided by the published regulations only, and these here are others:"
        super().__init__("\n".join([head, *texts, *advice]))


class Publication(NamedTuple):
    """One content of a scheme's regulation, as the log holds it.

    Attributes:
        by: who published it.
        position: of its event.
        in_use: whether it is the last of its scheme.

    """

    scheme: str
    digest: str
    published_at: datetime
    by: str
    position: int | None
    in_use: bool
    content: str

    @property
    def told(self) -> dict[str, object]:
        """All of it but the content, which is long."""
        return {name: value for name, value in self._asdict().items() if name != "content"}


class Unreadable(ValueError):  # noqa: N818  reads as the answer it is
    """A text that was in use can't be read by this version of the program."""

    def __init__(self, text: Publication, why: str) -> None:
        """Take the text, and what can't be read of it."""
        super().__init__(text, why)  # so that it comes out of another process as it is
        self.text = text
        self.why = why

    def __str__(self) -> str:
        """Say which text it is, and what to do."""
        scheme, digest = self.text.scheme, self.text.digest
        return (
            f"the text of {scheme} that was in use then can't be read by this version of rugzak:"
            f" digest {digest}, published {self.text.published_at:%Y-%m-%d} by {self.text.by}"
            f" (event {self.text.position})\n  {self.why}\nask by the version that was in use then,"
            " or about an instant at which another text was in use;"
            f" `rugzak regulations show {scheme} --published {digest}` shows the text"
        )


def unreadable(texts: Sequence[Publication], wrong: ValueError) -> Unreadable:
    """Tell which of some texts can't be read; the findings of `wrong` name them by `file_of`."""
    found = wrong.findings if isinstance(wrong, WrongRegulation) else []
    named = {each.file for each in found}
    return Unreadable(
        next((each for each in texts if file_of(each) in named), texts[0]), str(wrong)
    )


def file_of(text: Publication) -> str:
    """Return the name of a file in which a text of the log is read."""
    return f"{text.scheme}@{text.digest}.yaml"


def publications(envelopes: Iterable[Envelope]) -> list[Publication]:
    """Return what the events of `REGULATIONS` publish, in their order."""
    told = [(each, each.event) for each in envelopes]
    published = [(each, event) for each, event in told if isinstance(event, RegulationPublished)]
    last = {event.scheme: event.sha256 for _, event in published}
    return [
        Publication(
            scheme=event.scheme,
            digest=event.digest,
            published_at=each.metadata.recorded_at,
            by=each.metadata.actor,
            position=each.position,
            in_use=last[event.scheme] == event.sha256,
            content=event.content,
        )
        for each, event in published
    ]


def contents(where: Path = FOLDER) -> dict[str, str]:
    """Return by scheme the contents of the regulations below a folder, or of one file.

    Raises:
        WrongRegulation: something in them is wrong, or too long to be published.

    """
    reading = read(where)
    findings, found = list(reading.findings), dict[str, str]()
    for name, root in reading.roots.items():
        if findings or Path(name).name == PROVIDERS_FILE:
            continue
        content = content_of(root)
        if len(content.encode()) > MAX_CONTENT_BYTES:
            message = f"its content has more than the {MAX_CONTENT_BYTES} bytes that an event holds"
            findings.append(marked.Finding(file=name, line=1, column=1, message=message))
        found[marked.text(dict(marked.each(root))["scheme"])] = content
    if findings:
        raise WrongRegulation(findings)
    return found


def publication(scheme: str, content: str, actor: str) -> Command:
    """Return the command that publishes a content; its id is made of scheme and digest."""
    whole = sha256(content.encode())
    return Command(
        id=f"regulation {scheme} {whole.hexdigest()[:DIGEST_DIGITS]}",
        account=REGULATIONS,
        actor=actor,
        request=PublishRegulation(scheme=scheme, content=content),
        digest=whole.digest(),
    )


def differences(rules: Rulebook, log: Account) -> list[Difference]:
    """Return the schemes by which a door would not decide as the log says.

    Args:
        rules: the door's.
        log: the state of `REGULATIONS`.

    """
    last, known = dict(log.published), {whole for _, whole in log.published}
    here = {id_: scheme.sha256 for id_, scheme in rules.schemes.items()}
    return [
        Difference(
            scheme=id_,
            here=here[id_][:DIGEST_DIGITS] if id_ in here else None,
            last=last[id_][:DIGEST_DIGITS] if id_ in last else None,
            replaced=here.get(id_) in known,
        )
        for id_ in sorted({*here, *last})
        if here.get(id_) != last.get(id_)
    ]


def admit(door: Door, shipped: Callable[[], Mapping[str, str]]) -> None:
    """Let a door decide if its regulations are those published last; of none, publish its own.

    Any number of processes may do so at once: a content is published once.

    Args:
        door: whose rulebook it is about.
        shipped: gives the contents of that rulebook, by scheme.

    Raises:
        Unpublished: they are not.
        StoreUnavailable: the database gives no answer.

    """
    log = door.state(REGULATIONS)
    if not log.published:
        door.handle([publication(*each, FIRST_START) for each in shipped().items()])
        log = door.state(REGULATIONS)
    if wrong := differences(door.rulebook, log):
        raise Unpublished(wrong)


def as_yaml(content: str) -> str:
    """Write a content as a regulation's file, whose digest is the same; no layout is kept."""
    return yaml.dump(
        _node(json.loads(content)), Dumper=_Plain, allow_unicode=True, sort_keys=False, width=100
    )


class _Plain(yaml.SafeDumper):
    """Quotes nothing for what it looks like: a regulation's values are all texts."""

    yaml_implicit_resolvers: Any = {}  # noqa: RUF012  as the library has it


def _node(part: Any) -> Any:  # noqa: ANN401  JSON
    """Make mappings again of lists of pairs: of a text, and what it names."""
    if not isinstance(part, list):
        return part
    if all(isinstance(each, list) and each and isinstance(each[0], str) for each in part):
        return {name: _node(value) for name, value in part}
    return [_node(each) for each in part]
