"""The web chat's door: a WebSocket that takes words, taps and files, and pulls its own person's rows.

A person's rows get their place in the order of the door (`position`, shown as `ref`) when a socket is open, so that
"delivered" means that a page could show it. Nothing is lost on a broken connection: what came after the last ref a
page has seen is sent again when it connects, and what it sent without an ack it sends again under the same id.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import resource
from collections import defaultdict
from typing import Any

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from bot.channels.web_frames import Refused, Sent, SentFile, encoded, parsed, said, shown, warned
from bot.media import media_of, safe_name
from bot.running import Running
from bot.slowing import TokenBuckets
from domain.messages import Incoming, Place, Promised
from handlers import deliveries
from handlers.words import N_, _, speaking
from storage import people, pulled
from storage.db import Unavailable
from storage.faults import where_of
from storage.pulled import Line
from storage.transaction import Signal, Tx

log = structlog.get_logger()

NAME = "web"
LARGEST_FILE_BYTES = 20 * 1024 * 1024
#: A file in base64 with its envelope.
LARGEST_FRAME_BYTES = 28 * 1024 * 1024
#: The office tells people that what is longer is too long; so long a text is cut off all the same.
LONGEST_WORDS = 50_000
#: Pages of one person that are open at a time, and of all. Each takes some 100 KB of memory and a file of the process.
MOST_OF_ONE, MOST_OPEN = 20, 5000
#: What one person sends at once, and then a minute: more than anybody types, less than would fill the disk.
BURST, A_MINUTE = 1000, 120.0
RECENT = 200
HEARTBEAT_SECONDS = 25
#: Why a page's socket is closed when the page has seen more than there is: the history it shows is gone.
ANOTHER_HISTORY = 4001


def most_open() -> int:
    """How many pages may be open at a time: half of the files this process may have open, MOST_OPEN at the most."""
    files, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_OPEN if files == resource.RLIM_INFINITY else min(MOST_OPEN, files // 2)


class Doors:
    """Which sockets are open for which address, and the waking of them."""

    def __init__(self) -> None:
        self._most = most_open()
        self.pace = TokenBuckets(BURST, A_MINUTE)
        self._every: dict[Socket, None] = {}
        self._open: dict[str, set[Socket]] = defaultdict(set)
        self._by_id: dict[int, set[Socket]] = defaultdict(set)
        self._closing: set[asyncio.Task[bool]] = set()

    def has_room(self, address: str) -> bool:
        """Whether one more socket may open for an address. Where all are taken, the oldest of a stranger gives way."""
        if len(self._open.get(address, ())) >= MOST_OF_ONE:
            return False
        if len(self._every) < self._most:
            return True
        stranger = next((socket for socket in self._every if socket.address_id is None), None)
        if stranger is None:
            return False
        self.leave(stranger)
        self._end(stranger, WSCloseCode.TRY_AGAIN_LATER, b"too many pages are open")
        return True

    def enter(self, socket: Socket) -> None:
        """A socket has opened."""
        self._every[socket] = None
        self._open[socket.address].add(socket)

    def known(self, socket: Socket, address_id: int) -> None:
        """The socket's address has its row now."""
        self._by_id[address_id].add(socket)

    def leave(self, socket: Socket) -> None:
        """A socket has closed, or is to."""
        self._every.pop(socket, None)
        self._open[socket.address].discard(socket)
        if not self._open[socket.address]:
            del self._open[socket.address]
        if socket.address_id is not None:
            self._by_id[socket.address_id].discard(socket)
            if not self._by_id[socket.address_id]:
                del self._by_id[socket.address_id]

    async def met(self, address: str) -> None:
        """An address has its row now, so every socket open for it can show what is said there."""
        for socket in list(self._open.get(address, ())):
            await socket.find(0)

    def heard(self, signals: list[Signal]) -> None:
        """Wake the sockets for which something was put in line or released."""
        for signal in signals:
            match signal:
                case ("outbox", channel, int(address)) if channel == NAME:
                    self._wake(address)
                case ("released", int(address)):
                    self._wake(address)
                case ("erased", channel, int(address)) if channel == NAME:
                    self._forget(address)

    def _forget(self, address_id: int) -> None:
        """Its person was erased: the page starts anew, as for somebody unknown."""
        for socket in self._by_id.get(address_id, ()):
            self._end(socket, ANOTHER_HISTORY, b"another history")

    def _end(self, socket: Socket, code: int, why: bytes) -> None:
        task = asyncio.get_running_loop().create_task(socket.ws.close(code=code, message=why))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _wake(self, address_id: int) -> None:
        for socket in self._by_id.get(address_id, ()):
            socket.awake.set()

    async def show_all(self) -> None:
        """Every socket shows what is due, before the demo's clock goes on."""
        for socket in list(self._every):
            await socket.show()

    async def shut(self) -> None:
        """Close every socket, because the office stops; pages come back by themselves."""
        gone = WSCloseCode.GOING_AWAY
        closing = (one.ws.close(code=gone, message=b"back in a moment") for one in list(self._every))
        await asyncio.gather(*closing, return_exceptions=True)

    def look(self) -> None:
        """Something held back may be due now: every socket looks."""
        for socket in self._every:
            socket.awake.set()

    @property
    def count(self) -> int:
        """How many sockets are open."""
        return len(self._every)


class Socket:
    """One open socket of one person."""

    def __init__(
        self, app: Running, doors: Doors, ws: web.WebSocketResponse, address: str, *, group: bool, echo: bool
    ) -> None:
        self.app, self.doors, self.ws, self.address = app, doors, ws, address
        self.group, self.echo = group, echo
        self._showing = asyncio.Lock()
        self.address_id: int | None = None
        self.cursor = 0
        self.awake = asyncio.Event()
        self.language = app.file.language

    async def live(self, after: int | None) -> None:
        """Until the socket closes: show what there is, take what comes."""
        self.doors.enter(self)
        pulling = asyncio.create_task(self._pull())
        try:
            top = await self.find(after)
            if self.echo and after is not None and after > top:
                await self.ws.close(code=ANOTHER_HISTORY, message=b"another history")
            async for frame in self.ws:
                if frame.type is WSMsgType.TEXT:
                    await self._wait_for_turn()
                    await self._take(frame.data)
        finally:
            pulling.cancel()
            self.doors.leave(self)

    async def find(self, after: int | None) -> int:
        """Find the address' row, if it has written before; show from `after` on. Returns the last ref there is."""
        found = None if self.address_id is not None else await self.app.db.read(_known, self.address)
        if found is None or self.address_id is not None:
            return 0
        self.address_id, self.language, top, recent = found
        self.cursor = top if after is None else max(min(after, top), recent)
        self.doors.known(self, self.address_id)
        self.awake.set()
        return top

    async def _pull(self) -> None:
        while not self.ws.closed:
            await self.awake.wait()
            self.awake.clear()
            try:
                await self.show()
            except Unavailable:
                await asyncio.sleep(0.5)
                self.awake.set()
            except Exception as error:
                log.error("not shown", channel=NAME, error=where_of(error))

    async def show(self) -> None:
        """Release what waits for this address, and send what this socket has not sent."""
        async with self._showing:
            try:
                await self._show()
            except ConnectionError:
                log.info("gone", channel=NAME)  # what it did not see it is shown when it comes back

    async def _show(self) -> None:
        if self.address_id is None or self.ws.closed:
            return
        db, address, now = self.app.db, self.address_id, self.app.clock.now()
        if await db.read(pulled.anything_waiting, address, now):
            await db.write(deliveries.release, address, now)
        while rows := await db.read(pulled.since, address, self.cursor):
            for row in rows:
                await self._say(row)
                self.cursor = row.position or self.cursor

    async def _say(self, row: Line) -> None:
        if not row.mine:
            await self.ws.send_str(encoded({"message": shown(row)}))
        elif self.echo:
            await self.ws.send_str(encoded({"said": said(row)}))

    # --- in ----------------------------------------------------------------------------------------------------

    async def _wait_for_turn(self) -> None:
        """Whoever sends too much is read more slowly: nothing of it is lost, and nobody else waits."""
        while seconds := self.doors.pace.wait_seconds(self.address):  # noqa: ASYNC110 - time is waited for, no event
            await asyncio.sleep(seconds)

    async def _take(self, data: str) -> None:
        client_id = ""
        try:
            with speaking(self.language):
                sent = parsed(data)
                client_id = sent.id
                incoming = await asyncio.to_thread(self._incoming, sent)
            await self.app.receive(incoming)
        except Refused as why:
            await self._refuse(client_id, str(why))
        except Unavailable:
            log.warning("not kept", channel=NAME)
            await self._not_kept()
        except Exception as error:
            log.error("frame failed", channel=NAME, error=where_of(error))
            await self._refuse(client_id, self._in_words(_WRONG))
        else:
            await self._kept(client_id)

    async def _kept(self, client_id: str) -> None:
        if self.address_id is None:
            await self.doors.met(self.address)
        if self.echo:
            await self._send({"ack": client_id})

    async def _not_kept(self) -> None:
        """A page sends again what gets no ack; a program is told."""
        if not self.echo:
            await self._refuse("", self._in_words(_NOT_NOW))

    async def _refuse(self, client_id: str, why: str) -> None:
        if self.echo:
            await self._send({"refused": client_id, "text": why})
        else:
            await self._send(warned(why, self.app.clock.now()))

    async def _send(self, frame: dict[str, Any]) -> None:
        try:
            await self.ws.send_str(encoded(frame))
        except ConnectionError:
            log.info("gone", channel=NAME)

    def _in_words(self, key: str) -> str:
        with speaking(self.language):
            return _(key)

    def _incoming(self, sent: Sent) -> Incoming:
        with speaking(self.language):
            kept = (self._file(sent.file),) if sent.file else ()
        place = Place(sent.place.lat, sent.place.lon, sent.place.label[:200]) if sent.place else None
        return Incoming(
            channel=NAME,
            key=_key(self.address, sent.id),
            address=self.address,
            text=sent.text[:LONGEST_WORDS],
            press=sent.press[:200],
            files=kept,
            place=place,
            language=self.language,
            ref=sent.id,
            group=self.group,
            history=not self.group,
        )

    def _file(self, sent: SentFile) -> Promised:
        try:
            data = base64.b64decode(sent.data, validate=True)
        except (binascii.Error, ValueError):
            raise Refused(_("The file arrived damaged. Please send it again.")) from None
        if not data:
            raise Refused(_("The file is empty."))
        if len(data) > LARGEST_FILE_BYTES:
            raise Refused(
                _("The file is larger than {most} MB. Please send a smaller one.", most=LARGEST_FILE_BYTES >> 20)
            )
        name = safe_name(sent.name)
        return Promised(name, media_of(data, name), len(data), self._put(data))

    def _put(self, data: bytes) -> str:
        try:
            return self.app.store.put(data)
        except OSError as error:
            raise Unavailable("the file cannot be kept now") from error


_WRONG = N_("Something went wrong on our side. Please send it again in another way.")
_NOT_NOW = N_("This could not be kept right now. Please send it again in a minute.")


def _key(address: str, client_id: str) -> str:
    """The once-only key of what an address sent under an id; short enough for the value of a button."""
    return hashlib.sha256(f"{address}\n{client_id}".encode()).hexdigest()[:32]


def _known(tx: Tx, address: str) -> tuple[int, str, int, int] | None:
    """(address id, language, last position, position before the recent ones)."""
    found = people.find(tx, NAME, address)
    if found is None:
        return None
    door, person = found
    language = person.language if person else tx.office.language
    return door.id, language, pulled.top(tx, door.id), pulled.start_of_recent(tx, door.id, RECENT)
