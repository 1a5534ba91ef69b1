"""The XML of WeCom's calls: the outer envelope that anybody may have written, and the message sealed in it (D90930).

No document types, no entities, no deep nests: what is more than plain elements with text in them is no call of WeCom's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from bot.channels.wecom.crypto import Forged

#: A message of WeCom's has three levels at the deepest, and some thirty elements.
DEEPEST = 8
MOST_ELEMENTS = 2000
#: An element without children is its text; one with children a dict of them; of the same name twice, a list.
Element = dict[str, Any]


def encrypted(body: bytes) -> str:
    """What is sealed in the envelope of a call; nothing else in it is signed or read. Raises Forged."""
    sealed = parsed(body).get("Encrypt")
    if not isinstance(sealed, str) or not sealed:
        raise Forged
    return sealed


def parsed(xml: bytes) -> Element:
    """The elements below the root, nested, texts as str. Raises Forged for what is no plain XML in UTF-8."""
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = parser.ProcessingInstructionHandler = _forbidden
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError):
        raise Forged from None
    if not isinstance(reader.root, dict):
        raise Forged
    return reader.root


def rows(element: Mapping[str, Any], *path: str) -> list[Any]:
    """Every element at the end of a path, whether there is none, one or several of each on the way."""
    found: list[Any] = [element]
    for name in path:
        children = [one[name] for one in found if isinstance(one, Mapping) and name in one]
        found = [one for child in children for one in (child if isinstance(child, list) else [child])]
    return found


def text(element: Mapping[str, Any], name: str) -> str:
    """The text of a child; "" where there is none, or where it is no text."""
    found = element.get(name, "")
    return found if isinstance(found, str) else ""


def _forbidden(*_about: Any) -> None:
    raise Forged


class _Reader:
    """Builds the nested elements while the parser goes on."""

    def __init__(self) -> None:
        self.root: Element | str = ""
        self._open: list[tuple[str, Element, list[str]]] = []
        self._count = 0

    def begin(self, name: str, _attributes: Mapping[str, str]) -> None:
        self._count += 1
        if len(self._open) >= DEEPEST or self._count > MOST_ELEMENTS:
            raise Forged
        self._open.append((name, {}, []))

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1][2].append(data)

    def end(self, _name: str) -> None:
        name, children, words = self._open.pop()
        found: Element | str = children or "".join(words)
        if not self._open:
            self.root = found
            return
        around = self._open[-1][1]
        if name not in around:
            around[name] = found
        elif isinstance(around[name], list):
            around[name].append(found)
        else:
            around[name] = [around[name], found]
