"""How a mini program or a service account is called, and what its refusals mean for a door that only pushes.

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-access-token/getStableAccessToken.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from bot.channels.contract import TryLater, Undeliverable
from bot.channels.wecom.calling import Caller, Refusal, Stopped, token_of
from bot.channels.wecom.meanings import Sort, meant
from bot.channels.wecom.settings import AppCaller
from bot.channels.wecom.tokens import Tokens
from bot.running import Running
from domain.errors import BadDeclaration
from handlers.words import N_

log = structlog.get_logger()

API = "https://api.weixin.qq.com"
#: The fields of the message are not those of the template: the settings name others, or the template was changed.
WRONG_FIELDS = 47003


class Account:
    """One account of WeChat: `caller` calls with its token, `bare` without. name: of the row that keeps its token."""

    def __init__(self, app: Running, name: str, app_id: str, secret: str) -> None:
        api = app.settings.wechat_api or API
        self.app_id, self._secret = app_id, secret
        self.bare = Caller(api, None)
        self._tokens = Tokens(app.db, f"{name}:{app_id}"[:64], self._ask, app.clock.now)
        self.caller = AppCaller(api, self.bare, self._tokens, "")

    async def push(self, path: str, fields: Mapping[str, Any], *, safe: bool = False) -> None:
        """Send one message. safe: the platform refuses repeats, so a lost answer may be asked for again.

        Raises what the contract says; what only an administrator can mend is Undeliverable: another door is next. For
        that reason a wait names no seconds either: it counts as a try, so that the message does not wait here for ever.
        """
        try:
            await self.caller.call(path, fields, safe=safe)
        except Stopped as error:
            raise Undeliverable(str(error)) from None
        except TryLater as error:
            raise TryLater(str(error)) from None
        except Refusal as refusal:
            if refusal.code == WRONG_FIELDS:
                log.error("the template has other fields than the settings name", call=path)
                await self._tokens.alarm(refusal.meaning.words)
            raise _pushing(refusal) from None

    async def session(self, code: str) -> dict[str, Any]:
        """Who opened the mini program: openid, and unionid where there is one. Raises as Caller.call does."""
        query = {"appid": self.app_id, "secret": self._secret, "js_code": code, "grant_type": "authorization_code"}
        return await self.bare.call("/sns/jscode2session", query=query)

    async def close(self) -> None:
        """After the last call."""
        await self.caller.close()

    async def _ask(self) -> tuple[str, float]:
        fields = {"grant_type": "client_credential", "appid": self.app_id, "secret": self._secret}
        return token_of(await self.bare.call("stable_token", fields, safe=True))


def _pushing(refusal: Refusal) -> Exception:
    meaning = refusal.meaning
    if meaning.sort is Sort.PAUSE:
        return TryLater(meaning.words)
    return Undeliverable(meaning.words) if meaning.sort is Sort.ALARM else meant(refusal)


def complete(needed: Mapping[str, str]) -> bool:
    """Whether all settings of an account are there, by their names; False where none is. Raises BadDeclaration."""
    if not any(needed.values()):
        return False
    for name, value in needed.items():
        if not value:
            raise BadDeclaration(where=name, what=N_("is missing; the other settings of this door are there"))
    return True
