"""What went wrong on its way in or out, in words, and the way again: for administrators, in the chat and on the page.

It tells where and why, never what people wrote: an administrator sees no case text by that role.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType

from handlers import late
from handlers.turn import Turn
from handlers.words import N_, _
from storage import dead_letters, inbox
from storage.dead_letters import Ended
from storage.inbox import Failed
from storage.transaction import Tx

#: Between the keys of the catalogues that a reason is made of.
BETWEEN = N_("; ")
#: As many signs of a digest as tell fifty arrivals apart, and fit on a button.
DIGEST = 20


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that failed. sort: arrival, letter or file; key: names it on a button; media: a file's sort."""

    sort: str
    key: str
    channel: str
    at: datetime
    reason: str
    tries: int = 0
    media: str = ""


def reason_words(reason: str) -> str:
    """Why something failed, in the language being spoken; what the catalogues do not know stays as it is."""
    return _(BETWEEN).join(_(part) for part in reason.split(BETWEEN))


def found(tx: Tx) -> list[Trouble]:
    """Everything that failed: the oldest arrivals first, then the latest messages and files."""
    arrivals = [_of_arrival(one) for one in inbox.failed(tx)]
    letters = [_of_ended("letter", one) for one in dead_letters.letters(tx)]
    files = [_of_ended("file", one) for one in dead_letters.lost_files(tx)]
    return arrivals + letters + files


def _of_arrival(one: Failed) -> Trouble:
    return Trouble("arrival", digest(one.channel, one.key), one.channel, one.at, one.error)


def _of_ended(sort: str, one: Ended) -> Trouble:
    return Trouble(sort, str(one.id), one.channel, one.at, one.reason, one.attempts, one.media)


def digest(channel: str, key: str) -> str:
    """A short name of an arrival: a platform's own key may be longer than a button holds."""
    return sha256(f"{channel}/{key}".encode()).hexdigest()[:DIGEST]


def again(turn: Turn, sort: str, key: str) -> bool:
    """Try once more what has failed; False where there is no such thing (any more)."""
    way = WAYS.get(sort)
    return way is not None and way(turn, key)


def _run_again(turn: Turn, key: str) -> bool:
    """The arrival is handled again after this transaction, by the program as it is now."""
    one = next((one for one in inbox.failed(turn.tx) if digest(one.channel, one.key) == key), None)
    if one is not None:
        turn.tx.signal("again", one.channel, one.key)
    return one is not None


def _send_again(turn: Turn, key: str) -> bool:
    """It is said as what it was on its day, where that is long ago."""
    address = dead_letters.send_again(turn.tx, _id(key), turn.now) if _id(key) else None
    if address is not None:
        late.renew(turn.tx, address, turn.now)
    return address is not None


def _fetch_again(turn: Turn, key: str) -> bool:
    return bool(_id(key)) and dead_letters.fetch_again(turn.tx, _id(key), turn.now)


def _id(key: str) -> int:
    return int(key) if key.isascii() and key.isdecimal() and len(key) < 16 else 0


#: The ways again, by what is to be tried.
WAYS: Mapping[str, Callable[[Turn, str], bool]] = MappingProxyType(
    {"arrival": _run_again, "letter": _send_again, "file": _fetch_again}
)
