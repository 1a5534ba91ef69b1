"""Cases that belong together: joined to one that leads them, and taken out of the group again."""

from __future__ import annotations

from domain.case import Case, Status
from domain.errors import UnknownCase
from domain.messages import Message
from domain.permits import may_see
from domain.rights import RIGHTS, Right
from handlers import casework, likeness, phrases
from handlers.checks import LEADING
from handlers.flows.follow import after
from handlers.flows.tasks import allowed
from handlers.questions import Choice, Confirm, Option, Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import _
from storage import cases

DISPATCHERS = RIGHTS[Right.DECIDE]
BY_NUMBER = "0"
#: So often a number is asked for before the talk ends.
MOST_TRIES = 5
MOST_NUMBER = 30


@flow("merge", roles=DISPATCHERS)
async def merge(talk: Talk) -> Message:
    """A case is joined to one of the same matter. arg: the case, and with a dot between the one that leads."""
    wanted, _sep, lead = talk.arg.partition(".")
    case_id = talk.read("case", allowed, wanted, "merge")
    into = talk.read("lead", leading, lead, case_id) or await _chosen(talk, case_id)
    facts = talk.read(f"facts{into}", _told, case_id, into)
    prompt = _("Join them? One answer goes to all; each owner keeps the own number and date, and is told.")
    shown = tuple((label, value) for label, value in facts)
    await talk.confirm(Confirm(prompt=prompt, title=_("Please check"), facts=shown, yes=_("Join them")))
    talk.do("merged", join, case_id, into)
    return after(talk.turn, case_id, _("Joined. The owner has been told; whoever has the leading case answers both."))


async def _chosen(talk: Talk, case_id: int) -> int:
    """The leading case: one of those that look alike, or by its number."""
    near = talk.read("near", _alike, case_id)
    if near:
        lines = (*(Option(str(key), about) for key, about in near), Option(BY_NUMBER, _("Another one, by its number")))
        question = Choice(prompt=_("With which case? These look alike."), lines=lines, label=_("Leading case"))
        chosen = await talk.ask("into", question)
        if chosen != BY_NUMBER:
            return int(chosen)
    return await _numbered(talk, case_id)


async def _numbered(talk: Talk, case_id: int) -> int:
    prompt = _("What is the number of the leading case?")
    for attempt in range(MOST_TRIES):
        words = await talk.ask(f"number{attempt or ''}", Text(prompt=prompt, most=MOST_NUMBER))
        if found := talk.read(f"found{attempt}:{words.strip()}", leading, words.strip(), case_id):
            return found
        prompt = _("I see no open case that could lead under “{number}”. Please send another number.", number=words)
    raise UnknownCase(number=words.strip())


def _alike(turn: Turn, case_id: int) -> list[tuple[int, str]]:
    """Open cases that are likely of the same matter, the likeliest first."""
    case = casework.seen(turn, str(case_id))
    found = [one for one, _share in likeness.alike(turn.tx, case)]
    return [(one.id, phrases.about(one)) for one in found if _may_lead(turn, one, case_id)]


def leading(turn: Turn, wanted: str, case_id: int) -> int:
    """The id of the case that a number names, or of the one that leads its group; 0 for none that could lead."""
    case = _named(turn, wanted)
    if case is not None and case.merged_into is not None:
        case = cases.get(turn.tx, case.merged_into)
    return case.id if case is not None and _may_lead(turn, case, case_id) else 0


def _named(turn: Turn, wanted: str) -> Case | None:
    by_id = wanted.isascii() and wanted.isdecimal() and len(wanted) < 16
    return cases.get(turn.tx, int(wanted)) if by_id else cases.by_number(turn.tx, wanted)


def _may_lead(turn: Turn, case: Case, case_id: int) -> bool:
    under_way = case.status in LEADING or case.status is Status.FILED
    seen = any(may_see(case, actor) for actor in turn.actors)
    return seen and case.id != case_id and under_way and case.merged_into is None and not case.objected


def _told(turn: Turn, case_id: int, into: int) -> list[tuple[str, str]]:
    both = ((_("This case"), case_id), (_("Leading case"), into))
    return [(label, _line(casework.seen(turn, str(key)))) for label, key in both]


def _line(case: Case) -> str:
    return f"{case.number} · {phrases.short(case.facts, 60)}"


def join(turn: Turn, case_id: int, into: int) -> int:
    """Join; a leading case that is only filed is accepted first, and its owner hears so."""
    lead = cases.get(turn.tx, into)
    if lead is not None and lead.status is Status.FILED:
        casework.move(turn, into, "accept")
    return casework.move(turn, case_id, "merge", into=into)


@flow("unmerge", roles=DISPATCHERS)
async def unmerge(talk: Talk) -> Message:
    """A case is taken out of its group, and stands for itself again."""
    case_id = talk.read("case", allowed, talk.arg, "unmerge")
    text = await talk.ask("text", Text(prompt=_("Why is it a matter of its own? It stays on file."), most=1000))
    talk.do("parted", casework.move, case_id, "unmerge", text=text)
    return after(talk.turn, case_id, _("Taken out of the group. It is on the desk again; please dispatch it."))
