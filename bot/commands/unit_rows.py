"""Units from a spreadsheet."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from bot.commands.plans import Ids, Kind, Known, Plan, becomes, once
from bot.commands.sheets import Column, Row, Sheet, plain
from domain.likely import grams
from domain.people import UnitOf
from handlers.words import N_, _
from storage import units
from storage.transaction import Tx

CODE = re.compile(r"[\w-]+")
PHONE = re.compile(r"(?=(?:\D*\d){3})[\d+\-() /,;、，；（）转]+")


def _wrong_code(text: str) -> str:
    return "" if CODE.fullmatch(text) else _("only letters, digits, - and _")


def _wrong_phone(text: str) -> str:
    return "" if PHONE.fullmatch(text) else _("not a phone number")


COLUMNS = (
    Column(
        "code",
        ("编码", "单位编码", "代码", "code"),
        required=True,
        most=40,
        wrong=_wrong_code,
        narrow=True,
        note=N_("Short letters or digits, never changed later: by it the program knows the unit again."),
        sample="zhujian",
    ),
    Column(
        "name",
        ("单位", "单位名称", "名称", "name", "unit"),
        required=True,
        most=80,
        note=N_("As people call it, short."),
        sample=N_("Housing bureau"),
    ),
    Column(
        "phone",
        ("电话", "联系电话", "单位电话", "phone"),
        most=60,
        wrong=_wrong_phone,
        note=N_("Shown to owners; may stay empty."),
        sample="0000-6100001",
    ),
    Column(
        "duties",
        ("职责", "职责范围", "主要职责", "duties"),
        most=10_000,
        note=N_("In the words owners use: from them the program suggests the right unit. The more, the better."),
        sample=N_("building permits, housing, street lamps, property management, rubble and noise of building sites"),
    ),
)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the sheet has it. id: a negative number until it is written."""

    code: str
    name: str
    phone: str
    duties: str
    id: int = 0


def plan(tx: Tx, sheet: Sheet, _now: datetime, known: Known) -> Plan[UnitRow]:
    """What these rows would change. Codes and names must be unique, in the sheet and among the other units."""
    old = {unit.code: unit for unit in known.units}
    names = {unit.name: unit.code for unit in known.units}
    made: Plan[UnitRow] = Plan()
    codes: dict[str, int] = {}
    seen: dict[str, int] = {}
    given = {row["code"] for row in sheet.rows}
    for row in sheet.rows:
        code_is_new = once(sheet, "code", codes, row.number, row["code"])
        if not once(sheet, "name", seen, row.number, plain(row["name"])) or not code_is_new:
            continue
        other = names.get(row["name"], row["code"])
        if other != row["code"] and other not in given:
            sheet.fault(row.number, "name", _("another unit has this name: {code}", code=other))
        _put(made, _wanted(sheet, row, old.get(row["code"])), old.get(row["code"]))
    made.absent = [unit.name for unit in known.units if unit.code not in given]
    _foresee(made, known)
    return made


def _put(made: Plan[UnitRow], row: UnitRow, old: UnitOf | None) -> None:
    if old is None:
        row = replace(row, id=-len(made.added) - 1)
        made.put(row, None, f"{row.name} ({row.code})")
        return
    before = UnitRow(old.code, old.name, old.phone, old.duties, old.id)
    changes = (
        *becomes(COLUMNS, "name", before.name, row.name),
        *becomes(COLUMNS, "phone", before.phone, row.phone),
        *becomes(COLUMNS, "duties", before.duties, row.duties),
    )
    made.put(replace(row, id=old.id), before, f"{row.name} ({row.code})", changes)


def _foresee(made: Plan[UnitRow], known: Known) -> None:
    """Units as they will be, for the sheets that follow."""
    after = {unit.code: unit for unit in known.units}
    for row in [*made.changed, *made.added]:
        after[row.code] = UnitOf(row.id, row.code, row.name, row.phone, row.duties)
    known.units = list(after.values())


def _wanted(sheet: Sheet, row: Row, old: UnitOf | None) -> UnitRow:
    """A column that the sheet does not have leaves what is there."""
    phone = row["phone"] if sheet.has("phone") else old.phone if old else ""
    duties = " ".join(row["duties"].split()) if sheet.has("duties") else old.duties if old else ""
    return UnitRow(row["code"], row["name"], phone, duties)


def write(tx: Tx, made: Plan[UnitRow], _now: datetime, ids: Ids) -> None:
    """Add and change units, with the terms they are suggested by."""
    for row in [*made.added, *made.changed]:
        ids.units[row.id] = units.save(tx, row.code, row.name, row.phone, row.duties, grams(row.duties, row.name))


UNITS = Kind(COLUMNS, plan, write)
