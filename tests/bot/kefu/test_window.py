"""Five messages in 48 hours: one a turn, pushes with what is left, and what was not said first in the next turn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import app as building
from bot.clock import DemoClock
from tests.bot import offices
from tests.bot.kefu.offices import OFFICE, KefuOffice, kefu_office, told
from tests.wecom_sim import WecomSim


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[KefuOffice]:
    async with kefu_office(tmp_path) as made:
        yield made
        assert made.sim.complaints == []


async def test_an_owner_is_answered_in_one_message_with_lines_to_tap(office: KefuOffice) -> None:
    owner = office.sim.owner("wm1", "林晓")
    await owner.say("你好")
    await office.quiet()
    assert len(owner.shown) == 1
    assert owner.last().kind == "msgmenu"
    await owner.choose("我要反映")
    await office.quiet()
    assert len(owner.shown) == 2
    assert await office.failed() == 0


async def test_the_sixth_message_is_never_sent_and_said_first_when_they_write_again(office: KefuOffice) -> None:
    owner = await office.owner("wm1")
    for number in range(6):
        await office.push("wm1", f"进展{number}")
        await office.quiet()
    assert [one.body for one in owner.shown[1:]] == [{"content": f"进展{number}"} for number in range(4)]
    assert owner.talk.sent == 5
    await owner.say("在吗")
    await office.quiet()
    assert owner.talk.sent == 1
    heard = owner.heard()
    assert heard.index("进展4") < heard.index("进展5") < heard.index("您好")
    assert office.sim.refusals == {}


async def test_after_48_hours_nothing_is_tried(office: KefuOffice) -> None:
    owner = await office.owner("wm1")
    office.clock.ahead += timedelta(hours=48, seconds=1)
    await office.push("wm1", "已办结")
    await office.quiet()
    assert len(owner.shown) == 1
    await owner.say("在吗")
    await office.quiet()
    assert "已办结" in owner.heard()
    assert office.sim.refusals == {}


async def test_a_demo_whose_clock_was_moved_answers_all_the_same(tmp_path: Path) -> None:
    async with WecomSim() as sim:
        settings = offices.settings(tmp_path).model_copy(update=told(sim))
        clock = DemoClock(datetime.now(UTC) + timedelta(days=30))
        async with offices.running(building.build(settings, clock, OFFICE)) as running:
            sim.office_at(running.url(""))
            owner = sim.owner("wm1")
            await owner.enter("qr")
            await sim.until(lambda: len(owner.shown) == 1)
            await owner.say("我的诉求")
            await sim.until(lambda: len(owner.shown) == 2)
            clock.move_to(clock.now() + timedelta(hours=1))
            await owner.say("你好")
            await sim.until(lambda: len(owner.shown) == 3)
        assert sim.complaints == []


async def test_pushes_that_wait_go_as_one(office: KefuOffice) -> None:
    owner = await office.owner("wm1")
    later = office.clock.now() + timedelta(hours=8)
    for text in ("已受理", "已交办"):
        await office.push("wm1", text, not_before=later)
    await office.quiet()
    assert len(owner.shown) == 1
    office.clock.ahead += timedelta(hours=8, seconds=1)
    office.app.clock_jumped()
    await office.quiet()
    assert owner.heard() == "已受理\n\n已交办"
    assert owner.talk.sent == 2
