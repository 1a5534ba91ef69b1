"""Key projects from a spreadsheet: a name each."""

from __future__ import annotations

from datetime import datetime

from bot.commands.plans import Ids, Kind, Known, Plan, once
from bot.commands.sheets import Column, Sheet
from handlers.words import N_
from storage import units
from storage.transaction import Tx

COLUMNS = (
    Column(
        "name",
        ("项目", "项目名称", "重点项目", "名称", "name", "project"),
        required=True,
        most=80,
        note=N_("As it stands in filings: a filing that names it reaches its inspector."),
        sample=N_("Seal industry park"),
    ),
)


def plan(_tx: Tx, sheet: Sheet, _now: datetime, known: Known) -> Plan[str]:
    """What these rows would change. People may then only be given to projects that are there or named here."""
    made: Plan[str] = Plan()
    seen: dict[str, int] = {}
    for row in sheet.rows:
        name = row["name"]
        if not once(sheet, "name", seen, row.number, name):
            continue
        made.put(name, name if name in known.projects else None, name)
        if name not in known.projects:
            number = known.next_project()
            known.projects[name] = number
            made.projects[number] = name
    made.absent = [name for name in known.projects if name not in seen]
    known.closed = bool(sheet.rows)
    return made


def write(tx: Tx, made: Plan[str], _now: datetime, ids: Ids) -> None:
    """Add projects."""
    for number, name in made.projects.items():
        ids.projects[number] = units.add_project(tx, name)


PROJECTS = Kind(COLUMNS, plan, write)
