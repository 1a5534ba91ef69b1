"""What follows when something said has reached its address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.deadlines import Term, void
from domain.messages import Message
from handlers import casework, late
from storage import cases, deadlines, lost, outbox, people, pulled
from storage.outgoing import Outgoing
from storage.said import delivered_at
from storage.transaction import Tx

VISIT = re.compile(r"visit:(\d+):(\d+)")


def delivered(tx: Tx, about: Iterable[str], now: datetime) -> None:
    """Messages about these things were delivered: from a visit question on, the owner's silence counts.

    One message may be about several things, with a blank between their names.
    """
    for name in (one for names in about for one in names.split()):
        if found := VISIT.fullmatch(name):
            _visit_question(tx, int(found[1]), int(found[2]), now)


def _visit_question(tx: Tx, case_id: int, round_: int, now: datetime) -> None:
    case = cases.lock(tx, case_id)
    if case is not None and case.round == round_:
        casework.begin_silence(tx, case, now)


def undone(tx: Tx, about: str, now: datetime) -> None:
    """Messages about these things did not arrive after all: a visit question nobody got starts no silence."""
    for name in about.split():
        if (found := VISIT.fullmatch(name)) and delivered_at(tx, name) is None:
            _not_asked(tx, int(found[1]), int(found[2]), now)


def _not_asked(tx: Tx, case_id: int, round_: int, now: datetime) -> None:
    case = cases.lock(tx, case_id)
    if case is None or case.round != round_:
        return
    for one in deadlines.of_case(tx, case.id):
        if one.term is Term.CLOSE:
            deadlines.keep(tx, void(one, now), now)


def release(tx: Tx, address: int, now: datetime) -> None:
    """Show what waits for an address at its door, which is open."""
    late.renew(tx, address, now)
    shown = pulled.release(tx, address, now)
    delivered(tx, [about for about, _message in shown if about], now)
    if shown:
        _on_screen(tx, address, shown[-1][1])


def sent(tx: Tx, done: Sequence[tuple[Outgoing, str]], now: datetime) -> None:
    """A platform has taken these rows, in this order: (the row, the platform's own name of the message)."""
    for line, _ref in done:
        if line.message.card:
            outbox.follow(tx, line.id, line.address_id, line.message.card)
    outbox.sent(tx, [(line.id, ref) for line, ref in done], now)
    delivered(tx, [line.about for line, _ref in done if line.about and not lost.is_lost(tx, line.id)], now)
    for line, _ref in done:
        if line.person is not None and line.message.buttons:
            _on_screen(tx, line.address_id, line.message)


def _on_screen(tx: Tx, address: int, message: Message) -> None:
    """A typed line number means what stands on the screen last."""
    menu = message.menu()
    if menu and not menu[0].startswith("t:"):
        people.remember_menu(tx, address, menu)
