"""A platform that counts strictly is never asked too often, and what it allows is used."""

from __future__ import annotations

from bisect import bisect_right
from math import inf
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.contract import Limits
from bot.pacing import MOST_REMEMBERED, Pace

TELEGRAM = Limits(a_second=30, private=3, private_seconds=3, group=20, group_seconds=60)


def fullest(moments: list[float], seconds: float) -> int:
    """The most of these moments that fall into any window of so many seconds, one end of it open."""
    ordered = sorted(moments)
    return max(bisect_right(ordered, at) - bisect_right(ordered, at - seconds) for at in ordered)


def bulk(limits: Limits, pushes: int, luck: Random, late: float, way: tuple[float, float]) -> list[float]:
    """When the platform counts pushes to as many people, over a line with such delays and a clock that rings late."""
    pace, now, counted = Pace(limits), 0.0, []
    answers: list[tuple[float, float, int]] = []
    for person in range(pushes):
        while (at := max(pace.push_at(now), pace.chat_at(person, now))) > now:
            ready = min(answers)[0] if answers else inf
            now = min(at + luck.uniform(0, late), ready)
            for answer in sorted(one for one in answers if one[0] <= now):
                answers.remove(answer)
                pace.answered(answer[2], answer[1], answer[0])
        pace.begin(now, reply=False)
        there = now + luck.uniform(*way)
        counted.append(there)
        answers.append((there + luck.uniform(*way), now, person))
    return counted


@pytest.mark.parametrize("way", [(0.0005, 0.0005), (0.0005, 0.004), (0.05, 0.05), (0.1, 0.104)])
def test_pushes_are_as_many_as_allowed_and_never_more(way: tuple[float, float]) -> None:
    counted = bulk(TELEGRAM, 10_000, Random(7), 0.003, way)
    allowed = 30 * (counted[-1] - counted[0])
    assert len(counted) / allowed >= 0.98
    assert fullest(counted, 1.0) <= 30


@given(st.integers(1, 2**32), st.floats(0, 0.5), st.floats(0, 0.2), st.floats(0, 0.2))
def test_on_no_line_is_the_limit_passed_by_more_than_its_unevenness_can_hide(
    seed: int, late: float, shortest: float, uneven: float
) -> None:
    counted = bulk(TELEGRAM, 150, Random(seed), late, (shortest, shortest + uneven))
    assert fullest(counted, 1.0 - 2 * uneven) <= 30


def test_slow_answers_at_the_start_do_not_mislead() -> None:
    pace, now, counted = Pace(TELEGRAM), 0.0, []
    for person in range(200):
        now = max(now, pace.push_at(now))
        pace.begin(now, reply=False)
        there = 0.3 if person < 3 else 0.001
        counted.append(now + there)
        now += there + 0.001
        pace.answered(person, counted[-1] - there, now)
    assert fullest(counted, 1.0) <= 30


def test_pushes_are_spread_and_not_sent_in_bursts() -> None:
    counted = bulk(TELEGRAM, 300, Random(1), 0.001, (0.001, 0.001))
    assert fullest(counted, 0.1) <= 6


def test_replies_never_wait_for_the_limit_of_all_and_pushes_make_room_for_them() -> None:
    pace = Pace(TELEGRAM)
    for person in range(30):
        pace.begin(0.0, reply=True)
        pace.answered(person, 0.0, 0.01)
    assert pace.chat_at(99, 0.02) == 0.02
    assert pace.push_at(0.02) >= 1.0


def test_a_flood_of_replies_holds_pushes_back_for_a_second_and_no_longer() -> None:
    pace = Pace(TELEGRAM)
    for person in range(1000):
        pace.begin(0.0, reply=True)
        pace.answered(person, 0.0, 0.01)
    assert pace.push_at(1.1) <= 1.1


@pytest.mark.parametrize(("group", "most", "seconds"), [(False, 3, 3.0), (True, 20, 60.0)])
def test_one_chat_gets_so_many_in_its_time_counted_from_the_answers(group: bool, most: int, seconds: float) -> None:
    pace = Pace(TELEGRAM)
    for n in range(most):
        assert pace.chat_at(7, n * 0.1) == n * 0.1
        pace.answered(7, n * 0.1, n * 0.1 + 0.05, group=group)
    opens = pace.chat_at(7, 2.5)
    assert opens == pytest.approx(0.05 + seconds, abs=0.01)
    assert opens > 0.05 + seconds
    assert pace.chat_at(8, 2.5) == 2.5
    assert pace.chat_at(7, opens) == opens


def test_an_album_counts_as_what_it_holds() -> None:
    pace = Pace(TELEGRAM)
    pace.answered(7, 0.0, 0.1, weight=2)
    assert pace.chat_at(7, 0.2) == 0.2
    pace.answered(7, 0.2, 0.3, weight=10)
    assert pace.chat_at(7, 0.4) > 3


def test_without_limits_nothing_waits() -> None:
    pace = Pace(Limits())
    for n in range(1000):
        pace.begin(0.0, reply=False)
        pace.answered(7, 0.0, 0.0)
        assert (pace.push_at(0.0), pace.chat_at(7, 0.0)) == (0.0, 0.0), n


def test_one_address_refused_is_its_own_affair_and_three_are_everybodys() -> None:
    pace = Pace(TELEGRAM)
    for _ in range(5):
        pace.refused(1, 7.0, 10.0)
    pace.refused(2, 40.0, 11.0)
    assert pace.push_at(11.0) == 11.0
    pace.refused(3, 20.0, 12.0)
    assert pace.push_at(12.0) == 19.0
    assert pace.chat_at(9, 12.0) == 12.0


def test_refusals_far_apart_mean_nothing_together() -> None:
    pace = Pace(TELEGRAM)
    for person in range(10):
        pace.refused(person, 60.0, person * 3.0)
    assert pace.push_at(30.0) == 30.0


def test_a_call_that_hangs_takes_one_place_and_does_not_stop_the_others() -> None:
    pace, sent, now = Pace(TELEGRAM), 0, 0.0
    pace.begin(0.0, reply=False)
    while now < 10:
        if (at := pace.push_at(now)) > now:
            now = at
        pace.begin(now, reply=False)
        pace.answered(sent, now, now + 0.001)
        sent += 1
    assert 285 <= sent <= 300


def test_chats_that_fell_silent_are_forgotten() -> None:
    pace = Pace(TELEGRAM)
    for person in range(3 * MOST_REMEMBERED):
        pace.answered(person, person * 0.01, person * 0.01)
    assert len(pace._chats) <= MOST_REMEMBERED


WECOM = Limits(private=30, private_seconds=60, private_an_hour=1000)


def sent_as_fast_as_allowed(pace: Pace, messages: int) -> list[float]:
    """When so many messages to one address go, one after the other."""
    now, moments = 0.0, []
    for _ in range(messages):
        now = max(now, pace.chat_at(7, now))
        pace.answered(7, now, now + 0.01)
        now += 0.01
        moments.append(now)
    return moments


def test_two_windows_of_one_address_are_both_kept_and_both_used() -> None:
    moments = sent_as_fast_as_allowed(Pace(WECOM), 2100)
    assert fullest(moments, 60) == 30
    assert fullest(moments, 3600) == 1000
    assert moments[999] < 60 * (1000 / 30)
    assert 3600 < moments[1000] < 3601


def test_the_hour_of_a_private_chat_is_not_a_groups() -> None:
    pace = Pace(Limits(group=20, group_seconds=60, private_an_hour=5))
    for n in range(10):
        pace.answered(1, n, n, group=True)
        pace.answered(2, n, n)
    assert pace.chat_at(1, 10) == 10
    assert pace.chat_at(2, 10) > 3600


def test_what_a_process_before_has_sent_counts() -> None:
    pace = Pace(WECOM)
    for n in range(30):
        pace.remember(7, -50.0 + n)
    assert 9.9 < pace.chat_at(7, 0.0) < 10.1
    assert pace.chat_at(8, 0.0) == 0.0
