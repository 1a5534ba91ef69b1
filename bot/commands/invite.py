"""qinqing invite: a one-time code that gives somebody a role, with the text to pass on."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import segno
import typer

from bot.commands import asking_telegram, invitation_page, named, opening
from bot.commands.telling import NotDone, command, say
from domain.case import UNIT_ROLES, Role
from domain.errors import BadDeclaration
from handlers.invitations import INVITATION_VALID, Invitation, link, pass_on
from handlers.invitations import invite as make_code
from handlers.menus import role_words
from handlers.phrases import listed
from handlers.words import _
from storage import people, units
from storage.transaction import Tx

PAGE = Path("invitations.html")


def invite(
    role: Annotated[str, typer.Option(help=_("the role, such as {example}", example="liaison"))] = "",
    unit: Annotated[str, typer.Option(help=_("code or name of the unit, for roles of a unit"))] = "",
    project: Annotated[str, typer.Option(help=_("name of the project, for its inspector"))] = "",
    name: Annotated[str, typer.Option(help=_("name of the person"))] = "",
    everybody: Annotated[bool, typer.Option("--all", help=_("a page for everybody who has not come yet"))] = False,
    renew: Annotated[
        bool, typer.Option("--renew", help=_("with {option}: also where a code is still good", option="--all"))
    ] = False,
    file: Annotated[
        Path, typer.Option("--file", help=_("with {option}: where the page is written", option="--all"))
    ] = PAGE,
) -> None:
    """Make a code and print what to pass on, or a page with one for everybody."""
    if everybody:
        _page(file, renew=renew)
        return
    given = named.role(role)
    if given is None:
        raise BadDeclaration(where="--role", what=_("must be one of: {names}", names=named.role_names()))
    with opening.writing() as app:
        code, unit_name = app.db.write_now(_made, given, unit, project, name, datetime.now(UTC))
        url, telegram = app.db.office.url, asking_telegram.link(app.settings)
    say(listed(filter(None, (role_words(given), unit_name or project, name))))
    say(pass_on(code, url, telegram))
    if url and sys.stdout.isatty():
        say(_square(link(code, url)))


def _page(file: Path, *, renew: bool) -> None:
    with opening.writing() as app:
        now = datetime.now(UTC)
        cards = app.db.write_now(invitation_page.renewed, now, all_of_them=renew)
        if not cards and not app.db.read_now(people.all_holders, now):
            told = _(
                "Nobody has a role yet. Fill in the workbook, then: {command}", command=command("import office.xlsx")
            )
            raise NotDone(what=told)
        office = replace(app.db.office, telegram=asking_telegram.link(app.settings))
    if not cards:
        say(_("Everybody has come, or holds a code that is good. {option} makes new ones.", option="--all --renew"))
        return
    invitation_page.write(file, invitation_page.drawn(cards, office))
    say(_("{n} invitation(s) in {file}: print it, and give each to its person only.", n=len(cards), file=file))
    say(_("They are good for {days} days. Codes these people had before have ended.", days=INVITATION_VALID.days))
    if not office.url:
        say(
            _(
                "Without a public address there are no links and squares. Set {names}, then: {command}",
                names="QINQING_PUBLIC_URL",
                command=command("invite --all --renew"),
            )
        )


def _made(tx: Tx, role: Role, unit: str, project: str, name: str, now: datetime) -> tuple[str, str]:
    """(code, name of the unit). Raises BadDeclaration where the role does not go with unit or project."""
    found = _unit(tx, role, unit)
    chosen = Invitation(role, found[0] if found else None, _project(tx, role, project), None, name.strip())
    return make_code(tx, chosen, now), found[1] if found else ""


def _unit(tx: Tx, role: Role, text: str) -> tuple[int, str] | None:
    if role not in UNIT_ROLES:
        if text:
            raise BadDeclaration(where="--unit", what=_("{role} is not a role of a unit", role=role_words(role)))
        return None
    known = units.every(tx)
    found = named.unit(known, text)
    if found is None:
        names = listed(f"{unit.code} {unit.name}" for unit in known) or _("none")
        raise BadDeclaration(where="--unit", what=_("must be one of: {names}", names=names))
    return found.id, found.name


def _project(tx: Tx, role: Role, text: str) -> int | None:
    if role is not Role.INSPECTOR:
        if text:
            raise BadDeclaration(where="--project", what=_("{role} is not a role of a project", role=role_words(role)))
        return None
    known = {name: project for project, name in units.all_projects(tx)}
    if text.strip() not in known:
        raise BadDeclaration(where="--project", what=_("must be one of: {names}", names=listed(known) or _("none")))
    return known[text.strip()]


def _square(text: str) -> str:
    drawn = io.StringIO()
    segno.make(text, error="m").terminal(drawn, compact=True)
    return drawn.getvalue()
