"""Pushes that did not reach somebody yet and never are to: they have left, or the case is about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.case import Case
from domain.lifecycle import Change
from domain.messages import Message
from domain.people import Holding
from domain.permits import may_see
from handlers import late
from storage import cases, deputies, handled, people
from storage.transaction import Tx


def drop(tx: Tx, person: int, now: datetime) -> None:
    """Task pushes about what the person may see no more are not sent; to somebody who holds nothing, none."""
    holdings = people.holdings(tx, person, now)
    for push, card, message in handled.pushes_of(tx, person):
        if not holdings or not all(_may_see(case, holdings) for case in _cases_of(tx, card, message)):
            handled.drop(tx, push, "left")


def keep_from(tx: Tx, change: Change) -> None:
    """What is in line for whom a case turns out to be about does not name it, nor for whoever stands in for them."""
    for person in set(change.after.recused) - set(change.before.recused):
        deputy = [one.deputy for one in deputies.about(tx, person, change.now) if one.person == person]
        for one in (person, *deputy):
            _keep_from(tx, one, change)


def _keep_from(tx: Tx, person: int, change: Change) -> None:
    if _may_see(change.after, people.holdings(tx, person, change.now)):
        return
    for push, card, message in handled.pushes_of(tx, person):
        if any(case.id == change.after.id for case in _cases_of(tx, card, message)):
            handled.drop(tx, push, "recused")


def _may_see(case: Case, holdings: Sequence[Holding]) -> bool:
    return any(may_see(case, one.actor) for one in holdings)


def _cases_of(tx: Tx, card: str, message: Message) -> list[Case]:
    """The case it is shown on, and those it names."""
    number = card.partition(":")[2].partition("#")[0]  # the files of a card, and its parts, are named behind a #
    shown = cases.get(tx, int(number)) if card.startswith("case:") and number.isdecimal() else None
    return [*([shown] if shown else []), *late.named(tx, message)]
