"""What Telegram's errors mean: a table from the library's errors to those of every channel.

Reasons are keys of the catalogues, for people to read. Telegram's own words may hold a name, and are not kept.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.contract import Moved, OutcomeUnknown, TryLater, Undeliverable, Unreachable
from bot.channels.telegram.request import NotSent, PlatformDown
from handlers.words import N_

log = structlog.get_logger()

NOT_MODIFIED = "not modified"
#: What is to be changed is not there any more, or too old: it is said anew.
NOT_THERE = ("message to edit not found", "message can't be edited", "message_id_invalid", "message to be replied")

#: (part of Telegram's words in small letters, reason). The chat is gone, or closed to us.
CLOSED: tuple[tuple[str, str], ...] = (
    ("chat not found", N_("the chat is not there any more")),
    ("user is deactivated", N_("the account is closed")),
    ("not enough rights", N_("the bot may not write in this group")),
    ("have no rights to send", N_("the bot may not write in this group")),
    ("chat_write_forbidden", N_("the bot may not write in this group")),
    ("need administrator rights", N_("the bot may not write in this group")),
    ("bot is not a member", N_("the bot is not in the group any more")),
    ("group chat was deactivated", N_("the group is closed")),
    ("peer_id_invalid", N_("the chat is not there any more")),
)
BLOCKED = N_("this person has blocked the bot")
PUT_OUT = N_("the bot is not in the group any more")
TOO_FAST = N_("Telegram asked for a pause")
DOWN = N_("Telegram is down for the moment")
NO_CONNECTION = N_("Telegram cannot be reached")
WRONG_TOKEN = N_("Telegram refuses the bot's token")
FILE_NOT_TAKEN = N_("Telegram does not take this file")
REFUSED = N_("Telegram does not take this message")


def meant(error: TelegramError, *, group: bool = False) -> Exception:
    """The error of the contract that this one is. The first row that fits; some are sorts of one another."""
    make = next((make for kind, make in REFUSALS if isinstance(error, kind)), None)
    return make(error, group) if make is not None else OutcomeUnknown()


def says(error: TelegramError, *parts: str) -> bool:
    """Whether Telegram's words hold one of these."""
    words = error.message.casefold()
    return any(part in words for part in parts)


def _pause(error: TelegramError, group: bool) -> Exception:
    assert isinstance(error, RetryAfter)
    return TryLater(TOO_FAST, error._retry_after.total_seconds())


def _moved(error: TelegramError, group: bool) -> Exception:
    assert isinstance(error, ChatMigrated)
    return Moved(str(error.new_chat_id))


def _forbidden(error: TelegramError, group: bool) -> Exception:
    return Unreachable(PUT_OUT if group else BLOCKED)


def _token(error: TelegramError, group: bool) -> Exception:
    log.error("Telegram refuses the token")
    return TryLater(WRONG_TOKEN)


def _bad(error: TelegramError, group: bool) -> Exception:
    closed = next((reason for part, reason in CLOSED if says(error, part)), "")
    return Unreachable(closed) if closed else Undeliverable(REFUSED)


#: In this order: BadRequest is a NetworkError too. https://core.telegram.org/bots/api#making-requests
REFUSALS: tuple[tuple[type[TelegramError], Callable[[TelegramError, bool], Exception]], ...] = (
    (RetryAfter, _pause),
    (ChatMigrated, _moved),
    (Forbidden, _forbidden),
    (InvalidToken, _token),
    (BadRequest, _bad),
    (NotSent, lambda _error, _group: TryLater(NO_CONNECTION)),
    (PlatformDown, lambda _error, _group: TryLater(DOWN)),
    (NetworkError, lambda _error, _group: OutcomeUnknown()),
)
