"""The head's view of the own unit: who works there, and that a handler has left."""

from __future__ import annotations

from domain.case import Role
from domain.errors import NotYours
from domain.messages import Button, Message, rows
from domain.people import Holding
from domain.rights import RIGHTS, Right
from handlers import leaving, menus
from handlers.questions import Confirm
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import people, units

MOST_LINES = 30


@flow(
    "team",
    command="team",
    words=N_("my unit|colleagues of my unit"),
    roles=RIGHTS[Right.UNIT_PEOPLE],
    describes=N_("who works in your unit"),
)
async def team(talk: Talk) -> Message:
    """Who works in the units the person heads, with a button for each handler."""
    staff = _staff(talk.turn)
    names = units.names(talk.tx)
    lines = [f"{one.name} · {names.get(one.unit or 0, '')} {menus.role_words(one.role)}" for one in staff[:MOST_LINES]]
    gone = [
        Button(_("{name} has left", name=one.name), f"f:team_left:{one.person}.{one.unit}")
        for one in staff[:MOST_LINES]
        if one.role is Role.HANDLER and one.person != talk.person.id
    ]
    text = "\n".join(lines) or _("Nobody else is here yet; the administrator invites them.")
    return Message(text, _("Your unit"), buttons=(*rows(gone, 2), (Button(_("Main menu"), "f:start"),)))


@flow("team_left", roles=RIGHTS[Right.UNIT_PEOPLE])
async def team_left(talk: Talk) -> Message:
    """A handler of the own unit has left. arg: person and unit, with a dot between."""
    name = talk.read("name", _handler, talk.arg)
    prompt = _("Has {name} left the unit? Their right ends at once, their open tasks go to the liaison.", name=name)
    await talk.confirm(Confirm(prompt=prompt, yes=_("Yes, has left")))
    handed = talk.do("left", _left, talk.arg)
    return menus.menu(talk.turn, _("Noted. {count} open task(s) were handed on.", count=handed))


def _staff(turn: Turn) -> list[Holding]:
    headed = {one.unit for one in turn.holdings if one.role is Role.HEAD}
    found = people.all_holders(turn.tx, turn.now)
    return [one for one in found if one.unit is not None and one.unit in headed and one.standing_in_for is None]


def _handler(turn: Turn, wanted: str) -> str:
    return _found(turn, wanted).name


def _found(turn: Turn, wanted: str) -> Holding:
    """The handler a button named, of a unit the person heads now. Raises NotYours."""
    for one in _staff(turn):
        if wanted == f"{one.person}.{one.unit}" and one.role is Role.HANDLER and one.person != turn.person.id:
            return one
    raise NotYours()


def _left(turn: Turn, wanted: str) -> int:
    one = _found(turn, wanted)
    return leaving.leave_unit(turn.tx, one.person, one.unit or 0, turn.now).handed
