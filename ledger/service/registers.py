"""Reads the registers: who may give courses, and which courses count."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import NamedTuple

import yaml

from ledger.domain.calendar import Term
from ledger.domain.expressions import nearest
from ledger.domain.rulebook import Registered
from ledger.service import marked
from ledger.service.marked import Wrong
from ledger.service.sections import File

PROVIDERS_FILE = "providers.yaml"


class Registers(NamedTuple):
    """The entries of the registers, by id, while they are read."""

    providers: dict[str, Registered]
    courses: dict[str, Registered]


def read_registers(file: File, schemes: Collection[str], known: Registers) -> None:
    """Read registers of providers and of courses, which are recognised for schemes."""
    root = file.root
    if root is None:
        return
    top = file.part(lambda: marked.mapping(root, ["providers"], ["courses"]))
    if top is None:
        return
    for name, entries in known._asdict().items():
        listed = file.part(partial(marked.items, top.get(name)))
        for node in listed or ():
            entry = file.part(partial(_registered_of, node, schemes, entries))
            if entry is not None:
                entries[entry.id] = entry


def _registered_of(
    node: yaml.Node, schemes: Collection[str], known: Mapping[str, Registered]
) -> Registered:
    """Read an entry of a register: a provider, or a course."""
    entry = marked.mapping(node, ["id", "name", "recognised"])
    id_ = marked.text(entry["id"])
    if id_ in known:
        raise Wrong(entry["id"], f"{id_!r} is in this register already")
    recognised: dict[str, tuple[Term, ...]] = {}
    for key, value in marked.pairs(entry["recognised"]):
        if key.value not in schemes:
            raise Wrong(key, f"there is no scheme {key.value!r}{nearest(key.value, schemes)}")
        recognised[key.value] = tuple(map(marked.valid, marked.items(value)))
    return Registered(id=id_, name=marked.text(entry["name"]), recognised=recognised)
