"""What becomes of a message for each answer of Telegram, and that nobody reads Telegram's own words."""

from __future__ import annotations

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.contract import Held, Moved, OutcomeUnknown, TryLater, Undeliverable, Unreachable
from bot.channels.telegram.refusals import meant
from bot.channels.telegram.request import NotSent, PlatformDown
from handlers.words import LANGUAGES, _, speaking

FATES: list[tuple[TelegramError, type[Exception]]] = [
    (RetryAfter(30), TryLater),
    (ChatMigrated(-1009), Moved),
    (Forbidden("Forbidden: bot was blocked by the user"), Unreachable),
    (Forbidden("Forbidden: user is deactivated"), Unreachable),
    (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Unreachable),
    (Forbidden("Forbidden: bot is not a member of the supergroup chat"), Unreachable),
    (Forbidden("Forbidden: the group chat was deleted"), Unreachable),
    (Forbidden("Forbidden: bot can't initiate conversation with a user"), Unreachable),
    (Forbidden("Forbidden: something new"), Unreachable),
    (BadRequest("Bad Request: chat not found"), Unreachable),
    (BadRequest("Bad Request: PEER_ID_INVALID"), Unreachable),
    (BadRequest("Bad Request: not enough rights to send text messages to the chat"), Unreachable),
    (BadRequest("Bad Request: have no rights to send a message"), Unreachable),
    (BadRequest("Bad Request: CHAT_WRITE_FORBIDDEN"), Unreachable),
    (BadRequest("Bad Request: not enough rights to send photos to the chat"), Undeliverable),
    (BadRequest("Bad Request: message is too long"), Undeliverable),
    (BadRequest("Bad Request: can't parse entities: unexpected end tag at byte offset 3"), Undeliverable),
    (BadRequest("Bad Request: IMAGE_PROCESS_FAILED"), Undeliverable),
    (BadRequest("Bad Request: wrong file identifier/HTTP URL specified"), Undeliverable),
    (NotSent("not connected"), TryLater),
    (PlatformDown("status 502"), TryLater),
    (NetworkError("Too Many Requests"), TryLater),
    (NetworkError("Request Entity Too Large"), Undeliverable),
    (TimedOut("no answer in time"), OutcomeUnknown),
    (NetworkError("the connection broke"), OutcomeUnknown),
    (InvalidToken("Unauthorized"), Held),
    (Conflict("Conflict: terminated by other getUpdates request"), OutcomeUnknown),
    (TelegramError("the answer is none"), OutcomeUnknown),
]


@pytest.mark.parametrize(("error", "fate"), FATES, ids=lambda one: one.__class__.__name__)
def test_every_refusal_has_its_fate(error: TelegramError, fate: type[Exception]) -> None:
    assert type(meant(error)) is fate


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reason_is_in_words_of_ours(language: str) -> None:
    with speaking(language):
        for error, fate in FATES:
            reason = str(meant(error))
            if fate not in (Moved, OutcomeUnknown):
                assert reason
                assert language != "zh_CN" or _(reason) != reason
            assert error.message not in reason


def test_times_and_addresses_are_passed_on() -> None:
    slower, moved, token = meant(RetryAfter(3600)), meant(ChatMigrated(-1009)), meant(InvalidToken("no"))
    assert isinstance(slower, TryLater)
    assert slower.seconds == 3600
    assert isinstance(moved, Moved)
    assert moved.address == "-1009"
    assert isinstance(token, TryLater)
    assert token.seconds
