"""Starts and stops the ticking. APScheduler only ticks; what is due is found by an indexed query."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.timetable import JOBS, Job

#: Daily jobs are looked at this often; the row of (job, day) makes each run once.
DAILY_LOOK_SECONDS = 60


def start(run: Callable[[Job], Awaitable[None]]) -> AsyncIOScheduler:
    """A running scheduler that calls `run` for every job of the timetable in its time."""
    ticking = AsyncIOScheduler(job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
    for job in JOBS:
        every = job.seconds or DAILY_LOOK_SECONDS
        ticking.add_job(partial(run, job), "interval", seconds=every, id=job.name, next_run_time=datetime.now(UTC))
    ticking.start()
    return ticking
