"""One arrival, one transaction: once only, who is it, which talk, what changes, what is said."""

from __future__ import annotations

from datetime import datetime

import structlog

from domain.errors import Refused
from domain.messages import Incoming, Message
from handlers import albums, doors, grouping, late, menus, turns_joined
from handlers.cleaning import cleaned
from handlers.routing import LONGEST, routed
from handlers.turn import Turn
from handlers.words import LANGUAGES, _, speaking
from storage import albums as kept_albums
from storage import arrivals, inbox, outbox, people, pulled
from storage.faults import Fault, fault, where_of
from storage.transaction import Tx

log = structlog.get_logger()


def handle(tx: Tx, incoming: Incoming, now: datetime) -> None:
    """Take one arrival: everything it changes and everything to be said stands in this transaction."""
    incoming = cleaned(incoming)
    if not inbox.take(tx, incoming.channel, incoming.key, now):
        return
    if incoming.group:
        grouping.arrived(tx, incoming, now)
    elif incoming.presence:
        doors.presence(tx, incoming, now)
    elif incoming.album and not incoming.edits:
        kept_albums.keep(tx, incoming, now)
    else:
        _take(tx, incoming, now)


def _take(tx: Tx, incoming: Incoming, now: datetime) -> None:
    turn, albums_wait = _turn(tx, incoming, now)
    if albums_wait:  # what was sent before comes before
        for album in kept_albums.of_address(tx, incoming.channel, incoming.address):
            gather(tx, incoming.channel, incoming.address, album, now, now)
        turn, _wait = _turn(tx, incoming, now)
    with speaking(turn.person.language):
        answers = _answered(turn)
        if incoming.history:
            _keep_history(turn)
        _say(turn, answers)


def _say(turn: Turn, messages: list[Message]) -> None:
    if turns_joined.applies(turn):
        turns_joined.say(turn, messages)
        return
    below = not _on_card(turn.incoming)
    for message in messages:
        outbox.say(turn.tx, turn.address, turn.person.id, message, turn.now, below=below)


def gather(tx: Tx, channel: str, address: str, album: str, now: datetime, before: datetime) -> None:
    """Take what was sent as one set of files as one arrival, where no part of it came after `before`.

    What the program fails on is set aside whole, as any arrival, and nothing that follows it waits.
    """
    parts = kept_albums.take_out(tx, channel, address, album, before)
    if not parts:
        return
    take_whole(tx, albums.joined(parts), now)


def take_whole(tx: Tx, incoming: Incoming, now: datetime) -> None:
    """Take an arrival that the office has put together itself; it is set aside here where the program fails on it."""
    if not inbox.take(tx, incoming.channel, incoming.key, now):
        return
    try:
        with tx.savepoint():
            _take(tx, incoming, now)
    except Exception as error:
        if fault(error) is not Fault.PROGRAM:
            raise
        log.error("arrival failed", channel=incoming.channel, error=where_of(error))
        sorry(tx, incoming, where_of(error), now)


def gather_left(tx: Tx, now: datetime) -> int:
    """Take the albums that nobody took in time: their process has died since; returns how many."""
    left = kept_albums.quiet(tx, now - albums.LEFT_AFTER)
    for channel, address, album in left:
        gather(tx, channel, address, album, now, now - albums.QUIET)
    return len(left)


def _on_card(incoming: Incoming) -> bool:
    """Whether a card was tapped, which then changes in place; what answers words stands below them."""
    return incoming.press.startswith("f:") and not incoming.press.startswith("f:case:")


def sorry(tx: Tx, incoming: Incoming, error: str, now: datetime) -> None:
    """Set aside an arrival the program failed on, and tell its sender so."""
    incoming = cleaned(incoming)
    inbox.quarantine(tx, incoming, error, now)
    if incoming.group or incoming.presence:
        return
    turn, _wait = _turn(tx, incoming, now)
    with speaking(turn.person.language):
        text = _("Something went wrong on our side. Your message is kept, and we are looking into it.")
        _say(turn, [Message(text)])


def _turn(tx: Tx, incoming: Incoming, now: datetime) -> tuple[Turn, bool]:
    """Who it is, and whether an album of theirs waits to be taken first."""
    found = arrivals.arrive(tx, incoming.channel, incoming.address, now)
    if found is not None and found.person is not None:
        if found.back:
            late.renew(tx, found.address.id, now)
        turn = Turn(tx, now, found.person, found.address, incoming, found.talk, found.aside)
        return turn, found.album
    language = incoming.language if incoming.language in LANGUAGES else tx.office.language
    address, person = people.meet(tx, incoming.channel, incoming.address, language, now, name=incoming.name)
    assert person is not None
    turn = Turn(tx, now, person, address, incoming)
    return turn, bool(kept_albums.of_address(tx, incoming.channel, incoming.address))


def _answered(turn: Turn) -> list[Message]:
    if turns_joined.asks_for_more(turn):
        return []
    try:
        messages = routed(turn)
    except Refused as refusal:
        messages = [menus.refused(turn, refusal)]
    _remember_menu(turn, messages)
    return messages


def _remember_menu(turn: Turn, messages: list[Message]) -> None:
    """Line numbers typed outside a talk stand for the buttons of the last reply."""
    menu = messages[-1].menu() if messages else []
    if menu and not menu[0].startswith("t:") and tuple(menu) != turn.address.menu:
        people.remember_menu(turn.tx, turn.address.id, menu)


# --- history ---------------------------------------------------------------------------------------


def _keep_history(turn: Turn) -> None:
    incoming, tx = turn.incoming, turn.tx
    text = outbox.label_of(tx, turn.address.id, incoming.press) if incoming.press else incoming.text
    shown = tuple(record.attachment for record in turn.received)
    words = Message(text[:LONGEST] or (incoming.place.label if incoming.place else ""), files=shown)
    pulled.echo(tx, turn.address, turn.person.id, words, incoming.ref, turn.now)
