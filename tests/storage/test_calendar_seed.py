"""What an office's calendar starts from."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

from domain.workdays import DayKind, Limit, SpecialDay
from storage.calendar_seed import KNOWN_FROM, KNOWN_THROUGH, seed
from tests.domain.calendars import real


def test_every_known_day_is_worked_or_not_as_the_notices_say():
    span = range((KNOWN_THROUGH - KNOWN_FROM).days + 1)
    every_day = [KNOWN_FROM + timedelta(days=i) for i in span]
    differing = [day for day in every_day if real().is_working(day) != chinese_calendar.is_workday(day)]
    assert len(every_day) > 20 * 365
    assert differing == []


def test_only_declared_days_are_listed_once_each_in_order():
    listed = [special.day for special in seed()]
    assert listed == sorted(set(listed))
    assert {special.kind for special in seed()} == {DayKind.HOLIDAY, DayKind.MAKEUP}


def test_a_holiday_at_a_weekend_is_a_holiday():
    assert SpecialDay(date(2021, 10, 2), DayKind.HOLIDAY, "国庆节") in seed()


def test_make_up_days_carry_the_name_of_their_holiday():
    assert SpecialDay(date(2021, 10, 9), DayKind.MAKEUP, "国庆节") in seed()


def test_names_are_chinese_and_written_in_full():
    names = {special.name for special in seed()}
    assert {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"} <= names
    assert all("\u4e00" <= name[0] <= "\u9fff" for name in names)


def test_the_last_days_of_the_last_year_wait_for_the_next_notice():
    last_listed = max(special.day for special in seed())
    assert date(2004, 1, 1) == KNOWN_FROM
    assert KNOWN_THROUGH.year == last_listed.year
    assert date(last_listed.year, 12, 20) < KNOWN_THROUGH < date(last_listed.year, 12, 29)


def test_the_calendar_knows_no_more_than_its_source():
    assert real().due(real().morning(KNOWN_THROUGH, real().opens), Limit(1)).provisional
