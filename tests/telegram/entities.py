"""Telegram's HTML: what a person reads of it, and what the platform refuses to read."""

from __future__ import annotations

from html.parser import HTMLParser

#: The tags the platform knows.
TAGS = frozenset(
    ("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler", "span")
)
#: The named entities the platform knows; numbers are always known.
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


class CannotParse(ValueError):
    """The text is no HTML the platform would take."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.words: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise CannotParse(f'Unsupported start tag "{tag}"')
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            raise CannotParse("Unmatched end tag")

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise CannotParse("Unclosed start tag")
        self.words.append(data)

    def handle_entityref(self, name: str) -> None:
        self.words.append(NAMED.get(name, f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self.words.append(chr(int(name[1:], 16) if name[:1] in "xX" else int(name)))

    def all(self) -> str:
        if self._open:
            raise CannotParse(f"Can't find end tag corresponding to start tag {self._open[-1]}")
        return "".join(self.words)


def plain(html: str) -> str:
    """What is read of a text in HTML. Raises CannotParse where the platform would refuse it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.all()
