"""A workbook that an administrator sends in the chat: its plan is shown there, and it is written once they agree."""

from __future__ import annotations

import asyncio
from datetime import datetime

from bot.commands import office_book
from bot.commands.office_book import BookPlan, Faulty, Sheets
from bot.commands.telling import NotDone
from bot.filestore import FileStore
from domain.errors import NotYours
from domain.messages import Message
from domain.people import Person
from domain.rights import RIGHTS, Right
from handlers import checklist
from handlers.flows.checklist import to_agree, to_read_again
from handlers.words import _, of_error, speaking
from storage import files, people
from storage.db import Database
from storage.files import FileRecord
from storage.transaction import Tx

#: A plan is read on a phone: more lines are counted.
MOST_LINES = 40
MOST_MISTAKES = 20
#: One at a time: a workbook takes some hundred times its size in memory while it is read.
_reading = asyncio.Semaphore(1)


async def plan_workbook(db: Database, store: FileStore, now: datetime, person: Person, file: int) -> Message:
    """What the workbook would change, with a button to agree; or every mistake by its cell."""
    return await _answered(db, store, now, person, file, writing=False)


async def write_workbook(db: Database, store: FileStore, now: datetime, person: Person, file: int) -> Message:
    """Write the workbook, if everything in it is right still; then what is missing."""
    return await _answered(db, store, now, person, file, writing=True)


async def _answered(
    db: Database, store: FileStore, now: datetime, person: Person, file: int, *, writing: bool
) -> Message:
    record = await db.read(_record, person, file, now)
    if record is None:
        return Message(_("That file is not here any more. Please send it again."), buttons=(to_read_again(file)[1:],))
    if not record.digest:
        return Message(_("The file is still on its way."), buttons=(to_read_again(file),))
    try:
        async with _reading:
            sheets = await asyncio.to_thread(office_book.read, store.path(record.digest), record.name, _quietly)
        if writing:
            return await db.write(_written, sheets, person, now)
        return _planned(await db.read(_plan, sheets, person, now), file)
    except Faulty as faulty:
        return _mistakes(faulty)
    except NotDone as refusal:
        return Message(of_error(refusal), _("This cannot be taken over"), buttons=(to_read_again(file)[1:],))


def _quietly(_done: int, _total: int) -> None:
    """In a chat nobody watches a bar."""


def _record(tx: Tx, person: Person, file: int, now: datetime) -> FileRecord | None:
    """The file, if this administrator sent it."""
    _check(tx, person, now)
    found = [one for one in files.many(tx, [file]) if one.person == person.id]
    return found[0] if found else None


def _check(tx: Tx, person: Person, now: datetime) -> None:
    roles = {holding.role for holding in people.holdings(tx, person.id, now)}
    if not roles & RIGHTS[Right.SETUP]:
        raise NotYours()


def _plan(tx: Tx, sheets: Sheets, person: Person, now: datetime) -> BookPlan:
    with speaking(person.language):
        return office_book.plan(tx, sheets, now)


def _written(tx: Tx, sheets: Sheets, person: Person, now: datetime) -> Message:
    """Whether the person still may is looked at in the transaction that writes."""
    _check(tx, person, now)
    with speaking(person.language):
        made = office_book.take_over(tx, sheets, now)
        lacks = checklist.message(tx, now)
        counts = [line for line in office_book.lines(made) if not line.startswith(" ")]
        head = _("Written.") if made.changes_something else _("Everything was in the office already.")
        return Message("\n".join([head, *counts, "", lacks.text]), lacks.title, buttons=lacks.buttons)


def _planned(made: BookPlan, file: int) -> Message:
    lines = list(office_book.lines(made))
    text = "\n".join(lines[:MOST_LINES])
    if lines[MOST_LINES:]:
        text += "\n" + _("… and {n} more", n=len(lines) - MOST_LINES)
    if not made.changes_something:
        text += "\n" + _("Everything is in the office as the file has it: nothing was written.")
        return Message(text, _("Nothing to change"), buttons=(to_agree(file)[1:],))
    return Message(text, _("Set the office up from this file?"), buttons=(to_agree(file),))


def _mistakes(faulty: Faulty) -> Message:
    lines = faulty.complaints[:MOST_MISTAKES]
    if faulty.complaints[MOST_MISTAKES:]:
        lines.append(_("… and {n} more", n=len(faulty.complaints) - MOST_MISTAKES))
    lines.append(_("Please correct these cells and send the file again; nothing was written."))
    title = _("{n} mistake(s) in the file", n=len(faulty.complaints))
    return Message("\n".join(lines), title, buttons=(to_agree(0)[1:],))
