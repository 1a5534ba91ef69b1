"""How WeCom and WeChat are called: JSON over one aiohttp session, with a token where the call needs one.

An error says whether the call may have had its effect: TryLater says that it had none, or that it may be made twice.
Tokens and keys stand in the addresses: no error's words and no address is ever logged or kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, TypeVar

import msgspec
import structlog
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHttpProxyError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    FormData,
    InvalidURL,
    TCPConnector,
)

from bot.channels.contract import OutcomeUnknown, TryLater, Undeliverable
from bot.channels.wecom.meanings import MEANINGS, UNKNOWN, Refusal, Sort
from bot.channels.wecom.tokens import Stopped, Tokens
from domain.errors import BadDeclaration
from handlers.words import N_

__all__ = ["Caller", "Refusal", "Stopped", "by_secret"]

log = structlog.get_logger()
T = TypeVar("T")
Query = Mapping[str, str]

CONNECT_SECONDS, ANSWER_SECONDS, UPLOAD_SECONDS = 10.0, 25.0, 50.0
#: Shorter than a platform keeps an idle connection, so that a call is not sent into one it has just closed.
IDLE_SECONDS = 15.0
CONNECTIONS = 100
#: A page of the directory has ten thousand members; nothing else comes near.
LARGEST_ANSWER_BYTES = 16 * 1024 * 1024
#: A token lasts two hours; what claims to last longer than this is asked for again all the same.
LONGEST_LIFE_SECONDS = 86400.0
OK, DOWN = 200, 500
JSON = {"Content-Type": "application/json"}
#: How an error comes where a file was asked for (D90254).
NO_FILE = ("application/json", "text/plain")
#: A token may be given up before its time. The official accounts of WeChat say 40001 then, where WeCom says 40014.
NOT_TAKEN = frozenset(code for code, one in MEANINGS.items() if one.sort is Sort.REFRESH) | {40001}

NO_CONNECTION = N_("WeCom cannot be reached")
PLATFORM_DOWN = N_("WeCom is down for the moment")
TOO_LARGE = N_("the file is larger than files may be here")
_ANSWER = msgspec.json.Decoder(dict[str, Any])


class Caller:
    """Calls to one platform at `api` with the token of one app, or without one. proxy: an address they go through.

    Raises BadDeclaration for a proxy that can be none. Every call raises Refusal for an errcode, TryLater where it had
    no effect (or may safely be made again), OutcomeUnknown where it may have had one, Stopped where the app's secret
    is refused.
    """

    def __init__(self, api: str, tokens: Tokens | None, proxy: str = "") -> None:
        self._api, self._tokens, self._proxy = api.rstrip("/"), tokens, _checked(proxy) or None
        self._session: ClientSession | None = None
        self._alarms: dict[str, int] = {}

    async def call(
        self, path: str, fields: Mapping[str, Any] | None = None, *, query: Query | None = None, safe: bool = False
    ) -> dict[str, Any]:
        """The answer of "message/send" and its like; fields are posted as JSON, without them it is a GET.

        A path that begins with / is not below /cgi-bin. safe: a call whose answer was lost may be made again; a GET
        always may.
        """
        body = None if fields is None else msgspec.json.encode(fields)
        return await self._with_token(path, partial(self._asked, path, body, query or {}, safe or fields is None))

    async def upload(
        self, sort: str, name: str, data: bytes, *, path: str = "media/upload", query: Query | None = None
    ) -> str:
        """The media_id of a file, good for three days. sort: image, voice, video or file."""
        result = await self._with_token(path, partial(self._sent, path, {**(query or {}), "type": sort}, name, data))
        media_id = result.get("media_id")
        if not isinstance(media_id, str) or not media_id:
            raise TryLater(PLATFORM_DOWN)
        return media_id

    async def media(self, media_id: str, most_bytes: int) -> tuple[str, bytes]:
        """A file that came in: (media type or "", bytes). Raises Undeliverable for one that is larger."""
        return await self._with_token("media/get", partial(self._fetched, {"media_id": media_id}, most_bytes))

    async def close(self) -> None:
        """After the last call."""
        if self._tokens is not None:
            await self._tokens.close()
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def _with_token(self, path: str, once: Callable[[Query], Awaitable[T]]) -> T:
        """The call; with another token once more where the first is not taken."""
        try:
            result = await (once({}) if self._tokens is None else self._authorized(self._tokens, once))
        except Refusal as refusal:
            await self._note(path, refusal)
            raise
        if path in self._alarms:
            await self._mended(path)
        return result

    async def _authorized(self, tokens: Tokens, once: Callable[[Query], Awaitable[T]]) -> T:
        token = await tokens.get()
        try:
            return await once({"access_token": token})
        except Refusal as refusal:
            if refusal.code not in NOT_TAKEN:
                raise
        await tokens.refused(token)
        return await once({"access_token": await tokens.get()})

    # --- what an administrator has to see ---

    async def _note(self, path: str, refusal: Refusal) -> None:
        meaning = refusal.meaning
        if meaning is UNKNOWN:
            log.error("a platform answers with a code that is not known here", call=path, code=refusal.code)
        if meaning.sort is Sort.ALARM and self._tokens is not None and self._alarms.get(path) != refusal.code:
            self._alarms[path] = refusal.code
            log.error("a platform needs an administrator", call=path, code=refusal.code, what=meaning.words)
            await self._tokens.alarm(meaning.words)

    async def _mended(self, path: str) -> None:
        del self._alarms[path]
        if self._tokens is not None and not self._alarms:
            await self._tokens.well()

    # --- one call ---

    async def _asked(self, path: str, body: bytes | None, query: Query, safe: bool, token: Query) -> dict[str, Any]:
        method, head = ("GET", None) if body is None else ("POST", JSON)
        url, asked = self._url(path), {**token, **query}
        try:
            async with self._opened().request(
                method, url, params=asked, data=body, headers=head, timeout=_ANSWER_TIMEOUT, **self._way
            ) as answer:
                return _result(answer.status, await _read(answer, LARGEST_ANSWER_BYTES), safe)
        except _NOT_SENT:
            raise TryLater(NO_CONNECTION) from None
        except (ClientError, OSError, ValueError):
            raise _lost(safe) from None

    async def _sent(self, path: str, query: Query, name: str, data: bytes, token: Query) -> dict[str, Any]:
        # The name goes as it is: percent signs in it would be shown to people.
        form = FormData(quote_fields=False, default_to_multipart=True)
        form.add_field("media", data, filename=_plain(name), content_type="application/octet-stream")
        url, asked = self._url(path), {**token, **query}
        try:
            async with self._opened().post(
                url, params=asked, data=form, timeout=_UPLOAD_TIMEOUT, **self._way
            ) as answer:
                return _result(answer.status, await _read(answer, LARGEST_ANSWER_BYTES), safe=True)
        except (ClientError, OSError, ValueError):
            raise TryLater(NO_CONNECTION) from None

    async def _fetched(self, query: Query, most_bytes: int, token: Query) -> tuple[str, bytes]:
        asked = {**token, **query}
        try:
            async with self._opened().get(
                self._url("media/get"), params=asked, timeout=_UPLOAD_TIMEOUT, **self._way
            ) as answer:
                return await _file(answer, most_bytes)
        except (ClientError, OSError):
            raise TryLater(NO_CONNECTION) from None

    def _url(self, path: str) -> str:
        return f"{self._api}{path}" if path.startswith("/") else f"{self._api}/cgi-bin/{path}"

    @property
    def _way(self) -> dict[str, Any]:
        return {"proxy": self._proxy, "allow_redirects": False}

    def _opened(self) -> ClientSession:
        if self._session is None:
            connector = TCPConnector(limit=CONNECTIONS, keepalive_timeout=IDLE_SECONDS)
            self._session = ClientSession(connector=connector, cookie_jar=DummyCookieJar())
        return self._session


_ANSWER_TIMEOUT = ClientTimeout(total=ANSWER_SECONDS, sock_connect=CONNECT_SECONDS)
_UPLOAD_TIMEOUT = ClientTimeout(total=UPLOAD_SECONDS, sock_connect=CONNECT_SECONDS)
_NOT_SENT = (ClientConnectorError, ConnectionTimeoutError, ClientHttpProxyError, InvalidURL)


def _checked(proxy: str) -> str:
    """The proxy, if it is one or none is set. It may hold a password, and is not quoted."""
    if proxy and re.fullmatch(r"https?://[!-~]+", proxy) is None:
        what = N_("must be an address that begins with http:// or https://")
        raise BadDeclaration(where="QINQING_WECOM_PROXY", what=what)
    return proxy


def by_secret(bare: Caller, corp_id: str, secret: str) -> Callable[[], Awaitable[tuple[str, float]]]:
    """What Tokens asks with: gettoken for one app of a company, by a Caller without a token. Seconds are its life."""

    async def ask() -> tuple[str, float]:
        found = await bare.call("gettoken", query={"corpid": corp_id, "corpsecret": secret})
        return token_of(found)

    return ask


def token_of(found: Mapping[str, Any]) -> tuple[str, float]:
    """The access_token and its life in seconds out of a platform's answer. Raises TryLater where there is none."""
    token, seconds = found.get("access_token"), found.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(seconds, int | float) or not seconds > 0:
        raise TryLater(PLATFORM_DOWN)
    return token, min(float(seconds), LONGEST_LIFE_SECONDS)


def _result(status: int, payload: bytes, safe: bool) -> dict[str, Any]:
    """The answer's JSON. Raises Refusal; TryLater for what was refused unread; ValueError is what is no answer."""
    if status >= DOWN:
        raise _lost(safe)
    if status != OK:
        raise TryLater(PLATFORM_DOWN)
    result = _decoded(payload)
    code = result.get("errcode", 0)
    if type(code) is not int:
        raise ValueError("the answer has no errcode")
    if code:
        raise Refusal(code, result)
    return result


def _decoded(payload: bytes) -> dict[str, Any]:
    """The answer's JSON. Half an emoji in what somebody wrote spoils its sign, not the page it stands on."""
    try:
        try:
            return _ANSWER.decode(payload)
        except ValueError:
            told = json.loads(payload.decode("utf-8", "replace"))
        return _ANSWER.decode(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("no answer is so deep") from None


def _lost(safe: bool) -> Exception:
    return TryLater(PLATFORM_DOWN) if safe else OutcomeUnknown()


async def _file(answer: ClientResponse, most_bytes: int) -> tuple[str, bytes]:
    if answer.status != OK:
        raise TryLater(PLATFORM_DOWN)
    try:
        data = await _read(answer, most_bytes)
    except ValueError:
        raise Undeliverable(TOO_LARGE) from None
    if "Content-Disposition" in answer.headers or answer.content_type not in NO_FILE:
        return answer.content_type, data
    try:
        _result(OK, data, safe=True)
    except ValueError:
        return answer.content_type, data
    raise TryLater(PLATFORM_DOWN)


async def _read(answer: ClientResponse, most_bytes: int) -> bytes:
    """The body. Raises ValueError as soon as there is more."""
    if (answer.content_length or 0) > most_bytes:
        raise ValueError("larger than it may be")
    data = bytearray()
    async for chunk in answer.content.iter_any():
        data += chunk
        if len(data) > most_bytes:
            raise ValueError("larger than it may be")
    return bytes(data)


def _plain(name: str) -> str:
    """A file's name that cannot end its field early."""
    return "".join("_" if one in '"\\' or ord(one) < 32 else one for one in name)[:100] or "file"
