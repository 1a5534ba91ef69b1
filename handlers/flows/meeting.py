"""Requests taken on the spot: an official enters them during a meeting, each is dispatched at once, and they show as
one list."""

from __future__ import annotations

from domain.case import Kind
from domain.messages import Answer, Button, Message, rows
from domain.permits import may_see
from domain.rights import RIGHTS, Right
from handlers import casework, likely, phrases
from handlers.casework import Filed
from handlers.flows.desk import dispatch
from handlers.flows.filing import named_project
from handlers.phones import Phone
from handlers.questions import Account, Choice, Line, Option, Text, Told, Wrong
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import cases, people, recipients, units, visits

MOST = 20


@flow(
    "meeting",
    command="meeting",
    words=N_("meeting|tea meeting"),
    roles=RIGHTS[Right.MEETINGS],
    describes=N_("take requests during a meeting, dispatched on the spot"),
)
async def meeting(talk: Talk) -> Message:
    """Take one request after another; each is filed for its owner and dispatched before the next."""
    occasion = await talk.ask("occasion", Line(prompt=_("What is the meeting called?"), most=80, label=_("Meeting")))
    for number in range(1, MOST + 1):
        owner = await _owner(talk, number)
        account = await talk.ask(f"facts{number}", Told(prompt=_("Request {n}: what is it about?", n=number)))
        case = talk.do(f"case{number}", _take, occasion, owner, account)
        lines = tuple(Option(str(unit), name) for unit, name in talk.read(f"likely{number}", _likely, case))
        lead = await talk.ask(f"lead{number}", Choice(prompt=_("Which unit leads?"), lines=lines, across=2))
        talk.do(f"dispatched{number}", dispatch, case, int(lead), (), None)
        more = Choice(prompt=_("Dispatched. Another request?"), lines=_more_lines(), across=2)
        if await talk.ask(f"more{number}", more) == "no":
            break
    return listed(talk.turn, occasion)


def _more_lines() -> tuple[Option, ...]:
    return (Option("yes", _("Yes, the next one")), Option("no", _("No, that was all")))


async def _owner(talk: Talk, number: int) -> dict[str, object]:
    """Whose request it is: somebody the office knows, or a name and a phone number."""
    words = await talk.ask(
        f"who{number}", Text(prompt=_("Request {n}: whose? A name, an enterprise or a phone.", n=number), most=60)
    )
    known = talk.read(f"known{number}:{words.strip()}", _known, words)  # another name is another look
    if known:
        lines = (*(Option(str(p), name) for p, name in known), Option("0", _("Somebody else")))
        chosen = await talk.ask(f"person{number}", Choice(prompt=_("Which of these?"), lines=lines))
        if chosen != "0":
            return {"person": int(chosen), "name": words}
    phone = await talk.ask(
        f"phone{number}", Phone(prompt=_("Their phone number, so that they can be told?"), optional=True)
    )
    return {"person": 0, "name": words, "phone": phone}


def _known(turn: Turn, words: str) -> list[tuple[int, str]]:
    found = people.search(turn.tx, _phone(words)) or people.search(turn.tx, words.strip())
    return [(person.id, " ".join(part for part in (person.enterprise, person.name) if part)) for person in found]


def _phone(words: str) -> str:
    """A phone number as it is kept, where the words are one; else the words."""
    try:
        return Phone(prompt="").read(Answer(words), None, ()).value
    except Wrong:
        return words.strip()


def _take(turn: Turn, occasion: str, owner: dict[str, object], account: Account) -> int:
    """File for the owner; one who cannot be written to is to be phoned with the number."""
    person_id = int(str(owner["person"]))
    person = people.get(turn.tx, person_id) if person_id else None
    phone, name = str(owner.get("phone") or ""), str(owner["name"])
    if person is None:
        person = people.create(turn.tx, turn.office.language, turn.now, name=name, phone=phone)
    actor = next(holding.actor for holding in turn.holdings if holding.role in RIGHTS[Right.MEETINGS])
    filed = Filed(
        kind=Kind.REQUEST,
        facts=account.text,
        files=account.files,
        enterprise=person.enterprise,
        contact=person.phone,
        place=account.place,
        project=named_project(turn, account.text),
        occasion=occasion,
    )
    case = casework.file(turn.tx, filed, actor, person.id, turn.now)
    if recipients.door(turn.tx, person.id) is None:
        visits.owe_call(turn.tx, case.id, "number", 1, turn.now)
    return case.id


def _likely(turn: Turn, case_id: int) -> list[tuple[int, str]]:
    case, names = cases.get(turn.tx, case_id), units.names(turn.tx)
    first = [unit for unit, _share in likely.units_for(turn.tx, case)] if case else []
    return [(unit, names[unit]) for unit in (*first, *(u for u in names if u not in first))]


@flow("occasion", command="occasion", roles=RIGHTS[Right.OCCASIONS])
async def occasion(talk: Talk) -> Message:
    """The cases of one meeting as one list."""
    named = talk.arg or await talk.ask("occasion", Text(prompt=_("Of which meeting?"), most=80))
    return listed(talk.turn, named)


def listed(turn: Turn, occasion: str) -> Message:
    """The cases taken at an occasion that the person may see, with their units and where they stand."""
    names, taken = units.names(turn.tx), cases.of_occasion(turn.tx, occasion)
    found = [case for case in taken if any(may_see(case, actor) for actor in turn.actors)]
    lines = [
        f"{n}. {phrases.about(case)} · {names.get(case.lead.unit, '') if case.lead else ''} · "
        f"{_(phrases.STATUSES[case.status])}"
        for n, case in enumerate(found, 1)
    ]
    buttons = [Button(case.number, f"f:case:{case.id}") for case in found[:12]]
    title = _("{occasion}: {count} requests", occasion=occasion, count=len(found))
    return Message("\n".join(lines), title, buttons=rows(buttons, 2))
