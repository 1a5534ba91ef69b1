"""What a door can show at once, and how a message that is more is told in several."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType

from domain import card_places
from domain.card_places import Places, left_over, parted
from domain.messages import Message


def units(text: str) -> int:
    """UTF-16 units, in which some platforms count."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def octets(text: str) -> int:
    """Bytes of UTF-8, in which others count."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Door:
    """most_units: units of words in one message, counted as a person sees them, without markup; size counts them.

    most_with_buttons: of words above buttons, where that is less; 0 where it is the same.
    files_apart: files are messages of their own there, shown before the words; album: so many pictures together.
    fallback: 0 for a door people talk at; others only push, and are tried after those, the smallest first.
    card: what stands beside the words where there are buttons, None where all stands in one text.
    one_a_turn: what is said at a time is told as one message, since a person gets only a few until they write again.
    """

    most_units: int
    files_apart: bool = False
    album: int = 10
    size: Callable[[str], int] = units
    most_with_buttons: int = 0
    fallback: int = 0
    one_a_turn: bool = False
    card: Places | None = None


#: https://developer.work.weixin.qq.com/document/path/90236, button_interaction.
APP_CARD = Places(words=150, title=36, facts=6, label=5, value=30, buttons=6)
#: The doors that cannot show everything.
#: Telegram: https://core.telegram.org/bots/api#sendmessage. WeCom's app, customer service, robots and groups:
#: https://developer.work.weixin.qq.com/document/path/90236, 94677, 99110 and 90248; some room is kept for the markup.
DOORS: Mapping[str, Door] = MappingProxyType(
    {
        "telegram": Door(4096, files_apart=True),
        "wecom": Door(2000, files_apart=True, album=1, size=octets, card=APP_CARD),
        "kefu": Door(2000, size=octets, most_with_buttons=1000, one_a_turn=True),
        "subscribe": Door(2000, size=octets, fallback=1),
        "service": Door(2000, size=octets, fallback=2),
        "sms": Door(2000, size=octets, fallback=3),
    }
)

#: The door that people come to look at; nobody is called to it, and no setting shuts it.
PAGE = "web"

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
#: What is said below a list: that a number is to be sent, and what else.
AROUND_LIST = 300


def room(message: Message, door: Door) -> int:
    """How much of words fits into a message there."""
    return (door.most_with_buttons or door.most_units) if message.buttons else door.most_units


def fits(message: Message, door: Door) -> bool:
    """Whether a message is one message at a door."""
    if message.files and door.files_apart:
        return False
    if door.card is not None and message.buttons:
        return card_places.fits(message, door.card) or _is_one_list(message, door, door.card)
    characters = len(message.title) + len(message.text) + BELOW_TITLE
    if message.facts:
        characters += sum(len(label) + len(value) + AROUND_FACT for label, value in message.facts)
    most = room(message, door)
    return 3 * characters <= most or _size(message, door) <= most


def _size(message: Message, door: Door) -> int:
    """Units of all its words, at most."""
    size = door.size
    facts = sum(size(label) + size(value) + AROUND_FACT for label, value in message.facts)
    title = size(message.title) + BELOW_TITLE if message.title else 0
    return title + size(message.text) + facts


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
    return [*files, *([words] if fits(words, door) else _cut(words, door))]


def _is_one_list(message: Message, door: Door, card: Places) -> bool:
    """Whether a list fits into one text with all its lines."""
    if not card_places.is_list(message, card):
        return False
    listed = replace(message, text=_lines(message.text, *card_places.lines_below(message)))
    return _size(listed, door) <= door.most_units - AROUND_LIST


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
    if door.card is not None and message.buttons:
        return _cut_card(message, door, door.card)
    most = room(message, door)
    if door.size(message.title) > MOST_TITLE * most:
        message = replace(message, title="", text=_lines(message.title, message.text))
    if _size(replace(message, title="", text=""), door) > MOST_FACTS * most:
        facts = (f"{label}{colon(label)}{value}" for label, value in message.facts)
        message = replace(message, facts=(), text=_lines(message.text, *facts))
    space = most - _size(replace(message, text=""), door)
    first, *more = (Message(piece) for piece in _pieces(message.text, door, space, door.most_units - most))
    told = [replace(first, title=message.title), *more]
    told[-1] = replace(message, text=told[-1].text, title=told[-1].title, pin=False)
    told[0] = replace(told[0], pin=message.pin)
    return told


def _cut_card(message: Message, door: Door, card: Places) -> list[Message]:
    """Texts, the first with the title, and a card with the last lines, the title again, facts and buttons."""
    left, (beside, others) = left_over(message, card), parted(message.facts, card)
    facts = (f"{label}{colon(label)}{value}" for label, value in others)
    title = message.title if not left.title else ""
    words, last = _last_lines(_lines(left.title, left.text, *facts), card.words)
    pieces = pieces_of(words, door.most_units - door.size(title) - BELOW_TITLE, door.size)
    told = [Message(piece, title=title if number == 0 else "") for number, piece in enumerate(pieces)]
    return [*told, replace(message, title=title, text=last, facts=beside, pin=False)]


def _last_lines(text: str, most: int) -> tuple[str, str]:
    """A text parted before as many of its last lines as have so many signs; a longer line stays with the others."""
    lines = text.split("\n")
    at = len(lines)
    while at > 1 and len("\n".join(lines[at - 1 :])) < most:
        at -= 1
    return "\n".join(lines[:at]).rstrip(), "\n".join(lines[at:]).strip()


def _pieces(text: str, door: Door, space: int, more: int) -> list[str]:
    """A text in pieces of at most `space`; those with no buttons below may be larger by `more`."""
    if not more:
        return pieces_of(text, space, door.size)
    *large, last = pieces_of(text, space + more, door.size)
    return [*large, *pieces_of(last, space, door.size)]


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def pieces_of(text: str, most: int, size: Callable[[str], int] = units) -> list[str]:
    """A text in pieces of at most so many units, cut where it reads best; nothing but spaces at the cuts is lost."""
    pieces = []
    while size(text) > most:
        at = _place(text, most, size)
        pieces.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [piece for piece in (*pieces, text) if piece] or [""]


def _place(text: str, most: int, size: Callable[[str], int]) -> int:
    """Before which character to cut."""
    end = len(cut_to(text, most, size))
    least = max(1, int(end * LEAST_PART))
    for breaks in BREAKS:
        found = max(at + len(one) if (at := text.rfind(one, least, end)) >= 0 else 0 for one in breaks)
        if found:
            return found
    return end


def cut_to(text: str, most: int, size: Callable[[str], int] = units) -> str:
    """The beginning of a text that is no longer than so many units; no sign is parted from what belongs to it."""
    if 4 * len(text) <= most or size(text) <= most:
        return text
    end = _reach(text, most, size)
    for back in range(min(MOST_CLINGING, end - 1)):
        if not _clings(text, end - back):
            return text[: end - back]
    return text[:end]


def _reach(text: str, most: int, size: Callable[[str], int]) -> int:
    """How many characters have at most so many units."""
    low, high = most // 4, min(len(text), most)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= most else (low, middle - 1)
    return low


def _clings(text: str, at: int) -> bool:
    """Whether the character at a place belongs to the one before it."""
    if at >= len(text):
        return False
    return text[at] in CLINGING or text[at - 1] == JOINER or unicodedata.combining(text[at]) > 0
