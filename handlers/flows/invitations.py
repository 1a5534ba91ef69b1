"""Inviting: the administrator makes a code, link and picture for a colleague, or renews one that ran out."""

from __future__ import annotations

from typing import Any

from domain.case import UNIT_ROLES, Role
from domain.errors import Refused
from domain.messages import Button, Message
from domain.rights import RIGHTS, Right
from handlers import invitations, menus
from handlers.invitations import INVITED_ROLES, Awaited, Invitation, invite
from handlers.questions import Choice, Option, Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import units

NEW = "new"
MOST_LINES = 12
MOST_NAME = 80


class CameAlready(Refused):
    """This person has come already, or the invitation was taken back."""


@flow(
    "invite",
    command="invite",
    words=N_("invite|invite a colleague"),
    roles=RIGHTS[Right.INVITE],
    describes=N_("invite a colleague to a role"),
)
async def invite_somebody(talk: Talk) -> Message:
    """Renew the invitation of somebody who has not come, or invite somebody new. arg: a key, or role.unit."""
    preset = _preset(talk.arg)
    if preset is not None:
        return await _invite_new(talk, *preset)
    key = talk.arg or await _whom(talk)
    if key != NEW:
        return _passed_on(talk, talk.do("code", _renewed, key))
    return await _invite_new(talk, None, 0)


def _preset(arg: str) -> tuple[Role, int] | None:
    """The role and unit of a button such as liaison.3."""
    role, _sep, unit = arg.partition(".")
    fits = role in {str(one) for one in INVITED_ROLES} and unit.isascii() and unit.isdecimal() and len(unit) < 18
    return (Role(role), int(unit)) if fits else None


async def _whom(talk: Talk) -> str:
    waiting = talk.read("awaited", _awaited_lines)
    if not waiting:
        return NEW
    lines = (Option(NEW, _("Somebody new")), *(Option(key, label) for key, label in waiting))
    prompt = _("Whom? These have not come yet; a new code ends the one they have.")
    return await talk.ask("whom", Choice(prompt=prompt, lines=lines, label=_("Whom")))


def _awaited_lines(turn: Turn) -> list[tuple[str, str]]:
    found = invitations.awaited(turn.tx, turn.now)[:MOST_LINES]
    return [(one.key, f"{one.name} {invitations.role_line(turn.tx, one)}".strip()) for one in found]


def _renewed(turn: Turn, key: str) -> dict[str, Any]:
    one = invitations.by_key(turn.tx, key, turn.now)
    if one is None:
        raise CameAlready()
    return _told(turn, invitations.renew(turn.tx, one, turn.now, turn.person.id), one)


def _told(turn: Turn, code: str, one: Awaited) -> dict[str, Any]:
    """What the reply needs; the picture of the link is drawn after the commit, by who has hands for files."""
    if turn.office.url:
        turn.tx.signal("errand", "draw invitation", turn.person.id, code)
    return {"code": code, "name": one.name, "roles": invitations.role_line(turn.tx, one)}


async def _invite_new(talk: Talk, role: Role | None, unit: int) -> Message:
    projects = talk.read("projects", _project_lines)
    if role is None:
        choice = Choice(prompt=_("Which role?"), lines=_roles(bool(projects)), across=2, label=_("Role"))
        role = Role(await talk.ask("role", choice))
    known = talk.read("units", _unit_lines)
    if role in UNIT_ROLES and str(unit) not in dict(known):
        unit = int(await talk.ask("unit", _unit(known)) or 0)
    project = int(await talk.ask("project", _project(projects)) or 0) if role is Role.INSPECTOR else 0
    name = await talk.ask("name", Text(prompt=_("What is their name?"), label=_("Name"), most=MOST_NAME, optional=True))
    return _passed_on(talk, talk.do("code", _invited, role, unit or None, project or None, name.strip()))


def _roles(projects: bool) -> tuple[Option, ...]:
    """The roles to choose from: an inspector's only where there is a project."""
    inspector = (Role.INSPECTOR,) if projects else ()
    return tuple(Option(str(role), menus.role_words(role)) for role in (*INVITED_ROLES, *inspector))


def _unit(known: list[tuple[str, str]]) -> Choice:
    lines = tuple(Option(key, name) for key, name in known)
    return Choice(prompt=_("Of which unit?"), lines=lines, across=2, label=_("Unit"))


def _project(projects: list[tuple[str, str]]) -> Choice:
    lines = tuple(Option(key, name) for key, name in projects)
    return Choice(prompt=_("Of which project?"), lines=lines, label=_("Project"))


def _unit_lines(turn: Turn) -> list[tuple[str, str]]:
    return [(str(unit.id), unit.name) for unit in units.every(turn.tx)]


def _project_lines(turn: Turn) -> list[tuple[str, str]]:
    return [(str(project), name) for project, name in units.all_projects(turn.tx)]


def _invited(turn: Turn, role: Role, unit: int | None, project: int | None, name: str) -> dict[str, Any]:
    unit = unit if role in UNIT_ROLES else None
    code = invite(turn.tx, Invitation(role, unit, project, None, name, turn.person.id), turn.now)
    return _told(turn, code, Awaited("", name, "", ((role, unit, project),), None))


def _passed_on(talk: Talk, made: dict[str, Any]) -> Message:
    head = " ".join(part for part in (made["name"], made["roles"]) if part)
    lines = [head, invitations.pass_on(made["code"], talk.office.url, talk.office.telegram)]
    if not talk.office.url:
        lines.append(_("Once the office has a public address, a link and a picture to scan come with it."))
    return menus.menu(talk.turn, "\n".join(lines)).plus(Button(_("Invite another"), "f:invite"))
