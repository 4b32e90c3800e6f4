"""Commands of publishers: messages out, and what became of them."""

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Final

import typer

from ops.cli.opening import connected, ledger
from ops.cli.output import AsJson, Exit, Problem, console, emit, lines, progress, table

if TYPE_CHECKING:
    from consumers.publisher import Arrived, Message
    from ops.outcomes import Became, Sent
    from ops.publishing import Found, Place, Reader, Wrong
    from ops.settings import Settings
    from ops.wiring import Servers

SAY_MESSAGES: Final = 1_000
"""After so many messages we say how far we are."""

MAX_LISTED: Final = 1_000
"""So many refusals are in a JSON document; people see all, line by line."""

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...", help="JSON lines, or one message each; - for the standard input."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(publish)
    app.command()(outcomes)


def publish(
    files: Files,
    *,
    check: Annotated[
        bool,
        typer.Option(
            help="Publish nothing when a message breaks the contract; what comes by a pipe is "
            "checked as it comes."
        ),
    ] = True,
    wait: Annotated[
        float | None,
        typer.Option(
            min=0, help="Wait so many seconds for the outcomes, and tell what was not accepted."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Publish messages to their topics, each under its person's key (exit code 1: not accepted)."""
    from ops.outcomes import Sent
    from ops.publishing import Reader, wrong_file
    from ops.settings import read_settings

    if wrong := [why for why in map(wrong_file, files) if why]:
        raise Problem("\n".join(wrong))
    if files.count("-") > 1:
        raise Problem("the standard input can be read once: name - once")
    reader = Reader(read_settings(), check=check)
    try:
        wanted = _checked(files, reader)
    except KeyboardInterrupt:
        raise Problem("interrupted: nothing was published", Exit.INTERRUPTED) from None
    with ExitStack() as stack:
        settings, where = stack.enter_context(connected(broker=True))
        run = _Run(
            files, reader, stack.enter_context(closing(Sent())) if wait is not None else None
        )
        run.publish(settings, where, wanted)
        if run.sent is None:
            done = {"published": run.count}
            emit(done, as_json, lambda: console.print(f"{run.count} published"))
        else:
            assert wait is not None  # noqa: S101  what was sent is noted to be waited for
            try:
                _tell(run.count, _outcomes(settings, where, run.sent, wait), as_json)
            except KeyboardInterrupt:
                said = f"interrupted while waiting for outcomes; {run.count} published"
                raise Problem(said, Exit.INTERRUPTED) from None


def _checked(files: Sequence[str], reader: "Reader") -> set[str]:
    """Check the files that can be read again; return the topics of their messages."""
    from ops.publishing import Wrong, is_read_twice
    from schemas.check import MAX_PROBLEMS

    wrong: list[Wrong] = []
    topics: set[str] = set()
    with progress("checking") as say:
        for index, found in enumerate(_messages(filter(is_read_twice, files), reader), start=1):
            if not isinstance(found, Wrong):
                topics.add(found.message.topic)
            elif len(wrong) < MAX_PROBLEMS:
                wrong.append(found)
            else:
                break
            if index % SAY_MESSAGES == 0:
                say(f"{index:,} messages")
    if wrong:
        more = ["  and more"] if len(wrong) == MAX_PROBLEMS else []
        listed = (f"  {line}" for each in wrong for line in str(each).splitlines())
        raise Problem("\n".join(["nothing was published:", *listed, *more]), Exit.FINDINGS)
    return topics


def _messages(files: Iterable[str], reader: "Reader") -> "Iterator[Found | Wrong]":
    for file in files:
        with _opened(file) as stream:
            yield from reader.messages(file, stream)


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb")


@dataclass
class _Run:
    """Publishes files, and knows how far it is.

    Attributes:
        sent: what arrived, if its outcomes are waited for.
        count: how many messages the broker has.
        last: the last of those.

    """

    files: Sequence[str]
    reader: "Reader"
    sent: "Sent | None"
    count: int = 0
    last: "Place | None" = None
    _under_way: "deque[Found]" = field(default_factory=deque)

    def publish(self, settings: "Settings", where: "Servers", wanted: set[str]) -> None:
        """Publish all of it, or say where it ended."""
        from kafka.errors import KafkaError

        from consumers.publisher import PublishError, publisher
        from ops.publishing import Wrong

        kafka = settings.kafka_client_config(where.bootstrap_servers)
        try:
            known = _known_topics(settings, kafka)
            _all_known(wanted, known)
            with publisher(kafka) as out, progress("publishing") as say:
                out.publish(self._outgoing(known, say), self._arrived)
        except KeyboardInterrupt:
            raise Problem(f"interrupted: {self._so_far()}", Exit.INTERRUPTED) from None
        except Wrong as wrong:
            raise Problem(f"{self._so_far()}; then:\n  {wrong}", Exit.FINDINGS) from None
        except (PublishError, KafkaError) as error:
            if self.count == 0 and not isinstance(error, PublishError):
                raise
            away = isinstance(error, KafkaError) or _is_away(error.__cause__)
            code = Exit.UNREACHABLE if away else Exit.FINDINGS
            raise Problem(f"{self._so_far()}; then: {error}", code) from None

    def _outgoing(self, known: set[str], say: Any) -> "Iterator[Message]":  # noqa: ANN401  a function
        from ops.publishing import Wrong

        for index, found in enumerate(_messages(self.files, self.reader), start=1):
            if isinstance(found, Wrong):
                raise found
            if found.message.topic not in known:
                _all_known({found.message.topic}, known, f"{self._so_far()}; ")
            self._under_way.append(found)
            yield found.message
            if index % SAY_MESSAGES == 0:
                say(f"{index:,} messages")

    def _arrived(self, at: "Arrived") -> None:
        found = self._under_way.popleft()
        self.count += 1
        self.last = found.place
        if self.sent is not None:
            self.sent.add(found, at)

    def _so_far(self) -> str:
        if self.last is None:
            return "nothing was published"
        return f"{self.count} published, up to {self.last}"


def _known_topics(settings: "Settings", kafka: dict[str, Any]) -> set[str]:
    from consumers.clients import administrator
    from consumers.greeting import greet
    from consumers.topics import topic_ids
    from ops.wiring import topics

    greet(kafka)  # who refuses us is not away
    with administrator(kafka) as admin:
        return set(topic_ids(admin, topics(settings).values()))


def _all_known(wanted: set[str], known: set[str], so_far: str = "") -> None:
    if missing := ", ".join(sorted(wanted - known)):
        advice = "`rugzak up` and `rugzak consume` make the topics that are missing"
        raise Problem(f"{so_far}the broker has no topic {missing}; {advice}", Exit.FINDINGS)


def _is_away(error: BaseException | None) -> bool:
    from kafka.errors import KafkaConnectionError, KafkaTimeoutError

    return isinstance(error, KafkaConnectionError | KafkaTimeoutError)


def _outcomes(
    settings: "Settings", where: "Servers", sent: "Sent", seconds: float
) -> "Iterator[Became]":
    from ops.ledger_wiring import open_store
    from ops.outcomes import Waiting

    kafka = settings.kafka_client_config(where.bootstrap_servers)
    with open_store(where.database_url) as store, progress("waiting") as say:
        yield from Waiting(store, kafka, sent).outcomes(seconds, say)


def _tell(count: int, became: "Iterable[Became]", as_json: bool) -> None:
    """Tell what became of what was published; what was not accepted one by one."""
    from collections import Counter

    from ops.outcomes import FATES

    fates: Counter[str] = Counter()
    listed: list[dict[str, Any]] = []
    for each in became:
        fates[each.fate] += 1
        if each.fate in ("accepted", "waiting"):
            continue
        if not as_json:
            lines([f"{each.place}: {each.fate}: {each.reason}: {each.detail}"])
        elif len(listed) < MAX_LISTED:
            place = {"file": each.place.file, "line": each.place.line}
            why = {"reason": each.reason, "detail": each.detail}
            listed.append(place | {"outcome": each.fate} | why)
    counts = {fate: fates[fate] for fate in FATES}
    done = {"published": count, "outcomes": counts, "not_accepted": listed}

    def show() -> None:
        said = ", ".join(f"{number} {fate}" for fate, number in counts.items() if number)
        console.print(f"{count} published: {said or 'nothing'}")
        if counts["waiting"]:
            console.print(
                "waiting: no outcome yet; do `rugzak up` or `rugzak consume` run? Later,"
                " `rugzak outcomes SOURCE ID` tells"
            )

    emit(done, as_json, show)
    if any(counts[fate] for fate in ("refused", "parked", "dropped", "waiting")):
        raise typer.Exit(Exit.FINDINGS)


def outcomes(
    source: Annotated[str, typer.Argument(help="The messages' `source`.")],
    id_: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Of one message; a page when left out.")
    ] = None,
    *,
    after: Annotated[str, typer.Option(help="Begin the page after this id.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many messages.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Tell what became of a message, or of a source's messages in the order of their ids.

    Exit code 1: it was not seen.
    """
    from ledger.store.messages import Messages
    from ops.outcomes import told

    if id_ is not None and after:
        raise Problem("--after is for a page: leave the ID out, or --after")
    with ledger() as (_, where, store):
        messages = Messages(store)
        ids = messages.ids(source, after=after, limit=limit + 1) if id_ is None else [id_]
        beyond = ids[limit - 1] if len(ids) > limit else None
        ids = ids[:limit]
        rows = told(messages, where.database_url, source, ids)
        if not rows:
            raise Problem(_not_seen(source, id_, after, messages.knows(source)), Exit.FINDINGS)

    def show() -> None:
        table(
            ["message", "outcome", ">position", ">events", "reason", "detail", "since", "until"],
            (list(row.shown().values()) for row in rows),
        )
        if beyond is not None:
            console.print(f"more: --after {beyond}", markup=False)

    emit({"outcomes": rows, "beyond": beyond}, as_json, show)


def _not_seen(source: str, id_: str | None, after: str, known: bool) -> str:
    from ops.outcomes import printable

    if id_ is None and after and known:
        return f"no more messages of {printable(source)} after that"
    what = f"no message {printable(id_)} of" if id_ is not None else "nothing of"
    said = f"{what} {printable(source)} was seen so far."
    if known:
        said += " Others of this source were."
    return (
        f"{said} If it was published: its consumer may be behind or not running, the source or id"
        " may be written otherwise in the message, or it could not be read at all:"
        " `rugzak parked list` has those."
    )
