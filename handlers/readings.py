"""Every reading of a case by an official is written down; its owner may ask who it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.case import Actor, Case, Role
from domain.office import Office
from domain.permits import may_see
from handlers import cards
from handlers.turn import Turn
from storage import readings
from storage.readings import Reading
from storage.transaction import Tx

#: Within so long, looking again is the same reading (own).
GRAIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ReadOn:
    """The readings of one day in one role: how many, the last of them, and by whom."""

    day: date
    role: Role
    unit: int | None
    names: tuple[str, ...]
    last: datetime
    times: int


def read(tx: Tx, case: Case, actor: Actor, now: datetime, how: str) -> bool:
    """Write down that somebody reads a case; how: what they opened, at most 8 letters, such as "card" or "board".

    The owner's own reading is nobody's business, and the same one within ten minutes is one; False for those.
    """
    if actor.person is None or actor.person == case.owner:
        return False
    if readings.lately(tx, case.id, actor.person, how, now - GRAIN):
        return False
    readings.add(tx, case.id, actor, how, now)
    return True


def opened(turn: Turn, case: Case, how: str) -> bool:
    """The person of this turn reads a case they may see, in the role that shows them most of it."""
    viewers = [actor for actor in turn.actors if may_see(case, actor)]
    return read(turn.tx, case, cards.least_hidden(viewers), turn.now, how)


def by_day(tx: Tx, case: Case) -> list[ReadOn]:
    """Who has read a case: one row a day and role, the latest first."""
    return list(_grouped(readings.of_case(tx, case.id), tx.office))


def _grouped(found: Iterable[Reading], office: Office) -> Iterable[ReadOn]:
    groups: dict[tuple[date, Role, int | None], list[Reading]] = {}
    for one in found:
        groups.setdefault((office.calendar.today(one.at), one.role, one.unit), []).append(one)
    for (day, role, unit), those in groups.items():
        names = tuple(dict.fromkeys(one.name for one in those))
        yield ReadOn(day, role, unit, names, max(one.at for one in those), len(those))
