"""Links to files of messages, for platforms whose chats take no files of ours: whoever has the message has the file.

A code names the file and its last day, and is signed with the office's own secret: nobody guesses or prolongs one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.running import Running
from domain.messages import Attachment

GOOD_FOR = timedelta(days=30)
DAY_SECONDS = 86400
#: File, last day, and the first 18 bytes of an HMAC-SHA256: 40 letters in all, each of which counts.
FILE_BYTES, DAY_BYTES, MARK_BYTES = 8, 4, 18


def code_of(file: int, secret: bytes, now: datetime) -> str:
    """The code of a file, good for 30 days."""
    last = int((now + GOOD_FOR).timestamp()) // DAY_SECONDS
    named = file.to_bytes(FILE_BYTES, "big") + last.to_bytes(DAY_BYTES, "big")
    return base64.urlsafe_b64encode(named + _mark(named, secret)).decode().rstrip("=")


def file_of(code: str, secret: bytes, now: datetime) -> int | None:
    """The file of a code, None for one that is not ours or too old."""
    try:
        data = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    named, mark = data[: FILE_BYTES + DAY_BYTES], data[FILE_BYTES + DAY_BYTES :]
    if len(mark) != MARK_BYTES or not hmac.compare_digest(mark, _mark(named, secret)):
        return None
    last = datetime.fromtimestamp((int.from_bytes(named[FILE_BYTES:], "big") + 1) * DAY_SECONDS, UTC)
    return int.from_bytes(named[:FILE_BYTES], "big") if now < last else None


def _mark(named: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, b"shown:" + named, hashlib.sha256).digest()[:MARK_BYTES]


def shown_at(app: Running) -> Callable[[Attachment], str]:
    """Where a file can be looked at; "" for an office whose address nobody has said."""

    def address(file: Attachment) -> str:
        url = app.settings.public_url.rstrip("/")
        return f"{url}/shown/{code_of(file.file, app.keys.cookie, app.clock.now())}" if url else ""

    return address
