"""/board/rulebook: the office's rules in forms for whoever programs nothing, tried on a sample case before they hold.

Nothing entered is lost: what makes no sense comes back with the reason beside it, and where somebody else was quicker,
their changes and one's own come back joined.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

from aiohttp import web

from bot.board.drawing import page
from bot.board.sessions import Desk, Form, Page, form
from domain.case import Kind
from domain.errors import Overtaken
from domain.rights import Right
from domain.rulebook import Rulebook, merged
from domain.rulebook_check import Fault
from domain.rulebook_preview import Pair, preview, side_by_side
from handlers import phrases
from handlers import rulebook as rules
from handlers.rulebook_form import read, values
from handlers.rulebook_sample import lines
from handlers.rulebook_sections import Changed, changed, found_texts, sections
from handlers.turn import Turn
from handlers.words import N_, _
from storage import rulebooks
from storage.rulebooks import Version

#: What a form sends beside the rules themselves.
CONTROLS = frozenset({"csrf", "do", "based_on", "why", "scope", "sample_kind", "sample_day", "find"})
#: Versions in the history that say what they changed.
TOLD = 10
SAMPLE_AT = time(9, 30)
RUNNING = "running"


@dataclass(frozen=True)
class Draft:
    """Rules on their way: the book as entered, the one it began from, what is wrong, and what is to be shown."""

    base: Rulebook
    book: Rulebook
    values: dict[str, str]
    faults: tuple[Fault, ...] = ()
    sent: dict[str, str] = field(default_factory=dict)
    tried: bool = False
    theirs: tuple[Changed, ...] = ()
    said: str = ""
    wrong: str = ""
    status: int = 200

    def asked(self, name: str) -> str:
        """What was sent beside the rules."""
        return self.sent.get(name, "")


async def show(desk: Desk) -> web.StreamResponse:
    """The rules as they are, or an older version to be taken again."""
    current, older = await desk.read(_kept, desk.request.query.get("version", ""))
    if older is None:
        said = _("Saved. It holds from now on.") if "saved" in desk.request.query else ""
        return await _drawn(desk, Draft(current, current, values(current), said=said))
    said = _("This is version {n} again, not saved yet: look at it, give a reason, and save.", n=older.version)
    return await _drawn(desk, Draft(current, older, values(older), tuple(rules.faults(older)), tried=True, said=said))


async def change(desk: Desk) -> web.StreamResponse:
    """Try the rules entered on a sample case, find words to change, or save."""
    sent = await form(desk)
    current, base = await desk.read(_kept, sent["based_on"])
    entered = read(_rules_in(sent), base or current)
    found = dict(entered.values)
    if sent["do"] == "find":
        found |= _rows_found(found, sent["find"])
    draft = Draft(base or current, entered.book, found, entered.faults, dict(sent), tried=sent["do"] != "find")
    return await (_saved(desk, draft) if sent["do"] == "save" else _drawn(desk, draft))


def _rules_in(sent: Form) -> dict[str, str]:
    """The fields of the rules; what can be chosen more than once in one line."""
    return {name: " ".join(sent.every(name)) for name in sent if name not in CONTROLS}


def _rows_found(values: dict[str, str], wanted: str) -> dict[str, str]:
    """More rows of own words, with what the office says today, for sentences that contain these words."""
    known = {(values.get(f"texts.{n}.language"), values.get(f"texts.{n}.key")) for n in range(len(values))}
    first = sum(name.startswith("texts.") for name in values) // 3
    fresh = [row for row in found_texts(wanted) if row[:2] not in known]
    return {
        f"texts.{n}.{part}": text
        for n, row in enumerate(fresh, first)
        for part, text in zip(("language", "key", "text"), row, strict=True)
    }


def _kept(turn: Turn, version: str) -> tuple[Rulebook, Rulebook | None]:
    """The rules as they are, and as they were in a version, if there is such a one."""
    current = rulebooks.current(turn.tx) or turn.office.rulebook
    known = version.isascii() and version.isdecimal() and len(version) < 9
    return current, rulebooks.get(turn.tx, int(version)) if known else None


# --- saving -----------------------------------------------------------------------------------------------------


async def _saved(desk: Desk, draft: Draft) -> web.StreamResponse:
    """Save, and go to the rules as they are now; what stands in the way is said, and everything entered kept."""
    running_too = draft.asked("scope") == RUNNING
    if draft.faults:
        return await _drawn(desk, _refused(draft, _("Not saved yet: please look at what is marked below.")))
    if not draft.asked("why").strip():
        return await _drawn(desk, _refused(draft, _("Not saved yet: please say why, so that others understand it.")))
    if draft.book == draft.base and not running_too:
        return await _drawn(desk, _refused(draft, _("Nothing was changed, so nothing was saved.")))
    try:
        await desk.write(_save, draft.book, draft.asked("why"), draft.base.version, running_too=running_too)
    except Overtaken:
        return await _overtaken(desk, draft)
    raise web.HTTPSeeOther("/board/rulebook?saved=1")


def _save(turn: Turn, book: Rulebook, why: str, based_on: int, *, running_too: bool) -> int:
    saved = rules.save(turn.tx, book, why, turn.person.id, turn.now, based_on=based_on, running_too=running_too)
    return saved.moved


def _refused(draft: Draft, wrong: str, status: int = 422) -> Draft:
    return Draft(draft.base, draft.book, draft.values, draft.faults, draft.sent, True, wrong=wrong, status=status)


async def _overtaken(desk: Desk, draft: Draft) -> web.StreamResponse:
    """Somebody else saved first: show what they changed, with one's own changes joined to it, and save nothing."""
    current, _older = await desk.read(_kept, "")
    joined = merged(draft.base, draft.book, current)
    theirs = changed(values(draft.base), values(current))
    wrong = _(
        "Version {n} was saved meanwhile. Below it is, with your changes in it: look, and save again.",
        n=current.version,
    )
    faults = tuple(rules.faults(joined))
    again = Draft(current, joined, values(joined), faults, draft.sent, True, theirs, wrong=wrong, status=409)
    return await _drawn(desk, again)


# --- drawing ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Past:
    """One version in the history: what it changed, where that is told."""

    version: Version
    changes: tuple[Changed, ...]


async def _drawn(desk: Desk, draft: Draft) -> web.StreamResponse:
    kind, begun = _sample(desk, draft)
    pairs = await desk.read(_tried, draft, kind, begun) if draft.tried else ()
    office = desk.app.db.office
    return page(
        desk,
        "rulebook.html",
        draft.status,
        draft=draft,
        sections=sections(draft.values, draft.faults),
        astray=[rules.fault_words(fault) for fault in draft.faults if fault.what == "unknown_field"],
        changes=changed(values(draft.base), values(draft.book)) if draft.tried else (),
        sample=lines(pairs, office, office.calendar.today(desk.now)),
        kinds=[(str(one), _(words)) for one, words in phrases.KINDS.items()],
        kind=str(kind),
        begun=begun.date(),
        history=await desk.read(_history),
        running=draft.asked("scope") == RUNNING,
    )


def _sample(desk: Desk, draft: Draft) -> tuple[Kind, datetime]:
    """The kind and the beginning of the sample case: what was asked for, or a request of today."""
    calendar, wanted = desk.app.db.office.calendar, draft.asked("sample_kind")
    kind = Kind(wanted) if wanted in set(Kind) else Kind.REQUEST
    try:
        day = date.fromisoformat(draft.asked("sample_day"))
    except ValueError:
        day = calendar.today(desk.now)
    near = abs((day - calendar.today(desk.now)).days) < 2 * 366
    return kind, calendar.morning(day if near else calendar.today(desk.now), SAMPLE_AT)


def _tried(turn: Turn, draft: Draft, kind: Kind, begun: datetime) -> tuple[Pair, ...]:
    """The sample by the old rules and the new; none where the new ones make no sense yet."""
    if draft.faults:
        return ()
    holidays = rulebooks.calendar(turn.tx, Rulebook(), turn.office.calendar.zone)
    return side_by_side(*(preview(book, holidays, kind, begun) for book in (draft.base, draft.book)))


def _history(turn: Turn) -> list[Past]:
    """The versions, the latest first; of the last ones what they changed."""
    found = rulebooks.history(turn.tx)
    books = {one.version: rulebooks.get(turn.tx, one.version) for one in found[: TOLD + 1]}
    return [Past(one, _changes(books.get(one.version - 1), books.get(one.version))) for one in found]


def _changes(before: Rulebook | None, after: Rulebook | None) -> tuple[Changed, ...]:
    return changed(values(before), values(after)) if before and after else ()


ROUTES = (
    Page("GET", "/board/rulebook", show, Right.RULEBOOK, label=N_("Rules")),
    Page("POST", "/board/rulebook", change, Right.RULEBOOK),
)
