"""Deputies: who stands in for somebody away, from which day through which; both are told, and it ends by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from domain.case import Role
from domain.errors import Refused
from domain.messages import Button, Message
from domain.people import Deputyship, Person
from handlers import hours, phrases, unsent
from handlers.words import _, speaking
from storage import deputies, outbox, people, recipients, roles
from storage.outbox import Priority
from storage.transaction import Tx

#: Longer than any leave or course; whoever is away for good has left (own).
MOST_DAYS = 190


class CannotStandIn(Refused):
    """{name} cannot stand in here. Please choose a colleague who holds a role in the office."""


class TooLongAway(Refused):
    """A deputy stands in for {most} days at most, and the last day is not before the first. Please choose again."""


class StandingInOver(Refused):
    """That has ended already. Tap “Deputies” to see how it stands."""


def appoint(tx: Tx, person: int, deputy: int, first: date, last: date, now: datetime, by: int) -> None:
    """From the morning of the first day through the last, the deputy stands in for the person. Both are told, but
    whoever names the deputy (`by`). An earlier naming that overlaps ends. Raises CannotStandIn, TooLongAway.
    """
    one, other = people.get(tx, person), people.get(tx, deputy)
    if one is None or other is None or person == deputy or not _official(tx, deputy, now):
        raise CannotStandIn(name=other.name if other else "")
    if not 0 <= (last - first).days < MOST_DAYS or last < tx.office.calendar.today(now):
        raise TooLongAway(most=MOST_DAYS)
    since, until = max(now, _morning(tx, first)), _morning(tx, last + timedelta(days=1))
    about = deputies.about(tx, person, now)
    over = [one for one in about if one.person == person and one.since < until and since < one.until]
    for earlier in over:
        deputies.end(tx, earlier.id, now)
    deputies.add(tx, person, deputy, since, until, now)
    for earlier in over:
        unsent.drop(tx, earlier.deputy, now)
    days = span_words(first, last)
    if person != by:
        _tell(
            tx, one, now, lambda: _("{name} stands in for you: {days}. It ends by itself.", name=other.name, days=days)
        )
    if deputy != by:
        _tell(tx, other, now, lambda: _asked(one.name, days))


def _asked(name: str, days: str) -> str:
    return _(
        "You stand in for {name}: {days}. Their cases are among your tasks, and what you do for them bears both names.",
        name=name,
        days=days,
    )


def end(tx: Tx, deputyship: int, person: int, now: datetime) -> bool:
    """The person is back, or their deputy cannot go on: it ends now; False if it is over, or none of theirs."""
    found = next((one for one in deputies.about(tx, person, now) if one.id == deputyship), None)
    if found is None or not deputies.end(tx, deputyship, now):
        return False
    unsent.drop(tx, found.deputy, now)
    other = people.get(tx, found.deputy if person == found.person else found.person)
    if other is not None:
        name = found.name if person == found.person else found.deputy_name
        _tell(tx, other, now, lambda: _("It is over earlier: {name} has ended the standing in.", name=name))
    return True


def days_of(tx: Tx, one: Deputyship) -> str:
    """From which day through which, in words."""
    calendar = tx.office.calendar
    return span_words(calendar.today(one.since), calendar.today(one.until - timedelta(seconds=1)))


def span_words(first: date, last: date) -> str:
    """From which day through which, in words."""
    return phrases.day_words(first) if first == last else f"{phrases.day_words(first)} – {phrases.day_words(last)}"


def _official(tx: Tx, person: int, now: datetime) -> bool:
    return any(holding.role is not Role.MONITOR for holding in roles.own(tx, person, now).values())


def _morning(tx: Tx, day: date) -> datetime:
    return tx.office.calendar.morning(day, time())


def _tell(tx: Tx, person: Person, now: datetime, said: Callable[[], str]) -> None:
    """In their language, within office hours; whoever cannot be written to sees it where they look."""
    found = recipients.one(tx, person.id)
    if found is None:
        return
    with speaking(person.language):
        message = Message(said(), buttons=((Button(_("Deputies"), "f:deputy"),),))
    later = hours.for_official(now, tx.office)
    outbox.say(tx, found.address, person.id, message, now, priority=Priority.TASK, not_before=later)
