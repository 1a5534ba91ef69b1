"""A strict server's count of what one bot sends: per private chat, per group and overall, edits among them."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rates:
    """How much may be sent; 0 is no limit. overall: so many in any second. The others: so many in so many seconds."""

    overall: int = 30
    private: int = 3
    private_seconds: float = 3.0
    group: int = 20
    group_seconds: float = 60.0


@dataclass
class Counter:
    """Counts in sliding windows. most: the most ever seen in a window, by its name."""

    rates: Rates
    _seen: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    most: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def too_fast(self, chat: int, now: float) -> float:
        """Count a call at `now`. Returns 0, or the seconds it would have to wait where it is one too many."""
        windows = [window for window in self._windows(chat) if window[1]]
        wait = max((self._wait(*window, now) for window in windows), default=0.0)
        if wait <= 0:
            for name, _, _ in windows:
                self._seen[name].append(now)
                kind = name.split(":", maxsplit=1)[0]
                self.most[kind] = max(self.most[kind], len(self._seen[name]))
        return wait

    def _windows(self, chat: int) -> tuple[tuple[str, int, float], ...]:
        rates = self.rates
        own = (
            (f"group:{chat}", rates.group, rates.group_seconds)
            if chat < 0
            else (f"private:{chat}", rates.private, rates.private_seconds)
        )
        return ("overall:", rates.overall, 1.0), own

    def _wait(self, name: str, most: int, seconds: float, now: float) -> float:
        seen = self._seen[name]
        while seen and seen[0] <= now - seconds:
            seen.popleft()
        return seen[0] + seconds - now if len(seen) >= most else 0.0
