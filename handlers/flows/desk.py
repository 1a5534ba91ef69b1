"""The dispatcher's desk: the queue, the likely unit, accepting and dispatching, visits to make, calls to make."""

from __future__ import annotations

from domain.case import Case, Kind, Status, Weight
from domain.errors import WrongUnit
from domain.messages import Button, Message, rows
from domain.rights import RIGHTS, Right
from handlers import cards, casework, likely, phrases, worklist
from handlers.flows.follow import after
from handlers.flows.tasks import allowed
from handlers.questions import Choice, Confirm, Option, Told
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import cases, units, visits

MOST_ASSISTING = 6


@flow(
    "desk",
    command="desk",
    words=N_("desk|the desk"),
    roles=RIGHTS[Right.DESK],
    describes=N_("cases to decide on and dispatch"),
)
async def desk(talk: Talk) -> Message:
    """What waits at the desk, the most urgent first."""
    turn = talk.turn
    waiting = worklist.of_desk(turn.tx, turn.holdings, turn.now)
    title = _("{count} at the desk", count=len(waiting)) if waiting else _("The desk is empty.")
    queue = cards.task_list(turn.tx, waiting, turn.now, title, "desk", talk.arg)
    to_visit, to_call = len(_unrated(turn)), len(_owed(turn))
    more = [
        Button(_("Visits to make ({count})", count=to_visit), "f:visits"),
        Button(_("Calls to make ({count})", count=to_call), "f:calls"),
    ]
    return queue.plus(*more)


def _unrated(turn: Turn) -> list[Case]:
    return worklist.seen_by(cases.in_status(turn.tx, [Status.ANSWERED]), turn.holdings)


@flow(
    "visits",
    command="visits",
    words=N_("visits to make"),
    roles=RIGHTS[Right.VISITS],
    describes=N_("answered cases to visit"),
)
async def to_visit(talk: Talk) -> Message:
    """Answered cases whose owners have not rated yet."""
    return _case_list(_unrated(talk.turn), _("Visits to make"), _("Every answered case has been rated."))


@flow("calls", command="calls", words=N_("calls to make"), roles=RIGHTS[Right.VISITS], describes=N_("owners to phone"))
async def to_call(talk: Talk) -> Message:
    """Owners who can only be reached by phone."""
    return _case_list(_owed(talk.turn), _("Calls to make"), _("Nobody needs to be phoned."))


def _owed(turn: Turn) -> list[Case]:
    owed = cases.many(turn.tx, [call.case for call in visits.owed_calls(turn.tx)])
    return worklist.seen_by(owed.values(), turn.holdings)


def _case_list(found: list[Case], title: str, empty: str) -> Message:
    lines = [f"{n}. {phrases.about(case)}" for n, case in enumerate(found[:8], 1)]
    buttons = [Button(f"☎ {case.number}", f"f:call:{case.id}") for case in found[:8]]
    return Message("\n".join(lines) or empty, title, buttons=(*rows(buttons, 2), (Button(_("The desk"), "f:desk"),)))


@flow("take", roles=RIGHTS[Right.DECIDE])
async def take(talk: Talk) -> Message:
    """Accept a case where that is still to be done, and hand it to a unit; one tap where the unit is named."""
    wanted, _sep, tapped = talk.arg.partition(".")
    case_id = talk.read("case", _to_dispatch, wanted)
    case = casework.seen(talk.turn, str(case_id))
    if tapped:
        talk.do("dispatched", dispatch, case_id, _named(talk.turn, tapped), (), None)
        return _dispatched(talk.turn, case_id)
    chosen = await talk.ask("lead", _lead(talk, case))
    lead = int(chosen)
    assisting = await _assisting(talk, case, lead)
    joint = bool(assisting) and await talk.ask("joint", _jointly()) == "each"
    weight = await _weight(talk, case)
    names = units.names(talk.tx)
    with_them = _("Also answering") if joint else _("Assisting")
    facts = [(_("Lead unit"), names[lead]), (with_them, phrases.listed(names[unit] for unit in assisting))]
    await talk.confirm(
        Confirm(
            prompt=_("Dispatch {about}?", about=phrases.about(case)),
            facts=tuple((label, value) for label, value in facts if value),
            yes=_("Dispatch"),
        )
    )
    talk.do("dispatched", dispatch, case_id, lead, tuple(assisting), weight, joint=joint)
    return _dispatched(talk.turn, case_id)


def _named(turn: Turn, tapped: str) -> int:
    """The unit of a button, which may be as old as the unit it names. Raises WrongUnit."""
    known = {str(unit): unit for unit in units.names(turn.tx)}
    if tapped not in known:
        raise WrongUnit(unit=tapped[:20])
    return known[tapped]


def _to_dispatch(turn: Turn, wanted: str) -> int:
    case = casework.seen(turn, wanted)
    return allowed(turn, wanted, "accept" if case.status is Status.FILED else "dispatch")


def dispatch(
    turn: Turn, case_id: int, lead: int, assisting: tuple[int, ...], weight: str | None, *, joint: bool = False
) -> int:
    """Accept if that was not done yet, and dispatch; joint: each unit answers for itself. Returns the case's id."""
    case = cases.get(turn.tx, case_id)
    if case is not None and case.status is Status.FILED:
        casework.move(turn, case_id, "accept", quietly=True)
    known = Weight(weight) if weight else None
    return casework.move(turn, case_id, "dispatch", lead=lead, assisting=assisting, weight=known, joint=joint)


def _dispatched(turn: Turn, case_id: int) -> Message:
    return after(turn, case_id, _("Dispatched. The owner and the unit have been told."))


def _lead(talk: Talk, case: Case) -> Choice:
    lines = tuple(Option(str(unit), name) for unit, name in talk.read("likely", _by_likelihood, case.id))
    prompt = _("Which unit leads? The likeliest come first.")
    return Choice(prompt=prompt, lines=lines, across=2, label=_("Lead unit"))


def _by_likelihood(turn: Turn, case_id: int) -> list[tuple[int, str]]:
    return likely.in_order(turn.tx, casework.seen(turn, str(case_id)))


def _jointly() -> Choice:
    lines = (
        Option("lead", _("The lead answers, the others assist")),
        Option("each", _("Each unit answers for itself")),
    )
    return Choice(prompt=_("Does each unit answer for itself?"), lines=lines, label=_("Answers"))


async def _assisting(talk: Talk, case: Case, lead: int) -> list[int]:
    """Units that assist, asked one after another until there are no more; with an accused lead at least one."""
    chosen: list[int] = []
    known = talk.read("units", _unit_names)
    for number in range(MOST_ASSISTING):
        left = tuple(Option(str(unit), name) for unit, name in known if unit not in (lead, *chosen))
        none = Option("0", _("No, nobody") if number == 0 else _("That is all"))
        accused = number == 0 and case.kind is Kind.COMPLAINT and lead == case.named_unit
        lines = left if accused else (none, *left)
        label = _("Assisting") if number == 0 else ""
        question = Choice(prompt=_asked(number, accused=accused), lines=lines, across=2, label=label)
        unit = await talk.ask(f"assisting{number or ''}", question)
        if unit == "0":
            break
        chosen.append(int(unit))
    return chosen


def _asked(number: int, *, accused: bool) -> str:
    if accused:
        return _("This complaint is about that unit, so it cannot go there alone. Which other unit looks at it too?")
    return _("Does another unit assist?") if number == 0 else _("Yet another one?")


def _unit_names(turn: Turn) -> list[tuple[int, str]]:
    return list(units.names(turn.tx).items())


async def _weight(talk: Talk, case: Case) -> str | None:
    rule = talk.office.rulebook.kinds[case.kind]
    if not rule.weights:
        return None
    lines = tuple(
        Option(str(weight), f"{_(phrases.WEIGHTS[weight])} · {phrases.limit_words(rule.handle[weight])}")
        for weight in rule.weights
    )
    return await talk.ask("weight", Choice(prompt=_("How heavy is it?"), lines=lines, label=_("Weight")))


@flow("answer_now", roles=RIGHTS[Right.DECIDE])
async def answer_now(talk: Talk) -> Message:
    """Answer an inquiry at once."""
    case_id = talk.read("case", allowed, talk.arg, "answer_at_once")
    account = await talk.ask("text", Told(prompt=_("Please write the answer."), most=5000, label=_("Answer")))
    talk.do("answered", casework.move, case_id, "answer_at_once", text=account.text, files=account.files)
    return after(talk.turn, case_id, _("Answered. The owner is asked whether it is solved."))
