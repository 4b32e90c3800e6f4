"""Reads the regulations with some of them changed, for a simulation; nothing shipped is touched."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

import yaml

from ledger.domain.rulebook import Rulebook
from ledger.service import marked
from ledger.service.marked import Wrong
from ledger.service.registers import PROVIDERS_FILE
from ledger.service.rulebook import FOLDER, WrongRegulation, load

PLACE = "changed"
"""The folder, beside those of the authorities, in which changed files are read."""


def files_at(path: Path) -> dict[str, bytes]:
    """Return the content of a regulation file, or of all (`*.yaml`) below a folder, by its name.

    Raises:
        FileNotFoundError: there is none.

    """
    files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    if not files:
        msg = f"there is no regulation (*.yaml) below {path}"
        raise FileNotFoundError(msg)
    return {file.as_posix(): file.read_bytes() for file in files}


def load_with(changed: Mapping[str, bytes], folder: Path = FOLDER) -> Rulebook:
    """Read the regulations of a folder, each changed one in the place of that of the same scheme.

    A changed register of providers takes the place of those that name one of its providers.

    Args:
        changed: contents of regulation files, by their names.
        folder: of the regulations that they change.

    Raises:
        WrongRegulation: something in them is wrong; its findings have the names of `changed`.

    """
    with TemporaryDirectory(prefix="rugzak-rules-") as place:
        rules = copytree(folder, Path(place) / folder.name)
        replaced = {about for name, data in changed.items() for about in _subjects(name, data)}
        for file in rules.rglob("*.yaml"):
            if replaced & set(_subjects(file.name, file.read_bytes())):
                file.unlink()
        names = _written(changed, rules)
        try:
            return load(rules)
        except WrongRegulation as wrong:
            own = [replace(f, file=names[f.file]) for f in wrong.findings if f.file in names]
            raise WrongRegulation(own or wrong.findings) from None  # others follow from them


def _written(changed: Mapping[str, bytes], rules: Path) -> dict[str, str]:
    """Write the changed files among the others; return their names by those that findings have."""
    names: dict[str, str] = {}
    for number, (name, data) in enumerate(changed.items()):
        file = rules / PLACE / str(number) / Path(name).name
        file.parent.mkdir(parents=True)
        file.write_bytes(data)
        names[file.relative_to(rules.parent).as_posix()] = name
    return names


def _subjects(name: str, data: bytes) -> Sequence[str]:
    """Name what a file is about: its scheme, or its providers; nothing when it can't be read."""
    try:
        root = dict(marked.each(marked.compose(data)))
        if Path(name).name != PROVIDERS_FILE:
            return [marked.text(root["scheme"])]
        return [
            f"{register} {marked.text(dict(marked.each(node))['id'])}"
            for register in ("providers", "courses")
            for node in marked.items(root.get(register))
        ]
    except (Wrong, KeyError, yaml.YAMLError):  # said when it is loaded
        return []
