"""qinqing doctor: whether everything is in order, and what to do where it is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.commands import checks_machine as machine
from bot.commands import checks_office as office
from bot.commands import checks_place as place
from bot.commands import checks_pushing as pushing
from bot.commands import checks_telegram as telegram
from bot.commands import checks_wecom as wecom
from bot.commands.checks_office import Facts
from bot.commands.checks_telegram import Told
from bot.commands.findings import Finding, Look, State
from bot.commands.telling import say
from bot.settings import OfficeFile, Settings, office_file, settings
from domain.errors import BadDeclaration
from handlers.words import N_, _

#: Name in `--json`, name on the table, check.
CHECKS: tuple[tuple[str, str, Callable[[Look], Finding]], ...] = (
    ("python", "Python", machine.python),
    ("sqlite", "SQLite", machine.sqlite),
    ("office", N_("the office's file"), place.office),
    ("files", N_("folder of files"), place.files),
    ("keys", N_("folder of keys"), place.keys),
    ("disk", N_("room on the disk"), machine.disk),
    ("clock", N_("clock"), machine.clock),
    ("port", N_("port"), machine.port),
    ("address", N_("public address"), place.address),
    ("catalogue", N_("words"), place.catalogue),
    ("font", N_("Chinese font"), machine.font),
    ("private", N_("privacy of the database"), place.private),
    ("database", N_("database"), office.database),
)
#: The same, of what the database says; left out while it cannot be read.
OFFICE_CHECKS: tuple[tuple[str, str, Callable[[Facts], Finding]], ...] = (
    ("calendar", N_("holidays"), office.calendar),
    ("units", N_("units"), office.units_there),
    ("dispatchers", N_("dispatchers"), office.dispatchers),
    ("administrators", N_("administrators"), office.administrators),
    ("liaisons", N_("liaisons"), office.liaisons),
    ("failed", N_("messages set aside"), office.failed),
)
#: The same, of what Telegram says; left out where the office is not to be there.
TELEGRAM_CHECKS: tuple[tuple[str, str, Callable[[Told], Finding]], ...] = (
    ("telegram", "Telegram", telegram.bot),
    ("telegram_updates", N_("Telegram: what people write"), telegram.updates),
    ("telegram_address", N_("Telegram: address and secret"), telegram.address),
    ("telegram_privacy", N_("Telegram: privacy in groups"), telegram.privacy),
    ("telegram_clock", N_("Telegram: clock"), telegram.clock),
    ("telegram_abroad", N_("Telegram: personal data"), telegram.abroad),
)
STATES: dict[State, tuple[str, str]] = {
    State.OK: (N_("in order"), "green"),
    State.WARNING: (N_("to see to"), "yellow"),
    State.WRONG: (N_("wrong"), "bold red"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of the table."""

    check: str
    label: str
    finding: Finding


def doctor(as_json: Annotated[bool, typer.Option("--json", help=_("for programs"))] = False) -> None:
    """Look whether everything is in order. Exit code 1 if anything is wrong."""
    wanted = settings()
    found = list(examine(Look(wanted, _file(wanted), datetime.now(UTC))))
    _as_json(found) if as_json else _as_table(found)
    if any(checked.finding.state is State.WRONG for checked in found):
        raise typer.Exit(1)


def _file(wanted: Settings) -> OfficeFile | None:
    try:
        return office_file(wanted.office)
    except BadDeclaration:  # the check of the office's file says so
        return None


def examine(look: Look) -> Iterator[Checked]:
    """Every check in order; those of what the database says only if it can be read."""
    readable = False
    for name, label, check in CHECKS:
        finding = check(look)
        readable = name == "database" and finding.state is State.OK
        yield Checked(name, label, finding)
    if readable:
        facts = office.facts(look)
        for name, label, of_facts in OFFICE_CHECKS:
            yield Checked(name, label, of_facts(facts))
    yield from _on_telegram(look)
    yield from _on_wecom(look)
    yield from (Checked(name, label, finding) for name, label, finding in pushing.findings(look))


def _on_telegram(look: Look) -> Iterator[Checked]:
    if not telegram.is_set(look):
        yield Checked("telegram", "Telegram", telegram.not_set())
        return
    told = telegram.asked(look)
    for name, label, of_told in TELEGRAM_CHECKS:
        yield Checked(name, label, of_told(told))


def _on_wecom(look: Look) -> Iterator[Checked]:
    if not wecom.is_set(look):
        yield Checked("wecom", N_("WeCom"), wecom.not_set())
        return
    for part in wecom.PARTS:
        yield Checked(f"wecom_{part.name}", part.words, wecom.settings_of(look, part))
    yield Checked("wecom_address", N_("WeCom: address"), wecom.address(look))
    for name, step in wecom.steps(look):
        yield Checked(name, N_("WeCom: in the admin console"), step)


def _as_json(found: list[Checked]) -> None:
    rows = [
        {
            "check": checked.check,
            "state": str(checked.finding.state),
            "found": checked.finding.found,
            "remedy": checked.finding.remedy,
        }
        for checked in found
    ]
    say(json.dumps(rows, ensure_ascii=False, indent=2))


def _as_table(found: list[Checked]) -> None:
    console = Console()
    if not console.is_terminal:
        for checked in found:
            say(" | ".join(part for part in _cells(checked) if part))
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    for checked in found:
        style = STATES[checked.finding.state][1]
        state, *rest = _cells(checked)
        table.add_row(Text(state, style), *map(Text, rest))
    console.print(table)


def _cells(checked: Checked) -> tuple[str, str, str, str]:
    finding = checked.finding
    return _(STATES[finding.state][0]), _(checked.label), finding.found, finding.remedy
