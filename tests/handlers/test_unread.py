"""Owners who have a page alone, and it is shut: what a case waits for reaches their phone, where there is a gateway."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from domain.case import Role, Status
from storage import dead_letters, visits
from tests.handlers.conftest import POWER
from tests.handlers.shut_windows import MOBILE
from tests.people import Official, Owner, Person, Town, words

PAGE = "https://office.example/chat"


@dataclass
class Alone:
    """An owner with a page alone, and their phone."""

    town: Town
    web: Owner
    phone: Person
    desk: Official
    handler: Official

    def answered(self, naming: str = "") -> str:
        """A case of theirs that was answered while the page was shut; its number."""
        number = self.handled(naming)
        self.handler.answer(number, "已经装好通电")
        return number

    def handled(self, naming: str = "") -> str:
        number = self.web.file("变压器装不上", naming=naming)
        self.web.away()
        self.desk.dispatch(number, POWER)
        self.handler.sign(number)
        self.later(minutes=31)
        self.phone.silent()
        return number

    def later(self, minutes: float) -> None:
        self.town.sleep(hours=minutes / 60)
        self.town.tick()


@pytest.fixture
def alone(town: Town, desk: Official) -> Alone:
    return at_home(town, desk)


def at_home(town: Town, desk: Official, number: str = MOBILE) -> Alone:
    town.db.office = replace(town.db.office, url="https://office.example", platforms=("sms",), running=True)
    web, phone = town.owner("林晓", phone=number), Person(town, "手机", MOBILE, channel="sms")
    town.doors.append(phone)
    return Alone(town, web, phone, desk, town.official("郑凯", Role.HANDLER, unit="gongdian"))


def test_the_visit_question_comes_by_sms_when_the_page_stays_shut(alone: Alone) -> None:
    number = alone.answered()
    alone.later(minutes=29)
    alone.phone.silent()

    alone.later(minutes=2)
    told = words(alone.phone.heard("解决了吗"))
    assert number in told
    assert PAGE in told
    assert "之前用过的浏览器" in told
    alone.later(minutes=60)
    alone.phone.silent()
    assert alone.town.read(dead_letters.put_off, alone.town.now) == [], "what waits on a page is nobody's trouble"


def test_the_question_still_stands_on_the_page_and_is_answered_there(alone: Alone) -> None:
    number = alone.answered()
    alone.later(minutes=31)
    alone.web.back()
    alone.web.heard("问题解决了吗")
    alone.web.tap("解决了")
    alone.web.tap("满意")
    alone.web.say("跳过")
    assert alone.town.case(number).status is Status.CLOSED


def test_the_silence_runs_from_the_sms(alone: Alone) -> None:
    number = alone.answered()
    alone.later(minutes=31)
    alone.phone.heard("解决了吗")
    alone.town.forward(workdays=8)
    assert alone.town.case(number).status is Status.CLOSED


def test_what_they_are_asked_for_comes_by_sms_and_so_does_its_reminder(alone: Alone) -> None:
    number = alone.handled()
    alone.handler.tell(number, "请补一张铭牌照片", "请求补充")
    alone.later(minutes=31)
    told = words(alone.phone.heard("铭牌照片"))
    assert number in told
    assert PAGE in told

    alone.town.forward(workdays=3)
    alone.phone.heard("等您补充")


def test_who_looks_at_the_page_gets_no_sms(alone: Alone) -> None:
    alone.answered()
    alone.web.back()
    alone.later(minutes=31)
    alone.phone.silent()


def test_nobody_is_woken_at_night_and_who_looked_meanwhile_is_told_nothing(alone: Alone) -> None:
    number = alone.handled()
    alone.town.forward(to="2026-03-03 19:50")
    alone.phone.read_all()
    alone.handler.answer(number, "已经装好通电")
    alone.town.forward(to="2026-03-03 23:00")
    alone.phone.silent()
    alone.web.back()
    alone.town.forward(to="2026-03-04 09:30")
    alone.phone.silent()


def test_an_anonymous_case_is_never_told_by_sms(alone: Alone) -> None:
    alone.answered("匿名")
    alone.later(minutes=31)
    alone.phone.silent()


def test_a_phone_that_takes_no_sms_is_called(alone: Alone) -> None:
    alone.phone.blocked = True
    number = alone.answered()
    alone.later(minutes=31)
    assert [call.case for call in alone.town.read(visits.owed_calls)] == [alone.town.case(number).id]


def test_a_landline_gets_no_sms(town: Town, desk: Official) -> None:
    alone = at_home(town, desk, "+867516123456")
    alone.answered()
    alone.later(minutes=31)
    alone.phone.silent()


def test_an_office_without_gateway_leaves_it_on_the_page(alone: Alone) -> None:
    alone.town.db.office = replace(alone.town.db.office, platforms=())
    alone.answered()
    alone.later(minutes=31)
    alone.phone.silent()
    alone.web.back()
    alone.web.heard("问题解决了吗")


def test_who_has_a_chat_that_is_written_to_hears_there_and_not_by_sms(alone: Alone) -> None:
    office = alone.town.db.office
    telegram = "https://t.me/hengyue_bot"
    alone.town.db.office = replace(office, telegram=telegram, platforms=("telegram", "sms"))
    chat = alone.town.phone("晓", Owner)
    alone.web.say("/device")
    code = alone.web.last.text.split("/join ")[1].split()[0]
    chat.say(f"/start join_{code}")
    alone.town.sleep(hours=0.1)
    alone.answered()
    alone.later(minutes=31)
    chat.heard("问题解决了吗")
    alone.phone.silent()
