"""/board/case/<number>: one case with its story, files, clocks and chain, and the moves this person may make now."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.board import fields, rows
from bot.board.drawing import page
from bot.board.fields import Drawn
from bot.board.forms import AT_ONCE, FORMS, MoveForm, form_of
from bot.board.guard import status_of
from bot.board.sessions import Desk, Form, Page
from domain import ladder, lifecycle
from domain.case import Actor, ApprovalState, Case
from domain.deadlines import Deadline
from domain.errors import Refused
from domain.rights import Right
from handlers import attached, cards, phrases, proposals, readings
from handlers.flows import story
from handlers.turn import Turn
from handlers.words import _, of_error
from storage import deadlines, events, units
from storage.files import FileRecord

#: What the chat keeps behind its button “More”, the page keeps there too.
RARE = frozenset(move for move, _flow, _label in cards.MORE_BUTTONS)


@dataclass(frozen=True, slots=True)
class Clock:
    """One deadline: what for, when, how urgent (colour and word), and how it was reckoned line by line."""

    term: str
    due: str
    colour: str
    urgency: str
    reckoned: list[str]


@dataclass(frozen=True, slots=True)
class Offered:
    """One move as a form. rare: kept behind “More”; begun: it comes back with something wrong."""

    name: str
    label: str
    fields: list[Drawn]
    grave: bool
    rare: bool
    begun: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the page of a case shows. broken_at: the first link that does not verify, 0 where all do."""

    case: Case
    title: str
    status: str
    facts: list[tuple[str, str]]
    phone: str
    proposals: list[tuple[str, list[tuple[str, str]]]]
    steps: list[tuple[str, str]]
    files: list[FileRecord]
    clocks: list[Clock]
    links: int
    broken_at: int
    offered: list[Offered]
    once: str
    printed: str


async def show(desk: Desk) -> web.StreamResponse:
    """The case, after a move with a word of what was done."""
    done = desk.request.query.get("done", "")
    found = form_of(done)
    said = _("Done: {what}.", what=_(found[1].label)) if found else ""
    return await drawn_case(desk, desk.request.match_info["number"], said=said)


async def print_view(desk: Desk) -> web.StreamResponse:
    """The case for paper: no menu and no forms."""
    return await drawn_case(desk, desk.request.match_info["number"], template="case_print.html")


async def drawn_case(
    desk: Desk,
    number: str,
    *,
    template: str = "case.html",
    said: str = "",
    refusal: Refused | None = None,
    name: str = "",
    sent: Form | None = None,
) -> web.Response:
    """The page of a case; with `refusal`, why the move `name` was not made, and its form as it was `sent`."""
    sheet = await desk.read(sheet_of, number, name, sent)
    await desk.write(_read, sheet.case.id)
    fault = of_error(refusal) if refusal else ""
    status = status_of(refusal) if refusal else 200
    return page(desk, template, status, sheet=sheet, said=said, fault=fault)


def _read(turn: Turn, case_id: int) -> None:
    """The reading is written down before anything is shown."""
    case, _viewers = rows.seen(turn, str(case_id))
    readings.opened(turn, case, "board")


def sheet_of(turn: Turn, number: str, name: str = "", sent: Form | None = None) -> Sheet:
    """The case as this person may see it. Raises UnknownCase, as for a number there is none of."""
    case, viewers = rows.seen(turn, number)
    owner, phone = cards.owner_words(turn.tx, case, cards.least_hidden(viewers))
    steps = story.steps(turn, case)
    broken = events.broken(turn.tx, case.id, case.number)
    return Sheet(
        case=case,
        title=phrases.kind_words(case).capitalize(),
        status=cards.official_status(case),
        facts=_facts(turn, case, owner),
        phone=phone,
        proposals=_proposals(turn, case, viewers),
        steps=[_parted(step) for step in steps],
        files=attached.of_case(turn, case),
        clocks=[_clock(turn, one) for one in deadlines.of_case(turn.tx, case.id)],
        links=len(steps),
        broken_at=broken.seq if broken else 0,
        offered=_offered(turn, case, viewers, name, sent),
        once=secrets.token_urlsafe(12),
        printed=f"{turn.office.calendar.local(turn.now):%Y-%m-%d %H:%M}",
    )


def _facts(turn: Turn, case: Case, owner: str) -> list[tuple[str, str]]:
    found = (
        (_("From"), owner),
        (_("Name shown"), _(phrases.NAMINGS[case.naming])),
        (_("Filed"), phrases.moment_words(case.filed_at, turn.office, turn.now)),
        (_("With"), cards.unit_words(turn.tx, case)),
        (_("Complaint about"), cards.complained_about(turn.tx, case)),
        (_("Place"), case.place),
        (_("Key project"), units.project_name(turn.tx, case.project) if case.project else ""),
        (_("Weight"), _(phrases.WEIGHTS[case.weight]) if case.weight else ""),
    )
    return [(label, value) for label, value in found if value]


def _proposals(turn: Turn, case: Case, viewers: Sequence[Actor]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What waits for a decision, in full for those it concerns: title, and (label, value)."""
    waiting = [one for one in case.approvals if one.state is ApprovalState.PENDING]
    shown = [one for one in waiting if proposals.concerned(one, viewers)]
    return [(_(proposals.TITLES[one.matter]), proposals.told(turn.tx, case, one)) for one in shown]


def _parted(step: str) -> tuple[str, str]:
    head, _sep, said = step.partition("\n")
    return head, said


def _clock(turn: Turn, deadline: Deadline) -> Clock:
    colour = ladder.colour(deadline, turn.now, turn.office)
    word = rows.COLOURS[colour]
    return Clock(
        _(phrases.TERMS[deadline.term]).capitalize(),
        phrases.due_words(deadline, turn.office, turn.now),
        str(colour),
        _(word) if word else "",
        story.reckoned(turn, deadline),
    )


def _offered(turn: Turn, case: Case, viewers: Sequence[Actor], name: str, sent: Form | None) -> list[Offered]:
    """The moves open to this person now, two at once before one alone."""
    live = tuple(deadlines.of_case(turn.tx, case.id))
    at_once = [(key, move, wanted) for key, (move, wanted) in AT_ONCE.items()]
    single = [(key, key, wanted) for key, wanted in FORMS.items()]
    return [
        _form(turn, case, key, wanted, sent if key == name else None)
        for key, move, wanted in (*at_once, *single)
        if any(lifecycle.may(case, move, actor, turn.now, turn.office, live) for actor in viewers)
    ]


def _form(turn: Turn, case: Case, key: str, wanted: MoveForm, sent: Form | None) -> Offered:
    drawn = [fields.drawn(turn, case, field, sent) for field in wanted.fields]
    return Offered(key, _(wanted.label), drawn, wanted.grave, key in RARE, sent is not None)


ROUTES = (
    Page("GET", "/board/case/{number}", show, Right.BOARD_CASES),
    Page("GET", "/board/case/{number}/print", print_view, Right.BOARD_CASES),
)
