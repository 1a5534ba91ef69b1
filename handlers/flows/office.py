"""Language, and help."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from domain.messages import Message
from handlers import menus
from handlers.questions import Choice, Option
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _, speaking
from storage import bot_commands, people

LANGUAGE_NAMES = {"zh_CN": "中文", "en": "English"}


@flow("language", command="language", words=N_("language|english|chinese"), describes=N_("中文 / English"))
async def language(talk: Talk) -> Message:
    """Choose the language of everything said to this person."""
    lines = tuple(Option(code, name) for code, name in LANGUAGE_NAMES.items())
    chosen = await talk.ask("language", Choice(prompt=_("Which language?"), lines=lines, across=2))
    talk.do("set", _speak, chosen)
    with speaking(chosen):
        return menus.menu(talk.turn, _("From now on I speak English with you."))


def _speak(turn: Turn, chosen: str) -> str:
    people.change(turn.tx, turn.person.id, language=chosen)
    bot_commands.want(turn.tx, turn.person.id)
    turn.person = replace(turn.person, language=chosen)
    return chosen


@flow(
    "help",
    command="help",
    words=N_("help me|what can you do|your phone number|office hours"),
    describes=N_("this help"),
)
async def help_(talk: Talk) -> Message:
    """What this person can do here, by their roles."""
    turn = talk.turn
    lines = [f"/{one.command}  {_(one.describes)}" for one in menus.commands(turn)]
    head = _("Just tell me what it is about, or use one of these:")
    phone = _("A person helps you on {phone}.", phone=turn.office.phone) if turn.office.phone else ""
    calendar = turn.office.calendar
    hours = _(
        "Office hours: working days {opens} to {closes}.", opens=_clock(calendar.opens), closes=_clock(calendar.closes)
    )
    return menus.menu(turn, "\n".join(part for part in (phone, hours, head, *lines) if part))


def _clock(moment: time) -> str:
    return f"{moment:%H:%M}"
