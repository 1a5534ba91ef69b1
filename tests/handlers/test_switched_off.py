"""A way to people that is taken out of the settings: what stands in line there goes on, and it is used again later."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from domain.case import Role
from domain.messages import Message
from handlers.fallbacks import BROKEN_OFF, SWITCHED_OFF
from storage import dead_letters, outbox, people, recipients, visits
from storage.tables import outbox as rows
from storage.transaction import Tx
from tests.handlers.conftest import POWER
from tests.people import Official, Owner, Person, Town

TALKED_AT = ("telegram", "kefu", "wecom")


def connect(town: Town, *channels: str) -> None:
    """The office starts with settings that connect these."""
    town.db.office = replace(town.db.office, platforms=channels, running=True)


def beside(town: Town, owner: Person, channel: str, address: str = "far-1") -> Person:
    """Another door of somebody, which they used last."""
    town.sleep(hours=0.1)
    door = Person(town, owner.name, address, channel=channel)
    town.doors.append(door)
    town.write(people.add_door, owner.id, channel, address, town.now)
    return door


def only(town: Town, channel: str, name: str = "林晓") -> Owner:
    """An owner who has this door alone."""
    owner = Owner(town, name, f"far-{name}", channel=channel)
    town.doors.append(owner)
    for said in ("/file", "同意", "诉求", "变压器装不上", "晓林面馆", "13800000001", "提交"):
        owner.say(said)
    return owner


def newest(town: Town, owner: Person) -> str:
    owner.say("/my")
    number = next(one.label.split()[0] for row in owner.last.buttons for one in row if "2026" in one.label)
    owner.read_all()
    return number


def dispatched_by_night(town: Town, desk: Official, number: str) -> None:
    """News that stands in line until the morning."""
    town.forward(to="2026-03-03 22:30")
    desk.dispatch(number, POWER)


def state(town: Town, channel: str) -> tuple[str, str]:
    """What became of the newest row of a channel, and why."""

    def found(tx: Tx) -> tuple[str, str]:
        asked = select(rows.c.state, rows.c.reason).where(rows.c.channel == channel).order_by(rows.c.id.desc())
        row = tx.first(asked.limit(1))
        assert row is not None
        return row.state, row.reason

    return town.read(found)


@pytest.mark.parametrize("channel", TALKED_AT)
def test_what_stands_in_line_there_is_said_at_the_next_door(town: Town, desk: Official, channel: str) -> None:
    connect(town, channel)
    web = town.owner("林晓")
    number = web.file("变压器装不上")
    far = beside(town, web, channel)
    dispatched_by_night(town, desk, number)
    connect(town)
    web.read_all()

    town.forward(to="2026-03-04 08:05")
    web.heard("供电公司")
    web.silent()
    far.silent()
    assert state(town, channel) == ("unreachable", SWITCHED_OFF)


@pytest.mark.parametrize("channel", TALKED_AT)
def test_news_goes_to_a_door_that_is_connected_and_to_this_one_when_it_is_back(
    town: Town, desk: Official, channel: str
) -> None:
    connect(town, channel)
    web = town.owner("林晓")
    number = web.file("变压器装不上")
    far = beside(town, web, channel)
    connect(town)
    desk.dispatch(number, POWER)
    web.heard("供电公司")
    far.silent()

    connect(town, channel)
    town.official("郑凯", Role.HANDLER, unit="gongdian").sign(number)
    far.heard("已接手")
    web.silent()


def test_it_goes_to_another_platform_before_a_page(town: Town, desk: Official) -> None:
    connect(town, "telegram", "kefu")
    web = town.owner("林晓")
    number = web.file("变压器装不上")
    kefu = beside(town, web, "kefu", "wm-1")
    telegram = beside(town, web, "telegram", "177")
    dispatched_by_night(town, desk, number)
    connect(town, "kefu")

    town.forward(to="2026-03-04 08:05")
    kefu.heard("供电公司")
    telegram.silent()


def test_officials_are_told_where_they_can_be_reached_each_once(town: Town, desk: Official) -> None:
    connect(town, "wecom")
    far = beside(town, desk, "wecom", "chenlan")
    connect(town)
    number = town.owner("林晓").file("变压器装不上")
    desk.heard(number)
    desk.silent()
    far.silent()


@pytest.mark.parametrize("channel", TALKED_AT)
def test_with_no_other_door_it_is_a_dead_letter_and_can_be_sent_when_the_door_is_back(
    town: Town, desk: Official, channel: str
) -> None:
    connect(town, channel)
    owner = only(town, channel)
    number = newest(town, owner)
    connect(town)
    desk.dispatch(number, POWER)
    town.tick()

    (letter,) = town.read(dead_letters.letters)
    assert (letter.channel, letter.reason) == (channel, SWITCHED_OFF)
    administrator = town.official("于管", Role.ADMINISTRATOR)
    administrator.say("/failed")
    assert "已在设置里关闭" in administrator.last.text
    connect(town, channel)
    administrator.tap("再试第1条")
    owner.heard("供电公司")


def test_a_visit_question_for_somebody_with_no_other_door_is_phoned(town: Town, desk: Official) -> None:
    connect(town, "telegram")
    owner = only(town, "telegram")
    number = newest(town, owner)
    connect(town)
    desk.dispatch(number, POWER)
    handler = town.official("郑凯", Role.HANDLER, unit="gongdian")
    handler.sign(number)
    handler.answer(number, "已经装好通电")
    town.tick()

    assert [call.case for call in town.read(visits.owed_calls)] == [town.case(number).id]


def test_what_was_being_said_once_only_may_have_arrived_and_is_not_said_again(town: Town) -> None:
    connect(town, "telegram")
    owner = only(town, "telegram")
    owner.read_all()
    town.write(_being_sent, owner, town)
    connect(town)
    town.tick()

    assert state(town, "telegram") == ("dead", BROKEN_OFF)


def _being_sent(tx: Tx, owner: Owner, town: Town) -> None:
    door = recipients.doors(tx, owner.id)[0]
    outbox.say(tx, door, owner.id, Message("通知"), town.now, once=True)
    row = tx.scalar(select(rows.c.id).order_by(rows.c.id.desc()).limit(1))
    assert outbox.sending(tx, row)


def test_what_is_for_a_group_is_a_dead_letter_and_the_group_stays_known(town: Town) -> None:
    connect(town, "robot")
    group, _nobody = town.write(people.meet, "robot", "key-1", "zh_CN", town.now, group=True)
    town.write(outbox.say, group, None, Message("停电通知"), town.now, once=True)
    connect(town)
    town.tick()

    assert state(town, "robot") == ("dead", SWITCHED_OFF)
    found = town.read(people.find, "robot", "key-1")
    assert found
    assert found[0].reachable


def test_a_command_beside_the_office_moves_nothing(town: Town, desk: Official) -> None:
    owner = only(town, "telegram")
    number = newest(town, owner)
    dispatched_by_night(town, desk, number)
    town.db.office = replace(town.db.office, platforms=(), running=False)
    town.forward(to="2026-03-04 08:05")

    owner.heard("供电公司")
    assert state(town, "telegram")[0] == "sent"
