"""Telegram's calls: who does not know the secret is not heard; who does is thanked once what they bring is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs
from telegram.error import NetworkError

from bot.channels.telegram import webhook
from bot.channels.telegram.webhook import HEADER, PATH, Registration, checked
from domain.errors import BadDeclaration
from handlers import dispatch
from storage.db import Unavailable
from storage.tables import inbox, outbox, people
from storage.transaction import Tx
from tests.bot.telegram_office import PATIENCE_SECONDS, SECRET, Answers, Office, office
from tests.bot.telegram_updates import SENDER, message, press, raw

WORDS = "门口变压器漏油"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


def words(number: int = 9, sender: int = 11, text: Any = WORDS) -> bytes:
    """An update with what somebody says."""
    chat = {"id": sender, "type": "private"}
    return raw(number, message=message(text=text, chat=chat, sender={**SENDER, "id": sender}))


def _rows(tx: Tx) -> tuple[int, ...]:
    return tuple(len(tx.all(table.select())) for table in (inbox, outbox, people))


async def rows(desk: Office) -> tuple[int, ...]:
    """How many arrivals, messages and people are kept."""
    return await desk.app.db.read(_rows)


# --- who is heard -------------------------------------------------------------------------------------------------


async def test_who_knows_the_secret_is_thanked_once_it_is_kept_and_answered(desk: Office) -> None:
    assert await desk.post(words(), SECRET) == 200
    assert (await rows(desk))[0] == 1
    await desk.door.answered(11)


@pytest.mark.parametrize(
    "secrets",
    [
        (),
        ("",),
        ("wrong",),
        (SECRET + "x",),
        (SECRET[:-1],),
        (SECRET.upper(),),
        (SECRET, SECRET),
        ("wrong", SECRET),
        (SECRET, ""),
        (f"{SECRET}, {SECRET}",),
        ("密" * 20,),
    ],
)
async def test_who_does_not_is_refused_and_leaves_no_trace(desk: Office, secrets: tuple[str, ...]) -> None:
    before = await rows(desk)
    with capture_logs() as logs:
        for body in (words(), b"not json", b"[" * 100_000, b""):
            assert await desk.post(body, *secrets) == 403
    assert await rows(desk) == before
    assert logs == []


async def test_a_refusal_comes_before_the_body_is_read(desk: Office) -> None:
    sent, read = asyncio.Event(), 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield b"x"
        await sent.wait()

    async with asyncio.timeout(PATIENCE_SECONDS):
        url = desk.site.make_url(PATH)
        async with desk.http.post(url, data=endless(), headers={HEADER: "wrong"}) as answer:
            assert answer.status == 403
            sent.set()


async def test_other_ways_of_asking_get_nothing(desk: Office) -> None:
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        async with desk.http.request(method, desk.site.make_url(PATH), headers={HEADER: SECRET}) as answer:
            assert answer.status == 405


# --- what is too much ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [SECRET, "wrong"])
async def test_fifty_megabytes_are_refused_unread(desk: Office, secret: str) -> None:
    before = await rows(desk)
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{HEADER}: {secret}\r\nContent-Length: {50 << 20}\r\n\r\n"
    reader, writer = await asyncio.open_connection(desk.site.host, desk.site.port)
    writer.write(head.encode())
    async with asyncio.timeout(PATIENCE_SECONDS):
        answer = await reader.readline()
    writer.close()
    assert answer.split()[1] == (b"413" if secret == SECRET else b"403")
    assert await rows(desk) == before


async def test_what_does_not_say_its_length_is_cut_off_at_a_megabyte(desk: Office) -> None:
    given = 0

    async def flood() -> AsyncIterator[bytes]:
        nonlocal given
        for _ in range(50 * 16):
            given += 1
            yield b"x" * 65536

    before = await rows(desk)
    status = 413
    try:
        async with desk.http.post(desk.site.make_url(PATH), data=flood(), headers={HEADER: SECRET}) as answer:
            status = answer.status
    except (ConnectionError, OSError):
        assert given > 16
    assert status == 413
    assert await rows(desk) == before


# --- what makes no sense ------------------------------------------------------------------------------------------


async def test_poison_between_good_ones_is_set_aside_and_the_good_ones_answered(desk: Office) -> None:
    deep = b'{"update_id": 6, "message": ' + b'{"a":' * 50_000
    poison = [
        b"not json",
        b"",
        b"\xff\x00",
        deep,
        words(5, text=7),
        raw(7, callback_query=press(data=[])),
        b"[]",
        b"{}",
    ]
    with capture_logs() as logs:
        for number, bad in enumerate(poison):
            assert await desk.post(bad, SECRET) == 200
            assert await desk.post(words(100 + number, 20 + number), SECRET) == 200
    await desk.door.answered(*range(20, 20 + len(poison)))
    aside = await desk.set_aside()
    assert len(aside) == len(poison)
    assert all(one.incoming is None for one in aside)
    assert {"7:5", "7:7"} <= {one.key for one in aside}
    assert {line["event"] for line in logs} == {"arrival not understood"}


async def test_the_same_poison_again_is_set_aside_once(desk: Office) -> None:
    for _ in range(3):
        assert await desk.post(b"not json", SECRET) == 200
    assert len(await desk.set_aside()) == 1


async def test_nothing_that_people_wrote_stands_in_the_log(desk: Office) -> None:
    with capture_logs() as logs:
        await desk.post(words(1), SECRET)
        await desk.post(words(2).replace(b'"date"', b'"dat"'), SECRET)
        await desk.post(WORDS.encode(), SECRET)
        await desk.post(words(3), "wrong")
    assert WORDS not in str(logs)
    assert SECRET not in str(logs)


async def test_a_repeated_update_is_thanked_again_and_does_nothing(desk: Office) -> None:
    assert await desk.post(words(), SECRET) == 200
    kept = await rows(desk)
    assert await desk.post(words(), SECRET) == 200
    assert await rows(desk) == kept


async def test_what_breaks_the_apology_too_is_set_aside_and_the_next_answered(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> None:
        raise ValueError(WORDS)

    with monkeypatch.context() as for_now, capture_logs() as logs:
        for_now.setattr(dispatch, "handle", broken)
        for_now.setattr(dispatch, "sorry", broken)
        assert await desk.post(words(1), SECRET) == 200
    assert await desk.post(words(2, 12), SECRET) == 200
    await desk.door.answered(12)
    assert [(one.key, one.incoming) for one in await desk.set_aside()] == [("7:1", None)]
    assert WORDS not in str(logs)


# --- when it cannot be kept ---------------------------------------------------------------------------------------


async def test_what_cannot_be_kept_is_not_thanked_for(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def down(*_args: Any, **_more: Any) -> None:
        raise Unavailable("not now")

    with monkeypatch.context() as for_now:
        for_now.setattr(desk.app.db, "write", down)
        assert await desk.post(words(), SECRET) == 503
        assert await desk.post(b"not json", SECRET) == 503
    assert (await rows(desk))[0] == 0
    assert await desk.post(words(), SECRET) == 200
    assert (await rows(desk))[0] == 1


# --- telling Telegram ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["", "空", "with space", "x" * 257, "a\n", "a+b"])
def test_a_secret_telegram_would_refuse_is_refused_at_the_start(secret: str) -> None:
    with pytest.raises(BadDeclaration, match="QINQING_TELEGRAM_WEBHOOK_SECRET"):
        checked(secret)


def test_a_secret_may_have_all_that_telegram_takes() -> None:
    assert checked("A-z_0" + "x" * 251) == "A-z_0" + "x" * 251


class Refusing(Answers):
    """A bot that cannot be told anything so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times
        self.heard = asyncio.Event()

    async def call(self, method: str, fields: dict[str, Any], seconds: float | None = None) -> Any:
        self.times -= 1
        if self.times >= 0:
            raise NetworkError("https://secret/token")
        self.heard.set()
        return await super().call(method, fields, seconds)


async def test_telegram_is_told_where_to_call_and_with_what_until_it_has_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "FIRST_PAUSE_SECONDS", 0)
    bot = Refusing(3)
    part = Registration(bot, "https://office.example/", SECRET)
    with structlog.testing.capture_logs() as logs:
        await part.start()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await bot.heard.wait()
        await part.close()
    assert bot.told == [
        (
            "setWebhook",
            {
                "url": "https://office.example/telegram/webhook",
                "secret_token": SECRET,
                "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
                "max_connections": 40,
            },
        )
    ]
    assert len(logs) == 3
    assert "token" not in json.dumps(logs)


@pytest.mark.parametrize("address", ["", "http://office.example", "ftp://office.example"])
async def test_without_an_address_telegram_can_call_the_log_says_so(address: str) -> None:
    bot = Answers()
    part = Registration(bot, address, SECRET)
    with structlog.testing.capture_logs() as logs:
        await part.start()
        await part.close()
    assert bot.told == []
    assert "QINQING_PUBLIC_URL" in logs[0]["event"]


async def test_a_bot_api_server_of_our_own_may_call_without_https() -> None:
    bot = Refusing(0)
    part = Registration(bot, "http://127.0.0.1:8080", SECRET, local=True)
    await part.start()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await bot.heard.wait()
    await part.close()
    assert bot.told[0][1]["url"] == "http://127.0.0.1:8080/telegram/webhook"
