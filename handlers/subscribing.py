"""Owners in WeChat who let the office's mini program tell them how their case goes on, also when the chat is shut."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from domain.doors import DOORS
from domain.messages import Button, Message
from handlers.turn import Turn
from handlers.words import _
from storage import codes, people, recipients, unionids
from storage.transaction import Tx

CHANNEL, PURPOSE = "subscribe", "subscribe"
#: The doors at which a button may open a page of the mini program, and how its address begins.
SHOWN_AT = "kefu"
SCHEME = "weixin-mini:"
#: A case of the longest kind is over by then; each time it is looked at there is a new ticket.
TICKET_VALID = timedelta(days=30)
#: WeChat's names of people have 28 characters.
LONGEST_OPENID = 64


def offered(turn: Turn) -> tuple[Button, ...]:
    """The button that opens the mini program to subscribe, with a ticket good once; () where it is not to be offered:
    at another door, without a mini program, and to who has subscribed."""
    office = turn.office
    if turn.address.channel != SHOWN_AT or not office.mini_page or CHANNEL not in office.platforms:
        return ()
    if any(door.channel == CHANNEL and door.reachable for door in recipients.doors(turn.tx, turn.person.id)):
        return ()
    ticket = codes.make(turn.tx, PURPOSE, {"person": turn.person.id}, TICKET_VALID, turn.now, turn.person.id)
    return (Button(_("Turn on progress reminders"), "", f"{SCHEME}{office.mini_page}?ticket={ticket}"),)


def with_offer(turn: Turn, message: Message) -> Message:
    """The message with that button below the others, where it is to be offered."""
    buttons = offered(turn)
    return message.plus(*buttons) if buttons else message


def without_offer(message: Message) -> Message:
    """The message as a door shows it that cannot open a mini program."""
    if not any(button.url.startswith(SCHEME) for row in message.buttons for button in row):
        return message
    kept = (tuple(one for one in row if not one.url.startswith(SCHEME)) for row in message.buttons)
    return replace(message, buttons=tuple(row for row in kept if row))


def is_good(tx: Tx, ticket: str, now: datetime) -> bool:
    """Whether a ticket can be used now."""
    return codes.good(tx, ticket, PURPOSE, now) is not None


def subscribed(tx: Tx, ticket: str, openid: str, unionid: str, now: datetime) -> bool:
    """Whoever was given the ticket has subscribed under this name; False where the ticket or the name is not good."""
    if not openid or len(openid) > LONGEST_OPENID:
        return False
    used = codes.use(tx, ticket, (PURPOSE,), now)
    if used is None:
        return False
    person = int(used[1]["person"])
    people.add_door(tx, person, CHANNEL, openid, now, DOORS[CHANNEL].fallback)
    if unionid:
        unionids.keep(tx, unionid, person, now)
    return True
