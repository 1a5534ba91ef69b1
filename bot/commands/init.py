"""qinqing init: a new office's file, from a few answers."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from bot import serving
from bot.commands import workbook
from bot.commands.telling import NotDone, command, complain, say
from bot.settings import OfficeFile, Settings, settings
from domain.errors import BadDeclaration
from handlers.words import LANGUAGES, N_, _, language, speaking


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
#: A question is asked so often; what goes on answering wrongly is no person.
MOST_ASKED = 10
TIMES = ("opens", "closes")
WORKBOOK = "office.xlsx"


def init(
    name: Annotated[str | None, typer.Option(help=_("name of the office"))] = None,
    phone: Annotated[str | None, typer.Option(help=_("its phone, which people see"))] = None,
    office_language: Annotated[str | None, typer.Option("--language", help=", ".join(LANGUAGES))] = None,
    zone: Annotated[str | None, typer.Option(help=_("its time zone"))] = None,
    opens: Annotated[str | None, typer.Option(help=_("when it opens, such as 08:30"))] = None,
    closes: Annotated[str | None, typer.Option(help=_("when it closes, such as 17:30"))] = None,
    yes: Annotated[bool, typer.Option("--yes", help=_("ask nothing: take what is usual"))] = False,
    force: Annotated[bool, typer.Option("--force", help=_("replace a file that is there"))] = False,
    sample: Annotated[bool, typer.Option("--sample", help=_("only write the workbook to fill in"))] = False,
) -> None:
    """Ask, and write office.toml and the workbook to fill in."""
    wanted = settings()
    if sample:
        book = wanted.office.with_name(WORKBOOK)
        if book.exists() and not force:
            raise NotDone(what=_("{file} is there already; {option} replaces it", file=book, option="--force"))
        say(_("Written: {file}.", file=_write_workbook(wanted, replaces=force)))
        return
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
    with speaking(answers["language"]):
        book = _write_workbook(wanted, replaces=False)
    _next_steps(wanted, book)


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
    for _time in range(MOST_ASKED):
        answer = str(typer.prompt(_(asked.question), default=default, show_default=bool(default))).strip()
        if _fits(asked.key, answer, before):
            return answer
        complain(_(asked.fits, **_places(asked)))
    text = N_("no answer to “{question}” fits; give it as {option}")
    raise NotDone(what=_(text, question=_(asked.question), option=f"--{asked.key}"))


def _places(asked: Asked) -> dict[str, str]:
    return {name: text for name, text in PLACES.items() if f"{{{name}}}" in asked.fits}


def _fits(key: str, answer: str, before: dict[str, str]) -> bool:
    if any(ord(character) < ord(" ") or character == "\x7f" for character in answer):
        return False
    try:
        tried = OfficeFile.model_validate({**SAMPLE, **before, key: answer})
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
    times = OfficeFile.model_validate(answers)
    texts = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in answers.items() if key not in TIMES]
    return "\n".join([*texts, f"opens = {times.opens.isoformat()}", f"closes = {times.closes.isoformat()}", ""])


def _make_folders(wanted: Settings) -> None:
    for folder in (wanted.files, wanted.keys):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _write_workbook(wanted: Settings, *, replaces: bool) -> Path:
    """The workbook beside the office's file; one that is there holds somebody's work, and stays unless told."""
    path = wanted.office.with_name(WORKBOOK)
    path.parent.mkdir(parents=True, exist_ok=True)
    if replaces or not path.exists():
        path.write_bytes(workbook.sample())
    return path


def _next_steps(wanted: Settings, book: Path) -> None:
    say(_("Written: {file}. Next:", file=f"{wanted.office}, {book}"))
    steps = [(words and command(words.format(book=book)), _told(why, book)) for words, why in NEXT]
    width = max(len(words) for words, _why in steps) + 2
    for number, (words, why) in enumerate(steps, 1):
        say(f"  {number}. {words.ljust(width) if words else ''}{why}")
    if serving.DEMO_FOLDER.exists():
        text = N_("The demo keeps its own data apart: nothing of it is in this office. To remove it: {command}")
        say(_(text, command=command("demo --remove")))


def _told(why: str, book: Path) -> str:
    return _(why, book=book.name) if "{book}" in why else _(why)


#: A command, or none where people work by hand, and what it is for.
NEXT: tuple[tuple[str, str], ...] = (
    ("", N_("fill in {book}: units, people with their roles; at least one administrator and one dispatcher")),
    ("import {book}", N_("take it over; mistakes are named by cell, and nothing is written before you agree")),
    ("invite --all", N_("a page to print, with a link and a square to scan for each of them")),
    ("doctor", N_("look whether everything is in order")),
    ("run", N_("open the office")),
)
