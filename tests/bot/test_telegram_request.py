"""How Telegram is called: over the proxy of the machine where there is one, which is asked for once."""

from __future__ import annotations

import json

import pytest
from aiohttp import web
from aiohttp.test_utils import RawTestServer

from bot.channels.telegram import request
from bot.channels.telegram.request import Caller

TOKEN = "123456:TEST"


class Between:
    """A server that answers by itself; asked: the addresses it was called by, whole where it is used as a proxy."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.told: list[object] = []

    async def answer(self, call: web.BaseRequest) -> web.Response:
        self.asked.append(call.raw_path)
        self.told.append(json.loads(await call.read() or b"null"))
        return web.json_response({"ok": True, "result": {"username": "office_bot"}})

    async def open(self) -> str:
        """Its address."""
        server = RawTestServer(self.answer)
        await server.start_server()
        return str(server.make_url("")).rstrip("/")


@pytest.fixture
async def between(monkeypatch: pytest.MonkeyPatch) -> Between:
    proxy = Between()
    monkeypatch.setenv("http_proxy", await proxy.open())
    return proxy


async def test_a_proxy_of_the_machine_is_used(between: Between) -> None:
    caller = Caller(TOKEN, "http://api.example")
    assert await caller.call("getMe", {}) == {"username": "office_bot"}
    await caller.close_connections()
    assert between.asked == [f"http://api.example/bot{TOKEN}/getMe"]


async def test_an_address_that_is_near_is_called_without_it(between: Between, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    near = Between()
    caller = Caller(TOKEN, await near.open())
    await caller.call("getMe", {})
    await caller.close_connections()
    assert near.asked == [f"/bot{TOKEN}/getMe"]
    assert between.asked == []


async def test_words_are_said_as_the_library_would_say_them() -> None:
    platform = Between()
    caller = Caller(TOKEN, await platform.open())
    words = {
        "chat_id": 7,
        "text": "您好 <b>",
        "reply_markup": {"inline_keyboard": [[{"text": "好", "url": "https://a.cn"}]]},
    }
    assert await caller.say("sendMessage", words) == await caller.call("sendMessage", words)
    await caller.close_connections()
    assert platform.asked == [f"/bot{TOKEN}/sendMessage"] * 2
    assert platform.told == [words, words]


async def test_the_proxy_is_asked_for_once(between: Between, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    real = request.getproxies
    monkeypatch.setattr(request, "getproxies", lambda: (looked.append("looked"), real())[1])
    caller = Caller(TOKEN, "http://api.example")
    for _ in range(3):
        await caller.call("getMe", {})
    await caller.close_connections()
    assert looked == ["looked"]
