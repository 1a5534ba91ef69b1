"""The addresses WeCom calls, over real HTTP: who can sign is thanked once it is kept, everybody else gets the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs
from yarl import URL

from bot.channels.wecom import callbacks
from bot.channels.wecom.callbacks import LARGEST_CALL_BYTES
from storage.db import Unavailable
from tests.bot.wecom.test_envelope import HOSTILE
from tests.bot.wecom.vectors import ECHO, ECHOED, HELLO, SPOILED, Call, call, crypt, signed

PATH = "/wecom/app"
PATIENCE_SECONDS = 20
WORDS = "<xml><Content>变压器漏油 &#128512;</Content></xml>".encode()


class Door:
    """A server with one callback, and what it took."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.fails: list[Exception] = []
        self.open = asyncio.Event()
        self.open.set()

    async def take(self, message: bytes) -> None:
        """Keeps a message, unless it is to fail."""
        await self.open.wait()
        if self.fails:
            raise self.fails.pop()
        self.taken.append(message)

    async def start(self) -> None:
        server = web.Application(client_max_size=LARGEST_CALL_BYTES)
        callbacks.routes(PATH, crypt(), self.take)(server)
        self.site = TestServer(server, host="127.0.0.1")
        await self.site.start_server()
        self.http = ClientSession()

    async def close(self) -> None:
        await self.http.close()
        await self.site.close()

    def url(self, query: str) -> URL:
        return URL(f"{self.site.make_url(PATH)}?{query}", encoded=True)

    async def post(self, query: str | dict[str, str], body: Any) -> tuple[int, bytes]:
        """Status and body of the answer."""
        asked = query if isinstance(query, str) else urlencode(query)
        async with self.http.post(self.url(asked), data=body) as answer:
            return answer.status, await answer.read()

    async def say(self, one: Call) -> tuple[int, bytes]:
        """A call as WeCom makes it."""
        return await self.post(one.query, one.body)

    async def verify(self, query: str) -> tuple[int, str, bytes]:
        """Status, media type and body of the answer to a verification."""
        async with self.http.get(self.url(query)) as answer:
            return answer.status, answer.headers.get("Content-Type", ""), await answer.read()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    made = Door()
    await made.start()
    yield made
    await made.close()


def echo(sealed: str) -> str:
    """The query of a verification, the sealed word written as given."""
    return f"{urlencode(ECHO.query)}&echostr={sealed}"


# --- the address is set --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sealed", [quote(ECHO.sealed, safe=""), quote(ECHO.sealed, safe="+/="), ECHO.sealed])
async def test_a_verification_is_answered_with_the_bare_word_within_a_second(door: Door, sealed: str) -> None:
    assert "+" in ECHO.sealed
    async with asyncio.timeout(1):
        status, media, body = await door.verify(echo(sealed))
    assert (status, body) == (200, ECHOED)
    assert media.split(";")[0] == "text/plain"
    assert door.taken == []


async def test_a_verification_that_nobody_signed_gets_no_word(door: Door) -> None:
    good = echo(quote(ECHO.sealed, safe=""))
    forged = [good.replace("5c45", "5c46"), good.replace("263014780", "263014781"), "", "echostr=a", f"{good}&{good}"]
    for query in [*forged, good.replace("&echostr", "&ECHOSTR"), urlencode(ECHO.query)]:
        status, _media, body = await door.verify(query)
        assert (status, body) == (403, b"")


# --- who is heard --------------------------------------------------------------------------------------------------


async def test_a_signed_call_is_thanked_with_nothing_once_it_is_kept(door: Door) -> None:
    door.open.clear()
    calling = asyncio.create_task(door.say(call(WORDS)))
    done, _ = await asyncio.wait([calling], timeout=0.05)
    assert not done
    door.open.set()
    assert await calling == (200, b"")
    assert door.taken == [WORDS]


async def test_what_wecom_published_is_heard_years_later(door: Door) -> None:
    assert await door.say(HELLO) == (200, b"")
    assert b"mycreate" in door.taken[0]


async def test_the_same_call_again_is_handed_on_again_for_its_key_to_tell(door: Door) -> None:
    again = call(WORDS)
    for _ in range(3):
        assert await door.say(again) == (200, b"")
    assert door.taken == [WORDS] * 3


async def test_a_call_that_could_not_be_kept_is_not_thanked_and_comes_again(door: Door) -> None:
    door.fails.append(Unavailable("full"))
    again = call(WORDS)
    assert (await door.say(again))[0] == 503
    assert (await door.say(again))[0] == 200
    assert door.taken == [WORDS]


def _forgeries() -> dict[str, tuple[str, bytes]]:
    good = call(WORDS)
    query = urlencode(good.query)
    dirty = {name: (query, xml.encode("utf-8", "surrogateescape")) for name, xml in HOSTILE.items()}
    spoiled = {name: (urlencode(one.query), one.body) for name, one in _spoiled().items()}
    return {
        **{f"XML: {name}": one for name, one in dirty.items()},
        **{f"sealed: {name}": one for name, one in spoiled.items()},
        "no parameters": ("", good.body),
        "no signature": (query.replace("msg_signature", "signature"), good.body),
        "no time": (query.replace("timestamp", "time"), good.body),
        "no word": (query.replace("nonce", "once"), good.body),
        "two signatures": (f"{query}&msg_signature={good.signature}", good.body),
        "two times": (f"timestamp={good.timestamp}&{query}", good.body),
        "two words": (f"{query}&nonce=", good.body),
        "an empty signature": (query.replace(good.signature, ""), good.body),
        "half a signature": (query.replace(good.signature, good.signature[:20]), good.body),
        "a signature in capitals": (query.replace(good.signature, good.signature.upper()), good.body),
        "a signature of other letters": (query.replace(good.signature, quote("密" * 40)), good.body),
        "a signature of broken letters": (query.replace(good.signature, "%ff%fe" * 20), good.body),
        "an endless signature": (query.replace(good.signature, "a" * 6000), good.body),
        "another message's signature": (urlencode(call(b"hello").query), good.body),
        "no body": (query, b""),
        "the message in the clear": (query, WORDS),
    }


def _spoiled() -> dict[str, Call]:
    return {name: signed(sealed) for name, sealed in SPOILED.items()}


@pytest.mark.parametrize("name", _forgeries())
async def test_whatever_is_wrong_gets_the_same_answer_and_leaves_no_trace(door: Door, name: str) -> None:
    query, body = _forgeries()[name]
    with capture_logs() as logs:
        assert await door.post(query, body) == (403, b"")
    assert door.taken == []
    assert logs == []


async def test_the_headers_of_a_refusal_do_not_tell_what_was_wrong(door: Door) -> None:
    seen = set()
    for query, body in _forgeries().values():
        async with door.http.post(door.url(query), data=body) as answer:
            seen.add(tuple(sorted((name, value) for name, value in answer.headers.items() if name != "Date")))
    assert len(seen) == 1


async def test_other_ways_of_asking_get_nothing(door: Door) -> None:
    for method in ("HEAD", "PUT", "DELETE", "PATCH"):
        async with door.http.request(method, door.url(urlencode(ECHO.query))) as answer:
            assert answer.status == 405


# --- what is too much ----------------------------------------------------------------------------------------------


async def test_fifty_megabytes_are_refused_unread(door: Door) -> None:
    query = urlencode(call(WORDS).query)
    head = f"POST {PATH}?{query} HTTP/1.1\r\nHost: x\r\nContent-Length: {50 << 20}\r\n\r\n"
    reader, writer = await asyncio.open_connection(door.site.host, door.site.port)
    writer.write(head.encode())
    async with asyncio.timeout(PATIENCE_SECONDS):
        answer = await reader.readline()
    writer.close()
    assert answer.split()[1] == b"413"
    assert door.taken == []


async def test_who_does_not_even_claim_to_sign_is_refused_before_the_body_is_read(door: Door) -> None:
    for query in ("", "?timestamp=1&nonce=n"):
        head = f"POST {PATH}{query} HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n"
        reader, writer = await asyncio.open_connection(door.site.host, door.site.port)
        writer.write(head.encode())
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await reader.readline()
        writer.close()
        assert answer.split()[1] == b"403"


async def test_a_body_without_a_length_is_cut_off_where_one_with_a_length_is(door: Door) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(2 * LARGEST_CALL_BYTES // 65536):
            yield b"x" * 65536

    status, _body = await door.post(call(WORDS).query, endless())
    assert status == 413
    assert door.taken == []


async def test_a_long_message_within_the_limit_is_heard(door: Door) -> None:
    long = b"<xml><Content>" + b"x" * (LARGEST_CALL_BYTES // 2) + b"</Content></xml>"
    assert await door.say(call(long)) == (200, b"")
    assert door.taken == [long]


async def test_many_at_once_are_all_heard(door: Door) -> None:
    said = [f"<xml><MsgId>{n}</MsgId></xml>".encode() for n in range(200)]
    answers = await asyncio.gather(*(door.say(call(one)) for one in said))
    assert set(answers) == {(200, b"")}
    assert sorted(door.taken) == sorted(said)
