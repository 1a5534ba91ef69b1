"""How often codes of whoever opens the page are asked about at WeCom, which counts what an office asks.

A code that WeCom knows costs nothing: a whole building may come in at once. Whoever has been in before, by a cookie
that only a sign-in gives, is not held up by strangers who try codes from the same address.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from bot.slowing import TokenBuckets

#: A source's codes under way or wrong, at once and a minute; of all sources together; of one who has been in before.
SOURCE, ALL, MEMBER = 60, 300, 10
#: The one bucket of all.
EVERYBODY = ""


class Tries:
    """seconds: a clock that only goes forward."""

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        self._sources, self._all, self._members = (
            TokenBuckets(most, float(most), seconds) for most in (SOURCE, ALL, MEMBER)
        )

    def wait_seconds(self, source: str, member: str) -> int:
        """0 where WeCom may be asked, which is counted; otherwise after how many seconds. member: "" for a stranger."""
        if member:
            return self._members.wait_seconds(member)
        if seconds := self._sources.wait_seconds(source):
            return seconds
        if seconds := self._all.wait_seconds(EVERYBODY):
            self._sources.give_back(source)
        return seconds

    def give_back(self, source: str, member: str) -> None:
        """WeCom knew the code, or could not say."""
        if member:
            self._members.give_back(member)
            return
        self._sources.give_back(source)
        self._all.give_back(EVERYBODY)
