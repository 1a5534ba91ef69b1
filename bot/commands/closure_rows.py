"""Days the office is closed beside the public holidays, from a spreadsheet into the rulebook."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

from bot.commands.plans import Ids, Kind, Known, Plan, becomes, once
from bot.commands.sheets import Column, Sheet
from domain.rulebook import Closure
from handlers.phrases import day_words
from handlers.words import N_, _
from storage import calendars, rulebooks
from storage.transaction import Tx

_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
#: A day outside of these is a slip of the hand.
FIRST_YEAR, LAST_YEAR = 2020, 2099


def _day(text: str) -> date | None:
    """A day as people write it: 2026-12-24, 2026/12/24, 2026年12月24日."""
    found = _DAY.fullmatch("".join(text.split()))
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _wrong_day(text: str) -> str:
    day = _day(text)
    fits = day is not None and FIRST_YEAR <= day.year <= LAST_YEAR
    return "" if fits else _("not a day, such as {example}", example="2026-12-24")


COLUMNS = (
    Column(
        "day",
        ("日期", "放假日期", "day", "date"),
        required=True,
        most=20,
        wrong=_wrong_day,
        narrow=True,
        days=True,
        note=N_("Only the office's own: the public holidays are known already."),
        sample="2026-12-24",
    ),
    Column("name", ("原因", "名称", "why", "name"), required=True, most=40, sample=N_("snowstorm")),
)


def plan(tx: Tx, sheet: Sheet, _now: datetime, _known: Known) -> Plan[Closure]:
    """What these rows would change; running deadlines stay as they were told."""
    old = {closure.day: closure for closure in (rulebooks.current(tx) or tx.office.rulebook).closures}
    made: Plan[Closure] = Plan()
    seen: dict[str, int] = {}
    for row in sheet.rows:
        day = _day(row["day"])
        if day is None or not once(sheet, "day", seen, row.number, day.isoformat()):
            continue
        before = old.get(day)
        changes = becomes(COLUMNS, "name", before.name, row["name"]) if before else ()
        made.put(Closure(day, row["name"]), before, f"{day_words(day, date.min)} {row['name']}", changes)
    made.absent = [f"{day.isoformat()} {one.name}" for day, one in old.items() if day.isoformat() not in seen]
    return made


def write(tx: Tx, made: Plan[Closure], now: datetime, _ids: Ids) -> None:
    """Keep the days in a new version of the rulebook, which the office reads within seconds."""
    if not made.changes_something:
        return
    calendars.plant(tx, now)
    rulebooks.plant(tx, tx.office.rulebook, now)
    book = rulebooks.current(tx) or tx.office.rulebook
    days = {closure.day: closure for closure in (*book.closures, *made.added, *made.changed)}
    closures = tuple(days[day] for day in sorted(days))
    why = _("closed days from the workbook")
    rulebooks.save(tx, replace(book, closures=closures), why, None, now, based_on=book.version)


CLOSURES = Kind(COLUMNS, plan, write)
