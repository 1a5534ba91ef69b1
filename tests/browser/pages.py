"""Chromium, the demo in it, and its panes as people see and use them."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


def chromium() -> str:
    """Where Chromium is; skips the test where there is none, and fails it under CI."""
    found = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if found is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("Chromium is not installed here; the page tests need it (Debian: chromium, fonts-noto-cjk)")
    return str(found)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A running Chromium."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield running
        await running.close()


class Pane:
    """One person's chat on the page."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name = page, name
        self.node = page.locator(".pane", has=page.locator(".name", has_text=name))

    async def say(self, text: str) -> None:
        """Type and press Enter."""
        box = self.node.locator("textarea")
        await box.fill(text)
        await box.press("Enter")

    async def tap(self, label: str) -> None:
        """Press the newest button whose label begins like this, once it may be pressed."""
        button = self.button(label)
        await expect(button).to_be_enabled()
        await button.click()

    def button(self, label: str) -> Locator:
        words = self.page.locator(".choice-label", has_text=re.compile(f"^{re.escape(label)}"))
        return self.node.locator(".choice", has=words).last

    async def hears(self, words: str) -> Locator:
        """Wait until the office has said this; returns the newest bubble that says it."""
        bubble = self.node.locator(".theirs .bubble", has_text=words).last
        await expect(bubble).to_be_visible()
        return bubble

    async def sends(self, *paths: str, text: str = "") -> None:
        """Choose files, add a word, and send."""
        await self.node.locator("input.pick").set_input_files(list(paths))
        await expect(self.node.locator(".chip")).to_have_count(len(paths))
        await self.node.locator("textarea").fill(text)
        await self.node.locator("textarea").press("Enter")

    async def is_calm(self) -> None:
        """Wait until nothing of this person is on its way any more."""
        await expect(self.node.locator(".waiting > *")).to_have_count(0)


async def panes(page: Page, *names: str) -> list[Pane]:
    """The panes of these people, once they are connected."""
    found = [Pane(page, name) for name in names]
    for pane in found:
        await expect(pane.node).to_have_attribute("data-state", "connected")
    return found


async def listened(page: Page) -> list[str]:
    """From now on, everything the page complains about."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


async def overflow(page: Page) -> list[str]:
    """Elements that stick out of the window, by their class."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter((node) => {
          if (node.closest('.people') || node.closest('[hidden]') || node.closest('.unseen')) return false;
          const box = node.getBoundingClientRect();
          return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
        }).map((node) => `${node.tagName} ${node.className}`)"""
    )
    return found


def options(**more: Any) -> dict[str, Any]:
    """A page of our people: in Chinese, in their zone."""
    return {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": {"width": 1600, "height": 900}, **more}
