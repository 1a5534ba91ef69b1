"""Several messages told as one, for a platform where a person gets only a few until they write again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from domain.doors import colon
from domain.messages import Button, Message

#: What a tap on "go on" brings: the rest of what was too long for one turn.
MORE = "f:rest"
#: More buttons than this no message has there (D94677).
MOST_BUTTONS = 10
#: The name of what was told together: it is never dropped for a newer question.
TOGETHER = "together"
#: A button on a question of a talk: t:talk:revision:value.
_QUESTION = re.compile(r"t:(\d{1,18}):", re.ASCII)


def together(messages: Sequence[Message]) -> Message:
    """One message of several, the first first; the buttons of the last come first, the others' as far as they fit.

    A question is left out where the same talk has gone on since; what is said twice is said once.
    """
    told = list(_once(_not_overtaken(messages)))
    if len(told) == 1:
        return told[0]
    text = "\n\n".join(lines for one in told if (lines := plain(one)))
    files = tuple({file.file: file for one in told for file in one.files}.values())
    takes_files = bool(told) and told[-1].takes_files
    until = min((one.until for one in told if one.until), default=None)
    return Message(text, buttons=_buttons(told), files=files, card=TOGETHER, takes_files=takes_files, until=until)


def plain(message: Message) -> str:
    """All the words of a message, a line each for its title and its facts."""
    facts = (f"{label}{colon(label)}{value}" for label, value in message.facts)
    return "\n".join(line for line in (message.title, message.text, *facts) if line)


def _not_overtaken(messages: Sequence[Message]) -> Iterator[Message]:
    for at, one in enumerate(messages):
        asked = one.card != TOGETHER and _talks(one)
        if not asked or not any(asked & _talks(later) for later in messages[at + 1 :]):
            yield one


def _talks(message: Message) -> set[str]:
    """The talks whose questions a message asks."""
    values = (button.value for row in message.buttons for button in row)
    return {found[1] for value in values if (found := _QUESTION.match(value))}


def _once(messages: Iterable[Message]) -> Iterator[Message]:
    """The later of two messages with the same words stays, in its place."""
    kept: dict[str, Message] = {}
    for one in messages:
        words = plain(one) or repr(one.files)
        kept.pop(words, None)
        kept[words] = one
    yield from kept.values()


def _buttons(messages: Sequence[Message]) -> tuple[tuple[Button, ...], ...]:
    """Those of the last message whole, then of the one before it and so on; one question's at the most."""
    rows: list[tuple[Button, ...]] = []
    seen: set[str] = set()
    asked = False
    for at, one in enumerate(reversed(messages)):
        left = MOST_BUTTONS - len(seen) if at else len(one.menu()) + MOST_BUTTONS * 10
        shown = [tuple(_new(row, seen, questions=not asked)) for row in one.buttons]
        for row in shown:
            fits = row[:left]
            left -= len(fits)
            seen.update(button.url or button.value for button in fits)
            rows += [fits] if fits else []
        asked = asked or bool(_talks(one))
    return tuple(rows)


def _new(row: Sequence[Button], seen: set[str], *, questions: bool) -> Iterator[Button]:
    for button in row:
        if (button.url or button.value) not in seen and (questions or not _QUESTION.match(button.value)):
            yield button


def with_more(message: Message, label: str) -> Message:
    """The same message with a button that brings the rest, in the place of the last ones where it has too many."""
    rows = list(message.buttons)
    while rows and sum(map(len, rows)) >= MOST_BUTTONS:
        rows.pop()
    return replace(message, buttons=(*rows, (Button(label, MORE),)))
