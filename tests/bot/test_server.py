"""The office's pages: who gets in, what every answer carries, receipts anyone can check, and health that tells."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSCloseCode, WSServerHandshakeError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot import server
from bot.cookies import COOKIE, fresh_address, signed
from scheduler import timetable
from storage import events
from storage.db import Unavailable
from tests.bot import offices
from tests.bot.offices import Running

PAGES = ["/chat", "/roots", "/health", "/ready", "/metrics", "/static/chat.js", "/static/chat.css", "/"]
MISSING = ["/file/nothing", "/receipt/nothing", "/nothing", "/static/nothing", "/chat/ws", "/static/../server.py"]


@pytest.fixture
async def real(tmp_path: Path) -> AsyncIterator[Running]:
    async with offices.production(tmp_path) as running:
        yield running


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Running]:
    async with offices.demo(tmp_path) as running:
        yield running


# --- who gets in ----------------------------------------------------------------------------------------------


async def test_the_page_gives_a_cookie_once_that_no_script_and_no_other_site_reads(real: Running) -> None:
    async with real.http.get(real.url("/chat")) as answer:
        cookie = answer.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["secure"]
    async with real.http.get(real.url("/chat"), cookies={COOKIE: cookie.value}) as answer:
        assert COOKIE not in answer.cookies


async def test_the_cookie_opens_the_same_chat_again(real: Running) -> None:
    visitor = await real.visitor()
    first = await visitor.chat()
    seen = await first.say("你好")
    again = await visitor.chat(after=0)
    assert (await again.heard())["ref"] == seen["ref"]
    await visitor.close()


def forged(kind: str) -> str:
    """A cookie that was not given by the office."""
    address = fresh_address()
    return {
        "none": "",
        "words": "hello",
        "unsigned": address,
        "another office's": signed(address, b"x" * 32),
        "another's mark": f"{address}.{signed(fresh_address(), b'x' * 32).split('.')[1]}",
        "the demo's address": "demo:owner1." + "0" * 64,
        "long": "a" * 3000,
    }[kind]


@pytest.mark.parametrize(
    "kind", ["none", "words", "unsigned", "another office's", "another's mark", "the demo's address", "long"]
)
async def test_a_cookie_the_office_did_not_sign_opens_nothing(real: Running, kind: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refusal:
        await real.http.ws_connect(real.url("/chat/ws"), headers={"Cookie": f"{COOKIE}={forged(kind)}"})
    assert refusal.value.status == 401
    async with real.http.get(real.url("/chat"), headers={"Cookie": f"{COOKIE}={forged(kind)}"}) as answer:
        assert COOKIE in answer.cookies


@pytest.mark.parametrize(
    "origin",
    [
        "https://elsewhere.example",
        "null",
        "http://office.example.elsewhere.example",
        "http://office.example",
        "http://[",
    ],
)
async def test_a_page_of_another_site_cannot_speak_with_a_visitors_cookie(real: Running, origin: str) -> None:
    visitor = await real.visitor()
    with pytest.raises(WSServerHandshakeError) as refusal:
        await visitor.http.ws_connect(real.url("/chat/ws"), headers={"Origin": origin})
    assert refusal.value.status == 403
    await visitor.close()


async def test_the_offices_own_page_gets_in_behind_a_proxy_too(real: Running) -> None:
    visitor = await real.visitor()
    for origin in (offices.PUBLIC, real.url("/").rstrip("/")):
        ws = await visitor.http.ws_connect(real.url("/chat/ws"), headers={"Origin": origin})
        await ws.close()
    assert (await real.health())["status"]
    await visitor.close()


@pytest.mark.parametrize("path", ["/demo/people", "/demo/clock"])
async def test_nothing_of_the_demo_is_there_in_earnest(real: Running, path: str) -> None:
    assert (await real.get(path))[0] == 404
    async with real.http.post(real.url(path), json={"forward": "P1D"}) as answer:
        assert answer.status == 404


async def test_in_earnest_nobody_chooses_who_to_be(real: Running) -> None:
    with pytest.raises(WSServerHandshakeError) as refusal:
        await real.chat("administrator")
    assert refusal.value.status == 401


# --- every answer ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, *MISSING])
async def test_every_answer_carries_the_security_headers(real: Running, path: str) -> None:
    async with real.http.get(real.url(path), allow_redirects=False) as answer:
        assert not set(server.SECURITY) - set(answer.headers)
        assert (answer.status >= 400) == (path in MISSING)


async def test_a_refused_method_carries_them_too(real: Running) -> None:
    async with real.http.post(real.url("/chat"), data="x") as answer:
        assert answer.status == 405
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_names_the_office_and_holds_no_script_of_its_own(real: Running) -> None:
    status, page = await real.get("/chat")
    assert status == 200
    assert "衡岳县优化营商环境办公室" in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\son\w+=", page)
    assert 'data-demo=""' in page


# --- receipts -------------------------------------------------------------------------------------------------


async def filed(office: Running) -> str:
    """File a case; returns the path of its receipt."""
    owner = await office.chat("owner1")
    await owner.say("门口的路灯坏了三天")
    await owner.say("1")
    await owner.say("1")
    found = re.search(r"/receipt/\S+", (await owner.say("1"))["text"])
    assert found
    return found[0]


async def test_a_receipt_is_proof_that_anyone_can_check(office: Running) -> None:
    path = await filed(office)
    proof = json.loads((await office.get(path + "?json"))[1])
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(proof["public_key"]))
    signature = base64.b64decode(proof["signature"])
    key.verify(signature, proof["signed_text"].encode())
    assert proof["number"] in proof["signed_text"]
    with pytest.raises(InvalidSignature):
        key.verify(signature, proof["signed_text"].replace("2026", "2025").encode())


async def test_a_receipt_shows_nothing_of_what_the_case_says(office: Running) -> None:
    path = await filed(office)
    for shown in ((await office.get(path))[1], (await office.get(path + "?json"))[1]):
        assert not any(words in shown for words in ("路灯", "林晓", "晓林面馆", "13800000001"))


@pytest.mark.parametrize("code", ["x", "a" * 4000, "%00", "..%2f..%2f"])
async def test_a_guessed_receipt_is_not_there(office: Running, code: str) -> None:
    assert (await office.get(f"/receipt/{code}"))[0] == 404


@pytest.mark.parametrize(
    "path", ["/nowhere", "/receipt/guessed", "/letter/guessed", "/file/guessed", "/mydata/guessed"]
)
async def test_an_address_that_leads_nowhere_is_a_page_with_a_way_on_for_people(real: Running, path: str) -> None:
    async with real.http.get(real.url(path), headers={"Accept": "text/html,*/*;q=0.8"}) as answer:
        page = await answer.text()
    assert (answer.status, answer.content_type) == (404, "text/html")
    assert "这里没有内容" in page
    assert '<a href="/chat">' in page
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_program_is_told_in_a_line(real: Running) -> None:
    async with real.http.get(real.url("/nowhere"), headers={"Accept": "application/json"}) as answer:
        assert (answer.status, answer.content_type) == (404, "text/plain")


# --- health ---------------------------------------------------------------------------------------------------


async def test_a_healthy_office_says_so(office: Running) -> None:
    for job in timetable.JOBS:
        await office.app.run(job)
    health = await office.health()
    assert health["status"] == "ok"
    assert health["tick_age_seconds"] < server.TICK_LATE_SECONDS
    assert set(health["queues"]) == {"arrivals", "outbox", "fetches"}
    assert health["failed_arrivals"] == 0


async def test_an_office_that_does_not_tick_is_degraded(office: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.app.run(timetable.JOBS[0])
    monkeypatch.setattr(server, "TICK_LATE_SECONDS", -1)  # whatever ticks meanwhile is late
    assert (await office.health())["status"] == "degraded"


async def test_an_office_without_its_database_says_so_and_answers(
    office: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*asked: Any) -> None:
        raise Unavailable("the database cannot be read now")

    monkeypatch.setattr(office.app.db, "read", gone)
    for path, status in (("/health", 503), ("/ready", 503), ("/metrics", 503), ("/file/x", 503), ("/chat", 200)):
        assert (await office.get(path))[0] == status
    assert "nosniff" in (await office.http.get(office.url("/ready"))).headers["X-Content-Type-Options"]


async def test_an_office_that_stops_lets_its_pages_go_at_once(office: Running) -> None:
    owner = await office.chat("owner1")
    await owner.say("你好")
    ended = asyncio.create_task(owner.ended())
    async with asyncio.timeout(10):
        await office.site.close()
    assert await ended == WSCloseCode.GOING_AWAY


async def test_the_metrics_are_prometheus_text_without_anybodys_words(office: Running) -> None:
    await filed(office)
    status, text = await office.get("/metrics")
    assert status == 200
    assert re.search(r"^qinqing_\w+(\{[^}]*\})? \d", text, re.MULTILINE)
    assert "路灯" not in text


async def test_daily_roots_are_published_signed(office: Running) -> None:
    await filed(office)
    await office.app.db.write(events.make_root, office.app.clock.now())
    _status, text = await office.get("/roots")
    said = json.loads(text)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(said["public_key"]))
    newest = said["roots"][0]
    assert newest["events"] >= 1
    key.verify(bytes.fromhex(newest["signature"]), bytes.fromhex(newest["hash"]))
