"""A message as Telegram shows it: HTML with the title in bold, and the buttons as a keyboard below.

Limits: https://core.telegram.org/bots/api#sendmessage, #inlinekeyboardbutton
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

import structlog

from domain.doors import colon, cut_to
from domain.messages import Button, Message

log = structlog.get_logger()

Keyboard = dict[str, list[list[dict[str, str]]]]

MOST_BUTTONS, MOST_ACROSS = 100, 8
LONGEST_LABEL = 120
LONGEST_VALUE_BYTES = 64
NOT_IN_LINKS = re.compile(r"[^A-Za-z0-9_-]")
LONGEST_START = 64


def worded(message: Message) -> str:
    """The words as HTML: title, text, facts."""
    parts = [f"<b>{_plain(message.title)}</b>"] if message.title else []
    parts += [_plain(message.text)] if message.text else []
    parts += [f"{_plain(label)}{colon(label)}<b>{_plain(value)}</b>" for label, value in message.facts]
    return "\n".join(parts)


def _plain(text: str) -> str:
    return escape(text, quote=False)


def keyboard(message: Message, *, group: bool, bot: str) -> Keyboard | None:
    """The buttons; in a group each opens the private chat. bot: the link to the bot, "" while it is not known."""
    rows: list[list[dict[str, str]]] = []
    left = MOST_BUTTONS
    for row in message.buttons:
        shown = [one for button in row if (one := _button(button, group=group, bot=bot))][:left]
        rows += [shown[at : at + MOST_ACROSS] for at in range(0, len(shown), MOST_ACROSS)]
        left -= len(shown)
    return {"inline_keyboard": rows} if rows else None


def _button(button: Button, *, group: bool, bot: str) -> dict[str, str] | None:
    label = cut_to(button.label, LONGEST_LABEL) or "…"
    if button.url:
        return {"text": label, "url": button.url}
    if group:
        return {"text": label, "url": f"{bot}?start={start_of(button.value)}"} if bot else None
    if len(button.value.encode()) > LONGEST_VALUE_BYTES:
        log.error("a button's value is too long", value=button.value[:16])
        return None
    return {"text": label, "callback_data": button.value}


def start_of(value: str) -> str:
    """What a button's value is behind ?start=: f:case:7 is case_7."""
    payload = "_".join(value.split(":", 2)[1:]) if value.startswith("f:") else ""
    return payload if len(payload) <= LONGEST_START and not NOT_IN_LINKS.search(payload) else "start"


def fields_of(message: Message, *, group: bool, bot: str) -> dict[str, Any]:
    """The fields of sendMessage and editMessageText that say what is shown."""
    fields: dict[str, Any] = {
        "text": worded(message),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    buttons = keyboard(message, group=group, bot=bot)
    return {**fields, "reply_markup": buttons} if buttons else fields
