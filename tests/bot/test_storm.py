"""A platform in bad weather: after the storm everything is settled, in order, and nothing went faster than allowed."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

from aiohttp import web
from sqlalchemy import select, update

from bot.channels.contract import Limits
from bot.delivery import Delivery
from storage import people
from storage.db import Database, Tx
from storage.outbox import Priority
from storage.tables import addresses, metadata
from storage.tables import outbox as rows
from tests.bot.platforms import (
    BREAK_AFTER,
    BREAK_BEFORE,
    HANG_AFTER,
    HANG_BEFORE,
    NOON,
    OFFICE,
    Clock,
    Platform,
    platform,
    say,
    states,
)
from tests.bot.sending import delivery

TELEGRAM = Limits(a_second=30, private=3, private_seconds=3, group=20, group_seconds=60)
PEOPLE, GROUPS, EACH = 24, 4, 12
#: What the platform does instead of taking a message, and how often of a hundred.
WEATHER = {429: 12, 502: 6, BREAK_BEFORE: 5, BREAK_AFTER: 5, HANG_BEFORE: 1, HANG_AFTER: 1, 400: 1, 403: 1}
STEP_SECONDS = 0.25
LETTERS = {Priority.REPLY: "R", Priority.TASK: "T", Priority.NEWS: "N"}


class Weather(Platform):
    """A platform that has faults by chance, and keeps when it was asked, by a clock that is moved."""

    def __init__(self, luck: Random, seconds: Callable[[], float], faults: Mapping[int, int]) -> None:
        super().__init__()
        self._luck, self._seconds, self._faults = luck, seconds, faults
        self.arrived: list[tuple[float, str, str]] = []
        self.unclear: Counter[str] = Counter()

    async def _answered(self, request: web.Request, said: dict[str, Any]) -> web.Response:
        self.arrived.append((self._seconds(), said["to"], said["text"]))
        self.retry_after = str(self._luck.randint(1, 60))
        if said["to"] not in self.moved and self._luck.random() * 100 < sum(self._faults.values()):
            (fault,) = self._luck.choices(list(self._faults), weights=list(self._faults.values()))
            self.does[said["to"]] = [fault]
            self.unclear[said["text"]] += fault in (BREAK_BEFORE, BREAK_AFTER, HANG_BEFORE, HANG_AFTER)
        return await super()._answered(request, said)


class Seconds:
    """A clock in seconds that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def crowd(tx: Tx, luck: Random) -> None:
    """People, every other one with a second door, and groups; and what is to be said to them, in any order."""
    for n in range(PEOPLE + GROUPS):
        group = n >= PEOPLE
        door, person = people.meet(tx, "wire", f"-{n}" if group else f"p{n}", "zh_CN", NOON, group=group)
        if person is not None and n % 2:
            old, _nobody = people.meet(tx, "wire", f"p{n}b", "zh_CN", NOON - timedelta(days=1))
            tx.execute(update(addresses).where(addresses.c.id == old.id).values(person_id=person.id))
        for number in range(EACH):
            priority = Priority.NEWS if group else luck.choice(list(Priority))
            text = f"{n} {LETTERS[priority]} {number}"
            say(tx, door, text, priority=priority, person=person.id if person else None, once=group and number % 2 == 0)


async def blown_over(db: Database, running: Delivery, clock: Clock, seconds: Seconds) -> None:
    """Let time go by until nothing waits any more."""
    async with asyncio.timeout(100):
        while {"queued", "sending"} & {state for state, _reason in await db.read(states)}:
            for _ in range(20):
                seconds.at += STEP_SECONDS
                clock.move(seconds=STEP_SECONDS)
                running.wake("wire")
                await asyncio.sleep(0.002)


def fullest(moments: list[float], seconds: float) -> int:
    """The most of these moments that fall into any window of so many seconds, one end of it open."""
    return max((bisect_right(moments, at) - bisect_right(moments, at - seconds) for at in moments), default=0)


def chat(address: str) -> str:
    """One name for all addresses of one chat: a group's that moved, a person's next door."""
    return address.rstrip("b").removeprefix("-100")


def rank(text: str) -> tuple[int, int]:
    """The place of a text in the line of its address."""
    _who, letter, number = text.split()
    return "RTN".index(letter), int(number)


async def test_after_the_storm_all_is_settled_in_order_and_within_the_limits(db: Database) -> None:
    luck, clock, seconds = Random(7), Clock(), Seconds()
    weather = Weather(luck, seconds, WEATHER)
    weather.moved[f"-{PEOPLE}"] = f"-100{PEOPLE}"
    await db.write(crowd, luck)
    async with platform(weather, timeout_seconds=0.4) as (_there, wire):
        wire.limits = TELEGRAM
        running = delivery(db, wire, clock, seconds=seconds)
        await running.start()
        await blown_over(db, running, clock, seconds)
        await running.close()
    kept = await db.read(lambda tx: tx.all(select(rows)))
    assert {row.state for row in kept} <= {"sent", "unreachable", "dead"}
    assert all(row.reason for row in kept if row.state != "sent")
    assert await db.read(lambda tx: tx.first(select(addresses).where(addresses.c.address == f"-{PEOPLE}"))) is None
    in_order(weather)
    nothing_twice(weather, kept)
    within_limits(weather.arrived)


def in_order(weather: Weather) -> None:
    """What each chat was given, it was given in the order of its line; the same again only after an unclear end."""
    for one in {chat(to) for to, _text in weather.taken}:
        heard = [text for to, text in weather.taken if chat(to) == one]
        assert all(rank(before) <= rank(after) for before, after in pairwise(heard)), (one, heard)


def nothing_twice(weather: Weather, kept: list[Any]) -> None:
    taken = Counter(text for _to, text in weather.taken)
    assert all(taken[text] <= 1 + weather.unclear[text] for text in taken)
    said_once = {row.id: taken[text_of(row)] for row in kept if row.once}
    assert set(said_once.values()) <= {0, 1}
    assert all(taken[text_of(row)] for row in kept if row.state == "sent")


def text_of(row: Any) -> str:
    return str(row.message).split('"text":"')[1].split('"')[0]


def within_limits(arrived: list[tuple[float, str, str]]) -> None:
    """By the strictest count: every request, also the refused ones, when it arrived."""
    pushes = [at for at, _to, text in arrived if " R " not in text]
    assert fullest(pushes, 1.0) <= TELEGRAM.a_second
    for one in {to for _at, to, _text in arrived}:
        moments = [at for at, to, _text in arrived if to == one]
        most, window = (20, 60.0) if one.startswith("-") else (3, 3.0)
        assert fullest(moments, window) <= most, one


# --- as many as allowed -----------------------------------------------------------------------------------------------

MANY = 1_000


def fan(tx: Tx) -> None:
    """News for as many people."""
    for n in range(MANY):
        door, person = people.meet(tx, "wire", f"p{n}", "zh_CN", NOON)
        assert person is not None
        say(tx, door, f"{n} N 0", priority=Priority.NEWS, person=person.id)


async def test_pushes_go_as_fast_as_allowed_and_never_faster(sqlite_url: str) -> None:
    seconds = Seconds()
    strict = Weather(Random(1), seconds, {})
    db = Database(sqlite_url, OFFICE)
    await db.start()
    await db.write(lambda tx: metadata.create_all(tx.connection))
    await db.write(fan)
    async with platform(strict) as (_there, wire):
        wire.limits = TELEGRAM
        running = delivery(db, wire, Clock(), seconds=seconds)
        await running.start()
        deliverer = running._deliverers["wire"]
        async with asyncio.timeout(150):
            while len(strict.arrived) < MANY:
                if not deliverer._unsettled._begun:
                    seconds.at += 0.002
                    deliverer._send_more()
                await asyncio.sleep(0)
        await running.close()
    moments = [at for at, _to, _text in strict.arrived]
    assert len(moments) / (30 * (moments[-1] - moments[0])) >= 0.98
    assert fullest(moments, 1.0) <= 30
    assert {state for state, _reason in await db.read(states)} == {"sent"}
    await db.close()
