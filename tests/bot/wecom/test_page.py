"""The page inside WeCom, from a member's browser: signing in by the platform, answering with files, and who may not."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession, CookieJar, FormData
from yarl import URL

from bot.channels.wecom import oauth
from bot.cookies import fresh_address, signed
from domain.case import Role
from handlers import directory as comparisons
from storage import directory, people
from storage.tables import files as files_table
from storage.transaction import Tx
from tests.bot.wecom.app_office import AppOffice, app_office

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PAGE = "/wecom/page"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[AppOffice]:
    async with app_office(tmp_path) as one:
        yield one


@dataclass
class Browser:
    """A browser inside WeCom. userid: who uses it, as the platform knows them. It keeps cookies, and shows a page."""

    office: AppOffice
    http: ClientSession
    userid: str
    status: int = 0
    shown: str = ""

    async def get(self, path: str) -> str:
        """Open an address of the office; returns where it sends the browser to."""
        async with self.http.get(self.office.running.url(path), allow_redirects=False) as answer:
            self.status, self.shown = answer.status, html.unescape(await answer.text())
            self._keep(answer.headers.getall("Set-Cookie", []))
            return answer.headers.get("Location", "")

    async def post(self, path: str, form: FormData | None = None, **headers: str) -> str:
        address = self.office.running.url(path)
        async with self.http.post(address, data=form, headers=headers, allow_redirects=False) as answer:
            self.status, self.shown = answer.status, html.unescape(await answer.text())
            return answer.headers.get("Location", "")

    def _keep(self, cookies: list[str]) -> None:
        """As over https: the test speaks plain http, to which a browser gives no such cookie."""
        for one in cookies:
            assert all(word in one for word in ("HttpOnly", "SameSite=Lax", "Path=/wecom"))
            name, _sep, value = one.partition(";")[0].partition("=")
            assert "Secure" in one
            self.http.cookie_jar.update_cookies({name: value.strip('"')}, URL(self.office.running.url("/")))

    async def authorized(self, location: str) -> str:
        """The platform's page, which asks nobody anything; returns the path at the office it sends the browser to."""
        asked = location.partition("#")[0]
        async with self.http.get(asked, headers={"X-Sim-User": self.userid}, allow_redirects=False) as answer:
            back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    async def open(self) -> None:
        """Open the page, with all the ways round by the platform."""
        path = PAGE
        while location := await self.get(path):
            path = await self.authorized(location) if "/connect/" in location else location

    async def send(self, *names: str, text: str = "", mark: str = "", data: bytes = PDF) -> None:
        """Fill in the form that is shown, and send it."""
        found = re.search(r'name="mark" value="([0-9a-f]+)"', self.shown)
        form = FormData(quote_fields=False, default_to_multipart=True)  # as browsers send it
        form.add_field("mark", mark or (found[1] if found else ""))
        form.add_field("text", text)
        for name in names:
            form.add_field("file", data, filename=name, content_type="application/octet-stream")
        await self.post(PAGE, form)

    async def tap(self, label: str) -> None:
        """Tap one of the buttons of the question."""
        found = re.search(rf'name="press" value="([^"]+)">[^<]*{label}', self.shown)
        assert found, f"no button {label} in\n{self.shown}"
        await self.press(found[1])

    async def press(self, value: str) -> None:
        """Send the value of a button."""
        form = FormData(default_to_multipart=True)
        form.add_field("press", value)
        await self.post(PAGE, form)


@pytest.fixture
async def browser(office: AppOffice) -> AsyncIterator[Browser]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        yield Browser(office, http, "zhang")


@pytest.fixture
async def other(office: AppOffice) -> AsyncIterator[Browser]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        yield Browser(office, http, "li")


def _kept(tx: Tx) -> list[tuple[str, int]]:
    return [(row.name, row.size_bytes) for row in tx.all(files_table.select().order_by(files_table.c.id))]


# --- answering --------------------------------------------------------------------------------------------------


async def test_a_pdf_sent_on_the_page_answers_the_question_of_the_chat(office: AppOffice, browser: Browser) -> None:
    zhang = await office.official("zhang", Role.DISPATCHER)
    for words in ("/file", "诉求", "仓库门口的路灯坏了一个月"):
        await zhang.say(words)
    await office.quiet()
    await browser.open()
    assert browser.status == 200
    assert "正在等您回答" in browser.shown
    await browser.send("现场照片与说明.pdf")
    assert "已收到" in browser.shown
    [(name, size)] = await office.app.db.read(_kept)
    assert (name, size) == ("现场照片与说明.pdf", len(PDF))
    await office.quiet()
    assert office.sim.complaints == []


async def test_without_a_question_the_page_says_what_can_be_done_and_takes_files(
    office: AppOffice, browser: Browser
) -> None:
    await office.official("zhang", Role.DISPATCHER)
    await browser.open()
    assert "没有等您回答的问题" in browser.shown
    await browser.send("a.pdf", "b.pdf", text="请查收")
    assert browser.status == 200
    assert [name for name, _size in await office.app.db.read(_kept)] == ["a.pdf", "b.pdf"]


async def test_a_form_sent_twice_is_one_arrival(office: AppOffice, browser: Browser) -> None:
    zhang = await office.official("zhang", Role.DISPATCHER)
    await browser.open()
    await browser.send(text="/help", mark="a" * 32)
    await office.quiet()
    heard = len(zhang.shown)
    await browser.send(text="/help", mark="a" * 32)
    await office.quiet()
    assert "之前已经收到" in browser.shown
    assert len(zhang.shown) == heard


async def test_a_choice_of_the_chat_can_be_made_on_the_page(office: AppOffice, browser: Browser) -> None:
    zhang = await office.official("zhang", Role.DISPATCHER)
    await zhang.say("/file")
    await office.quiet()
    await browser.open()
    assert "存多久" in browser.shown
    assert "存什么" in browser.shown, "a long question is there from its beginning"
    await browser.tap("同意")
    assert browser.status == 200
    assert "存多久" not in browser.shown
    assert "诉求" in browser.shown


async def test_nothing_but_a_step_of_a_talk_is_tapped_on_the_page(office: AppOffice, browser: Browser) -> None:
    await office.official("zhang", Role.DISPATCHER)
    await browser.open()
    for value in ("f:failed", "t:1:1:yes" * 20, ""):
        await browser.press(value)
        assert browser.status == 400
    await browser.press("t:999999:1:yes")
    assert browser.status == 200, "said in the words of the chat"


async def test_words_of_others_are_shown_as_words(office: AppOffice, browser: Browser) -> None:
    zhang = await office.official("zhang", Role.DISPATCHER)
    for words in ("/file", "诉求", "<script>alert(1)</script> 路灯坏了"):
        await zhang.say(words)
    await office.quiet()
    async with browser.http.get(office.running.url("/")):
        pass
    await browser.open()
    async with browser.http.get(office.running.url(PAGE)) as answer:
        assert "<script>alert" not in await answer.text()
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_too_large_too_many_nothing_and_no_form_are_refused_in_words(
    office: AppOffice, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.official("zhang", Role.DISPATCHER)
    await browser.open()
    monkeypatch.setattr("bot.channels.wecom.page.MOST_BYTES", 1000)
    for names, data, status in ((("a.pdf",), bytes(2000), 413), (("a.pdf",) * 10, PDF, 413), ((), b"", 400)):
        await browser.send(*names, data=data)
        assert (browser.status, "重新打开" in browser.shown) == (status, True)
    await browser.post(PAGE)
    assert browser.status == 400
    assert await office.app.db.read(_kept) == []


# --- who it is --------------------------------------------------------------------------------------------------


async def test_a_state_that_began_in_another_browser_signs_nobody_in(
    office: AppOffice, browser: Browser, other: Browser
) -> None:
    await office.official("zhang", Role.DISPATCHER)
    lured = await browser.authorized(await browser.get(PAGE))
    await other.get(lured)
    assert (other.status, "不是从当前窗口" in other.shown) == (403, True)
    await other.get(PAGE)  # now it has a state of its own, which is another
    await other.get(lured)
    assert other.status == 403
    assert await other.get(PAGE), "still to be signed in"


@pytest.fixture
def few_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.wecom.signing_in.SOURCE", 3)


@pytest.mark.usefixtures("few_tries")
async def test_forged_codes_are_not_all_asked_about_and_who_was_in_before_still_comes_in(
    office: AppOffice, browser: Browser, other: Browser
) -> None:
    await office.official("zhang", Role.DISPATCHER)
    await browser.open()
    for status in (403, 403, 403, 429):
        back = urlsplit(await other.authorized(await other.get(PAGE)))
        await other.get(f"{back.path}?code=forged&state={parse_qs(back.query)['state'][0]}")
        assert other.status == status
    assert "登录的次数太多" in other.shown
    assert re.search(r"过\d+秒", other.shown)
    browser.http.cookie_jar.clear(lambda cookie: cookie.key == oauth.SESSION)
    await browser.open()
    assert browser.status == 200


async def test_a_code_is_good_once(office: AppOffice, browser: Browser) -> None:
    await office.official("zhang", Role.DISPATCHER)
    back = await browser.authorized(await browser.get(PAGE))
    code = parse_qs(urlsplit(back).query)["code"][0]
    await browser.get(back)
    await browser.get(back)
    assert browser.status == 403, "the state is spent too"
    again = await browser.authorized(await _signed_out(browser))
    fresh = parse_qs(urlsplit(again).query)["code"][0]
    await browser.get(again.replace(fresh, code))
    assert (browser.status, "已过期或已用过" in browser.shown) == (403, True)


async def _signed_out(browser: Browser) -> str:
    browser.http.cookie_jar.clear()
    return await browser.get(PAGE)


async def test_somebody_elses_cookie_is_nobodys(office: AppOffice, browser: Browser) -> None:
    await office.official("zhang", Role.DISPATCHER)
    await office.official("li", Role.DISPATCHER)
    secret = office.app.keys.cookie
    mine = oauth.sealed(oauth.SESSION, "zhang", office.app.clock.now() + oauth.SESSION_VALID, secret)
    li = oauth.sealed(oauth.STATE, "li", office.app.clock.now() + oauth.SESSION_VALID, secret)
    forged = f"{li.split('.')[0]}.{mine.split('.', 1)[1]}"
    for cookie in (forged, li, signed(fresh_address(), secret), "zhang", "", "." * 3):
        browser.http.cookie_jar.clear()
        browser.http.cookie_jar.update_cookies({oauth.SESSION: cookie}, URL(office.running.url("/")))
        assert "/connect/oauth2/authorize" in await browser.get(PAGE)
        await browser.send("a.pdf")
        assert (browser.status, "没有发出" in browser.shown) == (401, True)
    assert await office.app.db.read(_kept) == []


async def test_an_outsider_and_a_stranger_are_told_so(office: AppOffice, browser: Browser, other: Browser) -> None:
    browser.userid = "wmOwner"
    await browser.open()
    assert (browser.status, "仅供单位成员" in browser.shown) == (403, True)
    office.sim.member("li")
    await other.open()
    assert (other.status, "还没有在企业微信里和您对话过" in other.shown) == (403, True)


async def test_who_has_left_is_signed_out_at_once(office: AppOffice, browser: Browser) -> None:
    await office.official("zhang", Role.DISPATCHER)
    await browser.open()
    await office.app.db.write(_note, "zhang", office)
    await office.app.db.write(comparisons.gone, "zhang", office.app.clock.now())
    await browser.send("a.pdf")
    assert browser.status == 401
    known = await office.app.db.read(people.find, "wecom", "zhang")
    assert known is not None
    assert not known[0].reachable


def _note(tx: Tx, userid: str, office: AppOffice) -> None:
    from_now = office.app.clock.now()
    directory.note(tx, userid, (1,), from_now)


async def test_a_page_of_another_site_sends_nothing(office: AppOffice, browser: Browser) -> None:
    await office.official("zhang", Role.DISPATCHER)
    await browser.open()
    form = FormData()
    form.add_field("text", "/help")
    await browser.post(PAGE, form, Origin="https://evil.example")
    assert browser.status == 403


async def test_wecom_that_is_down_is_said_in_words(office: AppOffice, browser: Browser) -> None:
    await office.official("zhang", Role.DISPATCHER)
    office.sim.faults.once("auth/getuserinfo", http=502)
    await browser.open()
    assert (browser.status, "正忙" in browser.shown) == (503, True)


# --- the pages for work -----------------------------------------------------------------------------------------


async def test_from_the_page_an_official_gets_to_the_pages_for_work(office: AppOffice, browser: Browser) -> None:
    await office.official("zhang", Role.DISPATCHER)
    await browser.open()
    assert "打开工作台" in browser.shown
    link = urlsplit(await browser.post("/wecom/board"))
    assert (browser.status, link.path[:10]) == (303, "/board/in/")
    assert await browser.post(link.path) == "/board"


async def test_who_has_no_role_gets_no_link(office: AppOffice, browser: Browser) -> None:
    zhang = office.sim.member("zhang")
    await zhang.say("你好")
    await browser.open()
    assert "打开工作台" not in browser.shown
    assert not await browser.post("/wecom/board")
    assert browser.status == 403
