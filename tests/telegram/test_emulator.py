"""Our additions to the platform of the tests answer as the original does wherever both can answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, ServerDisconnectedError
from aiohttp.test_utils import TestServer
from lo_bot_api_emulator import LoBotApiEmulator

from tests.telegram.emulator import Emulator, Rates, served
from tests.telegram.front import TOKEN

Json = dict[str, Any]

KEYBOARD = {"inline_keyboard": [[{"text": "好", "callback_data": "f:my"}]]}

#: Calls both servers answer alike, with what they answer.
ALIKE: tuple[tuple[str, Json, int], ...] = (
    ("getWebhookInfo", {}, 200),
    ("sendMessage", {"chat_id": 5, "text": "您好"}, 200),
    ("sendMessage", {"chat_id": 5, "text": "您好", "reply_markup": KEYBOARD}, 200),
    ("sendMessage", {"chat_id": 5, "text": "a" * 4096}, 200),
    ("sendMessage", {"chat_id": 5, "text": "a" * 4097}, 400),
    ("sendMessage", {"chat_id": 5, "text": " "}, 400),
    ("sendMessage", {"chat_id": 5}, 400),
    ("sendMessage", {"chat_id": "@somebody", "text": "x"}, 400),
    ("sendMessage", {"chat_id": 0, "text": "x"}, 400),
    ("sendMessage", {"chat_id": 5, "text": "x", "colour": "red"}, 400),
    ("sendMessage", {"chat_id": 5, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "好"}]]}}, 400),
    (
        "sendMessage",
        {"chat_id": 5, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "好", "callback_data": "x" * 65}]]}},
        400,
    ),
    ("editMessageText", {"chat_id": 5, "text": "x"}, 400),
    ("sendPhoto", {"chat_id": 5, "photo": "nobody's"}, 400),
    ("sendMediaGroup", {"chat_id": 5, "media": []}, 400),
    ("getFile", {"file_id": "nobody's"}, 400),
    ("getUpdates", {"offset": "x"}, 400),
    ("setWebhook", {"url": "ftp://127.0.0.1/"}, 400),
    ("setMyCommands", {"commands": [{"command": "my", "description": "我的"}]}, 200),
    ("setChatMenuButton", {"menu_button": {"type": "commands"}}, 200),
    ("noSuchMethod", {}, 404),
    ("sendPoll", {"chat_id": 5}, 501),
)


@pytest.fixture
async def both() -> AsyncIterator[tuple[str, str]]:
    original = TestServer(LoBotApiEmulator(allow_insecure_loopback_webhooks=True).app())
    await original.start_server()
    async with served() as (_, ours):
        yield str(original.make_url("")).rstrip("/"), ours
    await original.close()


async def call(http: ClientSession, url: str, method: str, fields: Json) -> tuple[int, Json]:
    async with http.post(f"{url}/bot{TOKEN}/{method}", json=fields) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize(("method", "fields", "status"), ALIKE)
async def test_both_answer_alike(both: tuple[str, str], method: str, fields: Json, status: int) -> None:
    async with ClientSession() as http:
        theirs, ours = [await call(http, url, method, dict(fields)) for url in both]
    assert theirs[0] == ours[0] == status
    if status != 200:
        assert ours[1] == theirs[1]
    elif isinstance(theirs[1]["result"], dict):
        assert set(theirs[1]["result"]) <= set(ours[1]["result"])


@pytest.fixture
async def platform() -> AsyncIterator[tuple[Emulator, str, ClientSession]]:
    async with served() as (made, url), ClientSession() as http:
        yield made, url, http


async def test_chats_are_kept_and_edited_in_place(platform: tuple[Emulator, str, ClientSession]) -> None:
    made, url, http = platform
    said = {"chat_id": 5, "text": "<b>标题</b>\n1 &lt; 2", "parse_mode": "HTML"}
    _, sent = await call(http, url, "sendMessage", said)
    number = sent["result"]["message_id"]
    assert made.shown[5][number]["text"] == "标题\n1 < 2"
    again = {"chat_id": 5, "message_id": number, "text": "改了", "reply_markup": KEYBOARD}
    assert (await call(http, url, "editMessageText", again))[0] == 200
    assert made.shown[5][number]["text"] == "改了"
    assert made.calls[-1].keyboard == KEYBOARD["inline_keyboard"]
    status, refused = await call(http, url, "editMessageText", again)
    assert (status, "not modified" in refused["description"]) == (400, True)
    status, refused = await call(http, url, "editMessageText", {**again, "message_id": 999})
    assert refused["description"] == "Bad Request: message to edit not found"


async def test_html_that_is_none_is_refused(platform: tuple[Emulator, str, ClientSession]) -> None:
    _, url, http = platform
    for html in ("<b>offen", "<script>x</script>", "a < b"):
        said = {"chat_id": 5, "text": html, "parse_mode": "HTML"}
        status, refused = await call(http, url, "sendMessage", said)
        assert (status, "can't parse entities" in refused["description"]) == (400, True), html


async def test_faults_are_met_once_and_in_order(platform: tuple[Emulator, str, ClientSession]) -> None:
    made, url, http = platform
    made.faults.plan("slow down", chat=5, seconds=7)
    made.faults.plan("blocked", chat=5)
    made.faults.plan("closed after", chat=5)
    made.faults.plan("closed before", chat=5)
    said = {"chat_id": 5, "text": "x"}
    status, refused = await call(http, url, "sendMessage", said)
    assert (status, refused["parameters"]) == (429, {"retry_after": 7})
    assert (await call(http, url, "sendMessage", {**said, "chat_id": 6}))[0] == 200
    assert (await call(http, url, "sendMessage", said))[0] == 403
    for shown in (1, 1):
        with pytest.raises(ServerDisconnectedError):
            await call(http, url, "sendMessage", said)
        assert len(made.shown[5]) == shown
    assert (await call(http, url, "sendMessage", said))[0] == 200
    assert [(one.chat, one.status, one.taken) for one in made.calls] == [
        (5, 429, False), (6, 200, True), (5, 403, False), (5, 0, True), (5, 0, False), (5, 200, True),
    ]  # fmt: skip


async def test_a_strict_server_counts(platform: tuple[Emulator, str, ClientSession]) -> None:
    async with served(Rates(overall=5, private=2, private_seconds=60, group=1, group_seconds=60)) as (made, url):
        http = platform[2]
        statuses = [(await call(http, url, "sendMessage", {"chat_id": 5, "text": "x"}))[0] for _ in range(3)]
        groups = [(await call(http, url, "sendMessage", {"chat_id": -5, "text": "x"}))[0] for _ in range(2)]
        assert (statuses, groups) == ([200, 200, 429], [200, 429])
        assert made.counter is not None
        assert made.counter.most == {"overall": 3, "private": 2, "group": 1}


async def test_any_kind_of_update_is_brought_until_it_is_confirmed(
    platform: tuple[Emulator, str, ClientSession],
) -> None:
    made, url, http = platform
    for kind, body in (("my_chat_member", {"chat": {"id": 5}}), ("message", "odd"), ("edited_message", {})):
        async with http.post(f"{url}/__chat/update", json={"kind": kind, "body": body}) as answer:
            assert answer.status == 200
    _, brought = await call(http, url, "getUpdates", {})
    assert [set(update) - {"update_id"} for update in brought["result"]] == [
        {"my_chat_member"}, {"message"}, {"edited_message"},
    ]  # fmt: skip
    assert made.arriving.waiting(TOKEN) == 3
    await call(http, url, "getUpdates", {"offset": brought["result"][-1]["update_id"] + 1})
    assert made.arriving.waiting(TOKEN) == 0
