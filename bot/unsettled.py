"""How many messages may be on their way at once: what a kill can make us say twice is exactly these.

A message is unsettled from the call until its fate is written down. No more are needed at a time than the platform's
own rate asks for at the speed it answers: thirty a second at a tenth of a second each are three. One that takes long
makes nobody else wait.
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
        self._answered: set[int] = set()
        self._took: deque[float] = deque((0.0,), maxlen=LATEST)

    def most(self) -> int:
        """How many may be on their way at once, by how quickly they were settled of late."""
        return max(1, math.floor(SPARE * self._a_second * min(self._took)))

    def opens_at(self, now: float) -> float:
        """When the next may go, `now` for at once; earlier where another is settled before, inf: not before that."""
        if not self._a_second:
            return now
        young = [begun for row, begun in self._begun.items() if row not in self._answered]
        young = [begun for begun in young if begun > now - LONG_SECONDS]
        if len(young) + len(self._answered) < self.most():
            return now
        return min(young, default=math.inf) + LONG_SECONDS

    def begin(self, row: int, now: float) -> None:
        """A row is on its way."""
        self._begun[row] = now

    def answered(self, row: int) -> None:
        """The platform has answered; however long it takes to write that down, it is waited for."""
        if row in self._begun:
            self._answered.add(row)

    def settled(self, row: int, now: float) -> None:
        """What became of a row is written down."""
        self._answered.discard(row)
        self._took.append(min(LONG_SECONDS, now - self._begun.pop(row, now)))
