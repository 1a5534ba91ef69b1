"""What an office still lacks before everything works: looked at in one go, told with the next step at hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.case import Role
from domain.messages import Button, Message, rows
from domain.people import Holding, UnitOf
from handlers import hours, invitations, menus
from handlers.phrases import day_words, listed
from handlers.words import N_, _, speaking
from storage import calendars, items, jobs, outbox, people, recipients, units
from storage.outbox import Priority
from storage.transaction import Tx

JOB = "checklist"
#: Under these names a backup leaves its trace; the second holds the keys and files too.
BACKUP, KEYS_BACKUP = "backup", "backup-keys"
BACKUP_OLD = timedelta(days=7)
DECEMBER = 12
MOST_NAMES = 6
MOST_BUTTONS = 8


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks below look at, read once. kept, keys_kept: when the last backup was made, if ever."""

    now: datetime
    today: date
    units: tuple[UnitOf, ...]
    holders: tuple[Holding, ...]
    awaited: tuple[invitations.Awaited, ...]
    idle_items: tuple[str, ...]
    known_through: date
    url: str
    kept: datetime | None
    keys_kept: datetime | None

    def holding(self, role: Role) -> frozenset[int]:
        """Who holds a role."""
        return frozenset(one.person for one in self.holders if one.role is role)


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing. keys: what exactly, so that something new is noticed; buttons: the next steps."""

    keys: frozenset[str]
    text: str
    buttons: tuple[Button, ...] = ()


def facts(tx: Tx, now: datetime) -> Facts:
    """Read everything the checks need."""
    known = tuple(units.every(tx))
    active = {unit.id for unit in known}
    return Facts(
        now,
        tx.office.calendar.today(now),
        known,
        tuple(people.all_holders(tx, now)),
        tuple(invitations.awaited(tx, now)),
        tuple(item.name for item in items.every(tx) if item.unit_id not in active),
        calendars.known_through(tx),
        tx.office.url,
        jobs.last(tx, BACKUP),
        jobs.last(tx, KEYS_BACKUP),
    )


def missing(found: Facts) -> list[Lack]:
    """Everything that is missing, what keeps the office from working first; in the language being spoken."""
    return [lack for check in CHECKS for lack in check(found)]


def _no_units(found: Facts) -> Iterator[Lack]:
    if not found.units:
        text = _("There are no units yet. Fill in the workbook {file} and send it to me here.", file="office.xlsx")
        yield Lack(frozenset({"units"}), text)


def _liaisons(found: Facts) -> Iterator[Lack]:
    with_one = {holding.unit for holding in found.holders if holding.role is Role.LIAISON}
    without = [unit for unit in found.units if unit.id not in with_one]
    if not without:
        return
    text = _("Nobody signs what is sent to these units, for want of a liaison: {names}.", names=_names(without))
    buttons = [
        Button(_("Liaison for {unit}", unit=unit.name), f"f:invite:{Role.LIAISON}.{unit.id}") for unit in without[:4]
    ]
    yield Lack(frozenset(f"liaison:{unit.id}" for unit in without), text, tuple(buttons))


def _names(found: list[UnitOf]) -> str:
    return listed(unit.name for unit in found[:MOST_NAMES]) + ("…" if found[MOST_NAMES:] else "")


def _role(role: Role, text: str) -> Callable[[Facts], Iterator[Lack]]:
    """The check that somebody holds a role."""

    def check(found: Facts) -> Iterator[Lack]:
        if not found.holding(role):
            yield Lack(frozenset({str(role)}), _(text), (_inviting(role),))

    return check


def _inviting(role: Role) -> Button:
    return Button(_("Invite: {role}", role=menus.role_words(role)), f"f:invite:{role}.0")


def _approver(found: Facts) -> Iterator[Lack]:
    dispatchers, approvers = found.holding(Role.DISPATCHER), found.holding(Role.APPROVER)
    if dispatchers and not approvers - dispatchers:
        text = _("Nobody may approve what a dispatcher proposes: an approver who is no dispatcher is needed.")
        yield Lack(frozenset({str(Role.APPROVER)}), text, (_inviting(Role.APPROVER),))


def _duties(found: Facts) -> Iterator[Lack]:
    without = [unit for unit in found.units if not unit.duties.strip()]
    if without:
        names = _names(without)
        text = _("Without their duties units are seldom suggested: {names}. Write them into the workbook.", names=names)
        yield Lack(frozenset(f"duties:{unit.id}" for unit in without), text)


def _not_come(found: Facts) -> Iterator[Lack]:
    if not found.awaited:
        return
    lapsed = [one for one in found.awaited if one.until is None]
    more = "…" if found.awaited[MOST_NAMES:] else ""
    names = listed(one.name or _("no name") for one in found.awaited[:MOST_NAMES]) + more
    text = _("{n} people have not come yet: {names}.", n=len(found.awaited), names=names)
    if lapsed:
        text = f"{text} {_('{n} of them have no code that is good.', n=len(lapsed))}"
    yield Lack(frozenset(f"lapsed:{one.key}" for one in lapsed), text, (Button(_("Invite again"), "f:invite"),))


def _items(found: Facts) -> Iterator[Lack]:
    if found.idle_items:
        text = _("These items belong to units that are gone: {names}.", names=listed(found.idle_items[:MOST_NAMES]))
        yield Lack(frozenset({"items"}), text)


def _calendar(found: Facts) -> Iterator[Lack]:
    known = found.known_through.year
    if known < found.today.year or (found.today.month == DECEMBER and known == found.today.year):
        text = _("The holidays of {year} are not known yet: deadlines after them are provisional.", year=known + 1)
        yield Lack(frozenset({f"calendar:{known + 1}"}), text)


def _address(found: Facts) -> Iterator[Lack]:
    if not found.url:
        text = _("The office has no public address, so no links can be given: set {name}.", name="QINQING_PUBLIC_URL")
        yield Lack(frozenset({"address"}), text)
    elif not found.url.startswith("https://"):
        text = _("The public address is not {safe}: what people write can be read on the way.", safe="https")
        yield Lack(frozenset({"https"}), text)


def _backups(found: Facts) -> Iterator[Lack]:
    command = "qinqing db backup all.tar --with-files"
    if found.kept is None:
        text = _(
            "There is no backup yet. On the office's machine, database, files and keys: {command}", command=command
        )
        yield Lack(frozenset({"backup", "keys"}), text)
    elif found.keys_kept is None:
        text = _("Keys and files have never been backed up; on the office's machine: {command}", command=command)
        yield Lack(frozenset({"keys"}), text)
    if found.kept is not None and found.now - found.kept > BACKUP_OLD:
        text = _("The last backup is of {day}.", day=day_words(found.kept.date(), found.today))
        yield Lack(frozenset({"backup"}), text)


#: In the order they are told.
CHECKS: tuple[Callable[[Facts], Iterator[Lack]], ...] = (
    _no_units,
    _role(Role.DISPATCHER, N_("Nobody decides on new cases: a dispatcher is needed.")),
    _liaisons,
    _approver,
    _role(Role.SUPERVISOR, N_("Nobody signs supervision orders and yellow cards: a supervisor is needed.")),
    _not_come,
    _duties,
    _items,
    _address,
    _backups,
    _calendar,
)


def message(tx: Tx, now: datetime) -> Message:
    """The list as it is now, in the language being spoken."""
    return worded(missing(facts(tx, now)))


def worded(lacks: list[Lack]) -> Message:
    """The list with its next steps under it."""
    if not lacks:
        return Message(_("Everything is there. The office can work."), _("What is still missing"))
    lines = [f"{number}. {lack.text}" for number, lack in enumerate(lacks, 1)]
    buttons = [button for lack in lacks for button in lack.buttons]
    again = Button(_("The whole list"), "f:setup")
    title = _("Still missing: {n}", n=len(lacks))
    return Message("\n".join(lines), title, buttons=(*rows(buttons[:MOST_BUTTONS], 2), (again,)))


def tell(tx: Tx, now: datetime) -> str:
    """Once a day: tell the administrators where something new is missing; returns what they know of, as JSON."""
    before = jobs.report(tx, JOB)
    to_tell = recipients.in_role(tx, Role.ADMINISTRATOR, now)
    if not to_tell or not tx.office.calendar.is_working(tx.office.calendar.today(now)):
        return before
    found, known = facts(tx, now), _known(before)
    keys = frozenset(key for lack in missing(found) for key in lack.keys)
    if keys - known:
        for one in to_tell:
            with speaking(one.person.language):
                text = worded([lack for lack in missing(found) if lack.keys - known])
            later = hours.for_official(now, tx.office)
            outbox.say(tx, one.address, one.person.id, text, now, priority=Priority.NEWS, not_before=later)
    return json.dumps(sorted(keys))


def _known(report: str) -> frozenset[str]:
    return frozenset(json.loads(report)) if report else frozenset()
