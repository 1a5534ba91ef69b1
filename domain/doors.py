"""What a door can show at once, and how a message that is more is told in several."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType

from domain.messages import Message


@dataclass(frozen=True, slots=True)
class Door:
    """most_units: UTF-16 units of words in one message, counted as a person sees them, without markup.

    files_apart: files are messages of their own there, shown before the words; album: so many pictures together.
    """

    most_units: int
    files_apart: bool = False
    album: int = 10


#: The doors that cannot show everything. Telegram: https://core.telegram.org/bots/api#sendmessage
DOORS: Mapping[str, Door] = MappingProxyType({"telegram": Door(4096, files_apart=True)})

#: Where a long text is cut, the best place first.
BREAKS = (("\n\n",), ("\n",), tuple("。！？…；.!?;"), tuple(" ，、,　"))
#: A break is looked for in the last half of what fits; earlier ones would leave stumps.
LEAST_PART = 0.5
#: A title, or facts, that take more than this of what there is room for are cut with the text.
MOST_TITLE, MOST_FACTS = 1 / 8, 1 / 4
#: Signs that belong to the one before them: joiners, variations, tones of skin.
JOINER = "\u200d"
CLINGING = ("\ufe0e", "\ufe0f", JOINER, "\U0001f3fb", "\U0001f3fc", "\U0001f3fd", "\U0001f3fe", "\U0001f3ff")
MOST_CLINGING = 16


#: Pictures that follow each other are shown together.
PICTURES = ("image/jpeg", "image/png", "image/webp")
#: The end of a title's line, and what stands around a fact: a colon and a blank, and the end of its line.
BELOW_TITLE, AROUND_FACT = 1, 3


def units(text: str) -> int:
    """UTF-16 units, in which platforms count."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def fits(message: Message, door: Door) -> bool:
    """Whether a message is one message at a door."""
    if message.files and door.files_apart:
        return False
    characters = len(message.title) + len(message.text) + BELOW_TITLE
    if message.facts:
        characters += sum(len(label) + len(value) + AROUND_FACT for label, value in message.facts)
    return 2 * characters <= door.most_units or _size(message) <= door.most_units


def _size(message: Message) -> int:
    """UTF-16 units of all its words, at most."""
    facts = sum(units(label) + units(value) + AROUND_FACT for label, value in message.facts)
    title = units(message.title) + BELOW_TITLE if message.title else 0
    return title + units(message.text) + facts


def colon(label: str) -> str:
    """What stands between a label and its value, in the label's own script."""
    return ": " if label.isascii() else "："


def worded(message: Message) -> bool:
    """Whether a message has words, and not only files."""
    return bool(message.text or message.title or message.facts)


def parts(message: Message, door: Door, shown: frozenset[int] = frozenset()) -> list[Message]:
    """The messages that a door shows for one: its files, then its words; the last has buttons and card.

    shown: ids of files that stand there already.
    """
    files = list(_files(message, door, shown)) if door.files_apart else []
    if files and not worded(message) and not message.buttons:
        return files
    words = replace(message, files=()) if door.files_apart else message
    return [*files, *([words] if _size(words) <= door.most_units else _cut(words, door))]


def _files(message: Message, door: Door, shown: frozenset[int]) -> Iterator[Message]:
    """Pictures that follow each other together, every other file by itself."""
    new = [file for file in message.files if file.file not in shown]
    for is_picture, alike in groupby(new, lambda file: file.media in PICTURES):
        files, most = tuple(alike), door.album if is_picture else 1
        for at in range(0, len(files), most):
            yield Message("", files=files[at : at + most])


def _cut(message: Message, door: Door) -> list[Message]:
    """The words in several parts: the title on the first, facts and buttons on the last. What is pinned is the first.

    A title or facts that are long by themselves are told as lines of the text.
    """
    if units(message.title) > MOST_TITLE * door.most_units:
        message = replace(message, title="", text=_lines(message.title, message.text))
    if _size(replace(message, title="", text="")) > MOST_FACTS * door.most_units:
        facts = (f"{label}{colon(label)}{value}" for label, value in message.facts)
        message = replace(message, facts=(), text=_lines(message.text, *facts))
    room = door.most_units - _size(replace(message, text=""))
    first, *more = (Message(piece) for piece in pieces_of(message.text, room))
    told = [replace(first, title=message.title), *more]
    told[-1] = replace(message, text=told[-1].text, title=told[-1].title, pin=False)
    told[0] = replace(told[0], pin=message.pin)
    return told


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def pieces_of(text: str, most: int) -> list[str]:
    """A text in pieces of at most so many units, cut where it reads best; nothing but spaces at the cuts is lost."""
    pieces = []
    while units(text) > most:
        at = _place(text, most)
        pieces.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [piece for piece in (*pieces, text) if piece] or [""]


def _place(text: str, most: int) -> int:
    """Before which character to cut."""
    end = len(cut_to(text, most))
    least = max(1, int(end * LEAST_PART))
    for breaks in BREAKS:
        found = max(at + len(one) if (at := text.rfind(one, least, end)) >= 0 else 0 for one in breaks)
        if found:
            return found
    return end


def cut_to(text: str, most: int) -> str:
    """The beginning of a text that is no longer than so many units; no sign is parted from what belongs to it."""
    if 2 * len(text) <= most or units(text) <= most:
        return text
    end = _reach(text, most)
    for back in range(min(MOST_CLINGING, end - 1)):
        if not _clings(text, end - back):
            return text[: end - back]
    return text[:end]


def _reach(text: str, most: int) -> int:
    """How many characters have at most so many units."""
    low, high = most // 2, min(len(text), most)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if units(text[:middle]) <= most else (low, middle - 1)
    return low


def _clings(text: str, at: int) -> bool:
    """Whether the character at a place belongs to the one before it."""
    if at >= len(text):
        return False
    return text[at] in CLINGING or text[at - 1] == JOINER or unicodedata.combining(text[at]) > 0
