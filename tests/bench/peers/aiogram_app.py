"""aiogram end to end: its webhook on aiohttp, the conversation in memory, replies over real HTTP to the stub.

It acknowledges before it handles (handle_in_background), which is its fastest setting.
"""

import logging
import os

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from tests.bench.peers.aiogram_talk import dispatcher
from tests.bench.peers.updates import SECRET, TOKEN


async def application() -> web.Application:
    api = TelegramAPIServer.from_base(f"http://127.0.0.1:{os.environ['STUB']}")
    bot = Bot(TOKEN, session=AiohttpSession(api=api))
    app = web.Application()
    hook = SimpleRequestHandler(dispatcher(), bot, handle_in_background=True, secret_token=SECRET)
    hook.register(app, path="/hook")
    return app


if __name__ == "__main__":
    logging.getLogger("aiogram.event").setLevel(logging.ERROR)
    web.run_app(application(), host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None)
