"""Who has read a case: its owner hears role and unit, whoever watches over the readings the names too."""

from __future__ import annotations

from domain.case import Case
from domain.errors import NotYours
from domain.messages import Button, Message, rows
from domain.rights import RIGHTS, Right
from handlers import cards, casework, menus, phrases, readings
from handlers.readings import ReadOn
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import cases, units

#: So many lines fit on a phone.
PAGE = 12
#: So many of one's newest cases are offered.
MOST_OWN = 8


@flow("readers", command="readers", words=N_("who has read it|who has read my case"))
async def readers(talk: Talk) -> Message:
    """Who has read a case, day by day. arg: the case, and where the list goes on behind a dot; empty for one's own."""
    wanted, _sep, onward = talk.arg.partition(".")
    if not wanted:
        return _of_own(talk.turn)
    case = casework.seen(talk.turn, wanted)
    if not (case.owner == talk.person.id or talk.turn.holds(*RIGHTS[Right.READING_LOG])):
        raise NotYours()
    return listed(talk.turn, case, cards.onward(onward) or 0)


def _of_own(turn: Turn) -> Message:
    """Of the person's only case at once; of several they say which."""
    mine = cases.of_owner(turn.tx, turn.person.id, MOST_OWN)
    if not mine:
        return menus.menu(turn, _("You have no case with us yet."))
    if len(mine) == 1:
        return listed(turn, mine[0])
    buttons = [Button(phrases.about(case), f"f:readers:{case.id}") for case in mine]
    return Message(_("Which case do you want to know it of?"), buttons=rows(buttons, 1))


def listed(turn: Turn, case: Case, start: int = 0) -> Message:
    """The readings of a case, the latest first."""
    found = readings.by_day(turn.tx, case)
    title = _("Who has read {number}", number=case.number)
    back = Button(_("Back to the case"), f"f:case:{case.id}")
    if not found:
        nobody = _(
            "Beside those whom the office told of it for their work, nobody has opened this case yet. "
            "Whoever does is written down here."
        )
        return Message(nobody, title).plus(back)
    lines = [_line(turn, case, one) for one in found[start : start + PAGE]]
    more = [Button(_("Earlier ones"), f"f:readers:{case.id}.+{start + PAGE}")] if found[start + PAGE :] else []
    return Message("\n".join([*lines, "", _explained(turn, case)]), title, buttons=((*more, back),))


def _line(turn: Turn, case: Case, one: ReadOn) -> str:
    place = units.names(turn.tx).get(one.unit or 0, "")
    names = "" if case.owner == turn.person.id else phrases.listed(one.names)
    who = " ".join(part for part in (place or _("the office"), menus.role_words(one.role), names) if part)
    when = phrases.moment_words(one.last, turn.office, turn.now)
    times = _("{n} times", n=one.times) if one.times > 1 else ""
    return " · ".join(part for part in (when, who, times) if part)


def _explained(turn: Turn, case: Case) -> str:
    if case.owner != turn.person.id:
        return _("The owner sees the same list, without the names.")
    said = _(
        "Everyone here reads it for their work, so post and unit are shown instead of names. Something looks wrong?"
    )
    phone = _("Please call {phone}.", phone=turn.office.phone) if turn.office.phone else _("Please tell us here.")
    return f"{said} {phone}"
