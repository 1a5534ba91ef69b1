"""What is told long after it was to be names no day as yet to come that is over, and says how things stand now."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from domain import doors
from domain.case import Actor, Case, Role, Status
from domain.doors import fits
from domain.messages import Message
from handlers import cards, casework, late
from handlers.flows.consent import CONSENT
from handlers.gathered import HANDFUL
from storage import late as late_rows
from storage import outbox, outgoing, people
from storage.transaction import Tx
from tests.handlers.conftest import POWER
from tests.handlers.filings import file_many
from tests.people import Official, Owner, Person, Town, _know, words

DAY = re.compile(r"(\d{1,2})月(\d{1,2})日")
THEN = "写给您的："
PLATFORMS = ("telegram", "kefu")
DOORS = ("web", *PLATFORMS)


@pytest.fixture
def town(small_town: Town) -> Town:
    small_town.db.office = replace(small_town.db.office, platforms=PLATFORMS)
    return small_town


def owner_at(town: Town, door: str) -> Owner:
    """Somebody the office knows, at a door of this sort alone."""
    owner = Owner(town, "林晓", f"77{door}", channel=door)
    town.doors.append(owner)
    town._meet(owner)
    known = {"enterprise": "晓林面馆", "phone": "+8613800000000", "consented": CONSENT, "consented_at": town.now}
    town.write(_know, owner.id, **known)
    return owner


def cut_off(owner: Person) -> None:
    """From now on nothing reaches them."""
    if owner.channel == "web":
        owner.away()
    elif owner.channel == "telegram":
        owner.leave()
    else:
        owner.blocked = True


def back_again(owner: Person) -> list[Message]:
    """They are back; returns what they are told then."""
    owner.unread.clear()
    if owner.channel == "web":
        owner.back()
    elif owner.channel == "telegram":
        owner.come_back()
        owner.town.show()
    else:
        owner.blocked = False
        owner.say("你好")
    return owner.read_all()


def promised(message: Message, town: Town) -> list[str]:
    """The days before today that a message names as if they were yet to come."""
    today = town.db.office.calendar.today(town.now)
    before_then = words(message).split("这是")[0]
    lines = [line for line in before_then.splitlines() if "已超期" not in line]
    found = [(int(month), int(day)) for line in lines for month, day in DAY.findall(line)]
    return [f"{month}月{day}日" for month, day in found if (month, day) < (today.month, today.day)]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("days", [2, 6, 13, 27])
def test_after_any_time_nothing_names_a_day_that_is_over_as_yet_to_come(
    town: Town, desk: Official, handler: Official, door: str, days: int
) -> None:
    owner = owner_at(town, door)
    first, second = owner.file("变压器装不上"), owner.file("门前路灯坏了")
    desk.dispatch(first, POWER)
    cut_off(owner)
    handler.sign(first)
    desk.tell(second, "请补一张现场照片", button="请求补充")
    handler.tell(first, "明天上门看")
    town.forward(days=days)
    told = back_again(owner)

    assert told
    assert [promised(message, town) for message in told] == [[] for _message in told]
    assert first in "".join(map(words, told))


@pytest.mark.parametrize("door", DOORS)
def test_the_words_of_then_are_kept_with_their_day_and_with_what_is_so_now(
    town: Town, desk: Official, door: str
) -> None:
    owner = owner_at(town, door)
    number = owner.file("变压器装不上")
    cut_off(owner)
    desk.tell(number, "请补一张现场照片", button="请求补充")
    town.forward(days=20)
    told = "\n".join(map(words, back_again(owner)))

    assert "这是3月3日 周二写给您的：" in told
    assert "请补一张现场照片" in told
    assert town.case(number).status is Status.ACCEPTED
    assert "已受理" in told


def test_what_was_told_of_many_at_once_is_told_late_as_what_it_was(town: Town) -> None:
    owner = owner_at(town, "telegram")
    file_many(town, owner, HANDFUL + 2)
    cut_off(owner)
    town.forward(days=20)
    told = back_again(owner)

    assert any("已经受理" in words(message) for message in told)
    assert [promised(message, town) for message in told] == [[] for _message in told]


def answered_while_away(town: Town, desk: Official, handler: Official, door: str) -> tuple[Owner, str]:
    """An owner who is cut off when the unit answers, and the number of their case."""
    owner = owner_at(town, door)
    number = owner.file("变压器装不上")
    desk.dispatch(number, POWER)
    handler.sign(number)
    cut_off(owner)
    handler.answer(number, "已经装好通电")
    return owner, number


@pytest.mark.parametrize("door", DOORS)
def test_a_question_that_was_settled_meanwhile_is_not_asked(
    town: Town, desk: Official, handler: Official, door: str
) -> None:
    owner, number = answered_while_away(town, desk, handler, door)
    desk.card(number)
    for label in ("电话回访", "接通了，对方已表态", "解决了", "非常满意", "跳过"):
        desk.tap(label)
    assert town.case(number).status is Status.CLOSED
    town.forward(days=2)
    told = back_again(owner)

    assert "已经装好通电" in "\n".join(map(words, told))
    assert not any(button.label == "没解决" for message in told for row in message.buttons for button in row)


@pytest.mark.parametrize("door", DOORS)
def test_a_question_that_still_stands_is_asked_as_ever(
    town: Town, desk: Official, handler: Official, door: str
) -> None:
    owner, _number = answered_while_away(town, desk, handler, door)
    town.forward(days=10)
    told = back_again(owner)

    assert "已经装好通电" in "\n".join(map(words, told))
    owner.tap("没解决")
    owner.heard("还有哪里没解决")


def test_what_waits_over_a_night_is_told_as_it_was_written(town: Town, desk: Official) -> None:
    owner = owner_at(town, "telegram")
    town.forward(to="2026-03-03 21:30")
    number = owner.file("变压器装不上")
    town.forward(to="2026-03-04 08:31")

    assert THEN not in words(desk.heard(number))


def test_an_official_who_was_away_gets_no_pile_of_old_mornings(town: Town) -> None:
    phone = town.phone("陈岚", Official)
    phone.say("你好")
    town.write(people.give_role, phone.id, Role.DISPATCHER, town.now, None, None)
    phone.blocked = True
    number = town.owner("林晓").file("变压器装不上")
    town.forward(days=9)
    told = back_again(phone)

    assert not any("件待办" in words(message) for message in told)
    cards = [message for message in told if number in words(message)]
    assert cards
    assert [promised(message, town) for message in cards] == [[] for _card in cards]


def test_what_a_long_outage_held_up_is_put_right_before_it_goes(town: Town, desk: Official) -> None:
    owner = owner_at(town, "telegram")
    number = owner.file("变压器装不上")
    owner.read_all()
    asker = Actor(desk.id, Role.DISPATCHER)
    town.write(casework.act, town.case(number).id, "ask", asker, town.now, text="请补一张现场照片")
    town.sleep(days=9)
    town.write(late.renew_due, town.now)
    town.show()

    assert "写给您的" in words(owner.heard(number))


@pytest.mark.parametrize("length", [20, 100, 500])
def test_a_card_of_several_parts_is_put_right_as_a_whole(town: Town, desk: Official, length: int) -> None:
    town.db.office = replace(town.db.office, platforms=("wecom",))
    colleague = Official(town, "郑凯", "zhengkai", channel="wecom")
    town.doors.append(colleague)
    colleague.say("你好")
    town.write(people.give_role, colleague.id, Role.HANDLER, town.now, town.units["gongdian"], None)
    number = town.owner("林晓").file("变压器装不上，" + "坏" * length)
    colleague.blocked = True
    desk.dispatch(number, POWER)
    town.forward(days=10)
    told = back_again(colleague)
    said = "\n".join(map(words, told))

    assert promised(Message(said), town) == []
    assert all(fits(message, doors.DOORS["wecom"]) for message in told)
    assert said.index("这是3月3日 周二写给您的：") < said.index("有新交办件，请签收")
    assert [said.count("变压器装不上"), said.count("坏")] == [1, length]
    assert colleague.offers("签收")


def test_much_that_waits_for_another_reason_hides_nothing(town: Town, desk: Official) -> None:
    owner = owner_at(town, "telegram")
    number = owner.file("变压器装不上")
    owner.read_all()
    town.write(_fill, owner, late_rows.MOST, town.now)
    asker = Actor(desk.id, Role.DISPATCHER)
    town.write(casework.act, town.case(number).id, "ask", asker, town.now, text="请补一张现场照片")
    town.sleep(days=9)
    town.write(late.renew_due, town.now)

    asked = [line.message for line in town.read(outgoing.outgoing, "telegram", town.now, (), 2 * late_rows.MOST)]
    (message,) = [message for message in asked if number in words(message)]
    assert THEN in words(message)


def _fill(tx: Tx, owner: Owner, count: int, now: datetime) -> None:
    """So many other messages wait for them."""
    door = people.Address(owner.address_id, owner.channel, owner.address, False, True)
    for n in range(count):
        outbox.say(tx, door, owner.id, Message(f"第{n}句"), now)


def test_one_message_that_cannot_be_put_right_holds_up_no_other(
    town: Town, desk: Official, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = owner_at(town, "telegram")
    first, second = owner.file("变压器装不上"), owner.file("门前路灯坏了")
    owner.read_all()
    asker = Actor(desk.id, Role.DISPATCHER)
    for number in (first, second):
        town.write(casework.act, town.case(number).id, "ask", asker, town.now, text="请补一张现场照片")
    drawn = cards.owner_card

    def broken(tx: Tx, case: Case, *rest: Any) -> Message:
        if case.number == first:
            raise LookupError
        return drawn(tx, case, *rest)

    monkeypatch.setattr(cards, "owner_card", broken)
    town.sleep(days=9)
    town.write(late.renew_due, town.now)
    town.show()

    assert THEN in words(owner.heard(second))
    assert THEN not in words(owner.heard(first))
