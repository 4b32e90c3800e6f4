"""YAML as people read it, the same every time, and the same to readers of YAML 1.1 and 1.2."""

import re
from typing import Any

import yaml

WIDTH_COLUMNS = 100

NUMBER = re.compile(r"[-+.]?[0-9][0-9a-zA-Z_+.:-]*")
"""What one version of YAML or another may take for a number or a date: `0566988259`, `1e3`."""


class _Dumper(yaml.SafeDumper):
    """Items of lists are indented, and nothing is said by reference to another place."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow=flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "'" if NUMBER.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def dumped(document: Any, heading: str) -> str:  # noqa: ANN401
    """Return a document as YAML, in its own order, under a comment."""
    text: str = yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH_COLUMNS
    )
    return f"# {heading}\n{text}"
