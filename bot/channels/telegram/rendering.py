"""A message as Telegram shows it: HTML with the title in bold, and the buttons as a keyboard below.

Limits: https://core.telegram.org/bots/api#sendmessage, #inlinekeyboardbutton
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

import structlog

from bot.channels.telegram.updates import NAME
from domain.doors import DOORS, colon, cut_to, fits, units
from domain.messages import Button, Message

log = structlog.get_logger()

Keyboard = dict[str, list[list[dict[str, str]]]]

MOST_BUTTONS, MOST_ACROSS = 100, 8
LONGEST_LABEL = 120
LONGEST_VALUE_BYTES = 64
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
MOST_UNITS = DOORS[NAME].most_units
#: What stands where there are buttons, and words that cannot be seen or are too many.
UNSEEN = "…"
#: How the values of a question's buttons begin, and how many lines are worth numbers.
QUESTION, LEAST_NUMBERED = "t:", 2
NO_PREVIEW = {"is_disabled": True}
#: An address that can be opened from anywhere: for another one Telegram refuses the whole message.
OPENED = re.compile(r"https?://(?:[\w-]+\.)+[\w-]+(?::\d{1,5})?(?:[/?#][!-~]{0,1000})?", re.ASCII)


def worded(message: Message) -> str:
    """The words as HTML: title, text, facts; "" where there is nothing to be seen."""
    plain = [message.title, message.text, *(f"{label}{colon(label)}{value}" for label, value in message.facts)]
    if not any(map(_is_seen, plain)):
        return ""
    if _is_long(plain):  # in line since before its door was known to be so narrow
        return _plain(cut_to("\n".join(filter(None, plain)), MOST_UNITS - 1)) + UNSEEN
    parts = [f"<b>{_plain(message.title)}</b>"] if _is_seen(message.title) else []
    parts += [_plain(message.text)] if message.text else []
    parts += [f"{_plain(label)}{colon(label)}<b>{_plain(value)}</b>" for label, value in message.facts]
    return "\n".join(parts)


def _is_long(lines: list[str]) -> bool:
    """Whether they are more than one message; a character has two units at most."""
    whole = "\n".join(lines)
    return 2 * len(whole) >= MOST_UNITS and units(whole) >= MOST_UNITS


def _plain(text: str) -> str:
    return escape(text, quote=False)


def _is_seen(text: str) -> bool:
    """Whether there is anything but blanks, and signs nobody sees."""
    if text[:1].isalnum():  # as nearly all are; the rest is looked at sign by sign
        return True
    return any(unicodedata.category(sign)[0] not in "ZC" for sign in text)


def keyboard(message: Message, *, group: bool, bot: str) -> Keyboard | None:
    """The buttons; in a group each opens the private chat. bot: the link to the bot, "" while it is not known."""
    rows: list[list[dict[str, str]]] = []
    left = MOST_BUTTONS
    for row in message.buttons if group else _numbered(message):
        shown = [one for button in row if (one := _button(button, group=group, bot=bot))][:left]
        rows += [shown[at : at + MOST_ACROSS] for at in range(0, len(shown), MOST_ACROSS)]
        left -= len(shown)
    return {"inline_keyboard": rows} if rows else None


def _numbered(message: Message) -> tuple[tuple[Button, ...], ...]:
    """The buttons, those of a question with the numbers that may be typed for them."""
    values = message.menu()
    if len(values) < LEAST_NUMBERED or not values[0].startswith(QUESTION):
        return message.buttons
    numbers = {value: number for number, value in enumerate(values, 1)}
    return tuple(tuple(_with_number(button, numbers) for button in row) for row in message.buttons)


def _with_number(button: Button, numbers: Mapping[str, int]) -> Button:
    number = None if button.url else numbers.get(button.value)
    return button if number is None else replace(button, label=f"{number}. {button.label}")


def _button(button: Button, *, group: bool, bot: str) -> dict[str, str] | None:
    label = cut_to(button.label, LONGEST_LABEL) if _is_seen(button.label) else UNSEEN
    if button.url:
        return {"text": label, "url": button.url} if OPENED.fullmatch(button.url) else None
    if group:
        return {"text": label, "url": f"{bot}?start={start_of(button.value)}"} if bot else None
    if 0 < len(button.value.encode()) <= LONGEST_VALUE_BYTES:
        return {"text": label, "callback_data": button.value}
    log.error("a button was left out", value_bytes=len(button.value.encode()))
    return None


def without_links(message: Message) -> Message:
    """The message with the addresses of its buttons in its words, as far as there is room."""
    rows = tuple(tuple(one for one in row if not one.url) for row in message.buttons)
    lines = [f"{one.label}{colon(one.label)}{one.url}" for row in message.buttons for one in row if one.url]
    text = "\n".join(filter(None, (message.text, *lines)))
    longer = replace(message, text=text, buttons=rows)
    return longer if fits(replace(longer, files=()), DOORS[NAME]) else replace(message, buttons=rows)


def start_of(value: str) -> str:
    """What a button's value is behind ?start=: f:case:7 is case_7."""
    payload = "_".join(value.split(":", 2)[1:]) if value.startswith("f:") else ""
    return payload if PAYLOAD.fullmatch(payload) else "start"


def fields_of(message: Message, *, group: bool, bot: str) -> dict[str, Any]:
    """The fields of sendMessage and editMessageText that say what is shown, {} where there is nothing to be seen."""
    if any(one.url and not OPENED.fullmatch(one.url) for row in message.buttons for one in row):
        message = without_links(message)
    words, buttons = worded(message), keyboard(message, group=group, bot=bot)
    if not words and not buttons:
        return {}
    fields: dict[str, Any] = {"text": words or UNSEEN, "parse_mode": "HTML", "link_preview_options": NO_PREVIEW}
    return {**fields, "reply_markup": buttons} if buttons else fields
