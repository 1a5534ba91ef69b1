"""What the service account tells: who begins to follow it and who ceases. In the safe mode, sealed as WeCom's calls.

https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from bot.channels.contract import OutcomeUnknown, TryLater
from bot.channels.wechat.calling import Account
from bot.channels.wecom import envelope
from bot.channels.wecom.callbacks import LARGEST_CALL_BYTES
from bot.channels.wecom.calling import Refusal
from bot.channels.wecom.crypto import Crypt, Forged
from handlers import following
from storage.db import Database

PATH = "/wechat/service"
LONGEST_OPENID = 64
LEFT = "unsubscribe"


class Followers:
    """Keeps who follows. A stranger who becomes known later is kept with the next thing the account tells of them."""

    def __init__(self, account: Account, db: Database, clock: Callable[[], datetime]) -> None:
        self._account, self._db, self._clock = account, db, clock

    async def take(self, message: bytes) -> None:
        """One opened message. Raises TryLater, OutcomeUnknown or Unavailable where it is not kept."""
        told = envelope.parsed(message)
        openid, event = envelope.text(told, "FromUserName"), envelope.text(told, "Event").lower()
        if not 0 < len(openid) <= LONGEST_OPENID:
            return
        if event == LEFT:
            await self._db.write(following.left, openid)
        elif not await self._db.read(following.is_known, openid):
            await self._met(openid)

    async def _met(self, openid: str) -> None:
        try:
            found = await self._account.caller.call("user/info", query={"openid": openid})
        except Refusal:
            return
        unionid = found.get("unionid")
        if found.get("subscribe") == 1 and isinstance(unionid, str):
            await self._db.write(following.follows, openid, unionid, self._clock())


def routes(crypt: Crypt, followers: Followers) -> Callable[[web.Application], None]:
    """Adds the address the service account calls: its check when it is set, and what it tells."""

    async def verify(request: web.Request) -> web.Response:
        """The check is signed and not sealed, unlike WeCom's."""
        asked = [request.query.getall(name, []) for name in ("signature", "timestamp", "nonce", "echostr")]
        if any(len(one) != 1 for one in asked):
            return web.Response(status=403)
        signature, timestamp, nonce, echo = (one[0] for one in asked)
        ours = crypt.signature(timestamp, nonce, "").encode()
        if not hmac.compare_digest(signature.encode("utf-8", "surrogatepass"), ours) or not echo.isascii():
            return web.Response(status=403)
        return web.Response(text=echo, content_type="text/plain")

    async def arrive(request: web.Request) -> web.Response:
        if (request.content_length or 0) > LARGEST_CALL_BYTES:
            return web.Response(status=413)
        asked = [request.query.getall(name, []) for name in ("msg_signature", "timestamp", "nonce")]
        try:
            if any(len(one) != 1 for one in asked):
                raise Forged
            signature, timestamp, nonce = (one[0] for one in asked)
            sealed = envelope.encrypted(await request.read())
            await followers.take(crypt.opened(signature, timestamp, nonce, sealed))
        except Forged:
            return web.Response(status=403)
        except (TryLater, OutcomeUnknown):
            return web.Response(status=503)
        return web.Response()

    def add(server: web.Application) -> None:
        server.router.add_get(PATH, verify, allow_head=False)
        server.router.add_post(PATH, arrive)

    return add
