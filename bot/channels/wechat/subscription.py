"""Owners who tapped once in the office's mini program that it may tell them how their cases go on: it only pushes.

A long-term subscription is open to mini programs of public services; where it is refused the next door is tried.
https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from bot.channels.contract import Limits, OnlyPushes, OutcomeUnknown, Receipt, TryLater, Undeliverable
from bot.channels.wechat.calling import Account
from bot.channels.wechat.templates import PARTS, Template
from bot.channels.wecom.calling import Refusal
from bot.verdicts import MAYBE
from domain.messages import Message
from handlers import subscribing
from storage.db import Database

PATH = "/wechat/subscribed"
#: A code of wx.login has 32 characters, a ticket eleven.
LARGEST_BODY_BYTES = 4096


class Subscription(OnlyPushes):
    """Fills the fields of a template. page: of the mini program, opened by who taps the message; "" for none."""

    name = subscribing.CHANNEL
    limits = Limits(a_second=50)

    def __init__(self, account: Account, template: Template, page: str) -> None:
        self._account, self._template, self._page = account, template, page

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        """Send a message in short (handlers.in_short). Unreachable for who has not subscribed.

        The platform takes no name of a message, so one that may have arrived is not sent again here, but at the next
        door (decision 0019).
        """
        fields = {"touser": address, "template_id": self._template.id, "data": self._template.data(message)}
        if self._page:
            fields["page"] = f"{self._page}?{urlencode({'number': PARTS['number'](message)})}"
        try:
            await self._account.push("message/subscribe/send", fields)
        except OutcomeUnknown:
            raise Undeliverable(MAYBE) from None
        return Receipt()

    async def close(self) -> None:
        """After the last call."""
        await self._account.close()


class Told(msgspec.Struct):
    """What the page of the mini program tells: the code of its login, and the ticket it was opened with."""

    code: str
    ticket: str


def routes(account: Account, db: Database, clock: Callable[[], datetime]) -> Callable[[web.Application], None]:
    """Adds the address that the page of the mini program calls when somebody has subscribed."""

    async def subscribed(request: web.Request) -> web.Response:
        """204 once it is kept; 404 for a ticket that is not good, 400 for a login that is not, 503 for once more."""
        told = await _told(request)
        if not await db.read(subscribing.is_good, told.ticket, clock()):
            return web.Response(status=404)
        try:
            session = await account.session(told.code)
        except Refusal:
            return web.Response(status=400)
        except (TryLater, OutcomeUnknown):
            return web.Response(status=503)
        openid, unionid = (str(session.get(name) or "") for name in ("openid", "unionid"))
        kept = await db.write(subscribing.subscribed, told.ticket, openid, unionid, clock())
        return web.Response(status=204 if kept else 404)

    def add(server: web.Application) -> None:
        server.router.add_post(PATH, subscribed)

    return add


async def _told(request: web.Request) -> Told:
    if (request.content_length or 0) > LARGEST_BODY_BYTES:
        raise web.HTTPRequestEntityTooLarge(LARGEST_BODY_BYTES, request.content_length or 0)
    body = await request.content.read(LARGEST_BODY_BYTES + 1)
    try:
        told = msgspec.json.decode(body, type=Told)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise web.HTTPBadRequest from None
    if not (0 < len(told.code) <= 128 and told.code.isascii() and 0 < len(told.ticket) <= 32):
        raise web.HTTPBadRequest
    return told
