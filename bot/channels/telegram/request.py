"""How Telegram is called: python-telegram-bot's Bot over one aiohttp session of ours.

An error says whether the call may have had its effect: NotSent and PlatformDown say that it had none.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import msgspec
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    FormData,
    TCPConnector,
)
from telegram import Bot
from telegram._utils.defaultvalue import DEFAULT_NONE
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

CONNECT_SECONDS, ANSWER_SECONDS, UPLOAD_SECONDS = 10.0, 25.0, 50.0
#: Shorter than the platform keeps an idle connection, so that a call is not sent into one it has just closed.
IDLE_SECONDS = 15.0
API = "https://api.telegram.org"
CONNECTIONS = 100
JSON = {"Content-Type": "application/json"}
OK, DOWN = 200, 500
_ANSWER = msgspec.json.Decoder(dict[str, Any])


class NotSent(NetworkError):
    """No connection could be made: the call had no effect."""


class PlatformDown(NetworkError):
    """The platform answered that it cannot answer: the call had no effect."""


class Request(BaseRequest):
    """Calls over one session, opened at the first. proxy: an address they go through, None for the straight way."""

    def __init__(self, proxy: str | None = None) -> None:
        self._proxy = proxy
        self._session: ClientSession | None = None
        self._timeouts: dict[float, ClientTimeout] = {}

    @property
    def read_timeout(self) -> float:
        """Seconds until an answer is given up."""
        return ANSWER_SECONDS

    async def initialize(self) -> None:
        """Nothing: the session is opened at the first call."""

    async def shutdown(self) -> None:
        """Close the connections."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = DEFAULT_NONE,
        write_timeout: ODVInput[float] = DEFAULT_NONE,
        connect_timeout: ODVInput[float] = DEFAULT_NONE,
        pool_timeout: ODVInput[float] = DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One call; returns status and body. Raises NotSent, PlatformDown, TimedOut or NetworkError."""
        body, head, seconds = _body(request_data)
        if isinstance(read_timeout, int | float):
            seconds = max(read_timeout, seconds if head is None else 0)
        try:
            async with self._opened().request(
                method, url, data=body, headers=head, timeout=self._timeout(seconds)
            ) as answer:
                status, payload = answer.status, await answer.read()
        except (ClientConnectorError, ConnectionTimeoutError):
            raise NotSent("not connected") from None
        except TimeoutError:
            raise TimedOut("no answer in time") from None
        except (ClientError, OSError):
            raise NetworkError("the connection broke") from None
        if status >= DOWN:
            raise PlatformDown(f"status {status}")
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer's JSON. Raises TelegramError, which does not quote it.

        Half a character in one update must not hold up all that came with it, so that what is not strict follows.
        """
        try:
            return _ANSWER.decode(payload)
        except (ValueError, RecursionError):
            return _leniently(payload)

    async def download(self, url: str, most_bytes: int) -> bytes:
        """The bytes at an address. Raises ValueError as soon as there are more, PlatformDown or NetworkError."""
        data = bytearray()
        try:
            async with self._opened().get(url, timeout=self._timeout(UPLOAD_SECONDS)) as answer:
                if answer.status != OK:
                    raise PlatformDown(f"status {answer.status}")
                async for chunk in answer.content.iter_any():
                    data += chunk
                    if len(data) > most_bytes:
                        raise ValueError("larger than it may be")
        except (ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None
        return bytes(data)

    def _opened(self) -> ClientSession:
        if self._session is None:
            connector = TCPConnector(limit=CONNECTIONS, keepalive_timeout=IDLE_SECONDS)
            self._session = ClientSession(connector=connector, cookie_jar=DummyCookieJar(), proxy=self._proxy)
        return self._session

    def _timeout(self, seconds: float) -> ClientTimeout:
        found = self._timeouts.get(seconds)
        if found is None:
            found = self._timeouts[seconds] = ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        return found


def _leniently(payload: bytes) -> dict[str, Any]:
    try:
        found = json.loads(payload.decode(errors="replace"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise TelegramError("the answer is no JSON")
    return found


def _body(data: RequestData | None) -> tuple[bytes | FormData | None, dict[str, str] | None, float]:
    """The body of a call, its header, and how long it may take in seconds."""
    if data is None or not data._parameters:
        return None, None, ANSWER_SECONDS
    if not data.contains_files:
        return msgspec.json.encode(data.parameters), JSON, ANSWER_SECONDS
    form = FormData(default_to_multipart=True)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, media) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=media)
    return form, None, UPLOAD_SECONDS


def proxy_of(server: str) -> str | None:
    """The proxy that this machine's environment names for a server; asked once, it costs more than a call."""
    parts = urlsplit(server)
    if proxy_bypass(parts.netloc):
        return None
    return getproxies().get(parts.scheme)


class Caller(Bot):
    """A Bot whose answers stay as they came: making its objects of them would cost more than the call itself."""

    def __init__(self, token: str, api: str) -> None:
        self._calls = request = Request(proxy_of(api or API))
        url, files = f"{api or API}/bot", f"{api or API}/file/bot"
        super().__init__(token, url, files, request=request, get_updates_request=request)

    async def call(self, method: str, fields: dict[str, Any], seconds: float | None = None) -> Any:
        """The result of a method of the Bot API, of dicts and lists. Raises TelegramError."""
        return await self._post(method, fields, read_timeout=DEFAULT_NONE if seconds is None else seconds)

    async def say(self, method: str, fields: dict[str, Any]) -> Any:
        """The same for words and numbers alone: the library would look for files in every field."""
        data = RequestData([RequestParameter(name, value, None) for name, value in fields.items()])
        return await self._calls.post(f"{self._base_url}/{method}", data)

    async def fetch(self, path: str, most_bytes: int) -> bytes:
        """A file by the path that getFile names. Raises TelegramError, and ValueError for one that is larger."""
        return await self._calls.download(f"{self._base_file_url}/{path}", most_bytes)

    async def close_connections(self) -> None:
        """After the last call."""
        await self._calls.shutdown()
