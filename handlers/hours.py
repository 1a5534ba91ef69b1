"""When people may be written to: owners by day, officials within office hours. Replies go at any hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.office import Office


def for_owner(now: datetime, office: Office) -> datetime:
    """The first moment from `now` on at which news may reach an owner."""
    calendar, book = office.calendar, office.rulebook
    local = calendar.local(now)
    if local.time() < book.owner_from:
        return calendar.morning(local.date(), book.owner_from)
    if local.time() >= book.owner_until:
        return calendar.morning(local.date() + timedelta(days=1), book.owner_from)
    return now


def for_official(now: datetime, office: Office) -> datetime:
    """The first moment from `now` on within office hours."""
    calendar = office.calendar
    return now if calendar.within_office_hours(now) else calendar.next_opening(now)


def digest_moment(person: int, now: datetime, office: Office) -> datetime:
    """This person's own minute of today's digest: spread, because platforms drop what everybody sends at once."""
    book = office.rulebook
    base = office.calendar.morning(office.calendar.today(now), book.digest_at)
    return base + timedelta(minutes=(person * 7) % max(1, book.digest_spread_minutes))
