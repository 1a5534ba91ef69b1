"""Callbacks to the office (sheet 1.2 to 1.5): sealed, signed, within five seconds, tried four times in all.

What can go wrong on the way is set here: copies, loss, delay, and holding them back to let them go in another order.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import time
import xml.etree.ElementTree as ET
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from tests.wecom_sim.crypt import seal, signature, unseal
from tests.wecom_sim.state import World
from tests.wecom_sim.things import App

VERIFY_SECONDS = 1.0
RETRIES = 3

T = TypeVar("T")


@dataclass
class Callback:
    """One callback and how it fared. answers: the status of each try, 0 where there was none. took: seconds of each."""

    app: App
    event: str
    xml: bytes
    answers: list[int] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether the office took it."""
        return 200 in self.answers


def as_xml(fields: dict[str, Any], name: str = "xml") -> str:
    """Fields as the platform writes them: text in CDATA, numbers bare, lists as repeated elements."""
    inner = "".join(_element(key, value) for key, value in fields.items())
    return f"<{name}>{inner}</{name}>"


def _element(key: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(key, one) for one in value)
    if isinstance(value, dict):
        return as_xml(value, key)
    if isinstance(value, int | float):
        return f"<{key}>{value}</{key}>"
    return f"<{key}><![CDATA[{str(value).replace(']]>', ']]]]><![CDATA[>')}]]></{key}>"


class Postman:
    """Brings callbacks. copies: how often each comes. lose: so many of the next never come. delay_seconds: before each.

    jitter_seconds: up to so much more before each copy, which mixes their order; the same in every run.
    patience_seconds: how long an answer may take. pause_seconds: between tries. most_at_once: on the way together.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.copies, self.lose, self.retries = 1, 0, RETRIES
        self.delay_seconds = self.jitter_seconds = self.pause_seconds = 0.0
        self._luck = random.Random(5)
        self.patience_seconds = 5.0
        self.most_at_once = 64
        self.sent: list[Callback] = []
        self.lost: list[Callback] = []
        self.replies: list[bytes] = []
        self._held: list[Callback] | None = None
        self._http: ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._gate = asyncio.Semaphore(self.most_at_once)

    async def open(self) -> None:
        """Begin, in the loop that brings them all."""
        self._loop = asyncio.get_running_loop()
        self._gate = asyncio.Semaphore(self.most_at_once)
        self._http = ClientSession(connector=TCPConnector(limit=0))

    async def close(self) -> None:
        """Bring no more."""
        if self._http is not None:
            await self._http.close()
        self._http = None

    async def post(self, app: App, fields: dict[str, Any]) -> Callback:
        """Tell the office something; returns when it was taken or given up, at once where callbacks are held."""
        event = str(fields.get("Event") or fields.get("MsgType", ""))
        one = Callback(app, event, as_xml(fields).encode())
        self.sent.append(one)
        if self._held is not None:
            self._held.append(one)
            return one
        if self.lose > 0:
            self.lose -= 1
            self.lost.append(one)
            return one
        await self.here(self._bring(one))
        return one

    def hold(self) -> None:
        """Keep callbacks back from now on."""
        self._held = self._held or []

    async def release(self, order: str = "reversed", seed: int = 1) -> list[Callback]:
        """Let those go that were kept: "as sent", "reversed" or "shuffled"."""
        held, self._held = self._held or [], None
        if order == "reversed":
            held.reverse()
        elif order == "shuffled":
            random.Random(seed).shuffle(held)
        for one in held:
            await self.here(self._bring(one))
        return held

    async def again(self, one: Callback) -> Callback:
        """Bring one another time, the same within."""
        copy = Callback(one.app, one.event, one.xml)
        self.sent.append(copy)
        await self.here(self._bring(copy))
        return copy

    async def here(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the loop of the platform, from whatever loop."""
        assert self._loop is not None, "the platform is not running"
        if asyncio.get_running_loop() is self._loop:
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def verify(self, app: App) -> str:
        """The check of a URL when it is saved in the console: "" where it passed, else what was wrong."""
        return await self.here(self._verify(app))

    async def _verify(self, app: App) -> str:
        plain = str(secrets.randbelow(10**18) + 10**18)
        sealed = seal(app.aes_key, app.corp_id, plain.encode())
        query = self._signed(app, sealed) | {"echostr": sealed}
        if app.kind == "wechat":
            query = {one: query[one] for one in ("signature", "timestamp", "nonce")} | {"echostr": plain}
        began = time.monotonic()
        try:
            async with self._client().get(
                f"{app.callback}?{urlencode(query)}", timeout=ClientTimeout(VERIFY_SECONDS)
            ) as answer:
                body, status, sort = await answer.read(), answer.status, answer.content_type
        except (ClientError, TimeoutError) as error:
            return f"no answer within a second: {type(error).__name__} after {time.monotonic() - began:.2f} s"
        if status != 200 or body != plain.encode():
            return f"status {status}, {len(body)} bytes that are not the text"
        return "" if sort == "text/plain" else f"content type {sort}"

    async def _bring(self, one: Callback) -> None:
        if not one.app.callback:
            self.lost.append(one)
            return
        await asyncio.gather(*(self._try(one) for _ in range(self.copies)))
        if not one.accepted:
            self.lost.append(one)

    async def _try(self, one: Callback) -> None:
        if self.delay_seconds or self.jitter_seconds:
            await asyncio.sleep(self.delay_seconds + self._luck.random() * self.jitter_seconds)
        for number in range(1 + self.retries):
            if number and self.pause_seconds:
                await asyncio.sleep(self.pause_seconds)
            async with self._gate:
                status = await self._once(one)
            if status == 200:
                return

    async def _once(self, one: Callback) -> int:
        app, began = one.app, time.monotonic()
        sealed = seal(app.aes_key, app.corp_id, one.xml)
        agent = {"AgentID": str(app.agent_id or "")} if app.kind == "wecom" else {}
        outer = {"ToUserName": app.corp_id, **agent, "Encrypt": sealed}
        url = f"{app.callback}?{urlencode(self._signed(app, sealed))}"
        status = 0
        try:
            async with self._client().post(
                url, data=as_xml(outer).encode(), timeout=ClientTimeout(self.patience_seconds)
            ) as answer:
                reply, status = await answer.read(), answer.status
                self._replied(one, status, reply)
        except (ClientError, TimeoutError, ConnectionError):
            status = 0
        one.answers.append(status)
        one.took.append(time.monotonic() - began)
        return status

    def _replied(self, one: Callback, status: int, reply: bytes) -> None:
        """A passive reply has its own envelope, and is not looked at after a card's click (the trap of sheet 1.4)."""
        if status != 200 or not reply or (reply == b"success" and one.app.kind == "wechat"):
            return
        if one.event == "template_card_event":
            self.world.complain("callback: a reply to template_card_event is not looked at")
            return
        try:
            fields = {part.tag: part.text or "" for part in ET.fromstring(reply)}
            if fields["MsgSignature"] != signature(
                one.app.token, fields["TimeStamp"], fields["Nonce"], fields["Encrypt"]
            ):
                raise ValueError("signature")
            self.replies.append(unseal(one.app.aes_key, one.app.corp_id, fields["Encrypt"]))
        except (ET.ParseError, KeyError, ValueError) as error:
            self.world.complain(f"callback: a reply that is not empty and not sealed ({type(error).__name__})")

    def _signed(self, app: App, sealed: str) -> dict[str, str]:
        timestamp, nonce = str(int(self.world.now())), str(secrets.randbelow(10**10))
        marks = {"timestamp": timestamp, "nonce": nonce}
        if app.kind == "wechat":
            plain = signature(app.token, timestamp, nonce, "")
            marks |= {"signature": plain, "encrypt_type": "aes"}
        return {"msg_signature": signature(app.token, timestamp, nonce, sealed)} | marks

    def _client(self) -> ClientSession:
        assert self._http is not None, "the platform is not running"
        return self._http
