"""What a kill costs: the same storm of updates against Qinqing and against python-telegram-bot's own updater.

Each is killed ten times while 400 updates arrive and are answered, and started again. Nothing here is a speed: the
figures are counts, and hang on no machine but in where a kill falls.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from tests.bench.harness import machine_line
from tests.bench.peers.ptb_updater import NOTED
from tests.telegram.emulator import served
from tests.telegram.front import TOKEN
from tests.telegram.killing import UPDATES, Reckoning, Storm, filings, noted, reckoned, settled, unlike
from tests.telegram.processes import Bot, TelegramOffice

KILLS = 10
#: So long nothing more is said: the stock updater has given up or finished.
QUIET_SECONDS = 3.0


def main() -> None:
    """Print the table."""
    print(f"\nkill: {KILLS} kills, {UPDATES} updates around each\n{machine_line()}")
    for name, webhook in (("Qinqing, polling", False), ("Qinqing, webhook", True)):
        _print(name, asyncio.run(_ours(webhook=webhook)))
    _print("python-telegram-bot, run_polling, one handler", asyncio.run(_stock()))


def _print(name: str, found: Reckoning) -> None:
    print(f"  {name}\n    {found.line()}", flush=True)


async def _ours(*, webhook: bool) -> Reckoning:
    with tempfile.TemporaryDirectory() as folder:
        async with served() as (emulator, api):
            office = TelegramOffice(Path(folder), api, webhook=webhook)
            url = office.environment()["QINQING_DATABASE_URL"]
            storm = Storm(emulator, office)
            await storm.start()
            for number in range(KILLS):
                await storm.round(filings(number))
            await settled(storm, url)
            office.stop()
            return await reckoned(storm, url, KILLS)


async def _stock() -> Reckoning:
    with tempfile.TemporaryDirectory() as folder:
        async with served() as (emulator, api):
            bot = Bot(Path(folder), api, "tests.bench.peers.ptb_updater")
            storm = Storm(emulator, bot)
            await storm.start()
            for number in range(KILLS):
                await storm.round(unlike(number))
            said = -1
            while said != len(emulator.said) or emulator.arriving.waiting(TOKEN):
                said = len(emulator.said)
                await asyncio.sleep(QUIET_SECONDS)
            bot.stop()
            return noted(storm, Path(folder) / NOTED)


if __name__ == "__main__":
    main()
