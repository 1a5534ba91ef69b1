"""The administrator's conversation about people: roles given and taken, names, deputies, and who has left."""

from __future__ import annotations

from domain.case import OFFICIAL_ROLES, UNIT_ROLES, Role
from domain.errors import Refused
from domain.messages import Button, Message, rows
from domain.rights import RIGHTS, Right
from handlers import appointing, leaving, menus
from handlers.flows import picking
from handlers.questions import Choice, Confirm, Line, Option, Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import people, roles, units

ADMINISTRATORS = RIGHTS[Right.PEOPLE]
NOWHERE = "0"


class NoSuchPerson(Refused):
    """I know nobody like that. Please look them up by name again."""


@flow(
    "people",
    command="people",
    words=N_("people|people and roles"),
    roles=ADMINISTRATORS,
    describes=N_("people, their roles, who has left"),
)
async def about_people(talk: Talk) -> Message:
    """Look somebody up by name or whole phone number, and show what they are. arg: an id, from a button."""
    if talk.arg:
        return card(talk.turn, _known(talk.turn, talk.arg))
    words = await talk.ask("words", Text(prompt=_("Whom? A part of the name, or the whole phone number."), most=40))
    found = appointing.looked_up(talk.turn, words)
    if not found:
        raise picking.NobodyFound(name=words.strip())
    buttons = [Button(line[:60], f"f:people:{key}") for key, line in found]
    return Message(_("Which of these?"), _("People"), buttons=rows(buttons))


def card(turn: Turn, person: int, text: str = "") -> Message:
    """What somebody is, and what can be done about it."""
    one = people.get(turn.tx, person)
    if one is None:
        raise NoSuchPerson()
    held = roles.own(turn.tx, person, turn.now)
    lines = [appointing.role_line(turn.tx, role) for role in held.values()]
    takes = [
        Button(_("End: {role}", role=line), f"f:take_role:{person}.{given}")
        for given, line in zip(held, lines, strict=True)
    ]
    more = [Button(_("Give a role"), f"f:give_role:{person}"), Button(_("Rename"), f"f:rename:{person}")]
    if held:
        more += [Button(_("Deputy"), f"f:deputy_for:{person}"), Button(_("Has left"), f"f:left:{person}")]
    facts = ((_("Roles"), "\n".join(lines) or _("none")),)
    return Message(text, one.name or _("(no name)"), facts, (*rows(takes), *rows(more, 2)))


@flow("give_role", roles=ADMINISTRATORS)
async def give_role(talk: Talk) -> Message:
    """Give somebody the office knows a role. arg: whose."""
    person = talk.read("person", _known, talk.arg)
    lines = tuple(Option(str(role), menus.role_words(role)) for role in Role if role in OFFICIAL_ROLES)
    role = Role(await talk.ask("role", Choice(prompt=_("Which role?"), lines=lines, across=2, label=_("Role"))))
    unit, project = await place(talk, role)
    talk.do("given", appointing.give, person, str(role), unit, project)
    return card(talk.turn, person, _("Given; they have been told."))


async def place(talk: Talk, role: Role) -> tuple[int, int]:
    """The unit or the project of a role, asked for where it needs one; 0 for neither."""
    unit = project = NOWHERE
    if role in UNIT_ROLES or role is Role.LEADER:
        everywhere = () if role in UNIT_ROLES else (Option(NOWHERE, _("For all, or for a project")),)
        lines = tuple(Option(str(key), name) for key, name in talk.read("units", _units))
        question = Choice(prompt=_("Of which unit?"), lines=(*everywhere, *lines), across=2, label=_("Unit"))
        unit = await talk.ask("unit", question)
    if role is Role.INSPECTOR or (role is Role.LEADER and unit == NOWHERE):
        every = () if role is Role.INSPECTOR else (Option(NOWHERE, _("For all")),)
        lines = tuple(Option(str(key), name) for key, name in talk.read("projects", _projects))
        question = Choice(prompt=_("Of which project?"), lines=(*every, *lines), label=_("Project"))
        project = await talk.ask("project", question)
    return int(unit), int(project)


@flow("take_role", roles=ADMINISTRATORS)
async def take_role(talk: Talk) -> Message:
    """End one role of somebody. arg: person and the number of the giving, with a dot between."""
    wanted, _sep, given = talk.arg.partition(".")
    person = talk.read("person", _known, wanted)
    line = talk.read("line", _role_line, person, given)
    prompt = _("End the role of {role}? It ends at once; open tasks of it go to colleagues.", role=line)
    await talk.confirm(Confirm(prompt=prompt, yes=_("End it")))
    talk.do("taken", _take, person, given)
    return card(talk.turn, person, _("Ended; they have been told."))


@flow("rename", roles=ADMINISTRATORS)
async def rename(talk: Talk) -> Message:
    """Correct somebody's name. arg: whose."""
    person = talk.read("person", _known, talk.arg)
    name = await talk.ask("name", Line(prompt=_("What is the name?"), most=80, label=_("Name")))
    talk.do("named", appointing.rename, person, name)
    return card(talk.turn, person, _("Renamed."))


@flow("left", roles=ADMINISTRATORS)
async def left(talk: Talk) -> Message:
    """Somebody has left the office. arg: who."""
    person = talk.read("person", picking.official, talk.arg)
    name = talk.read("name", appointing.name_of, person)
    prompt = _(
        "Has {name} left the office? All rights end at once, pages are signed out, invitations and deputies end, open "
        "tasks go to the liaison.",
        name=name,
    )
    await talk.confirm(Confirm(prompt=prompt, yes=_("Yes, has left")))
    handed = talk.do("left", _left, person)
    return menus.menu(talk.turn, _("Noted. {count} open task(s) were handed on.", count=handed))


def _known(turn: Turn, wanted: str) -> int:
    person = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 16 else 0
    if people.get(turn.tx, person) is None:
        raise NoSuchPerson()
    return person


def _units(turn: Turn) -> list[tuple[int, str]]:
    return list(units.names(turn.tx).items())


def _projects(turn: Turn) -> list[tuple[int, str]]:
    return units.all_projects(turn.tx)


def _given(turn: Turn, person: int, given: str) -> int:
    """The number of the giving of a role held now. Raises RoleIsOver."""
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 16 else 0
    if number not in roles.own(turn.tx, person, turn.now):
        raise leaving.RoleIsOver()
    return number


def _role_line(turn: Turn, person: int, given: str) -> str:
    return appointing.role_line(turn.tx, roles.own(turn.tx, person, turn.now)[_given(turn, person, given)])


def _take(turn: Turn, person: int, given: str) -> int:
    done = leaving.take(turn.tx, person, _given(turn, person, given), turn.now)
    turn.forget_roles()
    return done.handed


def _left(turn: Turn, person: int) -> int:
    done = leaving.leave(turn.tx, person, turn.now)
    turn.forget_roles()
    return done.handed
