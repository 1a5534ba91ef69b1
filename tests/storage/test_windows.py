"""The window of a person: five messages in 48 hours, a retry counted once, a message never told while on its way."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import count
from threading import Thread

import pytest

from domain.messages import Message
from storage import outbox, outgoing, people, together, unionids, windows
from storage.db import Database
from storage.outbox import Priority
from storage.people import Address
from storage.transaction import Tx
from storage.windows import May
from tests.people import Town

SECONDS = timedelta(seconds=1)


def door(town: Town) -> Address:
    """Somebody who has just written to customer service."""
    address, _person = town.write(people.meet, "kefu", "wm1", "zh_CN", town.now)
    town.write(windows.wrote, address.id, town.now)
    return address


def begun(town: Town, key: str, after: timedelta = timedelta()) -> May:
    may: May = town.write(windows.begin, "wm1", key, town.now + after)[0]
    return may


def push(town: Town, to: Address, text: str, about: str = "") -> None:
    town.write(outbox.say, to, None, Message(text), town.now, priority=Priority.NEWS, about=about)


def line(town: Town) -> list[outgoing.Outgoing]:
    """What is to be sent."""
    return town.read(outgoing.outgoing, "kefu", town.now, frozenset(), 500)


def left(town: Town, address: Address) -> int:
    found = town.write(windows.of, address.id)
    assert found is not None
    return int(found.left)


def test_five_go_and_the_sixth_does_not_until_they_write(town: Town) -> None:
    address = door(town)
    assert [begun(town, f"{900 + n}-a", 5 * SECONDS) for n in range(6)] == [May.GO] * 5 + [May.SHUT]
    town.write(windows.wrote, address.id, town.now + timedelta(minutes=1))
    assert begun(town, "907-a", timedelta(minutes=1)) is May.GO


def test_nobody_is_written_to_who_never_wrote_or_wrote_two_days_ago(town: Town) -> None:
    assert begun(town, "1-a") is May.SHUT
    door(town)
    assert begun(town, "901-a", timedelta(hours=48)) is May.SHUT
    assert begun(town, "901-a", timedelta(hours=47)) is May.GO


def test_a_retry_counts_once_and_what_was_not_taken_for_nothing(town: Town) -> None:
    address = door(town)
    assert [begun(town, "901-a") for _time in range(9)] == [May.GO] * 9
    assert left(town, address) == 4
    town.write(windows.not_taken, "wm1", "901-a")
    town.write(windows.not_taken, "wm1", "901-a")
    assert left(town, address) == 5


def test_messages_that_come_late_or_out_of_order_open_no_more_than_they_may(town: Town) -> None:
    address = door(town)
    for number in range(4):
        begun(town, f"{901 + number}-a", timedelta(minutes=10))
    town.write(windows.wrote, address.id, town.now - timedelta(hours=1))
    assert left(town, address) == 1
    town.write(windows.wrote, address.id, town.now + timedelta(minutes=5))
    assert left(town, address) == 1
    town.write(windows.wrote, address.id, town.now + timedelta(minutes=20))
    assert left(town, address) == 5


def test_a_turn_has_room_even_where_it_cannot_be_told_what_came_first(town: Town) -> None:
    address = door(town)
    for number in range(5):
        begun(town, f"{901 + number}-a")
    town.write(windows.wrote, address.id, town.now)
    assert left(town, address) == windows.LEAST_A_TURN


def test_whoever_taps_fast_hears_the_receipt_though_the_clock_trembles(town: Town) -> None:
    address = door(town)
    for tap in range(8):
        town.write(windows.wrote, address.id, town.now - timedelta(microseconds=5 * tap))
        assert begun(town, f"{900 + tap}-a") is May.GO


def test_a_greeting_costs_nothing_and_goes_to_one_message(town: Town) -> None:
    address, _person = town.write(people.meet, "kefu", "wm1", "zh_CN", town.now)
    town.write(windows.welcomed, address.id, "W1", town.now + windows.WELCOME_LASTS, town.now)
    assert town.write(windows.begin, "wm1", "901-a", town.now) == (May.GO, "W1")
    assert town.write(windows.begin, "wm1", "901-a", town.now) == (May.GO, "W1")
    assert town.write(windows.begin, "wm1", "902-a", town.now) == (May.SHUT, "")
    assert town.write(windows.begin, "wm1", "901-a", town.now + windows.WELCOME_LASTS)[0] is May.SHUT


def test_what_is_told_with_something_else_is_not_sent_by_itself(town: Town) -> None:
    address = door(town)
    push(town, address, "已受理")
    (waiting,) = line(town)
    town.write(together.joined, [waiting.id])
    assert begun(town, waiting.key) is May.OVER


def test_what_may_be_on_its_way_is_told_with_nothing_else(town: Town) -> None:
    address = door(town)
    push(town, address, "已受理")
    (out,) = line(town)
    begun(town, out.key)
    push(town, address, "已交办")
    assert [one.message.text for one in line(town)] == ["已受理", "已交办"]
    assert [one.message.text for one in town.write(together.waiting, address.id)] == ["已交办"]


def test_pushes_that_wait_are_one_message_about_all_of_them(town: Town) -> None:
    address = door(town)
    for text, about in (("已受理", "visit:1:1"), ("已交办", ""), ("已办结", "visit:2:1")):
        push(town, address, text, about)
    (one,) = line(town)
    assert (one.message.text, one.about) == ("已受理\n\n已交办\n\n已办结", "visit:1:1 visit:2:1")


def test_what_was_told_together_takes_nobodys_place(town: Town) -> None:
    address = door(town)
    for text in ("一", "二"):
        push(town, address, text)
    (out,) = line(town)
    begun(town, out.key)
    for text in ("三", "四"):
        push(town, address, text)
    assert [one.message.text for one in line(town)] == ["一\n\n二", "三\n\n四"]
    assert [one.replaces for one in line(town)] == ["", ""]


def test_pushes_that_are_too_much_for_one_message_are_several(town: Town) -> None:
    address = door(town)
    for number in range(4):
        push(town, address, f"{number}" + "好" * 400)
    assert [one.message.text[0] for one in line(town)] == ["0", "1", "2", "3"]


def test_at_other_doors_every_push_stays_by_itself(town: Town) -> None:
    address, _person = town.write(people.meet, "telegram", "42", "zh_CN", town.now)
    push(town, address, "已受理")
    push(town, address, "已交办")
    assert len(town.read(outgoing.outgoing, "telegram", town.now, frozenset(), 500)) == 2


def test_who_is_known_by_a_name_first_stays_known_by_it(town: Town) -> None:
    one, other = (town.write(people.create, "zh_CN", town.now) for _person in range(2))
    town.write(unionids.keep, "U1", one.id, town.now)
    town.write(unionids.keep, "U1", other.id, town.now)
    town.write(unionids.keep, "U" * 65, one.id, town.now)
    assert [town.read(unionids.person_of, name) for name in ("U1", "U2", "U" * 65)] == [one.id, None, None]


def test_a_message_another_process_is_joining_at_this_moment_is_not_sent_besides(town: Town) -> None:
    address, other = door(town), Database(town.db.url, town.db.office)
    push(town, address, "受理了")
    (waits,) = line(town)
    found: list[May] = []
    sending = Thread(target=lambda: found.append(begun(town, waits.key)))

    def join(tx: Tx) -> None:
        outbox.say(tx, address, None, Message("交办了"), town.now, priority=Priority.NEWS)
        sending.start()
        sending.join(0.5)

    other.write_now(join)
    sending.join()
    asyncio.run(other.close())
    assert found == [May.OVER]
    assert [one.message.text for one in line(town)] == ["受理了\n\n交办了"]


def test_many_that_wait_are_not_put_together_anew_for_each_push(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    address, tried = door(town), count()
    for number in range(40):
        push(town, address, f"{number}" + "路" * 400)
    real = together.together
    monkeypatch.setattr(together, "together", lambda told: (next(tried), real(told))[1])
    push(town, address, "灯坏了")
    assert next(tried) <= 3
    assert line(town)[-1].message.text.endswith("灯坏了")
