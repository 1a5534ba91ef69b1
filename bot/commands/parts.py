"""The parts of a spreadsheet, looked through before anything is made of them.

A file of 30 KB can hold three million styles, or one row of as many cells, and keep its reader busy for minutes with
gigabytes in memory; another kind of mark lets a short text stand for a long one, again and again. So the marks of each
part are counted first, one by one, and nothing is kept of them.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from xml.parsers import expat

#: Marks of a part with what people typed, and of one with styles, names or the like: twice what a file of
#: 20,000 rows has, and more than the 64,000 styles that spreadsheet programs allow.
MOST_TYPED, MOST_OTHER = 1_200_000, 100_000
TYPED = frozenset({"worksheet", "sst"})
#: Cells of one row: people have some dozen columns.
MOST_CELLS = 1024
PIECE_BYTES = 1024 * 1024


class TooMuch(Exception):
    """A part has more in it than people type."""


def look_through(packed: zipfile.ZipFile) -> None:
    """Go through every part. Raises TooMuch, ValueError, and what a broken archive raises."""
    for member in packed.infolist():
        with packed.open(member) as part:
            reader = _Reader()
            try:
                while piece := part.read(PIECE_BYTES):
                    reader.parser.Parse(piece)
            except expat.ExpatError:
                continue  # a picture; or broken here, and no further for any other reader


class _Reader:
    """Counts the marks of one part."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._begin
        self.parser.StartDoctypeDeclHandler = _refused
        self._most, self._count, self._cells = 0, 0, 0

    def _begin(self, name: str, _attributes: Mapping[str, str]) -> None:
        plain = name.rpartition(" ")[2]
        self._most = self._most or (MOST_TYPED if plain in TYPED else MOST_OTHER)
        self._count += 1
        if plain == "row":
            self._cells = 0
        elif plain == "c":
            self._cells += 1
        if self._count > self._most or self._cells > MOST_CELLS:
            raise TooMuch


def _refused(*_about: object) -> None:
    raise ValueError("a part with marks of its own making, as no spreadsheet program writes")
