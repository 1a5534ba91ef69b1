"""Calls to WeCom over real HTTP: what may be made again is, what may have had its effect says so, secrets stay so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout, web
from aiohttp.test_utils import TestServer, unused_port
from structlog.testing import capture_logs

from bot.channels.contract import OutcomeUnknown, TryLater, Undeliverable
from bot.channels.wecom import calling
from bot.channels.wecom.calling import Caller, Refusal, Stopped, by_secret, token_of
from bot.channels.wecom.meanings import MEANINGS, Sort
from bot.channels.wecom.tokens import Tokens
from domain.errors import BadDeclaration
from storage import platform_tokens
from storage.db import Database
from tests.bot.platforms import Clock
from tests.wecom_sim import WecomSim

PHOTO = b"\xff\xd8\xff" + b"x" * 5000


class Office:
    """The platform, and what calls it for one app of an office."""

    def __init__(self, sim: WecomSim, db: Database, clock: Clock, secret: str = "", proxy: str = "") -> None:
        app = sim.apps["app"]
        self.sim, self.db, self.clock = sim, db, clock
        self.bare = Caller(sim.url, None, proxy)
        ask = by_secret(self.bare, app.corp_id, secret or app.secret)
        self.caller = Caller(f"{sim.url}/", Tokens(db, "wecom:app", ask, clock), proxy)

    async def say(self, text: str, to: str = "zhangsan", safe: bool = False) -> Mapping[str, Any]:
        """One message to a member."""
        fields = {"touser": to, "msgtype": "text", "agentid": self.sim.apps["app"].agent_id, "text": {"content": text}}
        return await self.caller.call("message/send", fields, safe=safe)

    def shown(self, to: str = "zhangsan") -> list[str]:
        """The texts on a member's phone."""
        return [shown.body["content"] for shown in self.sim.member(to).shown]

    @property
    def asked(self) -> int:
        """How often a token was asked for."""
        return self.sim.calls["gettoken"]

    async def close(self) -> None:
        await self.caller.close()
        await self.bare.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sim(clock: Clock) -> AsyncIterator[WecomSim]:
    async with WecomSim(lambda: clock().timestamp()) as made:
        made.member("zhangsan")
        yield made


@pytest.fixture
async def office(sim: WecomSim, db: Database, clock: Clock) -> AsyncIterator[Office]:
    made = Office(sim, db, clock)
    yield made
    await made.close()


# --- what goes out ------------------------------------------------------------------------------------------------


async def test_a_message_goes_out_as_it_was_written(office: Office) -> None:
    told = await office.say("变压器漏油 😀 \\u4f60")
    assert told["errcode"] == 0
    assert office.shown() == ["变压器漏油 😀 \\u4f60"]
    assert office.sim.complaints == []


async def test_the_same_call_is_the_same_bytes_at_every_try() -> None:
    bodies: list[bytes] = []

    async def listen(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.json_response({"errcode": 0})

    async with server(listen) as url:
        caller = Caller(url, None)
        for _ in range(2):
            await caller.call("webhook/send", {"z": "你好", "a": 1}, query={"key": "k"})
        await caller.close()
    assert bodies == ['{"z":"你好","a":1}'.encode()] * 2


async def test_a_file_goes_up_under_its_own_name_and_comes_down_as_it_was(office: Office) -> None:
    media_id = await office.caller.upload("image", '厂房"门口".jpg', PHOTO)
    assert office.sim.media[media_id].name == "厂房_门口_.jpg"
    assert await office.caller.media(media_id, 10_000) == ("image/jpeg", PHOTO)
    with pytest.raises(Undeliverable):
        await office.caller.media(media_id, len(PHOTO) - 1)


async def test_a_file_that_is_not_there_is_refused_by_its_code(office: Office) -> None:
    with pytest.raises(Refusal) as refused:
        await office.caller.media("nothing", 1000)
    assert (refused.value.code, refused.value.meaning.sort) == (40007, Sort.CONTENT)


async def test_addresses_of_wechat_are_not_below_those_of_wecom() -> None:
    seen: list[str] = []

    async def listen(request: web.Request) -> web.Response:
        seen.append(request.path_qs)
        return web.json_response({"openid": "o"})

    async with server(listen) as url:
        caller = Caller(url, None)
        assert (await caller.call("/sns/jscode2session", query={"js_code": "+c"}))["openid"] == "o"
        await caller.close()
    assert seen == ["/sns/jscode2session?js_code=%2Bc"]


# --- tokens -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ended", ["revoke", "expire"])
async def test_a_token_that_ends_in_the_middle_costs_one_asking_and_no_message(office: Office, ended: str) -> None:
    await office.say("0")
    getattr(office.sim, ended)("app")
    await asyncio.gather(*(office.say(str(n)) for n in range(1, 26)))
    assert sorted(office.shown(), key=int) == [str(n) for n in range(26)]
    assert office.asked == 2


@pytest.mark.parametrize("code", [40014, 42001, 40001])
async def test_a_token_that_is_never_taken_is_tried_twice_and_asked_for_once_a_minute(
    office: Office, code: int
) -> None:
    await office.say("before")
    office.sim.faults.always("message/send", code)
    with pytest.raises(Refusal):
        await office.say("1")
    assert (office.sim.calls["message/send"], office.asked) == (3, 2)
    for tries in range(1, 11):
        with pytest.raises(TryLater) as later:
            await office.say("again")
        assert 0 < (later.value.seconds or 0) <= 60
        assert (office.sim.calls["message/send"], office.asked) == (3 + tries, 2)
    office.sim.faults.heal("message/send")
    await office.say("after")
    assert office.shown() == ["before", "after"]


async def test_a_wrong_secret_asks_once_in_ten_minutes_and_sends_nothing(
    sim: WecomSim, db: Database, clock: Clock
) -> None:
    office = Office(sim, db, clock, secret="wrong")
    for _ in range(50):
        with pytest.raises(Stopped):
            await office.say("never")
    assert (office.asked, sim.calls["message/send"], sim.shut_out_until) == (1, 0, 0)
    assert await db.read(platform_tokens.stopped) == [("wecom:app", MEANINGS[40001].words)]
    await office.close()


async def test_neither_token_nor_secret_nor_names_stand_in_what_is_logged_or_raised(
    sim: WecomSim, db: Database, clock: Clock
) -> None:
    hush = "hushhushhush"
    office = Office(sim, db, clock, secret=hush)
    with capture_logs() as logs:
        for code in (60020, 99999, 81013):
            sim.faults.once("gettoken", code)
            with pytest.raises(TryLater) as later:
                await office.say(hush, hush)
            assert hush not in f"{later.value}"
            clock.move(seconds=700)
        sim.faults.closed_after("gettoken")
        with pytest.raises(TryLater):
            await office.say(hush)
    assert logs
    assert hush not in str(logs)
    await office.close()


# --- what an administrator has to see -----------------------------------------------------------------------------


async def test_what_an_administrator_must_mend_is_said_once_shown_and_gone_when_mended(office: Office) -> None:
    office.sim.faults.times("message/send", 3, 60020)
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(Refusal):
                await office.say("not yet")
        shown = await office.db.read(platform_tokens.stopped)
        await office.say("now")
    assert [line["code"] for line in logs if line["log_level"] == "error"] == [60020]
    assert shown == [("wecom:app", MEANINGS[60020].words)]
    assert await office.db.read(platform_tokens.stopped) == []
    assert office.shown() == ["now"]


async def test_a_code_nobody_knows_is_an_error_in_the_log_by_its_number(office: Office) -> None:
    office.sim.faults.once("message/send", 77777, more={"errmsg": "zhangsan"})
    with capture_logs() as logs, pytest.raises(Refusal):
        await office.say("x")
    assert [line["code"] for line in logs if line["log_level"] == "error"] == [77777]
    assert "zhangsan" not in str(logs)


# --- what may have had its effect ---------------------------------------------------------------------------------

Breaks = Callable[[WecomSim], None]
BREAKS: dict[str, Breaks] = {
    "cut before": lambda sim: sim.faults.closed_before("message/send"),
    "cut after": lambda sim: sim.faults.closed_after("message/send"),
    "a broken proxy": lambda sim: sim.faults.http("message/send", 502),
    "no answer": lambda sim: sim.faults.stall("message/send", 5.0),
}


@pytest.mark.parametrize("how", BREAKS)
async def test_a_lost_answer_leaves_the_outcome_unknown_unless_the_call_may_be_made_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    await office.say("first")
    monkeypatch.setattr(calling, "_ANSWER_TIMEOUT", ClientTimeout(total=0.3))
    BREAKS[how](office.sim)
    with pytest.raises(OutcomeUnknown):
        await office.say("perhaps")
    BREAKS[how](office.sim)
    with pytest.raises(TryLater):
        await office.say("perhaps", safe=True)


async def test_where_nobody_listens_nothing_was_sent(db: Database, clock: Clock) -> None:
    caller = Caller(f"http://127.0.0.1:{unused_port()}", None)
    with pytest.raises(TryLater):
        await caller.call("webhook/send", {"msgtype": "text"}, query={"key": "k"})
    with pytest.raises(TryLater):
        await caller.upload("file", "a.pdf", b"123456")
    with pytest.raises(TryLater):
        await caller.media("m", 100)
    await caller.close()


@pytest.mark.parametrize(
    ("answer", "unsafe"),
    [
        (b"<html>please sign in to this network</html>", OutcomeUnknown),
        (b"", OutcomeUnknown),
        (b"[]", OutcomeUnknown),
        (b'{"errcode": "0"}', OutcomeUnknown),
        (b'{"errcode": true}', OutcomeUnknown),
        (b"[" * 100_000, OutcomeUnknown),
        (b'{"errcode": 81013, "errmsg": "x"}', Refusal),
    ],
)
async def test_whatever_is_answered_is_understood_or_unknown(answer: bytes, unsafe: type[Exception]) -> None:
    async def listen(_request: web.Request) -> web.Response:
        return web.Response(body=answer)

    async with server(listen) as url:
        caller = Caller(url, None)
        with pytest.raises(unsafe):
            await caller.call("message/send", {})
        with pytest.raises(TryLater if unsafe is OutcomeUnknown else unsafe):
            await caller.call("department/simplelist")
        await caller.close()


@pytest.mark.parametrize("status", [302, 400, 403, 404, 429])
async def test_what_the_way_there_refuses_was_not_done(status: int) -> None:
    async def listen(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "/elsewhere"}, text="no")

    async with server(listen) as url:
        caller = Caller(url, None)
        with pytest.raises(TryLater):
            await caller.call("message/send", {})
        with pytest.raises(TryLater):
            await caller.media("m", 100)
        await caller.close()


@pytest.mark.parametrize(
    "found",
    [{}, {"access_token": ""}, {"access_token": "t"}, {"access_token": "t", "expires_in": 0}, {"access_token": 5}]
    + [{"access_token": "t", "expires_in": seconds} for seconds in ("7200", -1, float("nan"), None)],
)
def test_a_token_that_is_none_is_not_taken_for_one(found: dict[str, Any]) -> None:
    with pytest.raises(TryLater):
        token_of(found)


def test_a_token_without_an_end_is_asked_for_again_within_a_day() -> None:
    assert token_of({"access_token": "t", "expires_in": float("inf")}) == ("t", 86400.0)


# --- through a proxy ----------------------------------------------------------------------------------------------


@asynccontextmanager
async def server(listen: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """A server on this machine that answers everything so."""
    site = web.Application()
    site.router.add_route("*", "/{path:.*}", listen)
    async with TestServer(site, host="127.0.0.1") as running:
        yield str(running.make_url("")).rstrip("/")


async def test_every_call_goes_through_the_proxy_that_is_set(sim: WecomSim, db: Database, clock: Clock) -> None:
    passed: list[tuple[str, str]] = []

    async def forward(request: web.Request) -> web.Response:
        passed.append((request.path, request.headers.get("Proxy-Authorization", "")))
        head = {"Content-Type": request.headers.get("Content-Type", "")}
        async with (
            ClientSession() as http,
            http.request(request.method, request.url, data=await request.read(), headers=head) as answer,
        ):
            kept = {
                name: answer.headers[name] for name in ("Content-Type", "Content-Disposition") if name in answer.headers
            }
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)

    async with server(forward) as url:
        office = Office(sim, db, clock, proxy=url.replace("://", "://user:pass@"))
        await office.say("through")
        await office.caller.media(await office.caller.upload("image", "a.jpg", PHOTO), 10_000)
        await office.close()
    assert office.shown() == ["through"]
    assert [path for path, _ in passed] == [
        f"/cgi-bin/{name}" for name in ("gettoken", "message/send", "media/upload", "media/get")
    ]
    assert {given for _, given in passed} == {"Basic dXNlcjpwYXNz"}


@pytest.mark.parametrize("proxy", ["127.0.0.1:3128", "socks5://127.0.0.1:1", "http://", "http://a b", "file:///etc"])
def test_a_proxy_that_can_be_none_is_refused_by_its_name_and_not_quoted(proxy: str) -> None:
    with pytest.raises(BadDeclaration, match="QINQING_WECOM_PROXY") as refused:
        Caller("http://office.example", None, proxy)
    assert proxy not in str(refused.value).replace("http:// or", "")


@pytest.mark.parametrize("api", ["https://office.example", "http://office.example"])
async def test_a_proxy_that_refuses_or_is_not_there_sends_nothing(api: str) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    proxy = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    async with proxy:
        for at in (port, unused_port()):
            caller = Caller(api, None, f"http://127.0.0.1:{at}")
            with pytest.raises(TryLater):
                await caller.call("message/send", {})
            await caller.close()
