"""The only place where things are built: settings, office, database, doors, ticking; and the road of one arrival in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

import structlog

from bot import connecting, office
from bot.archives import Archives
from bot.channels.contract import Channel, Unreadable
from bot.channels.web import Doors
from bot.channels.wecom.settings import host_of
from bot.clock import Clock
from bot.connected import Connected, Part
from bot.delivery import Delivery
from bot.discarding import Discarding
from bot.errands import Errands
from bot.fetching import Fetching
from bot.filestore import FileStore
from bot.gathering import Gathering
from bot.keys import Keys
from bot.keys import load as load_keys
from bot.metrics import Metrics
from bot.program import called
from bot.settings import OfficeFile, Settings, office_file
from domain import lifecycle, rulebook, rulebook_check
from domain.errors import BadDeclaration
from domain.messages import Incoming
from domain.office import Office
from handlers import dispatch, flows, notices, registry, words
from scheduler import clockwork, timetable
from scheduler.timetable import Job
from storage import inbox, migrations
from storage.db import Database, Unavailable
from storage.engines import is_sqlite
from storage.faults import where_of
from storage.transaction import Signal, Tx

log = structlog.get_logger()


@dataclass
class App:
    """A running office. links: where its chat opens on each platform, known once the platform has said so; announce:
    says it to whoever started the office.
    """

    settings: Settings
    file: OfficeFile
    keys: Keys
    db: Database
    store: FileStore
    clock: Clock
    connected: list[Connected] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    announce: Callable[[str], None] | None = None
    metrics: Metrics = field(default_factory=Metrics)
    ticked_at: datetime | None = None
    listeners: list[Callable[[list[Signal]], None]] = field(default_factory=list)
    doors: Doors = field(default_factory=Doors)
    _parts: list[Part] = field(default_factory=list)
    _again: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Open the database, tick, deliver and fetch."""
        await self.db.start()
        await self.db.write(office.plant, self.file, self.clock.now())
        self.db.subscribe(self._signalled)
        now = self.clock.now
        self.rules = office.Rules(self.db, self._office)
        self.delivery = Delivery(self.db, self.channels, now)
        self._parts = [
            self.rules,
            self.delivery,
            Fetching(self.db, self.channels, self.store, now),
            Archives(self.db, self.store, now),
            Discarding(self.db, self.store),
            Errands(self.db, self.store, now),
            Gathering(self.db, now),
            *(part for one in self.connected for part in one.parts),
        ]
        self.listeners.append(self.doors.heard)
        for part in self._parts:
            self.listeners.append(part.heard)
            await part.start()
        self._ticking = clockwork.start(self.run)

    async def close(self) -> None:
        """Finish what was begun, and stop."""
        self._ticking.shutdown(wait=False)
        for part in reversed(self._parts):
            await part.close()
        for channel in self.channels.values():
            await channel.close()
        await self.db.close()

    @property
    def channels(self) -> dict[str, Channel]:
        """The doors that are written to, by name."""
        return {one.channel.name: one.channel for one in self.connected}

    async def take(self, channel: Channel, raw: bytes) -> None:
        """Take what a platform brought, as it came. When this returns it is kept; raises Unavailable when it is not.

        What cannot be understood is set aside whole, so that nothing behind it waits.
        """
        try:
            incoming = channel.parse(raw)
        except Unreadable as error:
            log.error("arrival not understood", channel=channel.name, error=str(error))
            await self._set_aside(channel, error.key, raw, str(error))
            return
        except Exception as error:  # the channel is at fault; what came is nobody else's loss
            words = where_of(error)
            log.error("arrival broke its channel", channel=channel.name, error=words)
            await self._set_aside(channel, f"x{sha256(raw).hexdigest()}", raw, words)
            return
        if incoming is None:
            return
        try:
            await self.receive(incoming)
        except Unavailable:
            raise
        except Exception as error:
            words = where_of(error)
            log.error("arrival failed, and its sender cannot be told", channel=channel.name, error=words)
            await self._set_aside(channel, incoming.key, raw, words)

    async def _set_aside(self, channel: Channel, key: str, raw: bytes, why: str) -> None:
        self.metrics.failed.inc()
        await self.db.write(inbox.set_aside, channel.name, key, raw, why, self.clock.now())

    async def opens_at(self, channel: str, link: str) -> None:
        """The platform has said where the office's chat opens there."""
        if self.links.get(channel) == link:
            return
        self.links[channel] = link
        if self.announce is not None:
            self.announce(link)
        await self.rules.look(again=True)

    @property
    def telegram(self) -> str:
        """Where the office's chat opens on Telegram, "" while nobody has said."""
        return self.links.get("telegram", "")

    def clock_jumped(self) -> None:
        """What was held back for a time may be due now."""
        for channel in self.channels:
            self.delivery.wake(channel)

    async def receive(self, incoming: Incoming) -> None:
        """Take one arrival. When this returns it is kept; raises Unavailable when it is not, so that it comes again."""
        now = self.clock.now()
        try:
            await self.db.write(dispatch.handle, incoming, now)
        except Unavailable:
            self.metrics.refused.inc()
            raise
        except Exception as error:
            await self._failed(incoming, error, now)
        self.metrics.arrivals.labels(incoming.channel).inc()

    async def _failed(self, incoming: Incoming, error: Exception, now: datetime) -> None:
        """A program error: the arrival is set aside whole, its sender told, and the log says where, not what."""
        words = where_of(error)
        log.error("arrival failed", channel=incoming.channel, error=words)
        self.metrics.failed.inc()
        await self.db.write(dispatch.sorry, incoming, words, now)

    async def run(self, job: Job) -> None:
        """One tick of a job; while a batch was full, the next follows at once."""
        while True:
            now = self.clock.now()
            try:
                done = await self.db.write(timetable.run, job, now)
            except Unavailable:
                log.warning("job put off", job=job.name)
                return
            self.ticked_at = now
            self.doors.look()
            if job.name != "climb" or done < timetable.BATCH:
                return

    def _office(self, tx: Tx) -> Office:
        kept = office.as_kept(tx, self.file, self.keys, self.settings.public_url)
        robots = host_of(self.settings) if "robot" in self.channels else ""
        kefu, mini_page = self.links.get("kefu", ""), self.settings.wechat_mini_page
        here = replace(kept, platforms=tuple(self.channels), running=True)
        return replace(here, telegram=self.telegram, kefu=kefu, robots=robots, mini_page=mini_page)

    def _signalled(self, signals: list[Signal]) -> None:
        for signal in signals:
            match signal:
                case ("again", str(channel), str(key)):
                    self._run_again(channel, key)
        for listener in self.listeners:
            listener(signals)

    def _run_again(self, channel: str, key: str) -> None:
        task = asyncio.get_running_loop().create_task(self._released(channel, key))
        self._again.add(task)
        task.add_done_callback(self._again.discard)

    async def _released(self, channel: str, key: str) -> None:
        """Handle a failed arrival again; where it fails again it stays set aside, and its sender is not told twice."""
        try:
            await self.db.write(_handled_again, self.channels.get(channel), channel, key, self.clock.now())
        except Unavailable:
            log.warning("not run again", channel=channel)
        except Exception as error:
            log.error("arrival failed again", channel=channel, error=where_of(error))


def _handled_again(tx: Tx, door: Channel | None, channel: str, key: str, now: datetime) -> None:
    """In one transaction, so that a crash or a second failure between leaves the arrival set aside."""
    released = inbox.release(tx, channel, key)
    if isinstance(released, bytes):
        if door is None:
            raise LookupError("the channel is not connected")
        released = door.parse(released)
    if released is not None:
        dispatch.handle(tx, released, now)


def check() -> None:
    """Refuse a declaration that cannot be right, before anything is opened. Raises BadDeclaration: where, and what."""
    lifecycle.check()
    rulebook_check.check(rulebook.DEFAULT)
    words.catalogues()
    assert flows
    registry.commands()
    notices.check()


def build(settings: Settings, clock: Clock | None = None, file: OfficeFile | None = None) -> App:
    """Everything but the running. Raises BadDeclaration with one line on where and what."""
    check()
    file = file or office_file(settings.office)
    keys = load_keys(settings.keys)
    prepare_database(settings.database_url)
    plain = office.plain(file, keys, settings.public_url)
    db = Database(settings.database_url, plain)
    app = App(settings, file, keys, db, FileStore(settings.files), clock or Clock())
    app.connected = connecting.connect(app)
    return app


def prepare_database(url: str) -> None:
    """Bring an embedded database up to date; refuse a server's that is behind or ahead."""
    if is_sqlite(url):
        migrations.upgrade(url)
        return
    found, wanted = migrations.current(url), migrations.head()
    if found != wanted:
        raise BadDeclaration(
            where="QINQING_DATABASE_URL",
            what=f"the database is at {found or 'nothing'}, the program at {wanted}; run `{called()} db upgrade`",
        )
