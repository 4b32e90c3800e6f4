"""`rugzak audit replay --inputs` and `--regulations`: what would be decided otherwise, and be."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from ledger.audit.inputs import Otherwise, redecide
from ledger.audit.otherwise import WouldBe, compared
from ledger.audit.replay import pages
from ledger.audit.seen import Texts
from ledger.domain.events import NOBODYS, Envelope, Event, LotId, RightGranted, RightTransferred
from ledger.domain.quantities import Unit, shown
from ledger.domain.reasons import Rejection
from ledger.domain.rulebook import Rulebook
from ledger.service.changed import load_with
from ledger.service.clock import at
from ledger.service.ports import AccountHistory
from ledger.store.catalogue import BY_CLASS, CODEC
from ledger.store.codec import Undecodable
from ledger.store.postgres import PostgresStore
from ledger.words.sentences import sentence
from ops.audit.parts import STOPPED, Json, Kept, Part, Work, each_part, parts_of
from ops.audit.replaying import Asked, unread
from ops.collector import look_rarely
from ops.ledger_wiring import rulebook
from ops.parallel import cores


@dataclass(slots=True, kw_only=True)
class Redecided:
    """What was decided again, and what came out otherwise.

    Attributes:
        decided: how many commands, by what was asked; of `--regulations`, how many requests.
        untold: how many could not be, by why.
        otherwise: an object each.
        unread: what of the log can't be read, a sentence each.
        stopped: whether the rest was not looked at.

    """

    accounts: int = 0
    events: int = 0
    decided: dict[str, int] = field(default_factory=dict)
    untold: dict[str, int] = field(default_factory=dict)
    otherwise: list[Json] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    stopped: bool = False


class How(NamedTuple):
    """In which way it is decided again.

    Attributes:
        inputs: each command on the state that it met; otherwise each whole life anew.
        files: of regulations that take the place of those of their schemes; None: those in use,
            and with `inputs` those of then.

    """

    inputs: bool
    files: Mapping[str, bytes] | None


def redecided(
    url: str,
    store: PostgresStore,
    file: Path,
    say: Callable[[str], None],
    how: How,
    asked: Asked,
) -> Redecided:
    """Decide the whole log again; memory does not grow with it, and nothing is written.

    Args:
        url: of the database.
        store: on it.
        file: keeps what was done, in case it is interrupted.
        say: is told how far it is.
        how: by which rules, and in which way.
        asked: whether it stops, and goes on.

    Raises:
        WrongRegulation: a changed file is wrong.
        Unreadable: this code can't read a text of then.

    """
    others = None if how.files is None else load_with(how.files)
    digests = sorted(each.sha256 for each in others.schemes.values()) if others else None
    this: Json = {"replay": url.rpartition("@")[2], "inputs": how.inputs, "rules": digests}
    kept = (Kept.resume(file, this) if asked.resume else None) or Kept.begin(
        file, this, {"head": store.head()}
    )
    parts = parts_of(kept.begun["head"])
    work = Work(part=_part, prepare=_prepare, given=(url, how, asked.most))
    told, decided, untold = Redecided(), Counter[str](), Counter[str]()
    for done, gave in enumerate(each_part(work, parts, kept, cores()), start=1):
        told.accounts += gave["accounts"]
        told.events += gave["events"]
        told.otherwise += gave["otherwise"]
        told.unread += gave["unread"]
        decided.update(gave["decided"])
        untold.update(gave["untold"])
        say(f"{told.accounts} accounts, {done} of {len(parts)} parts")
        if gave.get(STOPPED) or (asked.most is not None and len(told.otherwise) >= asked.most):
            told.stopped = done < len(parts) or bool(gave.get(STOPPED))
            break
    if how.inputs:
        untold["nothing changed"] = store.bare_receipts()[0]
    told.decided, told.untold = dict(sorted(decided.items())), dict(sorted((+untold).items()))
    if not told.stopped:
        kept.end()
    return told


class _Prepared(NamedTuple):
    """What each process works with."""

    url: str
    how: How
    most: int | None
    rules: Rulebook | None


_prepared: list[_Prepared] = []


def _prepare(url: str, how: How, most: int | None) -> None:
    look_rarely()
    rules = None if how.files is None else load_with(how.files)
    _prepared[:] = [_Prepared(url, how, most, rules)]


def _part(part: Part) -> Json:
    url, how, most, rules = _prepared[0]
    gave: dict[str, Any] = {"accounts": 0, "events": 0, "otherwise": [], "decided": Counter()}
    gave |= {"untold": Counter(), "unread": []}
    with PostgresStore(url, connections=1) as store:
        again = _inputs(store, rules) if how.inputs else _lives(rules or rulebook())
        try:
            for page in pages(store, after=part.after, until=part.until):
                _page(page, again, gave)
                if most is not None and len(gave["otherwise"]) >= most:
                    gave[STOPPED] = True
                    break
        except Undecodable as error:
            gave["unread"].append(unread(error, part))
    return gave


def _page(
    page: Sequence[AccountHistory],
    again: Callable[[AccountHistory, dict[str, Any]], None],
    gave: dict[str, Any],
) -> None:
    for history in page:
        gave["accounts"] += 1
        gave["events"] += len(history.envelopes)
        if history.account not in NOBODYS:
            again(history, gave)


def _inputs(
    store: PostgresStore, rules: Rulebook | None
) -> Callable[[AccountHistory, dict[str, Any]], None]:
    """Return what decides each command of an account again."""
    rules_at = Texts(store, rulebook()).rules_at()

    def again(history: AccountHistory, gave: dict[str, Any]) -> None:
        found = redecide(history.account, history.envelopes, lambda at: rules or rules_at(at))
        gave["decided"].update(found.decided)
        gave["untold"].update(found.untold)
        units = _units(history.envelopes)
        gave["otherwise"] += [_decision(each, units) for each in found.otherwise]

    return again


def _lives(others: Rulebook) -> Callable[[AccountHistory, dict[str, Any]], None]:
    """Return what tells the life of an account again."""
    rules, end = rulebook(), at(datetime.now(UTC))

    def again(history: AccountHistory, gave: dict[str, Any]) -> None:
        due_on = None if history.row is None else history.row.due_on
        found = compared(history.envelopes, due_on, rules, others, end)
        gave["decided"]["requests"] += found.requests
        gave["untold"]["refused"] += found.untold
        account = str(history.account)
        gave["otherwise"] += [_figure(account, each) for each in found.differences]

    return again


def _units(envelopes: Sequence[Envelope]) -> dict[LotId, Unit]:
    return dict(_units_of(each.event for each in envelopes))


def _units_of(events: Iterator[Event] | Sequence[Event]) -> Iterator[tuple[LotId, Unit]]:
    for event in events:
        if isinstance(event, RightGranted | RightTransferred):
            yield event.lot, event.unit


def _decision(each: Otherwise, units: Mapping[LotId, Unit]) -> Json:
    """Return a decision that would be taken otherwise, for programs and in sentences."""
    refusal = each.would_be if isinstance(each.would_be, Rejection) else None
    would_be = () if isinstance(each.would_be, Rejection) else each.would_be
    known = {**units, **dict(_units_of(would_be))}
    return {
        "account": str(each.account),
        "version": each.version,
        "command": each.metadata.command,
        "actor": each.metadata.actor,
        "recorded_at": each.metadata.recorded_at.isoformat(),
        "request": each.request,
        "how": each.how,
        "was": [_event(event, known) for event in each.was],
        "would_be": [_event(event, known) for event in would_be],
        "refused": refusal and {"reason": refusal.reason.value, "detail": refusal.detail},
    }


def _event(event: Event, units: Mapping[LotId, Unit]) -> Json:
    kind = BY_CLASS[type(event)].name
    return {"kind": kind, "sentence": sentence(event, units, {}), "event": CODEC.to_json(event)}


def _figure(account: str, each: WouldBe) -> Json:
    return {"account": account, **asdict(each)} | {
        "is_": {"quantity": each.is_, "shown": shown(each.is_, each.unit)},
        "would_be": {"quantity": each.would_be, "shown": shown(each.would_be, each.unit)},
    }
