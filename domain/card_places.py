"""A card: what stands on it in places of its own, and what is left to be told in its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.messages import Message

Fact = tuple[str, str]
#: A colon, and the end of the line.
AROUND_FACT = 2


@dataclass(frozen=True, slots=True)
class Places:
    """How many signs a card shows of its words, of a title, of a fact's label and value; how many facts and buttons."""

    words: int
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
    fitting = [at for at, fact in enumerate(facts) if _fits(fact, places)][: places.facts]
    others = tuple(fact for at, fact in enumerate(facts) if at not in fitting)
    return tuple(facts[at] for at in fitting), others


def _fits(fact: Fact, places: Places) -> bool:
    label, value = fact
    return 0 < len(label) <= places.label and 0 < len(value) <= places.value and "\n" not in label + value


def left_over(message: Message, places: Places) -> Message:
    """The message with only what has no place of its own."""
    _beside, others = parted(message.facts, places)
    return replace(message, title="" if has_title(message, places) else message.title, facts=others)


def fits(message: Message, places: Places) -> bool:
    """Whether what has no place of its own fits among the words of a card."""
    left = left_over(message, places)
    facts = sum(len(label) + len(value) + AROUND_FACT for label, value in left.facts)
    return len(left.title) + len(left.text) + facts < places.words


def is_list(message: Message, places: Places) -> bool:
    """Whether a message is a list: it takes no card's place, and numbers its lines or has more of them than buttons."""
    menu = message.menu()
    return not message.card and bool(menu) and (len(menu) > places.buttons or numbers(message.text, 1))


def numbers(words: str, number: int) -> bool:
    """Whether words have a line of this number: "2. ..."."""
    return f"\n{words}".find(f"\n{number}. ") >= 0


def lines_below(message: Message) -> list[str]:
    """The lines to choose from that a list does not tell itself, with the numbers that may be typed for them."""
    labels = {button.value: button.label for row in message.buttons for button in row}
    every = ((number, labels[value]) for number, value in enumerate(message.menu(), 1))
    return [f"{number}. {label}" for number, label in every if not numbers(message.text, number)]
