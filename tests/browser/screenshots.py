"""Draws the pictures of the documentation anew: `python -m tests.browser.screenshots`."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.bot import offices
from tests.bot.offices import Running
from tests.browser import pages
from tests.browser.pages import Pane

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDE = {"width": 1600, "height": 900}
PHONE = {"width": 390, "height": 780}

#: What the owner photographs: a street by night, one lamp of it out.
STREET = """<body style="margin:0;height:480px;background:linear-gradient(#0b1430 0 55%,#1c1f2b 55% 62%,#30323a 62%)">
<svg width="640" height="480" fill="none" stroke-linecap="round">
<rect x="30" y="120" width="150" height="170" fill="#2b2233"/>
<rect x="210" y="90" width="190" height="200" fill="#241f30"/>
<rect x="440" y="130" width="170" height="160" fill="#2d2531"/>
<g fill="#f4c66a"><rect x="50" y="200" width="110" height="70"/><rect x="235" y="120" width="30" height="36"/>
<rect x="330" y="190" width="30" height="36"/><rect x="470" y="160" width="30" height="36"/></g>
<rect x="44" y="168" width="122" height="24" rx="4" fill="#b3392f"/>
<path d="M120 470V130q0-34 40-34M560 470V130q0-34-40-34" stroke="#8b8f99" stroke-width="9"/>
<ellipse cx="172" cy="98" rx="26" ry="9" fill="#4a4e58"/>
<ellipse cx="508" cy="98" rx="26" ry="9" fill="#ffe9a8"/><path d="M508 104L410 470H606Z" fill="#ffe9a8" opacity=".22"/>
<path d="M0 430H640" stroke="#c9c9c9" stroke-width="5" stroke-dasharray="46 40"/></svg></body>"""


async def photo(browser: Browser, folder: Path) -> str:
    """A picture to send."""
    page = await browser.new_page(viewport={"width": 640, "height": 480})
    await page.set_content(STREET)
    path = folder / "路灯.jpg"
    await page.screenshot(path=path, type="jpeg", quality=80)
    await page.close()
    return str(path)


async def live_a_case(page: Page, picture: str) -> None:
    """File, remind, sign, answer: what the four panes show in the end."""
    owner, dispatcher, liaison, _head = await pages.panes(page, "林晓", "陈岚", "吴敏", "孙立")
    await owner.sends(picture, text="面馆门口的路灯坏了三天，晚上客人看不见路")
    for label in ("有困难", "同意", "提交"):
        await owner.tap(label)
    await owner.hears("编号")
    await dispatcher.tap("→")
    await liaison.hears("请签收")
    await page.get_by_role("button", name="+1 小时").click()
    await liaison.tap("签收")
    await owner.hears("接手")
    await liaison.tap("办结答复")
    await liaison.say("灯换好了，今晚就亮。")
    await liaison.tap("解决了")
    await liaison.tap("发出")
    await owner.hears("灯换好了")
    await liaison.hears("正在请诉求人评价")


async def another_case(office: Running) -> None:
    """Somebody else files too, so that the dispatcher has something to decide."""
    chat = await office.chat("owner2")
    await chat.say("厂门口的路被水泡坏了，货车进不来，这两天的货都耽误了")
    for _ in ("kind", "consent", "submit"):
        await chat.say("1")
    await chat.close()


async def settled(page: Page, pane: Pane) -> None:
    """Wait until the newest is there and nothing moves any more."""
    await pane.hears("启明印章厂")
    await expect(pane.node.locator(".waiting > *")).to_have_count(0)
    await page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")


async def drawn(browser: Browser, office: Running, folder: Path) -> None:
    """The four panes, wide and light; and the owner's phone, dark."""
    page = await browser.new_page(**pages.options(viewport=WIDE))
    await page.goto(office.url("/chat"))
    await live_a_case(page, await photo(browser, folder))
    await another_case(office)
    await settled(page, Pane(page, "陈岚"))
    await page.screenshot(path=IMAGES / "chat.png")
    phone = await browser.new_page(**pages.options(viewport=PHONE, color_scheme="dark", has_touch=True, is_mobile=True))
    await phone.goto(office.url("/chat#owner1"))
    [owner] = await pages.panes(phone, "林晓")
    await owner.hears("请评价一下")
    await phone.screenshot(path=IMAGES / "phone.png")


async def main() -> None:
    """Write docs/images/*.png."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with offices.demo(Path(folder)) as office, pages.browser() as browser:
            await drawn(browser, office, Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
