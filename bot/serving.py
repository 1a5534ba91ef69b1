"""Runs an office behind its HTTP server until it is asked to stop."""

from __future__ import annotations

import asyncio
import shutil
import signal
from datetime import UTC, datetime
from pathlib import Path

import structlog
from aiohttp import web

from bot import app as building
from bot import demo_office, server
from bot.app import App
from bot.clock import DemoClock
from bot.settings import OfficeFile, Settings
from domain.workdays import Calendar
from storage.calendar_seed import KNOWN_FROM, KNOWN_THROUGH, seed

log = structlog.get_logger()

DEMO_OFFICE = OfficeFile(name="衡岳县优化营商环境办公室", phone="0000-6100000")
DEMO_FOLDER = Path("var/demo")


async def serve(app: App) -> None:
    """Start the office and its server; stop on SIGINT or SIGTERM, with everything accepted written."""
    runner = web.AppRunner(server.build(app), access_log=None)
    await app.start()
    try:
        if isinstance(app.clock, DemoClock):
            await app.db.write(demo_office.fill, app.clock.now())
        await runner.setup()
        site = web.TCPSite(runner, app.settings.http_host, app.settings.http_port)
        await site.start()
        log.info("ready", url=f"http://{app.settings.http_host}:{app.settings.http_port}/chat")
        await _until_asked_to_stop()
    finally:
        await runner.cleanup()
        await app.close()


async def _until_asked_to_stop() -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()


def demo(settings: Settings) -> App:
    """The demo office: fresh at every start unless a database is named, with a clock that can be moved forward."""
    if "database_url" not in settings.model_fields_set:
        shutil.rmtree(DEMO_FOLDER, ignore_errors=True)
        fresh = {"database_url": f"sqlite:///{DEMO_FOLDER}/demo.db", "files": DEMO_FOLDER / "files"}
        settings = settings.model_copy(update=fresh)
    if "keys" not in settings.model_fields_set:
        settings = settings.model_copy(update={"keys": DEMO_FOLDER / "keys"})
    if not settings.public_url:
        settings = settings.model_copy(update={"public_url": f"http://localhost:{settings.http_port}"})
    return building.build(settings, DemoClock(demo_start(datetime.now(UTC))), DEMO_OFFICE)


def demo_start(real: datetime) -> datetime:
    """When the demo begins: now, if the office is open for hours yet; else the next working day's morning."""
    days = {special.day: special for special in seed()}
    calendar = Calendar(days, KNOWN_THROUGH, KNOWN_FROM, 1)
    morning = calendar.morning(calendar.today(real), calendar.opens)
    early = calendar.within_office_hours(real) and (real - morning).total_seconds() < 3 * 3600
    return real if early else calendar.next_opening(real)
