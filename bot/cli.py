"""The command `qinqing`: what can be said after it, and how a refusal is told."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError
from typer.core import TyperGroup
from typer.exceptions import TyperException

from bot import logs, serving
from bot.commands import db, demo, doctor, importing, init, invite, privacy
from bot.commands.telling import complain, language
from bot.settings import settings
from domain.errors import BadDeclaration, QinqingError
from handlers.words import N_, _, of_error, speaking
from storage.backup import BackupError
from storage.faults import Unavailable

NOT_DONE, WRONG_USAGE, INTERRUPTED = 1, 2, 130


def run() -> None:
    """Run the office of office.toml."""
    asyncio.run(serving.serve(serving.production(settings())))


#: Group, name, function, and what `--help` says.
COMMANDS: tuple[tuple[str, str, Callable[..., None], str], ...] = (
    ("", "run", run, N_("Run the office.")),
    (
        "",
        "demo",
        demo.demo,
        N_("Run a demo office with sample people, or take its data away."),
    ),
    ("", "init", init.init, N_("Set up a new office: answers a few questions and writes the office's file.")),
    ("", "doctor", doctor.doctor, N_("Look whether everything is in order, and say what to do where it is not.")),
    ("", "invite", invite.invite, N_("Make a one-time code that gives somebody a role.")),
    ("db", "upgrade", db.upgrade, N_("Bring the database to what this version of the program needs.")),
    ("db", "backup", db.backup, N_("Copy the database into one file while the office works.")),
    ("db", "restore", db.restore, N_("Put a backup back; the office must be stopped.")),
    ("db", "verify", db.verify, N_("Recompute every case's chain and every daily root; name what is broken.")),
    ("export", "person", privacy.export_person, N_("Write everything kept about a person into one file.")),
    ("erase", "person", privacy.erase_person, N_("Erase a person who asked for it by letter, with their ended cases.")),
    ("import", "office", importing.office, N_("Set the office up from one workbook; the word may be left out.")),
    ("import", "units", importing.units, N_("Take over units from a spreadsheet.")),
    ("import", "people", importing.people, N_("Take over people and their roles from a spreadsheet.")),
    ("import", "items", importing.items, N_("Take over items of business from a spreadsheet.")),
)
GROUPS: dict[str, str] = {
    "": N_("The chat front desk between businesses and local government."),
    "db": N_("The database: bring up to date, copy, put back, verify."),
    "export": N_("A copy of what is kept about somebody."),
    "erase": N_("Erase what is kept about somebody."),
    "import": N_("Set the office up from one workbook, or take over units, people or items from a sheet."),
}


def build() -> typer.Typer:
    """The command with its subcommands, explained in the language being spoken."""
    groups = {name: _group(name, help_) for name, help_ in GROUPS.items()}
    for group, name, function, help_ in COMMANDS:
        groups[group].command(name, help=_(help_))(function)
    for name in filter(None, GROUPS):
        groups[""].add_typer(groups[name], name=name)
    return groups[""]


class _FileFirst(TyperGroup):
    """A group in which `import office.xlsx` means `import office office.xlsx`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["office", *args]
        return super().parse_args(ctx, args)


#: Groups that read what follows them in a way of their own.
CLASSES: dict[str, type[TyperGroup]] = {"import": _FileFirst}


def _group(name: str, help_: str) -> typer.Typer:
    return typer.Typer(
        cls=CLASSES.get(name, TyperGroup),
        help=_(help_),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and end the process: 0 done, 1 not done, 2 wrong usage or settings, with one line on why."""
    logs.configure()
    with speaking(language()):
        raise SystemExit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = _command()(arguments)
    except TyperException as error:
        return _wrong_usage(error)
    except (typer.Abort, KeyboardInterrupt):
        complain(_("stopped"))
        return INTERRUPTED
    except QinqingError as error:
        complain(of_error(error))
        return WRONG_USAGE if isinstance(error, BadDeclaration) else NOT_DONE
    except (BackupError, Unavailable, CommandError, SQLAlchemyError, OSError) as error:
        complain(_(str(error).splitlines()[0]))
        return NOT_DONE
    return code if isinstance(code, int) else 0


def _command() -> Callable[[Sequence[str] | None], Any]:
    command = typer.main.get_command(build())
    return lambda arguments: command.main(args=arguments, prog_name="qinqing", standalone_mode=False)


def _wrong_usage(error: TyperException) -> int:
    """A group without a subcommand shows its help; everything else is one line."""
    said = getattr(error, "format_message", error.__str__)()
    if type(error).__name__ == "NoArgsIsHelpError":
        print(said, file=sys.stderr)
    else:
        complain(said)
    return int(getattr(error, "exit_code", WRONG_USAGE))
