"""What belongs to Telegram in a real browser: the page for large files, and the demo's way there, on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from pydantic import SecretStr
from sqlalchemy import select

from bot import serving
from handlers import too_large
from storage import people
from storage.tables import files
from storage.transaction import Tx
from tests.bot import offices
from tests.bot.offices import PUBLIC, Running
from tests.browser import pages

THERE = "https://t.me/desk_bot"
PHONE = {"width": 360, "height": 740}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with pages.browser() as running:
        yield running


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Running]:
    async with offices.production(tmp_path) as running:
        yield running


async def link(office: Running, language: str = "zh_CN") -> str:
    """Where somebody may send one file."""

    def given(tx: Tx, now: datetime) -> str:
        _address, person = people.meet(tx, "web", f"somebody {language}", language, now)
        assert person is not None
        return too_large.upload_link(tx, person.id, now)

    found = await office.app.db.write(given, datetime.now(UTC))
    return office.url(found.removeprefix(PUBLIC))


async def test_a_large_file_is_sent_from_a_phone(browser: Browser, office: Running, tmp_path: Path) -> None:
    video = tmp_path / "现场.mp4"
    video.write_bytes(bytes(5 * 1024 * 1024))
    page = await browser.new_page(**pages.options(viewport=PHONE))
    complaints = await pages.listened(page)
    await page.goto(await link(office))
    assert await pages.overflow(page) == []
    await page.locator("input[type=file]").set_input_files(video)
    await page.get_by_role("button", name="发送").click()
    await expect(page.get_by_role("heading")).to_have_text("文件收到了")
    assert await pages.overflow(page) == []
    assert complaints == []
    row = await office.app.db.read(lambda tx: tx.first(select(files)))
    assert (row.name, row.size_bytes) == ("现场.mp4", 5 * 1024 * 1024)


async def test_one_that_is_too_large_is_not_even_sent(
    browser: Browser, office: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(too_large, "MOST_BYTES", 1024 * 1024)
    video = tmp_path / "long.mp4"
    video.write_bytes(bytes(2 * 1024 * 1024))
    page = await browser.new_page(**pages.options(viewport=PHONE))
    await page.goto(await link(office, "en"))
    await page.locator("input[type=file]").set_input_files(video)
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".said")).to_contain_text("1 MB")
    await expect(page.get_by_role("button", name="Send")).to_be_enabled()


async def test_without_scripts_the_page_takes_a_file_all_the_same(
    browser: Browser, office: Running, tmp_path: Path
) -> None:
    photo = tmp_path / "lamp.jpg"
    photo.write_bytes(b"\xff\xd8\xff" + bytes(1000))
    page = await browser.new_page(**pages.options(viewport=PHONE, java_script_enabled=False))
    await page.goto(await link(office))
    await page.locator("input[type=file]").set_input_files(photo)
    await page.get_by_role("button", name="发送").click()
    await expect(page.get_by_role("heading")).to_have_text("文件收到了")


async def test_the_demo_shows_the_way_to_telegram_and_a_code(browser: Browser, tmp_path: Path) -> None:
    app = serving.demo(offices.settings(tmp_path))
    app.settings = app.settings.model_copy(update={"telegram_token": SecretStr("7:a-token-of-the-tests")})
    async with offices.running(app) as office:
        page = await browser.new_page(**pages.options(viewport=PHONE))
        await page.goto(office.url("/chat"))
        await page.get_by_role("button", name="在 Telegram 上试").click()
        await expect(page.locator(".there")).to_contain_text("稍后")
        await app.opens_at("telegram", THERE)
        await page.get_by_role("button", name="在 Telegram 上试").click()
        await page.get_by_role("button", name="在 Telegram 上试").click()
        await expect(page.locator(".there a")).to_have_attribute("href", THERE)
        await page.get_by_role("button", name="派单员", exact=True).click()
        await expect(page.locator(".given code")).to_contain_text("/join")
        assert (await page.locator(".given a").get_attribute("href") or "").startswith(f"{THERE}?start=join_")
        assert await pages.overflow(page) == []


async def test_a_demo_without_a_token_shows_nothing_of_it(browser: Browser, tmp_path: Path) -> None:
    async with offices.demo(tmp_path) as office:
        page = await browser.new_page(**pages.options())
        await page.goto(office.url("/chat"))
        await pages.panes(page, "林晓")
        await expect(page.locator(".demo-there")).to_be_hidden()
