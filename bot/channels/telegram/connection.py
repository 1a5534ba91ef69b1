"""An office on Telegram, where a token is set: the channel, and what brings its updates in."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from telegram.error import InvalidToken

from bot.asking import Asking
from bot.channels.telegram import webhook
from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.commands import Commands
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.request import Caller
from bot.channels.telegram.webhook import Registration
from bot.clock import DemoClock
from bot.connected import Connected, Part
from bot.lending import Lending
from bot.running import Running
from domain.errors import BadDeclaration
from handlers.words import N_

log = structlog.get_logger()

TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{3,100}")


def connected(app: Running) -> Connected | None:
    """What connects an office to Telegram, None without a token. Raises BadDeclaration for what is no token."""
    settings = app.settings
    token = settings.telegram_token.get_secret_value()
    if not token:
        return None
    if TOKEN.fullmatch(token) is None:
        what = N_("is no token of a bot: digits, a colon, letters")
        raise BadDeclaration(where="QINQING_TELEGRAM_TOKEN", what=what)
    bot_id = token.partition(":")[0]
    bot = Caller(token, settings.telegram_api.rstrip("/"))
    channel = Telegram(bot, bot_id, Lending(app.db, app.store, Telegram.name))

    async def take(raw: bytes) -> None:
        await app.take(channel, raw)
        channel.thank(raw)

    demo = isinstance(app.clock, DemoClock)
    about: list[Part] = [
        introduction(channel, partial(app.opens_at, Telegram.name)),
        Commands(app.db, bot, bot_id, app.clock.now, everybody=demo),
    ]
    secret = settings.telegram_webhook_secret.get_secret_value()
    if not secret:
        return Connected(channel, [*about, Polling(bot, bot_id, take, app.db)])
    called = Registration(bot, settings.public_url, webhook.checked(secret), local=bool(settings.telegram_api))
    return Connected(channel, [*about, called], webhook.routes(secret, take))


def introduction(channel: Telegram, known: Callable[[str], Awaitable[None]]) -> Asking:
    """Asks Telegram for the bot's name. known: told where its chat opens."""

    async def ask() -> None:
        me = await channel.bot.call("getMe", {})
        name = me.get("username") if isinstance(me, dict) else None
        if not isinstance(name, str) or not name:
            raise TypeError("a bot has a name")
        channel.username = name
        await known(channel.link)
        log.info("on Telegram", bot=name)

    def says(error: Exception) -> str:
        refused = isinstance(error, InvalidToken)
        return "Telegram refuses the token" if refused else "Telegram was not asked for the bot's name"

    return Asking(ask, says)
