"""Rows of text from a sheet by the headers of its columns; of every cell it is said what is wrong with it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from bot.commands import spreadsheet
from bot.commands.spreadsheet import Book, Cells, cell_name
from bot.commands.telling import NotDone, Tell
from handlers.phrases import listed
from handlers.words import DEFAULT, N_, _, every_language, language

#: A title and notes may stand above the header.
HEADER_WITHIN = 10
LOOK_EVERY_ROWS = 500
#: How a row begins that only shows what to type.
EXAMPLE = N_("Example: ")


def _anything(_text: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its key, the headers it may have, whether each row must fill it, and its longest text.

    wrong: says what is wrong with a text that stands there, nothing if it fits. narrow: full-width characters are
    taken as narrow ones; days: a date may stand there, and is read as 2026-03-03. In the sample that is written for an
    office, note says what to type, sample shows it, and picked names the list to choose from.
    """

    key: str
    headers: tuple[str, ...]
    required: bool = False
    most: int = 200
    wrong: Callable[[str], str] = _anything
    narrow: bool = False
    days: bool = False
    note: str = ""
    sample: str = ""
    picked: str = ""

    @property
    def title(self) -> str:
        """Its header in the language being spoken."""
        return self.headers[0] if language() == DEFAULT else self.headers[-1]

    @property
    def names(self) -> frozenset[str]:
        """Its headers as they are compared."""
        return frozenset(map(plain, self.headers))


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its number in the sheet: texts by the keys of columns."""

    number: int
    texts: dict[str, str]

    def __getitem__(self, key: str) -> str:
        return self.texts.get(key, "")


@dataclass(frozen=True, slots=True)
class Head:
    """Where a column was found: its place from 0 and its header as it stands there."""

    place: int
    header: str


@dataclass
class Sheet:
    """The rows read, where their columns are, and what is wrong so far. tab: its name, where the file has several.

    spoilt: rows with a faulty cell, which has no text there; they are planned no further, but their rest is checked.
    """

    heads: dict[str, Head]
    below: int = 0
    tab: str = ""
    rows: list[Row] = field(default_factory=list)
    spoilt: list[Row] = field(default_factory=list)
    faults: list[tuple[int, int, str]] = field(default_factory=list)

    def has(self, key: str) -> bool:
        """Whether the sheet has this column."""
        return key in self.heads

    def fault(self, number: int, key: str, what: str) -> None:
        """Note that a cell is wrong."""
        head = self.heads[key]
        cell = cell_name(number, head.place)
        if self.tab:
            text = _("{tab}!{cell}: {what}", tab=self.tab, cell=cell, what=what)
        else:
            text = _(
                "Row {row}, column “{column}” ({cell}): {what}", row=number, column=head.header, cell=cell, what=what
            )
        self.faults.append((number, head.place, text))

    def complaints(self) -> list[str]:
        """Everything that is wrong, from the top of the sheet down."""
        return [text for _number, _place, text in sorted(self.faults)]


def read(path: Path, columns: tuple[Column, ...], tell: Tell) -> Sheet:
    """The rows of a file's first sheet. Faulty cells are noted, their rows left out.

    Raises NotDone where nothing can be read.
    """
    with spreadsheet.opened(path, path.name) as book:
        sheet = rows_of(book, 0, columns, tell)
    if not sheet.rows and not sheet.faults:
        raise NotDone(what=_("there are no rows below the header"))
    return sheet


def rows_of(book: Book, tab: int, columns: tuple[Column, ...], tell: Tell, name: str = "") -> Sheet:
    """The rows of one sheet of an open file; name: what cells are called by. Raises NotDone without a header."""
    total = book.values.worksheets[tab].max_row or 0
    pairs = book.rows(tab)
    sheet = _header(pairs, columns, name)
    for number, cells in pairs:
        if number % LOOK_EVERY_ROWS == 0:
            tell(number, max(total, number))
        if any(shown is not None or kind == "f" for shown, kind in cells):
            _take(sheet, columns, number, cells)
        if len(sheet.rows) > spreadsheet.MOST_ROWS:
            raise spreadsheet.too_many_rows()
    _refuse_merged(sheet, book.merged(tab))
    tell(1, 1)
    return sheet


def _header(pairs: Iterator[tuple[int, Cells]], columns: tuple[Column, ...], name: str) -> Sheet:
    """The sheet with the columns of its header, which is the first row that names all required ones."""
    nearest: list[Column] = [column for column in columns if column.required]
    for number, cells in pairs:
        heads = _heads(cells, columns)
        missing = [column for column in columns if column.required and column.key not in heads]
        if not missing:
            return Sheet(heads, number, name)
        nearest = min(nearest, missing, key=len)
        if number >= HEADER_WITHIN:
            break
    names = listed(column.headers[0] for column in nearest)
    what = _("no header row was found; these columns are missing: {names}", names=names)
    raise NotDone(what=_("{tab}: {what}", tab=name, what=what) if name else what)


def _heads(cells: Cells, columns: tuple[Column, ...]) -> dict[str, Head]:
    known = {name: column.key for column in columns for name in column.names}
    heads: dict[str, Head] = {}
    for place, (shown, _kind) in enumerate(cells):
        key = known.get(plain(shown)) if isinstance(shown, str) else None
        if key in heads:
            raise NotDone(what=_("the column “{column}” is there twice", column=shown))
        if key is not None:
            heads[key] = Head(place, str(shown).strip())
    return heads


def plain(text: str) -> str:
    """A header or a name as it is compared: without spaces, stars, width and case."""
    return "".join(unicodedata.normalize("NFKC", text).replace("*", "").split()).casefold()


def _take(sheet: Sheet, columns: tuple[Column, ...], number: int, cells: Cells) -> None:
    if _is_example(cells):
        return
    before = len(sheet.faults)
    texts = {}
    for column in columns:
        if column.key not in sheet.heads:
            continue
        place = sheet.heads[column.key].place
        shown, kind = cells[place] if place < len(cells) else (None, "n")
        text, what = _text(shown, kind, column)
        texts[column.key] = text
        if what:
            sheet.fault(number, column.key, what)
    if not any(texts.values()) and all(kind not in "ef" for _shown, kind in cells):
        del sheet.faults[before:]  # nothing that is asked for stands here: a note, a sum, a spoilt blank line
    elif len(sheet.faults) == before:
        sheet.rows.append(Row(number, texts))
    else:
        sheet.spoilt.append(Row(number, texts))


def _is_example(cells: Cells) -> bool:
    first = next((shown for shown, _kind in cells if shown is not None), None)
    marks = tuple(plain(mark) for mark in every_language(EXAMPLE))
    return isinstance(first, str) and plain(first).startswith(marks)


def _refuse_merged(sheet: Sheet, merged: list[tuple[int, int, int, int]]) -> None:
    """Cells made one hold one text for many rows: what the others mean can only be guessed."""
    for top, bottom, left, right in merged:
        inside = [key for key, head in sheet.heads.items() if left <= head.place <= right]
        if bottom <= sheet.below or not inside:
            continue
        key = min(inside, key=lambda key: sheet.heads[key].place)
        sheet.fault(max(top, sheet.below + 1), key, _("merged cells: split them, and type the text into each"))


def _text(shown: Any, kind: str, column: Column) -> tuple[str, str]:
    """(the text of a cell, what is wrong with it or nothing)."""
    if kind == "e":
        return "", _("the sheet shows an error here")
    if kind == "f" and shown is None:
        return "", _("a formula without a value: type the value itself")
    if isinstance(shown, date | time) and not (column.days and isinstance(shown, date)):
        return "", _("a date: type it as text")
    text = _cleaned(shown, narrow=column.narrow)
    if column.required and not text:
        return "", _("is empty; merged cells must be split")
    if len(text) > column.most:
        return "", _("too long: at most {n} characters", n=column.most)
    wrong = column.wrong(text) if text else ""
    return "" if wrong else text, wrong


def _cleaned(shown: Any, *, narrow: bool) -> str:
    if shown is None:
        return ""
    if isinstance(shown, datetime):
        shown = shown.date()
    if isinstance(shown, float) and shown.is_integer():
        return str(int(shown))  # 13800000000.0 is a phone
    text = unicodedata.normalize("NFKC" if narrow else "NFC", str(shown)).replace("_x000D_", "").replace("\r\n", "\n")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")).strip()
