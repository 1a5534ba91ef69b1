"""Items of business from a spreadsheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.commands import named
from bot.commands.plans import Ids, Kind, Known, Plan, becomes, once
from bot.commands.sheets import Column, Row, Sheet
from domain.people import UnitOf
from handlers.words import N_, _
from storage import items
from storage.items import Item
from storage.transaction import Tx

MOST_DAYS = 730


def _wrong_days(text: str) -> str:
    fits = text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= MOST_DAYS
    return "" if fits else _("a number of working days from 1 to {most}", most=MOST_DAYS)


COLUMNS = (
    Column(
        "code",
        ("编码", "事项编码", "代码", "code"),
        required=True,
        most=80,
        narrow=True,
        note=N_("Unchanging, such as that of the catalogue of government services."),
        sample="JS-001",
    ),
    Column("name", ("事项", "事项名称", "名称", "name"), required=True, sample=N_("Building permit")),
    Column(
        "unit",
        ("单位", "责任单位", "实施单位", "unit"),
        required=True,
        note=N_("Code or name, as in the sheet of units."),
        sample=N_("Housing bureau"),
        picked="units",
    ),
    Column("steps", ("步骤", "办理流程", "办事流程", "steps"), most=10_000, sample=N_("apply, check, decide")),
    Column("documents", ("材料", "申请材料", "所需材料", "documents"), most=10_000, sample=N_("application form")),
    Column(
        "limit_days",
        ("时限(工作日)", "时限", "承诺时限(工作日)", "limit_days"),
        wrong=_wrong_days,
        narrow=True,
        note=N_("Working days promised; empty where none."),
        sample="5",
    ),
)


def plan(tx: Tx, sheet: Sheet, _now: datetime, known: Known) -> Plan[Item]:
    """What these rows would change. Units must be known; codes are unique in the sheet."""
    old = {item.code: item for item in items.every(tx)}
    made: Plan[Item] = Plan()
    codes: dict[str, int] = {}
    for row in [row for row in sheet.spoilt if row["unit"]]:
        _unit(sheet, row, known)
    for row in sheet.rows:
        unit = _unit(sheet, row, known)
        if once(sheet, "code", codes, row.number, row["code"]) and unit is not None:
            before = old.get(row["code"])
            wanted = _wanted(sheet, row, unit.id, before)
            made.put(wanted, before, f"{wanted.name} ({wanted.code})", _changes(before, wanted, known))
    made.absent = [item.name for code, item in old.items() if code not in codes]
    return made


def _unit(sheet: Sheet, row: Row, known: Known) -> UnitOf | None:
    unit = named.unit(known.units, row["unit"])
    if unit is None:
        sheet.fault(row.number, "unit", named.unknown_unit(row["unit"]))
    return unit


def _changes(old: Item | None, new: Item, known: Known) -> tuple[str, ...]:
    if old is None:
        return ()
    names = {unit.id: unit.name for unit in known.units}
    return (
        *becomes(COLUMNS, "name", old.name, new.name),
        *becomes(COLUMNS, "unit", names.get(old.unit_id, ""), names.get(new.unit_id, "")),
        *becomes(COLUMNS, "steps", old.steps, new.steps),
        *becomes(COLUMNS, "documents", old.documents, new.documents),
        *becomes(COLUMNS, "limit_days", str(old.limit_days or ""), str(new.limit_days or "")),
    )


def _wanted(sheet: Sheet, row: Row, unit: int, old: Item | None) -> Item:
    """A column that the sheet does not have leaves what is there."""
    days = int(row["limit_days"]) if row["limit_days"] else None
    steps = row["steps"] if sheet.has("steps") or old is None else old.steps
    documents = row["documents"] if sheet.has("documents") or old is None else old.documents
    limit = days if sheet.has("limit_days") or old is None else old.limit_days
    return Item(row["code"], row["name"], unit, steps, documents, limit)


def write(tx: Tx, made: Plan[Item], _now: datetime, ids: Ids) -> None:
    """Add and change items."""
    rows = [*made.added, *made.changed]
    items.save(tx, [replace(item, unit_id=ids.unit(item.unit_id) or item.unit_id) for item in rows])


ITEMS = Kind(COLUMNS, plan, write)
