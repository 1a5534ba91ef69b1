"""A platform's limits, kept by the deliverer: who waits, who goes on meanwhile, what is read again before it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import update

from bot.channels.contract import Limits
from bot.delivery import Delivery
from domain.messages import Message
from storage import outbox, people
from storage.db import Database, Tx
from storage.outbox import Priority
from storage.tables import metadata
from storage.tables import outbox as rows
from tests.bot.platforms import NOON, OFFICE, Clock, Platform, Wire, find, know, numbered, platform, say, states
from tests.bot.sending import delivery, queue, refused, written


class Seconds:
    """A clock in seconds that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


Begun = tuple[Delivery, Seconds, Clock]


async def begun(db: Database, wire: Wire, limits: Limits) -> Begun:
    """A delivery under these limits, by clocks that stand still."""
    wire.limits = limits
    seconds, clock = Seconds(), Clock()
    sending = delivery(db, wire, clock, seconds=seconds)
    await sending.start()
    return sending, seconds, clock


async def after(running: Begun, seconds: float) -> None:
    """So much later."""
    running[1].at += seconds
    running[2].move(seconds=seconds)
    running[0].wake("wire")


async def test_a_chat_that_is_full_rests_and_the_others_go_on(db: Database, there: tuple[Platform, Wire]) -> None:
    await db.write(queue, {"ann": list(numbered(5)), "bob": ["1"]})
    running = await begun(db, there[1], Limits(private=3, private_seconds=3))
    await there[0].until(4)
    await db.write(queue, {"eve": ["1"]})
    await written(db, 5)
    assert there[0].texts("ann") == ["0", "1", "2"]
    await after(running, 3.1)
    await there[0].until(7)
    await running[0].close()
    assert there[0].texts("ann") == list(numbered(5))


async def test_a_group_has_limits_of_its_own(db: Database, there: tuple[Platform, Wire]) -> None:
    def group(tx: Tx) -> None:
        door, _person = people.meet(tx, "wire", "-1", "zh_CN", NOON, group=True)
        say(tx, door, *numbered(3), person=None)

    await db.write(group)
    running = await begun(db, there[1], Limits(private=1, private_seconds=1, group=2, group_seconds=60))
    await written(db, 2)
    await after(running, 59.0)
    await db.write(queue, {"ann": ["hello"]}, person=None)
    await written(db, 3)
    assert there[0].texts("-1") == ["0", "1"]
    await after(running, 1.1)
    await there[0].until(4)
    await running[0].close()
    assert there[0].texts("-1") == ["0", "1", "2"]


async def test_pushes_wait_for_the_limit_of_all_and_a_reply_goes_at_once(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    await db.write(queue, {f"p{n}": ["news"] for n in range(40)}, priority=Priority.NEWS)
    running = await begun(db, there[1], Limits(a_second=10))
    await written(db, 2)
    sent_first = len(there[0].requests)
    assert sent_first < 5
    await db.write(queue, {"ann": ["reply"]})
    await there[0].until(sent_first + 1)
    assert there[0].texts("ann") == ["reply"]
    async with asyncio.timeout(20):
        while len(there[0].requests) < 41:
            await after(running, 0.1)
            await asyncio.sleep(0.005)
            assert len(there[0].requests) <= 10 * (running[1].at - 100 + 1)
    await running[0].close()
    assert {state for state, _ in await db.read(states)} == {"sent"}


async def test_three_chats_refused_in_a_row_let_all_pushes_rest_but_no_reply(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    there[0].retry_after = "30"
    for name in ("a", "b", "c"):
        there[0].does[name] = [429]
    await db.write(queue, {"a": ["1"], "b": ["1"], "c": ["1"]}, priority=Priority.NEWS)
    running = await begun(db, there[1], Limits())
    await refused(db, 3)
    await db.write(queue, {"ann": ["news"]}, priority=Priority.NEWS)
    await db.write(queue, {"bob": ["reply"]})
    await written(db, 1)
    assert there[0].taken == [("bob", "reply")]
    await after(running, 30.1)
    await there[0].until(8)
    await running[0].close()
    assert {state for state, _ in await db.read(states)} == {"sent"}


def drop(tx: Tx) -> None:
    tx.execute(update(rows).where(rows.c.id == 2).values(state="replaced"))


def reword(tx: Tx) -> None:
    tx.execute(update(rows).where(rows.c.id == 2).values(message='{"text":"better words"}'))


@pytest.mark.parametrize(("change", "heard"), [(drop, ["first", "last"]), (reword, ["first", "better words", "last"])])
async def test_what_waited_long_is_read_again_before_it_goes(
    db: Database, there: tuple[Platform, Wire], change: Callable[[Tx], None], heard: list[str]
) -> None:
    await db.write(queue, {"ann": ["first", "second", "last"]})
    running = await begun(db, there[1], Limits(private=1, private_seconds=60))
    await written(db, 1)
    await db.write(change)
    for sent in range(2, len(heard) + 1):
        await after(running, 61.0)
        await written(db, sent)
    await running[0].close()
    assert there[0].texts("ann") == heard


async def test_a_full_hand_of_one_resting_group_starves_nobody(sqlite_url: str) -> None:
    db = Database(sqlite_url, OFFICE)
    await db.start()
    await db.write(lambda tx: metadata.create_all(tx.connection))

    def crowd(tx: Tx) -> None:
        (full,) = know(tx, "full")
        for text in numbered(1200):
            outbox.say(tx, full, 1, Message(text), NOON, priority=Priority.NEWS)
        say(tx, *know(tx, "last"), "hello", priority=Priority.NEWS)

    await db.write(crowd)
    async with platform() as there:
        running = await begun(db, there[1], Limits(private=1, private_seconds=60))
        await there[0].until(2)
        await running[0].close()
        assert there[0].texts("last") == ["hello"]
    assert (await db.read(find, "last")).reachable
    await db.close()


async def test_a_process_that_follows_another_counts_what_that_one_sent(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    limits = Limits(private=3, private_seconds=60, private_an_hour=1000)
    await db.write(queue, {"ann": list(numbered(5))})
    first = await begun(db, there[1], limits)
    await written(db, 3)
    await first[0].close()
    second = await begun(db, there[1], limits)
    await db.write(queue, {"eve": ["1"]})
    await written(db, 4)
    assert there[0].texts("ann") == ["0", "1", "2"]
    await after(second, 60.1)
    await there[0].until(6)
    await second[0].close()
    assert there[0].texts("ann") == list(numbered(5))
