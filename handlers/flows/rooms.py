"""Groups the office writes to: which there are, binding one to those it is for, and letting it go."""

from __future__ import annotations

from collections.abc import Iterable

from domain.audience import Audience, Sort
from domain.errors import Refused
from domain.messages import Button, Message, rows
from domain.office import Office
from domain.rights import RIGHTS, Right
from handlers import bindings, menus, phrases, unit_groups
from handlers.bindings import LONGEST_INDUSTRY, SORTS
from handlers.confirmations import CUSTOMERS
from handlers.questions import Choice, Confirm, Option, Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.unit_groups import UNIT_GROUP
from handlers.words import N_, _
from storage import groups, units
from storage.groups import Bound

ADMINISTRATORS = RIGHTS[Right.GROUPS]
#: So many groups stand in one message.
PAGE = 12
ROBOT = "robot"
MOST_NAME = 30


class NoSuchGroup(Refused):
    """This group is not bound (any more). Send /groups to see those that are."""


class NothingToBind(Refused):
    """There is nothing of this kind in the office yet. Send /groups and choose another audience."""


@flow(
    "groups",
    command="groups",
    words=N_("groups|group chats"),
    roles=ADMINISTRATORS,
    describes=N_("groups the office posts announcements in"),
)
async def bound_groups(talk: Talk) -> Message:
    """The bound groups; where there is none yet, binding begins at once. arg: from the so manieth on."""
    found = groups.every(talk.tx)
    ways = _ways(talk.office)
    if not found and len(ways) == 1:
        return await _bind(talk)
    if not found:
        text = _("No group is bound yet. What kind of group is it?")
        return Message(text, _("Groups"), buttons=tuple((way,) for way in ways))
    start = int(talk.arg) if _number(talk.arg) and int(talk.arg) < len(found) else 0
    shown = found[start : start + PAGE]
    lines = [_line(talk.turn, number, one) for number, one in enumerate(shown, start + 1)]
    buttons = [(Button(_("Unbind: {name}", name=_short(one)), f"f:unbind:{one.door.id}"),) for one in shown]
    more = ((Button(_("More groups"), f"f:groups:{start + PAGE}"),),) if start + PAGE < len(found) else ()
    below = rows((*ways, Button(_("Post an announcement"), "f:announce")), 2)
    title = _("Groups ({count})", count=len(found))
    return Message("\n".join(lines), title, buttons=(*buttons, *more, *below))


def _ways(office: Office) -> list[Button]:
    """The ways of binding one more group; on WeCom each kind of group has its own."""
    ways = (
        (ROBOT in office.platforms, Button(_("A WeCom group with a robot"), "f:robot")),
        (UNIT_GROUP in office.platforms, Button(_("Make a unit's WeCom group"), "f:unit_group")),
        (CUSTOMERS in office.platforms, Button(_("A colleague's customer groups"), "f:customers")),
        (True, Button(_("Bind a group"), "f:bind")),
    )
    return [button for there, button in ways if there]


def _number(arg: str) -> bool:
    return arg.isascii() and arg.isdecimal() and len(arg) < 16


def _short(one: Bound) -> str:
    return phrases.short(bindings.title_of(one), MOST_NAME)


def _line(turn: Turn, number: int, one: Bound) -> str:
    since = phrases.moment_words(one.bound_at, turn.office, turn.now)
    state = "" if one.door.reachable else _state(turn, one)
    audience = bindings.words_of(turn.tx, one.audience)
    return _("{n}. {name}: {audience}, since {when}", n=number, name=_short(one), audience=audience, when=since) + state


def _state(turn: Turn, one: Bound) -> str:
    if unit_groups.is_being_made(turn.tx, one):
        return _(" — it is being made")
    return _(" — I can no longer write there: add me again, or unbind it")


# --- binding ----------------------------------------------------------------------------------------------------


@flow("bind", command="bind", roles=ADMINISTRATORS)
async def bind(talk: Talk) -> Message:
    """A code with which a group is bound. arg: one that was shown here, where it binds nothing."""
    if talk.arg:
        text = _("That code binds a group: please send it there, in the group, as\n/bind {code}", code=talk.arg[:20])
        return menus.menu(talk.turn, text)
    return await _bind(talk)


async def _bind(talk: Talk) -> Message:
    sort, which = await for_whom(talk)
    name = talk.read("audience", _words, sort, which)
    await talk.confirm(Confirm(prompt=asked(sort, name), title=_("Please check"), yes=agreed(sort)))
    code = talk.do("code", _code, sort, which)
    return _passed_on(talk, code, name)


async def for_whom(talk: Talk, sorts: Iterable[Sort] = tuple(SORTS)) -> tuple[Sort, str]:
    """For whom a group is to be: the sort, and which of it, for `audience`."""
    sort = Sort(await talk.ask("sort", _sorts(sorts)))
    return sort, await _WHICH[sort](talk)


def _sorts(sorts: Iterable[Sort]) -> Choice:
    lines = tuple(Option(str(sort), _(SORTS[sort])) for sort in sorts)
    prompt = _("For whom is the group? Who is in it hears what the office announces to them.")
    return Choice(prompt=prompt, lines=lines, label=_("Audience"))


async def _all(talk: Talk) -> str:
    return ""


async def _project(talk: Talk) -> str:
    lines = talk.read("projects", _projects)
    return await talk.ask("project", Choice(prompt=_("Of which project?"), lines=_options(lines), label=_("Project")))


async def _industry(talk: Talk) -> str:
    prompt = _("Which industry? A word or two, such as “catering”. The same words join groups of one industry.")
    question = Text(prompt=prompt, most=LONGEST_INDUSTRY, label=_("Industry"))
    return " ".join((await talk.ask("industry", question)).split())


async def of_unit(talk: Talk) -> str:
    """The id of the unit whose group it is."""
    lines = talk.read("units", _units)
    choice = Choice(prompt=_("Of which unit?"), lines=_options(lines), across=2, label=_("Unit"))
    return await talk.ask("unit", choice)


_WHICH = {Sort.ALL: _all, Sort.PROJECT: _project, Sort.INDUSTRY: _industry, Sort.UNIT: of_unit}


def _options(lines: list[tuple[str, str]]) -> tuple[Option, ...]:
    if not lines:
        raise NothingToBind()
    return tuple(Option(key, name) for key, name in lines)


def _projects(turn: Turn) -> list[tuple[str, str]]:
    return [(str(project), name) for project, name in units.all_projects(turn.tx)]


def _units(turn: Turn) -> list[tuple[str, str]]:
    return [(str(unit.id), unit.name) for unit in units.every(turn.tx)]


def audience(sort: Sort, which: str) -> Audience:
    """The audience that was chosen: a unit or project by its id, an industry by its name."""
    sort = Sort(sort)
    return Audience(
        sort,
        unit=int(which) if sort is Sort.UNIT else None,
        project=int(which) if sort is Sort.PROJECT else None,
        industry=which if sort is Sort.INDUSTRY else "",
    )


def _words(turn: Turn, sort: Sort, which: str) -> str:
    return bindings.words_of(turn.tx, audience(sort, which))


def asked(sort: Sort, name: str) -> str:
    """What is asked before a group is bound; name: the audience in words."""
    if sort is Sort.UNIT:
        return _("Bind a group as {audience}? Only officials of the unit may be in it.", audience=name)
    return _("Bind a group as {audience}? Everybody in it reads what is announced there.", audience=name)


def agreed(sort: Sort) -> str:
    """The words of whoever agrees."""
    return _("Yes, a group of officials") if sort is Sort.UNIT else _("Yes, a group of enterprises")


def _code(turn: Turn, sort: Sort, which: str) -> str:
    return bindings.make_code(turn.tx, audience(sort, which), turn.person.id, turn.now)


def _passed_on(talk: Talk, code: str, name: str) -> Message:
    hours = int(bindings.VALID.total_seconds() // 3600)
    lines = [
        _("Here is the code for {audience}. It binds one group, and is good for {n} hours.", audience=name, n=hours)
    ]
    if talk.office.telegram:
        lines.append(
            _("Add me to the group with this link: {link}", link=bindings.startgroup(code, talk.office.telegram))
        )
        lines.append(_("Am I in it already? Send this in the group:\n/bind {code}", code=code))
        lines.append(_("To have announcements pinned, make me an administrator of the group who may pin."))
    else:
        lines.append(_("Add me to the group, and send this there:\n/bind {code}", code=code))
    return menus.menu(talk.turn, "\n".join(lines)).plus(Button(_("Groups"), "f:groups"))


# --- letting go -------------------------------------------------------------------------------------------------


@flow("unbind", roles=ADMINISTRATORS)
async def unbind(talk: Talk) -> Message:
    """A group is for nobody any more. arg: the id of its address."""
    name = talk.read("group", _named, talk.arg)
    prompt = _("Unbind “{name}”? Announcements do not go there any more; what waits for it is held back.", name=name)
    await talk.confirm(Confirm(prompt=prompt, yes=_("Unbind it")))
    talk.do("unbound", _unbound, talk.arg)
    return menus.menu(talk.turn, _("“{name}” is unbound. I stay in the group until somebody removes me.", name=name))


def _named(turn: Turn, wanted: str) -> str:
    found = groups.get(turn.tx, int(wanted)) if _number(wanted) else None
    if found is None:
        raise NoSuchGroup()
    return bindings.title_of(found)


def _unbound(turn: Turn, wanted: str) -> bool:
    if not bindings.unbind(turn.tx, int(wanted)):
        raise NoSuchGroup()
    return True
