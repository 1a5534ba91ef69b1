"""Announcing something in groups, and seeing which of them have it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from domain.errors import Refused
from domain.messages import Button, Message
from domain.rights import RIGHTS, Right
from handlers import announcing, menus, phrases
from handlers.announcing import MOST_TEXT, Line, Reach
from handlers.questions import Choice, Confirm, Files, Option, Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import announcements, people
from storage.announcements import Announcement

ANNOUNCERS = RIGHTS[Right.ANNOUNCE]
#: So many audiences go into one announcement.
MOST_AUDIENCES = 8
MOST_RECENT = 8
#: So many groups without an announcement are named.
MOST_NAMED = 30
NO_MORE = "0"


class NoGroups(Refused):
    """No group is bound yet, so an announcement would reach nobody. An administrator binds groups by sending me
    /groups."""


class NoSuchAnnouncement(Refused):
    """I do not find this announcement. Send /announcements to see the latest."""


@flow(
    "announce",
    command="announce",
    words=N_("announce|post an announcement"),
    roles=ANNOUNCERS,
    describes=N_("post an announcement in groups"),
)
async def announce(talk: Talk) -> Message:
    """Words and files for one or several audiences, shown as they will be before they go."""
    known = [Line(**line) for line in talk.read("audiences", _lines)]
    prompt = _("What is to be announced? Everybody in the groups reads it; no matter of a single business, please.")
    text = await talk.ask("text", Text(prompt=prompt, most=MOST_TEXT, label=_("Words")))
    prompt = _("Photos or documents to go with it, if there are any.")
    attached = await talk.ask("files", Files(prompt=prompt, label=_("Files"), optional=True))
    chosen = await _audiences(talk, known)
    await _checked(talk, text, attached, chosen)
    words = phrases.listed(line.words for line in chosen)
    made = talk.do("posted", announcing.post, text, attached, [line.key for line in chosen], words)
    return report(talk.turn, made, _("It is on its way. Look in again to see which groups have it."))


def _lines(turn: Turn) -> list[dict[str, Any]]:
    found = announcing.lines(turn)
    if not found:
        raise NoGroups()
    return [asdict(line) for line in found]


async def _audiences(talk: Talk, known: list[Line]) -> list[Line]:
    """The audiences, of one kind: work groups are never mixed with enterprises."""
    prompt = _("To whom? Enterprises and work groups of officials are never mixed.")
    choice = Choice(prompt=prompt, lines=_options(known, known), label=_("Audience"))
    place = await talk.ask("audience", choice)
    first = known[int(place) - 1]
    chosen = [first]
    while len(chosen) < MOST_AUDIENCES and (left := _left(known, first, chosen)):
        options = (Option(NO_MORE, _("That is all")), *_options(known, left))
        more = await talk.ask(f"audience{len(chosen)}", Choice(prompt=_("Anybody else?"), lines=options))
        if more == NO_MORE:
            break
        chosen.append(known[int(more) - 1])
    return chosen


def _left(known: list[Line], first: Line, chosen: list[Line]) -> list[Line]:
    """What may still be added: single audiences of the same kind."""
    same = [line for line in known if line.officials is first.officials and not line.whole and line not in chosen]
    return [] if first.whole else same


def _options(known: list[Line], shown: list[Line]) -> tuple[Option, ...]:
    """Lines to choose from; each is named by its place among those known when the talk began."""
    return tuple(
        Option(str(known.index(line) + 1), _("{audience} ({n} group(s))", audience=line.words, n=line.groups))
        for line in shown
    )


async def _checked(talk: Talk, text: str, attached: tuple[int, ...], chosen: list[Line]) -> None:
    """Show it as it will be shown, with how many groups it goes to and when."""
    officials = chosen[0].officials
    preview = announcing.shown(talk.turn, text, attached, officials=officials)
    facts = (
        (_("Files"), phrases.listed(one.name for one in preview.files)),
        (_("Announced to"), phrases.listed(line.words for line in chosen)),
        (_("Number of groups"), str(sum(line.groups for line in chosen))),
        (_("Goes out"), _when(talk.turn, officials=officials)),
    )
    await talk.confirm(
        Confirm(
            prompt=f"{preview.text}\n———\n{_('This is how it will look. It cannot be taken back once it is posted.')}",
            title=preview.title,
            facts=tuple((label, value) for label, value in facts if value),
            yes=_("Post it"),
        )
    )


def _when(turn: Turn, *, officials: bool) -> str:
    at = announcing.goes_at(turn, officials=officials)
    return _("at once") if at <= turn.now else phrases.moment_words(at, turn.office, turn.now)


# --- what became of it ------------------------------------------------------------------------------------------


@flow(
    "announcements",
    command="announcements",
    words=N_("announcements|latest announcements"),
    roles=ANNOUNCERS,
    describes=N_("which groups have an announcement"),
)
async def latest(talk: Talk) -> Message:
    """The latest announcements with how many groups have them, or one of them. arg: its id."""
    if talk.arg:
        return report(talk.turn, _id(talk.arg))
    found = announcements.recent(talk.tx, MOST_RECENT)
    if not found:
        return menus.menu(talk.turn, _("Nothing has been announced yet.")).plus(_another())
    lines = [_line(talk.turn, number, one) for number, one in enumerate(found, 1)]
    buttons = tuple((Button(f"{n}. {_about(one)}", f"f:announcements:{one.id}"),) for n, one in enumerate(found, 1))
    return Message("\n".join(lines), _("Latest announcements"), buttons=(*buttons, (_another(),)))


def _id(wanted: str) -> int:
    return int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 16 else 0


def _another() -> Button:
    return Button(_("Post an announcement"), "f:announce")


def _about(one: Announcement) -> str:
    return phrases.short(one.message.text, 24)


def _line(turn: Turn, number: int, one: Announcement) -> str:
    reach = announcing.reach(turn.tx, one)
    when = phrases.moment_words(one.at, turn.office, turn.now)
    counts = _("{have} of {all} groups have it", have=reach.have, all=reach.groups)
    return f"{number}. {when} · {_about(one)} · {counts}"


def report(turn: Turn, announcement: int, text: str = "") -> Message:
    """One announcement: how many groups have it, which have not, and why. Raises NoSuchAnnouncement."""
    one = announcements.get(turn.tx, announcement)
    if one is None:
        raise NoSuchAnnouncement()
    reach = announcing.reach(turn.tx, one)
    by = people.get(turn.tx, one.by)
    facts = (
        (_("Posted"), phrases.moment_words(one.at, turn.office, turn.now)),
        (_("Posted by"), by.name if by else ""),
        (_("Announced to"), one.told.to),
        (_("Have it"), _("{have} of {all} groups", have=reach.have, all=reach.groups)),
        (_("On its way"), _on_its_way(turn, reach)),
        (_("Wait for a colleague"), _confirming(reach)),
        (_("Do not have it"), _without(reach)),
    )
    body = "\n".join(part for part in (text, f"“{phrases.short_paragraph(one.message.text, 300)}”") if part)
    shown = tuple((label, value) for label, value in facts if value)
    return Message(body, _("Announcement"), shown, _ways_on(turn, one, reach), card=f"announcement:{one.id}")


def _on_its_way(turn: Turn, reach: Reach) -> str:
    if not reach.waiting:
        return ""
    later = min(reach.waiting)
    if later <= turn.now:
        return _("{n} group(s)", n=len(reach.waiting))
    return _("{n} group(s), from {when}", n=len(reach.waiting), when=phrases.moment_words(later, turn.office, turn.now))


def _confirming(reach: Reach) -> str:
    lines = [_("{name}: waiting for the colleague to confirm it in WeCom", name=name) for name in reach.confirming]
    return "\n".join(lines[:MOST_NAMED])


def _without(reach: Reach) -> str:
    lines = [_("{name}: {why}", name=name, why=why) for name, why in reach.without[:MOST_NAMED]]
    rest = len(reach.without) - MOST_NAMED
    return "\n".join([*lines, *([_("and {n} more", n=rest)] if rest > 0 else [])])


def _ways_on(turn: Turn, one: Announcement, reach: Reach) -> tuple[tuple[Button, ...], ...]:
    failed = reach.dead and turn.holds(*RIGHTS[Right.FAILED])
    groups = turn.holds(*RIGHTS[Right.GROUPS])
    ways = (
        (reach.have < reach.groups, Button(_("Look again"), f"f:announcements:{one.id}")),
        (failed, Button(_("Failed messages"), "f:failed")),
        (groups and bool(reach.without), Button(_("Groups"), "f:groups")),
        (True, Button(_("Latest announcements"), "f:announcements")),
    )
    return tuple((button,) for wanted, button in ways if wanted)
