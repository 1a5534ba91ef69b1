"""What the clock promises, for any calendar and for the real one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.workdays import (
    Calendar,
    Counted,
    DayKind,
    Due,
    Limit,
    Pause,
    Unit,
)
from tests.domain.calendars import (
    calendars,
    counts,
    days,
    declared,
    ended_pauses,
    limits,
    moment,
    moments,
    pauses,
    real,
)

ONE_DAY = timedelta(days=1)


def walked(calendar: Calendar, day: date, n: int, pauses: tuple[Pause, ...]) -> date:
    """Adding by going from day to day, as a person with a wall calendar would."""
    while n:
        day += ONE_DAY
        paused = any(p.until is not None and p.after < day <= p.until for p in pauses)
        n -= calendar.is_working(day) and not paused
    return day


# --- for any calendar


@given(calendars, days, counts, pauses)
def test_adding_gives_the_day_a_person_finds_by_counting(calendar, day, n, pauses):
    assert calendar.add(day, n, pauses) == walked(calendar, day, n, pauses)


@given(calendars, moments, limits, pauses, days, st.sampled_from([DayKind.HOLIDAY, DayKind.CLOSURE]))
def test_a_holiday_never_brings_a_deadline_nearer(calendar, at, limit, pauses, holiday, kind):
    more_holidays = declared(calendar, holiday, kind)
    assert more_holidays.due(at, limit, pauses).at >= calendar.due(at, limit, pauses).at


@given(calendars, moments, limits, pauses, days)
def test_a_make_up_day_never_pushes_a_deadline_away(calendar, at, limit, pauses, makeup):
    more_work = declared(calendar, makeup, DayKind.MAKEUP)
    assert more_work.due(at, limit, pauses).at <= calendar.due(at, limit, pauses).at


@given(calendars, days, counts, counts, pauses)
def test_n_and_m_days_equal_n_days_then_m_days(calendar, day, n, m, pauses):
    assert calendar.add(day, n + m, pauses) == calendar.add(calendar.add(day, n, pauses), m, pauses)


@given(calendars, days, counts, pauses)
def test_counting_is_the_inverse_of_adding(calendar, day, n, pauses):
    assert calendar.count(day, calendar.add(day, n, pauses), pauses) == n


@given(calendars, days, days, days, pauses)
def test_counts_of_two_neighbouring_spans_add_up(calendar, one, two, three, pauses):
    start, middle, end = sorted([one, two, three])
    parts = calendar.count(start, middle, pauses) + calendar.count(middle, end, pauses)
    assert calendar.count(start, end, pauses) == parts


@given(calendars, days, days)
def test_nothing_is_counted_backwards(calendar, one, two):
    earlier, later = sorted([one, two])
    assert calendar.count(later, earlier) == 0


@given(calendars, moments, limits, pauses, ended_pauses)
def test_a_pause_never_brings_a_deadline_nearer(calendar, at, limit, pauses, another):
    assert calendar.due(at, limit, (*pauses, another)).at >= calendar.due(at, limit, pauses).at


@given(calendars, days, counts, st.integers(1, 60))
def test_going_back_undoes_going_on(calendar, day, n, before):
    worked = calendar.next_working_day(day)
    assert calendar.back(calendar.add(worked, n), n) == worked
    assert calendar.add(calendar.back(worked, before), before) == worked


@given(calendars, days, st.integers(1, 60))
def test_the_nth_day_before_leaves_n_days_to_the_day_itself(calendar, day, n):
    earlier = calendar.back(day, n)
    assert calendar.is_working(earlier)
    assert calendar.count(earlier, day - ONE_DAY) == n - 1


@given(calendars, moments, st.integers(1, 60), pauses)
def test_an_explanation_counts_exactly_the_limit_and_ends_on_the_due_day(calendar, at, n, pauses):
    told = calendar.explain(at, Limit(n), pauses)
    assert sum(day.counted for day in told) == n
    assert [day.number for day in told if day.counted] == list(range(1, n + 1))
    assert (told[0].day, told[0].reason) == (calendar.today(at), "start")


@given(calendars, moments, limits, pauses)
def test_every_explanation_goes_day_by_day_and_agrees_with_the_deadline(calendar, at, limit, pauses):
    due, told = calendar.due(at, limit, pauses), calendar.explain(at, limit, pauses)
    assert [day.day for day in told] == [told[0].day + i * ONE_DAY for i in range(len(told))]
    assert (told[-1].day, told[-1].counted) == (due.day, True)
    assert due.provisional == any(day.provisional for day in told)
    assert calendar.today(due.at) == due.day


@given(calendars, moments, limits, pauses)
def test_a_deadline_ends_in_office_time_and_never_before_it_began(calendar, at, limit, pauses):
    due = calendar.due(at, limit, pauses)
    assert due.at >= at
    assert calendar.is_working(due.day)
    assert calendar.opens <= calendar.local(due.at).time() <= calendar.closes


@given(calendars, moments, st.integers(0, 40), st.integers(0, 40))
def test_more_office_hours_never_end_earlier(calendar, at, hours, more):
    sooner = calendar.due(at, Limit(hours, Unit.HOURS))
    assert calendar.due(at, Limit(hours + more, Unit.HOURS)).at >= sooner.at + timedelta(hours=more)


# --- for the real calendar


@given(st.dates(date(2004, 1, 1), date(2026, 6, 30)), counts, pauses)
def test_every_year_known_is_counted_as_a_person_counts(day, n, pauses):
    assert real().add(day, n, pauses) == walked(real(), day, n, pauses)


@given(st.dates(date(2004, 1, 1), date(2026, 6, 30)), st.dates(date(2004, 1, 1), date(2026, 12, 31)), counts)
def test_one_more_day_off_in_any_known_year_brings_nothing_nearer(day, holiday, n):
    assert declared(real(), holiday, DayKind.HOLIDAY).add(day, n) >= real().add(day, n)


@pytest.mark.parametrize("day", [date(2021, 9, 26), date(2021, 10, 9), date(2022, 1, 29), date(2022, 1, 30)], ids=str)
def test_make_up_days_at_weekends_are_worked_and_named(day):
    assert day.weekday() >= 5
    assert (real().kind(day), real().is_working(day)) == (DayKind.MAKEUP, True)
    assert real().name(day) in {"国庆节", "春节"}


def test_silence_accepts_the_firework_papers_on_the_third_working_day():
    """Friday 8 October 2021; Saturday 9 is made up, Sunday is off, Monday and Tuesday are worked."""
    due = real().due(moment("2021-10-08 10:00"), Limit(3))
    assert due == Due(moment("2021-10-12 17:30"), date(2021, 10, 12), False, 1)
    reasons = [(day.day.day, day.reason, day.number) for day in real().explain(moment("2021-10-08 10:00"), Limit(3))]
    assert reasons == [
        (8, "start", None),
        (9, "makeup", 1),
        (10, "weekend", None),
        (11, "workday", 2),
        (12, "workday", 3),
    ]


def test_twenty_working_days_after_that_acceptance():
    accepted = real().due(moment("2021-10-08 10:00"), Limit(3)).at
    assert real().due(accepted, Limit(20)).at == moment("2021-11-09 17:30")


def test_the_national_holiday_and_its_two_make_up_days_in_one_span():
    """27 to 30 September are 3 days after Monday 27, 8 October is the 4th, Saturday 9 the 5th."""
    assert real().due(moment("2021-09-23 15:00"), Limit(3)).day == date(2021, 9, 27)
    assert real().due(moment("2021-09-27 17:30"), Limit(5)).day == date(2021, 10, 9)
    assert real().due(moment("2021-09-27 17:30"), Limit(20)).day == date(2021, 10, 29)


def test_the_spring_festival_of_2022():
    told = real().explain(moment("2022-01-28 09:00"), Limit(3))
    assert [day.day for day in told if day.counted] == [
        date(2022, 1, 29),
        date(2022, 1, 30),
        date(2022, 2, 7),
    ]
    assert told[3] == Counted(date(2022, 1, 31), False, "holiday", "春节", None, False)
    assert [day.reason for day in told[3:10]] == ["holiday"] * 7


def test_how_late_is_counted_in_working_days():
    assert real().count(date(2022, 1, 28), date(2022, 2, 8)) == 4
    assert real().count(date(2022, 1, 28), date(2022, 1, 28)) == 0


def test_a_year_without_its_notice_is_provisional_from_its_first_day():
    known = real().due(moment("2026-12-01 10:00"), Limit(3))
    told = real().explain(moment("2026-12-25 10:00"), Limit(5))
    assert not known.provisional
    assert real().due(moment("2026-12-25 10:00"), Limit(5)).day == date(2027, 1, 1)
    assert real().due(moment("2026-12-25 10:00"), Limit(5)).provisional
    assert [told[0].provisional, told[-1].provisional] == [False, True]
    assert real().due(moment("2027-03-01 10:00"), Limit(1)).provisional


def test_what_lies_before_the_known_years_is_settled_by_weekday():
    assert real().due(moment("2003-10-01 10:00"), Limit(1)) == Due(
        moment("2003-10-02 17:30"), date(2003, 10, 2), False, 1
    )
