"""Items of business from a spreadsheet."""

from __future__ import annotations

from datetime import datetime

from bot.commands import named
from bot.commands.plans import Kind, Plan, once
from bot.commands.sheets import Column, Row, Sheet
from handlers.words import _
from storage import items, units
from storage.items import Item
from storage.transaction import Tx

MOST_DAYS = 730


def _wrong_days(text: str) -> str:
    fits = text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= MOST_DAYS
    return "" if fits else _("a number of working days from 1 to {most}", most=MOST_DAYS)


COLUMNS = (
    Column("code", ("编码", "事项编码", "代码", "code"), required=True, most=80),
    Column("name", ("事项", "事项名称", "名称", "name"), required=True),
    Column("unit", ("单位", "责任单位", "实施单位", "unit"), required=True),
    Column("steps", ("步骤", "办理流程", "办事流程", "steps"), most=10_000),
    Column("documents", ("材料", "申请材料", "所需材料", "documents"), most=10_000),
    Column("limit_days", ("时限(工作日)", "时限", "承诺时限(工作日)", "limit_days"), wrong=_wrong_days),
)


def plan(tx: Tx, sheet: Sheet, _now: datetime) -> Plan[Item]:
    """What these rows would change. Units must be there already; codes are unique in the sheet."""
    old = {item.code: item for item in items.every(tx)}
    known = {name: unit.id for unit in units.every(tx) for name in (unit.name, unit.code)}
    made: Plan[Item] = Plan()
    codes: dict[str, int] = {}
    for row in sheet.rows:
        unit = known.get(row["unit"])
        if unit is None:
            sheet.fault(row.number, "unit", named.unknown_unit(row["unit"]))
        if once(sheet, "code", codes, row.number, row["code"]) and unit is not None:
            made.put(_wanted(sheet, row, unit, old.get(row["code"])), old.get(row["code"]))
    return made


def _wanted(sheet: Sheet, row: Row, unit: int, old: Item | None) -> Item:
    """A column that the sheet does not have leaves what is there."""
    days = int(row["limit_days"]) if row["limit_days"] else None
    steps = row["steps"] if sheet.has("steps") or old is None else old.steps
    documents = row["documents"] if sheet.has("documents") or old is None else old.documents
    limit = days if sheet.has("limit_days") or old is None else old.limit_days
    return Item(row["code"], row["name"], unit, steps, documents, limit)


def write(tx: Tx, made: Plan[Item], _now: datetime) -> None:
    """Add and change items."""
    items.save(tx, [*made.added, *made.changed])


ITEMS = Kind(COLUMNS, plan, write)
