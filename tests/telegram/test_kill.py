"""A process killed while Telegram brings 400 updates loses nothing, does nothing twice, and repeats hardly a reply."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.telegram.emulator import served
from tests.telegram.killing import Reckoning, Storm, filings, reckoned, settled
from tests.telegram.processes import TelegramOffice

#: Kills, and ends as an administrator makes them, each in the middle of 400 updates.
KILLS = 10
STOPS = 2
#: The platform here answers quickly: one reply is on its way.
MOST_REPEATED = 1


async def weathered(folder: Path, *, webhook: bool) -> Reckoning:
    """What is left of an office after all its ends."""
    async with served() as (emulator, api):
        office = TelegramOffice(folder, api, webhook=webhook)
        url = office.environment()["QINQING_DATABASE_URL"]
        storm = Storm(emulator, office)
        await storm.start()
        try:
            for number in range(KILLS + STOPS):
                await storm.round(filings(number), kill=number < KILLS)
            await settled(storm, url)
        finally:
            office.stop()
        found = await reckoned(storm, url, KILLS + STOPS)
    verdict = office.command("db", "verify")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    return found


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_ten_kills_lose_nothing_and_do_nothing_twice_and_an_ordinary_end_repeats_nothing(
    tmp_path: Path, *, webhook: bool
) -> None:
    found = await weathered(tmp_path, webhook=webhook)
    print(found.line(), "by end:", found.repeated_by_end)
    assert (found.lost, found.twice) == (0, 0)
    assert (found.replies_lost, found.out_of_order) == (0, 0)
    assert found.repeated_most <= 1
    assert len(found.repeated_by_end) == KILLS + STOPS + 1
    assert max(found.repeated_by_end) <= MOST_REPEATED
    assert sum(found.repeated_by_end[KILLS:]) == 0
