"""An office in WeChat customer service, where it is set up: the channel, what pulls, and the address WeCom calls."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from bot import shown
from bot.asking import Asking
from bot.channels.kefu.channel import Kefu
from bot.channels.kefu.pulling import Pulling
from bot.channels.kefu.taking import Outcome
from bot.channels.wecom import callbacks, envelope
from bot.channels.wecom.calling import Caller, by_secret
from bot.channels.wecom.crypto import Crypt, Forged
from bot.channels.wecom.settings import AppCaller, api_of, bare_of
from bot.channels.wecom.tokens import Tokens
from bot.clock import DemoClock
from bot.connected import Connected
from bot.running import Running
from domain.errors import BadDeclaration
from handlers.words import N_
from storage import pulls
from storage.db import Database

if TYPE_CHECKING:
    from bot.settings import Settings

log = structlog.get_logger()

PATH = "/wecom/kefu"
EVENT = "kf_msg_or_event"
OPEN_KFID = re.compile(r"[A-Za-z0-9_-]{1,64}")
LONGEST_TOKEN, LONGEST_URL = 128, 1024
LONGEST_PAUSE_SECONDS = 600.0
#: By which of an office's links somebody came in.
SCENE = "qinqing"


def connected(app: Running) -> Connected | None:
    """What connects an office to customer service, None without settings. Raises BadDeclaration for what is missing."""
    settings = app.settings
    if not _is_complete(settings):
        return None
    crypt = Crypt(
        settings.wecom_kefu_token.get_secret_value(),
        settings.wecom_kefu_aes_key.get_secret_value(),
        settings.wecom_corp_id,
        "QINQING_WECOM_KEFU",
    )
    open_kfid = settings.wecom_kefu_open_kfid
    caller, whole = _caller(app), asyncio.Event()
    whole.set()
    program = settings.wechat_mini_app_id
    channel = Kefu(caller, open_kfid, app.db, app.clock.now, shown.shown_at(app), whole, program)

    def counted(outcome: Outcome) -> None:
        app.metrics.arrivals.labels(channel.name).inc(outcome.taken)
        app.metrics.failed.inc(outcome.failed)

    def ahead() -> timedelta:
        return app.clock.now() - datetime.now(UTC) if isinstance(app.clock, DemoClock) else timedelta()

    pulling = Pulling(caller, open_kfid, app.db, app.clock.now, counted, whole, ahead=ahead)
    asking = entrance(caller, open_kfid, app.db, lambda link: app.opens_at(channel.name, link))
    return Connected(channel, [asking, pulling], callbacks.routes(PATH, crypt, _noted(app, open_kfid)))


def _noted(app: Running, open_kfid: str) -> Callable[[bytes], Awaitable[None]]:
    """Writes down that there is something to pull; who it is from and what it says is never in the call."""

    async def take(raw: bytes) -> None:
        try:
            told = envelope.parsed(raw)
        except Forged:  # signed, and yet no message: nothing that calling again would mend
            log.error("a call of customer service was not understood")
            return
        if envelope.text(told, "Event") != EVENT or envelope.text(told, "OpenKfId") != open_kfid:
            return
        token = envelope.text(told, "Token")
        await app.db.write(pulls.noticed, open_kfid, token if len(token) <= LONGEST_TOKEN else "", app.clock.now())

    return take


def _caller(app: Running) -> Caller:
    settings = app.settings
    bare, secret = bare_of(settings), settings.wecom_kefu_secret.get_secret_value()
    name = f"kefu:{settings.wecom_corp_id}"[:64]
    tokens = Tokens(app.db, name, by_secret(bare, settings.wecom_corp_id, secret), app.clock.now)
    return AppCaller(api_of(settings), bare, tokens, settings.wecom_proxy.get_secret_value())


def _is_complete(settings: Settings) -> bool:
    """Whether customer service is set up; False where nothing of it is. Raises BadDeclaration for the first missing."""
    said = {
        "QINQING_WECOM_KEFU_SECRET": settings.wecom_kefu_secret.get_secret_value(),
        "QINQING_WECOM_KEFU_TOKEN": settings.wecom_kefu_token.get_secret_value(),
        "QINQING_WECOM_KEFU_AES_KEY": settings.wecom_kefu_aes_key.get_secret_value(),
        "QINQING_WECOM_KEFU_OPEN_KFID": settings.wecom_kefu_open_kfid,
    }
    if not any(said.values()):
        return False
    for name, value in {"QINQING_WECOM_CORP_ID": settings.wecom_corp_id, **said}.items():
        if not value:
            raise BadDeclaration(where=name, what=N_("is missing; WeChat customer service needs it"))
    if OPEN_KFID.fullmatch(settings.wecom_kefu_open_kfid) is None:
        raise BadDeclaration(where="QINQING_WECOM_KEFU_OPEN_KFID", what=N_("is no id of a customer service account"))
    return True


def entrance(caller: Caller, open_kfid: str, db: Database, known: Callable[[str], Awaitable[None]]) -> Asking:
    """Where owners come in: the platform is asked for the link once, it is kept. known: told where the chat opens."""

    async def ask() -> None:
        kept = (await db.read(pulls.look, open_kfid)).link
        await known(kept or await _new_link(caller, open_kfid, db))

    return Asking(ask, lambda _error: "customer service did not say where it opens", LONGEST_PAUSE_SECONDS)


async def _new_link(caller: Caller, open_kfid: str, db: Database) -> str:
    asked = {"open_kfid": open_kfid, "scene": SCENE}
    link = (await caller.call("kf/add_contact_way", asked, safe=True)).get("url")
    if not isinstance(link, str) or not 0 < len(link) <= LONGEST_URL or not link.startswith("https://"):
        raise TypeError("the chat opens at an address")
    await db.write(pulls.keep_link, open_kfid, link)
    return link
