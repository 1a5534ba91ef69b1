"""An office in WeCom, where its app is set up: the channel, and the address WeCom calls."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from aiohttp import web

from bot.channels.contract import Unreadable
from bot.channels.wecom import callbacks, directory, events, page
from bot.channels.wecom.channel import WeCom
from bot.channels.wecom.codes import Codes
from bot.channels.wecom.crypto import Crypt
from bot.channels.wecom.memory import Memory
from bot.channels.wecom.settings import caller_of
from bot.clock import Clock
from bot.connected import Connected
from bot.lending import Lending
from bot.running import Running
from domain.errors import BadDeclaration
from handlers.words import N_
from storage import earlier

if TYPE_CHECKING:
    from bot.settings import Settings

PATH = "/wecom/app"
AGENT_ID = re.compile(r"[1-9][0-9]{0,9}")
#: What somebody is told who opens the app and has never said anything.
START = "/start"


def connected(app: Running) -> Connected | None:
    """What connects an office to WeCom's app, None without its settings. Raises BadDeclaration for what is missing."""
    settings = app.settings
    if not _is_complete(settings):
        return None
    crypt = Crypt(
        settings.wecom_app_token.get_secret_value(),
        settings.wecom_app_aes_key.get_secret_value(),
        settings.wecom_corp_id,
        "QINQING_WECOM_APP",
    )
    caller = caller_of(app)
    assert caller is not None
    # What the platform keeps for days it counts by the world's clock, not by the demo's.
    now = Clock().now
    lending = Lending(app.db, app.store, WeCom.name)
    memory, codes = Memory(app.db, lending), Codes(app.db, now)
    channel = WeCom(caller, settings.wecom_app_agent_id, lending, memory, codes, now)

    async def take(raw: bytes) -> None:
        if told := events.code_of(raw):
            await codes.keep(*told)
        if events.entered(raw) and await _met(app, channel, raw):
            return
        await app.take(channel, raw)

    called = (callbacks.routes(PATH, crypt, take), directory.routes(app), page.routes(app, caller))

    def routes(server: web.Application) -> None:
        for add in called:
            add(server)

    return Connected(channel, [directory.DirectorySync(app, caller)], routes)


async def _met(app: Running, channel: WeCom, raw: bytes) -> bool:
    """Greet who opens the app and has never heard anything there; False for everybody else. Raises Unavailable."""
    try:
        incoming = channel.parse(raw)
    except Unreadable:
        return False
    if incoming is None or await app.db.read(earlier.anything, channel.name, incoming.address):
        return False
    await app.receive(replace(incoming, presence="", text=START))
    return True


def _is_complete(settings: Settings) -> bool:
    """Whether all settings of the app are there; False where none is. Raises BadDeclaration for the first missing."""
    said = {
        "QINQING_WECOM_APP_AGENT_ID": settings.wecom_app_agent_id,
        "QINQING_WECOM_APP_SECRET": settings.wecom_app_secret.get_secret_value(),
        "QINQING_WECOM_APP_TOKEN": settings.wecom_app_token.get_secret_value(),
        "QINQING_WECOM_APP_AES_KEY": settings.wecom_app_aes_key.get_secret_value(),
    }
    if not any(said.values()):
        return False
    for name, value in {"QINQING_WECOM_CORP_ID": settings.wecom_corp_id, **said}.items():
        if not value:
            raise BadDeclaration(where=name, what=N_("is missing; the app in WeCom needs it"))
    if AGENT_ID.fullmatch(settings.wecom_app_agent_id) is None:
        raise BadDeclaration(where="QINQING_WECOM_APP_AGENT_ID", what=N_("is no id of an app: digits only"))
    return True
