"""Pauses of a deadline: the days that do not count while the owner is asked for more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True)
class Pause:
    """Days in (after, until] do not count. Without `until` it is still running: see `paused_so_far`."""

    after: date
    until: date | None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.after:
            raise ValueError(f"a pause after {self.after} cannot end on {self.until}")


def paused_so_far(pauses: Iterable[Pause], today: date) -> tuple[Pause, ...]:
    """The pauses as they stand: one still running has lasted through `today`."""
    return tuple(replace(p, until=max(p.after, today)) if p.until is None else p for p in pauses)


def stretches(pauses: Iterable[Pause], start: date) -> list[tuple[int, int]]:
    """The paused days after `start` as day ordinals (after, until], in order and joined where they touch.

    A running pause has no days yet.
    """
    joined: list[tuple[int, int]] = []
    first = start.toordinal()
    for begin, until in sorted((p.after.toordinal(), p.until.toordinal()) for p in pauses if p.until is not None):
        after = max(begin, first)
        if joined and after <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(until, joined[-1][1]))
        elif after < until:
            joined.append((after, until))
    return joined


def is_paused(day: date, pauses: Iterable[Pause]) -> bool:
    return any(p.until is not None and p.after < day <= p.until for p in pauses)


def running_before(day: date, pauses: Iterable[Pause]) -> bool:
    """Whether a pause that is still running began before `day`."""
    return any(p.until is None and p.after < day for p in pauses)
