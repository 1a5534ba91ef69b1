"""Messages to customer groups: a colleague has to let each go in WeCom; who, the reminder, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.audience import Audience
from domain.errors import Refused
from domain.messages import Message
from handlers import bindings
from handlers.turn import Turn
from handlers.words import N_, _, speaking
from storage import app_members, confirmations, groups, outbox, people
from storage.app_members import Member
from storage.confirmations import Waiting
from storage.outbox import Priority
from storage.people import Address
from storage.transaction import Tx

#: The channel of customer groups, and that of the colleagues who have them.
CUSTOMERS, APP = "custgroups", "wecom"
#: What nobody has let go by then is given up.
LONGEST = timedelta(days=30)
NOBODY_CONFIRMED = N_("nobody confirmed it in WeCom within 30 days, so it was not posted there")


class NoSuchColleague(Refused):
    """I do not find this colleague in WeCom any more. Send /groups and choose again."""


def bind(turn: Turn, member: int, audience: Audience) -> int:
    """From now on announcements for this audience go to the customer groups of a colleague; returns the address' id.

    member: the id of the colleague's own address in the app. Raises NoSuchColleague or OtherKind.
    """
    one = app_members.get(turn.tx, APP, member)
    if one is None:
        raise NoSuchColleague()
    door = groups.open_door(turn.tx, CUSTOMERS, one.address, turn.now)
    with speaking(turn.office.language):
        title = _("customer groups of {name}", name=called(one))
    bindings.bind_at_once(turn.tx, door, audience, title, turn.person.id, turn.now)
    return door.id


def forget(tx: Tx, channel: str, address: str) -> None:
    """Somebody with this address is erased: their customer groups hear nothing more, and nothing names them."""
    found = people.find(tx, CUSTOMERS, address) if channel == APP else None
    if found is not None:
        bindings.unbind(tx, found[0].id)
        for one in outstanding(tx):
            if one.address_id == found[0].id:
                confirmations.give_up(tx, one.id, NOBODY_CONFIRMED)
        groups.rub_out(tx, found[0].id)


def called(one: Member) -> str:
    """What a colleague is called; the platform's own name where they have told us none."""
    return one.name or one.address


def outstanding(tx: Tx) -> list[Waiting]:
    """What waits for a colleague to let it go."""
    return confirmations.waiting(tx, CUSTOMERS)


def let_go(tx: Tx, one: Waiting, now: datetime) -> None:
    """The colleague has let it go: the groups have it."""
    confirmations.let_go(tx, one.id, now)


def still_waits(tx: Tx, one: Waiting, now: datetime) -> None:
    """The colleague has not: they are reminded once, on a later working day, and after a month it is given up."""
    if now - one.since > LONGEST:
        confirmations.give_up(tx, one.id, NOBODY_CONFIRMED)
        return
    calendar = tx.office.calendar
    if calendar.within_office_hours(now) and calendar.today(now) > calendar.today(one.since):
        member = app_members.at(tx, APP, one.address)
        if member is not None:
            _remind(tx, one, member, now)


def _remind(tx: Tx, one: Waiting, member: Member, now: datetime) -> None:
    person = people.get(tx, member.person)
    assert person is not None
    door = Address(member.id, APP, member.address, False, True)
    with speaking(person.language):
        text = _(
            "An announcement of ours waits for you: please open WeCom → Workbench → Customer contact → Mass messages, "
            "and send it to your customer groups. Nothing goes out before you do."
        )
        told = f"confirm:{one.id}"
        outbox.say(tx, door, person.id, Message(text), now, priority=Priority.TASK, dedupe=told)
