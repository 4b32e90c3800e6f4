"""Laws of the design that neither the linters nor the types hold."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from ledger.domain import events
from ledger.domain.reasons import Reason
from ledger.store.catalogue import KINDS
from tests.architecture.checkout import ROOT


def test_every_event_is_in_the_catalogue_exactly_once() -> None:
    in_union = sorted(cls.__name__ for cls in get_args(events.Event))
    assert sorted(kind.cls.__name__ for kind in KINDS) == in_union
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_every_reason_of_refusal_is_given_somewhere() -> None:
    given = {
        node.attr
        for path in (ROOT / "ledger").rglob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Reason"
    }
    assert set(Reason.__members__) - given == set()


def test_no_quantity_can_become_a_float() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for room in ("ledger/domain", "ledger/store")
        for path in (ROOT / room).rglob("*.py")
        for line in floats(parsed(path))
    ]
    assert found == []


def test_a_float_is_found_unless_it_is_a_named_time() -> None:
    code = "PAUSE_SECONDS: Final = 0.5\nhours = 0.5\nx = float(y)\nmatch z:\n    case float(): ..."
    assert list(floats(ast.parse(code))) == [2, 3]


def floats(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of float literals and conversions; a bound in seconds may be one."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)])
            ) if name.endswith(("_S", "_SECONDS")):
                continue
            case ast.Constant(value=float()) | ast.Call(func=ast.Name(id="float")):
                yield node.lineno
            case ast.MatchClass():
                continue
        yield from floats(node)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))
