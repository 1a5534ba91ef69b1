"""A message as a template card: title, words, facts beside them, and what can be tapped (D90236, button_interaction).

What WeCom shows of a card ends after so many signs, without a word of it: what is more is no card here, and goes as a
text. Tapping a button brings its value back; where there are more than six, the rest stands in a list to choose from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.wecom.events import CHOICE, CHOOSE
from domain.card_places import has_title, numbers, parted
from domain.doors import APP_CARD, colon, cut_to
from domain.messages import Button, Message, is_navigation
from handlers.words import _

Card = dict[str, Any]

#: How many stand on a card: buttons, lines of a list.
MOST_BUTTONS, MOST_OPTIONS = APP_CARD.buttons, 10
#: How many signs are shown of each.
LONGEST_TEXT, LONGEST_LABEL, LONGEST_OPTION = 160, 10, 16
#: What the platform takes: the bytes of an option's id, and of an address.
MOST_ID_BYTES, MOST_URL_BYTES = 128, 2048
#: How the values of a question's buttons begin.
QUESTION = "t:"
CUT = "…"
#: A case's number; its last digits tell it from the others of a day.
NUMBER = re.compile(r"\d{8}-(\d{4,})")
#: The key of the one button of a card on which nothing is left to do.
DONE = "done"


@dataclass(frozen=True, slots=True)
class Layout:
    """What of the buttons is tapped at once, and what is chosen from a list."""

    direct: tuple[Button, ...]
    listed: tuple[Button, ...] = ()


def buttons_of(message: Message) -> tuple[Button, ...]:
    """The buttons a card can have, in order: each value once, none that opens or brings back nothing."""
    found: dict[str, Button] = {}
    for button in (one for row in message.buttons for one in row):
        if opens(button) or (not button.url and 0 < len(button.value.encode()) <= MOST_ID_BYTES):
            found.setdefault(button.url or button.value, button)
    return tuple(found.values())


def opens(button: Button) -> bool:
    """Whether a button opens an address that WeCom takes."""
    return button.url.startswith(("https://", "http://")) and len(button.url.encode()) <= MOST_URL_BYTES


def choices(buttons: Sequence[Button]) -> list[Button]:
    """The lines that have numbers, in order: all but what opens a page or moves within a talk.

    Among what a talk may change every line begins with a sign too, and tells more behind it.
    """
    return [one for one in buttons if not one.url and (not is_navigation(one.value) or "=" in one.value)]


def laid_out(buttons: Sequence[Button]) -> Layout | None:
    """What is tapped and what is chosen; None for more than a card holds.

    The lines of a question are not parted; of other things the first ones are a tap away.
    """
    if len(buttons) <= MOST_BUTTONS:
        return Layout(tuple(buttons))
    lines = choices(buttons)
    free = MOST_BUTTONS - 1 - (len(buttons) - len(lines))
    first = 0 if is_question(lines) else free
    listed = lines[max(first, 0) :]
    if free < 0 or len(listed) > MOST_OPTIONS:
        return None
    return Layout(tuple(one for one in buttons if one not in listed), tuple(listed))


def is_question(lines: Sequence[Button]) -> bool:
    """Whether the lines are the answers to a question of a talk."""
    return bool(lines) and lines[0].value.startswith(QUESTION)


def card_of(message: Message, name: str) -> Card | None:
    """The card of a message with buttons; None where its words or buttons are more than one holds.

    name: of the office, over a message without a title.
    """
    buttons = buttons_of(message)
    layout = laid_out(buttons) if buttons else None
    if layout is None:
        return None
    title, words = _headed(message, name)
    beside, others = parted(message.facts, APP_CARD)
    words = "\n".join(filter(None, (words, *(f"{label}{colon(label)}{value}" for label, value in others))))
    labels, lines = _labels(layout, choices(buttons), "\n".join((title, words)))
    whole = "\n".join(filter(None, (words, *lines)))
    if len(whole) > LONGEST_TEXT and not is_question(choices(buttons)):
        whole = words
    if len(whole) > LONGEST_TEXT:
        return None
    shown: Card = {"card_type": "button_interaction", "main_title": {"title": title}}
    if whole.strip():
        shown["sub_title_text"] = whole
    if beside:
        shown["horizontal_content_list"] = [{"keyname": label, "value": value} for label, value in beside]
    return {**shown, **_tapped(layout, labels)}


def ended(message: Message, name: str) -> Card | None:
    """The card of a message on which nothing is left to be tapped; None where its words are more than one holds."""
    card = card_of(replace(message, buttons=((Button(_("Nothing left to do"), DONE),),)), name)
    return None if card is None else {**card, "replace_text": card["button_list"][0]["text"]}


def _headed(message: Message, name: str) -> tuple[str, str]:
    """The title, and the words below it. A card needs a title: a short first line is one, the office's name else."""
    title = message.title.strip()
    if has_title(message, APP_CARD):
        return title, message.text
    first, _newline, rest = message.text.strip().partition("\n")
    if not title and first[:1].isalpha() and len(first) <= APP_CARD.title:
        return first, rest.strip("\n")
    return short(name, APP_CARD.title) or CUT, "\n".join(filter(None, (title, message.text)))


def _labels(layout: Layout, lines: Sequence[Button], words: str) -> tuple[Mapping[Button, str], list[str]]:
    """What stands on the buttons, and the lines that say in full what does not fit there and the words do not say.

    Where one line is too long all of them have their numbers, which may be typed.
    """
    room = dict.fromkeys(layout.direct, LONGEST_LABEL) | dict.fromkeys(layout.listed, LONGEST_OPTION)
    told = {one: one.label if len(one.label) <= most else _briefly(one.label) for one, most in room.items()}
    if any(told[one] != one.label or len(told[one]) > room[one] for one in lines):
        whole = all(len(told[one]) <= room[one] and _is_said(one.label, words) for one in lines)
        if numbers(words, 1) or not whole:
            told |= {one: f"{number}. {told[one]}" for number, one in enumerate(lines, 1)}
    unsaid = [(number, one) for number, one in enumerate(lines, 1) if not numbers(words, number)]
    cut = any(len(told[one]) > room[one] or not _is_said(one.label, words) for _number, one in unsaid)
    full = [f"{number}. {one.label}" for number, one in unsaid] if cut else []
    return {one: short(label, room[one]) for one, label in told.items()}, full


def _briefly(label: str) -> str:
    """A label with the last digits alone of its case's number."""
    return NUMBER.sub(f"{CUT}\\1", label)


def _is_said(label: str, words: str) -> bool:
    """Whether the words tell whole the number that a label tells briefly."""
    return all(found[0] in words for found in NUMBER.finditer(label))


def _tapped(layout: Layout, labels: Mapping[Button, str]) -> Card:
    """The buttons and the list of a card."""
    shown: list[dict[str, Any]] = [_button(one, labels[one]) for one in layout.direct]
    if not layout.listed:
        return {"button_list": shown}
    options = [{"id": one.value, "text": labels[one]} for one in layout.listed]
    listed = {"question_key": CHOICE, "title": _("Please choose"), "option_list": options}
    choose = {"text": _("Confirm"), "style": 1, "key": CHOOSE}
    places = [at for at, one in enumerate(layout.direct) if one.url or is_navigation(one.value)]
    shown.insert(min(places, default=len(shown)), choose)
    return {"button_selection": listed, "button_list": shown}


def _button(button: Button, label: str) -> dict[str, Any]:
    if button.url:
        return {"text": label, "type": 1, "url": button.url}
    return {"text": label, "style": 1, "key": button.value}


def short(text: str, most: int) -> str:
    """A text of at most so many signs, with a mark where it was cut."""
    return text if len(text) <= most else cut_to(text, most - 1, len) + CUT
