"""Outbox to channels: in order per address, replies first, tried again where that helps, never a row forgotten."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

import structlog

from bot.channels.contract import Channel
from bot.hand import Hand
from bot.lease import Lease, process_name
from bot.verdicts import Verdict, judged, place_of, record, taken, without_consequences
from storage import outgoing
from storage.db import Database, Unavailable
from storage.engines import is_sqlite
from storage.outbox import Priority
from storage.outgoing import Outgoing
from storage.transaction import Signal

log = structlog.get_logger()

#: Calls out at a time, per channel.
PARALLEL = 32
#: Rows read in one look, and marked in one call.
BATCH = 500
#: So many ids below the largest seen are read again: on PostgreSQL a smaller id may be committed after a larger one.
OVERLAP = 1000
#: A channel that has not answered by then is taken to have broken in the middle.
CALL_SECONDS = 60.0
#: How long closing waits for calls that are out.
CLOSE_SECONDS = 10.0


class Delivery:
    """Sends what is queued for the channels that are written to; any number of processes may run one.

    owner: names this process for the leases, by default a name of its own. lease_seconds: after that long another
    process takes over from one that died. look_seconds: how often the queue is looked at without being woken.
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
    ) -> None:
        owner = owner or process_name()
        self._deliverers = {
            name: Deliverer(db, channel, clock, owner, lease_seconds, look_seconds)
            for name, channel in channels.items()
        }

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


class Deliverer:
    """One channel's sender. Only the holder of its lease sends, and only while the lease surely lasts."""

    def __init__(
        self,
        db: Database,
        channel: Channel,
        clock: Callable[[], datetime],
        owner: str,
        lease_seconds: float,
        look_seconds: float,
    ) -> None:
        self._db, self._channel, self._clock, self._look_seconds = db, channel, clock, look_seconds
        self._lease = Lease(db, f"deliver:{channel.name}", owner, lease_seconds)
        self._overlap = 0 if is_sqlite(db.url) else OVERLAP
        self._woken = asyncio.Event()
        self._only_new = False
        self._whole_at = 0.0
        self._hand = Hand()
        self._calls: set[asyncio.Task[None]] = set()
        self._verdicts: list[Verdict] = []
        self._judged = asyncio.Event()
        self._life: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin."""
        self._life = [asyncio.create_task(self._looking()), asyncio.create_task(self._recording())]

    async def close(self) -> None:
        """Stop looking, wait for the calls that are out, write down what is known, give the lease back."""
        if not self._life:
            return
        looking, recording = self._life
        self._lease.distrust()
        await cancelled(looking)
        if self._calls:
            await asyncio.wait(self._calls, timeout=CLOSE_SECONDS)
        for call in list(self._calls):
            await cancelled(call)
        await cancelled(recording)
        with suppress(Unavailable):  # what is not written down is sent again by whoever comes next
            while self._verdicts:
                await self._record_some()
            await self._lease.give_up()

    def wake(self, *, new: bool = False) -> None:
        """Look at the queue now. new: all that has changed is that rows were added to it."""
        self._only_new = self._only_new and new
        self._woken.set()

    # --- looking --------------------------------------------------------------------------------------------------

    async def _looking(self) -> None:
        while True:
            self._woken.clear()
            try:
                if await self._lease.hold():
                    await self._look()
                else:
                    self._hand.put_down()
                    self._only_new = False
            except Exception as error:
                log.error("looking at the queue failed; tried again", channel=self._channel.name, error=place_of(error))
                self._only_new = False
                await asyncio.sleep(self._look_seconds)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_seconds):
                    await self._woken.wait()

    async def _look(self) -> None:
        """Take up what is queued. With a full hand only what is more urgent than news."""
        hand = self._hand
        hand.settle()
        least = Priority.TASK if hand.waiting() >= BATCH and len(self._calls) >= PARALLEL else Priority.NEWS
        whole = not self._only_new or hand.more or time.monotonic() >= self._whole_at
        self._only_new = True
        if whole:  # also in time under a steady stream of new rows: older ones become due meanwhile
            self._whole_at = time.monotonic() + self._look_seconds
        after = 0 if whole else hand.top - self._overlap
        held, most = hand.ids(), BATCH + hand.size()
        read = self._db.read(outgoing.outgoing, self._channel.name, self._clock(), held, most, least, after)
        hand.take(await read, BATCH)
        hand.more = hand.more or least is not Priority.NEWS
        for _ in range(min(PARALLEL - len(self._calls), hand.ready())):
            self._call()

    # --- sending --------------------------------------------------------------------------------------------------

    def _call(self) -> None:
        line = self._hand.next() if self._lease.lasts() else None
        if line is None:
            return
        call = asyncio.create_task(self._sending(line))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _sending(self, first: Outgoing) -> None:
        """Send one row after the other, of whatever address is free, until none is."""
        line: Outgoing | None = first
        while line is not None:
            verdict = await self._send(line)
            self._verdicts.append(verdict)
            self._judged.set()
            if verdict.state == "sent":
                self._hand.sent(line)
            else:
                self._hand.hold_back(line)
            if self._hand.waiting() < BATCH // 2 and self._hand.more:
                self.wake()
            line = self._hand.next() if self._lease.lasts() else None

    async def _send(self, line: Outgoing) -> Verdict:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                receipt = await self._channel.send(line.address, line.message, line.replaces, str(line.id))
        except Exception as error:
            return judged(line, error, self._clock(), self._channel.name)
        return taken(line, receipt)

    # --- writing down ---------------------------------------------------------------------------------------------

    async def _recording(self) -> None:
        while True:
            await self._judged.wait()
            self._judged.clear()
            while self._verdicts:
                try:
                    await self._record_some()
                except Exception as error:
                    log.warning("what was sent cannot be written down now", error=place_of(error))
                    await asyncio.sleep(self._look_seconds)

    async def _record_some(self) -> None:
        some = self._verdicts[:BATCH]
        try:
            await self._db.write(record, some, self._clock())
        except Unavailable:
            raise
        except Exception as error:
            log.error("writing down together failed; done one by one", error=place_of(error))
            for verdict in some:
                await self._record_one(verdict)
        del self._verdicts[: len(some)]
        if self._hand.recorded([verdict.line for verdict in some]):
            self.wake()

    async def _record_one(self, verdict: Verdict) -> None:
        try:
            await self._db.write(record, [verdict], self._clock())
        except Unavailable:
            raise
        except Exception as error:
            log.error("what follows from a row failed", row=verdict.line.id, error=place_of(error))
            await self._db.write(without_consequences, verdict, self._clock())


async def cancelled(task: asyncio.Task[None]) -> None:
    """End a task and wait until it has ended."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
