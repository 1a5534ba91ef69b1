"""What a door can show at once, and how a message that is more is told in several."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from domain.messages import Message


@dataclass(frozen=True, slots=True)
class Door:
    """most_units: UTF-16 units of words in one message, counted as a person sees them, without markup.

    files_apart: files are messages of their own there, shown before the words.
    """

    most_units: int
    files_apart: bool = False


#: The doors that cannot show everything. Telegram: https://core.telegram.org/bots/api#sendmessage
DOORS: Mapping[str, Door] = MappingProxyType({"telegram": Door(4096, files_apart=True)})

#: Where a long text is cut, the best place first.
BREAKS = (("\n\n",), ("\n",), tuple("。！？…；.!?;"), tuple(" ，、,　"))
#: A break is looked for in the last half of what fits; earlier ones would leave stumps.
LEAST_PART = 0.5
#: Signs that belong to the one before them: joiners, variations, tones of skin.
JOINER = "\u200d"
CLINGING = ("\ufe0e", "\ufe0f", JOINER, "\U0001f3fb", "\U0001f3fc", "\U0001f3fd", "\U0001f3fe", "\U0001f3ff")
MOST_CLINGING = 16


def units(text: str) -> int:
    """UTF-16 units, in which platforms count."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def fits(message: Message, door: Door) -> bool:
    """Whether a message can be shown as it is, its files apart."""
    characters = len(message.title) + len(message.text) + sum(len(label) + len(value) for label, value in message.facts)
    if 2 * characters + 2 * len(message.facts) + 2 <= door.most_units:
        return True
    return _size(message) <= door.most_units


def _size(message: Message) -> int:
    facts = sum(units(label) + units(value) + 2 for label, value in message.facts)
    return units(message.title) + units(message.text) + facts + 2


def colon(label: str) -> str:
    """What stands between a label and its value, in the label's own script."""
    return ": " if label.isascii() else "："


def worded(message: Message) -> bool:
    """Whether a message has words, and not only files."""
    return bool(message.text or message.title or message.facts)


def parts(message: Message, door: Door, shown: frozenset[int] = frozenset()) -> list[Message]:
    """The messages that a door shows for one: its files, then its words; the last has buttons and card.

    shown: ids of files that stand there already. The last part keeps the names of all files.
    """
    apart = [Message("", files=(file,)) for file in message.files if file.file not in shown] if door.files_apart else []
    if not worded(message):
        return apart or [message]
    return [*apart, *([message] if fits(message, door) else _cut(message, door))]


def _cut(message: Message, door: Door) -> list[Message]:
    """The words in several parts: the title on the first, facts as lines of the text, the rest on the last."""
    lines = (f"{label}{colon(label)}{value}" for label, value in message.facts)
    pieces = pieces_of("\n".join(part for part in (message.title, message.text, *lines) if part), door.most_units)
    return [*(Message(piece) for piece in pieces[:-1]), replace(message, title="", text=pieces[-1], facts=())]


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
    if units(text) <= most:
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
