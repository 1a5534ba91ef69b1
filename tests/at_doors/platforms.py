"""What a platform is to a town: people sit at it, act on it in its own form, and look at its screen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from bot.channels.contract import Channel
from domain.messages import Button, Message

#: A line that may be answered with its number: "2. 供电公司".
NUMBERED = re.compile(r"^(\d{1,2})\. (.+)$", re.MULTILINE)
#: How the value of something begins that is typed, since the payload has nothing to tap for it.
TYPED = "typed:"


class Act(NamedTuple):
    """What somebody does: they write, or tap something."""

    text: str = ""
    press: str = ""


class Sight(NamedTuple):
    """A message as it stands on a screen. version: grows with each change of it in its place."""

    name: str
    version: int
    message: Message


class Platform(Protocol):
    """channels: what the office sends by. sits: the channel at which an owner sits, and an official."""

    channels: Mapping[str, Channel]
    sits: Mapping[str, str]

    def address(self, name: str, sort: str) -> str:
        """Seat somebody new; returns the address. sort: owner or official."""

    def met(self, who: Any) -> None:
        """Somebody is known to the office from before."""

    def does(self, who: Any, act: Act) -> None:
        """Somebody does something: its raw form is read by the channel, and taken."""

    def screen(self, who: Any) -> Iterator[Sight]:
        """What somebody sees, in order."""

    def comes_back(self, who: Any) -> bool:
        """Somebody who could not be told more where they talk writes there again; False where nothing held it up."""

    def close(self) -> None:
        """In the end the platform has nothing to complain of."""


def plain_label(label: str, words: str = "") -> str:
    """What a label says without its number; the whole line of the words where the label is short for it."""
    found = NUMBERED.fullmatch(label)
    if found is None:
        return label
    lines = dict(NUMBERED.findall(words))
    return lines.get(found[1], found[2]) if "…" in label else found[2]


def typed_lines(words: str) -> tuple[tuple[Button, ...], ...]:
    """The numbered lines of a message in which there is nothing to tap."""
    return tuple((Button(label, f"{TYPED}{number}"),) for number, label in NUMBERED.findall(words))
