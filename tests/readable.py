"""What a person reads in a message."""

from __future__ import annotations

from domain.messages import Message
from tests.town import CASE_NUMBER


def words(message: Message) -> str:
    """Everything a person reads in a message: title, text, rows and buttons."""
    facts = (f"{label}：{value}" for label, value in message.facts)
    labels = (button.label for row in message.buttons for button in row)
    return "\n".join((message.title, message.text, *facts, *(f"[{label}]" for label in labels)))


def number_in(message: Message) -> str:
    """The case number in a message."""
    found = CASE_NUMBER.search(words(message))
    assert found, f"no case number in:\n{words(message)}"
    return found[0]
