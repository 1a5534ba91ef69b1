"""A large file that came by the office's own page: from then on it is as if it was sent in the chat."""

from __future__ import annotations

import hashlib
from datetime import datetime

from domain.errors import UnknownCode
from domain.messages import Incoming, Promised
from handlers import dispatch
from handlers.too_large import PURPOSE
from storage import codes, recipients
from storage.transaction import Tx


def arrived(tx: Tx, code: str, file: Promised, now: datetime) -> None:
    """Take a file that is kept already as an arrival at the door its person used last. The code is good no more.

    Raises UnknownCode where it was not, or its person is gone.
    """
    found = codes.use(tx, code, (PURPOSE,), now)
    door = recipients.door(tx, int(found[1]["person"])) if found else None
    if door is None:
        raise UnknownCode()
    key = f"upload:{hashlib.sha256(code.encode()).hexdigest()[:32]}"
    shown = door.channel == "web"  # the page shows what a person sent themselves
    dispatch.take_whole(tx, Incoming(door.channel, key, door.address, files=(file,), history=shown), now)
