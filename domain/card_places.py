"""A card: what stands on it in places of its own, and what is left to be told in its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.messages import Message

Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Places:
    """How many signs of a title a card shows, and of a fact's label and value; how many facts, and how many buttons."""

    title: int
    facts: int
    label: int
    value: int
    buttons: int


def has_title(message: Message, places: Places) -> bool:
    """Whether a message's title stands above the words of its card."""
    title = message.title.strip()
    return 0 < len(title) <= places.title and "\n" not in title


def parted(facts: Sequence[Fact], places: Places) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """The facts that stand in places of their own, the first ones that fit there; and the others."""
    beside = tuple(fact for fact in facts if _fits(fact, places))[: places.facts]
    return beside, tuple(fact for fact in facts if fact not in beside)


def _fits(fact: Fact, places: Places) -> bool:
    label, value = fact
    return 0 < len(label) <= places.label and 0 < len(value) <= places.value and "\n" not in label + value


def left_over(message: Message, places: Places) -> Message:
    """The message with only what has no place of its own."""
    _beside, others = parted(message.facts, places)
    return replace(message, title="" if has_title(message, places) else message.title, facts=others)


def is_list(message: Message, places: Places) -> bool:
    """Whether a message is a list of more things to choose from than a card has buttons, and takes no card's place."""
    return not message.card and len(message.menu()) > places.buttons
