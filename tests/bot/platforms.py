"""A small messaging platform on real HTTP, a channel that talks to it, and the rows it is to deliver."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.channels.contract import Limits, Moved, OutcomeUnknown, Receipt, TryLater, Undeliverable, Unreachable
from domain.messages import Incoming, Message
from domain.office import Office
from domain.workdays import Calendar
from storage import outbox, people
from storage.outbox import Priority
from storage.people import Address
from storage.tables import outbox as rows
from storage.transaction import Tx

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
#: Whose database it is: as plain as an office can be.
OFFICE = Office("衡岳县优化办", Calendar({}, date(2026, 12, 31), date(2026, 1, 1), 0, "Asia/Shanghai"))

#: What a platform can do with a request beside taking it: breaking off and hanging happen before or after taking it.
BREAK_BEFORE, BREAK_AFTER, HANG_BEFORE, HANG_AFTER = 1, 2, 3, 4


@dataclass
class Clock:
    """Stands still until it is moved."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class Platform:
    """Keeps what it takes, in order. `does` holds what it does with the next requests of an address instead."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.requests: list[dict[str, Any]] = []
        self.does: defaultdict[str, list[int]] = defaultdict(list)
        self.files: dict[str, bytes] = {}
        self.retry_after = ""
        self.moved: dict[str, str] = {}
        self.out: defaultdict[str, int] = defaultdict(int)
        self.most_out_of_one = self.most_out = 0
        self.open = asyncio.Event()
        self.open.set()
        self._changed = asyncio.Condition()

    async def until(self, requests: int) -> None:
        """Wait until so many requests have arrived."""
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(lambda: len(self.requests) >= requests)

    def texts(self, address: str) -> list[str]:
        return [text for to, text in self.taken if to == address]

    def served(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/send", self._send)
        app.router.add_get("/files/{name}", self._file)
        return app

    async def _send(self, request: web.Request) -> web.Response:
        said = await request.json()
        to = said["to"]
        self.out[to] += 1
        self.most_out_of_one = max(self.most_out_of_one, self.out[to])
        self.most_out = max(self.most_out, sum(self.out.values()))
        try:
            return await self._answered(request, said)
        finally:
            self.out[to] -= 1

    async def _answered(self, request: web.Request, said: dict[str, Any]) -> web.Response:
        if said["to"] in self.moved:
            await self._arrived(said)
            return web.Response(status=410, headers={"X-Now": self.moved[said["to"]]})
        doing = self.does[said["to"]].pop(0) if self.does[said["to"]] else 200
        if doing in (200, BREAK_AFTER, HANG_AFTER):
            self.taken.append((said["to"], said["text"]))
        await self._arrived(said)
        await self.open.wait()
        if doing in (HANG_BEFORE, HANG_AFTER):
            await asyncio.Event().wait()
        if doing in (BREAK_BEFORE, BREAK_AFTER):
            assert request.transport is not None
            request.transport.abort()
        if doing == 200:
            return web.json_response({"ref": f"m{len(self.taken)}"})
        return web.Response(status=max(doing, 500) if doing < 100 else doing, headers=self._headers())

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        await self._arrived({"file": name})
        doing = self.does[name].pop(0) if self.does[name] else 200
        if doing != 200:
            return web.Response(status=doing, headers=self._headers())
        return web.Response(body=self.files[name], content_type="image/svg+xml")

    async def _arrived(self, request: dict[str, Any]) -> None:
        async with self._changed:
            self.requests.append(request)
            self._changed.notify_all()

    def _headers(self) -> dict[str, str]:
        return {"Retry-After": self.retry_after} if self.retry_after else {}


class Wire:
    """The channel: one POST a message."""

    name = "wire"
    limits = Limits()

    def __init__(self, http: ClientSession, address: str) -> None:
        self._http, self._address = http, address

    def parse(self, raw: bytes) -> Incoming | None:
        said = json.loads(raw)
        return Incoming(self.name, said["key"], said["from"], said["text"])

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        said = {"to": address, "text": message.text, "replaces": replaces, "key": key}
        with _errors():
            async with self._http.post(f"{self._address}/send", json=said) as answer:
                if "X-Now" in answer.headers:
                    raise Moved(answer.headers["X-Now"])
                refuse(answer.status, answer.headers.get("Retry-After"))
                return Receipt((await answer.json())["ref"])

    async def fetch(self, reference: str) -> tuple[str, bytes]:
        with _errors():
            async with self._http.get(f"{self._address}/files/{reference}") as answer:
                refuse(answer.status, answer.headers.get("Retry-After"))
                return answer.content_type, await answer.read()


class _errors:  # noqa: N801 - reads as a word of the sentence
    def __enter__(self) -> None:
        """Nothing to open."""

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, ClientConnectorError):
            raise TryLater("nobody answers") from error
        if isinstance(error, (ClientError, TimeoutError)):
            raise OutcomeUnknown from error


def refuse(status: int, retry_after: str | None) -> None:
    """Say in the words of the contract what a status means."""
    if status == 429 or status >= 500:
        raise TryLater(f"status {status}", float(retry_after) if retry_after else None)
    if status == 403:
        raise Unreachable("has blocked us")
    if status != 200:
        raise Undeliverable(f"status {status}")


@asynccontextmanager
async def platform(made: Platform | None = None, timeout_seconds: float = 60) -> AsyncIterator[tuple[Platform, Wire]]:
    """A running platform and a channel to it that waits so long for an answer."""
    made = made or Platform()
    server = TestServer(made.served())
    await server.start_server()
    async with ClientSession(timeout=ClientTimeout(total=timeout_seconds)) as http:
        yield made, Wire(http, str(server.make_url("")).rstrip("/"))
    made.open.set()
    await server.close()


# --- rows -------------------------------------------------------------------------------------------------------------


def know(tx: Tx, *addresses: str, channel: str = "wire") -> list[Address]:
    """People with one address each."""
    return [people.meet(tx, channel, one, "zh_CN", NOON)[0] for one in addresses]


def say(tx: Tx, door: Address, /, *texts: str, priority: Priority = Priority.REPLY, **more: Any) -> None:
    """Queue texts for an address; its person has the same id in these tests unless told otherwise."""
    person = more.pop("person", door.id)
    now = more.pop("now", NOON)
    for text in texts:
        outbox.say(tx, door, person, Message(text, card=more.get("about", "")), now, priority=priority, **more)


def find(tx: Tx, name: str, channel: str = "wire") -> Address:
    """A known address."""
    found = people.find(tx, channel, name)
    assert found is not None
    return found[0]


def states(tx: Tx) -> list[tuple[str, str]]:
    """What became of every row, in the order they were said."""
    return [(row.state, row.reason) for row in tx.all(select(rows).order_by(rows.c.id))]


def numbered(count: int) -> Iterator[str]:
    return (f"{number}" for number in range(count))
