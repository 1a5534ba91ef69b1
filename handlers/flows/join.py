"""Joining: an official is bound to unit and role by a one-time code; an owner moves to another device by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.case import Role
from domain.errors import UnknownCode
from domain.messages import Message
from domain.rights import RIGHTS, Right
from handlers import menus
from handlers.questions import Confirm, Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import cases, codes, erasure, joining, people, retention, roles, talks, units, wishes

DEVICE_VALID = timedelta(minutes=10)


@flow("join", command="join", words=N_("join|enter a code"), describes=N_("enter a one-time code"))
async def join(talk: Talk) -> Message:
    """Use a one-time code."""
    code = talk.arg or await talk.ask("code", Text(prompt=_("Please send the code you were given."), most=40))
    if given := talk.read("given", gives_away, code):
        await talk.confirm(_sure(given))
    done = talk.do("joined", use, code)
    return menus.menu(talk.turn, done)


def gives_away(turn: Turn, code: str) -> dict[str, Any] | None:
    """What somebody shares by going on as another person: cases, role, and whose; None where there is nothing."""
    facts = codes.good(turn.tx, code, "device", turn.now)
    other = people.get(turn.tx, facts["person"]) if facts else None
    if other is None or other.id == turn.person.id:
        return None
    mine = len(cases.of_owner(turn.tx, turn.person.id))
    if not mine and not turn.holdings:
        return None
    return {"cases": mine, "official": bool(turn.holdings), "who": other.name or other.enterprise}


def _sure(given: dict[str, Any]) -> Confirm:
    """Whoever was talked into sending somebody else's code stops here."""
    lines = [
        _("You have {count} case(s) here.", count=given["cases"]) if given["cases"] else "",
        _("You hold a role here.") if given["official"] else "",
        _("After this they are in one place with those of {who}, on every device.", who=given["who"] or _("somebody")),
        _("Did you get the code from somebody else? Then do not go on: they would see everything that is yours here."),
    ]
    prompt = "\n".join(line for line in lines if line)
    return Confirm(prompt=prompt, title=_("Is this you?"), yes=_("Yes, that is me"))


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
    for unit_id in facts.get("units") or (facts.get("unit"),):
        people.give_role(turn.tx, turn.person.id, role, turn.now, unit_id, facts.get("project"))
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
    """Says as whom they go on: somebody who was sent a stranger's link sees it before they tell anything."""
    _become(turn, person)
    lines = [_("This device is yours now: your cases are here.")]
    who, phone = turn.person.name or turn.person.enterprise, turn.office.phone
    if who:
        lines.append(_("You go on as {who}. If that is somebody else, please write nothing here.", who=who))
    if who and phone:
        lines.append(_("A person helps you on {phone}.", phone=phone))
    return "\n".join(lines)


def _become(turn: Turn, person: int) -> None:
    """Whoever writes here is another, known person: doors, cases, talks and roles of the two are one person's."""
    before = turn.person
    known = people.get(turn.tx, person)
    if known is None:
        raise UnknownCode()
    if known.id == before.id:
        return
    official = retention.ever_in_office(turn.tx, before.id)
    doors = [door.id for door in erasure.doors(turn.tx, before.id)]
    joining.join(turn.tx, before.id, known.id, doors, turn.now, official=official)
    wishes.take_back(turn.tx, before.id)
    if not official:
        people.abandon(turn.tx, before.id, turn.now)
    turn.tx.signal(people.ROLES_CHANGED)
    turn.person = people.get(turn.tx, person) or known
    turn.forget_roles()
    _take_up(turn)


def _take_up(turn: Turn) -> None:
    """The talk that is open at the other door goes on at this one."""
    live = talks.live_of(turn.tx, turn.person.id)
    asking = turn.talk.id if turn.talk is not None and turn.talk.flow == "join" else 0
    turn.talk = next((row for row in live if row.state == talks.OPEN and row.id != asking), None)
    turn.aside = any(row.state == talks.ASIDE and row.offered_at is None for row in live)


@flow("device", command="device", words=N_("change device|another device"), describes=N_("move to another device"))
async def device(talk: Talk) -> Message:
    """A code with which the person goes on, on another device."""
    code = talk.do("code", _device_code)
    ways = (
        (_("· On Telegram: {url}", url=f"{talk.office.telegram}?start=join_{code}"), talk.office.telegram),
        (_("· On the web: {url}", url=f"{talk.office.url}/chat?join={code}"), talk.office.url),
    )
    lines = [
        _("To go on elsewhere with the same cases:"),
        *(way for way, there in ways if there),
        _("· Or open the chat there and send:\n/join {code}", code=code),
        _(
            "The code is good once, for {minutes} minutes. Give it to nobody: who has it sees your cases.",
            minutes=DEVICE_VALID.seconds // 60,
        ),
    ]
    return menus.menu(talk.turn, "\n".join(lines))


def _device_code(turn: Turn) -> str:
    return codes.make(turn.tx, "device", {"person": turn.person.id}, DEVICE_VALID, turn.now)
