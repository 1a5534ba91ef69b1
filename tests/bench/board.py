"""The officials' pages over HTTP in an office of 100,000 cases: `python -m tests.bench.board [sqlite] [postgresql]`.

The cases are those of `tests.bench.hundred`. A page is asked for by a client in the same process, so that the figures
hold the server's whole work and the client's small one.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from bot import app as building
from bot import server
from bot.board.pacing import SEARCHES
from bot.board.sessions import COOKIE, LONGEST
from bot.slowing import TokenBuckets
from domain.case import Role
from storage import people, sessions
from storage.db import Tx
from tests.bench import hundred
from tests.bench.harness import machine_line
from tests.bot.board_visitors import StillClock
from tests.bot.offices import settings
from tests.databases import SETTINGS, empty_database_url
from tests.town import OFFICE

ROUNDS = 15
#: The limit the pages must keep at the median.
MOST_MS = 100

#: Who asks, in which role, of which unit or project.
VISITORS: dict[str, tuple[Role, int | None, int | None]] = {
    "dispatcher": (Role.DISPATCHER, None, None),
    "liaison": (Role.LIAISON, hundred.FEW_TASKS, None),
    "busy liaison": (Role.LIAISON, 1, None),
    "leader of a unit": (Role.LEADER, 1, None),
    "inspector": (Role.INSPECTOR, None, 1),
    "administrator": (Role.ADMINISTRATOR, None, None),
}
LISTS = (
    "/board",
    "/board/cases",
    "/board/cases?before=50000",
    "/board/cases?before=300",
    "/board/cases?statuses=open",
    "/board/cases?statuses=ended&before=1000",
    "/board/cases?statuses=answered",
    "/board/cases?kind=complaint&unit=3",
    "/board/cases?unit=20",
    "/board/cases?overdue=1",
    "/board/cases?mine=1",
    "/board/cases?enterprise=王李面馆",
    "/board/cases?enterprise=没有这家",
    "/board/cases?since=2025-03-01&until=2025-03-02",
    "/board/cases?q=变压器停电",
    "/board/cases?q=shigongxuke",
    "/board/cases?q=sgxk",
    "/board/cases?q=施工许何",
    "/board/cases?q=龙卷风",
    "/board/cases?q=1119-0042",
)
PAGES = {
    "administrator": ("/board", "/board/troubles", "/board/people", "/board/rulebook"),
    "dispatcher": (*LISTS, "/board/case/99990", "/board/case/99990/print"),
}


@dataclass
class Asked:
    """What one page took, in milliseconds."""

    who: str
    path: str
    status: int
    middle: float
    worst: float


async def ask(http: ClientSession, url: str, who: str, path: str, cookie: str) -> Asked:
    """One page, ROUNDS times after one to warm up."""
    taken, status = [], 0
    for _round in range(ROUNDS + 1):
        begun = time.perf_counter()
        async with http.get(url + path, headers={"Cookie": f"{COOKIE}={cookie}"}, allow_redirects=False) as answer:
            await answer.read()
            status = answer.status
        taken.append((time.perf_counter() - begun) * 1000)
    return Asked(who, path, status, median(taken[1:]), max(taken[1:]))


def _settled(tx: Tx) -> dict[str, str]:
    """A session for each visitor."""
    found = {}
    for name, (role, unit, project) in VISITORS.items():
        person = people.create(tx, "zh_CN", hundred.NOW, name=name)
        people.give_role(tx, person.id, role, hundred.NOW, unit, project)
        found[name] = sessions.begin(tx, person.id, hundred.NOW, LONGEST)
    return found


async def measure(url: str, folder: Path) -> list[Asked]:
    """Every page by everybody who has it."""
    app = building.build(settings(folder, url), StillClock(hundred.NOW), OFFICE)
    await app.start()
    cookies = await app.db.write(_settled)
    made = server.build(app)
    made[SEARCHES] = TokenBuckets(10**9, 1.0)
    site = TestServer(made)
    await site.start_server()
    base = str(site.make_url("/")).rstrip("/")
    async with ClientSession() as http:
        found = [await ask(http, base, who, path, cookies[who]) for who in VISITORS for path in PAGES.get(who, LISTS)]
    await site.close()
    await app.close()
    return found


def main(kinds: list[str]) -> None:
    """Measure each kind of database, and say which pages are too slow."""
    SETTINGS["shared_buffers"] = "128MB"  # PostgreSQL's own default
    print(f"\nboard\n{machine_line()}")
    for kind in kinds or ["sqlite", "postgresql"]:
        print(kind)
        url = empty_database_url(kind)
        asyncio.run(hundred.built(url).close())
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(measure(url, Path(folder)))
        for one in found:
            print(f"  {one.who:18} {one.path:46} {one.status} {one.middle:7.1f} ms, worst {one.worst:7.1f}")
        slow = [one for one in found if one.middle > MOST_MS]
        print(f"  {len(found)} pages, the slowest {max(one.middle for one in found):.1f} ms, {len(slow)} too slow")


if __name__ == "__main__":
    main(sys.argv[1:])
