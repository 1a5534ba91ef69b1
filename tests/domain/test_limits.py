"""Limits of months and hours, pauses, the office's own clock, and what a recomputation may change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given

from domain.workdays import (
    Counted,
    DayKind,
    Due,
    Limit,
    Pause,
    SpecialDay,
    Unit,
    later_of,
    paused_so_far,
)
from tests.domain.calendars import calendar_of, calendars, limits, moment, moments, real

STORM = SpecialDay(date(2021, 7, 21), DayKind.CLOSURE, "暴雨停工")


# --- pauses


def test_a_paused_day_is_shown_and_not_counted():
    told = calendar_of().explain(moment("2021-06-07 10:00"), Limit(3), (Pause(date(2021, 6, 8), date(2021, 6, 14)),))
    assert [day.reason for day in told] == [
        *("start", "workday", "pause", "pause", "pause", "weekend", "weekend", "pause", "workday", "workday"),
    ]


def test_pauses_that_overlap_are_not_given_back_twice():
    pauses = (Pause(date(2021, 6, 8), date(2021, 6, 10)), Pause(date(2021, 6, 7), date(2021, 6, 9)))
    assert calendar_of().add(date(2021, 6, 7), 1, pauses) == date(2021, 6, 11)


def test_a_running_pause_shows_the_earliest_end_and_moves_on_from_day_to_day():
    running, asked = (Pause(date(2021, 6, 8), None),), moment("2021-06-07 10:00")
    due = calendar_of().due(asked, Limit(3), running)
    so_far = [paused_so_far(running, date(2021, 6, day)) for day in (7, 8, 9, 10)]
    assert (due.day, due.provisional) == (date(2021, 6, 10), True)
    assert [calendar_of().due(asked, Limit(3), p).day.day for p in so_far] == [10, 10, 11, 14]


def test_a_limit_that_ended_before_the_pause_is_final():
    assert not calendar_of().due(moment("2021-06-07 10:00"), Limit(1), (Pause(date(2021, 6, 8), None),)).provisional


# --- months and hours


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2021-01-31", 1, "2021-03-01"),  # 28 February is a Sunday
        ("2022-01-31", 1, "2022-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2022-10-31", 1, "2022-11-30"),
        ("2021-12-15", 1, "2022-01-17"),  # 15 January is a Saturday
        ("2021-08-31", 18, "2023-02-28"),
    ],
)
def test_months_end_on_the_same_date_or_the_last_of_a_short_month(start, months, end):
    due = calendar_of().due(moment(f"{start} 10:00"), Limit(months, Unit.MONTHS))
    assert due.at == moment(f"{end} 17:30")


def test_a_month_that_ends_in_a_holiday_ends_after_it():
    assert real().due(moment("2021-09-01 10:00"), Limit(1, Unit.MONTHS)).day == date(2021, 10, 8)


def test_a_month_counts_every_day_and_gives_paused_ones_back():
    limit, pause = Limit(1, Unit.MONTHS), (Pause(date(2021, 6, 3), date(2021, 6, 8)),)
    told = calendar_of().explain(moment("2021-06-01 10:00"), limit, pause)
    assert (told[-1].day, sum(day.counted for day in told)) == (date(2021, 7, 6), 30)
    assert [day.day.day for day in told if day.reason == "pause"] == [4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2021-06-07 10:00", 4, "2021-06-07 14:00"),
        ("2021-06-07 13:30", 4, "2021-06-07 17:30"),
        ("2021-06-07 16:00", 4, "2021-06-08 11:00"),
        ("2021-06-11 16:00", 24, "2021-06-16 13:00"),
        ("2021-06-12 12:00", 9, "2021-06-14 17:30"),
        ("2021-06-07 06:00", 1, "2021-06-07 09:30"),
        ("2021-06-07 17:30", 1, "2021-06-08 09:30"),
    ],
)
def test_hours_run_while_the_office_is_open(start, hours, end):
    assert calendar_of().due(moment(start), Limit(hours, Unit.HOURS)).at == moment(end)


def test_hours_do_not_run_on_a_paused_day():
    pause = (Pause(date(2021, 6, 7), date(2021, 6, 8)),)
    due = calendar_of().due(moment("2021-06-07 16:30"), Limit(3, Unit.HOURS), pause)
    assert due.at == moment("2021-06-09 10:30")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2021-06-07 10:00", "2021-06-07 17:30"),
        ("2021-06-07 17:30", "2021-06-08 17:30"),
        ("2021-06-12 10:00", "2021-06-14 17:30"),
    ],
)
def test_the_same_day_means_the_next_one_when_the_office_is_closed(start, end):
    assert calendar_of().due(moment(start), Limit(0)).at == moment(end)


# --- the office's own clock


def test_the_office_counts_from_its_own_date():
    """Half past midnight in Beijing is still the day before in UTC."""
    due = calendar_of().due(datetime(2021, 6, 7, 16, 30, tzinfo=UTC), Limit(1))
    assert due.day == date(2021, 6, 9)


def test_the_same_instant_gives_the_same_deadline_whatever_zone_it_is_written_in():
    instant = moment("2021-06-07 10:00")
    elsewhere = instant.astimezone(timezone(timedelta(hours=-7)))
    assert calendar_of().due(elsewhere, Limit(2)) == calendar_of().due(instant, Limit(2))


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        calendar_of().due(moment("2021-06-07 10:00").replace(tzinfo=None), Limit(1))


@pytest.mark.parametrize(
    ("at", "open_now", "next_time"),
    [
        ("2021-10-08 08:29", False, "2021-10-08 08:30"),
        ("2021-10-08 08:30", True, "2021-10-08 08:30"),
        ("2021-10-08 17:29", True, "2021-10-09 08:30"),
        ("2021-10-09 17:30", False, "2021-10-11 08:30"),
        ("2021-10-03 12:00", False, "2021-10-08 08:30"),
    ],
)
def test_office_hours_and_the_next_opening(at, open_now, next_time):
    assert real().within_office_hours(moment(at)) is open_now
    assert real().next_opening(moment(at)) == moment(next_time)


def test_an_office_has_hours_of_its_own():
    early = calendar_of(opens=time(7, 0), closes=time(12, 0))
    assert early.due(moment("2021-06-07 11:00"), Limit(2, Unit.HOURS)).at == moment("2021-06-08 08:00")
    assert early.morning(date(2021, 6, 7), time(9, 15)) == moment("2021-06-07 09:15")


# --- closures and recomputation


def test_a_storm_closure_is_not_counted_and_says_why():
    told = calendar_of([STORM]).explain(moment("2021-07-20 10:00"), Limit(1))
    assert told[1] == Counted(STORM.day, False, "closure", "暴雨停工", None, False)
    assert told[-1].day == date(2021, 7, 22)


def test_a_date_once_told_never_moves_nearer():
    told = Due(moment("2027-01-08 17:30"), date(2027, 1, 8), True, 1)
    nearer = Due(moment("2027-01-07 17:30"), date(2027, 1, 7), False, 2)
    farther = Due(moment("2027-01-11 17:30"), date(2027, 1, 11), False, 2)
    assert later_of(told, farther) == farther
    assert later_of(told, nearer) == Due(told.at, told.day, False, 1)


@given(calendars, calendars, moments, limits)
def test_no_recomputation_moves_a_date_nearer(old, new, at, limit):
    told = old.due(at, limit)
    assert later_of(told, new.due(at, limit)).at == max(told.at, new.due(at, limit).at)


# --- what cannot be


@pytest.mark.parametrize(
    "build",
    [
        lambda: SpecialDay(date(2021, 6, 5), DayKind.WEEKEND, "周六"),
        lambda: Limit(-1),
        lambda: Pause(date(2021, 6, 8), date(2021, 6, 7)),
        lambda: calendar_of(opens=time(18, 0)),
        lambda: calendar_of(known_through=date(1999, 12, 31)),
        lambda: replace(calendar_of(), specials={date(2021, 6, 8): STORM}),
        lambda: calendar_of().add(date(2021, 6, 7), -1),
        lambda: calendar_of().back(date(2021, 6, 7), -1),
    ],
)
def test_nonsense_is_refused(build):
    with pytest.raises(ValueError, match=r"."):
        build()
