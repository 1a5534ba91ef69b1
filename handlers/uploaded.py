"""A file that came by the office's page: from here on it is as if its sender had sent it in the chat."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from domain.errors import UnknownCode
from domain.messages import Incoming, Promised
from handlers import dispatch
from handlers.large_files import PURPOSE
from storage import codes, people
from storage.transaction import Tx


def arrived(tx: Tx, code: str, file: Promised, now: datetime) -> None:
    """Use the code up, and take the file at the door its person used last. Raises UnknownCode."""
    found = codes.use(tx, code, (PURPOSE,), now)
    one = people.recipient(tx, int(found[1]["person"])) if found else None
    if one is None:
        raise UnknownCode()
    key = f"upload:{sha256(code.encode()).hexdigest()[:32]}"
    dispatch.handle(tx, Incoming(one.address.channel, key, one.address.address, files=(file,)), now)
