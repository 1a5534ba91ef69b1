"""Handing the own open tasks to colleagues of the unit, all at once or one by one."""

from __future__ import annotations

from contextlib import suppress

from domain.case import Actor
from domain.errors import NotOfTheUnit, NotYours
from domain.messages import Message
from domain.permits import may_see
from domain.rights import RIGHTS, Right
from handlers import casework, gathered, menus, phrases
from handlers.questions import Choice, Option, Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import cases, handled, people

ALL = "all"
#: So many lines fit on a phone; all of them go with “all”.
MOST_LINES = 12


@flow(
    "handover",
    command="handover",
    words=N_("hand over|hand over my tasks"),
    roles=RIGHTS[Right.HANDOVER],
    describes=N_("hand your open tasks to a colleague"),
)
async def handover(talk: Talk) -> Message:
    """Which of the own tasks go to whom, and why."""
    mine = talk.read("mine", _in_hand)
    if not mine:
        return menus.menu(talk.turn, _("You have nothing in hand that could be handed over."))
    chosen = await talk.ask("which", _which(mine))
    unit = mine[0][0] if chosen == ALL else next(unit for unit, case, _about in mine if str(case) == chosen)
    those = [case for of, case, _about in mine if of == unit and chosen in (ALL, str(case))]
    others = talk.read(f"others{unit}", _colleagues, unit)
    if not others:
        text = _("Nobody else of your unit is here. Your head or the dispatcher can say who takes them.")
        return menus.menu(talk.turn, text)
    lines = tuple(Option(str(person), name) for person, name in others)
    whom = await talk.ask("whom", Choice(prompt=_("To whom?"), lines=lines, across=2, label=_("To")))
    why = await talk.ask(
        "why", Text(prompt=_("A word for your colleague: how does it stand, what comes next?"), most=1000)
    )
    count = talk.do("handed", _hand, unit, those, int(whom), why)
    return menus.menu(talk.turn, _("{count} handed over. Your colleague knows; the dates stay.", count=count))


def _which(mine: list[tuple[int, int, str]]) -> Choice:
    lines = tuple(Option(str(case), about) for _unit, case, about in mine[:MOST_LINES])
    first = mine[0][0]
    same = sum(unit == first for unit, _case, _about in mine)
    every = (Option(ALL, _("All {count}", count=same)),) if same > 1 else ()
    return Choice(prompt=_("Which of your tasks?"), lines=(*every, *lines), label=_("Tasks"))


def _workers(turn: Turn) -> list[Actor]:
    return [one.actor for one in turn.holdings if one.role in RIGHTS[Right.HANDOVER] and one.unit is not None]


def _in_hand(turn: Turn) -> list[tuple[int, int, str]]:
    """(unit, case, what about) of what the person, or whom they stand in for, handles; each once."""
    found: dict[int, tuple[int, int, str]] = {}
    for actor in _workers(turn):
        for person in sorted(actor.persons):
            for case in cases.many(turn.tx, handled.cases_of(turn.tx, person, actor.unit or 0)).values():
                if may_see(case, actor):
                    found.setdefault(case.id, (actor.unit or 0, case.id, phrases.about(case)))
    return list(found.values())


def _colleagues(turn: Turn, unit: int) -> list[tuple[int, str]]:
    held = [
        one
        for role in sorted(RIGHTS[Right.HANDOVER])
        for one in people.holders(turn.tx, role, turn.now, unit)
        if one.standing_in_for is None and one.person != turn.person.id
    ]
    return list({one.person: (one.person, one.name) for one in held}.values())


def _hand(turn: Turn, unit: int, those: list[int], whom: int, why: str) -> int:
    """Every one of the cases goes to the colleague; returns how many did.

    One that has moved on, or that the colleague may not have, stays where it is.
    """
    with gathered.gathering(turn.tx, turn.now):
        done = sum(_handed(turn, case, unit, whom, why) for case in those)
    if not done:
        raise NotYours()
    return done


def _handed(turn: Turn, case: int, unit: int, whom: int, why: str) -> bool:
    actor = _handles(turn, case, unit)
    if actor is None:
        return False
    with suppress(NotOfTheUnit), gathered.gathering(turn.tx, turn.now), turn.tx.savepoint():
        casework.act(turn.tx, case, "reassign", actor, turn.now, handler=whom, text=why)
        return True
    return False


def _handles(turn: Turn, case_id: int, unit: int) -> Actor | None:
    """In which role the person still handles the case: read again, for a confirmed list may be old."""
    case = cases.get(turn.tx, case_id)
    part = case.of_unit(unit) if case else None
    fit = [one for one in _workers(turn) if one.unit == unit and part and part.handler in one.persons]
    return fit[0] if fit and case and any(may_see(case, one) for one in fit) else None
