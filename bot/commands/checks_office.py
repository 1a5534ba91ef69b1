"""What the doctor looks at in the database: its revision, the calendar, units, people, failed arrivals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from bot.commands import opening
from bot.commands.findings import Finding, Look, ok, warning, wrong
from bot.commands.telling import command
from domain.case import Role
from domain.errors import BadDeclaration
from domain.people import Holding, UnitOf
from domain.workdays import Calendar
from handlers import menus
from handlers.phrases import listed
from handlers.words import _, of_error
from storage import calendars, inbox, people, units
from storage.engines import is_sqlite, sqlite_path
from storage.faults import Unavailable
from storage.transaction import Tx

DECEMBER = 12
MOST_NAMES = 8


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database says of the office."""

    today: date
    known_through: date
    units: tuple[UnitOf, ...]
    holders: tuple[Holding, ...]
    failed: int


def facts(look: Look) -> Facts:
    """Read everything the checks below need. The database must be up to date."""
    with opening.bare(look.settings.database_url) as db:
        return db.read_now(_facts, look)


def _facts(tx: Tx, look: Look) -> Facts:
    known = calendars.known_through(tx)
    zone = look.file.zone if look.file else "Asia/Shanghai"
    today = Calendar({}, known, calendars.SEED_FROM, 0, zone).today(look.now)
    return Facts(today, known, tuple(units.every(tx)), tuple(people.all_holders(tx, look.now)), inbox.failed_count(tx))


def database(look: Look) -> Finding:
    """Whether the database can be reached and is the one this program needs."""
    upgrade = _("Run {command}; a damaged one is put back from a backup.", command=command("db upgrade"))
    try:
        if (
            is_sqlite(opening.checked(look.settings.database_url))
            and not sqlite_path(look.settings.database_url).exists()
        ):
            return warning(
                _("will be made at the first start"), _("To make it now: {command}", command=command("db upgrade"))
            )
        opening.up_to_date(look.settings.database_url)
        with opening.bare(look.settings.database_url) as db:
            db.read_now(inbox.failed_count)
    except BadDeclaration as error:
        return wrong(of_error(error), upgrade)
    except (SQLAlchemyError, CommandError, Unavailable, OSError) as error:
        reason = str(error.__cause__ or error).splitlines()[0]
        return wrong(reason, _("Look whether the database runs and {names} is right.", names=opening.DATABASE))
    return ok(_("reached and up to date"))


def calendar(found: Facts) -> Finding:
    """Whether the holidays of this year, and in December those of the next, are known."""
    known = found.known_through
    remedy = _(
        "Update the program once the State Council has announced them; until then later deadlines are provisional."
    )
    said = _("holidays are known through {year}", year=known.year)
    if known.year < found.today.year or (found.today.month == DECEMBER and known.year == found.today.year):
        return warning(said, remedy)
    return ok(said)


def units_there(found: Facts) -> Finding:
    """Whether there are units to dispatch to."""
    if not found.units:
        return warning(_("none"), _("Take them over: {command}", command=command("import office.xlsx")))
    return ok(str(len(found.units)))


def dispatchers(found: Facts) -> Finding:
    """Whether somebody dispatches."""
    return _somebody(found, Role.DISPATCHER)


def administrators(found: Facts) -> Finding:
    """Whether somebody administers the office from the chat."""
    return _somebody(found, Role.ADMINISTRATOR)


def _somebody(found: Facts, role: Role) -> Finding:
    holding = {holding.person for holding in found.holders if holding.role is role}
    if holding:
        return ok(str(len(holding)))
    invite = command(f"invite --role {role}")
    return warning(_("nobody is {role}", role=menus.role_words(role)), _("Invite somebody: {command}", command=invite))


def liaisons(found: Facts) -> Finding:
    """Whether each unit has somebody to sign what is dispatched to it."""
    with_one = {holding.unit for holding in found.holders if holding.role is Role.LIAISON}
    without = [unit for unit in found.units if unit.id not in with_one]
    if not without:
        return ok(_("every unit has one") if found.units else _("no units yet"))
    names = listed(unit.name for unit in without[:MOST_NAMES]) + ("…" if without[MOST_NAMES:] else "")
    inviting = command(f"invite --role liaison --unit {without[0].code}")
    return warning(
        _("{n} unit(s) without one: {names}", n=len(without), names=names),
        _("Invite somebody: {command}", command=inviting),
    )


def failed(found: Facts) -> Finding:
    """Messages the program failed on."""
    if found.failed:
        return warning(
            _("{n} message(s) could not be dealt with", n=found.failed),
            _("As administrator open “Failed messages” in the chat and run them again."),
        )
    return ok(_("none"))
