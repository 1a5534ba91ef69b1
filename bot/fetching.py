"""Files promised by a platform, into our own store: fetched, checked, kept, and tried again where that helps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.channels.contract import Channel, TryLater, Undeliverable
from bot.ending import cancelled
from bot.filestore import FileStore
from bot.lease import Lease, process_name
from bot.media import media_of
from bot.waiting import until
from storage import files
from storage.db import Database, Unavailable
from storage.faults import where_of
from storage.files import Fetch
from storage.transaction import Signal

log = structlog.get_logger()

MOST_BYTES = 20 * 1024 * 1024
#: Files on their way at a time; each may take MOST_BYTES of memory.
PARALLEL = 4
CALL_SECONDS = 120.0
#: After so many tries a file is given up; with the pauses below that is about two hours and a half.
MOST_TRIES = 8
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 3600.0
PAUSE_GROWS = 4.0


class TooLarge(Undeliverable):
    """The file is larger than the office keeps."""


class Fetching:
    """Fetches what was promised; any number of processes may run one, the holder of the lease fetches.

    owner: names this process for the lease, by default a name of its own. look_seconds: how often it looks unwoken.
    """

    def __init__(
        self,
        db: Database,
        channels: Mapping[str, Channel],
        store: FileStore,
        clock: Callable[[], datetime],
        *,
        owner: str = "",
        lease_seconds: float = 10.0,
        look_seconds: float = 1.0,
    ) -> None:
        self._db, self._channels, self._store, self._clock = db, channels, store, clock
        self._look_seconds = look_seconds
        self._lease = Lease(db, "fetch", owner or process_name(), lease_seconds)
        self._woken = asyncio.Event()
        self._out: dict[int, asyncio.Task[None]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to fetch."""
        self._looking = asyncio.create_task(self._look_on())

    async def close(self) -> None:
        """Stop; a file on its way is fetched again by whoever comes next."""
        self._lease.distrust()
        if self._looking is not None:
            await cancelled(self._looking)
        for task in list(self._out.values()):
            await cancelled(task)
        with suppress(Unavailable):  # the lease runs out by itself
            await self._lease.give_up()

    def wake(self) -> None:
        """Look now: a file was promised, or the clock has jumped."""
        self._woken.set()

    def heard(self, signals: list[Signal]) -> None:
        """What a commit has signalled: where a file was promised, look."""
        if any(signal[0] == "fetches" for signal in signals):
            self.wake()

    async def _look_on(self) -> None:
        while True:
            self._woken.clear()
            try:
                if await self._lease.hold():
                    await self._look()
            except Unavailable:
                log.warning("the promised files cannot be read now")
            except Exception as error:
                log.error("looking for promised files failed; tried again", error=where_of(error))
            await until(self._woken, self._look_seconds)

    async def _look(self) -> None:
        busy = frozenset(self._out)
        wanted = await self._db.read(files.wanted, self._clock(), PARALLEL + len(busy))
        for fetch in wanted:
            if fetch.id not in busy and len(self._out) < PARALLEL:
                self._begin(fetch)

    def _begin(self, fetch: Fetch) -> None:
        task = asyncio.create_task(self._one(fetch))
        self._out[fetch.id] = task
        task.add_done_callback(lambda _task: self._ended(fetch.id))

    def _ended(self, fetch: int) -> None:
        del self._out[fetch]
        self._woken.set()

    async def _one(self, fetch: Fetch) -> None:
        """Fetch one file and write down what became of it; what cannot be written down is fetched again."""
        try:
            async with asyncio.timeout(CALL_SECONDS):
                data = await self._brought(fetch)
            digest, media = await self._kept(fetch, data)
            await self._db.write(files.fetched, fetch, digest, len(data), media, self._clock())
        except Unavailable:
            log.warning("a fetched file cannot be written down now", fetch=fetch.id)
            await asyncio.sleep(self._look_seconds)
        except Exception as error:
            await self._failed(fetch, error)

    async def _brought(self, fetch: Fetch) -> bytes:
        if fetch.channel not in self._channels:
            raise TryLater(f"the channel {fetch.channel} is not connected")
        _media, data = await self._channels[fetch.channel].fetch(fetch.reference)
        if len(data) > MOST_BYTES:
            raise TooLarge(f"larger than {MOST_BYTES // 1024 // 1024} MB")
        if not data:
            raise Undeliverable("the file is empty")
        return data

    async def _kept(self, fetch: Fetch, data: bytes) -> tuple[str, str]:
        """Its digest, and its kind by what is in it: neither its sender nor the platform is believed."""
        record = (await self._db.read(files.many, [fetch.file]))[0]
        media = await asyncio.to_thread(media_of, data, record.name)
        return await asyncio.to_thread(self._store.put, data), media

    async def _failed(self, fetch: Fetch, error: Exception) -> None:
        now = self._clock()
        again_at, reason = after_failure(fetch, error, now)
        log.warning("file not fetched", fetch=fetch.id, channel=fetch.channel, error=where_of(error))
        try:
            await self._db.write(files.fetch_failed, fetch, again_at, reason, now)
        except Unavailable:
            await asyncio.sleep(self._look_seconds)


def after_failure(fetch: Fetch, error: Exception, now: datetime) -> tuple[datetime | None, str]:
    """When a file is tried again, None for never, and why it failed. A fault of our own disk never gives a file up."""
    reason = _reason(error)
    if isinstance(error, OSError) and not isinstance(error, TimeoutError):
        return now + timedelta(seconds=pause_seconds(fetch.attempts)), f"cannot be kept: {type(error).__name__}"
    if isinstance(error, Undeliverable):
        return None, reason
    if fetch.attempts + 1 >= MOST_TRIES:
        return None, f"not fetched in {MOST_TRIES} tries: {reason}"
    named = error.seconds if isinstance(error, TryLater) else None
    return now + timedelta(seconds=pause_seconds(fetch.attempts) if named is None else named), reason


def _reason(error: Exception) -> str:
    """What an administrator reads: a channel's own words, of anything else only its sort, for it may quote a secret."""
    own = str(error) if isinstance(error, TryLater | Undeliverable) else ""
    return own or REASONS.get(type(error), type(error).__name__)


#: Errors whose own words say nothing to a person.
REASONS: Mapping[type[Exception], str] = {TimeoutError: "the platform did not answer in time"}


def pause_seconds(attempts: int) -> float:
    """How long a file waits after so many failed tries, in seconds."""
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * PAUSE_GROWS**attempts)
