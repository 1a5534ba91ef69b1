"""One page of what was pulled, taken in one transaction: messages, windows and the cursor stand or fall together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.channels.contract import Unreadable
from bot.channels.kefu import arrivals
from bot.channels.kefu.arrivals import NAME, Arrived, Failed, Hand
from bot.channels.wecom.meanings import FAILS, Sort
from domain.messages import Incoming
from handlers import deliveries, dispatch, fallbacks
from handlers.cleaning import cleaned
from storage import inbox, lost, outbox, people, pulls, windows
from storage.faults import Fault, fault, where_of
from storage.transaction import Tx

log = structlog.get_logger()

#: So long after the last word of the staff a talk is theirs, should its end not be told.
IN_HAND = timedelta(hours=2)


class Overtaken(Exception):
    """Somebody else has gone on from this cursor: nothing of the page is taken here."""


@dataclass(frozen=True, slots=True)
class Page:
    """What was pulled from an account. before, after: its cursors; messages: each as it came.

    ahead: how far the office's clock is ahead of the platform's, of which only the demo's is.
    """

    account: str
    before: str
    after: str
    messages: Sequence[bytes]
    ahead: timedelta = timedelta()


@dataclass(slots=True)
class Outcome:
    """What became of a page. taken: how many were new; failed: set aside; nameless: addresses of people without one."""

    taken: int = 0
    failed: int = 0
    nameless: list[str] = field(default_factory=list)


def take(tx: Tx, page: Page, now: datetime) -> Outcome:
    """Take a page. Raises Overtaken, or what the database raises: then nothing was taken, and it comes again."""
    if not pulls.advance(tx, page.account, page.before, page.after):
        raise Overtaken
    outcome = Outcome()
    for raw in page.messages:
        _one(tx, raw, page.ahead, now, outcome)
    outcome.nameless = list(dict.fromkeys(outcome.nameless))
    return outcome


def _one(tx: Tx, raw: bytes, ahead: timedelta, now: datetime, outcome: Outcome) -> None:
    """Take one message; one the program fails on is set aside, and nothing behind it waits."""
    try:
        arrived = arrivals.read(raw)
    except Unreadable as error:
        log.error("arrival not understood", channel=NAME, error=str(error))
        outcome.failed += _set_aside(tx, error.key, raw, str(error), now)
        return
    if arrived.failed is not None:
        _not_delivered(tx, arrived.failed, now)
    if arrived.hand is not None:
        _changes_hands(tx, arrived.hand, ahead, now)
    if arrived.incoming is not None:
        _taken(tx, raw, arrived, cleaned(arrived.incoming), ahead, now, outcome)


def _set_aside(tx: Tx, key: str, raw: bytes, why: str, now: datetime) -> int:
    if inbox.was_taken(tx, NAME, key):
        return 0
    inbox.set_aside(tx, NAME, key, raw, why, now)
    return 1


def _taken(
    tx: Tx, raw: bytes, arrived: Arrived, incoming: Incoming, ahead: timedelta, now: datetime, outcome: Outcome
) -> None:
    if inbox.was_taken(tx, NAME, incoming.key):
        return
    outcome.taken += 1
    if not incoming.presence and _window(tx, arrived, incoming, ahead, now, outcome):
        inbox.take(tx, NAME, incoming.key, now)
        return
    try:
        with tx.savepoint():
            dispatch.handle(tx, incoming, now)
    except Exception as error:
        if fault(error) is not Fault.PROGRAM:
            raise
        outcome.failed += 1
        log.error("arrival failed", channel=NAME, error=where_of(error))
        _sorry(tx, raw, incoming, where_of(error), now)


def _sorry(tx: Tx, raw: bytes, incoming: Incoming, why: str, now: datetime) -> None:
    """Set an arrival aside and say so; where not even that goes, it is kept as it came."""
    try:
        with tx.savepoint():
            dispatch.sorry(tx, incoming, why, now)
    except Exception as error:
        if fault(error) is not Fault.PROGRAM:
            raise
        log.error("arrival failed, and its sender cannot be told", channel=NAME, error=where_of(error))
        inbox.set_aside(tx, NAME, incoming.key, raw, why, now)


# --- the window -------------------------------------------------------------------------------------------------------


def _window(tx: Tx, arrived: Arrived, incoming: Incoming, ahead: timedelta, now: datetime, outcome: Outcome) -> bool:
    """Write down how long they can be written to, before anything is said to them.

    True where they are talking with a person of the staff: that is between the two of them.
    """
    found = people.find(tx, NAME, incoming.address)
    address, person = found or people.meet(tx, NAME, incoming.address, tx.office.language, now)
    if person is not None and not person.name:
        outcome.nameless.append(incoming.address)
    at = min(now, (incoming.sent_at or now) + ahead)
    if arrived.opens is not None:
        windows.wrote(tx, address.id, at)
    if arrived.welcome:
        windows.welcomed(tx, address.id, arrived.welcome, at + windows.WELCOME_LASTS, now)
    return windows.is_in_hand(tx, address.id, at)


def _changes_hands(tx: Tx, hand: Hand, ahead: timedelta, now: datetime) -> None:
    log.info("a talk in customer service has changed hands", staff=hand.theirs)
    if (found := people.find(tx, NAME, hand.address)) is not None:
        windows.in_hand(tx, found[0].id, hand.since + ahead + IN_HAND if hand.theirs else None, now)


# --- what did not arrive ----------------------------------------------------------------------------------------------


def _not_delivered(tx: Tx, failed: Failed, now: datetime) -> None:
    """A message of ours was taken and did not arrive: it waits, and the person is told at another door."""
    line = lost.in_line_again(tx, NAME, windows.row_of(failed.key), failed.key, now)
    if line is None:
        return
    meaning = FAILS.get(failed.sort, FAILS[0])
    log.warning("customer service did not deliver", row=line.id, sort=failed.sort)
    windows.not_brought(tx, line.address, failed.key)
    if meaning.sort is Sort.CONTENT:  # it would fail again, and with it whatever it is told with
        outbox.end(tx, line.id, "dead", meaning.words)
    else:
        outbox.end(tx, line.id, "unreachable", meaning.words)
        people.unreachable(tx, line.address_id)
        windows.shut(tx, line.address)
    fallbacks.pass_on(tx, line, now)
    deliveries.undone(tx, line.about, now)
