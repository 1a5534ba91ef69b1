"""What may be said twice after a kill is what is on its way: few at a time, and never fewer than the rate needs."""

from __future__ import annotations

from math import inf

import pytest

from bot.unsettled import LONG_SECONDS, Unsettled


def sent(channel: Unsettled, seconds: float, messages: int, now: float = 0.0) -> float:
    """When the last of so many messages was begun: each as soon as it may be, and answered after so many seconds."""
    out: list[tuple[float, int]] = []
    for row in range(messages):
        while (opens := channel.opens_at(now)) > now:
            at, settled = out.pop(0) if out else (inf, 0)
            now = min(opens, at)
            if at <= opens:
                channel.settled(settled, now)
        channel.begin(row, now)
        out.append((now + seconds, row))
    for at, row in out:
        channel.settled(row, at)
    return now + seconds


def test_with_quick_answers_only_one_is_on_its_way() -> None:
    channel = Unsettled(30)
    assert sent(channel, 0.01, 100) == pytest.approx(1.0)
    assert channel.most() == 1


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.5, 0.9])
def test_with_slow_answers_the_rate_is_kept(seconds: float) -> None:
    channel = Unsettled(30)
    begun = sent(channel, seconds, 100)
    assert sent(channel, seconds, 300, begun) - begun < 300 / 30


def test_one_that_takes_long_makes_nobody_wait_for_it() -> None:
    channel = Unsettled(30)
    channel.begin(1, 0.0)
    assert channel.opens_at(0.0) == LONG_SECONDS
    assert channel.opens_at(LONG_SECONDS) == LONG_SECONDS


def test_what_was_answered_is_waited_for_until_it_is_written_down() -> None:
    channel = Unsettled(30)
    channel.begin(1, 0.0)
    channel.answered(1)
    assert channel.opens_at(5 * LONG_SECONDS) == inf
    channel.settled(1, 5 * LONG_SECONDS)
    assert channel.opens_at(5 * LONG_SECONDS) == 5 * LONG_SECONDS


def test_without_a_rate_nobody_waits() -> None:
    channel = Unsettled(0)
    for row in range(100):
        assert channel.opens_at(0.0) == 0.0
        channel.begin(row, 0.0)
