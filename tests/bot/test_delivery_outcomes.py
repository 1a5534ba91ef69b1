"""What becomes of a message when the platform refuses, moves a chat, or says nothing at all, and when we are killed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.verdicts import MAYBE, MOST_TRIES, record
from domain.messages import Button, Message
from storage import dead_letters, outbox, recipients
from storage.db import Database, Tx
from storage.outbox import Priority
from storage.tables import addresses
from storage.tables import outbox as rows
from tests.bot.platforms import BREAK_AFTER, NOON, Clock, Platform, Wire, find, know, say, states
from tests.bot.sending import delivered, delivery, die, queue, run_out

# --- refused for a time -----------------------------------------------------------------------------------------------


async def test_a_chat_the_platform_wants_left_alone_gets_nothing_not_even_a_reply_until_then(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    clock = Clock()
    there[0].retry_after, there[0].does["ann"] = "60", [429]
    await db.write(queue, {"ann": ["news"]}, priority=Priority.NEWS)
    await delivered(db, there, 1, clock)
    clock.move(seconds=59)
    await db.write(lambda tx: say(tx, find(tx, "ann"), "reply", now=clock.at))
    await db.write(queue, {"bob": ["hello"]})
    await delivered(db, there, 2, clock)
    assert there[0].taken == [("bob", "hello")]
    clock.move(seconds=1)
    await delivered(db, there, 4, clock)
    assert there[0].texts("ann") == ["reply", "news"]


async def test_being_told_to_wait_is_no_failed_try(db: Database, there: tuple[Platform, Wire]) -> None:
    clock = Clock()
    there[0].retry_after, there[0].does["ann"] = "1", [429] * (MOST_TRIES + 1)
    await db.write(queue, {"ann": ["hello"]})
    for tries in range(1, MOST_TRIES + 3):
        await delivered(db, there, tries, clock)
        clock.move(seconds=1)
    assert there[0].texts("ann") == ["hello"]


@pytest.mark.parametrize("seconds", ["1e300", "inf", "-5", "nan", "0"])
async def test_a_mad_retry_time_is_bounded(db: Database, there: tuple[Platform, Wire], seconds: str) -> None:
    clock = Clock()
    there[0].retry_after, there[0].does["ann"] = seconds, [429]
    await db.write(queue, {"ann": ["hello"]})
    await delivered(db, there, 1, clock)
    clock.move(days=1)
    await delivered(db, there, 2, clock)
    assert there[0].texts("ann") == ["hello"]


# --- unknown ----------------------------------------------------------------------------------------------------------


async def test_what_is_said_once_only_is_not_said_again_when_the_connection_broke(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    there[0].does["-1"] = [BREAK_AFTER]
    await db.write(queue, {"-1": ["to all"]}, priority=Priority.NEWS, once=True)
    await delivered(db, there, 1)
    assert await db.read(states) == [("dead", MAYBE)]


async def test_an_administrator_may_have_it_said_again(db: Database, there: tuple[Platform, Wire]) -> None:
    there[0].does["-1"] = [BREAK_AFTER]
    await db.write(queue, {"-1": ["to all"]}, priority=Priority.NEWS, once=True)
    await delivered(db, there, 1)
    assert await db.write(dead_letters.send_again, 1, NOON)
    await delivered(db, there, 2)
    assert there[0].texts("-1") == ["to all", "to all"]
    assert await db.read(states) == [("sent", "")]


async def test_what_is_said_once_only_is_marked_before_it_goes(db: Database, there: tuple[Platform, Wire]) -> None:
    there[0].open.clear()
    await db.write(queue, {"-1": ["to all"]}, once=True)
    sending = delivery(db, there[1], Clock())
    await sending.start()
    await there[0].until(1)
    assert await db.read(states) == [("sending", "")]
    there[0].open.set()
    await sending.close()
    assert await db.read(states) == [("sent", "")]


async def test_killed_in_the_middle_of_it_nobody_says_it_again(db: Database, there: tuple[Platform, Wire]) -> None:
    there[0].open.clear()
    await db.write(queue, {"-1": ["to all"]}, once=True)
    await db.write(queue, {"ann": ["hello"]})
    first = delivery(db, there[1], Clock(), owner="first")
    await first.start()
    await there[0].until(2)
    await die(first)
    there[0].open.set()
    await db.write(run_out)
    second = delivery(db, there[1], Clock(), owner="second")
    await second.start()
    await there[0].until(3)
    await second.close()
    assert there[0].texts("-1") == ["to all"]
    assert await db.read(states) == [("dead", MAYBE), ("sent", "")]


async def test_who_takes_the_lease_again_leaves_alone_what_is_still_on_its_way(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    there[0].open.clear()
    await db.write(queue, {"-1": ["to all"]}, once=True)
    sending = delivery(db, there[1], Clock(), owner="one")
    await sending.start()
    await there[0].until(1)
    sending._deliverers["wire"]._epoch = None
    await db.write(queue, {"ann": ["hello"]})
    await there[0].until(2)
    there[0].open.set()
    await sending.close()
    assert await db.read(states) == [("sent", ""), ("sent", "")]


async def test_refused_for_a_time_it_is_said_later_and_once(db: Database, there: tuple[Platform, Wire]) -> None:
    clock = Clock()
    there[0].does["-1"] = [502]
    await db.write(queue, {"-1": ["to all"]}, once=True)
    await delivered(db, there, 1, clock)
    assert await db.read(states) == [("queued", "status 502")]
    clock.move(hours=1)
    await delivered(db, there, 2, clock)
    assert there[0].texts("-1") == ["to all"]


# --- moved ------------------------------------------------------------------------------------------------------------


async def test_what_is_said_to_a_group_that_moved_goes_to_its_new_address_in_order(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    there[0].moved["-1"] = "-1001"
    await db.write(queue, {"-1": ["1", "2"]})
    await delivered(db, there, 3)
    assert there[0].taken == [("-1001", "1"), ("-1001", "2")]
    assert await db.read(states) == [("sent", ""), ("sent", "")]


async def test_a_group_that_wrote_from_its_new_address_first_is_still_one(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    there[0].moved["-1"] = "-1001"
    await db.write(queue, {"-1": ["1"], "-1001": ["2"]})
    await delivered(db, there, 3)
    assert sorted(there[0].taken) == [("-1001", "1"), ("-1001", "2")]
    assert await db.read(lambda tx: [row.address for row in tx.all(select(addresses))]) == ["-1001"]


async def test_a_chat_that_is_sent_from_one_address_to_the_other_for_ever_is_given_up(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    there[0].moved |= {"-1": "-2", "-2": "-1"}
    await db.write(queue, {"-1": ["1"]})
    await delivered(db, there, MOST_TRIES)
    (((state, reason),)) = await db.read(states)
    assert (state, "given up" in reason) == ("dead", True)


# --- order ------------------------------------------------------------------------------------------------------------


async def test_nothing_more_goes_to_a_chat_before_the_fate_of_its_last_message_is_written_down(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    held, real = asyncio.Event(), db.write

    async def slow(fn: Any, *args: Any, **more: Any) -> Any:
        if fn is record:
            await held.wait()
        return await real(fn, *args, **more)

    db.write = slow  # type: ignore[method-assign]
    await real(queue, {"ann": ["1", "2"], "bob": ["1"]})
    sending = delivery(db, there[1], Clock())
    await sending.start()
    await there[0].until(2)
    await real(queue, {"eve": ["1"]})
    await there[0].until(3)
    assert sorted(there[0].taken) == [("ann", "1"), ("bob", "1"), ("eve", "1")]
    held.set()
    await there[0].until(4)
    await sending.close()
    assert there[0].texts("ann") == ["1", "2"]


async def test_a_card_changed_while_it_is_on_its_way_is_changed_where_it_arrives(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    there[0].open.clear()
    await db.write(queue, {"ann": ["old"]}, about="case:1")
    await db.write(lambda tx: tx.execute(update(rows).values(about="")))
    sending = delivery(db, there[1], Clock())
    await sending.start()
    await there[0].until(1)
    await db.write(lambda tx: outbox.say(tx, find(tx, "ann"), 1, Message("new", card="case:1"), NOON))
    there[0].open.set()
    await there[0].until(2)
    await sending.close()
    assert [(said["text"], said["replaces"]) for said in there[0].requests] == [("old", ""), ("new", "m1")]


# --- what stands on the screen ----------------------------------------------------------------------------------------


def offer(tx: Tx, *values: str, priority: Priority = Priority.REPLY) -> None:
    """Say something to Ann with these buttons."""
    buttons = tuple((Button(value, value),) for value in values)
    outbox.say(tx, find(tx, "ann"), 1, Message("choose", buttons=buttons), NOON, priority=priority)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ([("f:my",), ("f:case:1", "f:case:2")], ("f:case:1", "f:case:2")),
        ([("f:my",), ()], ("f:my",)),
        ([("f:my",), ("t:1:2:yes",)], ("f:my",)),
    ],
)
async def test_a_typed_number_means_what_the_platform_showed_last(
    db: Database, there: tuple[Platform, Wire], said: list[tuple[str, ...]], means: tuple[str, ...]
) -> None:
    await db.write(lambda tx: know(tx, "ann"))
    for values in said:
        await db.write(offer, *values)
    await delivered(db, there, len(said))
    door = await db.read(recipients.door, 1)
    assert door is not None
    assert door.menu == means


async def test_the_next_door_gets_what_is_said_once_only_once_too(db: Database, there: tuple[Platform, Wire]) -> None:
    def two_doors(tx: Tx) -> None:
        know(tx, "ann", "old")
        tx.execute(update(addresses).where(addresses.c.id == 2).values(person_id=1, used_at=NOON - timedelta(days=1)))
        say(tx, find(tx, "ann"), "1", "2", once=True)

    there[0].does["ann"], there[0].does["old"] = [403], [BREAK_AFTER]
    await db.write(two_doors)
    await delivered(db, there, 3)
    assert there[0].texts("old") == ["1", "2"]
    last = await db.read(lambda tx: [(row.state, row.once) for row in tx.all(select(rows).order_by(rows.c.id))])
    assert last == [("unreachable", True), ("unreachable", True), ("dead", True), ("sent", True)]
