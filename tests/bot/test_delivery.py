"""What delivery promises: in order, nothing lost, nothing twice that hurts, and the next door where one is shut."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import structlog
from sqlalchemy import select, update

from bot.channels.contract import Receipt
from bot.deliverer import PARALLEL
from bot.delivery import Delivery
from bot.verdicts import LONGEST_PAUSE_SECONDS, MAYBE, MOST_TRIES, pause_seconds
from domain.messages import Message
from handlers.words import language
from storage import outbox, people, recipients
from storage.db import Database, Tx
from storage.outbox import Priority
from storage.tables import addresses, metadata
from storage.tables import outbox as rows
from tests.bot.platforms import (
    BREAK_AFTER,
    BREAK_BEFORE,
    NOON,
    OFFICE,
    Clock,
    Platform,
    Wire,
    know,
    numbered,
    say,
    states,
)
from tests.bot.sending import delivered, delivery, die, queue, run_out, written


async def test_everything_arrives_in_order_and_one_at_a_time_for_each_person(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    texts = list(numbered(12))
    await db.write(queue, {f"p{n}": texts for n in range(40)})
    there[0].open.clear()
    sending = delivery(db, there[1], Clock())
    await sending.start()
    await there[0].until(PARALLEL)
    there[0].open.set()
    await there[0].until(480)
    await sending.close()
    assert all(there[0].texts(f"p{n}") == texts for n in range(40))
    assert there[0].most_out_of_one == 1
    assert there[0].most_out == PARALLEL
    assert {state for state, _ in await db.read(states)} == {"sent"}


async def test_replies_go_before_tasks_and_tasks_before_news(db: Database, there: tuple[Platform, Wire]) -> None:
    def queue_upside_down(tx: Tx) -> None:
        (door,) = know(tx, "ann")
        for priority in (Priority.NEWS, Priority.TASK, Priority.REPLY):
            say(tx, door, priority.name, priority=priority)

    await db.write(queue_upside_down)
    await delivered(db, there, 3)
    assert there[0].texts("ann") == ["REPLY", "TASK", "NEWS"]


async def test_a_commit_that_queues_something_wakes_its_channel(db: Database, there: tuple[Platform, Wire]) -> None:
    sending = delivery(db, there[1], Clock())
    await sending.start()
    await db.write(queue, {"ann": ["hello"]})
    await there[0].until(1)
    await sending.close()
    assert there[0].texts("ann") == ["hello"]


async def test_what_was_said_while_nobody_was_told_is_found_by_looking(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    sending = Delivery(db, {"wire": there[1]}, Clock(), look_seconds=0.01)
    await sending.start()
    await db.write(queue, {"ann": ["hello"]})
    await there[0].until(1)
    await sending.close()
    assert there[0].texts("ann") == ["hello"]


async def test_a_message_held_back_goes_when_the_clock_has_jumped(db: Database, there: tuple[Platform, Wire]) -> None:
    clock = Clock()
    await db.write(queue, {"ann": ["tomorrow"]}, not_before=NOON + timedelta(days=1))
    await db.write(queue, {"bob": ["today"]})
    sending = delivery(db, there[1], clock)
    await sending.start()
    await there[0].until(1)
    assert there[0].taken == [("bob", "today")]
    clock.move(days=1)
    sending.wake("wire")
    await there[0].until(2)
    await sending.close()
    assert there[0].texts("ann") == ["tomorrow"]


async def test_what_has_become_due_goes_although_new_messages_keep_coming(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    clock = Clock()
    await db.write(queue, {"ann": ["held back"]}, not_before=NOON + timedelta(minutes=1))
    sending = delivery(db, there[1], clock, look_seconds=0.05)
    await sending.start()
    await db.write(queue, {"bob": ["0"]})
    await there[0].until(1)
    clock.move(minutes=1)
    bob = await db.read(lambda tx: people.find(tx, "wire", "bob"))
    assert bob is not None
    async with asyncio.timeout(20):
        while not there[0].texts("ann"):
            await db.write(say, bob[0], "more")
    await sending.close()
    assert there[0].texts("ann") == ["held back"]


async def test_the_platforms_own_retry_time_is_obeyed_and_the_rest_of_the_address_waits(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    clock = Clock()
    there[0].retry_after, there[0].does["ann"] = "7", [429]
    await db.write(queue, {"ann": ["1", "2"], "bob": ["1"]})
    await delivered(db, there, 2, clock)
    assert there[0].taken == [("bob", "1")]
    assert await db.read(states) == [("queued", "status 429"), ("queued", ""), ("sent", "")]
    clock.move(seconds=6.9)
    await db.write(queue, {"eve": ["1"]})
    await delivered(db, there, 3, clock)
    assert there[0].texts("ann") == []
    clock.move(seconds=0.1)
    await delivered(db, there, 5, clock)
    assert there[0].texts("ann") == ["1", "2"]


async def test_what_is_new_does_not_overtake_what_may_go_again_by_now(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    clock = Clock()
    there[0].retry_after, there[0].does["ann"] = "7", [429]
    await db.write(queue, {"ann": ["1"]})
    sending = delivery(db, there[1], clock)
    await sending.start()
    await there[0].until(1)
    for number, name in enumerate(("bob", "eve"), 1):
        await db.write(queue, {name: ["1"]})
        await written(db, number)
    clock.move(seconds=7)
    ann = await db.read(lambda tx: people.find(tx, "wire", "ann"))
    assert ann is not None
    await db.write(say, ann[0], "2")
    await there[0].until(5)
    await sending.close()
    assert there[0].texts("ann") == ["1", "2"]


async def test_a_reply_does_not_wait_behind_news_that_is_to_be_tried_later(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    there[0].does["ann"] = [502]
    await db.write(queue, {"ann": ["news"]}, priority=Priority.NEWS)
    await delivered(db, there, 1)
    door = await db.read(recipients.door, 1)
    assert door is not None
    await db.write(say, door, "reply", person=1)
    await delivered(db, there, 2)
    assert there[0].texts("ann") == ["reply"]


async def test_what_is_never_taken_is_given_up_after_twelve_tries_with_a_reason(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    clock = Clock()

    def later_each_time() -> datetime:
        clock.move(hours=2)
        return clock.at

    there[0].does["ann"] = [502] * MOST_TRIES
    await db.write(queue, {"ann": ["never", "next"]})
    sending = delivery(db, there[1], later_each_time)
    await sending.start()
    await there[0].until(MOST_TRIES + 1)
    await sending.close()
    assert there[0].texts("ann") == ["next"]
    assert await db.read(states) == [("dead", "tried again and again, and given up; status 502"), ("sent", "")]


def test_pauses_grow_from_a_second_to_an_hour_and_are_spread() -> None:
    pauses = [pause_seconds(attempts, 16) for attempts in range(MOST_TRIES)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (1.0, LONGEST_PAUSE_SECONDS)
    assert len({pause_seconds(3, row) for row in range(32)}) == 32


@pytest.mark.parametrize("priority", list(Priority))
async def test_when_the_connection_broke_it_is_said_again(
    db: Database, there: tuple[Platform, Wire], priority: Priority
) -> None:
    clock = Clock()
    there[0].does["ann"] = [BREAK_AFTER]
    await db.write(queue, {"ann": ["hello"]}, priority=priority)
    await delivered(db, there, 1, clock)
    assert await db.read(states) == [("queued", MAYBE)]
    clock.move(hours=1)
    await delivered(db, there, 2, clock)
    assert there[0].texts("ann") == ["hello", "hello"]
    assert await db.read(states) == [("sent", "")]


async def test_a_reply_that_broke_off_before_it_was_taken_arrives(db: Database, there: tuple[Platform, Wire]) -> None:
    clock = Clock()
    there[0].does["ann"] = [BREAK_BEFORE]
    await db.write(queue, {"ann": ["hello"]})
    await delivered(db, there, 1, clock)
    clock.move(hours=1)
    await delivered(db, there, 2, clock)
    assert there[0].texts("ann") == ["hello"]
    assert await db.read(states) == [("sent", "")]


def two_doors(tx: Tx) -> None:
    ann, old = know(tx, "ann", "ann's old one")
    tx.execute(update(addresses).where(addresses.c.id == old.id).values(person_id=1, used_at=NOON - timedelta(days=1)))
    say(tx, ann, "1", "2")
    say(tx, ann, "tomorrow", not_before=NOON + timedelta(days=1))


async def test_all_that_waits_at_a_shut_door_is_said_at_the_next_and_the_shut_one_is_not_tried_again(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    there[0].does["ann"] = [403]
    await db.write(two_doors)
    await delivered(db, there, 3)
    assert there[0].taken == [("ann's old one", "1"), ("ann's old one", "2")]
    shut = ("unreachable", "has blocked us")
    assert await db.read(states) == [shut, shut, ("queued", ""), ("sent", ""), ("sent", "")]
    door = await db.read(recipients.door, 1)
    assert door is not None
    assert door.address == "ann's old one"


async def test_who_has_no_other_door_is_marked_unreachable(db: Database, there: tuple[Platform, Wire]) -> None:
    there[0].does["ann"] = [403]
    await db.write(queue, {"ann": ["hello"]})
    await delivered(db, there, 1)
    assert await db.read(states) == [("unreachable", "has blocked us")]
    assert await db.read(recipients.door, 1) is None


async def test_what_the_platform_never_takes_is_dead_with_its_reason_and_the_next_goes_on(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    there[0].does["ann"] = [400]
    await db.write(queue, {"ann": ["bad", "good"]})
    await delivered(db, there, 2)
    assert await db.read(states) == [("dead", "status 400"), ("sent", "")]


async def test_a_fault_of_the_channel_is_a_dead_letter_and_its_log_quotes_nobody(db: Database) -> None:
    class Faulty(Wire):
        async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
            self.called.set()
            raise KeyError(message.text)

        called: asyncio.Event

    faulty = Faulty(None, "")  # type: ignore[arg-type]
    faulty.called = asyncio.Event()
    await db.write(queue, {"ann": ["call me at 13800000000"]})
    sending = delivery(db, faulty, Clock())
    with structlog.testing.capture_logs() as logs:
        await sending.start()
        await faulty.called.wait()
        await sending.close()
    assert await db.read(states) == [("dead", "the program failed while sending; KeyError")]
    assert logs
    assert "13800000000" not in str(logs)


async def test_a_channels_own_words_are_in_the_readers_language_and_in_a_group_in_the_offices(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    spoken: dict[str, str] = {}

    class Speaking(Wire):
        async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
            spoken[address] = language()
            return await super().send(address, message, replaces, key)

    def three(tx: Tx) -> None:
        for name, reads in (("ann", "en"), ("bob", "zh_CN"), ("-1", "zh_CN")):
            door, person = people.meet(tx, "wire", name, reads, NOON, group=name == "-1")
            say(tx, door, "hello", person=person.id if person else None)

    db.office = replace(OFFICE, language="en")
    await db.write(three)
    await delivered(db, (there[0], Speaking(there[1]._http, there[1]._address)), 3)
    assert spoken == {"ann": "en", "bob": "zh_CN", "-1": "en"}


async def test_a_later_card_takes_the_place_of_the_one_the_platform_knows(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    await db.write(queue, {"ann": ["old"]}, about="case:1")
    await delivered(db, there, 1)
    door = await db.read(recipients.door, 1)
    assert door is not None
    await db.write(say, door, "new", about="case:1")
    await delivered(db, there, 2)
    assert [said["replaces"] for said in there[0].requests] == ["", "m1"]


async def test_a_sent_row_keeps_the_platforms_name_and_the_time(db: Database, there: tuple[Platform, Wire]) -> None:
    await db.write(queue, {"ann": ["hello"]})
    await delivered(db, there, 1)
    row = await db.read(lambda tx: tx.first(select(rows)))
    assert row is not None
    assert (row.platform_ref, row.sent_at) == ("m1", NOON)


# --- several processes ------------------------------------------------------------------------------------------------


async def test_only_one_process_sends_and_another_takes_over_when_it_has_ended(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    one, other = (delivery(db, there[1], Clock(), owner=name) for name in ("one", "other"))
    await one.start()
    await db.write(queue, {f"p{n}": list(numbered(3)) for n in range(20)})
    await there[0].until(1)
    await other.start()
    await there[0].until(60)
    await one.close()
    await db.write(queue, {"ann": ["hello"]})
    await there[0].until(61)
    await other.close()
    assert sorted(set(there[0].taken)) == sorted(there[0].taken)


async def test_when_a_process_dies_nothing_is_lost_and_what_was_out_is_said_at_most_once_more(
    db: Database, there: tuple[Platform, Wire]
) -> None:
    texts = list(numbered(5))
    await db.write(queue, {f"p{n}": texts for n in range(10)})
    there[0].open.clear()
    first = delivery(db, there[1], Clock(), owner="first")
    await first.start()
    await there[0].until(10)
    await die(first)
    there[0].open.set()
    await db.write(run_out)
    second = delivery(db, there[1], Clock(), owner="second")
    await second.start()
    await there[0].until(60)
    await second.close()
    assert all(there[0].texts(f"p{n}") == ["0", *texts] for n in range(10))
    assert {state for state, _ in await db.read(states)} == {"sent"}


async def test_while_another_holds_the_lease_nothing_is_sent(db: Database, there: tuple[Platform, Wire]) -> None:
    holder, waiting = (delivery(db, there[1], Clock(), owner=name) for name in ("holder", "waiting"))
    await holder.start()
    await db.write(queue, {"ann": ["hello"]})
    await there[0].until(1)
    await die(holder)
    await waiting.start()
    await db.write(queue, {"bob": ["hello"]})
    await waiting.close()
    assert there[0].texts("bob") == []


def test_a_row_that_waits_behind_a_later_one_starves_nobody(sqlite_url: str) -> None:
    from storage import outgoing

    db = Database(sqlite_url, OFFICE)

    def behind(tx: Tx) -> list[int]:
        metadata.create_all(tx.connection)
        ann, bob = know(tx, "ann", "bob")
        say(tx, ann, *numbered(30))
        say(tx, bob, "hello")
        outbox.later(tx, 1, NOON + timedelta(hours=1), "busy")
        return [line.id for line in outgoing.outgoing(tx, "wire", NOON, set(), 5)]

    assert db.write_now(behind) == [31]
