"""JOBS: what runs by itself, and when. Each is a plain function of a transaction and the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from handlers import checklist, directory, dispatch, doors, erasure, fallbacks, late, retention
from handlers.digest import digest
from handlers.idle import tidy
from handlers.reminders import climb
from storage import card_codes, codes, deadlines, events, inbox, jobs, outbox, search_index, sessions, told
from storage.transaction import Tx

#: A batch of climbing; more of them follow at once while there is more.
BATCH = 500
KEYS_KEPT = timedelta(days=7)
RUNS_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Job:
    """One row. seconds: runs that often; at: runs once a day at this time of the office's clock instead.

    function: returns how much it did, or a report of it.
    """

    name: str
    function: Callable[[Tx, datetime], int | str]
    seconds: int = 0
    at: time | None = None


def _climb(tx: Tx, now: datetime) -> int:
    return climb(tx, now, BATCH)


def _root(tx: Tx, now: datetime) -> int:
    return 0 if events.make_root(tx, now) is None else 1


def _words(tx: Tx, _now: datetime) -> int:
    return search_index.catch_up(tx)


def _scrub(tx: Tx, _now: datetime) -> int:
    search_index.scrub(tx)
    return 0


def _purge(tx: Tx, now: datetime) -> int:
    gone = inbox.purge(tx, now - KEYS_KEPT) + codes.purge(tx, now - KEYS_KEPT)
    gone += told.purge(tx, now - KEYS_KEPT) + card_codes.purge(tx, now)
    return gone + jobs.purge(tx, now - RUNS_KEPT) + sessions.purge(tx, now)


JOBS: tuple[Job, ...] = (
    Job("climb", _climb, seconds=15),
    Job("digest", digest, seconds=60),
    Job("idle", tidy, seconds=600),
    Job("albums", dispatch.gather_left, seconds=15),
    Job("unseen", doors.unseen, seconds=30),
    Job("unread", fallbacks.unread, seconds=60),
    Job("left_behind", fallbacks.left_behind, seconds=30),
    Job("late", late.renew_due, seconds=60),
    Job("erase", erasure.carry_out, seconds=60),
    Job("words", _words, seconds=5),
    Job(checklist.JOB, checklist.tell, at=time(9, 5)),
    Job("directory", directory.nightly, at=time(2, 30)),
    Job("root", _root, at=time(23, 50)),
    Job("purge", _purge, at=time(3, 30)),
    Job(retention.JOB, retention.purge, at=time(3, 40)),
    Job("scrub", _scrub, at=time(3, 50)),
)


def run(tx: Tx, job: Job, now: datetime) -> int:
    """Run a job; a daily one once for its day, wherever it ticks. Returns what the job counted."""
    if job.at is None:
        return _count(job.function(tx, now))
    moment = tx.office.calendar.morning(tx.office.calendar.today(now), job.at)
    if now < moment or not jobs.claim(tx, job.name, moment):
        return 0
    done = job.function(tx, now)
    jobs.done(tx, job.name, moment, now, str(done))
    return _count(done)


def _count(done: int | str) -> int:
    return done if isinstance(done, int) else 1


def next_moment(tx: Tx, now: datetime) -> datetime | None:
    """When something is due next: a rung, a held-back message, or the morning's digest where work is open."""
    calendar, book = tx.office.calendar, tx.office.rulebook
    found = [deadlines.next_moment(tx), outbox.next_moment(tx, now)]
    last_minute = timedelta(minutes=book.digest_spread_minutes)
    today = calendar.today(now)
    for day in (today, calendar.next_working_day(today)):
        moment = calendar.morning(day, book.digest_at) + last_minute
        if calendar.is_working(day) and moment > now:
            found.append(moment if found[0] is not None else None)
            break
    ahead = [moment for moment in found if moment is not None]
    return max(min(ahead), now) if ahead else None
