"""The officials' morning message says what is still true, and always leads on."""

from domain.case import Role
from handlers.reminders import climb
from tests.people import Town, words


def test_what_was_settled_before_the_morning_is_not_said(town: Town) -> None:
    owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
    number = owner.file("变压器装不上")
    town.sleep(to="2026-03-05 08:31")
    town.write(climb, town.now)
    desk.dispatch(number, "供电公司")
    desk.read_all()
    town.forward(to="2026-03-05 12:00")
    assert not [message for message in desk.read_all() if "已超期: " in message.text]


def test_who_watches_over_others_work_can_open_the_case(town: Town) -> None:
    owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
    handler = town.official("郑凯", Role.HANDLER, unit="gongdian")
    number = owner.file("变压器装不上")
    desk.dispatch(number, "供电公司")
    handler.sign(number)
    desk.read_all()
    town.forward(workdays=8)
    reminder = desk.heard("已超期")
    assert reminder.title == "请关注"
    desk.tap(number)
    assert number in desk.last.title


def test_of_more_reminders_than_a_message_holds_it_says_how_many(town: Town) -> None:
    owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
    approver = town.official("周正", Role.APPROVER)
    for matter in range(11):
        owner.file(f"第{matter}件事")
    desk.read_all()
    town.forward(to="2026-03-05 12:00")

    said = approver.heard("已超期").text
    assert said.count("已超期") == 8
    assert "还有3件" in said.replace(" ", "")


def test_what_the_morning_list_shows_is_not_said_twice(town: Town) -> None:
    owner, desk = town.owner("林晓"), town.official("陈岚", Role.DISPATCHER)
    numbers = [owner.file(f"第{matter}件事") for matter in range(7)]
    desk.read_all()
    town.forward(to="2026-03-04 12:00")

    said = desk.heard("件待办").text
    assert "今天到期 7" in said
    assert [said.count(number) for number in numbers] == [1] * 5 + [0] * 2
    desk.tap("后面的")
    assert all(number in desk.last.text for number in numbers[5:]), words(desk.last)
