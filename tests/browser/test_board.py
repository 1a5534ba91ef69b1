"""The officials' pages in a real browser: from the chat to the desk and out again, on a wide screen and on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.bot import offices
from tests.bot.offices import Running
from tests.browser import pages
from tests.browser.pages import Pane

LAMP = "变压器装不上，三个月没有结果，停电的时候店里开不了门"
PHONE = {"width": 360, "height": 740}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Running]:
    async with offices.demo(tmp_path) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with pages.browser() as running:
        yield running


async def chat(browser: Browser, office: Running) -> tuple[Pane, Pane]:
    """An owner and the dispatcher at the chat; the owner has filed a case."""
    page = await browser.new_page(**pages.options())
    await page.goto(office.url("/chat"))
    owner, dispatcher = await pages.panes(page, "林晓", "陈岚")
    await owner.say(LAMP)
    for label in ("有困难", "同意", "提交"):
        await owner.tap(label)
    await owner.hears("编号")
    return owner, dispatcher


async def link(pane: Pane) -> str:
    """The path of the link the office sends to an official who asks for the pages."""
    await pane.say("网页办公")
    bubble = await pane.hears("/board/in/")
    address = await bubble.locator("a").first.get_attribute("href")
    assert address
    return urlsplit(address).path


async def signed_in(browser: Browser, office: Running, pane: Pane, **more: object) -> Page:
    """A browser of its own with the pages open."""
    page = await browser.new_page(**pages.options(**more))
    await page.goto(office.url(await link(pane)))
    await page.get_by_role("button", name="登录").click()
    await expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    return page


async def test_an_official_goes_from_the_chat_to_the_desk_and_dispatches_a_case(
    browser: Browser, office: Running
) -> None:
    owner, dispatcher = await chat(browser, office)
    page = await signed_in(browser, office, dispatcher, viewport={"width": 1280, "height": 800})
    complaints = await pages.listened(page)
    await dispatcher.hears("您刚登录了网页办公")
    await page.get_by_role("link", name="诉求件", exact=True).click()
    await page.get_by_role("searchbox").fill("bianyaqi")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="变压器装不上").click()
    await expect(page.locator("h1")).to_contain_text("待受理")
    await expect(page.get_by_text("校验通过")).to_be_visible()
    form = page.locator("form[action$='/take']")
    await form.get_by_label("牵头单位").select_option(label="供电公司")
    await form.get_by_role("button").click()
    await expect(page.get_by_role("status")).to_contain_text("已办好")
    await expect(page.locator("h1")).to_contain_text("待签收")
    await owner.hears("供电公司")
    await page.get_by_role("link", name="打印版").click()
    await expect(page.locator("nav, form")).to_have_count(0)
    paper = await page.pdf(format="A4")
    assert paper.startswith(b"%PDF")
    await page.get_by_role("link", name="回到").click()
    await page.get_by_text("陈岚").first.click()
    await page.get_by_role("button", name="退出登录").click()
    await expect(page.get_by_role("heading", name="您还没有登录")).to_be_visible()
    await page.goto(office.url("/board/cases"))
    await expect(page.get_by_role("heading", name="您还没有登录")).to_be_visible()
    assert not [said for said in complaints if "401" not in said]


async def test_every_page_fits_a_small_phone_and_can_be_used_by_keyboard(browser: Browser, office: Running) -> None:
    _owner, dispatcher = await chat(browser, office)
    page = await signed_in(browser, office, dispatcher, viewport=PHONE)
    number = await page.locator(".case-number").first.inner_text()
    for path in ("/board", "/board/cases", f"/board/case/{number}", f"/board/case/{number}/print"):
        await page.goto(office.url(path))
        assert await sticks_out(page) == [], path
    await page.goto(office.url(f"/board/case/{number}"))
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()


async def sticks_out(page: Page) -> list[str]:
    """Elements wider than the window, but for what scrolls by itself and what waits to be reached by keyboard."""
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    scrolling = {"A ", "TABLE ", "NAV menu"}
    return [one for one in await pages.overflow(page) if one not in scrolling and "skip" not in one] if wide else []
