"""A message as customer service shows it: words alone, or words with lines to tap below (D94677). Sizes are of UTF-8.

At most ten lines can be tapped. Where there are more choices, they stand as numbered lines, and the number is typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.channels.kefu.menus import id_of
from domain.doors import cut_to, octets
from domain.messages import Attachment, Button, Message
from domain.together import MOST_BUTTONS, plain
from handlers.words import _

LONGEST_TEXT_BYTES, LONGEST_HEAD_BYTES = 2048, 1024
LONGEST_CLICK_BYTES, LONGEST_VIEW_BYTES, LONGEST_LINE_BYTES, LONGEST_URL_BYTES = 128, 1024, 256, 2048
#: Entries of a menu, ten of them to tap; and of one that greets (D95122).
MOST_ENTRIES, MOST_IN_GREETING = 50, 10
#: A page of the office's mini program, opened by a button whose address begins so.
MINI_PROGRAM = "weixin-mini:"
#: How the values of a question's buttons begin, and how many lines are worth numbers.
QUESTION, LEAST_NUMBERED = "t:", 2
#: What stands where there are lines to tap and no words.
UNSEEN = "…"
Fields = dict[str, Any]


def rendered(
    message: Message, shown_at: Callable[[Attachment], str], mini_program: str = "", entries: int = MOST_ENTRIES
) -> Fields:
    """The fields of a message: msgtype, and what goes with it.

    shown_at: where a file can be looked at, "" for one that cannot. mini_program: the office's, "" for none.
    entries: so many a menu may have.
    """
    links = [(file.name, shown_at(file)) for file in message.files]
    words = "\n".join(filter(None, (plain(message), *_named(links))))
    crowded = sum(map(len, message.buttons)) + len(links) > MOST_BUTTONS
    items = [*_tapped(message, mini_program, crowded=crowded), *_opened(links)]
    if not items:
        return {"msgtype": "text", "text": {"content": cut_to(words, LONGEST_TEXT_BYTES, octets) or UNSEEN}}
    lines, items = _in_lines(message, items, entries)
    head = cut_to(words, LONGEST_HEAD_BYTES, octets) or UNSEEN
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": head, "list": [*lines, *items]}}


def _named(links: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Files that cannot be shown, in words."""
    for name, url in links:
        if not url:
            yield _("File: {name}", name=name)


def _opened(links: Sequence[tuple[str, str]]) -> Iterator[Fields]:
    for name, url in links:
        if url:
            yield _view(_("Look at {name}", name=name), url)


def _tapped(message: Message, mini_program: str, *, crowded: bool) -> Iterator[Fields]:
    numbers = _numbers(message, crowded=crowded)
    for button in (one for row in message.buttons for one in row):
        number = numbers.get(button.value) if not button.url else None
        if item := _item(button, f"{number}. " if number else "", mini_program):
            yield item


def _numbers(message: Message, *, crowded: bool) -> Mapping[str, int]:
    """The numbers that may be typed for the lines of a question, or for lines that are too many to tap."""
    values = message.menu()
    numbered = len(values) >= LEAST_NUMBERED and (crowded or values[0].startswith(QUESTION))
    return {value: number for number, value in enumerate(values, 1)} if numbered else {}


def _item(button: Button, number: str, mini_program: str) -> Fields | None:
    """One button as an entry, None for one that opens nothing here."""
    if button.url.startswith(MINI_PROGRAM):
        return _mini(button, mini_program) if mini_program else None
    if button.url:
        return _view(button.label, button.url) if octets(button.url) <= LONGEST_URL_BYTES else None
    label = cut_to(number + button.label, LONGEST_CLICK_BYTES, octets) or UNSEEN
    return {"type": "click", "click": {"id": id_of(button.value), "content": label}}


def _view(label: str, url: str) -> Fields:
    return {"type": "view", "view": {"url": url, "content": cut_to(label, LONGEST_VIEW_BYTES, octets) or UNSEEN}}


def _mini(button: Button, mini_program: str) -> Fields:
    page, mark, asked = button.url.removeprefix(MINI_PROGRAM).partition("?")
    path = (page if page.endswith(".html") else f"{page}.html") + mark + asked
    label = cut_to(button.label, LONGEST_VIEW_BYTES, octets) or UNSEEN
    return {"type": "miniprogram", "miniprogram": {"appid": mini_program, "pagepath": path, "content": label}}


# --- more than can be tapped ------------------------------------------------------------------------------------------


def _in_lines(message: Message, items: list[Fields], entries: int) -> tuple[list[Fields], list[Fields]]:
    """Choices as numbered lines where they are too many to tap, and what is left to tap."""
    if len(items) <= MOST_BUTTONS:
        return [], items
    chosen = set(map(id_of, message.menu()))
    labels = [one["click"]["content"] for one in items if _id(one) in chosen]
    tapped = [one for one in items if _id(one) not in chosen][: MOST_BUTTONS - 1 if labels else MOST_BUTTONS]
    return _lines(labels, entries - len(tapped)), tapped


def _id(item: Fields) -> str:
    click = item.get("click")
    return str(click["id"]) if isinstance(click, dict) else ""


def _lines(labels: Sequence[str], entries: int) -> list[Fields]:
    """Numbered lines, several in one entry where there are more than entries."""
    together = -(-len(labels) // entries)
    blocks = ("\n".join(labels[at : at + together]) for at in range(0, len(labels), together or 1))
    return [{"type": "text", "text": {"content": cut_to(one, LONGEST_LINE_BYTES, octets)}} for one in blocks]
