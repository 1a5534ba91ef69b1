"""What is past its time is erased every night, by the same road as what its owner asks for; and a report of it."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

import msgspec

from domain.case import ENDED, Kind, Role
from domain.messages import Button, Message
from domain.retention import (
    BINDING_PAPERS,
    BOUND_YEARS,
    MESSAGES_DAYS,
    READINGS_DAYS,
    SHORT_ENDS,
    SILENT_DAYS,
    YEARS,
)
from handlers import erasure, hours, traces
from handlers.words import N_, _, speaking
from storage import cases, exports, jobs, outbox, recipients, retention, wishes
from storage.outbox import Priority
from storage.retention import Past
from storage.transaction import Tx

#: The writer is held for so many cases or people a night; what is more comes the next night.
MOST_A_NIGHT = 500
#: The name of the job in the timetable, whose reports of the last month are summed up.
JOB = "retention"
MONTH_DAYS = 31

#: What a report counts, in words, in the order it is told.
REPORTED: tuple[tuple[str, str], ...] = (
    ("request", N_("requests")),
    ("complaint", N_("complaints")),
    ("inquiry", N_("inquiries")),
    ("suggestion", N_("suggestions")),
    ("people", N_("people who no longer write")),
    ("files", N_("files")),
    ("messages", N_("messages")),
    ("readings", N_("entries of who read a case")),
)


def purge(tx: Tx, now: datetime) -> str:
    """Erase what is past its time; returns the counts by sort, as JSON, which tell nothing of anybody."""
    counts = Counter[str]()
    left = MOST_A_NIGHT
    for past in _pasts(tx, now):
        due = retention.ended(tx, past, BINDING_PAPERS, left)
        counts.update(_forgotten(tx, due, now))
        counts[past.kind] += len(due)
        left -= len(due)
    for person in retention.silent(tx, now - timedelta(days=SILENT_DAYS), MOST_A_NIGHT):
        counts.update(erasure.person(tx, person, now))
        counts["people"] += 1
    counts["messages"] += retention.drop_messages(tx, now - timedelta(days=MESSAGES_DAYS))
    counts["readings"] += retention.drop_readings(tx, now - timedelta(days=READINGS_DAYS))
    counts["exports"] += exports.purge(tx, now)
    told = {sort: count for sort, count in sorted(counts.items()) if count}
    if told or wishes.done_since(tx, now - timedelta(days=1)):
        tx.signal("purged")  # the database is written anew while nobody waits
    _tell_monthly(tx, now, counts)
    return msgspec.json.encode(told).decode()


def _forgotten(tx: Tx, ids: list[int], now: datetime) -> Counter[str]:
    found = list(cases.many(tx, ids).values())
    return erasure.forget(tx, found, traces.of_cases(found), now) if found else Counter()


def _pasts(tx: Tx, now: datetime) -> list[Past]:
    """For each kind of case, and for ends with a term of their own: what lies before which moment."""
    long = tuple(sorted(str(status) for status in ENDED if status not in SHORT_ENDS))
    found = [_past(tx, kind, long, YEARS[kind], now) for kind in Kind if kind in YEARS]
    for kind in YEARS:
        found += [_past(tx, kind, (str(status),), years, now) for status, years in SHORT_ENDS.items()]
    return found


def _past(tx: Tx, kind: Kind, statuses: tuple[str, ...], years: int, now: datetime) -> Past:
    return Past(str(kind), statuses, _ago(tx, now, years), _ago(tx, now, max(years, BOUND_YEARS)))


def _ago(tx: Tx, now: datetime, years: int) -> datetime:
    """The beginning of today, so many years ago: what ended on that day a year ago is erased today."""
    today = tx.office.calendar.today(now)
    day = date(today.year - years, today.month, 28 if (today.month, today.day) == (2, 29) else today.day)
    return tx.office.calendar.morning(day + timedelta(days=1), time())


# --- the monthly word -----------------------------------------------------------------------------------------------


def _tell_monthly(tx: Tx, now: datetime, tonight: Counter[str]) -> None:
    """On the first of a month every administrator hears what the last month's nights have erased."""
    today = tx.office.calendar.today(now)
    if today.day != 1:
        return
    total = Counter(tonight)
    for report in jobs.reports(tx, JOB, now - timedelta(days=MONTH_DAYS)):
        total.update(_counted(report))
    for one in recipients.in_role(tx, Role.ADMINISTRATOR, now):
        with speaking(one.person.language):
            message = Message(
                _monthly(total), _("What was erased last month"), buttons=((Button(_("Help"), "f:help"),),)
            )
        later = hours.for_official(now, tx.office)
        dedupe = f"purged:{one.person.id}:{today:%Y%m}"
        outbox.say(
            tx, one.address, one.person.id, message, now, priority=Priority.NEWS, not_before=later, dedupe=dedupe
        )


def _counted(report: str) -> dict[str, int]:
    """The counts of an earlier run; runs of older versions wrote a bare number."""
    found = msgspec.json.decode(report or "0")
    return found if isinstance(found, dict) else {}


def _monthly(total: Counter[str]) -> str:
    lines = [f"{_(words)}: {total[sort]}" for sort, words in REPORTED if total[sort]]
    if not lines:
        return _("Nothing was past its time, so nothing was erased.")
    head = _("By the terms of retention this was erased by itself; numbers and statistics stay:")
    return "\n".join([head, *lines])
