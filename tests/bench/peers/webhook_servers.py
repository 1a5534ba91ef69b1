"""Webhooks that check the secret, read the update, acknowledge, and keep nothing: the ceiling of each
framework.

One argument chooses: aiohttp (bare), ptb_aiohttp (an aiohttp hook feeding python-telegram-bot's queue), ptb
(its own server on tornado), aiogram (its own handler on aiohttp).
"""

import hmac
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Dispatcher, F
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from tests.bench.peers.aiogram_talk import socketless_bot
from tests.bench.peers.ptb_talk import SocketlessRequest, socketless
from tests.bench.peers.updates import SECRET, TOKEN

PORT = int(os.environ["PORT"])
Take = Callable[[dict[str, Any]], object]


async def ignore(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Handle a text by doing nothing."""


def hooked(take: Take) -> web.Application:
    async def hook(request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), SECRET):
            return web.Response(status=403)
        take(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", hook)
    return app


async def bare() -> web.Application:
    return hooked(lambda update: update["update_id"])


async def ptb_on_aiohttp() -> web.Application:
    bot = socketless().build()
    bot.add_handler(MessageHandler(filters.TEXT, ignore))
    await bot.initialize()
    await bot.start()
    return hooked(lambda update: bot.update_queue.put_nowait(Update.de_json(update, bot.bot)))


async def aiogram() -> web.Application:
    dispatcher = Dispatcher()

    @dispatcher.message(F.text)
    async def ignore_text(message: Message) -> None:
        """Handle a text by doing nothing."""

    app = web.Application()
    hook = SimpleRequestHandler(dispatcher, socketless_bot(), handle_in_background=True, secret_token=SECRET)
    hook.register(app, path="/hook")
    return app


def ptb_on_tornado() -> None:
    request = SocketlessRequest()
    bot = Application.builder().token(TOKEN).job_queue(None).request(request).get_updates_request(request).build()
    bot.add_handler(MessageHandler(filters.TEXT, ignore))
    address = f"http://127.0.0.1:{PORT}/hook"
    bot.run_webhook(listen="127.0.0.1", port=PORT, url_path="hook", webhook_url=address, secret_token=SECRET)


def on_aiohttp(made: Callable[[], Awaitable[web.Application]]) -> None:
    web.run_app(made(), host="127.0.0.1", port=PORT, access_log=None, print=None)


SERVERS: dict[str, Callable[[], None]] = {
    "aiohttp": lambda: on_aiohttp(bare),
    "ptb_aiohttp": lambda: on_aiohttp(ptb_on_aiohttp),
    "aiogram": lambda: on_aiohttp(aiogram),
    "ptb": ptb_on_tornado,
}

if __name__ == "__main__":
    for name in ("tornado.access", "aiogram.event"):
        logging.getLogger(name).setLevel(logging.ERROR)
    SERVERS[sys.argv[1]]()
