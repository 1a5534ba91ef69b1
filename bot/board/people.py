"""/board/people: who works in which unit, with what rights; roles given and taken, names, deputies, who has left.

The same doings as in the administrator's chat, by the same functions; no case text stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from aiohttp import web

from bot.board.drawing import page
from bot.board.sessions import Desk, Form, Page, form
from domain.case import OFFICIAL_ROLES, Role
from domain.errors import Missing, Refused
from domain.people import Deputyship, Person
from domain.rights import Right
from handlers import appointing, leaving, menus, standing_in
from handlers.turn import Turn
from handlers.words import N_, _
from storage import deputies, people, recipients, roles, units
from storage.transaction import Tx

Choices = list[tuple[str, str]]


class NobodyHere(Refused):
    """There is nobody like that. Please choose somebody from the list."""


@dataclass(frozen=True, slots=True)
class Row:
    """One official in the list."""

    id: int
    name: str
    phone: str
    roles: tuple[str, ...]
    reachable: bool


@dataclass(frozen=True, slots=True)
class Staffing:
    """One unit, with the names of those who work there; a unit without a liaison is marked."""

    name: str
    liaisons: str
    handlers: str
    heads: str


@dataclass(frozen=True, slots=True)
class Someone:
    """One person's page: what they are, and what may be chosen for them. roles: (number of the giving, role)."""

    person: Person
    roles: Choices
    standing: tuple[tuple[int, str], ...]
    officials: Choices
    giveable: Choices
    units: Choices
    projects: Choices


# --- looking ----------------------------------------------------------------------------------------------------


async def show(desk: Desk) -> web.StreamResponse:
    """The list of officials, narrowed by a part of a name, and the units."""
    words = desk.request.query.get("q", "")[:40]
    rows, staffed = await desk.read(_listed, words)
    return page(desk, "people.html", rows=rows, staffed=staffed, words=words, said=_said(desk))


async def show_one(desk: Desk) -> web.StreamResponse:
    """One person, with the forms."""
    found = await desk.read(_someone, _number(desk.request.match_info["person"]))
    today = desk.app.db.office.calendar.today(desk.now)
    return page(desk, "person.html", one=found, today=today.isoformat(), said=_said(desk))


def _said(desk: Desk) -> str:
    said = SAID.get(desk.request.query.get("said", ""), "")
    return _(said) if said else ""


def _listed(turn: Turn, words: str) -> tuple[list[Row], list[Staffing]]:
    found = roles.officials(turn.tx, turn.now)
    wanted = words.strip().casefold()
    rows = [_row(turn, one) for one in found if wanted in one.name.casefold()]
    return rows, _staffed(turn)


def _row(turn: Turn, one: Person) -> Row:
    held = roles.own(turn.tx, one.id, turn.now).values()
    lines = tuple(dict.fromkeys(appointing.role_line(turn.tx, role) for role in held))
    return Row(one.id, one.name, one.phone, lines, recipients.door(turn.tx, one.id) is not None)


def _staffed(turn: Turn) -> list[Staffing]:
    held = [one for one in people.all_holders(turn.tx, turn.now) if one.standing_in_for is None]

    def names(unit: int, role: Role) -> str:
        return ", ".join(dict.fromkeys(one.name for one in held if one.unit == unit and one.role is role))

    return [
        Staffing(name, names(unit, Role.LIAISON), names(unit, Role.HANDLER), names(unit, Role.HEAD))
        for unit, name in units.names(turn.tx).items()
    ]


def _someone(turn: Turn, person: int) -> Someone:
    one = _known(turn.tx, person)
    held = roles.own(turn.tx, person, turn.now)
    return Someone(
        one,
        [(str(given), appointing.role_line(turn.tx, role)) for given, role in held.items()],
        tuple((each.id, _standing(turn.tx, each, person)) for each in deputies.about(turn.tx, person, turn.now)),
        [(str(other.id), other.name) for other in roles.officials(turn.tx, turn.now) if other.id != person],
        [(str(role), menus.role_words(role)) for role in Role if role in OFFICIAL_ROLES],
        [(str(unit), name) for unit, name in units.names(turn.tx).items()],
        [(str(project), name) for project, name in units.all_projects(turn.tx)],
    )


def _standing(tx: Tx, one: Deputyship, person: int) -> str:
    days = standing_in.days_of(tx, one)
    if one.person == person:
        return _("{name} stands in: {days}", name=one.deputy_name, days=days)
    return _("stands in for {name}: {days}", name=one.name, days=days)


def _known(tx: Tx, person: int) -> Person:
    found = people.get(tx, person)
    if found is None:
        raise NobodyHere()
    return found


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


# --- doing ------------------------------------------------------------------------------------------------------


def _give(turn: Turn, person: int, sent: Form) -> None:
    appointing.give(turn, person, sent["role"], _number(sent["unit"]), _number(sent["project"]))


def _take(turn: Turn, person: int, sent: Form) -> None:
    leaving.take(turn.tx, person, _number(sent["given"]), turn.now)


def _rename(turn: Turn, person: int, sent: Form) -> None:
    appointing.rename(turn, person, sent["name"])


def _depute(turn: Turn, person: int, sent: Form) -> None:
    other, by = _number(sent["deputy"]), turn.person.id
    standing_in.appoint(turn.tx, person, other, _day(sent["first"]), _day(sent["last"]), turn.now, by)


def _end_standing(turn: Turn, person: int, sent: Form) -> None:
    if not standing_in.end(turn.tx, _number(sent["standing"]), person, turn.now):
        raise standing_in.StandingInOver()


def _left(turn: Turn, person: int, sent: Form) -> None:
    if not sent["sure"]:
        raise NotSure()
    leaving.leave(turn.tx, person, turn.now)


class NotSure(Refused):
    """Nothing has changed. Please tick that you are sure, then send it again."""


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Missing(what="date") from None


#: What can be done for somebody, by the last part of the address.
DEEDS: Mapping[str, Callable[[Turn, int, Form], None]] = MappingProxyType(
    {"give": _give, "take": _take, "rename": _rename, "depute": _depute, "end": _end_standing, "left": _left}
)
#: What is said after it.
SAID: Mapping[str, str] = MappingProxyType(
    {
        "give": N_("Given; they have been told."),
        "take": N_("Ended; they have been told."),
        "rename": N_("Renamed."),
        "depute": N_("Done. Both know."),
        "end": N_("The standing in has ended."),
        "left": N_("Noted. All rights have ended, open tasks were handed on."),
    }
)


async def do(desk: Desk) -> web.StreamResponse:
    """Do what the form asks for one person, in one transaction."""
    sent = await form(desk)
    deed, person = desk.request.match_info["deed"], _number(desk.request.match_info["person"])
    if deed not in DEEDS:
        raise NobodyHere()
    await desk.write(_done, deed, person, sent)
    back = "/board/people" if deed == "left" else f"/board/people/{person}"
    raise web.HTTPSeeOther(f"{back}?said={deed}")


def _done(turn: Turn, deed: str, person: int, sent: Form) -> None:
    _known(turn.tx, person)
    DEEDS[deed](turn, person, sent)


ROUTES = (
    Page("GET", "/board/people", show, Right.PEOPLE, label=N_("People and units")),
    Page("GET", "/board/people/{person}", show_one, Right.PEOPLE),
    Page("POST", "/board/people/{person}/{deed}", do, Right.PEOPLE),
)
