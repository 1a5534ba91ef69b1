"""How many messages may be on their way at once: what a kill can make us say twice is exactly these.

A message is unsettled from the call until its fate is written down. No more are needed at a time than the platform's
own rate asks for at the speed it answers: thirty a second at a tenth of a second each are three. One that takes long
makes nobody else wait.

Of answers to people there are as few as the platform alone makes necessary: where it is quick, one, however slow our
own disk is. Pushes keep the rate also with what our writing takes.
"""

from __future__ import annotations

import math
from collections import deque

#: As many as the rate needs, times this, so that answers to people catch up after a rush, and whole ones of these.
SPARE = 2.5
#: A call that is out for so long is not waited for any more.
LONG_SECONDS = 1.0
#: The quickest of so many is how fast the platform answers; the others waited for something of ours.
LATEST = 32


class Unsettled:
    """The messages of one channel that are on their way. a_second: its rate, 0 for none; then nobody waits here.

    Moments are seconds of any clock that only goes forward.
    """

    def __init__(self, a_second: float) -> None:
        self._a_second = a_second
        self._begun: dict[int, float] = {}
        self._replies: set[int] = set()
        self._answered: set[int] = set()
        self._called: deque[float] = deque((0.0,), maxlen=LATEST)
        self._took: deque[float] = deque((0.0,), maxlen=LATEST)

    def most(self, *, reply: bool) -> int:
        """How many may be on their way at once: replies by how quickly the platform answered of late, all together by
        how quickly they were settled."""
        return max(1, math.floor(SPARE * self._a_second * min(self._called if reply else self._took)))

    def opens_at(self, now: float, *, reply: bool) -> float:
        """When the next may go, `now` for at once; earlier where another is settled before, inf: not before that.

        A reply waits for other replies alone.
        """
        if not self._a_second:
            return now
        out = self._replies if reply else self._begun
        young = [begun for row in out if row not in self._answered and (begun := self._begun[row]) > now - LONG_SECONDS]
        if len(young) + sum(row in out for row in self._answered) < self.most(reply=reply):
            return now
        return min(young, default=math.inf) + LONG_SECONDS

    def begin(self, row: int, now: float, *, reply: bool) -> None:
        """A row is on its way."""
        self._begun[row] = now
        if reply:
            self._replies.add(row)

    def called(self, row: int, now: float) -> None:
        """The platform is called only now: before, we looked something up or wrote it down."""
        self._begun[row] = now

    def answered(self, row: int, now: float) -> None:
        """The platform has answered; however long it takes to write that down, it is waited for."""
        self._answered.add(row)
        self._called.append(min(LONG_SECONDS, now - self._begun[row]))

    def settled(self, row: int, now: float) -> None:
        """What became of a row is written down; one that was not called tells nothing of how long it takes."""
        begun = self._begun.pop(row, now)
        if row in self._answered:
            self._took.append(min(LONG_SECONDS, now - begun))
        self._answered.discard(row)
        self._replies.discard(row)
