"""The addresses WeCom calls: who cannot sign is not listened to, and who can is thanked once it is kept.

WeCom calls again, three times in all, for everything it was not thanked for within five seconds (D90930). Old times
are not refused for that reason; what is done once only is known by its key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.channels.wecom import envelope
from bot.channels.wecom.crypto import Crypt, Forged
from storage.db import Unavailable

#: A message has some kilobytes.
LARGEST_CALL_BYTES = 1024 * 1024
AGAIN_SECONDS = "5"


def routes(path: str, crypt: Crypt, take: Callable[[bytes], Awaitable[None]]) -> Callable[[web.Application], None]:
    """Adds the address of one callback. take: keeps one opened message; raises Unavailable where it cannot."""

    async def verify(request: web.Request) -> web.Response:
        """WeCom asks once, when the address is set, whether we have the key: the answer is the opened text, bare."""
        try:
            # A + that was not written as %2B comes as a space.
            told = crypt.opened(*_signed(request), _one(request, "echostr").replace(" ", "+"))
        except Forged:
            return web.Response(status=403)
        return web.Response(body=told, content_type="text/plain")

    async def arrive(request: web.Request) -> web.Response:
        try:
            signed = _signed(request)
            if (request.content_length or 0) > LARGEST_CALL_BYTES:
                return web.Response(status=413)
            message = crypt.opened(*signed, envelope.encrypted(await request.read()))
        except Forged:
            return web.Response(status=403)
        try:
            await take(message)
        except Unavailable:
            return web.Response(status=503, headers={"Retry-After": AGAIN_SECONDS})
        return web.Response()

    def add(server: web.Application) -> None:
        server.router.add_get(path, verify, allow_head=False)
        server.router.add_post(path, arrive)

    return add


def _signed(request: web.Request) -> tuple[str, str, str]:
    """Signature, time and word of a call. Raises Forged where one of them is missing."""
    return _one(request, "msg_signature"), _one(request, "timestamp"), _one(request, "nonce")


def _one(request: web.Request, name: str) -> str:
    """The one value of a parameter. Raises Forged where there is none, or another beside it."""
    values = request.query.getall(name, [])
    if len(values) != 1:
        raise Forged
    return values[0]
