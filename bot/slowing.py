"""How often somebody may ask: a token bucket for each who asks, kept in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from time import monotonic

#: So many who ask are remembered; beyond that the ones whose bucket is full again are forgotten.
MOST_REMEMBERED = 10_000


@dataclass
class TokenBuckets:
    """For each who asks: `burst` at once, then `per_minute`. seconds: a clock that only goes forward."""

    burst: int
    per_minute: float
    seconds: Callable[[], float] = monotonic
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def wait_seconds(self, who: str) -> int:
        """0 where this one may go ahead, which is counted; otherwise after how many seconds they may."""
        now = self.seconds()
        left = self._filled(who, now)
        if left >= 1:
            self._left[who] = (left - 1, now)
            self._forget(now)
            return 0
        return ceil((1 - left) * 60 / self.per_minute)

    def give_back(self, who: str) -> None:
        """What was counted does not count after all."""
        now = self.seconds()
        self._left[who] = (min(float(self.burst), self._filled(who, now) + 1), now)

    def _filled(self, who: str, now: float) -> float:
        left, at = self._left.get(who, (float(self.burst), now))
        return min(float(self.burst), left + (now - at) * self.per_minute / 60)

    def _forget(self, now: float) -> None:
        if len(self._left) > MOST_REMEMBERED:
            spent = {who: kept for who, kept in self._left.items() if self._filled(who, now) < self.burst - 1}
            self._left = dict(list(spent.items())[-MOST_REMEMBERED // 2 :])
