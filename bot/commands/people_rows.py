"""People and their roles from a spreadsheet. One row is one role of one person; the phone tells people apart.

A typed phone proves nothing: whoever holds a role here could have typed the phone of somebody higher. So a role is
given at once only to people who have not joined yet; those who have joined get it by a one-time code.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.commands import named
from bot.commands.plans import Invited, Kind, Plan, once
from bot.commands.sheets import Column, Row, Sheet
from domain.case import UNIT_ROLES, Role
from domain.messages import Answer
from domain.people import UnitOf
from handlers.invitations import Invitation
from handlers.menus import role_words
from handlers.phones import Phone
from handlers.questions import Wrong
from handlers.words import _
from storage import people, roster, units
from storage.roster import Held, Listed
from storage.transaction import Tx


def _phone(text: str) -> str:
    """A phone in the international form. Raises Wrong."""
    return Phone(prompt="").read(Answer(text), None, ()).value


def _wrong_phone(text: str) -> str:
    try:
        _phone(text)
    except Wrong as error:
        return str(error)
    return ""


def _wrong_role(text: str) -> str:
    return "" if named.role(text) else _("must be one of: {names}", names=named.role_names())


COLUMNS = (
    Column("name", ("姓名", "name"), required=True, most=80),
    Column(
        "phone",
        ("手机", "手机号", "手机号码", "电话", "联系电话", "phone", "mobile"),
        required=True,
        most=40,
        wrong=_wrong_phone,
    ),
    Column("role", ("角色", "role"), required=True, most=40, wrong=_wrong_role),
    Column("unit", ("单位", "所在单位", "unit"), most=80),
    Column("project", ("项目", "重点项目", "project"), most=80),
)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody of the list. person: their id, 0 for a new one; given: roles to give now."""

    name: str
    phone: str
    person: int = 0
    given: tuple[Held, ...] = ()


@dataclass
class _Wanted:
    """What the sheet says of one phone."""

    row: Row
    name: str
    held: list[Held] = field(default_factory=list)


def plan(tx: Tx, sheet: Sheet, now: datetime) -> Plan[PersonRow]:
    """What these rows would change. Units must be there already; a project that is not is added."""
    known = units.every(tx)
    projects = {name: project for project, name in units.all_projects(tx)}
    made: Plan[PersonRow] = Plan()
    wanted = _by_phone(sheet, known, _with_new(sheet, projects, made))
    there: dict[str, list[Listed]] = {}
    for one in roster.listed(tx, now):
        there.setdefault(one.phone, []).append(one)
    names = {unit.id: unit.name for unit in known}
    for phone, said in wanted.items():
        if said.held:
            _plan_one(made, phone, said, there.get(phone, []), names)
    return made


def _with_new(sheet: Sheet, projects: dict[str, int], made: Plan[PersonRow]) -> dict[str, int]:
    """Projects by name; a new one has a negative number until it is written."""
    named_here = {row["project"]: None for row in sheet.rows if named.role(row["role"]) is Role.INSPECTOR}
    fresh = [name for name in named_here if name and name not in projects]
    made.notes += [_("New project: {name}", name=name) for name in fresh]
    made.projects = {-number: name for number, name in enumerate(fresh, 1)}
    return projects | {name: number for number, name in made.projects.items()}


def _by_phone(sheet: Sheet, known: list[UnitOf], projects: dict[str, int]) -> dict[str, _Wanted]:
    wanted: dict[str, _Wanted] = {}
    seen: dict[str, int] = {}
    for row in sheet.rows:
        phone, held = _phone(row["phone"]), _held(sheet, row, known, projects)
        if held is None:
            continue
        said = wanted.setdefault(phone, _Wanted(row, row["name"]))
        if said.name != row["name"]:
            what = _("row {row} has the same phone and another name", row=said.row.number)
            sheet.fault(row.number, "name", what)
        if once(sheet, "role", seen, row.number, f"{phone} {held}"):
            said.held.append(held)
    return wanted


def _held(sheet: Sheet, row: Row, known: list[UnitOf], projects: dict[str, int]) -> Held | None:
    """The role of a row; the unit only counts for roles of a unit, the project only for its inspector."""
    role = named.role(row["role"])
    assert role is not None, "the column has been checked"
    if role in UNIT_ROLES:
        unit = named.unit(known, row["unit"])
        if unit is None:
            _lacking(sheet, row, role, "unit", named.unknown_unit(row["unit"]) if row["unit"] else _("is empty"))
        return (role, unit.id, None) if unit else None
    if role is Role.INSPECTOR:
        project = projects.get(row["project"])
        if project is None:
            _lacking(sheet, row, role, "project", _("is empty"))
        return (role, None, project) if project else None
    return role, None, None


def _lacking(sheet: Sheet, row: Row, role: Role, key: str, what: str) -> None:
    """A role without the unit or project it belongs to; where the column itself is missing, the role is at fault."""
    if sheet.has(key):
        sheet.fault(row.number, key, what)
    else:
        column = next(column for column in COLUMNS if column.key == key)
        what = _("{role} needs the column “{column}”", role=role_words(role), column=column.headers[0])
        sheet.fault(row.number, "role", what)


def _plan_one(made: Plan[PersonRow], phone: str, said: _Wanted, there: list[Listed], names: dict[int, str]) -> None:
    wanted = frozenset(said.held)
    old = max(there, key=lambda one: (len(one.held & wanted), not one.joined), default=None)
    missing = tuple(held for held in said.held if old is None or held not in old.held)
    if old is None or not old.joined:
        row = PersonRow(said.name, phone, old.person if old else 0, missing)
        made.put(row, PersonRow(old.name, phone, old.person) if old else None)
        invited = _invited(said, phone, said.held[0], old.person if old else None, names)
        made.invited.append(replace(invited, fresh=old is None))
        return
    trusted = bool(old.held & wanted)
    row = PersonRow(said.name if trusted else old.name, phone, old.person)
    made.put(row, PersonRow(old.name, phone, old.person))
    made.invited += [_invited(said, phone, held, None, names) for held in missing]
    if missing:
        made.notes.append(_("{name} has joined already: a new role needs a code.", name=said.name))


def _invited(said: _Wanted, phone: str, held: Held, person: int | None, names: dict[int, str]) -> Invited:
    role, unit, project = held
    invitation = Invitation(role, unit, project, person, said.name)
    return Invited(said.name, phone, role_words(role), names.get(unit or 0, ""), invitation)


def write(tx: Tx, made: Plan[PersonRow], now: datetime) -> None:
    """Add people, correct names, give roles."""
    projects = {number: units.add_project(tx, name) for number, name in made.projects.items()}
    fresh = roster.add(tx, [(row.name, row.phone) for row in made.added], tx.office.language, now)
    for row in made.changed:
        people.change(tx, row.person, name=row.name)
    people_rows = [*zip(fresh, made.added, strict=True), *((row.person, row) for row in made.changed)]
    given = [(person, _settled(held, projects)) for person, row in people_rows for held in row.given]
    roster.give(tx, given, now)
    made.settle({row.phone: person for person, row in people_rows}, projects)


def _settled(held: Held, projects: dict[int, int]) -> Held:
    role, unit, project = held
    return role, unit, projects.get(project, project) if project else None


PEOPLE = Kind(COLUMNS, plan, write)
