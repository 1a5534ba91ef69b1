"""The window of a person in customer service: how long they can be written to, and how many messages are left.

48 hours from their last message, five messages in all; another message of theirs opens a new one (D94677). What is
begun is written down before the call, by its key: a retry is not counted twice, and what may be on its way is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import msgspec
from sqlalchemy import bindparam, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.tables import addresses, outbox, windows
from storage.transaction import Tx

LASTS = timedelta(hours=48)
MOST = 5
#: A platform's time is whole seconds of a clock that is not ours: what was begun about when they wrote may count, or
#: not. It is counted, but never so that a turn has no room.
UNSURE_SECONDS, WHOLE_SECOND = 1.0, 1.0
LEAST_A_TURN = 3
#: A welcome holds for twenty seconds (D95122); the way there takes some of them.
WELCOME_LASTS = timedelta(seconds=18)

_OF = select(windows).where(windows.c.address_id == bindparam("address_")).with_for_update()
_AT = (
    select(windows)
    .join(addresses, addresses.c.id == windows.c.address_id)
    .where(addresses.c.channel == literal_column("'kefu'"), addresses.c.address == bindparam("address_"))
    .with_for_update(of=windows)
)
_keep = insert(windows)
_KEEP = _keep.on_conflict_do_update(
    index_elements=["address_id"],
    set_={
        name: _keep.excluded[name]
        for name in ("open_until", "left", "spent", "welcome", "welcome_until", "in_hand_until")
    },
)
_LINE = select(outbox.c.state).where(outbox.c.id == bindparam("id_"))
_IN_LINE = select(outbox.c.id).where(
    outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.state.in_(("queued", "sending"))
)
_SHUT = (
    update(windows)
    .where(
        windows.c.address_id.in_(
            select(addresses.c.id).where(
                addresses.c.channel == literal_column("'kefu'"), addresses.c.address == bindparam("address_")
            )
        )
    )
    .values(left=0)
)


class May(Enum):
    """Whether a message may be sent. OVER: it is in line no more, or is told with others now."""

    GO = "go"
    SHUT = "shut"
    OVER = "over"


@dataclass(slots=True)
class Window:
    """One person's window. begun: keys of what was begun in it, or before and is not known to have ended, with when.

    welcome: a code that lets one message through until welcome_until, and the key of the message it was given to.
    in_hand_until: so long a person of the staff is taken to be talking with them.
    """

    address: int
    open_until: datetime
    left: int = 0
    begun: dict[str, float] = field(default_factory=dict)
    welcome: str = ""
    welcome_until: datetime | None = None
    in_hand_until: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether anything may be sent."""
        return self.left > 0 and now < self.open_until

    def greets(self, now: datetime) -> bool:
        """Whether one message may still be sent as a welcome."""
        return bool(self.welcome_for("", now))

    def welcome_for(self, key: str, now: datetime) -> str:
        """The code of the welcome for this message, "" where there is none or another has it."""
        code, _blank, taken_by = self.welcome.partition(" ")
        alive = self.welcome_until is not None and now < self.welcome_until
        return code if code and alive and taken_by in ("", key) else ""


def of(tx: Tx, address: int) -> Window | None:
    """The window at an address, locked for the transaction; None where they have never written."""
    return _window(tx.first(_OF, {"address_": address}))


def wrote(tx: Tx, address: int, at: datetime) -> None:
    """They have written at this moment: a new window opens, unless they have written later still.

    Of two messages of one second the platform does not tell which was later, and clocks differ by less than that.
    """
    window = of(tx, address) or Window(address, at + LASTS)
    if at < window.open_until - LASTS - timedelta(seconds=UNSURE_SECONDS):
        return
    window.open_until = max(window.open_until, at + LASTS)
    _begun_again(tx, window, at.timestamp())
    _kept(tx, window)


def _begun_again(tx: Tx, window: Window, at: float) -> None:
    """Count what belongs to the new window: begun after it opened, or perhaps still on its way."""
    begun, out = window.begun, _on_their_way(tx, window.begun)
    sure = {key for key, when in begun.items() if when > at + WHOLE_SECOND + UNSURE_SECONDS or row_of(key) in out}
    unsure = {key for key, when in begun.items() if when >= at - UNSURE_SECONDS} - sure
    left = max(0, MOST - len(sure))
    window.left = max(min(left, LEAST_A_TURN), left - len(unsure))
    window.begun = {key: when for key, when in begun.items() if key in sure or key in unsure}


def _on_their_way(tx: Tx, begun: Mapping[str, float]) -> set[int]:
    rows = sorted({row_of(key) for key in begun})
    return {row.id for row in tx.all(_IN_LINE, {"ids": rows})} if rows else set()


def welcomed(tx: Tx, address: int, code: str, until: datetime, now: datetime) -> None:
    """They have come in, and one message may greet them."""
    window = of(tx, address) or Window(address, until - LASTS)
    window.welcome, window.welcome_until = code, until
    _kept(tx, window)


def in_hand(tx: Tx, address: int, until: datetime | None, now: datetime) -> None:
    """A person of the staff is talking with them, so long at the most; None: not any more."""
    window = of(tx, address) or Window(address, now - LASTS)
    window.in_hand_until = until
    _kept(tx, window)


def is_in_hand(tx: Tx, address: int, at: datetime) -> bool:
    """Whether a person of the staff was talking with them at a moment."""
    window = of(tx, address)
    return window is not None and window.in_hand_until is not None and at < window.in_hand_until


def begin(tx: Tx, address: str, key: str, now: datetime) -> tuple[May, str]:
    """A message is about to be sent under this key, which begins with its row's number: whether it may be, and the
    code of a welcome to send it by, "" for none."""
    window = _window(tx.first(_AT, {"address_": address}))  # first: who joins the row to another has it locked
    line = tx.first(_LINE, {"id_": row_of(key)})
    if line is not None and line.state not in ("queued", "sending"):
        return May.OVER, ""
    if window is None:
        return May.SHUT, ""
    if code := window.welcome_for(key, now):
        window.welcome = f"{code} {key}"
        window.begun[key] = now.timestamp()
        _kept(tx, window)
        return May.GO, code
    if key not in window.begun:
        if not window.is_open(now):
            return May.SHUT, ""
        window.left -= 1
        window.begun[key] = now.timestamp()
        _kept(tx, window)
    return (May.GO if now < window.open_until else May.SHUT), ""


def not_taken(tx: Tx, address: str, key: str) -> None:
    """The platform has surely not taken this message: it counts for nothing."""
    window = _window(tx.first(_AT, {"address_": address}))
    if window is None or window.begun.pop(key, None) is None:
        return
    by_welcome = window.welcome.endswith(f" {key}")
    window.left = window.left if by_welcome else min(MOST, window.left + 1)
    window.welcome = "" if by_welcome else window.welcome
    _kept(tx, window)


def not_brought(tx: Tx, address: str, key: str) -> None:
    """The platform had taken this message and did not bring it: it counts, and is on its way no more."""
    window = _window(tx.first(_AT, {"address_": address}))
    if window is not None and window.begun.pop(key, None) is not None:
        _kept(tx, window)


def shut(tx: Tx, address: str) -> None:
    """The platform says that no more goes through until they write again."""
    tx.execute(_SHUT, {"address_": address})


def begun(tx: Tx, address: int) -> frozenset[int]:
    """The rows at an address that may be on their way."""
    window = of(tx, address)
    return frozenset(row_of(key) for key in window.begun) if window else frozenset()


def row_of(key: str) -> int:
    """The row of the outbox a key was made for."""
    number = key.partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() else 0


def _window(row: Any) -> Window | None:
    if row is None:
        return None
    spent = msgspec.json.decode(row.spent)
    return Window(
        row.address_id,
        row.open_until,
        int(row.left),
        spent if isinstance(spent, dict) else {},
        row.welcome,
        row.welcome_until,
        row.in_hand_until,
    )


def _kept(tx: Tx, window: Window) -> None:
    row = {
        "address_id": window.address,
        "open_until": window.open_until,
        "left": window.left,
        "spent": msgspec.json.encode(window.begun).decode(),
        "welcome": window.welcome,
        "welcome_until": window.welcome_until,
        "in_hand_until": window.in_hand_until,
    }
    tx.execute(_KEEP, row)
