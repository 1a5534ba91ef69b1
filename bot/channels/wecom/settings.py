"""The settings of WeCom as its channels need them: where it is, and a caller with the token of the office's app."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.channels.wecom.calling import Caller, by_secret
from bot.channels.wecom.tokens import Tokens
from bot.running import Running

if TYPE_CHECKING:
    from bot.settings import Settings

#: https://developer.work.weixin.qq.com/document/path/90664
API = "https://qyapi.weixin.qq.com"


class AppCaller(Caller):
    """Calls with the token of one app; the caller that asks for the token is closed with it."""

    def __init__(self, api: str, bare: Caller, tokens: Tokens, proxy: str) -> None:
        super().__init__(api, tokens, proxy)
        self._bare = bare

    async def close(self) -> None:
        """After the last call."""
        await super().close()
        await self._bare.close()


def api_of(settings: Settings) -> str:
    """Where WeCom is called: the office's own address of it, or Tencent's."""
    return settings.wecom_api.rstrip("/") or API


def host_of(settings: Settings) -> str:
    """The host of the addresses of group robots; "" for an office without WeCom."""
    if not (settings.wecom_api or settings.wecom_corp_id):
        return ""
    return urlsplit(api_of(settings)).netloc


def bare_of(settings: Settings) -> Caller:
    """What calls WeCom without a token."""
    return Caller(api_of(settings), None, settings.wecom_proxy.get_secret_value())


def caller_of(app: Running) -> Caller | None:
    """A new caller with the token of the office's app, None where the app is not set up. Close it after the last call.

    Callers of one app share its token by its row, whichever process or channel they are in.
    """
    settings = app.settings
    secret = settings.wecom_app_secret.get_secret_value()
    if not (settings.wecom_corp_id and settings.wecom_app_agent_id and secret):
        return None
    bare = bare_of(settings)
    name = f"wecom:{settings.wecom_corp_id}:{settings.wecom_app_agent_id}"[:64]
    tokens = Tokens(app.db, name, by_secret(bare, settings.wecom_corp_id, secret), app.clock.now)
    return AppCaller(api_of(settings), bare, tokens, settings.wecom_proxy.get_secret_value())
