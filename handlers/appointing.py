"""Giving a role to somebody the office knows, and correcting a name: for the chat and for the page alike."""

from __future__ import annotations

from datetime import datetime

from domain.case import OFFICIAL_ROLES, UNIT_ROLES, Role
from domain.errors import Missing, Refused, WrongUnit
from domain.messages import Answer, Button, Message
from domain.people import Holding
from handlers import hours, menus, phrases
from handlers.cleaning import kept
from handlers.phones import Phone
from handlers.questions import Wrong
from handlers.turn import Turn
from handlers.words import _, speaking
from storage import outbox, people, recipients, roles, units
from storage.outbox import Priority
from storage.transaction import Tx

#: Roles that may be bound to a unit or a project, and those that must be.
OF_A_UNIT = UNIT_ROLES | {Role.LEADER}
OF_A_PROJECT = frozenset({Role.INSPECTOR, Role.LEADER})
MOST_NAME = 80
MOST_FOUND = 10
#: So many roles stand behind a name.
MOST_ROLES = 2
Lines = list[tuple[str, str]]


class HeldAlready(Refused):
    """This role is held already. Nothing has changed."""


def give(turn: Turn, person: int, role: str, unit: int, project: int) -> bool:
    """Give somebody a role; 0 for no unit, no project. They are told. Raises HeldAlready, WrongUnit, Missing."""
    wanted = _role(role)
    check_place(turn.tx, wanted, unit, project)
    of_unit, of_project = place_of(wanted, unit, project)
    if not people.give_role(turn.tx, person, wanted, turn.now, of_unit, of_project):
        raise HeldAlready()
    roles.left(turn.tx, person, None)
    turn.forget_roles()
    if person != turn.person.id:
        tell(turn.tx, Holding(person, wanted, of_unit, of_project), turn.now)
    return True


def place_of(role: Role, unit: int, project: int) -> tuple[int | None, int | None]:
    """The unit and the project a role is kept with, of those that were chosen; 0 for neither."""
    of_unit = unit if role in OF_A_UNIT and unit else None
    return of_unit, project if role in OF_A_PROJECT and project and not of_unit else None


def _role(role: str) -> Role:
    fits = [one for one in OFFICIAL_ROLES if str(one) == role]
    if not fits:
        raise Missing(what="role")
    return fits[0]


def check_place(tx: Tx, role: Role, unit: int, project: int) -> None:
    """Whether a role can be of this unit or project, 0 for neither. Raises WrongUnit, Missing."""
    if (unit and unit not in units.names(tx)) or (role in UNIT_ROLES and not unit):
        raise WrongUnit(unit=str(unit)[:20])
    if (project and project not in dict(units.all_projects(tx))) or (role is Role.INSPECTOR and not project):
        raise Missing(what="project")


def tell(tx: Tx, held: Holding, now: datetime) -> None:
    """Whoever was given a role hears so, within office hours, where they can be written to."""
    one = recipients.one(tx, held.person)
    if one is None:
        return
    with speaking(one.person.language):
        text = _("You are {role} now. Open the menu to see what you can do.", role=role_line(tx, held))
        message = Message(text, buttons=((Button(_("Main menu"), "f:start"),),))
    later = hours.for_official(now, tx.office)
    outbox.say(tx, one.address, held.person, message, now, priority=Priority.TASK, not_before=later)


def rename(turn: Turn, person: int, name: str) -> str:
    """Correct a name; outer and doubled spaces do not count. Raises Missing for an empty one."""
    plain = " ".join(kept(name).split())[:MOST_NAME]
    if not plain:
        raise Missing(what="name")
    people.change(turn.tx, person, name=plain)
    return plain


def name_of(turn: Turn, person: int) -> str:
    """Somebody's name."""
    one = people.get(turn.tx, person)
    return one.name if one else ""


def looked_up(turn: Turn, words: str) -> Lines:
    """Officials whose name contains the words, and whoever has exactly this phone; owners are not found by name."""
    found = {one.id: one.name for one in roles.officials(turn.tx, turn.now) if _fits(one.name, words)}
    phone = _phone(words)
    if phone:
        found |= {one.id: one.name for one in people.search(turn.tx, phone) if one.phone == phone}
    return [(str(person), label(turn, person, name)) for person, name in found.items()][:MOST_FOUND]


def called(turn: Turn, words: str) -> Lines:
    """Officials whose name contains the words, other than the person of this turn."""
    found = [one for one in roles.officials(turn.tx, turn.now) if _fits(one.name, words)]
    return [(str(one.id), label(turn, one.id, one.name)) for one in found if one.id != turn.person.id][:MOST_FOUND]


def _fits(name: str, words: str) -> bool:
    return bool(words.strip()) and words.strip().casefold() in name.casefold()


def _phone(words: str) -> str:
    try:
        return Phone(prompt="").read(Answer(words), None, ()).value
    except Wrong:
        return ""


def label(turn: Turn, person: int, name: str) -> str:
    """Somebody in a line: name and roles, of many the first and how many they are."""
    held = list(dict.fromkeys(role_line(turn.tx, one) for one in roles.own(turn.tx, person, turn.now).values()))
    shown = phrases.listed(held[:MOST_ROLES])
    if held[MOST_ROLES:]:
        shown = _("{roles} and more, {n} in all", roles=shown, n=len(held))
    return " · ".join(part for part in (name, shown) if part)


def role_line(tx: Tx, held: Holding) -> str:
    """A role with its unit or project."""
    place = units.names(tx).get(held.unit or 0, "")
    project = units.project_name(tx, held.project) if held.project else ""
    return " ".join(part for part in (place, project, menus.role_words(held.role)) if part)
