"""Writes the sample workbook an office fills in: a sheet for each sort of row, with notes, lists to pick from and an
example that is not taken over."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.commands.named import GIVEN_ROLES
from bot.commands.office_book import TABS, Tab
from bot.commands.sheets import EXAMPLE, Column
from handlers.menus import role_words
from handlers.words import N_, _
from storage.loading import at_first_use

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = at_first_use("xlsxwriter")  # a running office does not write workbooks

HOW = N_(
    "Yellow headers must be filled; hold the pointer over a header to read what belongs there. "
    "The green example row is not taken over."
)
#: Rows from 0: a title, a line on the sheet, the header, the example, and then those to fill.
TITLE, NOTE, HEADER, SHOWN, FIRST = range(5)
#: So many rows have borders, formats and lists to pick from; more may be filled.
PREPARED_ROWS = 500
NARROW, WIDE, WIDEST = 16, 26, 60
LONG_TEXT = 1000
COMMENT_PX = 320
INK, PALE, FAINT, LINE = "#14532d", "#e7f3ec", "#6b7280", "#c9d6cf"

#: How cells look, by what they are.
FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": INK},
    "note": {"font_color": FAINT, "valign": "top"},
    "header": {"bold": True, "bg_color": INK, "font_color": "#ffffff", "border": 1, "border_color": LINE},
    "needed": {"bold": True, "bg_color": INK, "font_color": "#fde68a", "border": 1, "border_color": LINE},
    "example": {"italic": True, "bg_color": PALE, "font_color": FAINT, "border": 1, "border_color": LINE},
    "cell": {"num_format": "@", "text_wrap": True, "valign": "top", "border": 1, "border_color": LINE},
}


@dataclass(frozen=True, slots=True)
class Writing:
    """The workbook being written, and its formats by name."""

    book: Any
    formats: dict[str, Any]


def sample() -> bytes:
    """The sample workbook, in the language being spoken."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False}) as book:
        writing = Writing(book, {name: book.add_format(look) for name, look in FORMATS.items()})
        lists = _lists()
        for tab in TABS.values():
            _write_tab(writing, tab, lists)
        _write_roles(writing)
    return packed.getvalue()


def _lists() -> dict[str, str]:
    """Where the values to pick from stand: the names of units and projects, and the roles."""
    rows = f"${FIRST + 1}:$%s${FIRST + PREPARED_ROWS}"
    return {
        "units": f"='{TABS['units'].title}'!$B{rows % 'B'}",
        "projects": f"='{TABS['projects'].title}'!$A{rows % 'A'}",
        "roles": f"='{_roles_title()}'!$A$1:$A${len(GIVEN_ROLES)}",
    }


def _roles_title() -> str:
    return _("list of roles")


def _write_roles(writing: Writing) -> None:
    """The roles to pick from, on a sheet of their own that is out of sight."""
    sheet = writing.book.add_worksheet(_roles_title())
    for row, role in enumerate(GIVEN_ROLES):
        sheet.write_string(row, 0, role_words(role))
    sheet.hide()


def _write_tab(writing: Writing, tab: Tab, lists: dict[str, str]) -> None:
    sheet, look = writing.book.add_worksheet(tab.title), writing.formats
    columns = tab.kind.columns
    sheet.write_string(TITLE, 0, _("Qinqing · {tab}", tab=tab.title), look["title"])  # alone it would be a header
    sheet.write_string(NOTE, 0, f"{_(tab.note)} {_(HOW)}", look["note"])
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _width(column))
        sheet.write_string(HEADER, place, column.title, look["needed" if column.required else "header"])
        if column.note:
            sheet.write_comment(HEADER, place, _(column.note), {"width": COMMENT_PX})
        if column.picked:
            _offer(sheet, place, lists[column.picked])
    _write_example(writing, sheet, columns)
    for row in range(FIRST, FIRST + PREPARED_ROWS):
        for place in range(len(columns)):
            sheet.write_blank(row, place, None, look["cell"])
    sheet.freeze_panes(FIRST, 0)
    sheet.set_row(TITLE, 26)
    sheet.set_row(HEADER, 20)


def _write_example(writing: Writing, sheet: Any, columns: Sequence[Column]) -> None:
    for place, column in enumerate(columns):
        text = _(column.sample) if column.sample else ""
        sheet.write_string(SHOWN, place, _(EXAMPLE) + text if place == 0 else text, writing.formats["example"])


def _offer(sheet: Any, place: int, source: str) -> None:
    """A list to pick from; something else may be typed, after a warning: a unit may be known to the office already."""
    sheet.data_validation(
        FIRST,
        place,
        FIRST + PREPARED_ROWS - 1,
        place,
        {
            "validate": "list",
            "source": source,
            "error_type": "warning",
            "error_title": _("Not in the list"),
            "error_message": _("This is not in the list. It is taken over only if the office knows it."),
        },
    )


def _width(column: Column) -> int:
    return WIDEST if column.most > LONG_TEXT else WIDE if column.most > 100 or column.picked else NARROW
