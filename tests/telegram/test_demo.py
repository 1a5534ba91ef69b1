"""`qinqing demo` with a token: served on Telegram within moments, as an owner and as officials, and its clock jumps."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.demos import Demo
from tests.telegram.emulator import Emulator, served
from tests.telegram.front import TOKEN, USERNAME
from tests.telegram.people import Person
from tests.telegram.platform import Platform, platform

LAMP = "店门口的路灯坏了三天，晚上客人看不见路"
#: A newcomer with a token is served within a minute; a busy machine of the tests included.
WITHIN_SECONDS = 60
THERE = f"https://t.me/{USERNAME}"


@pytest.fixture
async def there() -> AsyncIterator[tuple[Emulator, Platform]]:
    async with served() as (emulator, url), platform(url) as made:
        yield emulator, made


async def menu_of(emulator: Emulator, platform: Platform, person: Person, command: str, *, there: bool) -> None:
    """Wait until the person's chat offers a command, or does not."""

    def offers() -> bool:
        everybody = emulator.menus.get(("all_private_chats", "", ""), {})
        return (command in emulator.menus.get(("chat", str(person.id), ""), everybody)) is there

    await platform.until(offers, lambda: f"{person.name}: {command}")


async def test_a_newcomer_with_a_token_is_served(there: tuple[Emulator, Platform], tmp_path: Path) -> None:
    emulator, platform = there
    began = time.monotonic()
    demo = Demo(tmp_path, {"QINQING_TELEGRAM_TOKEN": TOKEN, "QINQING_TELEGRAM_API": str(platform.url)})
    try:
        owner, desk, unit = (Person(platform, name) for name in ("林晓", "陈岚", "吴敏"))
        await owner.start()
        await owner.heard("衡岳县")
        assert time.monotonic() - began < WITHIN_SECONDS
        assert (await demo.asked("/demo/platforms"))["link"] == THERE
        for official, role in ((desk, "dispatcher"), (unit, "liaison")):
            link = (await demo.asked("/demo/invite", {"role": role}))["link"]
            assert link.startswith(f"{THERE}?start=join_")
            await official.start(link.partition("start=")[2])
            await official.heard("欢迎")
        await menu_of(emulator, platform, desk, "desk", there=True)
        await menu_of(emulator, platform, unit, "tasks", there=True)
        await menu_of(emulator, platform, owner, "desk", there=False)
        await filed(owner)
        await desk.heard("路灯")
        await desk.sees("交办")
        await demo.asked("/demo/clock", {"forward": "P5D"})
        await owner.heard("已受理")
        assert THERE in demo.printed()
        assert TOKEN not in demo.printed()
        assert demo.end() == 0
    finally:
        demo.kill()


async def filed(owner: Person) -> None:
    """File in a sentence and some taps."""
    await owner.say(LAMP)
    await owner.heard("您发来")
    await owner.tap("诉求")
    await owner.tap("同意")
    await owner.heard("企业")
    await owner.say("晓林面馆")
    await owner.heard("电话")
    await owner.contact("+8613800000001")
    await owner.heard("提交")
    await owner.tap("提交")
    await owner.heard("您的编号是")
