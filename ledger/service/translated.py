"""How languages say what a regulation's file says to people; English stands in the file's place.

A text is plain, and then English, or `{nl: ..., fr: ..., en: ...}`. What the names of conditions,
values and numbers mean, and any plain text too, can be said under the file's `words`, by the name
or by the English text: `works-enough: {nl: ..., fr: ...}`.
"""

from collections.abc import Mapping
from typing import Any

import yaml

from ledger.service import marked
from ledger.service.marked import Wrong

LANGUAGES = ("nl", "fr", "en")

TEXTS = ("because", "else", "gap-before", "assumed")
"""The keys of what is written for people."""


class Words:
    """Collects what a file says in several languages."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.known: dict[str, Mapping[str, str]] = {}

    def text(self, node: yaml.Node) -> str:
        """Read a text for people; return it in English."""
        if not isinstance(node, yaml.MappingNode):
            return marked.text(node)
        english = marked.mapping(node, ["en"], LANGUAGES)["en"]
        self.add(marked.Pair(english, node))
        return marked.text(english)

    def add(self, pair: marked.Pair) -> None:
        """Read how languages say a name or an English text."""
        entry = marked.mapping(pair.value, [], LANGUAGES)
        nodes = {language: entry.get(language) for language in LANGUAGES}
        said = {language: marked.text(node) for language, node in nodes.items() if node is not None}
        text = marked.text(pair.key)
        if self.known.setdefault(key(text), said) != said:
            raise Wrong(pair.key, f"{text!r} is said in two ways; one is enough")


def key(text: str) -> str:
    """Return under which key the words of a name or text are kept: names have dashes there."""
    return text.replace("_", "-")


def content(root: yaml.Node) -> Any:  # noqa: ANN401  YAML
    """Return what a digest covers: what decides, and its English; no layout, no translations."""
    whole = _content(root)
    if isinstance(root, yaml.MappingNode):
        return [pair for pair in whole if pair[0] != "words"]
    return whole


def _content(node: yaml.Node, part: str = "") -> Any:  # noqa: ANN401  YAML
    match node:
        case yaml.MappingNode() if part in TEXTS:
            return {marked.plain(name): marked.plain(text) for name, text in node.value}.get("en")
        case yaml.MappingNode():
            return [[marked.plain(name), _content(each, name.value)] for name, each in node.value]
        case yaml.SequenceNode():
            return [_content(item, part) for item in node.value]
        case _:
            return node.value
