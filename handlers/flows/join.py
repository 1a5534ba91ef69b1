"""Joining: an official is bound to unit and role by a one-time code; an owner moves to another device by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.case import UNIT_ROLES, Role
from domain.errors import UnknownCode
from domain.messages import Message
from handlers import menus
from handlers.questions import Choice, Option, Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import cases, codes, people, units
from storage.transaction import Tx

INVITATION_VALID = timedelta(days=7)
DEVICE_VALID = timedelta(minutes=10)
INVITED_ROLES = (
    Role.LIAISON,
    Role.HANDLER,
    Role.HEAD,
    Role.DISPATCHER,
    Role.APPROVER,
    Role.LEADER,
    Role.SUPERVISOR,
    Role.ADMINISTRATOR,
)


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a code gives. person: an imported person whose place the joining one takes."""

    role: Role
    unit: int | None = None
    project: int | None = None
    person: int | None = None
    name: str = ""


@flow("join", command="join", words=N_("join|enter a code"), describes=N_("enter a one-time code"))
async def join(talk: Talk) -> Message:
    """Use a one-time code."""
    code = talk.arg or await talk.ask("code", Text(prompt=_("Please send the code you were given."), most=40))
    done = talk.do("joined", use, code)
    return menus.menu(talk.turn, done)


def invite(tx: Tx, invitation: Invitation, now: Any) -> str:
    """A code that makes whoever shows it first a holder of the role."""
    facts = {
        "role": str(invitation.role),
        "unit": invitation.unit,
        "project": invitation.project,
        "person": invitation.person,
        "name": invitation.name,
    }
    return codes.make(tx, "invite", facts, INVITATION_VALID, now)


def use(turn: Turn, code: str) -> str:
    """Bind the person to what the code stands for; returns the words of welcome. Raises UnknownCode."""
    found = codes.use(turn.tx, code, ("invite", "device"), turn.now)
    if found is None:
        raise UnknownCode()
    purpose, facts = found
    return _moved(turn, facts["person"]) if purpose == "device" else _joined(turn, facts)


def _joined(turn: Turn, facts: dict[str, Any]) -> str:
    if facts.get("person") and facts["person"] != turn.person.id:
        _become(turn, facts["person"])
    if facts.get("name") and not turn.person.name:
        people.change(turn.tx, turn.person.id, name=facts["name"])
    role = Role(facts["role"])
    people.give_role(turn.tx, turn.person.id, role, turn.now, facts.get("unit"), facts.get("project"))
    turn.forget_roles()
    unit = units.get(turn.tx, facts["unit"]) if facts.get("unit") else None
    where = unit.name if unit else turn.office.name
    return _(
        "Welcome. You are {role} of {where} now. This is what you can do:", role=menus.role_words(role), where=where
    )


def _moved(turn: Turn, person: int) -> str:
    _become(turn, person)
    return _("This device is yours now: your cases are here.")


def _become(turn: Turn, person: int) -> None:
    """This address belongs to another, known person from now on; cases filed here before come along."""
    cases.give_to(turn.tx, turn.person.id, person)
    people.rebind(turn.tx, turn.address.id, person)
    known = people.get(turn.tx, person)
    assert known is not None
    turn.person, turn.talk, turn.aside = known, None, False
    turn.forget_roles()


@flow("device", command="device", words=N_("change device|another device"), describes=N_("move to another device"))
async def device(talk: Talk) -> Message:
    """A code with which the person goes on, on another device."""
    code = talk.do("code", _device_code)
    text = _(
        "On the other device open this chat and send:\n/join {code}\nThe code is good once, for {minutes} minutes.",
        code=code,
        minutes=DEVICE_VALID.seconds // 60,
    )
    return menus.menu(talk.turn, text)


def _device_code(turn: Turn) -> str:
    return codes.make(turn.tx, "device", {"person": turn.person.id}, DEVICE_VALID, turn.now)


@flow(
    "invite",
    command="invite",
    words=N_("invite|invite a colleague"),
    roles=frozenset({Role.ADMINISTRATOR}),
    describes=N_("invite a colleague to a role"),
)
async def invite_somebody(talk: Talk) -> Message:
    """The administrator makes a code for a colleague."""
    lines = tuple(Option(str(role), menus.role_words(role)) for role in INVITED_ROLES)
    role = Role(await talk.ask("role", Choice(prompt=_("Which role?"), lines=lines, across=2, label=_("Role"))))
    unit = 0
    if role in UNIT_ROLES:
        known = talk.read("units", _unit_lines)
        choice = Choice(
            prompt=_("Of which unit?"), lines=tuple(Option(k, n) for k, n in known), across=2, label=_("Unit")
        )
        chosen = await talk.ask("unit", choice)
        unit = int(chosen)
    code = talk.do("code", _invited, role, unit or None)
    text = _(
        "Please pass this on to one person only; it is good for {days} days:\n/join {code}",
        code=code,
        days=INVITATION_VALID.days,
    )
    link = f"\n{talk.office.url}/chat?join={code}" if talk.office.url else ""
    return menus.menu(talk.turn, text + link)


def _unit_lines(turn: Turn) -> list[tuple[str, str]]:
    return [(str(unit.id), unit.name) for unit in units.every(turn.tx)]


def _invited(turn: Turn, role: Role, unit: int | None) -> str:
    return invite(turn.tx, Invitation(role, unit), turn.now)
