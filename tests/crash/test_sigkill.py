"""A process killed in the middle loses nothing it acknowledged, files nothing twice, and its chains hold."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage.db import Database
from storage.tables import cases, events, outbox
from storage.transaction import Tx
from tests.crash.processes import Office, Owner
from tests.databases import PLAIN

SEED = 20261123
KILLS = 10
OWNERS = 8
CASES_EACH = 125
LATEST_SECONDS = 0.03


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.stop()


class Killer:
    """Kills the office at moments drawn from a seed: when so many frames were sent or acknowledged, and a little later.

    Nobody reads in between, so that some of what is under way is committed and its ack lost, and some is not.
    """

    def __init__(self, office: Office, frames: int) -> None:
        self.chance = random.Random(SEED)
        self.moments = sorted(self.chance.sample(range(50, 2 * frames - 50), KILLS))
        self.office = office
        self.seen = self.kills = 0
        self.wake = asyncio.Event()

    def told(self, what: str, frame_id: str) -> None:
        """Count what happens to frames; kills follow sendings and acks in turn."""
        self.seen += 1
        if self.kills < KILLS and self.seen >= self.moments[self.kills] and (what == "sent") == bool(self.kills % 2):
            self.kills += 1
            time.sleep(self.chance.uniform(0, LATEST_SECONDS))
            self.office.kill()
            self.wake.set()

    async def restart_for_ever(self) -> None:
        """Start the office again after each kill."""
        while True:
            await self.wake.wait()
            self.wake.clear()
            await self.office.start()


async def filed_under_fire(office: Office) -> tuple[list[Owner], Killer]:
    """All owners file everything while the office is killed again and again."""
    await office.start()
    owners: list[Owner] = []
    killer = Killer(office, OWNERS * CASES_EACH * 3)
    owners += [Owner(office, f"老板{number}", CASES_EACH, killer.told) for number in range(OWNERS)]
    restarting = asyncio.create_task(killer.restart_for_ever())
    filing = asyncio.gather(*(owner.file_everything() for owner in owners))
    both: set[asyncio.Future[Any]] = {restarting, filing}
    done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    restarting.cancel()
    for task in done:
        await task
    return owners, killer


async def test_ten_kills_in_a_thousand_filings_lose_and_double_nothing(office: Office) -> None:
    owners, killer = await filed_under_fire(office)
    office.stop()
    texts, said, moves = await kept(office)
    assert killer.kills == KILLS
    assert texts == Counter(text for owner in owners for text in owner.texts())
    assert all(said[frame_id] == OWNERS for owner in owners for frame_id in owner.acked)
    assert moves["file"] == OWNERS * CASES_EACH
    verdict = office.command("db", "verify")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


async def kept(office: Office, folder: Path | None = None) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """How often each text stands in a case, each id in the history, and each move among the events."""
    db = Database(office.environment(folder)["QINQING_DATABASE_URL"], PLAIN)
    await db.start()
    found = await db.read(_counted)
    await db.close()
    return found


def _counted(tx: Tx) -> tuple[Counter[str], Counter[str], Counter[str]]:
    texts = Counter(row.facts for row in tx.all(select(cases.c.facts)))
    said = Counter(row.about for row in tx.all(select(outbox.c.about).where(outbox.c.mine)))
    moves = Counter(row.move for row in tx.all(select(events.c.move)))
    return texts, said, moves
