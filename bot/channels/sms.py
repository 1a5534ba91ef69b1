"""Text messages through the office's own SMS gateway: one HTTP call each, signed, once only by its id.

docs/how-to/sms-gateway.md describes what the gateway has to do.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from urllib.parse import urlsplit

import msgspec
import structlog
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar

from bot.channels.contract import Limits, OnlyPushes, Receipt, TryLater, Undeliverable, Unreachable
from bot.connected import Connected
from bot.running import Running
from bot.settings import Settings
from domain.doors import cut_to
from domain.errors import BadDeclaration
from domain.messages import Message
from handlers.fallbacks import MOBILE, SMS
from handlers.in_short import LONGEST_TEXT
from handlers.words import N_

log = structlog.get_logger()

#: Hexadecimal HMAC-SHA256 of the body.
SIGNATURE = "X-Qinqing-Signature"
SHORTEST_SECRET = 16
ANSWER_SECONDS, CONNECT_SECONDS = 20.0, 10.0
TAKEN, BAD_NUMBER, TOO_MANY, DOWN = range(200, 300), 422, 429, 500
LONGEST_WAIT_DIGITS = 5

NO_ANSWER = N_("the SMS gateway does not answer")
WAIT = N_("the SMS gateway asked for a pause")
NO_NUMBER = N_("the SMS gateway does not send to this number")
REFUSED = N_("the SMS gateway refuses the message")


class Sms(OnlyPushes):
    """Writes to mobile numbers. url, secret: of the gateway; both are secrets."""

    name = SMS
    #: Nobody's phone is made to ring all day, whoever typed its number.
    limits = Limits(a_second=20, private_an_hour=10)

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url, secret.encode()
        self._session: ClientSession | None = None

    async def send(self, address: str, message: Message, replaces: str, key: str) -> Receipt:
        """Send the text of a message in short (handlers.in_short). The gateway sends nothing twice with one key, so a
        call whose answer was lost is made again. Raises TryLater, Unreachable or Undeliverable."""
        if MOBILE.fullmatch(address) is None:
            raise Unreachable(NO_NUMBER)
        body = msgspec.json.encode({"id": key, "to": address, "text": cut_to(message.text, LONGEST_TEXT, len)})
        signed = hmac.new(self._secret, body, sha256).hexdigest()
        head = {"Content-Type": "application/json", SIGNATURE: signed}
        timeout = ClientTimeout(total=ANSWER_SECONDS, sock_connect=CONNECT_SECONDS)
        try:
            async with self._opened().post(
                self._url, data=body, headers=head, timeout=timeout, allow_redirects=False
            ) as answer:
                _judge(answer)
        except (ClientError, OSError):
            raise TryLater(NO_ANSWER) from None
        return Receipt()

    async def close(self) -> None:
        """After the last call."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    def _opened(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(cookie_jar=DummyCookieJar())
        return self._session


def _judge(answer: ClientResponse) -> None:
    """What a status means. The gateway's own words are not read: they may quote the number."""
    status = answer.status
    if status in TAKEN:
        return
    if status == BAD_NUMBER:
        raise Unreachable(NO_NUMBER)
    if status == TOO_MANY:
        raise TryLater(WAIT, _seconds(answer.headers.get("Retry-After", "")))
    if status >= DOWN:
        raise TryLater(NO_ANSWER)
    log.error("the SMS gateway refuses a message", status=status)
    raise Undeliverable(REFUSED)


def _seconds(words: str) -> float | None:
    """A wait in seconds; None where it is no plain number."""
    return float(words) if words.isascii() and words.isdecimal() and len(words) <= LONGEST_WAIT_DIGITS else None


def connected(app: Running) -> Connected | None:
    """What connects an office to its SMS gateway, None without one. Raises BadDeclaration."""
    gateway = declared(app.settings)
    return Connected(Sms(*gateway)) if gateway else None


def declared(settings: Settings) -> tuple[str, str] | None:
    """The address and the secret of the gateway, None without. Raises BadDeclaration for what cannot be right."""
    url, secret = settings.sms_url.get_secret_value(), settings.sms_secret.get_secret_value()
    if not url and not secret:
        return None
    if not _is_address(url):
        raise BadDeclaration(where="QINQING_SMS_URL", what=N_("is no address of a gateway: https://…"))
    if len(secret) < SHORTEST_SECRET:
        raise BadDeclaration(where="QINQING_SMS_SECRET", what=N_("must be at least 16 characters"))
    return url, secret


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
