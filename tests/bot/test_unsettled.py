"""What may be said twice after a kill is what is on its way: few at a time, and never fewer than the rate needs."""

from __future__ import annotations

from math import inf

import pytest

from bot.unsettled import LONG_SECONDS, Unsettled


def sent(
    channel: Unsettled, call: float, messages: int, now: float = 0.0, *, reply: bool = True, written: float = 0.0
) -> float:
    """When the last of so many messages was written down: each begun as soon as it may be, answered and then written
    down after so many seconds."""
    due: list[tuple[float, int, str]] = []

    def go_on() -> float:
        at, row, what = due.pop(0)
        if what == "answered":
            channel.answered(row, at)
            due.append((at + written, row, "settled"))
            due.sort()
        else:
            channel.settled(row, at)
        return at

    for row in range(messages):
        while (opens := channel.opens_at(now, reply=reply)) > now:
            now = go_on() if due and due[0][0] <= opens else opens
        channel.begin(row, now, reply=reply)
        due.append((now + call, row, "answered"))
        due.sort()
    while due:
        now = go_on()
    return now


EITHER = pytest.mark.parametrize("reply", [True, False])


@EITHER
def test_with_quick_answers_only_one_is_on_its_way(*, reply: bool) -> None:
    channel = Unsettled(30)
    assert sent(channel, 0.01, 100, reply=reply) == pytest.approx(1.0)
    assert channel.most(reply=reply) == 1


@EITHER
@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.5, 0.9])
def test_with_slow_answers_the_rate_is_kept(seconds: float, *, reply: bool) -> None:
    channel = Unsettled(30)
    begun = sent(channel, seconds, 100, reply=reply)
    assert sent(channel, seconds, 300, begun, reply=reply) - begun < 300 / 30


def test_a_slow_disk_lets_no_second_reply_go_at_a_quick_platform_and_costs_pushes_no_rate() -> None:
    channel = Unsettled(30)
    begun = sent(channel, 0.005, 100, written=0.06)
    assert channel.most(reply=True) == 1
    assert sent(channel, 0.005, 300, begun, reply=False, written=0.06) - begun < 300 / 30


def test_a_reply_waits_for_no_push() -> None:
    channel = Unsettled(30)
    channel.begin(1, 0.0, reply=False)
    assert channel.opens_at(0.0, reply=True) == 0.0
    assert channel.opens_at(0.0, reply=False) == LONG_SECONDS


def test_what_was_looked_up_before_the_call_is_no_slowness_of_the_platform() -> None:
    channel = Unsettled(30)
    for row in range(100):
        channel.begin(row, row, reply=True)
        channel.called(row, row + 0.9)
        channel.answered(row, row + 0.905)
        channel.settled(row, row + 0.91)
    assert channel.most(reply=True) == 1


@EITHER
def test_one_that_takes_long_makes_nobody_wait_for_it(*, reply: bool) -> None:
    channel = Unsettled(30)
    channel.begin(1, 0.0, reply=reply)
    assert channel.opens_at(0.0, reply=reply) == LONG_SECONDS
    assert channel.opens_at(LONG_SECONDS, reply=reply) == LONG_SECONDS


@EITHER
def test_what_was_answered_is_waited_for_until_it_is_written_down(*, reply: bool) -> None:
    channel = Unsettled(30)
    channel.begin(1, 0.0, reply=reply)
    channel.answered(1, 0.01)
    assert channel.opens_at(5 * LONG_SECONDS, reply=reply) == inf
    channel.settled(1, 5 * LONG_SECONDS)
    assert channel.opens_at(5 * LONG_SECONDS, reply=reply) == 5 * LONG_SECONDS


def test_without_a_rate_nobody_waits() -> None:
    channel = Unsettled(0)
    for row in range(100):
        assert channel.opens_at(0.0, reply=True) == 0.0
        channel.begin(row, 0.0, reply=True)


def test_what_was_not_called_at_all_says_nothing_of_how_fast_the_platform_is() -> None:
    channel = Unsettled(30)
    begun = sent(channel, 0.2, 100, reply=False)
    before = channel.most(reply=False)
    channel.begin(1000, begun, reply=False)
    channel.settled(1000, begun + 0.001)  # it was in line no more
    assert channel.most(reply=False) == before > 1
