"""Outbox to channels, a deliverer each, and who is told that something was queued."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.channels.contract import Channel
from bot.deliverer import Deliverer, Timing
from bot.lease import process_name
from storage.db import Database
from storage.transaction import Signal


class Delivery:
    """Sends what is queued for the channels that are written to; any number of processes may run one.

    owner: names this process for the leases, by default a name of its own. lease_seconds: after that long another
    process takes over from one that died. look_seconds: how often the queue is looked at without being woken.
    seconds: a clock that only goes forward, by which a channel's limits are kept.
    """

    def __init__(
        self,
        db: Database,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
        *,
        owner: str = "",
        lease_seconds: float = 10.0,
        look_seconds: float = 1.0,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        timing = Timing(clock, seconds, lease_seconds, look_seconds)
        owner = owner or process_name()
        self._deliverers = {name: Deliverer(db, channel, timing, owner) for name, channel in channels.items()}

    async def start(self) -> None:
        """Begin to send."""
        for deliverer in self._deliverers.values():
            deliverer.start()

    async def close(self) -> None:
        """Let the calls that are out end, write down what became of them, and give the channels up."""
        await asyncio.gather(*(deliverer.close() for deliverer in self._deliverers.values()))

    def wake(self, channel: str) -> None:
        """Look at the queue of a channel now: something was queued, or the clock has jumped."""
        if channel in self._deliverers:
            self._deliverers[channel].wake()

    def heard(self, signals: list[Signal]) -> None:
        """What a commit has signalled: where something was queued, the channel wakes."""
        for channel in {signal[1] for signal in signals if signal[0] == "outbox"}:
            if channel in self._deliverers:
                self._deliverers[str(channel)].wake(new=True)
