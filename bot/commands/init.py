"""qinqing init: a new office's file, from a few answers."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from bot.commands.telling import NotDone, complain, say
from bot.settings import OfficeFile, Settings, settings
from domain.errors import BadDeclaration
from handlers.words import LANGUAGES, N_, _, language


@dataclass(frozen=True, slots=True)
class Asked:
    """A key of office.toml, its question, what is taken when nothing is said, and what fits."""

    key: str
    question: str
    default: str
    fits: str


QUESTIONS: tuple[Asked, ...] = (
    Asked("name", N_("Name of the office"), "", N_("1 to 80 characters")),
    Asked("phone", N_("Its phone, which people see"), "", N_("a phone number, or nothing")),
    Asked("language", N_("Its language"), "", N_("one of: {languages}")),
    Asked("zone", N_("Its time zone"), "Asia/Shanghai", N_("the name of a time zone, such as {example}")),
    Asked("opens", N_("It opens at"), "08:30", N_("hour and minute, such as 08:30, and before it closes")),
    Asked("closes", N_("It closes at"), "17:30", N_("hour and minute, such as 17:30, and after it opens")),
)
PLACES = {"languages": ", ".join(LANGUAGES), "example": "Asia/Shanghai"}
SAMPLE = {"name": "–"}
TIMES = ("opens", "closes")


def init(
    name: Annotated[str | None, typer.Option(help=_("name of the office"))] = None,
    phone: Annotated[str | None, typer.Option(help=_("its phone, which people see"))] = None,
    office_language: Annotated[str | None, typer.Option("--language", help=", ".join(LANGUAGES))] = None,
    zone: Annotated[str | None, typer.Option(help=_("its time zone"))] = None,
    opens: Annotated[str | None, typer.Option(help=_("when it opens, such as 08:30"))] = None,
    closes: Annotated[str | None, typer.Option(help=_("when it closes, such as 17:30"))] = None,
    yes: Annotated[bool, typer.Option("--yes", help=_("ask nothing: take what is usual"))] = False,
    force: Annotated[bool, typer.Option("--force", help=_("replace a file that is there"))] = False,
) -> None:
    """Ask, and write office.toml."""
    wanted = settings()
    if wanted.office.exists() and not force:
        raise NotDone(what=_("{file} is there already; {option} replaces it", file=wanted.office, option="--force"))
    given = {
        "name": name,
        "phone": phone,
        "language": office_language,
        "zone": zone,
        "opens": opens,
        "closes": closes,
    }
    answers: dict[str, str] = {}
    for asked in QUESTIONS:
        answers[asked.key] = _answer(asked, given[asked.key], answers, ask=not yes)
    _write(wanted.office, answers)
    _make_folders(wanted)
    _next_steps(wanted)


def _answer(asked: Asked, given: str | None, before: dict[str, str], *, ask: bool) -> str:
    """What was given as an option, else what is answered until it fits, else what is usual."""
    default = asked.default or (language() if asked.key == "language" else "")
    if given is None and ask:
        return _heard(asked, default, before)
    answer = default if given is None else given.strip()
    if not _fits(asked.key, answer, before):
        raise BadDeclaration(where=f"--{asked.key}", what=_(asked.fits, **_places(asked)))
    return answer


def _heard(asked: Asked, default: str, before: dict[str, str]) -> str:
    while True:
        preset = default if default or asked.key == "phone" else None
        answer = str(typer.prompt(_(asked.question), default=preset)).strip()
        if _fits(asked.key, answer, before):
            return answer
        complain(_(asked.fits, **_places(asked)))


def _places(asked: Asked) -> dict[str, str]:
    return {name: text for name, text in PLACES.items() if f"{{{name}}}" in asked.fits}


def _fits(key: str, answer: str, before: dict[str, str]) -> bool:
    if any(ord(character) < ord(" ") or character == "\x7f" for character in answer):
        return False
    try:
        tried = OfficeFile(**{**SAMPLE, **before, key: answer})  # type: ignore[arg-type]
    except ValidationError:
        return False
    return key not in TIMES or key not in {**before, key: answer} or "opens" not in before or tried.opens < tried.closes


def _write(path: Path, answers: dict[str, str]) -> None:
    """The file has its name only when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(_toml(answers), encoding="utf-8")
    os.replace(part, path)


def _toml(answers: dict[str, str]) -> str:
    times = OfficeFile(**answers)  # type: ignore[arg-type]
    texts = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in answers.items() if key not in TIMES]
    return "\n".join([*texts, f"opens = {times.opens.isoformat()}", f"closes = {times.closes.isoformat()}", ""])


def _make_folders(wanted: Settings) -> None:
    for folder in (wanted.files, wanted.keys):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _next_steps(wanted: Settings) -> None:
    say(_("Written: {file}. Next:", file=wanted.office))
    for number, (command, why) in enumerate(NEXT, 1):
        say(f"  {number}. {command:<42} {_(why)}")


NEXT: tuple[tuple[str, str], ...] = (
    ("qinqing import units FILE.xlsx", N_("take over the units")),
    ("qinqing import people FILE.xlsx --invite", N_("take over officials, with a code for each")),
    ("qinqing invite --role administrator", N_("a code for whoever looks after the office")),
    ("qinqing doctor", N_("look whether everything is in order")),
    ("qinqing run", N_("open the office")),
)
