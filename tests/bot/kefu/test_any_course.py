"""Whatever happens between an office and an owner, in whatever order: all is said in the end, and once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.together import MORE
from tests import copies
from tests.bot.kefu.offices import KefuOffice, kefu_office, values
from tests.databases import KINDS
from tests.wecom_sim import words
from tests.wecom_sim.owners import OwnerPhone

STEPS, MOST_TAPS = 30, 40


class Course:
    """One course of events. said: what the office has told so far."""

    def __init__(self, office: KefuOffice, owner: OwnerPhone, luck: random.Random) -> None:
        self.office, self.owner, self.luck = office, owner, luck
        self.said: list[str] = []

    async def step(self) -> None:
        """Something happens."""
        self.office.clock.ahead += timedelta(seconds=5)
        await self.luck.choice((self.push, self.push, self.push, self.write, self.wait, self.trouble))()
        if self.luck.random() < 0.8:
            await self.office.quiet()

    async def push(self) -> None:
        text = f"〔{len(self.said)}〕" + "进展" * self.luck.choice((1, 1, 200))
        self.said.append(text)
        later = timedelta(hours=self.luck.choice((0, 0, 0, 10)))
        await self.office.push("wm1", text, not_before=self.office.clock.now() + later)

    async def write(self) -> None:
        for _time in range(self.luck.choice((1, 1, 4))):
            await self.owner.say(self.luck.choice(("你好", "我的诉求", "帮助")))

    async def wait(self) -> None:
        self.office.clock.ahead += timedelta(hours=self.luck.choice((1, 11, 47, 49)))
        self.office.app.clock_jumped()

    async def trouble(self) -> None:
        sim = self.office.sim
        happens = self.luck.choice(("lost", "cut", "busy", "failed", "revoked", "thrice"))
        if happens == "lost":
            sim.faults.closed_after("kf/send_msg")
        elif happens == "cut":
            sim.faults.closed_before("kf/send_msg")
        elif happens == "busy":
            sim.faults.once("kf/send_msg", -1)
        elif happens == "failed":
            sim.kf_fails.append(self.luck.choice((0, 4, 6)))
        elif happens == "revoked":
            self.office.clock.ahead += timedelta(minutes=2)
            sim.revoke("kefu")
        else:
            sim.callbacks.copies = self.luck.choice((1, 3))

    async def end(self) -> None:
        """The owner comes back and hears everything there is."""
        self.office.sim.faults.heal("kf/send_msg")
        self.office.sim.kf_fails.clear()
        self.office.clock.ahead += timedelta(hours=11)
        self.office.app.clock_jumped()
        await self.office.quiet()
        await self.owner.say("你好")
        await self.office.quiet()
        for _time in range(MOST_TAPS):
            self.office.clock.ahead += timedelta(seconds=5)
            if MORE not in values(self.owner.last()):
                return
            await self.owner.choose("继续看")
            await self.office.quiet()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of either kind, with its tables."""
    made = copies.set_up(copies.place(request.param))
    yield made
    copies.forget(made)


@pytest.mark.parametrize("seed", range(2))
async def test_everything_is_said_once_and_nothing_is_refused(tmp_path: Path, url: str, seed: int) -> None:
    async with kefu_office(tmp_path, url=url) as office:
        course = Course(office, await office.owner("wm1"), random.Random(seed))
        for _step in range(STEPS):
            await course.step()
        await course.end()
        heard = "\n".join(words.words(one) for one in course.owner.shown)
        times = {text[:8]: heard.count(text.split("进")[0]) for text in course.said}
        assert times == dict.fromkeys(times, 1)
        assert office.sim.complaints == []
        assert await office.failed() == 0
