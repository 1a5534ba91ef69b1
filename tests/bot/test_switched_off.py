"""An office that starts without a platform it had before: what was to be said there does not wait for ever."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import select

from bot import app as building
from bot.settings import OfficeFile, Settings
from domain.messages import Message
from handlers.fallbacks import SWITCHED_OFF
from scheduler import timetable
from storage import outbox, people, recipients
from storage.tables import outbox as rows
from storage.transaction import Tx
from tests.bot import offices

FILE = OfficeFile(name="衡岳县优化营商环境办公室", phone="0000-6100000")
CHANNEL = "telegram"
LEFT_BEHIND = next(job for job in timetable.JOBS if job.name == "left_behind")


def promised(tx: Tx, now: datetime, address: str) -> int:
    """A message in line for somebody who has used this door last, and a page before; their number."""
    _page, person = people.meet(tx, "web", f"visitor-{address}", "zh_CN", now - timedelta(days=1))
    assert person is not None
    door = people.add_door(tx, person.id, CHANNEL, address, now)
    outbox.say(tx, door, person.id, Message("诉求已答复"), now)
    return person.id


def _fates(tx: Tx) -> list[tuple[str, str, str]]:
    asked = select(rows.c.channel, rows.c.state, rows.c.reason).order_by(rows.c.id)
    return [(row.channel, row.state, row.reason) for row in tx.all(asked)]


async def test_what_waits_there_goes_on_and_other_doors_are_used(tmp_path: Path) -> None:
    settings = offices.settings(tmp_path)
    async with offices.running(building.build(settings, file=FILE)) as office:
        app = office.app
        person = await app.db.write(promised, app.clock.now(), "177")
        await app.run(LEFT_BEHIND)
        assert await app.db.read(_fates) == [(CHANNEL, "unreachable", SWITCHED_OFF), ("web", "queued", "")]
        found = await app.db.read(recipients.door, person)
        assert found is not None
        assert found.channel == "web"


async def test_where_the_settings_connect_it_nothing_is_moved(tmp_path: Path) -> None:
    settings = Settings(
        **{
            **offices.settings(tmp_path).model_dump(),
            "telegram_token": SecretStr("123456:a-token"),
            "telegram_api": "http://127.0.0.1:1",
        }
    )
    async with offices.running(building.build(settings, file=FILE)) as office:
        app = office.app
        await app.db.write(promised, app.clock.now(), "177")
        await app.run(LEFT_BEHIND)
        assert [state for _channel, state, _reason in await app.db.read(_fates)] == ["queued"]
