"""A process killed while Telegram brings 400 updates loses nothing, does nothing twice, and repeats hardly a reply."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.telegram.emulator import served
from tests.telegram.killing import FIRST, Reckoning, Storm, filings, reckoned, settled
from tests.telegram.processes import TelegramOffice

KILLS = 10
STOPS = 3
WAYS = pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])


async def weathered(folder: Path, rounds: int, *, webhook: bool, kill: bool) -> tuple[Reckoning, Storm]:
    """An office that everybody knows, after so many rounds in which it was ended in the middle."""
    async with served() as (emulator, url):
        office = TelegramOffice(folder, url, webhook=webhook)
        storm = Storm(emulator, office)
        await storm.start()
        try:
            await storm.bring(filings(0, FIRST))
            await settled(storm, office.environment()["QINQING_DATABASE_URL"])
            for number in range(1, rounds + 1):
                await storm.round(filings(number), kill=kill)
            await settled(storm, office.environment()["QINQING_DATABASE_URL"])
        finally:
            office.stop()
        found = await reckoned(storm, office.environment()["QINQING_DATABASE_URL"], rounds + 1)
    verdict = office.command("db", "verify")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    return found, storm


@WAYS
async def test_ten_kills_lose_nothing_and_do_nothing_twice(tmp_path: Path, *, webhook: bool) -> None:
    found, storm = await weathered(tmp_path, KILLS, webhook=webhook, kill=True)
    print(found.line())
    assert len(storm.ends) == KILLS
    assert (found.lost, found.twice) == (0, 0)
    assert (found.replies_lost, found.out_of_order) == (0, 0)
    assert found.repeated_most <= 1


@WAYS
async def test_an_ordinary_end_loses_and_repeats_nothing(tmp_path: Path, *, webhook: bool) -> None:
    found, _ = await weathered(tmp_path, STOPS, webhook=webhook, kill=False)
    assert (found.lost, found.twice) == (0, 0)
    assert (found.replies_lost, found.replies_repeated, found.out_of_order) == (0, 0, 0)
