"""Calls the office owes: when they stand in for what could not be said, and when nobody need phone any more."""

from domain.case import Status
from storage import cases, people, visits
from tests.handlers.conftest import POWER
from tests.handlers.test_meeting import MEETING, taken
from tests.people import Official, Owner, Town


def test_a_logged_call_lets_silence_close_where_no_reminder_can_be_given(
    town: Town, desk: Official, handler: Official
) -> None:
    taken(desk, "老张", "变压器要增容", POWER, "13800000009")
    (case,) = town.read(cases.of_occasion, MEETING)
    handler.sign(case.number)
    handler.answer(case.number, "已经增容")
    town.forward(workdays=3)
    desk.press(f"f:call:{case.id}")
    desk.tap("接通了，对方还没想好")
    assert town.case(case.number).status is Status.ANSWERED

    town.forward(workdays=6)
    assert town.case(case.number).status is Status.CLOSED


def test_a_case_closed_by_silence_is_nobodys_call_any_more(
    town: Town, owner: Owner, desk: Official, handler: Official, signed: str
) -> None:
    owner.away()
    handler.answer(signed, "已经装好通电")
    town.forward(workdays=3)
    assert [call.case for call in town.read(visits.owed_calls)] == [town.case(signed).id]
    owner.back()
    town.forward(workdays=8)

    assert town.case(signed).status is Status.CLOSED
    assert town.read(visits.owed_calls) == []


def test_an_owner_who_cannot_be_reminded_any_more_is_to_be_phoned(town: Town, owner: Owner, answered: str) -> None:
    town.write(people.unreachable, owner.address_id)
    town.forward(workdays=2)

    assert [call.case for call in town.read(visits.owed_calls)] == [town.case(answered).id]


def test_a_call_to_tell_a_number_shows_the_phone_and_ends_when_it_was_told(town: Town, desk: Official) -> None:
    taken(desk, "老张", "货车进不来", "住建局", "13800000009")
    (case,) = town.read(cases.of_occasion, MEETING)
    desk.say("/calls")
    desk.tap(case.number)
    assert "138 0000 0009" in desk.heard("请致电").text
    desk.tap("没打通")
    assert len(town.read(visits.owed_calls)) == 1

    desk.press(f"f:call:{case.id}")
    desk.tap("已告知编号")
    desk.heard("已知道编号")
    assert town.read(visits.owed_calls) == []
    assert town.case(case.number).status is Status.DISPATCHED


def test_the_day_until_which_a_case_may_be_redone_is_the_one_that_holds(
    town: Town, owner: Owner, answered: str
) -> None:
    town.forward(workdays=2)
    owner.tap("解决了")
    owner.tap("满意")
    owner.say("跳过")

    assert "4月2日" in owner.heard("这件已结案").text
