"""qinqing import: a whole office from one workbook, or units, people, items from a sheet each; all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands import asking_telegram, code_sheet, office_book, opening, plans, sheets
from bot.commands.code_sheet import Coded
from bot.commands.item_rows import ITEMS
from bot.commands.office_book import MOST_COMPLAINTS, Faulty, Sheets
from bot.commands.people_rows import PEOPLE
from bot.commands.plans import Ids, Kind, Plan
from bot.commands.sheets import Sheet
from bot.commands.telling import NotDone, command, complain, progress, say
from bot.commands.unit_rows import UNITS
from bot.settings import settings
from handlers import checklist, invitations
from handlers.invitations import invite as make_code
from handlers.words import _
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Done:
    """What an import changed, and the codes it made."""

    plan: Plan[Any]
    codes: list[Coded]


# Help is written out at each command: only there it is read late enough to be in the language being spoken.


def office(
    file: Annotated[Path, typer.Argument(help=_("the workbook, {kind}", kind=".xlsx"))],
    yes: Annotated[bool, typer.Option("--yes", help=_("do not ask: write what was planned"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("only look, write nothing"))] = False,
) -> None:
    """Take over units, projects, people and items from one workbook, once its plan was shown and agreed to."""
    with progress(_("Reading")) as tell:
        read = office_book.read(file, file.name, tell)
    now = datetime.now(UTC)
    with opening.looking(settings().database_url) as db, _every_mistake():
        planned = db.read_now(office_book.plan, read, now)
    for line in office_book.lines(planned):
        say(line)
    if not planned.changes_something:
        say(_("Everything is in the office as the file has it: nothing was written."))
    elif dry_run:
        say(_("This was a trial: nothing was written."))
    elif yes or typer.confirm(_("Write this?")):
        _take_over(read, now)
    else:
        raise NotDone(what=_("nothing was written"))


def _take_over(read: Sheets, now: datetime) -> None:
    with opening.writing() as app, _every_mistake():
        app.db.write_now(office_book.take_over, read, now)
        waiting = app.db.read_now(invitations.awaited, now)
        lacks = app.db.read_now(checklist.message, now)
    say(_("Written."))
    say(f"{lacks.title}\n{lacks.text}")
    if waiting:
        say(_("{n} people have not come yet. Next: {command}", n=len(waiting), command=command("invite --all")))


@contextmanager
def _every_mistake() -> Iterator[None]:
    """Say each mistake on a line of its own before the refusal itself."""
    try:
        yield
    except Faulty as faulty:
        for line in faulty.complaints[:MOST_COMPLAINTS]:
            complain(line)
        raise


def units(
    file: Annotated[Path, typer.Argument(help=_("the spreadsheet, {kind}", kind=".xlsx"))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("only look, write nothing"))] = False,
) -> None:
    """Take over units: code, name, phone, duties."""
    _summary(_import(UNITS, file, dry_run=dry_run).plan, dry_run)


def items(
    file: Annotated[Path, typer.Argument(help=_("the spreadsheet, {kind}", kind=".xlsx"))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("only look, write nothing"))] = False,
) -> None:
    """Take over items: code, name, unit, steps, documents, limit in working days."""
    _summary(_import(ITEMS, file, dry_run=dry_run).plan, dry_run)


def people(
    file: Annotated[Path, typer.Argument(help=_("the spreadsheet, {kind}", kind=".xlsx"))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("only look, write nothing"))] = False,
    invite: Annotated[bool, typer.Option("--invite", help=_("make a one-time code for each who has to join"))] = False,
    codes: Annotated[Path | None, typer.Option("--codes", help=_("write the codes into this new spreadsheet"))] = None,
) -> None:
    """Take over people: name, phone, role, unit, project."""
    url = settings().public_url.rstrip("/")
    with code_sheet.reserved(None if dry_run else codes) as sheet:
        done = _import(PEOPLE, file, dry_run=dry_run, invite=invite or codes is not None)
        telegram = asking_telegram.link(settings()) if done.codes else ""
        if sheet is not None:
            code_sheet.write(sheet, done.codes, url, telegram)
    _summary(done.plan, dry_run)
    if sheet is not None:
        say(_("{n} code(s) in {file}: give each to its person only.", n=len(done.codes), file=sheet))
        return
    for coded in done.codes:
        say("\t".join(coded.texts(url, telegram)))


def _import(kind: Kind[Any], file: Path, *, dry_run: bool, invite: bool = False) -> Done:
    with progress(_("Reading")) as tell:
        sheet = sheets.read(file, kind.columns, tell)
    now = datetime.now(UTC)
    if dry_run:
        with opening.looking(settings().database_url) as db, _every_mistake():
            return Done(db.read_now(_planned, kind, sheet, now), [])
    with opening.writing() as app, _every_mistake():
        return app.db.write_now(_written, kind, sheet, now, invite)


def _planned(tx: Tx, kind: Kind[Any], sheet: Sheet, now: datetime) -> Plan[Any]:
    """The plan, where nothing is wrong. Raises Faulty with every mistake."""
    before = list(sheet.faults)
    plan = kind.plan(tx, sheet, now, plans.known(tx))
    complaints = sheet.complaints()
    sheet.faults = before  # the database may run this again
    if not complaints:
        return plan
    raise Faulty(complaints)


def _written(tx: Tx, kind: Kind[Any], sheet: Sheet, now: datetime, invite: bool) -> Done:
    plan = _planned(tx, kind, sheet, now)
    kind.write(tx, plan, now, Ids())
    codes = [Coded(one, make_code(tx, one.invitation, now)) for one in plan.invited] if invite else []
    return Done(plan, codes)


def _summary(plan: Plan[Any], dry_run: bool) -> None:
    say(
        _(
            "{added} added, {changed} changed, {unchanged} unchanged.",
            added=len(plan.added),
            changed=len(plan.changed),
            unchanged=plan.unchanged,
        )
    )
    for note in plan.notes:
        say(note)
    if dry_run:
        say(_("This was a trial: nothing was written."))
