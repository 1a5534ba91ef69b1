"""A question of a talk put into a message: its words, its lines as buttons, and the ways around it."""

from __future__ import annotations

from typing import Any

from domain.messages import Button, Message, rows
from handlers.questions import Choice, Confirm, Option, Question
from handlers.talk import Wait
from handlers.turn import Turn
from handlers.words import _
from storage.talks import TalkRow

#: After so many wrong answers to one question, help is offered.
HELP_AFTER = 3


def lines(wait: Wait) -> list[Option]:
    """The numbered lines of a question, in their order."""
    return [*wait.question.options(), *(wait.question.closing() if wait.partial else ())]


def may_change(row: TalkRow, question: Question[Any]) -> bool:
    """Whether there is an answer that can be changed before something is done."""
    return isinstance(question, Confirm) and bool(row.memory.order or row.memory.answers)


def worded(turn: Turn, row: TalkRow, wait: Wait) -> Message:
    """What the person is shown; of a question that stands just above only its buttons again."""
    question = wait.question
    said = [wait.note] if wait.note else []
    if row.tries >= HELP_AFTER:
        said.append(_stuck(turn))
    if wait.brief:
        said.append(_("Please read what stands above, then tap:"))
    elif not (wait.partial and wait.note):  # which says already what may come next
        said += [question.prompt, question.hint]
    summary = question if isinstance(question, Confirm) else None
    return Message(
        "\n".join(line for line in said if line),
        title=summary.title if summary else "",
        facts=summary.facts if summary else (),
        buttons=_buttons(row, wait),
        card=f"talk:{row.id}:{row.revision}" if wait.partial else "",
        takes_files=question.collects,
    )


def _stuck(turn: Turn) -> str:
    phone = turn.office.phone
    if phone:
        return _("Shall a person help? Call {phone}, or tap “Help”.", phone=phone)
    return _("Tap “Help” if you are stuck, or “Cancel” to leave it.")


def _buttons(row: TalkRow, wait: Wait) -> tuple[tuple[Button, ...], ...]:
    question = wait.question
    across = question.across if isinstance(question, Choice) else 1
    options = [Button(option.label, value(row, option.value)) for option in lines(wait)]
    shown = list(rows(options, across))
    if may_change(row, question):
        shown.append((Button(_("Change something"), value(row, "!change")),))
    kept = row.memory.aside
    if kept and kept.get("text"):
        shown.append((Button(_("Use: {text}", text=_short(str(kept["text"]))), value(row, "!keep")),))
    return (*shown, _navigation(row, wait))


def _navigation(row: TalkRow, wait: Wait) -> tuple[Button, ...]:
    order = row.memory.order
    can_go_back = bool(order) and not order[-1].startswith("do:") and not isinstance(wait.question, Confirm)
    offered = (
        (wait.question.optional, _("Skip"), "!skip"),
        (can_go_back, _("Back"), "!back"),
        (row.tries >= HELP_AFTER, _("Help"), "!help"),
        (True, _("Cancel"), "!cancel"),
    )
    return tuple(Button(label, value(row, step)) for wanted, label, step in offered if wanted)


def value(row: TalkRow, chosen: str) -> str:
    """What a button of a talk sends: an old one is known by its revision."""
    return f"t:{row.id}:{row.revision}:{chosen}"


def _short(text: str, most: int = 16) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
