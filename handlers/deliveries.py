"""What follows when something said has reached its address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from handlers import casework
from storage import cases, outbox, people
from storage.transaction import Tx

VISIT = re.compile(r"visit:(\d+):(\d+)")


def delivered(tx: Tx, about: Iterable[str], now: datetime) -> None:
    """Messages about these things were delivered: from a visit question on, the owner's silence counts."""
    for name in about:
        if found := VISIT.fullmatch(name):
            _visit_question(tx, int(found[1]), int(found[2]), now)


def _visit_question(tx: Tx, case_id: int, round_: int, now: datetime) -> None:
    case = cases.lock(tx, case_id)
    if case is not None and case.round == round_:
        casework.begin_silence(tx, case, now)


def release(tx: Tx, address: int, now: datetime) -> None:
    """Show what waits for an address at its door, which is open."""
    shown = outbox.release(tx, address, now)
    delivered(tx, [about for about, _message in shown if about], now)
    menu = shown[-1][1].menu() if shown else []
    if menu and not menu[0].startswith("t:"):
        people.remember_menu(tx, address, menu)  # a typed line number means what stands on the screen last


def sent(tx: Tx, done: list[tuple[int, str]], about: list[str], now: datetime) -> None:
    """A platform has taken these rows: (outbox id, its own name of the message)."""
    outbox.sent(tx, done, now)
    delivered(tx, about, now)
