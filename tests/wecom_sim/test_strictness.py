"""What the emulator promises of itself: it finds every breach, is nobody's mirror, and runs as a process."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.channels.wecom.crypto import Crypt
from tests.wecom_sim import WecomSim
from tests.wecom_sim.caller import Caller, Clock, calling
from tests.wecom_sim.crypt import seal, signature, unseal
from tests.wecom_sim.server import APIS

ROOT = Path(__file__).parents[2]
SAID: dict[str, Any] = {"touser": "zhangsan", "msgtype": "text", "agentid": 1000002, "text": {"content": "x"}}


@pytest.fixture
async def sim(clock: Clock) -> AsyncIterator[WecomSim]:
    async with WecomSim(now=clock) as made:
        made.member("zhangsan")
        yield made


@pytest.fixture
async def app(sim: WecomSim) -> AsyncIterator[Caller]:
    async with calling(sim, "app") as caller:
        yield caller


@pytest.mark.parametrize(
    ("api", "body", "code"),
    [
        ("message/send", {**SAID, "msgtype": "poem"}, 40008),
        ("message/send", {**SAID, "agentid": "1000002"}, 40056),
        ("message/send", {**SAID, "agentid": 1000003}, 301002),
        ("message/send", {**SAID, "touser": ""}, 82001),
        ("message/send", {**SAID, "text": {"content": ""}}, 44004),
        ("message/send", {**SAID, "msgtype": "markdown", "markdown": {"content": "字" * 683}}, 45002),
        ("message/send", {**SAID, "msgtype": "file", "file": {"media_id": "gone"}}, 40007),
        ("message/send", {**SAID, "msgtype": "textcard", "textcard": {"title": "a", "description": "b"}}, 40035),
        ("message/send", b"[]", 41016),
        ("message/send", b"{", 41016),
        ("message/sent", SAID, 40066),
        ("message/update_template_card", {"agentid": 1000002, "response_code": "made up"}, 60140),
        ("kf/send_msg", {}, 48007),
        ("user/list_id", {}, 48002),
        ("appchat/create", {"userlist": 7}, 86006),
    ],
)
async def test_what_the_real_one_refuses_is_refused_and_shown_to_nobody(
    sim: WecomSim, app: Caller, api: str, body: Any, code: int
) -> None:
    assert (await app.ask(api, body))["errcode"] == code
    assert sim.delivered == []
    assert bool(sim.complaints) == (code != 60140)


async def test_fields_that_do_not_exist_and_escapes_are_complained_of(sim: WecomSim, app: Caller) -> None:
    assert (await app.ask("message/send", {**SAID, "to_user": "x"}))["errcode"] == 0
    escaped = b'{"touser":"zhangsan","msgtype":"text","agentid":1000002,"text":{"content":"\\u4f60"}}'
    assert (await app.ask("message/send", escaped))["errcode"] == 0
    assert sim.complaints == ["message/send: no field to_user", "message/send: \\uxxxx in the body (40033)"]


async def test_wrong_secrets_shut_the_caller_out_for_an_hour(sim: WecomSim, app: Caller, clock: Clock) -> None:
    wrong = {"corpid": app.app.corp_id, "corpsecret": "guessed"}
    codes = [(await app.ask("gettoken", query=wrong))["errcode"] for _ in range(12)]
    assert (codes[0], codes[-1]) == (40001, 45009)
    right = {**wrong, "corpsecret": app.app.secret}
    assert (await app.ask("gettoken", query=right))["errcode"] == 45009
    clock.at += 3601
    assert (await app.ask("gettoken", query=right))["errcode"] == 0
    assert (await app.ask("gettoken", query={**right, "corpid": "ww0"}))["errcode"] == 40013


async def test_one_api_is_called_so_often_a_minute(sim: WecomSim, app: Caller, clock: Clock) -> None:
    sim.api_a_minute = 3
    codes = [(await app.ask("getcallbackip"))["errcode"] for _ in range(4)]
    assert codes == [0, 0, 0, 45009]
    clock.at += 60
    assert (await app.ask("getcallbackip"))["ip_list"] == ["127.0.0.1"]


def test_the_office_and_the_platform_open_what_the_other_sealed() -> None:
    sim = WecomSim()
    app = sim.apps["kefu"]
    ours = Crypt(app.token, app.aes_key, app.corp_id)
    for size in (0, 1, 11, 12, 31, 32, 33, 5000):
        plain = ("诉求🙂" * size).encode()
        sealed = seal(app.aes_key, app.corp_id, plain)
        assert ours.opened(signature(app.token, "1", "2", sealed), "1", "2", sealed) == plain
        assert unseal(app.aes_key, app.corp_id, ours.encrypt(plain)) == plain


async def test_it_runs_as_a_process_that_says_what_an_office_is_to_be_told() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.wecom_sim", cwd=ROOT, stdout=asyncio.subprocess.PIPE, env=os.environ
    )
    assert process.stdout is not None
    told = {}
    async with asyncio.timeout(60):
        while not (line := (await process.stdout.readline()).decode()).startswith("# serving"):
            name, _, value = line.removeprefix("export ").strip().partition("=")
            told[name] = value
    assert set(told) == set(WecomSim().settings())
    async with ClientSession() as http:
        query = {"corpid": told["QINQING_WECOM_CORP_ID"], "corpsecret": told["QINQING_WECOM_APP_SECRET"]}
        async with http.get(f"{told['QINQING_WECOM_API']}/cgi-bin/gettoken", params=query) as answer:
            assert (await answer.json())["errcode"] == 0
    process.terminate()
    assert await process.wait() == 0


SHAPES: tuple[Any, ...] = (None, "", "x", "a|b", 0, 1, -1, 1.5, True, [], [1], ["x"], [{}], {}, {"list": [7]})
FIELDS = (
    "touser msgtype agentid text template_card open_kfid msgmenu msgid code data userids response_code chatid "
    "userlist chat_id_list attachments limit cursor"
)


async def test_whatever_is_sent_is_answered_with_a_code(sim: WecomSim) -> None:
    luck = random.Random(7)
    for name in ("app", "kefu", "contacts"):
        async with calling(sim, name) as caller:
            for api, one in APIS.items():
                for _ in range(6 if one.method == "POST" else 1):
                    body = {key: luck.choice(SHAPES) for key in luck.sample(FIELDS.split(), 9)} | {"agentid": 1000002}
                    body |= {"touser": "zhangsan", "msgtype": luck.choice(("text", "template_card", "msgmenu"))}
                    told = await caller.ask(api, body if one.method == "POST" else None)
                    assert isinstance(told["errcode"], int), api
