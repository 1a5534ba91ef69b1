"""An office with its pages open, officials who get their links in the chat, and browsers that use them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from multidict import CIMultiDictProxy
from sqlalchemy import select, update

from bot import app as building
from bot import server
from bot.app import App
from bot.board.sessions import COOKIE
from bot.clock import Clock
from domain.case import Kind, Role
from domain.messages import Incoming
from handlers import dispatch
from storage import calendars, outbox, people
from storage.tables import events, roles, sessions
from storage.transaction import Tx
from tests import town as towns
from tests.bot.offices import settings
from tests.people import Town, words

LINK = re.compile(r"https?://\S+(/board/in/[A-Z0-9-]+)")
TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


class StillClock(Clock):
    """A clock that shows what it is told."""

    def __init__(self, start: datetime) -> None:
        self.at = start

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Answer:
    """What a page answered."""

    status: int
    text: str
    headers: CIMultiDictProxy[str]
    cookies: Any


@dataclass(eq=False)
class Official:
    """Somebody at the web chat."""

    name: str
    id: int
    address: str


@dataclass(eq=False)
class Visitor:
    """A browser. It keeps the office's cookie itself, since the office gives it for https alone."""

    office: Office
    kept: str = ""
    official: Official | None = None

    def cookie(self) -> str:
        return self.kept

    async def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **sent: Any) -> Answer:
        cookies = {"Cookie": f"{COOKIE}={self.kept}"} if self.kept else {}
        url = self.office.url(path)
        request = self.office.http.request(
            method, url, headers={**cookies, **(headers or {})}, allow_redirects=False, **sent
        )
        async with request as answer:
            if COOKIE in answer.cookies:
                self.kept = answer.cookies[COOKIE].value
            return Answer(answer.status, await answer.text(), answer.headers, answer.cookies)

    async def get(self, path: str, **query: Any) -> Answer:
        return await self.ask("GET", path, params=query or None)

    async def post(self, path: str, headers: dict[str, str] | None = None, **fields: Any) -> Answer:
        """A form as it is, without the token unless it is among the fields."""
        return await self.ask("POST", path, headers, data=fields)

    async def token(self) -> str:
        """The token of this session's forms."""
        found = TOKEN.search((await self.get("/board")).text)
        assert found
        return found[1]

    async def send(self, path: str, **fields: Any) -> Answer:
        """A form with the token of this session."""
        return await self.post(path, csrf=await self.token(), **fields)


@dataclass(eq=False)
class Office:
    """A running office with a still clock."""

    app: App
    site: TestServer
    http: ClientSession
    town: Town
    known: dict[str, Official] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return f"{str(self.site.make_url('/')).rstrip('/')}{path}"

    @property
    def now(self) -> datetime:
        return self.app.clock.now()

    def forward(self, by: timedelta) -> None:
        assert isinstance(self.app.clock, StillClock)
        self.app.clock.at += by
        self.town.now = self.app.clock.at

    def official(self, name: str, *held: Role, unit: str = "", project: str = "") -> Official:
        """Somebody with these roles; the same person for the same name."""
        if name not in self.known:
            person = self.town.official(name, *held, unit=unit, project=project)
            self.known[name] = Official(name, person.id, person.address)
        return self.known[name]

    def say(self, who: Official, text: str = "", press: str = "") -> None:
        incoming = Incoming("web", self.town.key(), who.address, text, press, name=who.name)
        self.app.db.write_now(dispatch.handle, incoming, self.now)

    def told(self, who: Official) -> list[str]:
        """Everything said to somebody so far."""
        address = self.app.db.read_now(people.find, "web", who.address)
        assert address is not None
        rows = self.app.db.read_now(_lines, address[0].id)
        return [words(message) for message in rows]

    def link(self, who: Official) -> str:
        """The path of a fresh link from the chat."""
        self.say(who, text="/board")
        found = LINK.search(self.told(who)[-1])
        assert found, self.told(who)[-1]
        return urlsplit(found[0]).path

    def visitor(self, cookie: str = "") -> Visitor:
        return Visitor(self, cookie)

    async def signed_in(self, name: str, *held: Role, unit: str = "", project: str = "") -> Visitor:
        official = self.official(name, *held, unit=unit, project=project)
        visitor = Visitor(self, official=official)
        answer = await visitor.post(self.link(official))
        assert answer.status == 303, answer.text
        return visitor

    def file(self, name: str, facts: str, kind: Kind = Kind.REQUEST, naming: str = "") -> str:
        """Somebody files a case in the chat; returns its number."""
        owner = next((door for door in self.town.doors if door.name == name), None) or self.town.owner(name)
        self.town.now = self.now
        number: str = owner.file(facts, kind, naming)
        return number

    def falsify(self, number: str) -> None:
        """Somebody with the database in hand changes what a case says was filed; undone when the test is over."""
        self.app.db.write_now(_falsified, self.town.case(number).id)

    def leave(self, who: Official) -> None:
        """Every role of this person ends now."""
        self.app.db.write_now(_ended, who.id, self.now)

    def kept_sessions(self) -> list[str]:
        return self.app.db.read_now(lambda tx: [row.digest for row in tx.all(select(sessions))])


def _lines(tx: Tx, address: int) -> list[Any]:
    outbox_rows = tx.all(_OF_ADDRESS, {"address_": address})
    return [outbox.msgspec.json.decode(row.message, type=outbox.Message) for row in outbox_rows]


_OF_ADDRESS = (
    select(outbox.outbox.c.message)
    .where(outbox.outbox.c.address_id == outbox.bindparam("address_"))
    .order_by(outbox.outbox.c.id)
)


def _falsified(tx: Tx, case: int) -> None:
    tx.execute(update(events).where(events.c.case_id == case).values(content='{"facts":"nothing"}'))


def _ended(tx: Tx, person: int, now: datetime) -> None:
    tx.execute(update(roles).where(roles.c.person_id == person).values(until=now))


@asynccontextmanager
async def office_with_pages(folder: Path, start: str = towns.FIRST_MORNING) -> AsyncIterator[Office]:
    """The demo's units, a still clock on an ordinary Tuesday, and every page served."""
    clock = StillClock(towns.moment(start))
    app = building.build(settings(folder), clock, towns.OFFICE)
    await app.start()
    town = Town(app.db, clock.now())
    await app.db.write(calendars.plant, clock.now())
    town.units = await app.db.write(towns._settle)
    site = TestServer(server.build(app))
    await site.start_server()
    try:
        async with ClientSession() as http:
            yield Office(app, site, http, town)
    finally:
        await site.close()
        await asyncio.wait_for(app.close(), 30)
