"""Story 5, zone D: five requests over breakfast, each dispatched on the spot.

Three enterprise advisers raise them, an official enters them in the chat during the meeting, each owner gets the number
at once, and the five show as one list.
"""

import pytest

from domain.case import Role, Status
from storage import cases, visits
from tests.people import Official, Owner, Town, number_in, words

MEETING = "三月早茶会"
#: (whose, what, the unit that leads)
REQUESTS = (
    ("晓林面馆", "门口路灯坏了", "住建局"),
    ("启明印章厂", "变压器要增容", "供电公司"),
    ("启明印章厂", "厂区自来水压力低", "自来水公司"),
    ("河口茶行", "贷款续不上", "财政金融局"),
    ("河口茶行", "公交不进园区", "园区管委会"),
)


@pytest.fixture
def owners(town: Town) -> dict[str, Owner]:
    names = {"晓林面馆": "林晓", "启明印章厂": "赵启明", "河口茶行": "何川"}
    return {enterprise: town.owner(name, enterprise=enterprise) for enterprise, name in names.items()}


@pytest.fixture
def desk(town: Town) -> Official:
    return town.official("陈岚", Role.DISPATCHER)


def enter(desk: Official, whose: str, what: str, unit: str, more: str) -> None:
    """One request, entered while its owner is still speaking."""
    desk.say(whose)
    desk.tap(whose)
    desk.say(what)
    desk.tap(unit)
    desk.tap(more)


def test_the_tea_meeting(town: Town, owners: dict[str, Owner], desk: Official) -> None:
    liaison = town.official("吴敏", Role.LIAISON, unit="gongdian")
    desk.say("/meeting")
    desk.say(MEETING)
    numbers = []
    for count, (whose, what, unit) in enumerate(REQUESTS, 1):
        enter(desk, whose, what, unit, "有，下一件" if count < len(REQUESTS) else "没有了")
        told = owners[whose].heard(f"交给{unit}办理")
        assert "3月10日 周二 17:30前给您答复" in told.text
        numbers.append(number_in(told))

    listed = words(desk.heard(f"{MEETING}：共5件"))
    for number, (_whose, what, unit) in zip(numbers, REQUESTS, strict=True):
        assert f"{number} {what} · {unit} · 已交办" in listed
    assert len(set(numbers)) == 5
    assert numbers[1] in words(liaison.heard("变压器要增容"))
    liaison.silent()
    for owner, count in zip(owners.values(), (1, 2, 2), strict=True):
        owner.say("/my")
        assert sum(number in words(owner.last) for number in numbers) == count
    found = town.read(cases.of_occasion, MEETING)
    assert {case.status for case in found} == {Status.DISPATCHED}
    assert {case.filed_by for case in found} == {desk.id}


def test_the_meetings_list_shows_how_each_stands_later(town: Town, owners: dict[str, Owner], desk: Official) -> None:
    handler = town.official("郑凯", Role.HANDLER, unit="gongdian")
    desk.say("/meeting")
    desk.say(MEETING)
    enter(desk, *REQUESTS[0], "有，下一件")
    enter(desk, *REQUESTS[1], "没有了")
    number = number_in(owners["启明印章厂"].heard("供电公司"))
    handler.sign(number)
    handler.answer(number, "已经增容")
    desk.say(f"/occasion {MEETING}")

    assert "供电公司 · 已答复" in words(desk.heard("共2件"))


def test_an_adviser_the_office_cannot_write_to_is_phoned_with_the_number(town: Town, desk: Official) -> None:
    desk.say("/meeting")
    desk.say(MEETING)
    desk.say("老张")
    desk.say("13800000009")
    desk.say("货车进不来")
    desk.tap("住建局")
    desk.tap("没有了")

    (call,) = town.read(visits.owed_calls)
    (case,) = town.read(cases.of_occasion, MEETING)
    assert (call.case, call.reason) == (case.id, "number")
    desk.say("/calls")
    desk.heard(case.number)
