"""Opens a spreadsheet (.xlsx) that nobody vouches for, and gives its cells row by row: nothing in it is ever run."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from bot.commands.parts import TooMuch, look_through
from bot.commands.telling import NotDone
from handlers.cleaning import kept
from handlers.words import _
from storage.loading import at_first_use

if TYPE_CHECKING:
    import openpyxl
else:
    openpyxl = at_first_use("openpyxl")  # 5 MB that a running office does not need

KIND = ".xlsx"
MOST_BYTES = 20 * 1024 * 1024
#: What a file may unpack to: a small archive can hold gigabytes, and texts take several times as much in memory.
MOST_UNPACKED_BYTES = 64 * 1024 * 1024
MOST_MEMBERS = 2000
MOST_ROWS = 20_000
#: Rows looked at, blank ones too: colouring a whole column writes a million of them.
LAST_ROW = 200_000
MOST_COLUMNS = 60
#: What a cell can hold in spreadsheet programs.
LONGEST_CELL = 32_767
MACROS = "vbaproject.bin"
_MERGED = re.compile(rb'<mergeCell\b[^<>]{0,200}\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')

Cells = list[tuple[Any, str]]
#: First and last row, first and last column (from 0) of cells that were made one.
Merged = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Book:
    """An open file: what its cells show, what was typed into them, and its parts."""

    values: Any
    formulas: Any
    packed: zipfile.ZipFile

    @property
    def tabs(self) -> list[tuple[str, bool]]:
        """The names of its sheets, in order, and whether each is out of sight."""
        return [(str(sheet.title), sheet.sheet_state != "visible") for sheet in self.values.worksheets]

    def rows(self, tab: int) -> Iterator[tuple[int, Cells]]:
        """Row numbers with their cells: what each shows, and its kind (f a formula, e an error)."""
        values, formulas = self.values.worksheets[tab], self.formulas.worksheets[tab]
        for sheet in (values, formulas):
            sheet.reset_dimensions()  # what a file says of its own size need not be true
        both = zip(values.iter_rows(max_col=MOST_COLUMNS), formulas.iter_rows(max_col=MOST_COLUMNS), strict=False)
        for number, (shown, plain) in enumerate(both, 1):
            if number > LAST_ROW:
                raise too_many_rows()
            kinds = zip(shown, plain, strict=False)
            yield number, [(_value(a.value), "e" if a.data_type == "e" else b.data_type) for a, b in kinds]

    def merged(self, tab: int) -> list[Merged]:
        """Cells of a sheet that were made one."""
        data = self.packed.read(self.values.worksheets[tab]._worksheet_path)
        column = openpyxl.utils.column_index_from_string
        return [
            (int(top), int(bottom), column(left.decode()) - 1, column(right.decode()) - 1)
            for left, top, right, bottom in _MERGED.findall(data)
        ]


def too_many_rows() -> NotDone:
    """What is said of a file nobody typed."""
    return NotDone(what=_("there are more than {n} rows: split the file", n=MOST_ROWS))


@contextmanager
def opened(path: Path, name: str) -> Iterator[Book]:
    """The file, for reading only; name: how people know it. Raises NotDone where it is no .xlsx of a sane size."""
    try:
        with ExitStack() as files:
            file = files.enter_context(path.open("rb"))
            again = files.enter_context(path.open("rb"))
            packed = files.enter_context(zipfile.ZipFile(file))
            _refuse_hostile(path, packed)
            yield Book(_loaded(file, data_only=True), _loaded(again, data_only=False), packed)
    except (NotDone, FileNotFoundError, PermissionError, IsADirectoryError):
        raise
    except Exception as error:  # a broken file breaks its reader in many ways
        raise NotDone(what=_not_a_sheet(name)) from error


def _not_a_sheet(name: str) -> str:
    return _("{file} cannot be read: save it as {kind} in your spreadsheet program", file=name, kind=KIND)


def _refuse_hostile(path: Path, packed: zipfile.ZipFile) -> None:
    members = packed.infolist()
    unpacked = sum(member.file_size for member in members)  # reading stops at what is declared here
    if path.stat().st_size > MOST_BYTES or unpacked > MOST_UNPACKED_BYTES or len(members) > MOST_MEMBERS:
        raise _too_large()
    if any(member.filename.casefold().endswith(MACROS) for member in members):
        raise NotDone(what=_("the file holds macros: save it as {kind} without them", kind=KIND))
    try:
        look_through(packed)
    except TooMuch:
        raise _too_large() from None


def _too_large() -> NotDone:
    return NotDone(what=_("the file is too large: copy only the rows to take over into a new one"))


def _loaded(file: IO[bytes], *, data_only: bool) -> Any:
    return openpyxl.load_workbook(file, read_only=True, data_only=data_only, keep_links=False)


def _value(value: Any) -> Any:
    """What a cell holds; a text without what no database keeps."""
    return kept(value[:LONGEST_CELL]) if isinstance(value, str) else value


def cell_name(row: int, place: int) -> str:
    """A cell as spreadsheets name it: row 7, third column (2 from 0) is C7."""
    return f"{openpyxl.utils.get_column_letter(place + 1)}{row}"
