"""When the window of customer service is shut: the doors that push, in their order, and at last a phone call."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case import Naming, Role, Status
from domain.deadlines import Term
from storage import deadlines, people
from tests import copies
from tests.handlers.shut_windows import KEFU, MOBILE, PUSHING, Shut, answered, opened
from tests.people import Person, Town, _know, living, words


def test_a_silent_owner_is_asked_by_the_subscription_and_their_silence_counts_from_then(town: Town) -> None:
    shut = opened(town, "subscribe", "service")
    number = answered(shut)

    told = shut.heard("subscribe", "解决了吗")
    assert number in told
    assert "5个工作日内" in told
    assert "结案" in told
    assert KEFU in told
    shut.screens["service"].silent()
    shut.screens["sms"].silent()
    assert shut.owed() == []

    town.forward(workdays=8)
    assert shut.case(number).status is Status.CLOSED


def test_a_reminder_names_the_day_on_which_the_case_is_really_closed(town: Town) -> None:
    shut = opened(town, "subscribe")
    number = answered(shut)
    first = shut.screens["subscribe"].heard("解决了吗")

    town.forward(workdays=2)
    again = shut.screens["subscribe"].heard("解决了吗")
    assert dict(again.facts)["时间"] == dict(first.facts)["时间"]
    (day,) = re.findall(r"（(.+)前）", first.text)
    assert f"如果{day}前" in again.text

    town.forward(workdays=2)
    assert shut.case(number).status is Status.ANSWERED
    town.forward(workdays=1, hours=9)
    assert shut.case(number).status is Status.CLOSED


def test_who_has_not_subscribed_is_told_at_the_service_account_then_by_sms_then_by_phone(town: Town) -> None:
    shut = opened(town, "subscribe", "service")
    shut.screens["subscribe"].blocked = True
    number = answered(shut)
    assert number in shut.heard("service", "解决了吗")

    shut.screens["service"].blocked = True
    town.forward(workdays=1)  # the first reminder
    assert number in shut.heard("sms", "解决了吗")

    shut.screens["sms"].blocked = True
    town.forward(workdays=2)  # the second one
    assert shut.owed() == [shut.case(number).id]


def test_a_question_that_reached_nobody_is_phoned_and_never_closes_the_case(town: Town) -> None:
    shut = opened(town, phone="")
    number = answered(shut)

    assert shut.owed() == [shut.case(number).id]
    town.forward(days=30)
    assert shut.case(number).status is Status.ANSWERED


def test_who_phones_sees_the_number_and_writes_down_what_they_heard(town: Town) -> None:
    shut = opened(town, phone="+867516123456")
    number = answered(shut)
    desk = town.official("何静", Role.DISPATCHER)
    desk.say("/calls")
    desk.tap(number)
    said = words(desk.heard("请致电"))
    assert "林晓" in said
    assert "变压器" in said
    assert "已经装好通电" in said
    assert "问题解决了没有" in said
    desk.tap("接通了，对方已表态")
    desk.tap("解决了")
    desk.tap("满意")
    desk.say("跳过")

    assert shut.case(number).status is Status.CLOSED
    assert shut.owed() == []


def test_who_comes_back_hears_what_waited_with_its_buttons_and_may_answer(town: Town) -> None:
    shut = opened(town)
    number = answered(shut)
    shut.heard("sms", "解决了吗")

    shut.owner.blocked = False
    shut.owner.say("在吗")
    shut.owner.press(f"f:rate:{shut.case(number).id}.yes")
    shut.owner.tap("满意")
    shut.owner.say("跳过")
    assert shut.case(number).status is Status.CLOSED


def test_news_of_a_case_goes_to_a_pushing_door_in_short(town: Town) -> None:
    shut = opened(town)
    number = shut.file()
    desk = town.official("陈岚", Role.DISPATCHER)
    desk.dispatch(number, "供电公司")

    told = shut.heard("sms", number)
    assert "供电公司" in told
    assert KEFU in told


def test_answers_to_what_somebody_wrote_wait_for_them_and_go_nowhere_else(town: Town) -> None:
    shut = opened(town, "subscribe")
    shut.owner.blocked = True
    shut.owner.say("/my")

    for screen in shut.screens.values():
        screen.silent()


def test_nobody_is_written_to_at_night(town: Town) -> None:
    shut = opened(town)
    number = shut.file()
    desk = town.official("陈岚", Role.DISPATCHER)
    town.forward(to="2026-03-03 22:30")
    desk.dispatch(number, "供电公司")
    shut.screens["sms"].silent()

    town.forward(to="2026-03-04 08:05")
    shut.heard("sms", number)


def test_an_answer_of_any_length_leaves_question_day_and_link_whole_in_one_sms(town: Town) -> None:
    shut = opened(town)
    number = answered(shut, "我们已经到现场查看。" * 180)

    told = shut.screens["sms"].heard(number)
    assert len(told.text) <= 500
    assert "解决了吗" in told.text
    assert f"{KEFU}&scene_param=case_{shut.case(number).id}\n" in told.text
    assert told.text.endswith("结案。")
    shut.screens["sms"].silent()


def test_a_number_that_was_changed_is_written_to_and_the_old_one_no_more(town: Town) -> None:
    shut = opened(town)
    answered(shut)
    shut.heard("sms", "解决了吗")
    town.write(_know, shut.owner.id, phone="+8613900000002")
    new = Person(town, "新号码", "+8613900000002", channel="sms")
    town.doors.append(new)

    town.forward(workdays=1)
    new.heard("解决了吗")
    shut.screens["sms"].silent()


def test_nothing_is_sent_to_the_phone_about_an_anonymous_case(town: Town) -> None:
    shut = opened(town)
    number = shut.file("匿名")
    assert shut.case(number).naming is Naming.ANONYMOUS
    town.official("陈岚", Role.DISPATCHER).dispatch(number, "供电公司")

    shut.screens["sms"].silent()


def _dispatched_by_night(shut: Shut, *numbers: str) -> None:
    """News of several cases, which are told in one message in the morning."""
    town, desk = shut.town, shut.town.official("陈岚", Role.DISPATCHER)
    town.forward(to="2026-03-03 22:30")
    for number in numbers:
        desk.dispatch(number, "供电公司")
    town.forward(to="2026-03-04 08:05")


@pytest.mark.parametrize("hidden_first", [True, False])
def test_what_was_told_together_brings_no_anonymous_case_to_the_phone(town: Town, hidden_first: bool) -> None:
    shut = opened(town)
    hidden = shut.file("匿名")
    shut.owner.blocked = False
    named = shut.owner.file("门口的路灯坏了")
    shut.owner.blocked = True
    _dispatched_by_night(shut, *((hidden, named) if hidden_first else (named, hidden)))

    told = shut.heard("sms", named)
    assert "供电公司" in told
    assert hidden not in told
    assert f"scene_param=case_{shut.case(named).id}" in told
    shut.screens["sms"].silent()


def test_of_each_case_that_was_told_together_there_is_a_push(town: Town) -> None:
    shut = opened(town, "subscribe")
    first = shut.file()
    shut.owner.blocked = False
    second = shut.owner.file("门口的路灯坏了")
    shut.owner.blocked = True
    _dispatched_by_night(shut, first, second)

    pushed = [dict(one.facts)["编号"] for one in shut.screens["subscribe"].read_all()]
    assert pushed == [second, first]


def test_a_door_that_pushes_is_no_place_for_what_is_said_in_a_chat(town: Town) -> None:
    shut = opened(town)
    answered(shut)
    shut.heard("sms", "解决了吗")  # a door of theirs from now on
    shut.owner.blocked = False
    shut.owner.say("/file")
    shut.owner.tap("诉求")
    town.write(people.unreachable, shut.owner.address_id)
    shut.owner.blocked = True
    town.forward(days=3)  # the talk is offered again

    for screen in shut.screens.values():
        screen.not_heard("没填完")


@pytest.mark.parametrize("naming", ["", "匿名"])
def test_news_for_a_chat_that_was_shut_and_then_switched_off_goes_in_short_and_never_of_an_anonymous_case(
    town: Town, naming: str
) -> None:
    shut = opened(town)
    number = shut.file(naming)
    town.write(people.add_door, shut.owner.id, "sms", MOBILE, town.now, 3)
    town.write(people.unreachable, shut.owner.address_id)
    town.db.office = replace(town.db.office, kefu="", platforms=("sms",), running=True)
    town.official("何静", Role.DISPATCHER).dispatch(number, "供电公司")
    town.tick()

    told = [one.text for one in shut.screens["sms"].read_all() if number in words(one)]
    assert len(told) == (0 if naming else 1)
    assert all(text.startswith(town.db.office.name) for text in told)


def test_a_landline_gets_no_sms(town: Town) -> None:
    shut = opened(town, phone="+867516123456")
    answered(shut)
    assert town.read(people.find, "sms", "+867516123456") is None


def test_an_office_without_any_way_back_asks_nobody_by_sms(town: Town) -> None:
    shut = opened(town)
    town.db.office = replace(town.db.office, kefu="", phone="")
    number = answered(shut)
    shut.screens["sms"].silent()
    assert shut.owed() == [shut.case(number).id]


@settings(max_examples=12, deadline=None)
@given(
    doors=st.sets(st.sampled_from(["subscribe", "service"])),
    broken=st.sets(st.sampled_from(list(PUSHING))),
    connected=st.sets(st.sampled_from(list(PUSHING))),
    phone=st.sampled_from([MOBILE, "", "+867516123456"]),
    days=st.sampled_from([0, 1, 9]),
)
def test_whichever_doors_fail_only_a_question_that_reached_somebody_closes_a_case(
    doors: set[str], broken: set[str], connected: set[str], phone: str, days: int
) -> None:
    with contextmanager(living)(copies.place("sqlite")) as town:
        _nothing_closes_unheard(town, doors, broken, connected, phone, days)


def _nothing_closes_unheard(
    town: Town, doors: set[str], broken: set[str], connected: set[str], phone: str, days: int
) -> None:
    shut = opened(town, *doors, phone=phone, connected=tuple(sorted(connected)))
    for channel in broken:
        shut.screens[channel].blocked = True
    number = answered(shut)
    reached = any(screen.unread for screen in shut.screens.values())
    town.forward(days=days)

    if not reached:
        terms = {one.term for one in town.read(deadlines.of_case, shut.case(number).id)}
        assert Term.CLOSE not in terms  # so no number of days closes it
        assert shut.case(number).status is Status.ANSWERED
        assert shut.owed() == [shut.case(number).id]
