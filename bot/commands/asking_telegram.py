"""Asks a Bot API server a question from the command line. The token stands in the address: no error is passed on."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from bot.settings import Settings

OFFICIAL = "https://api.telegram.org"
ANSWER_SECONDS = 10
MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. status: of HTTP, 0 where nobody answered; result: {} for a refusal.

    ahead_seconds: how far this machine's clock is ahead of the server's; None where the server names no time.
    """

    status: int
    result: dict[str, Any] = field(default_factory=dict)
    ahead_seconds: float | None = None


def ask(settings: Settings, method: str) -> Answer:
    """Call a method without parameters; waits at most ANSWER_SECONDS for each part of the answer."""
    address = f"{server_of(settings)}/bot{settings.telegram_token.get_secret_value()}/{method}"
    if not host_of(settings):
        return Answer(0)
    try:
        asking = urllib.request.Request(address, data=b"", method="POST")  # noqa: S310 - looked at above
        with urllib.request.urlopen(asking, timeout=ANSWER_SECONDS) as answered:  # noqa: S310
            return Answer(answered.status, _result(answered.read(MOST_BYTES)), ahead(answered.headers.get("Date")))
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Answer(refusal.code, ahead_seconds=ahead(refusal.headers.get("Date")))
    except (
        OSError,
        ValueError,
        http.client.HTTPException,
    ):  # nobody, too late, or no address
        return Answer(0)


def server_of(settings: Settings) -> str:
    """The address of the Bot API server that is used."""
    return (settings.telegram_api or OFFICIAL).rstrip("/")


def host_of(settings: Settings) -> str:
    """The name of that server alone; "" for an address that is none."""
    try:
        parts = urlsplit(server_of(settings))
        return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def link(settings: Settings) -> str:
    """Where the office's chat opens on Telegram; "" without a token, or while nobody can say."""
    if not settings.telegram_token.get_secret_value():
        return ""
    username = ask(settings, "getMe").result.get("username")
    return f"https://t.me/{username}" if isinstance(username, str) and username else ""


def _result(body: bytes) -> dict[str, Any]:
    found = json.loads(body)
    result = found.get("result") if isinstance(found, dict) else None
    return result if isinstance(result, dict) else {}


def ahead(date: str | None) -> float | None:
    """Seconds by which this machine's clock is ahead of a Date header; None for none."""
    try:
        return time.time() - parsedate_to_datetime(date).timestamp() if date else None
    except ValueError:
        return None
