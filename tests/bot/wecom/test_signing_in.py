"""How often codes are asked about: strangers are held up, a building that comes in is not."""

from __future__ import annotations

from bot.channels.wecom.signing_in import ALL, MEMBER, SOURCE, Tries


class Seconds:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def forged(tries: Tries, times: int, source: str, member: str = "") -> int:
    """Wrong codes from a source; returns about how many WeCom was asked."""
    return sum(tries.wait_seconds(source, member) == 0 for _time in range(times))


def test_wrong_codes_of_one_source_are_asked_about_so_often_and_again_in_time() -> None:
    clock = Seconds()
    tries = Tries(clock)
    assert forged(tries, 1000, "10.0.0.1") == SOURCE
    assert tries.wait_seconds("10.0.0.1", "") == 1
    assert forged(tries, 1, "10.0.0.2") == 1
    clock.now += 60
    assert forged(tries, 1000, "10.0.0.1") == SOURCE


def test_many_sources_together_are_held_too_and_nothing_is_taken_from_a_source_that_was() -> None:
    clock = Seconds()
    tries = Tries(clock)
    assert sum(forged(tries, 20, f"10.0.1.{n}") for n in range(100)) == ALL
    assert tries.wait_seconds("10.9.9.9", "") == 1
    clock.now += 60
    assert forged(tries, SOURCE, "10.9.9.9") == SOURCE


def test_a_building_that_comes_in_is_not_held() -> None:
    tries = Tries(Seconds())
    for _colleague in range(2000):
        assert tries.wait_seconds("10.0.0.1", "") == 0
        tries.give_back("10.0.0.1", "")


def test_who_was_in_before_comes_in_while_strangers_try_codes_from_the_same_address() -> None:
    tries = Tries(Seconds())
    forged(tries, 1000, "10.0.0.1")
    assert forged(tries, 1000, "10.0.0.1", "zhang") == MEMBER
    assert forged(tries, 1, "10.0.0.1", "li") == 1
