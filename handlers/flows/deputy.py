"""Going away: somebody stands in from one day through another, named in the chat."""

from __future__ import annotations

from datetime import date

from domain.messages import Button, Message, rows
from domain.rights import RIGHTS, Right
from handlers import menus, standing_in
from handlers.days import Day
from handlers.flows import picking
from handlers.questions import Confirm
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import deputies, people

NEW = "new"
END = "end."


@flow(
    "deputy",
    command="deputy",
    words=N_("deputy|deputies|i am away"),
    roles=RIGHTS[Right.DEPUTY],
    describes=N_("who stands in while you are away"),
)
async def deputy(talk: Talk) -> Message:
    """Who stands in for whom, and naming somebody. arg: "new", or "end." with a number."""
    if talk.arg.startswith(END):
        talk.do("ended", _end, talk.arg.removeprefix(END))
        return listed(talk.turn, _("It has ended; both of you know."))
    if talk.arg != NEW and talk.read("any", _any):
        return listed(talk.turn)
    return await _name(talk, talk.person.id)


@flow("deputy_for", roles=RIGHTS[Right.PEOPLE])
async def deputy_for(talk: Talk) -> Message:
    """An administrator names a deputy for somebody. arg: whose."""
    return await _name(talk, talk.read("whose", picking.official, talk.arg))


def listed(turn: Turn, text: str = "") -> Message:
    """Where the person is stood in for, and stands in, with a button to end each."""
    found = deputies.about(turn.tx, turn.person.id, turn.now)
    lines = [
        _("{name} stands in for you: {days}", name=one.deputy_name, days=standing_in.days_of(turn.tx, one))
        if one.person == turn.person.id
        else _("You stand in for {name}: {days}", name=one.name, days=standing_in.days_of(turn.tx, one))
        for one in found
    ]
    ends = [Button(_("End number {n}", n=n), f"f:deputy:{END}{one.id}") for n, one in enumerate(found, 1)]
    numbered = [f"{n}. {line}" for n, line in enumerate(lines, 1)]
    shown = "\n".join(part for part in (text, *(numbered or [_("Nobody stands in for anybody.")])) if part)
    more = (Button(_("Name a deputy"), f"f:deputy:{NEW}"), Button(_("Main menu"), "f:start"))
    return Message(shown, _("Deputies"), buttons=(*rows(ends, 2), more))


async def _name(talk: Talk, person: int) -> Message:
    mine = person == talk.person.id
    whose = talk.read("whom", _name_of, person)
    prompt = _("Who stands in for you?") if mine else _("Who stands in for {name}?", name=whose)
    other = await picking.colleague(talk, prompt, picking.of_my_units)
    today = talk.office.calendar.today(talk.now)
    first = await talk.ask("first", Day(prompt=_("From which day?"), today=today, label=_("From")))
    through = Day(prompt=_("Through which day? It ends by itself."), today=first, label=_("Through"))
    last = await talk.ask("last", through)
    about = ((_("Deputy"), talk.read("deputy", _name_of, other)), (_("Days"), standing_in.span_words(first, last)))
    await talk.confirm(Confirm(prompt=_explained(), facts=about, yes=_("Name them")))
    talk.do("named", _appoint, person, other, first, last)
    return listed(talk.turn, _("Done. Your deputy knows.")) if mine else menus.menu(talk.turn, _("Done. Both know."))


def _explained() -> str:
    return _("The deputy sees and does what belongs to these roles meanwhile; every step bears both names.")


def _any(turn: Turn) -> bool:
    return bool(deputies.about(turn.tx, turn.person.id, turn.now))


def _name_of(turn: Turn, person: int) -> str:
    one = people.get(turn.tx, person)
    return one.name if one else ""


def _appoint(turn: Turn, person: int, other: int, first: date, last: date) -> bool:
    standing_in.appoint(turn.tx, person, other, first, last, turn.now, turn.person.id)
    turn.forget_roles()
    return True


def _end(turn: Turn, wanted: str) -> bool:
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 16 else 0
    if not standing_in.end(turn.tx, number, turn.person.id, turn.now):
        raise standing_in.StandingInOver()
    turn.forget_roles()
    return True
