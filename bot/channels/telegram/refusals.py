"""What Telegram's errors mean: a table from the library's errors to those of every channel.

Reasons are keys of the catalogues, for people to read. Telegram's own words may hold a name, and are not kept.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.contract import Held, Moved, OutcomeUnknown, TryLater, Undeliverable, Unreachable
from bot.channels.telegram.request import NotSent, PlatformDown
from handlers.words import N_

log = structlog.get_logger()

NOT_MODIFIED = "not modified"
#: What is to be changed is not there any more, or too old: it is said anew.
NOT_THERE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message to be replied",
    "no text in the message to edit",
)
#: The address of a button opens nothing: it is said without that button.
NO_LINK = ("button_url_invalid", "inline keyboard button url", "wrong http url")

NO_CHAT = N_("the chat is not there any more")
ACCOUNT_CLOSED = N_("the account is closed")
SILENCED = N_("the bot may not write in this group")
PUT_OUT = N_("the bot is not in the group any more")
GROUP_CLOSED = N_("the group is closed")
BLOCKED = N_("this person has blocked the bot")
NOT_OPENED = N_("this person has not opened the chat with the bot")
NO_SUCH_FILES = N_("this group takes no such files")
TOO_LONG = N_("the message is too long for Telegram")
TOO_FAST = N_("Telegram asked for a pause")
DOWN = N_("Telegram is down for the moment")
NO_CONNECTION = N_("Telegram cannot be reached")
WRONG_TOKEN = N_("Telegram refuses the bot's token")
FILE_NOT_TAKEN = N_("Telegram does not take this file")
REFUSED = N_("Telegram does not take this message")

#: A token that is refused stays refused until somebody changes it: everything rests, and nothing is given up.
WRONG_TOKEN_SECONDS = 60.0

#: Parts of Telegram's words in small letters, and what a refusal with one of them means; the first row that fits.
FORBIDDEN: tuple[tuple[tuple[str, ...], str], ...] = (
    (("blocked by the user",), BLOCKED),
    (("user is deactivated",), ACCOUNT_CLOSED),
    (("can't initiate conversation", "can't send messages to bots"), NOT_OPENED),
    (("kicked", "not a member"), PUT_OUT),
    (("group chat was deleted", "chat was deactivated"), GROUP_CLOSED),
)
BAD: tuple[tuple[tuple[str, ...], type[Exception], str], ...] = (
    (("chat not found", "peer_id_invalid", "user not found"), Unreachable, NO_CHAT),
    (("user is deactivated",), Unreachable, ACCOUNT_CLOSED),
    (("bot is not a member",), Unreachable, PUT_OUT),
    (("group chat was deactivated",), Unreachable, GROUP_CLOSED),
    (
        tuple(f"rights to send {kind}" for kind in ("photo", "document", "video", "audio", "voice", "media")),
        Undeliverable,
        NO_SUCH_FILES,
    ),
    (("not enough rights", "have no rights to send", "need administrator rights"), Unreachable, SILENCED),
    (("chat_write_forbidden", "chat_restricted", "chat_admin_required", "topic_closed"), Unreachable, SILENCED),
    (("message is too long", "message_too_long"), Undeliverable, TOO_LONG),
    (("file", "photo_", "media_", "image_", "video_", "voice_messages_forbidden"), Undeliverable, FILE_NOT_TAKEN),
)
#: Other answers, by words the library makes of their status.
OTHER: tuple[tuple[tuple[str, ...], Callable[[], Exception]], ...] = (
    (("too many requests",), lambda: TryLater(TOO_FAST)),
    (("entity too large", "content too large", "too large"), lambda: Undeliverable(FILE_NOT_TAKEN)),
)


class FileRefused(Undeliverable):
    """The file is not there, or not taken in this way."""

    def __init__(self) -> None:
        super().__init__(FILE_NOT_TAKEN)


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
    known = next((reason for parts, reason in FORBIDDEN if says(error, *parts)), "")
    return Unreachable(known or (PUT_OUT if group else BLOCKED))


def _token(error: TelegramError, group: bool) -> Exception:
    log.error("Telegram refuses the token")
    return Held(WRONG_TOKEN, WRONG_TOKEN_SECONDS)


def _bad(error: TelegramError, group: bool) -> Exception:
    sort, reason = next(
        ((sort, reason) for parts, sort, reason in BAD if says(error, *parts)), (Undeliverable, REFUSED)
    )
    return sort(reason)


def _other(error: TelegramError, group: bool) -> Exception:
    make = next((make for parts, make in OTHER if says(error, *parts)), None)
    return make() if make is not None else OutcomeUnknown()


#: In this order: BadRequest is a NetworkError too. https://core.telegram.org/bots/api#making-requests
REFUSALS: tuple[tuple[type[TelegramError], Callable[[TelegramError, bool], Exception]], ...] = (
    (RetryAfter, _pause),
    (ChatMigrated, _moved),
    (Forbidden, _forbidden),
    (InvalidToken, _token),
    (BadRequest, _bad),
    (NotSent, lambda _error, _group: TryLater(NO_CONNECTION)),
    (PlatformDown, lambda _error, _group: TryLater(DOWN)),
    (NetworkError, _other),
)
