"""Commands that publish regulations in the ledger, and tell what is published there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.opening import ledger, operator
from ops.cli.output import AsJson, Exit, Problem, console, emit, lines, table
from ops.cli.regulating import regulations

if TYPE_CHECKING:
    from ledger.domain.rulebook import Rulebook
    from ledger.service.published import Difference, Publication
    from ops.cli.differences import Change

NEXT = (
    "What runs goes on by what it began with: start `rugzak up` and `rugzak consume` again.",
    "Then `rugzak clock --anew` decides again about what was decided before.",
)


def register(app: typer.Typer) -> None:
    """Add the commands of this module, beside those about files."""
    del app  # their group is there
    regulations.command("publish")(publish_regulations)
    regulations.command("published")(list_published)


def publish_regulations(
    *,
    where: Annotated[
        Path | None,
        typer.Option(
            "--regulations",
            metavar="DIR",
            exists=True,
            help="A folder of files, or one file; the shipped ones if left out.",
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Who publishes; the user's login name if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Publish what is new in the regulations: rights are decided by it from then on.

    What is wrong in a file, or was replaced before, is refused, and nothing is published (exit
    code 1). What is published stays as it is.
    """
    from ledger.domain.events import REGULATIONS
    from ledger.service.lint import check
    from ledger.service.outcomes import Rejected
    from ledger.service.published import contents, differences, publication, publications
    from ledger.service.rulebook import FOLDER, load
    from ops.cli.forms import fields_of
    from ops.ledger_wiring import publishing_door, rulebook

    actor, folder = operator(by), where or FOLDER
    if folder.is_dir() and not any(folder.rglob("*.yaml")):
        raise Problem(f"there is no regulation (*.yaml) below {folder}")
    if findings := check(folder):
        raise _refused(map(str, findings))
    rules, found = load(folder), contents(folder)
    with ledger() as (_, _, store):
        door, before = publishing_door(store), publications(store.events_of(REGULATIONS))
        new = [each for each in differences(rules, door.state(REGULATIONS)) if each.here]
        if older := [each for each in new if each.replaced]:
            raise _refused([*map(str, older), older[0].advice])
        done = door.handle([publication(d.scheme, found[d.scheme], actor) for d in new])
        refusals = [each.rejection.detail for each in done if isinstance(each, Rejected)]
        here = differences(rulebook(), door.state(REGULATIONS))
    if refusals:
        raise Problem("\n".join(["not all was published:", *refusals]), Exit.FINDINGS)
    said = _changes([each.scheme for each in new], before, rules)
    told = [
        {
            "scheme": each.scheme,
            "digest": each.here,
            "instead_of": each.last,
            "changes": [
                {**fields_of(change), "sentence": str(change)} for change in said[each.scheme]
            ],
        }
        for each in new
    ]
    emit(
        {"published": told, "by": actor, "other_here": here},
        as_json,
        lambda: _show(new, said, actor, here),
    )


def _refused(why: Iterable[str]) -> Problem:
    listed = (f"  {each}" for each in why)
    return Problem("\n".join(["nothing was published:", *listed]), Exit.FINDINGS)


def _changes(
    schemes: Sequence[str], before: "Sequence[Publication]", rules: "Rulebook"
) -> "Mapping[str, list[Change]]":
    """Say by scheme what changes; of a text that this version can't read any more, nothing."""
    from ledger.service.changed import load_with
    from ledger.service.published import as_yaml
    from ledger.service.rulebook import WrongRegulation
    from ops.cli.differences import changes

    last = {each.scheme: each.content for each in before if each.in_use}
    files = {f"{id_.replace('/', '-')}.yaml": as_yaml(last[id_]).encode() for id_ in last}
    told: dict[str, list[Change]] = {scheme: [] for scheme in schemes}
    try:
        old = load_with(files) if last.keys() & told.keys() else rules
    except WrongRegulation:
        return told
    for id_ in last.keys() & told.keys():
        after = rules.schemes[id_]
        was = replace(old.schemes[id_], words=after.words)  # the log holds no translations
        one, other = (
            replace(rules, schemes={id_: each}, providers={}, courses={}) for each in (was, after)
        )
        told[id_] = changes(one, other)
    return told


def _show(
    new: "Sequence[Difference]",
    said: "Mapping[str, list[Change]]",
    actor: str,
    here: "Sequence[Difference]",
) -> None:
    for each in new:
        instead = f", instead of {each.last}" if each.last else ""
        console.print(f"{each.scheme}: {each.here}{instead}", style="bold", markup=False)
        lines(f"  {change.part}: {change}" for change in said[each.scheme])
    lines([f"{len(new)} published by {actor}", *NEXT] if new else ["nothing is new: all of it is"])
    if here:
        told = "This installation has others; its doors stay closed until it has those published:"
        lines([told, *(f"  {each}" for each in here)])


def list_published(*, as_json: AsJson = False) -> None:
    """List what is published, in order; by the last of each scheme rights are decided now."""
    from ledger.domain.events import REGULATIONS
    from ledger.domain.evolve import fold
    from ledger.service.published import differences, publications
    from ops.ledger_wiring import rulebook

    with ledger() as (_, _, store):
        envelopes = store.events_of(REGULATIONS)
    found = publications(envelopes)
    here = differences(rulebook(), fold(envelopes)) if found else []
    rows = [each.told for each in found]

    def show() -> None:
        if not found:
            console.print("nothing yet; the first `rugzak up` publishes what is shipped")
            return
        table(
            ["scheme", "text", "published", "by", ">event", ""],
            (
                (
                    each.scheme, each.digest, each.published_at, each.by, each.position,
                    "in use" if each.in_use else "replaced",
                )
                for each in found
            ),
        )  # fmt: skip
        if here:
            lines(["", "This installation has others:", *(f"  {each}" for each in here)])

    emit({"published": rows, "other_here": here}, as_json, show)


def show_published(scheme: str, digest: str, as_json: bool) -> None:
    """Show a text as the log holds it: without layout, comments and translations."""
    from ledger.domain.events import REGULATIONS
    from ledger.service.published import as_yaml, publications

    with ledger() as (_, _, store):
        found = publications(store.events_of(REGULATIONS))
    of_scheme = [each for each in found if each.scheme == scheme]
    chosen = next((each for each in of_scheme if each.digest == digest), None)
    if chosen is None:
        known = ", ".join(each.digest for each in of_scheme) or "none"
        message = f"no text {digest!r} of {scheme} is published; of this scheme there is: {known}"
        raise Problem(message, Exit.FINDINGS)
    emit(chosen, as_json, lambda: print(as_yaml(chosen.content), end=""))
