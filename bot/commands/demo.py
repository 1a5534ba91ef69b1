"""qinqing demo: the demo office, which keeps its data apart; and its data taken away in one step."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select

from bot import serving
from bot.commands import opening
from bot.commands.telling import NotDone, say
from bot.settings import Settings, settings
from handlers.words import _
from storage import migrations
from storage.backup import is_in_use
from storage.engines import is_sqlite, sqlite_path
from storage.tables import cases, people
from storage.transaction import Tx

_COUNTS = select(
    select(func.count()).select_from(cases).scalar_subquery().label("cases"),
    select(func.count()).select_from(people).scalar_subquery().label("people"),
)


def demo(
    remove: Annotated[bool, typer.Option("--remove", help=_("take the demo's data away, and nothing else"))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=_("with {option}: do not ask", option="--remove"))] = False,
) -> None:
    """Run a demo office with sample people and a time machine; no account needed."""
    if remove:
        _remove(settings(), yes=yes)
        return
    wanted = settings()
    print(f"亲清 demo: http://{wanted.http_host}:{wanted.http_port}/chat  (Ctrl-C ends it)", flush=True)
    app = serving.demo(wanted)
    app.announce = lambda link: print(f"亲清 demo: {link}", flush=True)
    asyncio.run(serving.serve(app))


def _remove(wanted: Settings, *, yes: bool) -> None:
    folder = serving.DEMO_FOLDER
    if not folder.is_dir():
        say(_("There is no demo data here."))
        return
    _refuse_production(wanted, folder)
    database = folder / serving.DEMO_DATABASE
    say(_what(folder, database))
    if not yes and not typer.confirm(_("Take it away?")):
        raise NotDone(what=_("nothing was taken away"))
    _take_away(folder, database)
    say(_("The demo's data is gone. The office's own data was not touched."))


def _refuse_production(wanted: Settings, folder: Path) -> None:
    """Whatever somebody set up below the demo's folder as their own is not the demo's. Raises NotDone."""
    kept = [wanted.office, wanted.files, wanted.keys]
    if is_sqlite(opening.checked(wanted.database_url)):
        kept.append(sqlite_path(wanted.database_url))
    inside = [path for path in kept if path.resolve().is_relative_to(folder.resolve())]
    if folder.is_symlink() or inside:
        raise NotDone(what=_("{folder} holds the office's own data: nothing was taken away", folder=folder))
    if is_in_use(folder / serving.DEMO_DATABASE):
        raise NotDone(what=_("the demo is running: stop it first"))


def _what(folder: Path, database: Path) -> str:
    """What will be gone, in words."""
    files = [path for path in (folder / "files").rglob("*") if path.is_file()]
    found = (0, 0)
    url = f"sqlite:///{database}"
    if database.exists() and migrations.current(url) == migrations.head():
        with opening.bare(url) as db:
            found = db.read_now(_counts)
    return _(
        "In {folder}: a demo with {cases} case(s), {people} people, {files} file(s), and its keys.",
        folder=folder,
        cases=found[0],
        people=found[1],
        files=len(files),
    )


def _counts(tx: Tx) -> tuple[int, int]:
    row = tx.first(_COUNTS)
    return row.cases, row.people


def _take_away(folder: Path, database: Path) -> None:
    """Exactly what the demo makes; anything else in its folder stays, and the folder with it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    for part in ("files", "keys"):
        shutil.rmtree(folder / part, ignore_errors=True)
    left = sorted(path.name for path in folder.iterdir())
    if left:
        say(_("Not the demo's, and left in {folder}: {names}", folder=folder, names=", ".join(left)))
    else:
        folder.rmdir()
