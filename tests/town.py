"""A whole office in an empty database: its units, its calendar, its clock, and time that goes from due thing to due
thing as the demo's does. The people in it are in tests/people.py."""

from __future__ import annotations

import asyncio
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import bindparam, select

import handlers.flows  # noqa: F401  (declares the conversations)
from bot.demo_office import PROJECT, UNITS
from bot.keys import Keys
from bot.office import as_kept, plain, plant
from bot.settings import OfficeFile
from domain.case import Case
from domain.deadlines import Deadline, Term
from domain.likely import grams
from domain.messages import Incoming
from handlers import deliveries, dispatch
from scheduler import timetable
from storage import cases, deadlines, events, migrations, units
from storage.db import Database
from storage.tables import outbox
from storage.transaction import Tx
from tests import copies

P = ParamSpec("P")
T = TypeVar("T")

AnyTown = TypeVar("AnyTown", bound="Town")

#: What a case number looks like.
CASE_NUMBER = re.compile(r"\d{8}-\d{4,6}")
ZONE = ZoneInfo("Asia/Shanghai")
OFFICE = OfficeFile(name="衡岳县优化营商环境办公室", phone="0000-6100000")
#: The pages for which something waits.
WAITING = (
    select(outbox.c.address_id)
    .where(outbox.c.channel == "web", outbox.c.state == "queued", outbox.c.not_before <= bindparam("now"))
    .distinct()
)
#: A Tuesday in an ordinary week: no holiday before the fourth of April.
FIRST_MORNING = "2026-03-03 09:30"
#: A step at least this long, so that going forward always comes to its end.
SHORTEST = timedelta(seconds=1)


def moment(words: str) -> datetime:
    """A wall clock time of the office, "2026-03-03 09:30", in UTC."""
    return datetime.fromisoformat(words).replace(tzinfo=ZONE).astimezone(UTC)


@dataclass
class Town:
    """One office with everything around it. `now` is its time, in UTC; nothing but `forward` and `sleep` moves it."""

    db: Database
    now: datetime
    units: dict[str, int] = field(default_factory=dict)
    projects: dict[str, int] = field(default_factory=dict)
    doors: list[Any] = field(default_factory=list)
    _arrivals: int = 0

    def write(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function of a transaction that changes something."""
        return self.db.write_now(fn, *args, **kwargs)

    def read(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function of a transaction that only looks."""
        return self.db.read_now(fn, *args, **kwargs)

    def key(self) -> str:
        """A new name for an arrival."""
        self._arrivals += 1
        return f"arrival-{self._arrivals}"

    def take(self, incoming: Incoming) -> None:
        """One arrival at the door, and what is said in return shown on every open page."""
        self.write(dispatch.handle, incoming, self.now)
        self.show()

    def show(self) -> None:
        """Release what waits to everybody whose page is open, and let them look at it."""
        waiting = self.read(_waiting, self.now)
        at_home = [door for door in self.doors if door.page_open and door.address_id in waiting]
        if at_home:
            self.write(_release, [door.address_id for door in at_home], self.now)
        for door in at_home:
            door.look()

    # --- time -------------------------------------------------------------------------------------------------

    @property
    def local(self) -> str:
        """The office's wall clock: "2026-03-03 09:30"."""
        return f"{self.db.office.calendar.local(self.now):%Y-%m-%d %H:%M}"

    def forward(self, *, to: str = "", workdays: int = 0, days: int = 0, hours: float = 0) -> None:
        """Go forward from due thing to due thing: to a wall clock time, or by so much."""
        target = moment(to) if to else self._ahead(workdays, days, hours)
        while (step := self._next_moment()) < target:
            self._step(step)
        self._step(target)

    def sleep(self, *, to: str = "", workdays: int = 0, days: int = 0, hours: float = 0) -> None:
        """The office is down: time passes and nothing runs. `tick` is the first thing after it is up again."""
        self.now = max(self.now, moment(to) if to else self._ahead(workdays, days, hours))

    def tick(self, times: int = 1) -> None:
        """Run every job now, so often, as on so many machines."""
        for _time in range(times):
            self._step(self.now)

    def _ahead(self, workdays: int, days: int, hours: float) -> datetime:
        calendar = self.db.office.calendar
        local = calendar.local(self.now)
        start = calendar.morning(calendar.add(local.date(), workdays), local.time()) if workdays else self.now
        return start + timedelta(days=days, hours=hours)

    def _next_moment(self) -> datetime:
        found = self.read(timetable.next_moment, self.now)
        return max(found, self.now + SHORTEST) if found else self.now + timedelta(hours=1)

    def _step(self, step: datetime) -> None:
        self.now = max(self.now, step)
        self.write(_ticked, self.now)
        self.show()

    # --- what is kept -----------------------------------------------------------------------------------------

    def case(self, number: str) -> Case:
        """The case with this number, as kept."""
        found = self.read(cases.by_number, number)
        assert found is not None, number
        return found

    def running(self, number: str) -> list[Deadline]:
        """What runs or is paused on a case."""
        return self.read(deadlines.of_case, self.case(number).id)

    def due(self, number: str, term: Term) -> str:
        """When the live deadline of a term ends, on the office's wall clock: "2026-03-06 17:30"; "" if none is live."""
        ends = [one.due.at for one in self.running(number) if one.term is term]
        return f"{self.db.office.calendar.local(ends[0]):%Y-%m-%d %H:%M}" if ends else ""

    # --- the end ----------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Every chain must verify whatever the test did; then the database is let go."""
        broken = [one for one in self.read(lambda tx: list(events.verify(tx))) if isinstance(one, events.Broken)]
        asyncio.run(self.db.close())
        assert not broken, broken


def _ticked(tx: Tx, now: datetime) -> None:
    """Every job, in one transaction: at most steps none has anything to do, and sixteen commits are what they cost."""
    for job in timetable.JOBS:
        while timetable.run(tx, job, now) == timetable.BATCH and job.name == "climb":
            continue


def _waiting(tx: Tx, now: datetime) -> set[int]:
    return {row.address_id for row in tx.all(WAITING, {"now": now})}


def _release(tx: Tx, addresses: list[int], now: datetime) -> None:
    for address in addresses:
        deliveries.release(tx, address, now)


@cache
def _keys() -> Keys:
    return Keys(Ed25519PrivateKey.generate(), bytes(32))


def build(url: str, start: str, kind: type[AnyTown]) -> AnyTown:
    """The demo's office in a new database at an address, at a wall clock time of its own."""
    copies.copy(_settled_at(start), url)
    db = Database(url, plain(OFFICE, _keys(), ""))
    db.office = db.read_now(as_kept, OFFICE, _keys(), "")
    town = kind(db, moment(start))
    town.units = {unit.code: unit.id for unit in db.read_now(units.every)}
    town.projects = {name: project for project, name in db.read_now(units.all_projects)}
    return town


@cache
def _settled_at(start: str) -> copies.Fill:
    """What makes the office of an empty database, at a wall clock time."""

    def settled(url: str) -> None:
        migrations.upgrade(url)
        db = Database(url, plain(OFFICE, _keys(), ""))
        db.write_now(plant, OFFICE, moment(start))
        db.write_now(_settle)
        asyncio.run(db.close())

    return settled


@cache
def rows() -> list[dict[str, Any]]:
    """The units as office.toml's demo twin describes them."""
    found: list[dict[str, Any]] = tomllib.loads(Path(UNITS).read_text(encoding="utf-8"))["unit"]
    return found


def _settle(tx: Tx) -> dict[str, int]:
    units.add_project(tx, PROJECT)
    return {
        row["code"]: units.save(
            tx,
            row["code"],
            row["short"],
            row["phone"],
            " ".join(row["duties"].split()),
            grams(row["duties"], row["name"]),
        )
        for row in rows()
    }
