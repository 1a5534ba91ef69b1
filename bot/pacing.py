"""How fast one channel may send: pushes evenly spread, so many to one chat, and a rest where the platform wants one.

Nothing here waits or reads a clock: moments are seconds of any clock that only goes forward. What the platform counts,
it counts somewhere between our asking and its answer; a window that begins with the answer is therefore never fuller
there than here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from math import inf

from bot.channels.contract import Limits

#: A push that is late by so much may be made up for at once: timers are never quite on time.
SLACK_SECONDS = 0.1
#: How much longer than the platform's own our windows are: its clock and ours do not tick together.
MARGIN_SECONDS = 0.005
#: So many different addresses refused within so many seconds: it is not about them, all pushes rest.
REFUSED_ADDRESSES, REFUSED_SECONDS = 3, 5.0
HOUR_SECONDS = 3600.0
#: Beyond so many addresses, those whose windows are empty again are forgotten.
MOST_REMEMBERED = 10_000


class Window:
    """At most so many in any so many seconds."""

    __slots__ = ("_at", "_most", "_seconds")

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds + MARGIN_SECONDS
        self._at: deque[float] = deque(maxlen=most)

    def opens_at(self, now: float, out: int = 0) -> float:
        """When the next may go, `now` or earlier for at once; never before an answer while too many are out."""
        at = self._at
        while at and at[0] <= now - self._seconds:
            at.popleft()
        over = len(at) + out - self._most
        if over < 0:
            return now
        return at[over] + self._seconds if over < len(at) else inf

    def count(self, at: float, weight: int = 1) -> None:
        """So many were taken, at the latest at this moment."""
        self._at.extend([at] * weight)

    def is_empty(self, now: float) -> bool:
        """Whether nothing in it counts any more."""
        return not self._at or self._at[-1] <= now - self._seconds


class Windows:
    """Several windows at once: what goes through one goes through all."""

    __slots__ = ("_windows",)

    def __init__(self, limits: Sequence[tuple[int, float]]) -> None:
        self._windows = [Window(most, seconds) for most, seconds in limits]

    def opens_at(self, now: float) -> float:
        """When the next may go, `now` or earlier for at once."""
        return max(window.opens_at(now) for window in self._windows)

    def count(self, at: float, weight: int) -> None:
        """So many were taken, at the latest at this moment."""
        for window in self._windows:
            window.count(at, weight)

    def is_empty(self, now: float) -> bool:
        """Whether nothing in them counts any more."""
        return all(window.is_empty(now) for window in self._windows)


class Overall:
    """All messages of a bot together. Pushes are spread evenly; replies are counted with them and never wait.

    The window is held against the answers less the quickest answer there ever was: the way there and back costs the
    platform's count nothing, only its unevenness does.
    """

    def __init__(self, a_second: float) -> None:
        self._gap = 1 / a_second
        self._window = Window(max(1, int(a_second)), 1.0)
        self._next_at = -inf
        self._quickest = inf
        self._out = 0

    def push_at(self, now: float) -> float:
        """When the next push may go."""
        way = self._quickest if self._quickest < inf else 0.0
        opens = self._window.opens_at(now + way, self._out)
        return max(self._next_at, opens - way if opens > now + way else now)

    def begin(self, now: float, *, reply: bool) -> None:
        """One is on its way."""
        self._out += 1
        self._next_at = max(self._next_at, now - SLACK_SECONDS) + self._gap
        if reply:
            self._next_at = min(self._next_at, now + 1.0)

    def answered(self, begun: float, now: float, weight: int) -> None:
        """Its answer came, or none will; 0 for one that was not sent after all."""
        self._out -= 1
        if not weight:
            return
        self._quickest = min(self._quickest, now - begun)
        self._window.count(now, weight)


class Pace:
    """One channel's limits, and what was sent of late. address: any name of a chat; weight: messages in one call."""

    def __init__(self, limits: Limits) -> None:
        self._overall = Overall(limits.a_second) if limits.a_second else None
        self._chats: dict[int, Windows] = {}
        self._private = _limited((limits.private, limits.private_seconds), (limits.private_an_hour, HOUR_SECONDS))
        self._group = _limited((limits.group, limits.group_seconds))
        self._remembered = MOST_REMEMBERED
        self._refused: deque[tuple[float, int, float]] = deque()
        self._rest_until = -inf

    def push_at(self, now: float) -> float:
        """When the next push to anybody may go, `now` or earlier for at once; inf: not before an answer comes."""
        at = self._overall.push_at(now) if self._overall else now
        return max(at, self._rest_until)

    def chat_at(self, address: int, now: float) -> float:
        """When the next message to this address may go, whatever it is."""
        window = self._chats.get(address)
        return window.opens_at(now) if window else now

    def begin(self, now: float, *, reply: bool) -> None:
        """A message is on its way."""
        if self._overall:
            self._overall.begin(now, reply=reply)

    def answered(self, address: int, begun: float, now: float, *, group: bool = False, weight: int = 1) -> None:
        """What became of a message that was on its way is known; it counts whatever it is, but for a weight of 0."""
        if self._overall:
            self._overall.answered(begun, now, weight)
        if not weight:
            return
        window = self._chats.get(address) or self._opened(address, now, group=group)
        if window:
            window.count(now, weight)

    def remember(self, address: int, at: float, *, group: bool = False) -> None:
        """Another process sent something to this address then, in the order in which it did."""
        window = self._chats.get(address) or self._opened(address, at, group=group)
        if window:
            window.count(at, 1)

    def refused(self, address: int, seconds: float, now: float) -> None:
        """The platform wants this address left alone for so long: said of several, it means everybody."""
        self._refused.append((now, address, seconds))
        while self._refused[0][0] <= now - REFUSED_SECONDS:
            self._refused.popleft()
        if len({one for _at, one, _seconds in self._refused}) >= REFUSED_ADDRESSES:
            self._rest_until = max(self._rest_until, now + min(wanted for _at, _one, wanted in self._refused))

    def _opened(self, address: int, now: float, *, group: bool) -> Windows | None:
        limits = self._group if group else self._private
        if not limits:
            return None
        if len(self._chats) >= self._remembered:
            self._chats = dict(self._counting(now))
            self._remembered = max(MOST_REMEMBERED, 2 * len(self._chats))
        made = self._chats[address] = Windows(limits)
        return made

    def _counting(self, now: float) -> Iterator[tuple[int, Windows]]:
        return ((one, window) for one, window in self._chats.items() if not window.is_empty(now))


def _limited(*limits: tuple[int, float]) -> tuple[tuple[int, float], ...]:
    """The limits that are any: so many in so many seconds."""
    return tuple((most, seconds) for most, seconds in limits if most)
