"""How often something was done lately (sheet 1.11)."""

from __future__ import annotations

from collections import defaultdict, deque


class Windows:
    """Counts in sliding windows, each by its key; most: the most ever seen in one, by the window's name."""

    def __init__(self) -> None:
        self._seen: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)
        self.most: defaultdict[str, int] = defaultdict(int)

    def full(self, name: str, key: str, most: int, seconds: float, now: float) -> bool:
        """Count one at `now`; True, and not counted, where it is one too many."""
        seen = self._seen[name, key]
        while seen and seen[0] <= now - seconds:
            seen.popleft()
        if len(seen) >= most:
            return True
        seen.append(now)
        self.most[name] = max(self.most[name], len(seen))
        return False
