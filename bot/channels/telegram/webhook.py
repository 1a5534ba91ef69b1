"""Telegram's calls: only who knows the secret is listened to, and is thanked once what they brought is kept.

Telegram calls again for everything that it was not thanked for. https://core.telegram.org/bots/api#setwebhook
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.channels.telegram.polling import Asked
from bot.channels.telegram.updates import ALLOWED
from bot.ending import cancelled
from domain.errors import BadDeclaration
from handlers.words import N_
from storage.faults import where_of
from storage.transaction import Signal

log = structlog.get_logger()

PATH = "/telegram/webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
#: An update has some kilobytes; the server cuts off at as much what does not say its length.
LARGEST_UPDATE_BYTES = 1024 * 1024
#: Calls at a time; those of one chat come one after the other.
CONNECTIONS = 40
CALL_SECONDS = 15.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0
#: So often the webhook is set again: who polls with the same token anywhere takes it away.
AGAIN_SECONDS = 600.0


def checked(secret: str) -> str:
    """The secret, if it is one Telegram takes. Raises BadDeclaration."""
    if SECRET.fullmatch(secret) is None:
        what = N_("must be 1 to 256 letters, digits, _ or -")
        raise BadDeclaration(where="QINQING_TELEGRAM_WEBHOOK_SECRET", what=what)
    return secret


def routes(secret: str, take: Callable[[bytes], Awaitable[None]]) -> Callable[[web.Application], None]:
    """Adds the address Telegram calls. take: keeps one update as it came; raises Unavailable where it cannot."""
    known = secret.encode()

    async def arrive(request: web.Request) -> web.Response:
        given = request.headers.getall(HEADER, [])
        if len(given) != 1 or not hmac.compare_digest(given[0].encode("utf-8", "surrogateescape"), known):
            return web.Response(status=403)
        if (request.content_length or 0) > LARGEST_UPDATE_BYTES:
            return web.Response(status=413)
        await take(await request.read())
        return web.Response()

    def add(server: web.Application) -> None:
        server.router.add_post(PATH, arrive)

    return add


class Registration:
    """Tells Telegram where to call, again and again until it is told, and from time to time after that.

    public_url: of the office. local: the Bot API server is one of our own, which may call without https.
    """

    def __init__(self, bot: Asked, public_url: str, secret: str, *, local: bool = False) -> None:
        self._bot, self._secret = bot, secret
        self._url = public_url.rstrip("/") + PATH
        self._callable = urlsplit(public_url).scheme in (("https", "http") if local else ("https",))
        self._life: asyncio.Task[None] | None = None

    def heard(self, signals: list[Signal]) -> None:
        """Nothing that is committed concerns it."""

    async def start(self) -> None:
        """Begin."""
        if not self._callable:
            log.error("Telegram calls only an https address; set QINQING_PUBLIC_URL, or take the webhook secret away")
            return
        self._life = asyncio.create_task(self._telling())

    async def close(self) -> None:
        """Stop; what Telegram brings meanwhile it brings again."""
        if self._life is not None:
            await cancelled(self._life)

    async def _telling(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._tell()
            except Exception as error:
                log.error("Telegram was not told where to call; tried again", error=where_of(error), seconds=pause)
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE_SECONDS, pause * 2)
            else:
                pause = FIRST_PAUSE_SECONDS
                await asyncio.sleep(AGAIN_SECONDS)

    async def _tell(self) -> None:
        told = {
            "url": self._url,
            "secret_token": self._secret,
            "allowed_updates": list(ALLOWED),
            "max_connections": CONNECTIONS,
        }
        await self._bot.call("setWebhook", told, CALL_SECONDS)
