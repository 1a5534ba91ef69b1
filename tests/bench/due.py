"""Rungs fired a second among few and many open cases: batches of 500, each committed and synced.

Every case stands with its unit and has a running deadline; 5,000 of them have reached the rung "due tomorrow", which is
for the handler who signed and the unit's liaison. What a run has fired is taken back before the next, unmeasured.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from domain.case import Role
from handlers import words
from handlers.reminders import climb
from storage import migrations, people
from storage.db import Database, Tx
from tests.bench.door import bench_office, furnish
from tests.bench.harness import Figures, Row, run_pairs, serve_runs
from tests.bench.talk import DISK

BATCH = 500
DUE = 5000
FEW, MANY = 10_000, 1_000_000
HANDLER = 1

#: A Wednesday, after the hour of the digest; the deadlines end on Thursday.
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :cases)"
FILL = (
    f"""INSERT INTO cases (id, number, kind, status, naming, facts, filed_at, status_at, signature)
    {NUMBERS} SELECT i, '20261105-' || i, 'request', 'handling', 'named', '变压器采购受阻,工地停了三天,请帮忙协调。',
    '2026-11-05 02:00:00.000000', '2026-11-06 02:00:00.000000', zeroblob(64) FROM n""",
    f"""INSERT INTO assignments (case_id, unit_id, lead, since, state, handler_id, round)
    {NUMBERS} SELECT i, i % 20 + 1, 1, '2026-11-06 02:00:00.000000', 'signed', {HANDLER}, 1 FROM n""",
    f"""INSERT INTO deadlines (id, case_id, unit_id, term, state, round, amount, measure, started_at, due_at, due_day,
    provisional, calendar_version, climb_at)
    {NUMBERS} SELECT i, i, i % 20 + 1, 'handle', 'running', 1, 15, 'wd', '2026-11-05 02:00:00.000000',
    '2026-11-26 09:30:00.000000', '2026-11-26', 0, 1, '2026-12-01 00:30:00.000000' FROM n""",
)
TAKE_BACK = (
    "DELETE FROM reminders",
    """UPDATE deadlines SET climbed_at = '2026-11-24 02:00:00.000000', climb_at = '2026-11-25 00:30:00.000000'
    WHERE id % :every = 0""",
)


def fill(tx: Tx, cases: int) -> None:
    """Units and their staff, and so many cases."""
    furnish(tx, 1, NOW)
    for unit in range(1, 24):
        for role in (Role.HANDLER, Role.LIAISON):
            people.give_role(tx, HANDLER, role, NOW, unit)
    for statement in FILL:
        tx.connection.execute(text(statement), {"cases": cases})


def take_back(tx: Tx, every: int) -> None:
    """As if no rung had been fired yet."""
    for statement in TAKE_BACK:
        tx.connection.execute(text(statement), {"every": every} if ":every" in statement else {})


def fired(tx: Tx) -> int:
    """How many reminders stand there."""
    return int(tx.connection.execute(text("SELECT count(*) FROM reminders")).scalar_one())


async def measure(cases: int) -> None:
    """A worker: one run fires everything that is due."""
    words.catalogues()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder)}/due.db"
        migrations.upgrade(url)
        db = Database(url, bench_office())
        await db.start()
        await db.write(fill, cases)

        async def once() -> Figures:
            await db.write(take_back, cases // DUE)
            begun = time.perf_counter()
            while await db.write(climb, NOW, BATCH):
                continue
            took = time.perf_counter() - begun
            assert await db.read(fired) == DUE
            return {"rate": DUE / took}

        await serve_runs(once)
        await db.close()


def rows() -> list[Row]:
    """The same work among many and among few."""
    return [
        Row(f"{DUE:,} rungs among {cases:,} open cases", DISK, ("tests.bench.due", "--cases", str(cases)))
        for cases in (MANY, FEW)
    ]


def main() -> None:
    """Print the table; the ratio is what a hundred times as many cases cost."""
    run_pairs("due", rows(), unit="rungs/s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=FEW)
    asyncio.run(measure(parser.parse_args().cases))
