"""Filing a case: request, complaint, inquiry or suggestion, told in the owner's own words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from domain.case import Kind, Naming, Status
from domain.messages import Answer, Button, Message, rows
from handlers import accused, casework, likeness, menus, phrases, subscribing, wording
from handlers.casework import Filed
from handlers.flows.consent import agree, not_without
from handlers.flows.follow import added, standing
from handlers.flows.search import found_for
from handlers.phones import Phone, phone_words
from handlers.questions import Account, Choice, Confirm, Files, Line, Option, Told, Where, joined, place_words
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _, once_a_language
from storage import cases, people, told, units

#: The value of a line that adds to a case begins so; its id follows.
ADDITION = "add:"
MOST_ADDED_TO = 2


@flow(
    "file",
    command="file",
    words=N_("file|file a case|new case"),
    describes=N_("file a request, complaint, inquiry or suggestion"),
)
async def file_case(talk: Talk) -> Message:
    """File a case by talking."""
    if not await agree(talk, gathers="facts"):
        return not_without(talk)
    kind = Kind(await talk.ask("kind", _kind()))
    account = await talk.ask("facts", _facts())
    return await file_told(talk, kind, account)


@flow("offer")
async def offer(talk: Talk) -> Message:
    """Text that came outside any talk: offered as a filing or an addition, with the text in place.

    A reply to a message about a case carries its id, and is offered to that case first.
    """
    return await placed(talk, await talk.ask("facts", _facts()), talk.arg)


async def placed(talk: Talk, account: Account, replied: str = "") -> Message:
    """What was told is filed, added, or meant something else. replied: the id of the case it came as a reply about."""
    kind = await talk.ask("kind", _offered_kinds(talk, account, replied))
    if kind.startswith(ADDITION):
        return added(talk, int(kind.removeprefix(ADDITION)), account)
    if kind == "none":
        return menus.menu(talk.turn, _("All right. Nothing was filed."))
    if kind == "find":
        return found_for(talk.turn, account.text)
    if kind == "look":
        return standing(talk.turn)
    if not await agree(talk):
        return not_without(talk)
    if not account.text.strip():
        account = await _with_words(talk, account)
    return await file_told(talk, Kind(kind), account)


async def _with_words(talk: Talk, account: Account) -> Account:
    """Photos or a place that came alone need a few words."""
    told = await talk.ask("words", Told(prompt=_facts().prompt, worded=True))
    return Account(told.text, joined(account.files, told.files), told.place or account.place)


def offered(answer: Answer) -> dict[str, Any]:
    """The answers an offer begins with: what was sent, in place."""
    place = place_words(answer.place) if answer.place else ""
    return {"facts": msgspec.to_builtins(Account(answer.text, answer.files, place))}


@once_a_language
def _kind_lines() -> tuple[Option, ...]:
    return tuple(Option(str(kind), _(words)) for kind, words in phrases.KIND_LINES.items())


def _kind() -> Choice:
    return Choice(prompt=_("What would you like to do?"), lines=_kind_lines(), label=_("Kind"), gathers="facts")


@once_a_language
def _facts() -> Told:
    prompt = _("What happened, where, since when? One message is enough.")
    return Told(prompt=prompt, label=_("What happened"), worded=True)


def _offered_kinds(talk: Talk, account: Account, replied: str) -> Choice:
    prompt = _("You wrote: “{text}”\nShall I file this for you?", text=_sent(account))
    mine = talk.read("mine", _open_cases, replied)
    first = [_addition(case, number) for case, number, first in mine if first]
    others = [_addition(case, number) for case, number, first in mine if not first]
    find = [Option("find", _("Find it among the cases"))] if talk.turn.official and account.text else []
    look = [Option("look", _("See how my cases stand"))] if mine and wording.asks_how_it_stands(account.text) else []
    lines = (*look, *first, *_kind_lines(), *find, *others, Option("none", _("No, neither")))
    return Choice(prompt=prompt, lines=lines, label=_("Kind"), gathers="facts")


def _sent(account: Account) -> str:
    """The words that were sent, all messages in one line, shortened; and how many files came along."""
    told = phrases.in_a_line(account.text, 60)
    count = _("{count} file(s)", count=len(account.files)) if account.files else ""
    return " + ".join(part for part in (told, count) if part)


def _addition(case: int, number: str) -> Option:
    return Option(f"{ADDITION}{case}", _("Add it to my case {number}", number=number))


def _open_cases(turn: Turn, replied: str = "") -> list[tuple[int, str, bool]]:
    """(id, number, whether it comes first) of the person's cases that take more, those that wait for it first.

    replied: the id of the case this was sent as a reply about, "" for none.
    """
    mine = [case for case in cases.of_owner(turn.tx, turn.person.id) if likeness.takes_more(turn, case)]
    mine.sort(key=lambda case: (str(case.id) != replied, case.status is not Status.WAITING))
    return [
        (case.id, case.number, str(case.id) == replied or case.status is Status.WAITING)
        for case in mine[:MOST_ADDED_TO]
    ]


async def file_told(talk: Talk, kind: Kind, account: Account, unit: str = "0") -> Message:
    """The rest of a filing, once kind and facts are there. unit: the id of the one it is for, where that is known."""
    named = await _accused(talk, account.text) if kind is Kind.COMPLAINT else unit
    naming = Naming(await talk.ask("naming", _naming(), default=None if kind is Kind.COMPLAINT else "named"))
    enterprise, contact = "", ""
    if naming is not Naming.ANONYMOUS:
        enterprise = await talk.ask("enterprise", _enterprise(), default=talk.person.enterprise or None)
        contact = await talk.ask("contact", _contact(), default=talk.person.phone or None)
    none: tuple[int, ...] = ()
    photos = await talk.ask("photos", _photos, default=none)
    place = await talk.ask("place", _place, default=account.place)
    account = Account(account.text, joined(account.files, photos), place)
    chosen = await talk.ask("unit", lambda: _unit(talk), default=named)
    twin = talk.read("twin", _twin, account.text) if naming is not Naming.ANONYMOUS else []
    if twin and await talk.ask("join", _join(*twin)) == "add":
        return added(talk, twin[0], account)
    await talk.confirm(_summary(talk, kind, account, naming, enterprise, contact, int(chosen)))
    case = talk.do(
        "case",
        file_it,
        kind=kind,
        account=account,
        naming=naming,
        enterprise=enterprise,
        contact=contact,
        unit=int(chosen) or None,
        ref=talk.row.memory.refs.get("facts", ""),
        parts=tuple(talk.row.memory.parts.get("facts", ())),
    )
    return filed(talk.turn, case)


def _twin(turn: Turn, facts: str) -> list[Any]:
    """[id, number, what it is about] of an open case of this person that looks like what they file; [] for none."""
    found = likeness.own(turn, facts)
    return [found.id, found.number, phrases.short(found.facts, 40)] if found else []


def _join(_case: int, number: str, about: str) -> Choice:
    lines = (
        Option("add", _("Add it to case {number}", number=number)),
        Option("new", _("No, file it as a new one")),
    )
    prompt = _(
        "This looks like your case {number}, which is open: “{about}”. Shall I add it there? "
        "Whoever works on that case sees it at once.",
        number=number,
        about=about,
    )
    return Choice(prompt=prompt, lines=lines, label=_("The same matter?"))


@once_a_language
def _naming() -> Choice:
    lines = (
        Option("named", _("The unit may know my name")),
        Option("kept", _("Keep my name from the unit (the office knows it)")),
        Option("anonymous", _("Anonymous (nobody knows; we can only write to you here)")),
    )
    return Choice(prompt=_("May the unit that acts know who you are?"), lines=lines, label=_("My name"))


@once_a_language
def _enterprise() -> Line:
    prompt = _("Which enterprise or shop is it about? It is remembered for next time.")
    return Line(prompt=prompt, label=_("Enterprise"), most=100, optional=True)


@once_a_language
def _contact() -> Phone:
    return Phone(prompt=_("On which phone number can we reach you?"), label=_("Phone"))


@once_a_language
def _photos() -> Files:
    return Files(prompt=_("Which photos or files belong to it?"), label=_("Photos and files"), optional=True)


@once_a_language
def _place() -> Where:
    return Where(prompt=_("Where is it?"), label=_("Place"), optional=True)


async def _accused(talk: Talk, text: str) -> str:
    """The unit a complaint is about: one that it names is asked for, because it may as well be the one to help."""
    named = talk.read("named", _named_unit, text)
    if not named:
        return "0"
    unit = units.names(talk.tx).get(int(named), "")
    lines = (
        Option("yes", _("Yes, it is about {unit} itself", unit=unit)),
        Option("no", _("No, {unit} should look after it", unit=unit)),
    )
    prompt = _("Is your complaint about {unit} itself? Then it does not go to that unit alone.", unit=unit)
    return named if await talk.ask("about", Choice(prompt=prompt, lines=lines)) == "yes" else "0"


def _named_unit(turn: Turn, text: str) -> str:
    return str(accused.unit_in(turn.tx, text) or "")


def _unit(talk: Talk) -> Choice:
    known = talk.read("units", _units)
    lines = (Option("0", _("I do not know, you decide")), *(Option(code, name) for code, name in known))
    return Choice(prompt=_("Which unit is it about, if you know?"), lines=lines, across=2, label=_("Unit"))


def _units(turn: Turn) -> list[tuple[str, str]]:
    return [(str(unit.id), unit.name) for unit in units.every(turn.tx)]


def _summary(
    talk: Talk, kind: Kind, account: Account, naming: Naming, enterprise: str, contact: str, unit: int
) -> Confirm:
    facts = (
        (_("Kind"), _(phrases.KINDS[kind])),
        (_("What happened"), phrases.short_paragraph(account.text, 200)),
        (_("Photos and files"), _("{count} file(s)", count=len(account.files)) if account.files else ""),
        (_("Place"), account.place),
        (_("Enterprise"), enterprise),
        (_("Phone"), phone_words(contact)),
        (_("My name"), _(phrases.NAMINGS[naming])),
        (_("Complaint about") if kind is Kind.COMPLAINT else _("Unit"), units.names(talk.tx).get(unit, "")),
    )
    return Confirm(
        prompt=_("Is it right like this? What you still write or send joins it."),
        title=_("Please check"),
        facts=tuple((label, value) for label, value in facts if value),
        yes=_("Submit"),
        gathers="words" if "words" in talk.seen else "facts",
    )


def file_it(
    turn: Turn,
    *,
    kind: Kind,
    account: Account,
    naming: Naming,
    enterprise: str,
    contact: str,
    unit: int | None,
    ref: str,
    parts: tuple[str, ...] = (),
) -> dict[str, Any]:
    """File the case, and remember enterprise and phone for next time.

    ref: of the message the facts came in; parts: of all of them, where there were several.

    Returns id, number, receipt, and "silence": the moment (ISO 8601) at which it is accepted by itself.
    """
    filed_case = Filed(
        kind=kind,
        facts=account.text,
        files=account.files,
        naming=naming,
        enterprise=enterprise,
        contact=contact,
        place=account.place,
        named_unit=unit,
        project=named_project(turn, account.text),
        told_ref=ref,
    )
    person = turn.person
    case = casework.file(turn.tx, filed_case, person.owner, person.id, turn.now)
    told.keep(turn.tx, person.id, parts, case.id, told.PART, turn.now)
    remembered = {"enterprise": enterprise or person.enterprise, "phone": contact or person.phone}
    if remembered != {"enterprise": person.enterprise, "phone": person.phone}:
        people.change(turn.tx, person.id, **remembered)
    silence = turn.office.calendar.due(turn.now, turn.office.rulebook.silence)
    return {"id": case.id, "number": case.number, "receipt": case.receipt, "silence": silence.at.isoformat()}


def named_project(turn: Turn, text: str) -> int | None:
    """The key project whose name stands in the text, the longest name first."""
    named = [(len(name), project) for project, name in units.all_projects(turn.tx) if name in text]
    return max(named)[1] if named else None


def filed(turn: Turn, case: dict[str, Any]) -> Message:
    """What the owner hears at once: the number, what comes next, by when, and the receipt."""
    lines = [
        _("Received. Your number is {number}.", number=case["number"]),
        _(
            "By {when} you hear whether it is accepted; if nobody decides by then, it is accepted by itself.",
            when=phrases.moment_words(datetime.fromisoformat(case["silence"]), turn.office, turn.now),
        ),
    ]
    if turn.office.url:
        lines.append(_("Your receipt: {url}", url=f"{turn.office.url}/receipt/{case['receipt']}"))
    buttons = (Button(_("See how it stands"), f"f:case:{case['id']}"), Button(_("File another"), "f:file"))
    return subscribing.with_offer(turn, Message("\n".join(lines), buttons=rows(buttons, 2)))
