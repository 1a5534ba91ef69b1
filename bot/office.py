"""The office built from office.toml, the calendar in the database and the keys."""

from __future__ import annotations

from bot.keys import Keys
from bot.settings import OfficeFile
from domain.office import Office
from domain.workdays import Calendar, DayKind, SpecialDay
from storage import calendars
from storage.transaction import Tx


def plain(file: OfficeFile, keys: Keys, url: str) -> Office:
    """The office before its database was read: a calendar of weekdays only."""
    return _office(file, keys, url, calendars.Kept((), calendars.SEED_FROM, calendars.SEED_THROUGH, 0))


def as_kept(tx: Tx, file: OfficeFile, keys: Keys, url: str) -> Office:
    """The office with the calendar as it is kept, and its own closures."""
    return _office(file, keys, url, calendars.current(tx))


def _office(file: OfficeFile, keys: Keys, url: str, kept: calendars.Kept) -> Office:
    days = {special.day: special for special in kept.days}
    days |= {c.day: SpecialDay(c.day, DayKind.CLOSURE, c.name) for c in file.closures}
    calendar = Calendar(
        specials=days,
        known_through=kept.known_through,
        known_from=kept.known_from,
        version=kept.version,
        zone=file.zone,
        opens=file.opens,
        closes=file.closes,
    )
    return Office(
        name=file.name,
        calendar=calendar,
        phone=file.phone,
        language=file.language,
        url=url.rstrip("/"),
        sign=keys.signing.sign,
        public_key=keys.public,
    )
