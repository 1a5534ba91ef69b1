"""`qinqing demo` with WeCom's settings: served there within moments, as owners and as officials; its clock jumps."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.demos import Demo
from tests.wecom import people
from tests.wecom.people import Owner
from tests.wecom_sim import WecomSim

LAMP = "店门口的路灯坏了三天，晚上客人看不见路"
#: A newcomer with the settings is served within a minute; a busy machine of the tests included.
WITHIN_SECONDS = 60
PATIENCE_SECONDS = 60


@pytest.fixture
async def sim() -> AsyncIterator[WecomSim]:
    async with WecomSim() as running:
        yield running


def settings(sim: WecomSim) -> dict[str, str]:
    """The app and customer service, as a newcomer sets them."""
    told = sim.settings()
    return {name: told[name] for name in told if name.startswith(("QINQING_WECOM_API", "QINQING_WECOM_CORP"))} | {
        name: told[name] for name in told if name.startswith(("QINQING_WECOM_APP_", "QINQING_WECOM_KEFU_"))
    }


async def ready(demo: Demo, sim: WecomSim) -> str:
    """Wait until the demo passes the console's check of its addresses, and its link is known; returns the link."""
    began = time.monotonic()
    while any([await sim.verify_url(app) for app in ("app", "kefu")]):
        assert demo.process.poll() is None, demo.printed()
        assert time.monotonic() - began < PATIENCE_SECONDS, demo.printed()
    await sim.until(lambda: "kfid" in demo.printed(), "the link of customer service is not printed")
    return str((await demo.asked("/demo/platforms"))["kefu"])


async def test_a_newcomer_with_wecom_is_served(sim: WecomSim, tmp_path: Path) -> None:
    began = time.monotonic()
    demo = Demo(tmp_path, settings(sim))
    sim.office_at(demo.url)
    try:
        link = await ready(demo, sim)
        assert link.startswith("https://work.weixin.qq.com/kfid/")
        assert link in demo.printed()
        owner, member = people.owner(sim, "林晓"), people.official(sim, demo.url, "路过的同事")
        await owner.enter()
        await owner.heard("衡岳县")
        await member.enter()
        await member.heard("衡岳县")
        assert time.monotonic() - began < WITHIN_SECONDS
        desk, unit = (people.official(sim, demo.url, name) for name in ("陈岚", "吴敏"))
        for official, role in ((desk, "dispatcher"), (unit, "liaison")):
            given = await demo.asked("/demo/invite", {"role": role})
            assert (given["app"], given["link"]) == (True, "")
            await official.say(given["say"])
            await official.heard("欢迎")
        await filed(owner)
        await desk.heard("路灯")
        await desk.tap("受理并交办")
        await demo.asked("/demo/clock", {"forward": "P1D"})
        member.not_heard("路灯")
        assert sim.complaints == []
        assert all(secret not in demo.printed() for secret in secrets(sim))
        assert demo.end() == 0
    finally:
        demo.kill()


async def filed(owner: Owner) -> None:
    """File in a sentence and some taps."""
    await owner.say(LAMP)
    await owner.heard("您发来")
    await owner.tap("诉求")
    await owner.tap("同意")
    await owner.heard("企业")
    await owner.say("晓林面馆")
    await owner.heard("电话")
    await owner.say("13800000001")
    await owner.heard("提交")
    await owner.tap("提交")
    await owner.heard("您的编号是")


def secrets(sim: WecomSim) -> list[str]:
    """What nobody is to read anywhere."""
    return [value for one in sim.apps.values() for value in (one.secret, one.token, one.aes_key) if value]
