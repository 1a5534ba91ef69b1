"""What is told at one moment: more than a handful of one sort is one message to whoever is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from domain.case import OPEN, Case, Role
from domain.messages import Button, Message, rows
from handlers import cards, hours, phrases, worklist
from handlers.words import N_, _, speaking
from storage import deadlines, outbox
from storage.outbox import Priority
from storage.recipients import Recipient
from storage.transaction import Tx

#: So many of one sort are told one by one.
HANDFUL = 5
#: So many are told with a line and a button each; the numbers of so many more are named, where no list shows them.
SHOWN, NAMED = 8, 60

TERMS = worklist.UNIT_TERMS | worklist.DESK_TERMS


@dataclass(frozen=True, slots=True)
class News:
    """Something of one case for one person.

    many: the words for several of its sort, with {count} and, where it came with words, {text}.
    alone: says it by itself.
    """

    to: Recipient
    case: Case
    many: str
    text: str
    alone: Callable[[], None]


_gathered: ContextVar[list[News] | None] = ContextVar("gathered", default=None)


@contextmanager
def gathering(tx: Tx, now: datetime) -> Iterator[None]:
    """What is told inside is said at the end, together where it is much; not at all where the inside fails."""
    outer, mine = _gathered.get(), list[News]()
    token = _gathered.set(mine)
    try:
        yield
    finally:
        _gathered.reset(token)
    if outer is not None:
        outer += mine
    else:
        _say(tx, mine, now)


def tell(news: News) -> None:
    """Say it now, or at the end of what is gathered where there are words for several of its sort."""
    gathered = _gathered.get()
    if gathered is None or not news.many:
        news.alone()
    else:
        gathered.append(news)


def _say(tx: Tx, gathered: Sequence[News], now: datetime) -> None:
    sorts: dict[tuple[int, int, str], list[News]] = {}
    for one in gathered:
        sorts.setdefault((one.to.person.id, one.to.address.id, one.many), []).append(one)
    for alike in sorts.values():
        if len(alike) > HANDFUL:
            _say_together(tx, alike, now)
        else:
            for one in alike:
                one.alone()


def _say_together(tx: Tx, alike: Sequence[News], now: datetime) -> None:
    to = alike[0].to
    own = alike[0].case.owner == to.person.id
    later = hours.for_owner(now, tx.office) if own else hours.for_official(now, tx.office)
    with speaking(to.person.language):
        message = _worded(tx, alike, later, own=own)
    priority = Priority.NEWS if own else Priority.TASK
    about = " ".join(f"case:{one.case.id}" for one in alike) if own else ""
    outbox.say(tx, to.address, to.person.id, message, now, priority=priority, not_before=later, about=about)


def _worded(tx: Tx, alike: Sequence[News], now: datetime, *, own: bool) -> Message:
    """How many, the first of them with a line and a button each, and where the others are found; as of `now`."""
    found = [one.case for one in alike]
    text = "\n".join(dict.fromkeys(one.text for one in alike if one.text))
    live = deadlines.of_cases(tx, [case.id for case in found[:SHOWN]])
    lines = [_(alike[0].many, count=len(found), text=text)]
    tasks = [worklist.task_of(case, live[case.id], TERMS, now, tx.office) for case in found[:SHOWN]]
    for number, task in enumerate(tasks, 1):
        told = cards.line(task.case, live[task.case.id], tx, now) if own else cards.task_line(task, tx, now)
        lines.append(f"{number}. {told}")
    buttons = [Button(case.number, f"f:case:{case.id}") for case in found[:SHOWN]]
    if rest := found[SHOWN:]:
        listed = own or any(case.status in OPEN for case in rest)
        lines += [_("… and {count} more: they stand in the list.", count=len(rest))] if listed else _named(rest)
        flow, label = _list_of(alike[0].to, own=own)
        buttons.append(Button(_(label), f"f:{flow}"))
    moments = [one.due.at for running in live.values() for one in running if one.due.at >= now]
    return Message("\n".join(lines), buttons=rows(buttons, 2), until=min(moments, default=None))


def _named(rest: Sequence[Case]) -> list[str]:
    """The numbers of cases that have no line of their own: no list of an official's shows those that are over."""
    named = _("And: {numbers}", numbers=phrases.listed(case.number for case in rest[:NAMED]))
    left = len(rest) - NAMED
    return [named, cards.and_more(left)] if left > 0 else [named]


def _list_of(to: Recipient, *, own: bool) -> tuple[str, str]:
    """The list in which all of them stand: its conversation, and what its button says."""
    if own:
        return "my", N_("My cases")
    if to.holding is not None and to.holding.role is Role.DISPATCHER:
        return "desk", N_("The desk")
    return "tasks", N_("My tasks")
