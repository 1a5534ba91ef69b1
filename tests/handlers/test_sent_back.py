"""A unit sends back what is not its own: in time, once, and whoever has it then is told."""

import pytest

from domain.case import AssignmentState, Role, Status
from tests.handlers.decision_chairs import more
from tests.people import Official, Owner, Town, words

POWER, BUILDING = "供电公司", "住建局"


@pytest.fixture
def town(small_town: Town) -> Town:
    """The people of conftest.py live here: one kind of database is enough for these."""
    return small_town


def test_a_unit_sends_a_case_back_and_the_desk_decides_the_same_day(
    small_town: Town, owner: Owner, desk: Official, liaison: Official, handler: Official, dispatched: str
) -> None:
    owner.read_all()
    more(liaison, dispatched, "退回")
    liaison.tap(BUILDING)
    liaison.say("小区配电房归住建管")
    assert "不用再办" in words(liaison.last)

    handler.heard("吴敏已把这件退回")
    heard = desk.heard("小区配电房归住建管").text
    assert BUILDING in heard
    assert "3月3日 周二 17:30" in heard
    assert small_town.case(dispatched).status is Status.ACCEPTED
    desk.say("/desk")
    assert desk.offers(dispatched)
    liaison.say("/tasks")
    assert not liaison.offers(dispatched)


def test_nobody_sends_it_back_a_second_time(
    small_town: Town, desk: Official, liaison: Official, dispatched: str
) -> None:
    second = small_town.official("钱二", Role.LIAISON, unit="zhujian")
    more(liaison, dispatched, "退回")
    liaison.tap("不清楚")
    liaison.say("不归我们管")
    desk.dispatch(dispatched, BUILDING)
    second.card(dispatched)
    second.press(f"f:return:{dispatched}")

    assert small_town.case(dispatched).status is Status.DISPATCHED
    second.card(dispatched)
    assert second.offers("签收")


def test_a_case_that_was_signed_is_not_sent_back_by_an_old_button(
    small_town: Town, liaison: Official, handler: Official, dispatched: str
) -> None:
    handler.sign(dispatched)
    liaison.press(f"f:return:{dispatched}")
    liaison.heard("不归您")
    assert small_town.case(dispatched).status is Status.HANDLING


def test_the_time_to_send_it_back_ends(small_town: Town, liaison: Official, dispatched: str) -> None:
    small_town.forward(to="2026-03-04 17:31")
    liaison.press(f"f:return:{dispatched}")
    liaison.heard("3月4日")
    assert small_town.case(dispatched).status is Status.DISPATCHED


@pytest.fixture
def second(small_town: Town, desk: Official, dispatched: str) -> Official:
    """The liaison of a unit that is given the case two days after the first."""
    liaison = small_town.official("钱二", Role.LIAISON, unit="zhujian")
    small_town.forward(to="2026-03-05 09:00")
    more(desk, dispatched, "改派")
    desk.tap(BUILDING)
    desk.say("配电房归住建")
    return liaison


def test_a_unit_that_gets_it_from_another_has_its_own_time_to_send_it_back(
    small_town: Town, desk: Official, second: Official, dispatched: str
) -> None:
    small_town.forward(to="2026-03-06 17:00")
    more(second, dispatched, "退回")
    second.tap("不清楚")
    second.say("配电房是供电公司的资产")
    desk.heard("住建局退回了这件")
    assert small_town.case(dispatched).status is Status.ACCEPTED


def test_the_time_of_a_unit_that_gets_it_from_another_ends_too(
    small_town: Town, second: Official, dispatched: str
) -> None:
    small_town.forward(to="2026-03-06 17:31")
    second.card(dispatched)
    second.tap("更多")
    assert not second.offers("退回")
    second.press(f"f:return:{dispatched}")
    second.heard("3月6日")
    assert small_town.case(dispatched).status is Status.DISPATCHED


def test_giving_it_to_a_colleague_wins_the_unit_no_time_to_send_it_back(
    small_town: Town, liaison: Official, dispatched: str
) -> None:
    small_town.official("王强", Role.HANDLER, unit="gongdian")
    small_town.forward(to="2026-03-05 09:00")
    more(liaison, dispatched, "改派")
    liaison.tap("王强")
    liaison.say("请接着联系业主")
    liaison.press(f"f:return:{dispatched}")
    liaison.heard("3月4日")
    assert small_town.case(dispatched).status is Status.DISPATCHED


def test_an_assisting_unit_sends_its_part_back_and_the_lead_goes_on(
    small_town: Town, owner: Owner, desk: Official, handler: Official, number: str
) -> None:
    helper = small_town.official("钱二", Role.LIAISON, unit="zhujian")
    desk.dispatch(number, POWER, BUILDING, weight="多个部门")
    handler.sign(number)
    owner.read_all()
    more(helper, number, "退回")
    helper.tap("不清楚")
    helper.say("与我局无关")

    handler.heard("与我局无关")
    desk.heard("与我局无关")
    owner.silent()
    assert small_town.case(number).status is Status.HANDLING
    part = small_town.case(number).assignments[-1]
    assert (part.unit, part.state) == (small_town.units["zhujian"], AssignmentState.RETURNED)
