"""The words that cross rooms: what arrives from a person and what is said to one, of no channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Button:
    """One thing to tap. `value` comes back as Incoming.press: at most 64 bytes, the narrowest channel's limit.

    url: the button opens this address instead, and nothing comes back.
    """

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file shown with a message. `url` is filled in by the door that sends it."""

    file: int
    name: str
    media: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What is said to a person.

    text: plain words, no markup. facts: (label, value) rows. buttons: rows of buttons.
    card: a stable name; a later message to the same address with the same card takes the earlier one's place.
    menu: the button values that a typed line number stands for, in order.
    pin: a group keeps it at its top, where the platform allows that.
    takes_files: it asks for files, where the platform may need a page to take them.
    until: the first of the moments it names as yet to come; told later, it would be wrong.
    """

    text: str
    title: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    files: tuple[Attachment, ...] = ()
    card: str = ""
    pin: bool = False
    takes_files: bool = False
    until: datetime | None = None

    def menu(self) -> list[str]:
        """Values of the numbered lines: every button but the navigation ones."""
        every = (button for row in self.buttons for button in row)
        return [button.value for button in every if not button.url and not is_navigation(button.value)]

    def plus(self, *buttons: Button) -> Message:
        """The same message with one more row of buttons."""
        return replace(self, buttons=(*self.buttons, tuple(buttons)))


def is_navigation(value: str) -> bool:
    """Whether a button moves within a talk (back, cancel, help) and is no numbered choice."""
    return value.rsplit(":", 1)[-1].startswith("!")


def rows(buttons: Sequence[Button], across: int = 1) -> tuple[tuple[Button, ...], ...]:
    """Buttons laid out in rows of `across`."""
    return tuple(tuple(buttons[i : i + across]) for i in range(0, len(buttons), across))


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: degrees north, degrees east, and words where the platform gives them."""

    lat: float
    lon: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Promised:
    """A file that arrived: kept already (`digest` names it in the file store) or still to be fetched by `reference`."""

    name: str
    media: str = ""
    size_bytes: int = 0
    digest: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What came from a channel, parsed.

    key: the platform's own name of this arrival, unique per channel: the same key twice is the same arrival.
    ref: the platform's name of the message; edits: the ref this one corrects.
    history: the door shows a person's own words again later, so they are kept beside what was said to them.
    album: the platform's name of a set of files sent as one, of which this is a part.
    parts: of what was put together from several messages, the ref and the words of each.
    replies_to: the ref of the message this one answers, one of ours or of theirs.
    presence: HERE or GONE where the arrival says that this address can (or cannot) be written to from now on.
    moved_to: the address this one has become.
    """

    channel: str
    key: str
    address: str
    text: str = ""
    press: str = ""
    files: tuple[Promised, ...] = ()
    place: Place | None = None
    name: str = ""
    language: str = ""
    ref: str = ""
    edits: str = ""
    group: bool = False
    sent_at: datetime | None = None
    history: bool = False
    album: str = ""
    replies_to: str = ""
    presence: str = ""
    moved_to: str = ""
    parts: tuple[tuple[str, str], ...] = ()


#: Values of Incoming.presence.
HERE, GONE = "here", "gone"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person's message offers to the question that is pending; `files` are ids of kept file records.

    parts: where it was put together from several messages, the ref and the words of each.
    """

    text: str = ""
    press: str = ""
    files: tuple[int, ...] = ()
    place: Place | None = None
    ref: str = ""
    parts: tuple[tuple[str, str], ...] = ()
