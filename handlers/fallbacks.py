"""Where news of a case goes when the door its owner talks at is shut: to doors that only push, in the order of their
places in DOORS, and a question that reached nobody to somebody who phones. It closes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import structlog

from domain.case import Case, Naming
from handlers import hours, in_short, subscribing
from handlers.in_short import Short, level
from storage import outbox, outgoing, people, visits
from storage.outbox import Priority
from storage.outgoing import Outgoing
from storage.people import Address
from storage.transaction import Tx

log = structlog.get_logger()

SMS = "sms"
#: Pages show what waits when somebody opens them; nobody is called to them.
PAGE = "web"
MOBILE = re.compile(r"\+861[3-9]\d{9}")


def shut(tx: Tx, line: Outgoing, reason: str, now: datetime) -> None:
    """The door of a row that has ended cannot be written to: the row, and whatever else is due there, goes on."""
    people.unreachable(tx, line.address_id)
    for row in (line, *outgoing.ended_at(tx, line.address_id, now, reason)):
        pass_on(tx, row, now)


def pass_on(tx: Tx, line: Outgoing, now: datetime) -> None:
    """Say a row that has ended at the person's next door: whole where they can answer, in short where it only pushes.

    What no other door takes waits where it was until the person writes there again; a visit question is then phoned.
    A door is only followed by one further down, so that nothing ever goes round.
    """
    doors = people.doors(tx, line.person) if line.person is not None else []
    talked_at = _talked_at(doors, line)
    if talked_at is not None and talked_at.channel != PAGE:
        _say_whole(tx, talked_at, line, now)
        return
    told = list(in_short.of_row(tx, line, doors, now))
    pushed = [one for one in told if _pushed(tx, one, line, doors, now)]
    if talked_at is not None and not pushed:
        _say_whole(tx, talked_at, line, now)
        return
    for one in told:
        if one.asks and one not in pushed:
            visits.owe_call(tx, one.case.id, "visit", one.case.round, now)
    if not pushed:
        log.warning("nobody can be reached here", row=line.id)


def _talked_at(doors: Sequence[Address], line: Outgoing) -> Address | None:
    """Another door they talk at: one that is written to before a page; none for what was told in short already."""
    if level(line.channel):
        return None
    others = [one for one in doors if one.reachable and not level(one.channel) and one.id != line.address_id]
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
