"""Joining: an official is bound to unit and role by a one-time code; an owner moves to another device by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.case import Role
from domain.errors import UnknownCode
from domain.messages import Message
from domain.rights import RIGHTS, Right
from handlers import menus
from handlers.questions import Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import cases, codes, people, roles, units

DEVICE_VALID = timedelta(minutes=10)


@flow("join", command="join", words=N_("join|enter a code"), describes=N_("enter a one-time code"))
async def join(talk: Talk) -> Message:
    """Use a one-time code."""
    code = talk.arg or await talk.ask("code", Text(prompt=_("Please send the code you were given."), most=40))
    done = talk.do("joined", use, code)
    return menus.menu(talk.turn, done)


def use(turn: Turn, code: str) -> str:
    """Bind the person to what the code stands for; returns the words of welcome. Raises UnknownCode."""
    found = codes.use(turn.tx, code, ("invite", "device"), turn.now)
    if found is None:
        raise UnknownCode()
    purpose, facts = found
    return _moved(turn, facts["person"]) if purpose == "device" else _joined(turn, facts)


def _joined(turn: Turn, facts: dict[str, Any]) -> str:
    if not _worth(turn, facts.get("by")):
        raise UnknownCode()
    if facts.get("person") and facts["person"] != turn.person.id:
        _become(turn, facts["person"])
    if facts.get("name") and not turn.person.name:
        people.change(turn.tx, turn.person.id, name=facts["name"])
    role = Role(facts["role"])
    people.give_role(turn.tx, turn.person.id, role, turn.now, facts.get("unit"), facts.get("project"))
    roles.left(turn.tx, turn.person.id, None)
    turn.forget_roles()
    unit = units.get(turn.tx, facts["unit"]) if facts.get("unit") else None
    where = unit.name if unit else turn.office.name
    return _(
        "Welcome. You are {role} of {where} now. This is what you can do:", role=menus.role_words(role), where=where
    )


def _worth(turn: Turn, by: int | None) -> bool:
    """Whether an invitation is good: whoever made it may still invite. None: it was made where the office runs."""
    held = people.holdings(turn.tx, by, turn.now) if by else ()
    return by is None or any(one.role in RIGHTS[Right.INVITE] for one in held)


def _moved(turn: Turn, person: int) -> str:
    _become(turn, person)
    return _("This device is yours now: your cases are here.")


def _become(turn: Turn, person: int) -> None:
    """This address belongs to another, known person from now on; cases filed here before come along."""
    cases.give_to(turn.tx, turn.person.id, person)
    people.rebind(turn.tx, turn.address.id, person)
    people.abandon(turn.tx, turn.person.id, turn.now)
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
