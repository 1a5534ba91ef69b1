"""Talks that were left lying: offered again once after a day, forgotten after a week."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.messages import Button, Message
from handlers import hours
from handlers.words import _, speaking
from storage import outbox, recipients, talks
from storage.outbox import Priority
from storage.talks import ASIDE, TalkRow
from storage.transaction import Tx


def tidy(tx: Tx, now: datetime) -> int:
    """Offer idle talks again and forget old ones; returns how many were touched."""
    book = tx.office.rulebook
    forgotten = talks.forget(tx, now - timedelta(hours=book.idle_forget_hours))
    idle = talks.idle(tx, now - timedelta(hours=book.idle_offer_hours))
    for row in idle:
        _offer(tx, row, now)
    return forgotten + len(idle)


def _offer(tx: Tx, row: TalkRow, now: datetime) -> None:
    row.state, row.offered_at = ASIDE, now
    talks.keep(tx, row)
    one = recipients.one(tx, row.person)
    if one is None:
        return
    forgotten = now + timedelta(hours=tx.office.rulebook.idle_forget_hours - tx.office.rulebook.idle_offer_hours)
    with speaking(one.person.language):
        text = _("You began something and did not finish it. What you wrote is kept for now. Shall we go on?")
        message = Message(text, buttons=((Button(_("Go on with it"), f"f:resume:{row.id}"),),), until=forgotten)
    later = hours.for_owner(now, tx.office)
    outbox.say(tx, one.address, one.person.id, message, now, priority=Priority.NEWS, not_before=later)
