"""The chat page in a real browser: a whole case in four panes, on a phone, by keyboard, over a restart."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from domain.case import Role
from handlers.invitations import Invitation, invite
from tests.bot import offices
from tests.bot.offices import Running
from tests.browser import pages
from tests.browser.pages import Pane

LAMP = "门口的路灯坏了三天，晚上客人看不见路"
NAMES = ("林晓", "陈岚", "吴敏", "孙立")
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
#: The least a finger needs, in CSS pixels (WCAG 2.2, 2.5.5).
FINGER_PX = 44
READABLE_CONTRAST = 4.5
CONTRAST = """(node) => {
  const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  let under = node;
  while (/, 0\\)$|transparent/.test(getComputedStyle(under).backgroundColor)) under = under.parentElement;
  const [a, b] = [light(getComputedStyle(node).color), light(getComputedStyle(under).backgroundColor)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Running]:
    async with offices.demo(tmp_path) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with pages.browser() as running:
        yield running


async def opened(browser: Browser, office: Running, names: tuple[str, ...] = NAMES) -> tuple[Page, list[Pane]]:
    """The demo's page with its first panes."""
    page = await browser.new_page(**pages.options())
    await page.goto(office.url("/chat"))
    return page, await pages.panes(page, *names)


async def file_lamp(owner: Pane) -> None:
    """File the case of the lamp by talking and tapping."""
    await owner.say(LAMP)
    for label in ("有困难", "同意", "提交"):
        await owner.tap(label)
    await owner.hears("编号")


async def test_a_case_goes_its_whole_way_in_four_panes(browser: Browser, office: Running, tmp_path: Path) -> None:
    (tmp_path / "lamp.png").write_bytes(PNG)
    page, (owner, dispatcher, liaison, _head) = await opened(browser, office)
    complaints = await pages.listened(page)
    await owner.sends(str(tmp_path / "lamp.png"), text=LAMP)
    for label in ("有困难", "同意", "提交"):
        await owner.tap(label)
    await expect(owner.node.locator(".mine img")).to_be_visible()
    await dispatcher.tap("→")
    await owner.hears("已受理")
    await liaison.tap("签收")
    await owner.hears("接手")
    await liaison.tap("办理经过")
    shown = liaison.node.locator(".theirs .picture img")
    await expect(shown).to_have_count(2)  # on the card, and in its story
    await expect(shown.last).to_be_visible()
    await liaison.tap("办结答复")
    await liaison.say("灯换好了，今晚就亮。")
    await liaison.tap("解决了")
    await liaison.tap("发出")
    await owner.tap("解决了")
    await owner.tap("满意")
    await owner.tap("跳过")
    await owner.hears("谢谢")
    for pane in (owner, dispatcher, liaison):
        await pane.is_calm()
    assert complaints == []
    assert await pages.overflow(page) == []


async def test_reminders_come_when_the_clock_is_moved(browser: Browser, office: Running) -> None:
    page, (owner, dispatcher, liaison, head) = await opened(browser, office)
    await file_lamp(owner)
    await dispatcher.tap("→")
    await liaison.hears("请签收")
    before = await page.locator(".demo-time").text_content() or ""
    await page.get_by_role("button", name="+1 周").click()
    await liaison.hears("明天到期")
    await expect(page.locator(".demo-time")).not_to_have_text(before)
    await page.get_by_role("button", name="+1 个工作日").click()
    await liaison.hears("今天到期")
    await head.hears("今天到期")
    await page.get_by_role("button", name="+1 个工作日").click()
    overdue = await head.hears("已超期")
    await expect(overdue.locator(".mark.red").first).to_be_visible()
    days = await liaison.node.locator(".day").all_text_contents()
    assert len(days) == len(set(days)) >= 3


async def test_somebody_who_is_not_in_sight_shows_how_much_is_new(browser: Browser, office: Running) -> None:
    page, (owner, dispatcher, *_) = await opened(browser, office)
    await file_lamp(owner)
    await dispatcher.tap("→")
    handler = page.locator(".person", has_text="郑凯")
    await expect(handler.locator(".badge")).to_have_text("1")
    await expect(handler).to_have_accessible_name("郑凯，1 条新消息")
    await handler.click()
    await expect(handler.locator(".badge")).to_have_text("")
    await Pane(page, "郑凯").hears("请签收")


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_a_small_phone_shows_everything_large_enough_in_light_and_dark(
    browser: Browser, office: Running, scheme: str
) -> None:
    size = {"width": 360, "height": 640}
    page = await browser.new_page(
        **pages.options(viewport=size, color_scheme=scheme, has_touch=True, is_mobile=True, device_scale_factor=2)
    )
    await page.goto(office.url("/chat#owner1"))
    [owner] = await pages.panes(page, "林晓")
    await file_lamp(owner)
    assert await pages.overflow(page) == []
    for button in await page.locator("button:visible").all():
        box = await button.bounding_box()
        assert box is not None
        assert box["height"] >= FINGER_PX, await button.text_content()
    for words in await page.locator(".words:visible, .choice-label:visible, .row time:visible, .fact dt:visible").all():
        assert await words.evaluate(CONTRAST) >= READABLE_CONTRAST, await words.text_content()


async def test_everything_is_done_with_the_keyboard(browser: Browser, office: Running) -> None:
    page, (owner, *_) = await opened(browser, office)
    await owner.node.locator("textarea").focus()
    await page.keyboard.type("门口的路灯坏了")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("三天了")
    await page.keyboard.press("Enter")
    for label in ("有困难", "同意", "提交"):
        await expect(owner.button(label)).to_be_enabled()
        await reach(page, label)
        await page.keyboard.press("Enter")
    await owner.hears("编号")
    await expect(owner.node.locator(".mine .words").first).to_have_text("门口的路灯坏了\n三天了")


async def reach(page: Page, label: str) -> None:
    """Press Shift+Tab, from the end of the chat, until a button whose label begins like this has the focus."""
    await page.locator(".pane textarea").first.focus()
    for _ in range(60):
        await page.keyboard.press("Shift+Tab")
        focused = await page.evaluate("document.activeElement.querySelector('.choice-label')?.textContent || ''")
        if focused.startswith(label):
            return
    pytest.fail(f"no key leads to {label}")


async def test_a_screen_reader_hears_a_name_for_everything(browser: Browser, office: Running) -> None:
    page, (owner, *_) = await opened(browser, office)
    await file_lamp(owner)
    heard = await page.locator("body").aria_snapshot()
    assert not re.search(r"^\s*- (button|textbox|link|img|log|region|group|navigation)\s*:?\s*$", heard, re.MULTILINE)
    for name in NAMES:
        assert f'region "{name}"' in heard
    assert heard.count('log "聊天记录"') == len(NAMES)
    assert "亲清说：" in heard
    assert "您说：" in heard
    assert await page.evaluate("document.documentElement.lang") == "zh-CN"


async def test_what_is_said_while_the_office_is_away_arrives_once_when_it_is_back(
    browser: Browser, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/kept.db"
    async with offices.demo(tmp_path, url) as office:
        port = office.site.port or 0
        page, (owner, *_) = await opened(browser, office)
        await owner.say("你好")
        await owner.is_calm()
    await expect(owner.node).to_have_attribute("data-state", "reconnecting")
    await owner.say(LAMP)
    await expect(owner.node.locator(".fate")).to_have_text("连上后自动发送")
    async with offices.demo(tmp_path, url, port):
        await owner.hears("要帮您登记吗")
        await owner.is_calm()
        await expect(owner.node.locator(".mine .words", has_text=LAMP)).to_have_count(1)
        await expect(owner.node.locator(".mine .words", has_text="你好")).to_have_count(1)
        await page.close()


async def test_a_demo_begun_anew_shows_itself_and_not_the_old_one(browser: Browser, tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    async with offices.demo(tmp_path / "old") as office:
        port = office.site.port or 0
        page, (owner, *_) = await opened(browser, office)
        await file_lamp(owner)
    async with offices.demo(tmp_path / "new", port=port):
        await expect(owner.node.locator(".welcome")).to_be_visible()
        await expect(owner.node.locator(".row")).to_have_count(0)
        await file_lamp(owner)
        await page.close()


async def test_a_link_with_a_code_joins_with_one_tap_once(browser: Browser, tmp_path: Path) -> None:
    async with offices.production(tmp_path) as office:
        invitation = Invitation(Role.DISPATCHER)
        code = await office.app.db.write(invite, invitation, office.app.clock.now())
        page = await browser.new_page(**pages.options())
        await page.goto(office.url(f"/chat?join={code}"))
        name = office.app.file.name
        [visitor] = await pages.panes(page, name)
        await expect(visitor.node.locator(".invited")).to_contain_text(code)
        await page.get_by_role("button", name="使用邀请码").click()
        await visitor.hears("派单员")
        assert "join" not in page.url
        await page.reload()
        await visitor.hears("派单员")
        await expect(visitor.node.locator(".invited")).to_be_hidden()
        await page.close()


@pytest.mark.parametrize("join", ["", "x", "<script>alert(1)</script>", "a" * 60, "%00"])
async def test_a_link_without_a_proper_code_offers_nothing(browser: Browser, office: Running, join: str) -> None:
    page = await browser.new_page(**pages.options())
    complaints = await pages.listened(page)
    await page.goto(office.url(f"/chat?join={join}#owner1"))
    [owner] = await pages.panes(page, "林晓")
    await expect(owner.node.locator(".invited")).to_be_hidden()
    assert complaints == []
