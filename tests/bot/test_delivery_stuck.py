"""What could hold a chat up for ever: a fate that cannot be written down, a platform that refuses for ever, a group
that moves while something is on its way to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from bot.channels.contract import Held, Receipt, TryLater
from bot.verdicts import GIVEN_UP, LONGEST_PAUSE_SECONDS, MOST_TRIES, PATIENCE, WAYS, judged, record
from domain.messages import Message
from storage import people
from storage.db import Database
from storage.moving import move_address
from storage.outbox import Priority
from storage.outgoing import Outgoing
from storage.tables import addresses
from storage.tables import outbox as rows
from tests.bot.platforms import NOON, Clock, Platform, Wire, find, say, states
from tests.bot.sending import delivered, delivery, queue, written

# --- written down -----------------------------------------------------------------------------------------------------


class Odd(Wire):
    """A platform whose names of messages are no text that a database keeps."""

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        receipt = await super().send(address, message, replaces, key)
        return Receipt(f"{receipt.ref}\ud800") if message.text == "odd" else receipt


def oddly(there: tuple[Platform, Wire]) -> tuple[Platform, Wire]:
    wire = there[1]
    return there[0], Odd(wire._http, wire._address)


async def test_what_the_database_never_takes_of_a_platforms_words_is_left_out_and_the_message_is_not_said_again(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    there = oddly(there)
    await db.write(queue, {"ann": ["odd", "then"], "bob": ["hello"]})
    with structlog.testing.capture_logs() as logs:
        await delivered(db, there, 3)
    assert sorted(there[0].taken) == [("ann", "odd"), ("ann", "then"), ("bob", "hello")]
    assert await db.read(states) == [("sent", "")] * 3
    assert {line["row"] for line in logs if "row" in line} == {1}


def refusing(db: Database, row: int, *ways: Callable[..., Any]) -> asyncio.Event:
    """Until the event is set the database refuses what these ways write down of a row."""
    mended, real = asyncio.Event(), db.write

    async def write(fn: Any, *args: Any, **more: Any) -> Any:
        lines = [one.line.id for one in (args[0] if fn is record else args[:1])] if fn in (record, *ways) else []
        if row in lines and not mended.is_set():
            raise ValueError("never")
        return await real(fn, *args, **more)

    db.write = write  # type: ignore[method-assign]
    return mended


async def test_one_fate_that_cannot_be_written_down_at_all_keeps_no_other_chat_waiting_and_is_tried_again(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    await db.write(queue, {"ann": ["1", "2"], "bob": ["1", "2"]})
    mended = refusing(db, 1, *WAYS)
    sending = delivery(db, there[1], Clock(), look_seconds=0.01)
    await sending.start()
    await written(db, 2)
    assert there[0].texts("bob") == ["1", "2"]
    assert there[0].texts("ann") == ["1"]
    mended.set()
    await written(db, 4)
    await sending.close()
    assert there[0].texts("ann") == ["1", "2"]


# --- refused for ever -------------------------------------------------------------------------------------------------


def line(attempts: int = 0, **more: Any) -> Outgoing:
    return Outgoing(1, 1, "ann", 1, Message("hello"), Priority.REPLY, "", "", attempts, "", made_at=NOON, **more)


async def test_a_chat_that_is_put_off_again_and_again_is_given_up_after_days_and_the_next_message_has_its_turn(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    clock = Clock()
    there[0].retry_after, there[0].does["ann"] = "60", [429] * (2 * MOST_TRIES)
    await db.write(queue, {"ann": ["bad"]})
    await delivered(db, there, 1, clock)
    assert await db.read(states) == [("queued", "status 429")]
    clock.move(days=1, seconds=1)
    await db.write(lambda tx: say(tx, find(tx, "ann"), "good", now=clock.at))
    for tries in range(2, MOST_TRIES + 2):
        await delivered(db, there, tries, clock)
        clock.move(seconds=2 * LONGEST_PAUSE_SECONDS)
    assert await db.read(states) == [("dead", f"{GIVEN_UP}; status 429"), ("queued", "")]
    there[0].does["ann"] = []
    await delivered(db, there, MOST_TRIES + 2, clock)
    assert there[0].texts("ann") == ["good"]


async def test_whoever_is_given_up_is_still_left_alone_as_long_as_the_platform_wants(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    clock = Clock(NOON + 2 * PATIENCE)
    there[0].retry_after, there[0].does["ann"] = "60", [429]
    await db.write(queue, {"ann": ["bad", "good"]})
    await db.write(lambda tx: tx.execute(rows.update().where(rows.c.id == 1).values(attempts=MOST_TRIES - 1)))
    await delivered(db, there, 1, clock)
    until = await db.read(lambda tx: tx.scalar(select(addresses.c.paused_until)))
    assert until == clock.at + timedelta(seconds=60)
    assert (await db.read(states))[0][0] == "dead"


@pytest.mark.parametrize("late", [PATIENCE, 100 * PATIENCE])
def test_what_waits_for_somebody_is_never_given_up(late: timedelta) -> None:
    put_off = judged(line(MOST_TRIES), Held("the token is wrong", 60), NOON + late, "wire")
    assert (put_off.state, put_off.tries, put_off.again_at) == ("paused", 0, NOON + late + timedelta(seconds=60))


def test_within_a_day_being_told_to_wait_counts_as_no_try_and_then_the_pauses_grow() -> None:
    early = judged(line(5), TryLater("slow", 1), NOON + PATIENCE, "wire")
    assert (early.tries, early.rest_seconds) == (0, 1)
    late = judged(line(5), TryLater("slow", 1), NOON + 2 * PATIENCE, "wire")
    assert late.again_at is not None
    assert (late.state, late.tries, late.rest_seconds) == ("paused", 1, 1)
    assert late.again_at > NOON + 2 * PATIENCE + timedelta(minutes=2)


# --- moved meanwhile --------------------------------------------------------------------------------------------------


async def test_what_waits_behind_a_message_whose_chat_becomes_another_meanwhile_is_sent(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    moment = [100.0]
    await db.write(queue, {"-1": []})
    await db.write(queue, {"-1001": ["1", "2", "3"]})
    there[0].open.clear()
    sending = delivery(db, there[1], Clock(), seconds=lambda: moment[0])
    await sending.start()
    await there[0].until(1)
    await db.write(lambda tx: move_address(tx, find(tx, "-1").id, "-1001"))
    moment[0] += 1.0
    there[0].open.set()
    await there[0].until(3)
    await sending.close()
    assert there[0].texts("-1001") == ["1", "2", "3"]
    assert await db.read(states) == [("sent", "")] * 3


async def test_what_the_old_name_of_a_chat_is_refused_shuts_no_new_one(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    there[0].does["-1"] = [403]
    await db.write(queue, {"-1": ["1"]})
    there[0].open.clear()
    sending = delivery(db, there[1], Clock())
    await sending.start()
    await there[0].until(1)
    await db.write(lambda tx: move_address(tx, find(tx, "-1").id, "-1001"))
    there[0].open.set()
    await there[0].until(2)
    await sending.close()
    assert there[0].taken == [("-1001", "1")]
    found = await db.read(lambda tx: people.find(tx, "wire", "-1001"))
    assert found is not None
    assert found[0].reachable
