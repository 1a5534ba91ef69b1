"""Units from a spreadsheet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.commands.plans import Kind, Plan, once
from bot.commands.sheets import Column, Row, Sheet
from domain.likely import grams
from domain.people import UnitOf
from handlers.words import _
from storage import units
from storage.transaction import Tx

CODE = re.compile(r"[\w-]+")
PHONE = re.compile(r"(?=(?:\D*\d){3})[\d+\-() /,;、，；（）转]+")


def _wrong_code(text: str) -> str:
    return "" if CODE.fullmatch(text) else _("only letters, digits, - and _")


def _wrong_phone(text: str) -> str:
    return "" if PHONE.fullmatch(text) else _("not a phone number")


COLUMNS = (
    Column("code", ("编码", "单位编码", "代码", "code"), required=True, most=40, wrong=_wrong_code),
    Column("name", ("单位", "单位名称", "名称", "name", "unit"), required=True, most=80),
    Column("phone", ("电话", "联系电话", "单位电话", "phone"), most=60, wrong=_wrong_phone),
    Column("duties", ("职责", "职责范围", "主要职责", "duties"), most=10_000),
)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the sheet has it."""

    code: str
    name: str
    phone: str
    duties: str


def plan(tx: Tx, sheet: Sheet, _now: datetime) -> Plan[UnitRow]:
    """What these rows would change. Codes and names must be unique, in the sheet and among the other units."""
    old = {unit.code: unit for unit in units.every(tx)}
    names = {unit.name: unit.code for unit in old.values()}
    made: Plan[UnitRow] = Plan()
    codes: dict[str, int] = {}
    seen: dict[str, int] = {}
    given = {row["code"] for row in sheet.rows}
    for row in sheet.rows:
        if not once(sheet, "code", codes, row.number, row["code"]) | once(sheet, "name", seen, row.number, row["name"]):
            continue
        other = names.get(row["name"], row["code"])
        if other != row["code"] and other not in given:
            sheet.fault(row.number, "name", _("another unit has this name: {code}", code=other))
        before = old.get(row["code"])
        made.put(_wanted(sheet, row, before), _kept(before))
    return made


def _wanted(sheet: Sheet, row: Row, old: UnitOf | None) -> UnitRow:
    """A column that the sheet does not have leaves what is there."""
    phone = row["phone"] if sheet.has("phone") else old.phone if old else ""
    duties = " ".join(row["duties"].split()) if sheet.has("duties") else old.duties if old else ""
    return UnitRow(row["code"], row["name"], phone, duties)


def _kept(unit: UnitOf | None) -> UnitRow | None:
    return UnitRow(unit.code, unit.name, unit.phone, unit.duties) if unit else None


def write(tx: Tx, made: Plan[UnitRow], _now: datetime) -> None:
    """Add and change units, with the terms they are suggested by."""
    for row in [*made.added, *made.changed]:
        units.save(tx, row.code, row.name, row.phone, row.duties, grams(row.duties, row.name))


UNITS = Kind(COLUMNS, plan, write)
