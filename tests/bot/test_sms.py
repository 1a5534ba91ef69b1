"""The office's SMS gateway: what is posted to it, and what each of its answers means."""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels import sms
from bot.channels.contract import Receipt, TryLater, Undeliverable, Unreachable
from bot.channels.sms import Sms
from domain.messages import Message

SECRET, NUMBER = "a-secret-of-the-gateway", "+8613900000001"


@asynccontextmanager
async def gateway(status: int, headers: dict[str, str] | None = None) -> AsyncIterator[tuple[Sms, list[web.Request]]]:
    """A gateway that answers so, and the calls it took."""
    calls: list[web.Request] = []

    async def take(request: web.Request) -> web.Response:
        await request.read()
        calls.append(request)
        return web.Response(status=status, headers=headers)

    site = web.Application()
    site.router.add_post("/sms", take)
    server = TestServer(site)
    await server.start_server()
    channel = Sms(str(server.make_url("/sms")), SECRET)
    try:
        yield channel, calls
    finally:
        await channel.close()
        await server.close()


async def test_a_message_is_posted_signed_with_its_id() -> None:
    async with gateway(204) as (channel, calls):
        assert await channel.send(NUMBER, Message("诉求已答复"), "", "8-1b") == Receipt()
        body = await calls[0].read()
    assert json.loads(body) == {"id": "8-1b", "to": NUMBER, "text": "诉求已答复"}
    assert calls[0].headers[sms.SIGNATURE] == hmac.new(SECRET.encode(), body, sha256).hexdigest()


@pytest.mark.parametrize(
    ("status", "meant"),
    [
        (301, Undeliverable),
        (400, Undeliverable),
        (401, Undeliverable),
        (404, Undeliverable),
        (422, Unreachable),
        (429, TryLater),
        (500, TryLater),
        (503, TryLater),
    ],
)
async def test_every_status_has_its_meaning(status: int, meant: type[Exception]) -> None:
    async with gateway(status) as (channel, _calls):
        with pytest.raises(meant):
            await channel.send(NUMBER, Message("你好"), "", "7-1a")


@pytest.mark.parametrize(
    ("words", "seconds"), [("30", 30.0), ("", None), ("soon", None), ("９", None), ("9" * 9, None)]
)
async def test_a_gateway_names_its_own_pause(words: str, seconds: float | None) -> None:
    async with gateway(429, {"Retry-After": words}) as (channel, _calls):
        with pytest.raises(TryLater) as later:
            await channel.send(NUMBER, Message("你好"), "", "7-1a")
    assert later.value.seconds == seconds


async def test_a_gateway_that_is_not_there_is_tried_later() -> None:
    async with gateway(200) as (channel, _calls):
        pass
    with pytest.raises(TryLater):
        await channel.send(NUMBER, Message("你好"), "", "7-1a")
    await channel.close()


async def test_what_is_no_mobile_number_is_never_posted() -> None:
    async with gateway(200) as (channel, calls):
        for number in ("+867516123456", "13900000001", "+86139000000011", ""):
            with pytest.raises(Unreachable):
                await channel.send(number, Message("你好"), "", "7-1a")
    assert calls == []


async def test_no_text_is_longer_than_gateways_take() -> None:
    async with gateway(200) as (channel, calls):
        await channel.send(NUMBER, Message("字" * 900), "", "7-1a")
        assert len(json.loads(await calls[0].read())["text"]) == 500


async def test_neither_secret_nor_number_is_in_what_an_error_says() -> None:
    async with gateway(500) as (channel, _calls):
        with pytest.raises(TryLater) as later:
            await channel.send(NUMBER, Message("你好"), "", "7-1a")
    assert NUMBER not in str(later.value)
    assert "127.0.0.1" not in str(later.value)
