"""One channel's sender: in order per address, replies first, as fast as the platform lets it, never a row forgotten."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush

import structlog

from bot.channels.contract import Channel
from bot.ending import cancelled
from bot.hand import Hand
from bot.lease import Lease
from bot.pacing import HOUR_SECONDS, Pace
from bot.recording import Recording
from bot.unsettled import Unsettled
from bot.verdicts import MAYBE, Verdict, judged, over, put_off, taken
from bot.waiting import until
from handlers import late
from handlers.words import speaking
from storage import outbox, outgoing
from storage.db import Database, Tx, Unavailable
from storage.engines import is_sqlite
from storage.faults import where_of
from storage.outbox import Priority
from storage.outgoing import Outgoing

log = structlog.get_logger()

#: Calls out at a time, per channel.
PARALLEL = 32
#: Rows read in one look, and how many in hand are enough for now.
BATCH = 500
ENOUGH = 250
#: So many ids below the largest seen are read again: on PostgreSQL a smaller id may be committed after a larger one.
OVERLAP = 1000
#: A channel that has not answered by then is taken to have broken in the middle.
CALL_SECONDS = 60.0
#: How long closing waits for calls that are out.
CLOSE_SECONDS = 10.0
#: What was in hand for longer is read again before it goes: it may have been handled, replaced or erased meanwhile.
STALE_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Timing:
    """The office's clock, one in seconds that only goes forward, and how often leases and queues are looked after."""

    clock: Callable[[], datetime]
    seconds: Callable[[], float]
    lease_seconds: float
    look_seconds: float


class Deliverer:
    """Only the holder of the channel's lease sends, and only while the lease surely lasts."""

    def __init__(self, db: Database, channel: Channel, timing: Timing, owner: str) -> None:
        self._db, self._channel = db, channel
        self._clock, self._seconds, self._look_seconds = timing.clock, timing.seconds, timing.look_seconds
        self._lease = Lease(db, f"deliver:{channel.name}", owner, timing.lease_seconds)
        self._epoch: int | None = None
        self._overlap = 0 if is_sqlite(db.url) else OVERLAP
        self._woken = asyncio.Event()
        self._only_new = False
        self._whole_at = 0.0
        self._put_off: list[datetime] = []
        self._hand = Hand()
        self._pace = Pace(channel.limits)
        self._unsettled = Unsettled(channel.limits.a_second)
        self._alarm: asyncio.TimerHandle | None = None
        self._calls: set[asyncio.Task[None]] = set()
        self._recording = Recording(db, self._clock, self._written, self._look_seconds)
        self._looker: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._looker = asyncio.create_task(self._looking())

    async def close(self) -> None:
        """Stop looking, wait for the calls that are out, write down what is known, give the lease back."""
        if self._looker is None:
            return
        self._lease.distrust()
        await cancelled(self._looker)
        if self._alarm is not None:
            self._alarm.cancel()
        if self._calls:
            await asyncio.wait(self._calls, timeout=CLOSE_SECONDS)
        for call in list(self._calls):
            await cancelled(call)
        await self._recording.close()
        with suppress(Unavailable):  # then it runs out by itself
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
                await self._look_if_ours()
            except Exception as error:
                log.error("looking at the queue failed; tried again", channel=self._channel.name, error=where_of(error))
                self._only_new = False
                await asyncio.sleep(self._look_seconds)
                continue
            await until(self._woken, self._look_seconds)

    async def _look_if_ours(self) -> None:
        if not await self._lease.hold():
            self._hand.put_down()
            self._only_new = False
            return
        if self._lease.epoch != self._epoch:
            await self._take_over()
        await self._look()

    async def _take_over(self) -> None:
        """Whoever sent before has stopped: what it was saying once only may have arrived, or not."""
        epoch, own = self._lease.epoch, self._hand.out()
        if self._epoch is None and self._channel.limits.private_an_hour:
            await self._remember()
        broken = await self._db.write(outgoing.broken_off, self._channel.name, own, MAYBE)
        await self._db.write(late.renew_at, self._channel.name, self._clock())
        self._epoch, self._only_new = epoch, False
        if broken:
            log.warning("broken off while sending; an administrator decides", channel=self._channel.name, rows=broken)

    async def _remember(self) -> None:
        """What a process before this one sent counts too, where a platform drops without a word what is too much."""
        now, seconds = self._clock(), self._seconds()
        since = now - timedelta(seconds=HOUR_SECONDS)
        for address, group, at in await self._db.read(outgoing.sent_since, self._channel.name, since):
            self._pace.remember(address, seconds - max(0.0, (now - at).total_seconds()), group=group)

    async def _look(self) -> None:
        """Take up what is queued; with a full hand only what is more urgent than news."""
        hand = self._hand
        hand.settle()
        full = hand.waiting() >= ENOUGH
        least = Priority.TASK if full else Priority.NEWS
        whole = not self._only_new or (hand.more and not full) or time.monotonic() >= self._whole_at
        self._only_new = True
        if whole:  # also in time under a steady stream of new rows: older ones become due meanwhile
            self._whole_at = time.monotonic() + self._look_seconds
        after = 0 if whole else hand.top - self._overlap
        held, most, more = hand.ids(), BATCH + hand.size(), hand.more
        name = self._channel.name
        unread = after if more else 0
        again_at = self._put_off[0] if self._put_off else None
        seen = await self._db.read(_seen, name, self._clock, held, most, least, after, unread, again_at)
        lines, hand.top, now = seen
        while self._put_off and self._put_off[0] <= now:
            heappop(self._put_off)
        hand.take(lines, BATCH, self._seconds())
        hand.more = hand.more or full or (more and not whole)
        self._send_more()
        self._refill()

    def _refill(self) -> None:
        """Look for more where little in hand may go soon: what rests is in nobody's way."""
        if self._hand.more and self._hand.waiting() < ENOUGH:
            self.wake(new=True)

    # --- sending --------------------------------------------------------------------------------------------------

    def _send_more(self) -> None:
        """Begin every call that may be begun now; the alarm rings when the next one may."""
        while len(self._calls) < PARALLEL and (line := self._next()) is not None:
            call = asyncio.create_task(self._sending(*line))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    def _next(self) -> tuple[Outgoing, float] | None:
        """The row that goes out now, with when it was taken up; None while none may."""
        if not self._lease.lasts():
            return None
        hand, pace, now = self._hand, self._pace, self._seconds()
        rested = hand.rouse(now)
        while (line := hand.first()) is not None:
            reply = line.priority is Priority.REPLY
            at = self._unsettled.opens_at(now, reply=reply)
            if not reply:
                at = max(at, pace.push_at(now))
            if at > now:
                rested = min(at, rested or at)
                break
            if (at := pace.chat_at(line.address_id, now)) > now:
                hand.rest(line.address_id, at)
                rested = min(at, rested or at)
                continue
            pace.begin(now, reply=reply)
            self._unsettled.begin(line.id, now, reply=reply)
            return line, hand.go(line)
        self._come_back(rested)
        return None

    def _come_back(self, at: float | None) -> None:
        """Try again then; no clock ticks for a channel on which nothing waits."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if at is not None and at != float("inf"):
            wait = max(0.0, at - self._seconds())
            self._alarm = asyncio.get_running_loop().call_later(wait, self._send_more)

    async def _sending(self, first: Outgoing, since: float) -> None:
        """Send one row after the other, of whatever address is free, until none is."""
        following: tuple[Outgoing, float] | None = (first, since)
        while following is not None:
            line, since = following
            begun = self._seconds()
            verdict = await self._sent(line, stale=begun - since > STALE_SECONDS)
            self._answered(verdict, begun)
            self._recording.add(verdict)
            following = self._next()

    def _answered(self, verdict: Verdict, begun: float) -> None:
        line, now = verdict.line, self._seconds()
        if verdict.asked:
            self._unsettled.answered(line.id, now)
        weight = max(1, len(line.message.files)) if verdict.asked else 0
        self._pace.answered(line.address_id, begun, now, group=line.group, weight=weight)
        if verdict.rest_seconds:
            self._pace.refused(line.address_id, verdict.rest_seconds, now)

    async def _sent(self, line: Outgoing, *, stale: bool) -> Verdict:
        """Send a row, after whatever must be asked or written down first."""
        try:
            now = self._clock()
            fresh = await self._db.read(outgoing.still, line.id, now) if stale else line
            if fresh is None or (fresh.once and not await self._db.write(outbox.sending, fresh.id)):
                return over(line)
        except Exception as error:
            log.error("a row could not be begun", row=line.id, error=where_of(error))
            return put_off(line, self._clock())
        return await self._called(fresh)

    async def _called(self, line: Outgoing) -> Verdict:
        self._unsettled.called(line.id, self._seconds())
        try:
            with speaking(line.language or self._db.office.language):
                async with asyncio.timeout(CALL_SECONDS):
                    receipt = await self._channel.send(line.address, line.message, line.replaces, line.key)
        except Exception as error:
            return judged(line, error, self._clock(), self._channel.name)
        return taken(line, receipt)

    # --- written down ---------------------------------------------------------------------------------------------

    def _written(self, verdicts: Sequence[Verdict]) -> None:
        """The addresses of these rows are free: for the next row in hand, or for what the queue says."""
        look, now = False, self._seconds()
        for verdict in verdicts:
            self._unsettled.settled(verdict.line.id, now)
            if verdict.state == "sent":
                self._hand.sent(verdict.line)
            else:
                self._hand.returned(verdict.line)
                if verdict.again_at is not None:
                    heappush(self._put_off, verdict.again_at)
                look = True
        self._send_more()
        self._refill()
        if look:
            self.wake()


def _seen(
    tx: Tx,
    channel: str,
    clock: Callable[[], datetime],
    held: set[int],
    most: int,
    least: Priority,
    after: int,
    unread: int,
    again_at: datetime | None,
) -> tuple[list[Outgoing], int, datetime]:
    """What is to be sent, the largest id there is, and as of when: no earlier than anything that stands there now,
    else the newest row would seem to be held back, and the next would overtake it.

    again_at: when something that was put off may go again; from then on all is looked at, not only what is new.
    """
    newest = outgoing.newest(tx)
    now = clock()
    if again_at is not None and again_at <= now:
        after = unread = 0
    return outgoing.outgoing(tx, channel, now, held, most, least, after, unread), newest, now
