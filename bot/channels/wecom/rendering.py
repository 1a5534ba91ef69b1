"""A message as WeCom shows it: a card where something can be tapped, a text otherwise."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from bot.channels.wecom.cards import buttons_of, card_of, choices, ended, opens
from domain.card_places import numbers
from domain.doors import colon, cut_to, octets
from domain.messages import Button, Message
from domain.office import Office
from handlers.phrases import listed
from handlers.words import _

#: WeCom cuts a text after 2,048 bytes (D90236).
MOST_BYTES = 2048
CUT = "…"
#: The page inside WeCom that takes files and long answers: the app's chat takes no documents.
PAGE = "/wecom/page"
#: The steps within a talk that are understood by the words on their buttons.
SAID = ("!skip", "!back", "!help", "!cancel")
#: A text may hold links that hide where they lead: what people write holds none.
LINK = re.compile(r"<(?=\s*(?:/\s*)?a\b)", re.IGNORECASE)


def with_page(message: Message, office: Office) -> Message:
    """The message with the way to the page that takes files, where it asks for some."""
    if not message.takes_files or not office.url:
        return message
    return message.plus(Button(_("Upload files"), "", f"{office.url}{PAGE}"))


def card(message: Message, office: Office) -> dict[str, Any] | None:
    """The card of a message; None for one that is shown as a text."""
    return card_of(told_whole(message), office.name) if message.buttons else None


def last_card(message: Message, office: Office) -> dict[str, Any] | None:
    """The card of a message that ends another one, with nothing left to be tapped."""
    return None if message.buttons else ended(message, office.name)


def told_whole(message: Message) -> Message:
    """The message with what its buttons cannot open in its words."""
    left = [one for row in message.buttons for one in row if one.url and not opens(one)]
    lines = [f"{one.label}{colon(one.label)}{one.url}" for one in left]
    return replace(message, text="\n".join(filter(None, (message.text, *lines)))) if lines else message


def text(message: Message) -> str:
    """The words of a message, with its lines to choose from and their numbers; "" where there is nothing to be seen."""
    facts = [f"{label}{colon(label)}{value}" for label, value in message.facts]
    words = "\n".join(filter(None, (message.title, message.text, *facts)))
    lines = _lines(message)
    whole = LINK.sub("＜", "\n\n".join(filter(str.strip, (words, "\n".join(lines)))))
    return whole if octets(whole) <= MOST_BYTES else cut_to(whole, MOST_BYTES - octets(CUT), octets) + CUT


def _lines(message: Message) -> list[str]:
    """What stands below the words instead of buttons."""
    buttons = buttons_of(told_whole(message))
    numbered = choices(buttons)
    lines = [f"{number}. {one.label}" for number, one in enumerate(numbered, 1) if not numbers(message.text, number)]
    if numbered:
        lines.append(_("Send the number of a line to choose it."))
    lines += [f"{one.label}{colon(one.label)}{one.url}" for one in buttons if one.url]
    moves = [f"“{one.label}”" for one in buttons if one.value.endswith(SAID)]
    if moves:
        lines.append(_("You may also send: {words}", words=listed(moves)))
    return lines
