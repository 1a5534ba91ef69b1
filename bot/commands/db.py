"""qinqing db: the database brought up to date, copied, put back, and its chains verified."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands import archive, opening
from bot.commands.telling import NotDone, Tell, command, progress, say
from bot.settings import settings
from handlers import checklist
from handlers.words import N_, _
from storage import backup as copying
from storage import events, jobs, migrations
from storage.events import Broken
from storage.transaction import Tx

#: What storage.events may find wrong with a link, for the catalogues.
FAULTS = (
    N_("the case has no events"),
    N_("a link is missing"),
    N_("does not follow the link before"),
    N_("the content is not what was committed to"),
    N_("the hash does not fit"),
    N_("the root does not follow from its events"),
    N_("the signature is not this office's"),
)
#: The same of storage.backup.
REFUSALS = (
    N_("the database is not empty: nothing was changed"),
    N_("the database is in use: stop the office first"),
)
ROOT = "root "


def upgrade() -> None:
    """Bring the database to what this version of the program needs."""
    url = opening.checked(settings().database_url)
    found, wanted = migrations.current(url), migrations.head()
    if found == wanted:
        say(_("The database is up to date ({revision}).", revision=wanted))
        return
    with progress(_("Bringing the database up to date")):
        migrations.upgrade(url)
    say(_("The database is now at {revision}; before, it was at {before}.", revision=wanted, before=found or "–"))


def backup(
    file: Annotated[Path, typer.Argument(help=_("the new file"))],
    with_files: Annotated[bool, typer.Option(help=_("files and keys too, all in one archive"))] = False,
) -> None:
    """Copy the database into one file while the office works."""
    wanted = settings()
    opening.up_to_date(wanted.database_url)
    if file.exists():
        raise NotDone(what=_("{file} exists already; choose another name", file=file.name))
    with progress(_("Copying")) as tell:
        if with_files:
            archive.write(wanted, file, tell)
        else:
            copying.backup(wanted.database_url, file, on_progress=tell)
    with opening.bare(wanted.database_url) as db:
        db.write_now(_remember, datetime.now(UTC), with_files=with_files)
    say(_("Kept in {file}. It holds everything people wrote: keep it safe.", file=file))
    if not with_files:
        say(opening.where_kept(wanted))
        say(_("They are not in the copy and must be kept too ({option} takes them along).", option="--with-files"))


def _remember(tx: Tx, now: datetime, *, with_files: bool) -> None:
    """The administrator's checklist asks when the last backup was made."""
    for name in (checklist.BACKUP, *([checklist.KEYS_BACKUP] if with_files else [])):
        jobs.claim(tx, name, now)
        jobs.done(tx, name, now, now, "")


def restore(
    file: Annotated[Path, typer.Argument(help=_("a file that a backup wrote"))],
    force: Annotated[bool, typer.Option(help=_("replace what is there"))] = False,
) -> None:
    """Put a backup back; the office must be stopped."""
    wanted = settings()
    if not force and migrations.current(opening.checked(wanted.database_url)) is not None:
        raise NotDone(what=_("the database is not empty; {option} replaces it", option="--force"))
    with progress(_("Putting back")) as tell:
        if archive.is_archive(file):
            archive.read(wanted, file, tell, force=force)
        else:
            copying.restore(wanted.database_url, file, force=force, on_progress=tell)
    say(_("The database is what it was when {file} was written.", file=file.name))
    if migrations.current(wanted.database_url) != migrations.head():
        say(_("It is of another version. Next: {command}", command=command("db upgrade")))


def verify() -> None:
    """Recompute every case's chain and every daily root; what is broken is named."""
    with opening.reading() as db, progress(_("Verifying")) as tell:
        try:
            steps, broken = db.read_now(_look, tell)
        except (ValueError, TypeError) as error:
            raise NotDone(what=_("the database holds a value that cannot be read: {error}", error=error)) from None
    if broken:
        raise NotDone(what=_first(broken))
    say(_("All {n} steps and every daily root are unbroken.", n=steps))


def _look(tx: Tx, tell: Tell) -> tuple[int, list[Broken]]:
    steps, broken = 0, []
    for found in events.verify(tx):
        if isinstance(found, Broken):
            broken.append(found)
        else:
            steps = found
            tell(steps, 0)
    return steps, [*broken, *events.verify_roots(tx)]


def _first(broken: list[Broken]) -> str:
    first, others = broken[0], len(broken) - 1
    why = _(first.why)
    if first.number.startswith(ROOT):
        text = _("Broken: the daily root of {day}: {why}.", day=first.number.removeprefix(ROOT), why=why)
    else:
        text = _("Broken: case {number}, step {step}: {why}.", number=first.number, step=first.seq, why=why)
    return f"{text} {_('Others are broken too: {n}.', n=others)}" if others else text
