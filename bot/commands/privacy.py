"""qinqing export person, qinqing erase person: for somebody who asks by letter or at the counter."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import archives
from bot.commands import code_sheet, opening
from bot.commands.telling import say
from domain.errors import BadDeclaration
from handlers import erasure, export
from handlers.words import N_, _
from storage import cases, people, wishes
from storage.transaction import Tx

#: What a report counts, in words; what is no word to anybody (sessions, deputies) is left out.
SORTS: dict[str, str] = {
    "cases": N_("cases"),
    "steps": N_("steps of cases"),
    "files": N_("files"),
    "messages": N_("messages"),
    "traces": N_("messages shown to officials"),
    "papers": N_("letters"),
    "talks": N_("unfinished talks"),
    "doors": N_("addresses"),
    "bound": N_("cases that must be kept"),
}


def export_person(
    whose: Annotated[str, typer.Argument(help=_("number of a case of theirs, or their number as a person"))],
    to: Annotated[Path | None, typer.Option("--to", help=_("the file to write"))] = None,
) -> None:
    """Write everything kept about a person into one file."""
    with opening.writing() as app:
        person = app.db.read_now(_person, whose)
        own = app.db.read_now(export.gather, person, datetime.now(UTC))
        target = to or Path(f"person-{person}.zip")
        with code_sheet.reserved(target):
            archives.pack(own, app.store, target)
    say(_("Written: {file}. It holds personal data: give it to nobody else.", file=target))


def erase_person(
    whose: Annotated[str, typer.Argument(help=_("number of a case of theirs, or their number as a person"))],
    yes: Annotated[bool, typer.Option("--yes", help=_("do not ask"))] = False,
    at_once: Annotated[bool, typer.Option("--at-once", help=_("without the day in which they may object"))] = False,
) -> None:
    """Erase a person with all their ended cases."""
    with opening.writing() as app:
        now = datetime.now(UTC)
        person = app.db.read_now(_person, whose)
        found = app.db.read_now(erasure.erasable, person, now)
        say(_("{ended} ended case(s) are erased, {kept} must be kept.", ended=len(found.ended), kept=len(found.bound)))
        if not (yes or typer.confirm(_("Erase for good?"))):
            return
        report = app.db.write_now(_erase_now if at_once else _erase_later, person, now)
    if not report:
        say(_("Arranged: they are told, and it is done in a day. The office must be running then."))
    for sort, words in SORTS.items():
        if report.get(sort):
            say(f"{_(words)}: {report[sort]}")


def _erase_later(tx: Tx, person: int, now: datetime) -> dict[str, int]:
    erasure.ask_for(tx, person, None, now)
    return {}


def _erase_now(tx: Tx, person: int, now: datetime) -> dict[str, int]:
    wishes.take_back(tx, person)
    wish = wishes.add(tx, person, None, now)
    report = {sort: count for sort, count in erasure.person(tx, person, now).items() if count}
    wishes.done(tx, wish, report, now)
    return report


def _person(tx: Tx, whose: str) -> int:
    """The id of whom a case number or a person's number names. Raises BadDeclaration."""
    case = cases.by_number(tx, whose)
    if case is not None and case.owner is not None:
        return case.owner
    number = int(whose) if whose.isascii() and whose.isdecimal() and len(whose) < 16 else 0
    if not number or people.get(tx, number) is None:
        raise BadDeclaration(where=whose[:40], what=_("is the number of nobody, nor of a case with a known owner"))
    return number
