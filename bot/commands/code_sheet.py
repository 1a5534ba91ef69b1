"""One-time codes in a spreadsheet of their own, to be handed out."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.plans import Invited
from bot.commands.telling import NotDone
from handlers.invitations import link, telegram_link
from handlers.phones import phone_words
from handlers.words import _
from storage.loading import at_first_use

if TYPE_CHECKING:
    import openpyxl
else:
    openpyxl = at_first_use("openpyxl")  # 5 MB that a running office does not need

WIDTHS = {"A": 14, "B": 18, "C": 16, "D": 24, "E": 16, "F": 48, "G": 48}


@dataclass(frozen=True, slots=True)
class Coded:
    """Somebody and their code."""

    invited: Invited
    code: str

    def texts(self, url: str, telegram: str = "") -> list[str]:
        """Name, phone, role, unit, code, and a link for each door the office has: its address, its chat on Telegram."""
        one = self.invited
        return [
            one.name,
            phone_words(one.phone),
            one.role,
            one.unit,
            self.code,
            *([link(self.code, url)] if url else []),
            *([telegram_link(self.code, telegram)] if telegram else []),
        ]


@contextmanager
def reserved(path: Path | None) -> Iterator[Path | None]:
    """Make the file, its owner's alone, before anything is written elsewhere; a failure takes it away again.

    Raises NotDone if it is there already.
    """
    if path is None:
        yield None
        return
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise NotDone(what=_("{file} exists already; choose another name", file=path.name)) from None
    try:
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def write(path: Path, codes: list[Coded], url: str, telegram: str = "") -> None:
    """Fill the reserved file. url, telegram: as in Coded.texts."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    doors = [*([_("link")] if url or not telegram else []), *([_("link on Telegram")] if telegram else [])]
    headers = [_("name"), _("phone"), _("role"), _("unit"), _("code"), *doors]
    for number, texts in enumerate([headers, *(coded.texts(url, telegram) for coded in codes)], 1):
        for place, text in enumerate(texts, 1):
            cell = sheet.cell(number, place, text)
            cell.data_type = "s"  # a name may begin with =, and is no formula
    for column, width in WIDTHS.items():
        sheet.column_dimensions[column].width = width
    packed = io.BytesIO()
    book.save(packed)
    path.write_bytes(packed.getvalue())
