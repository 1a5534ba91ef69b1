"""What officials are told of their deadlines: once in the morning of a working day, each at a minute of their own, many
things in one message; what is reached later in the day follows within office hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from types import MappingProxyType

from domain.case import OFFICIAL_ROLES
from domain.ladder import Colour
from domain.messages import Button, Message, rows
from domain.people import Holding
from handlers import cards, hours, phrases, worklist
from handlers.apart import apart
from handlers.reminders import RUNG_WORDS
from handlers.words import N_, _, speaking
from handlers.worklist import Task
from storage import cases, outbox, people, recipients, reminders
from storage.outbox import Priority
from storage.reminders import Reminder
from storage.transaction import Tx

#: So many reminders are told line by line; of the rest only how many they are.
MOST_REACHED = 8


COLOUR_WORDS: Mapping[Colour, str] = MappingProxyType(
    {
        Colour.RED: N_("overdue"),
        Colour.ORANGE: N_("due today"),
        Colour.YELLOW: N_("due tomorrow"),
        Colour.BLUE: N_("due soon"),
        Colour.NONE: N_("in time"),
    }
)


def digest(tx: Tx, now: datetime) -> int:
    """Write to every official who has something to hear now; returns to how many."""
    if not tx.office.calendar.within_office_hours(now):
        return 0
    written = 0
    for person, holdings in _officials(tx, now).items():
        if now >= hours.digest_moment(person, now, tx.office):
            with apart(tx, "digest", person=person):
                written += _write(tx, person, holdings, now)
    return written


def _officials(tx: Tx, now: datetime) -> dict[int, tuple[Holding, ...]]:
    found: dict[int, tuple[Holding, ...]] = {}
    for holding in people.all_holders(tx, now):
        if holding.role in OFFICIAL_ROLES:
            found[holding.person] = (*found.get(holding.person, ()), holding)
    return found


def _write(tx: Tx, person: int, holdings: tuple[Holding, ...], now: datetime) -> int:
    untold = reminders.untold(tx, person)
    waiting = _still_theirs(tx, holdings, untold)
    morning = f"digest:{person}:{tx.office.calendar.today(now)}"
    said = outbox.known(tx, morning)
    if not waiting and said:
        return 0
    one = recipients.one(tx, person)
    if one is None:
        return 0
    tasks = worklist.of_person(tx, holdings, now)
    if not tasks and not waiting:
        return 0
    with speaking(one.person.language):
        message = replace(
            _worded(tx, tasks, waiting if said else _beside(tasks, waiting), now), until=_evening(tx, now)
        )
    if waiting and not reminders.told(tx, person, untold, now):
        return 0  # another process has told it meanwhile
    first = outbox.say(tx, one.address, person, message, now, priority=Priority.TASK, dedupe=morning)
    if not first and waiting:
        outbox.say(tx, one.address, person, message, now, priority=Priority.TASK)
    return 1


def _evening(tx: Tx, now: datetime) -> datetime:
    """What is due "today" and "tomorrow" is no more when the day is over; the next morning says what is."""
    calendar = tx.office.calendar
    return calendar.morning(calendar.today(now) + timedelta(days=1), time())


def _still_theirs(tx: Tx, holdings: tuple[Holding, ...], waiting: list[Reminder]) -> list[Reminder]:
    """What was meant for somebody in a role they had is not said to them in another."""
    seen = {case.id for case in worklist.seen_by(cases.many(tx, [one.case for one in waiting]).values(), holdings)}
    return [one for one in waiting if one.case in seen]


def _beside(tasks: list[Task], waiting: list[Reminder]) -> list[Reminder]:
    """The reminders a list of tasks does not tell: it counts them by colour, and says each with its date."""
    listed = {(task.deadline.id, task.colour) for task in tasks if task.deadline} if len(tasks) > 1 else set()
    return [one for one in waiting if Colour(one.colour) is Colour.NONE or (one.deadline, one.colour) not in listed]


def _worded(tx: Tx, tasks: list[Task], waiting: list[Reminder], now: datetime) -> Message:
    if not tasks:
        return _reminded(tx, waiting)
    counted = [(colour, sum(task.colour is colour for task in tasks)) for colour in worklist.ORDER]
    counts = "  ".join(f"{phrases.MARKS[colour]} {_(COLOUR_WORDS[colour])} {n}" for colour, n in counted if n)
    counts = counts if len(tasks) > 1 else ""
    title = _("{count} open for you", count=len(tasks))
    reached = _reached(tx, waiting)
    shown = cards.task_list(tx, tasks, now, title, most=5)
    text = "\n".join(part for part in (counts, *reached, "", shown.text) if part or part == "")
    return Message(text.strip(), title, buttons=shown.buttons)


def _reminded(tx: Tx, waiting: list[Reminder]) -> Message:
    """To somebody who watches over what others have to do."""
    found = cases.many(tx, [one.case for one in waiting])
    buttons = [Button(case.number, f"f:case:{case.id}") for case in list(found.values())[:8]]
    return Message("\n".join(_reached(tx, waiting)), _("For your attention"), buttons=rows(buttons, 2))


def _reached(tx: Tx, waiting: list[Reminder]) -> list[str]:
    found = cases.many(tx, [one.case for one in waiting])
    latest = {(one.case, one.deadline): one for one in waiting}
    lines = [
        f"{phrases.MARKS[Colour(one.colour)]} {_(RUNG_WORDS[one.rung])}: {phrases.about(found[one.case])}"
        for one in latest.values()
    ]
    more = len(lines) - MOST_REACHED
    return lines[:MOST_REACHED] + ([cards.and_more(more)] if more > 0 else [])
