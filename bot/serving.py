"""Runs an office behind its HTTP server until it is asked to stop."""

from __future__ import annotations

import asyncio
import resource
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
from domain.errors import BadDeclaration
from domain.office import Office
from domain.workdays import Calendar
from handlers.words import N_
from storage import migrations
from storage.calendar_seed import KNOWN_FROM, KNOWN_THROUGH, seed
from storage.engines import reading_engine
from storage.transaction import Tx

log = structlog.get_logger()

DEMO_OFFICE = OfficeFile(name="衡岳县优化营商环境办公室", phone="0000-6100000")
DEMO_FOLDER = Path("var/demo")
DEMO_DATABASE = "demo.db"
DATABASE = "QINQING_DATABASE_URL"
#: Files and sockets the process may have open: systems begin with some hundreds, and each page takes one.
MOST_FILES = 16_384


async def serve(app: App) -> None:
    """Start the office and its server; stop on SIGINT or SIGTERM, with everything accepted written."""
    _open_many_files()
    runner = web.AppRunner(server.build(app), access_log=None)
    await app.start()
    try:
        await runner.setup()
        site = web.TCPSite(runner, app.settings.http_host, app.settings.http_port)
        await site.start()
        log.info("ready", url=f"http://{app.settings.http_host}:{app.settings.http_port}/chat")
        await _until_asked_to_stop()
    finally:
        await runner.cleanup()
        await app.close()


def _open_many_files() -> None:
    """As many as the system lets a process ask for, MOST_FILES at the most."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _until_asked_to_stop() -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()


def production(settings: Settings) -> App:
    """The office of office.toml. Raises BadDeclaration, also for a database that holds the demo."""
    app = building.build(settings)
    if app.db.read_now(demo_office.is_demo):
        what = N_("holds the demo's sample people; give the office a database of its own")
        raise BadDeclaration(where=DATABASE, what=what)
    return app


def demo(settings: Settings) -> App:
    """The demo office: fresh at every start unless a database is named, with a clock that can be moved forward.

    Raises BadDeclaration for a database that holds an office in earnest, before anything in it is touched.
    """
    if "database_url" in settings.model_fields_set:
        _refuse_real(settings.database_url)
        apart: dict[str, object] = {} if "keys" in settings.model_fields_set else {"keys": DEMO_FOLDER / "keys"}
    else:
        shutil.rmtree(DEMO_FOLDER, ignore_errors=True)
        database = f"sqlite:///{DEMO_FOLDER}/{DEMO_DATABASE}"
        apart = {"database_url": database, "files": DEMO_FOLDER / "files", "keys": DEMO_FOLDER / "keys"}
    if not settings.public_url:
        apart["public_url"] = f"http://localhost:{settings.http_port}"
    app = building.build(settings.model_copy(update=apart), DemoClock(demo_start(datetime.now(UTC))), DEMO_OFFICE)
    # Before anybody can come in by a platform: whoever is there without the sample people is an office in earnest.
    app.db.write_now(demo_office.fill, app.clock.now())
    return app


def _refuse_real(url: str) -> None:
    found = migrations.current(url)
    if found is None:
        return
    if found != migrations.head() or _holds_real(url):
        what = N_("holds an office in earnest; the demo opens only what it made itself")
        raise BadDeclaration(where=DATABASE, what=what)


def _holds_real(url: str) -> bool:
    engine = reading_engine(url, 1)
    try:
        with engine.connect() as connection:
            return demo_office.is_real(Tx(connection, Office("", Calendar({}, KNOWN_THROUGH, KNOWN_FROM, 0))))
    finally:
        engine.dispose()


def demo_start(real: datetime) -> datetime:
    """When the demo begins: now, if the office is open for hours yet; else the next working day's morning."""
    days = {special.day: special for special in seed()}
    calendar = Calendar(days, KNOWN_THROUGH, KNOWN_FROM, 1)
    morning = calendar.morning(calendar.today(real), calendar.opens)
    early = calendar.within_office_hours(real) and (real - morning).total_seconds() < 3 * 3600
    return real if early else calendar.next_opening(real)
