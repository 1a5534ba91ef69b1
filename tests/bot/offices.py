"""An office behind its real server on a port of its own, and chats with it as programs have them."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType
from aiohttp.test_utils import TestServer

from bot import app as building
from bot import server, serving
from bot.app import App
from bot.cookies import COOKIE
from bot.settings import OfficeFile, Settings
from tests import copies

Frame = dict[str, Any]
PUBLIC = "https://office.example"
ZONE = ZoneInfo("Asia/Shanghai")
WAIT_SECONDS = 20
_ids = itertools.count(1)


def fresh_id() -> str:
    """An id no chat of this process has used."""
    return f"id-{next(_ids)}"


class Chat:
    """One socket of one person. With `echo` it hears acks and its own words too, as the page does."""

    def __init__(self, ws: ClientWebSocketResponse) -> None:
        self.ws = ws
        self.frames: list[Frame] = []

    async def send(self, frame: Frame) -> str:
        """Send a frame, with a fresh id unless it has one; returns the id."""
        frame = {"id": fresh_id(), **frame}
        await self.ws.send_str(json.dumps(frame))
        return str(frame["id"])

    async def next(self) -> Frame:
        """The next frame of the office. Fails after WAIT_SECONDS."""
        arrived = await self.ws.receive(timeout=WAIT_SECONDS)
        assert arrived.type is WSMsgType.TEXT, f"the socket ended: {arrived.type} {arrived.data}"
        frame: Frame = json.loads(arrived.data)
        self.frames.append(frame)
        return frame

    async def until(self, fits: Callable[[Frame], bool]) -> Frame:
        """The next frame for which `fits` holds."""
        while not fits(frame := await self.next()):
            pass
        return frame

    async def heard(self, words: str = "") -> Frame:
        """The next message of the office that contains these words."""
        found = await self.until(lambda frame: "message" in frame and words in json.dumps(frame, ensure_ascii=False))
        message: Frame = found["message"]
        return message

    async def acked(self, frame_id: str) -> None:
        """Wait for the ack of a frame."""
        await self.until(lambda frame: frame.get("ack") == frame_id)

    async def say(self, text: str, **more: Any) -> Frame:
        """Say something and return the answer."""
        await self.send({"text": text, **more})
        return await self.heard()

    async def tap(self, label: str, message: Frame) -> Frame:
        """Press the button with this label, and return the answer."""
        await self.send({"press": value_of(label, message)})
        return await self.heard()

    async def file(self, name: str, data: bytes, text: str = "") -> Frame:
        """Send a file and return the answer."""
        return await self.say(text, file={"name": name, "data": base64.b64encode(data).decode()})

    async def ended(self) -> int:
        """Wait until the office ends the socket; returns the code of the close."""
        while (arrived := await self.ws.receive(timeout=WAIT_SECONDS)).type is WSMsgType.TEXT:
            self.frames.append(json.loads(arrived.data))
        return self.ws.close_code or 0

    def refs(self) -> list[str]:
        """The refs of everything shown on this socket, in order."""
        return [body["ref"] for frame in self.frames for body in (frame.get("message") or frame.get("said"),) if body]

    async def close(self) -> None:
        await self.ws.close()


def value_of(label: str, message: Frame) -> str:
    """The value of the button whose label contains these words."""
    labels = {button["label"]: button["value"] for row in message["buttons"] for button in row}
    found = [value for name, value in labels.items() if label in name]
    assert found, f"no button {label!r} among {list(labels)}"
    return str(found[0])


class Running:
    """An office that runs, and a browser's session with it."""

    def __init__(self, app: App, site: TestServer, http: ClientSession) -> None:
        self.app, self.site, self.http = app, site, http

    def url(self, path: str) -> str:
        return str(self.site.make_url(path))

    async def chat(self, person: str = "", http: ClientSession | None = None, **query: Any) -> Chat:
        """A chat of a sample person, or of whoever has the session's cookie. echo=1, after=<ref> as the page asks."""
        named = {"as": person} if person else {}
        path = f"/chat/ws?{urlencode({**named, **query})}"
        return Chat(await (http or self.http).ws_connect(self.url(path), max_msg_size=0))

    async def get(self, path: str, **more: Any) -> tuple[int, str]:
        """Status and text of a page."""
        async with self.http.get(self.url(path), **more) as answer:
            return answer.status, await answer.text()

    async def forward(self, **body: Any) -> str:
        """Move the demo's clock; returns its new time."""
        async with self.http.post(self.url("/demo/clock"), json=body) as answer:
            assert answer.status == 200, await answer.text()
            return str((await answer.json())["now"])

    async def health(self) -> Frame:
        """What /health says."""
        async with self.http.get(self.url("/health")) as answer:
            found: Frame = await answer.json()
            return found

    async def visitor(self) -> Visitor:
        """Somebody else's browser, with a cookie of its own."""
        return await Visitor(self).opened()


class Visitor:
    """A browser that has opened the page of an office in production."""

    def __init__(self, office: Running) -> None:
        self.office = office
        self.http = ClientSession(cookie_jar=CookieJar(unsafe=True))
        self.cookie = ""

    async def opened(self) -> Self:
        """Open the page, which gives the cookie."""
        async with self.http.get(self.office.url("/chat")) as answer:
            self.cookie = answer.cookies[COOKIE].value
        # The page of an office with an https address gives a cookie for https only; the test speaks plain http.
        self.http.cookie_jar.update_cookies({COOKIE: self.cookie}, answer.url)
        return self

    async def chat(self, **query: Any) -> Chat:
        return await self.office.chat(http=self.http, **query)

    async def close(self) -> None:
        await self.http.close()


def settings(folder: Path, url: str = "") -> Settings:
    """Settings with every folder below `folder`; unless another is named, a database with its tables is there."""
    return Settings(
        database_url=url or copies.set_up(f"sqlite:///{folder}/office.db"),
        files=folder / "files",
        keys=folder / "keys",
        public_url=PUBLIC,
    )


@asynccontextmanager
async def demo(folder: Path, url: str = "", port: int = 0) -> AsyncIterator[Running]:
    """A running demo office, its sample people in place; on a port of its own unless one is given."""
    async with running(serving.demo(settings(folder, url)), port) as office:
        yield office


@asynccontextmanager
async def production(folder: Path) -> AsyncIterator[Running]:
    """A running office as it is in earnest: people are known by a cookie, and the clock is the real one."""
    file = OfficeFile(name="衡岳县优化营商环境办公室", phone="0000-6100000")
    async with running(building.build(settings(folder), file=file)) as office:
        yield office


@asynccontextmanager
async def running(app: App, port: int = 0) -> AsyncIterator[Running]:
    """An office that was built, behind its server; on a port of its own unless one is given."""
    await app.start()
    site = TestServer(server.build(app), port=port or None)
    await site.start_server()
    try:
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
            yield Running(app, site, http)
    finally:
        await site.close()
        await app.close()
