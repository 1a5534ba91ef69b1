"""What /health says of an app whose token cannot be had."""

from __future__ import annotations

from pathlib import Path

from bot.channels.wecom.meanings import Refusal
from bot.channels.wecom.tokens import Stopped, Tokens
from scheduler import timetable
from storage.db import Database
from tests.bot.offices import production
from tests.databases import PLAIN


async def test_an_app_whose_secret_is_refused_degrades_the_office_until_it_is_mended(tmp_path: Path) -> None:
    fails = [Refusal(40001, {})]

    async def ask() -> tuple[str, float]:
        if fails:
            raise fails.pop()
        return "token", 7200

    async with production(tmp_path) as office:
        await office.app.run(timetable.JOBS[0])
        assert (await office.health())["stopped_tokens"] == 0
        db = Database(office.app.db.url, PLAIN)
        await db.start()
        tokens = Tokens(db, "wecom:app", ask, office.app.clock.now)
        try:
            await tokens.get()
        except Stopped:
            await office.app.run(timetable.JOBS[0])
        health = await office.health()
        assert (health["status"], health["stopped_tokens"]) == ("degraded", 1)
        await tokens.well()
        health = await office.health()
        assert (health["status"], health["stopped_tokens"]) == ("ok", 0)
        await tokens.close()
        await db.close()
