"""Where news of a case goes when the door its owner talks at is shut: to doors that only push, in the order of their
places in DOORS, and a question that reached nobody to somebody who phones. It closes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from domain.case import Case, Naming
from domain.doors import PAGE
from handlers import hours, in_short, subscribing
from handlers.apart import apart
from handlers.in_short import Short, level
from handlers.words import N_
from storage import outbox, outgoing, people, recipients, visits
from storage.outbox import Priority
from storage.outgoing import Outgoing
from storage.people import Address
from storage.transaction import Tx

log = structlog.get_logger()

SMS = "sms"
#: How long what a case waits for stands on a page that nobody opens before its owner is told in short elsewhere; what
#: has stood there longer than the other is told by the next reminder.
UNREAD, STALE = timedelta(minutes=30), timedelta(days=1)
MOBILE = re.compile(r"\+861[3-9]\d{9}")
SWITCHED_OFF = N_("this way to people is switched off in the settings")
BROKEN_OFF = N_("this way to people was switched off in the middle of it, it may have arrived")


def shut(tx: Tx, line: Outgoing, reason: str, now: datetime) -> None:
    """The door of a row that has ended cannot be written to: the row, and whatever else is due there, goes on."""
    people.unreachable(tx, line.address_id)
    for row in (line, *outgoing.ended_at(tx, line.address_id, now, reason)):
        pass_on(tx, row, now)


def left_behind(tx: Tx, now: datetime) -> int:
    """What is due where the settings connect nothing any more goes on, and their addresses are good again when they do.

    What no other door takes is a dead letter. Returns how many rows; 0 where it is not this office that sends.
    """
    if not tx.office.running:
        return 0
    channels = (PAGE, *tx.office.platforms)
    for channel in outgoing.sending_at_others(tx, channels):
        outgoing.broken_off(tx, channel, (), BROKEN_OFF)
    closed = [channel for channel in outgoing.in_line(tx) if channel not in channels]
    lines = [line for channel in closed for line in outgoing.due_at(tx, channel, now)]
    for line in lines:
        with apart(tx, "left_behind", row=line.id):
            said = pass_on(tx, line, now)
            outbox.end(tx, line.id, "unreachable" if said else "dead", SWITCHED_OFF)
    return len(lines)


def unread(tx: Tx, now: datetime) -> int:
    """What a case waits for and its owner has not seen, their page being shut, is told in short elsewhere, by day.

    It stays on the page, where it is answered; each is told so once. Returns how many were looked at.
    """
    office = tx.office
    if not any(level(name) for name in office.platforms) or hours.for_owner(now, office) > now:
        return 0
    lines = outgoing.unanswered(tx, PAGE, now - STALE, now - UNREAD)
    for line in lines:
        doors = recipients.doors(tx, line.person) if line.person is not None else []
        waiting = [one for one in in_short.of_row(tx, line, doors, now) if one.waits]
        for one in waiting:
            _pushed(tx, one, line, doors, now)
        outbox.tried(tx, line.id)
    return len(lines)


def pass_on(tx: Tx, line: Outgoing, now: datetime) -> bool:
    """Say a row that has ended at the person's next door: whole where they can answer, in short where it only pushes.

    What no other door takes waits where it was until the person writes there again; a visit question is then phoned.
    A door is only followed by one further down, so that nothing ever goes round. Returns whether it is said elsewhere.
    """
    doors = recipients.doors(tx, line.person) if line.person is not None else []
    talked_at = _talked_at(tx, doors, line)
    if talked_at is not None and (talked_at.channel != PAGE or not tx.office.opens(line.channel)):
        _say_whole(tx, talked_at, line, now)
        return True
    told = list(in_short.of_row(tx, line, doors, now))
    pushed = [one for one in told if _pushed(tx, one, line, doors, now)]
    if talked_at is not None and not pushed:
        _say_whole(tx, talked_at, line, now)
        return True
    for one in told:
        if one.asks and one not in pushed:
            visits.owe_call(tx, one.case.id, "visit", one.case.round, now)
    if not pushed:
        log.warning("nobody can be reached here", row=line.id)
    return bool(pushed)


def _talked_at(tx: Tx, doors: Sequence[Address], line: Outgoing) -> Address | None:
    """Another door they talk at: one that is written to before a page; none for what was told in short already."""
    if level(line.channel):
        return None
    at_hand = [one for one in doors if one.reachable and tx.office.opens(one.channel) and one.id != line.address_id]
    others = [one for one in at_hand if not level(one.channel)]
    return min(others, key=lambda one: one.channel == PAGE, default=None)


def _say_whole(tx: Tx, door: Address, line: Outgoing, now: datetime) -> None:
    message, once = subscribing.without_offer(line.message), line.once
    outbox.say(tx, door, line.person, message, now, priority=line.priority, about=line.about, once=once)


def _pushed(tx: Tx, short: Short, line: Outgoing, doors: Sequence[Address], now: datetime) -> bool:
    """Say it by day at the first door behind the row's own that takes it; False where there is none, or no way back."""
    if not in_short.way_back(tx, short.case, doors)[1]:
        return False
    door = next((one for one in doors if _takes(tx, one, short, line)), None) or _by_sms(tx, short, line, now)
    if door is None:
        return False
    news, later = Priority.NEWS, hours.for_owner(now, tx.office)
    outbox.say(tx, door, line.person, short.message, now, priority=news, not_before=later, about=short.about)
    return True


def _takes(tx: Tx, door: Address, short: Short, line: Outgoing) -> bool:
    """Whether a door that pushes comes after the row's own and can be written to; an SMS only to the number of now."""
    if not door.reachable or level(door.channel) <= level(line.channel) or door.channel not in tx.office.platforms:
        return False
    return door.channel != SMS or door.address == _mobile(tx, short.case)


def _by_sms(tx: Tx, short: Short, line: Outgoing, now: datetime) -> Address | None:
    """A door made of the owner's own mobile number; None where there is none, or it was tried in vain before."""
    number = _mobile(tx, short.case)
    if not number or line.person is None or SMS not in tx.office.platforms or level(line.channel) >= level(SMS):
        return None
    found = people.find(tx, SMS, number)
    if found is not None and found[1] is not None and found[1].id == line.person:
        return None
    return people.add_door(tx, line.person, SMS, number, now, level(SMS))


def _mobile(tx: Tx, case: Case) -> str:
    """The owner's mobile number; "" where it is none, or where nobody is to know it in this case."""
    one = people.get(tx, case.owner) if case.owner and case.naming is not Naming.ANONYMOUS else None
    return one.phone if one is not None and MOBILE.fullmatch(one.phone) else ""
