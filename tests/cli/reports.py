"""A report as a test reads it: the page is well-formed XML, too."""

import re
from pathlib import Path
from typing import TypeAlias
from xml.etree import ElementTree as ET

Element: TypeAlias = ET.Element


def read(file: Path) -> Element:
    """Read a page; whatever would end an element or a text too early is found by this."""
    text = file.read_text("utf-8")
    assert text.startswith("<!doctype html>\n")
    return ET.fromstring(text.partition("\n")[2])  # noqa: S314  we made it


def text_of(element: Element) -> str:
    """Return what is read there, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def find(page: Element, tag: str, kind: str = "") -> list[Element]:
    """Return the elements of a tag and a class."""
    return [each for each in page.iter(tag) if not kind or kind in each.get("class", "").split()]


def section(page: Element, name: str) -> Element:
    """Return a section by the id of its heading."""
    (found,) = (each for each in page.iter("section") if each.get("aria-labelledby") == name)
    return found


def rows(table: Element) -> list[list[str]]:
    """Return a table's cells, without its head."""
    return [
        [text_of(cell) for cell in row]
        for part in table
        if part.tag in {"tbody", "tfoot"}
        for row in part
    ]


def commands(page: Element) -> list[str]:
    """Return the commands that the page says to type."""
    return [text_of(each) for each in find(page, "code", "command")]


def addresses(page: Element) -> list[tuple[str, str, str]]:
    """Return what an element could load or lead to: each attribute and style that names something."""
    loading = {"src", "href", "srcset", "data", "poster", "action", "formaction", "background"}
    found = [
        (each.tag, name, value)
        for each in page.iter()
        for name, value in each.attrib.items()
        if name.rpartition("}")[2] in loading or name.startswith("on") or name == "style"
    ]
    for style in find(page, "style"):
        found += [("style", "", each) for each in re.findall(r"url\(|@import|//", style.text or "")]
    return found
