"""Choosing a colleague by name, within another conversation."""

from __future__ import annotations

from collections.abc import Callable

from domain.case import Role
from domain.errors import Refused
from handlers import appointing
from handlers.appointing import Lines
from handlers.questions import Choice, Option, Text
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import _
from storage import people, roles

MOST_NEAR = 8
OTHER = "0"


class NobodyFound(Refused):
    """I know nobody here called “{name}”. Please try another part of the name, or the whole phone number."""


async def colleague(talk: Talk, prompt: str, near: Callable[[Turn], Lines]) -> int:
    """The id of a colleague: one of those near, or found by a part of the name. Raises NobodyFound."""
    known = talk.read("nearby", near)[:MOST_NEAR]
    if known:
        lines = (*(Option(key, label) for key, label in known), Option(OTHER, _("Somebody else")))
        chosen = await talk.ask("near", Choice(prompt=prompt, lines=lines, label=_("Who")))
        if chosen != OTHER:
            return int(chosen)
    ask = Text(prompt=_("What is the name? A part of it will do.") if known else prompt, most=40)
    words = (await talk.ask("name", ask)).strip()
    found = talk.read(f"found:{words}", appointing.called, words)
    if not found:
        raise NobodyFound(name=words)
    lines = tuple(Option(key, label) for key, label in found)
    chosen = await talk.ask("which", Choice(prompt=_("Which of these?"), lines=lines, label=_("Who")))
    return int(chosen)


def official(turn: Turn, wanted: str) -> int:
    """The id a button named, where it is that of somebody with a role. Raises NobodyFound."""
    person = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 16 else 0
    if not roles.own(turn.tx, person, turn.now):
        raise NobodyFound(name=wanted[:20])
    return person


def of_my_units(turn: Turn) -> Lines:
    """Those who work in a unit of the person, or in the office where the person does."""
    places = {(one.unit, one.unit is None and one.role) for one in turn.holdings if one.standing_in_for is None}
    near = [
        one
        for one in people.all_holders(turn.tx, turn.now)
        if one.standing_in_for is None and one.person != turn.person.id
        if one.role is not Role.MONITOR and (one.unit, one.unit is None and one.role) in places
    ]
    named = {one.person: one.name for one in near}
    return [(str(person), appointing.label(turn, person, name)) for person, name in named.items()]
