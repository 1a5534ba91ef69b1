"""WeCom's directory in step with the office: what its callback says at once, and the whole of it compared.

At the start where it never was, every night, and after each callback; several of those are looked at together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot.channels.contract import OutcomeUnknown, TryLater
from bot.channels.wecom import callbacks, envelope
from bot.channels.wecom.calling import Caller, Refusal, by_secret
from bot.channels.wecom.crypto import Crypt, Forged
from bot.channels.wecom.looking import Strange, known, look
from bot.channels.wecom.settings import AppCaller, api_of, bare_of
from bot.channels.wecom.tokens import Tokens
from bot.running import Running
from bot.tending import Tending
from handlers import directory as comparisons
from handlers import directory_changes
from handlers.directory_changes import Change
from handlers.words import N_
from storage import directory
from storage.db import Unavailable
from storage.faults import where_of

if TYPE_CHECKING:
    from bot.settings import Settings

log = structlog.get_logger()

PATH = "/wecom/contacts"
#: Changes come in bursts: those of so many seconds are looked at together.
GATHER_SECONDS = 2.0
LOOK_SECONDS = 300.0
STRANGE = N_("WeCom's answer about the directory could not be understood")
UNKNOWN_FAULT = N_("something went wrong on our side; the log of the server says where")


def missing(settings: Settings) -> tuple[str, ...]:
    """The settings the directory wants that are not there."""
    wanted = {
        "QINQING_WECOM_CONTACTS_SECRET": settings.wecom_contacts_secret,
        "QINQING_WECOM_CONTACTS_TOKEN": settings.wecom_contacts_token,
        "QINQING_WECOM_CONTACTS_AES_KEY": settings.wecom_contacts_aes_key,
    }
    return tuple(name for name, value in wanted.items() if not value.get_secret_value())


def contacts_of(app: Running) -> Caller | None:
    """A new caller with the token of contact sync, None without its secret. Close it after the last call."""
    settings = app.settings
    secret = settings.wecom_contacts_secret.get_secret_value()
    if not (settings.wecom_corp_id and secret):
        return None
    bare = bare_of(settings)
    tokens = Tokens(
        app.db,
        f"contacts:{settings.wecom_corp_id}"[:64],
        by_secret(bare, settings.wecom_corp_id, secret),
        app.clock.now,
    )
    return AppCaller(api_of(settings), bare, tokens, settings.wecom_proxy.get_secret_value())


class DirectorySync(Tending):
    """Compares the directory whenever that is wanted. caller: with the app's token, which somebody else closes."""

    def __init__(self, app: Running, caller: Caller) -> None:
        topics = frozenset({directory.NAME})
        super().__init__(app.db, "directory", self._compare, topics, look_seconds=LOOK_SECONDS)
        self._app, self._caller = app, caller
        self._contacts = contacts_of(app)

    async def start(self) -> None:
        """Say what the settings allow, and begin."""
        lacks = missing(self._app.settings)
        await self._app.db.write(comparisons.settings, self._contacts is not None, lacks)
        if self._contacts is not None:
            await super().start()

    async def close(self) -> None:
        """Stop; what is wanted still is looked at by whoever comes next."""
        await super().close()
        if self._contacts is not None:
            await self._contacts.close()

    async def _compare(self) -> None:
        while True:
            kept = await self._app.db.read(directory.state)
            if kept.wanted <= kept.pulled:
                return
            await asyncio.sleep(GATHER_SECONDS)
            if not await self._compared():
                return

    async def _compared(self) -> bool:
        """One comparison; False where it came to nothing, and is tried again at the next look."""
        assert self._contacts is not None
        now = self._app.clock.now()
        try:
            seen = await look(self._contacts, self._caller, await self._app.db.read(known), now)
            await self._app.db.write(comparisons.take_over, seen, self._app.clock.now())
        except Unavailable:
            raise
        except Exception as error:
            log.error("the directory was not compared", error=where_of(error))
            await self._app.db.write(comparisons.failed, _why(error), self._app.clock.now())
            return False
        return True


def _why(error: Exception) -> str:
    """What an administrator reads about it, a key of the catalogues."""
    if isinstance(error, Refusal):
        return error.meaning.words
    if isinstance(error, TryLater | OutcomeUnknown):
        return str(error)
    return STRANGE if isinstance(error, Strange) else UNKNOWN_FAULT


# --- the callback -----------------------------------------------------------------------------------------------


def routes(app: Running) -> Callable[[web.Application], None]:
    """Adds the address contact sync calls, where its token and key are set. Raises BadDeclaration for a wrong key."""
    settings = app.settings
    token = settings.wecom_contacts_token.get_secret_value()
    key = settings.wecom_contacts_aes_key.get_secret_value()
    if not (token and key):
        return _nothing
    crypt = Crypt(token, key, settings.wecom_corp_id, "QINQING_WECOM_CONTACTS")
    return callbacks.routes(PATH, crypt, taking(app))


def _nothing(_server: web.Application) -> None:
    """No address is called."""


def taking(app: Running) -> Callable[[bytes], Awaitable[None]]:
    """What keeps one call of contact sync: when it returns it is kept; raises Unavailable when it is not."""

    async def take(xml: bytes) -> None:
        found = change_of(xml)
        if found is None:
            return
        try:
            await app.db.write(directory_changes.take, *found, app.clock.now())
        except Unavailable:
            raise
        except Exception as error:  # the comparison finds what this change was
            log.error("a change of the directory failed; all of it is compared", error=where_of(error))
            await app.db.write(directory.want)

    return take


def change_of(xml: bytes) -> tuple[str, Change] | None:
    """The change a call tells, behind a key: two copies of one have the same, two of one second have not.

    None for what is no change of the directory.
    """
    try:
        told = envelope.parsed(xml)
    except Forged:
        log.error("a call of contact sync was not understood")
        return None
    if envelope.text(told, "Event").lower() != "change_contact":
        return None
    leaves = "\n".join(f"{name}={value}" for name, value in sorted(told.items()) if isinstance(value, str))
    change = Change(
        envelope.text(told, "ChangeType").lower(),
        _userid(envelope.text(told, "UserID")),
        _userid(envelope.text(told, "NewUserID")),
        tuple(_number(one) for one in envelope.text(told, "Department").split(",") if _number(one)),
        _number(envelope.text(told, "Id")),
    )
    return f"contacts:{sha256(leaves.encode()).hexdigest()}", change


def _userid(text: str) -> str:
    return text if len(text) <= 64 and "\x00" not in text else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0
