"""Reads the first sheet of a spreadsheet (.xlsx) into rows of text, and says of every cell what is wrong with it."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from bot.commands.telling import NotDone, Tell
from handlers.phrases import listed
from handlers.words import _
from storage.loading import at_first_use

if TYPE_CHECKING:
    import openpyxl
else:
    openpyxl = at_first_use("openpyxl")  # 5 MB that a running office does not need

MOST_ROWS = 20_000
MOST_COLUMNS = 60
#: A title and notes may stand above the header.
HEADER_WITHIN = 10
#: What one more row of an .xlsx can be; a file that says more is broken.
LAST_ROW = 1_048_576
#: What a file may unpack to: a small archive can hold gigabytes.
MOST_UNPACKED_BYTES = 256 * 1024 * 1024
LOOK_EVERY_ROWS = 500


def _anything(_text: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its key, the headers it may have, whether each row must fill it, and its longest text.

    wrong: says what is wrong with a text that stands there, nothing if it fits.
    """

    key: str
    headers: tuple[str, ...]
    required: bool = False
    most: int = 200
    wrong: Callable[[str], str] = _anything


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
    """The rows read, where their columns are, and what is wrong so far."""

    heads: dict[str, Head]
    rows: list[Row] = field(default_factory=list)
    faults: list[tuple[int, int, str]] = field(default_factory=list)

    def has(self, key: str) -> bool:
        """Whether the sheet has this column."""
        return key in self.heads

    def fault(self, number: int, key: str, what: str) -> None:
        """Note that a cell is wrong."""
        head = self.heads[key]
        cell = f"{openpyxl.utils.get_column_letter(head.place + 1)}{number}"
        text = _("Row {row}, column “{column}” ({cell}): {what}", row=number, column=head.header, cell=cell, what=what)
        self.faults.append((number, head.place, text))

    def complaints(self) -> list[str]:
        """Everything that is wrong, from the top of the sheet down."""
        return [text for _number, _place, text in sorted(self.faults)]


def read(path: Path, columns: tuple[Column, ...], tell: Tell) -> Sheet:
    """The rows of a file. Faulty cells are noted, their rows left out. Raises NotDone where nothing can be read."""
    try:
        with path.open("rb") as file, path.open("rb") as again:
            _refuse_bombs(file)
            return _read(_first_sheet(file, data_only=True), _first_sheet(again, data_only=False), columns, tell)
    except (NotDone, FileNotFoundError, PermissionError, IsADirectoryError):
        raise
    except Exception as error:  # a broken file breaks its reader in many ways
        raise NotDone(what=_not_a_sheet(path)) from error


def _not_a_sheet(path: Path) -> str:
    return _("{file} cannot be read: save it as {kind} in your spreadsheet program", file=path.name, kind=".xlsx")


def _refuse_bombs(file: IO[bytes]) -> None:
    with zipfile.ZipFile(file) as packed:
        if sum(member.file_size for member in packed.infolist()) > MOST_UNPACKED_BYTES:
            raise NotDone(what=_("the file is too large: copy only the rows to take over into a new one"))
    file.seek(0)


def _first_sheet(file: IO[bytes], *, data_only: bool) -> Any:
    return openpyxl.load_workbook(file, read_only=True, data_only=data_only, keep_links=False).worksheets[0]


def _read(values: Any, formulas: Any, columns: tuple[Column, ...], tell: Tell) -> Sheet:
    total = values.max_row or 0
    pairs = _pairs(values, formulas)
    sheet = _header(pairs, columns)
    for number, cells in pairs:
        if number % LOOK_EVERY_ROWS == 0:
            tell(number, max(total, number))
        if any(shown is not None or kind == "f" for shown, kind in cells):
            _take(sheet, columns, number, cells)
        if len(sheet.rows) > MOST_ROWS:
            raise NotDone(what=_("there are more than {n} rows: split the file", n=MOST_ROWS))
    tell(1, 1)
    if not sheet.rows and not sheet.faults:
        raise NotDone(what=_("there are no rows below the header"))
    return sheet


Cells = list[tuple[Any, str]]


def _pairs(values: Any, formulas: Any) -> Iterator[tuple[int, Cells]]:
    """Row numbers with their cells: what each shows, and its kind (f a formula, e an error)."""
    for sheet in (values, formulas):
        sheet.reset_dimensions()  # what a file says of its own size need not be true
    both = zip(values.iter_rows(max_col=MOST_COLUMNS), formulas.iter_rows(max_col=MOST_COLUMNS), strict=False)
    for number, (shown, plain) in enumerate(both, 1):
        if number > LAST_ROW:
            raise NotDone(what=_("there are more than {n} rows: split the file", n=MOST_ROWS))
        yield (
            number,
            [(a.value, "e" if a.data_type == "e" else b.data_type) for a, b in zip(shown, plain, strict=False)],
        )


def _header(pairs: Iterator[tuple[int, Cells]], columns: tuple[Column, ...]) -> Sheet:
    """The sheet with the columns of its header, which is the first row that names all required ones."""
    nearest: list[Column] = [column for column in columns if column.required]
    for number, cells in pairs:
        heads = _heads(cells, columns)
        missing = [column for column in columns if column.required and column.key not in heads]
        if not missing:
            return Sheet(heads)
        nearest = min(nearest, missing, key=len)
        if number >= HEADER_WITHIN:
            break
    names = listed(column.headers[0] for column in nearest)
    raise NotDone(what=_("no header row was found; these columns are missing: {names}", names=names))


def _heads(cells: Cells, columns: tuple[Column, ...]) -> dict[str, Head]:
    known = {_plain(header): column.key for column in columns for header in column.headers}
    heads: dict[str, Head] = {}
    for place, (shown, _kind) in enumerate(cells):
        key = known.get(_plain(shown)) if isinstance(shown, str) else None
        if key in heads:
            raise NotDone(what=_("the column “{column}” is there twice", column=shown))
        if key is not None:
            heads[key] = Head(place, str(shown).strip())
    return heads


def _plain(text: str) -> str:
    """A header as it is compared: without spaces, stars, width and case."""
    return "".join(unicodedata.normalize("NFKC", text).replace("*", "").split()).casefold()


def _take(sheet: Sheet, columns: tuple[Column, ...], number: int, cells: Cells) -> None:
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


def _text(shown: Any, kind: str, column: Column) -> tuple[str, str]:
    """(the text of a cell, what is wrong with it or nothing)."""
    if kind == "e":
        return "", _("the sheet shows an error here")
    if kind == "f" and shown is None:
        return "", _("a formula without a value: type the value itself")
    if isinstance(shown, date | time):
        return "", _("a date: type it as text")
    text = _cleaned(shown)
    if column.required and not text:
        return "", _("is empty; merged cells must be split")
    if len(text) > column.most:
        return "", _("too long: at most {n} characters", n=column.most)
    return text, column.wrong(text) if text else ""


def _cleaned(shown: Any) -> str:
    if shown is None:
        return ""
    if isinstance(shown, float) and shown.is_integer():
        return str(int(shown))  # 13800000000.0 is a phone
    text = unicodedata.normalize("NFC", str(shown)).replace("_x000D_", "").replace("\r\n", "\n")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")).strip()
