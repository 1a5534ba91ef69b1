"""People and their roles from a spreadsheet. One row is one role of one person; the phone tells people apart.

A typed phone proves nothing: whoever holds a role here could have typed the phone of somebody higher. So a role is
given at once only to people who have not joined yet; those who have joined get it by a one-time code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.commands import named
from bot.commands.plans import Ids, Invited, Kind, Known, Plan, becomes, once
from bot.commands.sheets import Column, Row, Sheet
from domain.case import UNIT_ROLES, Role
from domain.messages import Answer
from handlers.invitations import Invitation
from handlers.menus import ROLE_WORDS, role_words
from handlers.phones import Phone
from handlers.phrases import listed
from handlers.questions import Wrong
from handlers.words import N_, _
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
    Column("name", ("姓名", "name"), required=True, most=80, sample=N_("Zhang San")),
    Column(
        "phone",
        ("手机", "手机号", "手机号码", "电话", "联系电话", "phone", "mobile"),
        required=True,
        most=40,
        wrong=_wrong_phone,
        narrow=True,
        note=N_("Their own: by it the program knows a person again. One row for each role of a person."),
        sample="13800000000",
    ),
    Column(
        "role",
        ("角色", "role"),
        required=True,
        most=40,
        wrong=_wrong_role,
        narrow=True,
        note=N_("Choose from the list."),
        sample=ROLE_WORDS[Role.LIAISON],
        picked="roles",
    ),
    Column(
        "unit",
        ("单位", "所在单位", "unit"),
        most=80,
        note=N_("For liaison, handler and head of unit; code or name, as in the sheet of units."),
        sample=N_("Housing bureau"),
        picked="units",
    ),
    Column(
        "project",
        ("项目", "重点项目", "project"),
        most=80,
        note=N_("Only for a project inspector."),
        picked="projects",
    ),
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


def plan(tx: Tx, sheet: Sheet, now: datetime, known: Known) -> Plan[PersonRow]:
    """What these rows would change. Units must be known; an unknown project is added, unless a sheet names them."""
    made: Plan[PersonRow] = Plan()
    if not known.closed:
        _foresee_projects(sheet, known, made)
    for row in sheet.spoilt:
        if named.role(row["role"]) and (row["unit"] or row["project"]):
            _held(sheet, row, known)
    wanted = _by_phone(sheet, known)
    there: dict[str, list[Listed]] = {}
    for one in roster.listed(tx, now):
        there.setdefault(one.phone, []).append(one)
    names = {unit.id: unit.name for unit in known.units}
    for phone, said in wanted.items():
        if said.held:
            _plan_one(made, phone, said, there.get(phone, []), names)
    made.absent += [one.name for phone, found in there.items() if phone not in wanted for one in found]
    return made


def _foresee_projects(sheet: Sheet, known: Known, made: Plan[PersonRow]) -> None:
    """Projects that only people name so far: a new one has a negative number until it is written."""
    named_here = dict.fromkeys(row["project"] for row in sheet.rows if named.role(row["role"]) is Role.INSPECTOR)
    for name in named_here:
        if name and name not in known.projects:
            number = known.next_project()
            known.projects[name] = number
            made.projects[number] = name
            made.notes.append(_("New project: {name}", name=name))


def _by_phone(sheet: Sheet, known: Known) -> dict[str, _Wanted]:
    wanted: dict[str, _Wanted] = {}
    seen: dict[str, int] = {}
    for row in sheet.rows:
        phone, held = _phone(row["phone"]), _held(sheet, row, known)
        if held is None:
            continue
        said = wanted.setdefault(phone, _Wanted(row, row["name"]))
        if said.name != row["name"]:
            what = _("row {row} has the same phone and another name", row=said.row.number)
            sheet.fault(row.number, "name", what)
        if once(sheet, "role", seen, row.number, f"{phone} {held}"):
            said.held.append(held)
    return wanted


def _held(sheet: Sheet, row: Row, known: Known) -> Held | None:
    """The role of a row; the unit only counts for roles of a unit, the project only for its inspector."""
    role = named.role(row["role"])
    assert role is not None, "the column has been checked"
    if role in UNIT_ROLES:
        unit = named.unit(known.units, row["unit"])
        if unit is None:
            _lacking(sheet, row, role, "unit", named.unknown_unit(row["unit"]) if row["unit"] else _("is empty"))
        return (role, unit.id, None) if unit else None
    if role is Role.INSPECTOR:
        project = known.projects.get(row["project"])
        if project is None:
            unknown = _("no project is called “{name}”", name=row["project"])
            _lacking(sheet, row, role, "project", unknown if row["project"] else _("is empty"))
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
    if old is not None:
        _keep(made, said.name, old.held - wanted, names)
    if old is None or not old.joined:
        row = PersonRow(said.name, phone, old.person if old else 0, missing)
        before = PersonRow(old.name, phone, old.person) if old else None
        made.put(
            row, before, _line(said.name, missing, names), becomes(COLUMNS, "name", old.name, said.name) if old else ()
        )
        invited = _invited(said, phone, said.held[0], old.person if old else None, names)
        made.invited.append(replace(invited, fresh=old is None))
        return
    trusted = bool(old.held & wanted)
    row = PersonRow(said.name if trusted else old.name, phone, old.person)
    made.put(row, PersonRow(old.name, phone, old.person), said.name, becomes(COLUMNS, "name", old.name, row.name))
    made.invited += [_invited(said, phone, held, None, names) for held in missing]
    if missing:
        made.notes.append(_("{name} has joined already: a new role needs a code.", name=said.name))


def _keep(made: Plan[PersonRow], name: str, held: frozenset[Held], names: dict[int, str]) -> None:
    """Roles the sheet does not name stay too."""
    made.absent += [_line(name, (one,), names) for one in sorted(held, key=str)]


def _line(name: str, held: Iterable[Held], names: dict[int, str]) -> str:
    """A person with roles: 张三 联络员（住建局）."""
    roles = listed(
        _("{role} ({where})", role=role_words(role), where=names[unit]) if unit in names else role_words(role)
        for role, unit, _project in held
    )
    return f"{name} {roles}".strip()


def _invited(said: _Wanted, phone: str, held: Held, person: int | None, names: dict[int, str]) -> Invited:
    role, unit, project = held
    invitation = Invitation(role, unit, project, person, said.name)
    return Invited(said.name, phone, role_words(role), names.get(unit or 0, ""), invitation)


def write(tx: Tx, made: Plan[PersonRow], now: datetime, ids: Ids) -> None:
    """Add people, correct names, give roles."""
    for number, name in made.projects.items():
        ids.projects[number] = units.add_project(tx, name)
    fresh = roster.add(tx, [(row.name, row.phone) for row in made.added], tx.office.language, now)
    for row in made.changed:
        people.change(tx, row.person, name=row.name)
    people_rows = [*zip(fresh, made.added, strict=True), *((row.person, row) for row in made.changed)]
    given = [
        (person, (role, ids.unit(unit), ids.project(project)))
        for person, row in people_rows
        for role, unit, project in row.given
    ]
    roster.give(tx, given, now)
    made.settle({row.phone: person for person, row in people_rows}, ids)


PEOPLE = Kind(COLUMNS, plan, write)
