"""The administrator's conversation about WeCom's directory: how it stands, and the rules that give roles by it."""

from __future__ import annotations

from domain.case import OFFICIAL_ROLES, Role
from domain.directory import Rule
from domain.messages import Button, Message
from domain.rights import RIGHTS, Right
from handlers import appointing, directory_rules, menus, phrases
from handlers.directory import report_words
from handlers.flows import colleagues
from handlers.flows.picking import NobodyFound
from handlers.questions import Choice, Confirm, Option, Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import directory
from storage.directory import CHANNEL, Kept

ADMINISTRATORS = RIGHTS[Right.PEOPLE]
NOW = "now"
DEPARTMENT, TAG = "department", "tag"
#: A card of WeCom has six buttons: so many rules can be ended from one message.
PAGE = 3
MOST_TAGS = 30
#: So often a name is asked for before the talk ends.
MOST_TRIES = 5


class NoRulesYet(NobodyFound):
    """WeCom's directory is not known here yet. Send /directory to see why, and what helps."""


@flow(
    "directory",
    command="directory",
    words=N_("directory|WeCom directory"),
    roles=ADMINISTRATORS,
    describes=N_("WeCom's directory and the roles it gives"),
)
async def overview(talk: Talk) -> Message:
    """How the directory stands, with its rules. arg: “now” to compare at once, a number to see rules from there on."""
    kept = directory.state(talk.tx)
    if CHANNEL not in talk.office.platforms or not kept.state.on:
        return _off(talk.turn, kept)
    if talk.arg == NOW:
        talk.do("wanted", directory_rules.compare)
        text = _("I am comparing with WeCom. You hear in a moment what has changed.")
        return Message(text, buttons=((Button(_("WeCom's directory"), "f:directory"),),))
    return _shown(talk.turn, kept, talk.arg)


def _off(turn: Turn, kept: Kept) -> Message:
    """What is missing, and that people can be invited all the same."""
    lines = [_("WeCom's directory is not read here, so roles are given by invitation.")]
    missing = kept.state.missing if CHANNEL in turn.office.platforms else ()
    lines.append(_lacking(missing) if missing else _("For it the office has to be on WeCom first."))
    buttons = (Button(_("Invite a colleague"), "f:invite"), Button(_("Main menu"), "f:start"))
    return Message("\n".join(lines), _("WeCom's directory"), buttons=(buttons,))


def _lacking(missing: tuple[str, ...]) -> str:
    return _(
        "Whoever runs the server still has to set {names}; “qinqing doctor” says where they are found.",
        names=phrases.listed(missing),
    )


def _shown(turn: Turn, kept: Kept, arg: str) -> Message:
    rules = directory.rules(turn.tx)
    start = int(arg) if arg.isascii() and arg.isdecimal() and len(arg) < 6 and int(arg) < len(rules) else 0
    counts = directory_rules.holders(turn)
    shown = list(enumerate(rules, 1))[start : start + PAGE]
    numbered = [f"{n}. {directory_rules.line(turn.tx, one)} ({counts[one.id]})" for n, one in shown]
    head = _("Roles it gives ({count}):", count=len(rules)) if rules else _no_rules()
    ends = [(Button(_("End rule {n}", n=n), f"f:directory_end:{one.id}") for n, one in shown)]
    more = start + PAGE
    turning = ((Button(_("More rules"), f"f:directory:{more}"),),) if more < len(rules) else ()
    first = (Button(_("Add a rule"), "f:directory_rule"), _second(kept))
    rows = tuple(row for row in (first, *(tuple(row) for row in ends), *turning) if row)
    return Message("\n".join([*_standing(turn, kept), "", head, *numbered]), _("WeCom's directory"), buttons=rows)


def _no_rules() -> str:
    return _("It gives no roles yet. A rule does: who is in a department, or has a tag, gets a role by itself.")


def _second(kept: Kept) -> Button:
    if kept.state.held:
        return Button(_("Yes, carry it out"), "f:directory_yes")
    return Button(_("Compare now"), f"f:directory:{NOW}")


def _standing(turn: Turn, kept: Kept) -> list[str]:
    """What is known, since when, and what waits."""
    state = kept.state
    departments, members = directory.counts(turn.tx)
    lines = [_("{departments} departments, {members} members.", departments=departments, members=members)]
    if state.compared_at is not None:
        when = phrases.moment_words(state.compared_at, turn.office, turn.now)
        lines.append(f"{when} {report_words(state.report)}")
    if state.held:
        lines.append(
            _("A comparison waits for your yes: by it {count} people lose their rights at once.", count=state.held)
        )
    elif kept.wanted > kept.pulled and not state.trouble:
        lines.append(_("A comparison is on its way."))
    if state.trouble:
        lines.append(_("The last try came to nothing: {why}. It is made again by itself.", why=_(state.trouble)))
    if state.missing:
        lines.append(_("Changes are seen every night only."))
        lines.append(_lacking(state.missing))
    return lines


# --- a new rule -------------------------------------------------------------------------------------------------


@flow("directory_rule", roles=ADMINISTRATORS)
async def new_rule(talk: Talk) -> Message:
    """Who is in a department, or has a tag, gets a role."""
    tags = talk.read("tags", directory_rules.tag_lines)
    sort = await talk.ask("sort", _sorts()) if tags else DEPARTMENT
    number, name = await _tag(talk, tags) if sort == TAG else await _department(talk)
    lines = tuple(Option(str(role), menus.role_words(role)) for role in Role if role in OFFICIAL_ROLES)
    role = Role(await talk.ask("role", Choice(prompt=_("Which role?"), lines=lines, across=2, label=_("Role"))))
    unit, project = await colleagues.place(talk, role)
    chosen = (sort, number, name, str(role), unit, project)
    asked = talk.read("about" + ".".join(map(str, chosen)), _about, *chosen)
    await talk.confirm(Confirm(prompt=asked, title=_("Please check"), yes=_("Make this rule")))
    talk.do("made", _made, *chosen)
    text = _("Noted. I am comparing with WeCom now; you hear in a moment how many have got the role.")
    return Message(text, buttons=((Button(_("WeCom's directory"), "f:directory"),),))


def _sorts() -> Choice:
    lines = (Option(DEPARTMENT, _("A department")), Option(TAG, _("A tag")))
    return Choice(prompt=_("By what does WeCom say who it is?"), lines=lines, across=2, label=_("By"))


async def _tag(talk: Talk, tags: list[tuple[str, str]]) -> tuple[int, str]:
    lines = tuple(Option(number, name) for number, name in tags[:MOST_TAGS])
    number = await talk.ask("tag", Choice(prompt=_("Which tag?"), lines=lines, label=_("Tag")))
    return int(number), dict(tags).get(number, "")


async def _department(talk: Talk) -> tuple[int, str]:
    """A department: one of the few there are, or found by a part of its name."""
    found, words = talk.read("departments", directory_rules.department_lines, ""), ""
    prompt = _("Which department? Those below it belong to it.")
    for attempt in range(MOST_TRIES):
        if 0 < len(found) <= directory_rules.MOST_FOUND:
            lines = tuple(Option(number, name) for number, name in found)
            number = await talk.ask("department", Choice(prompt=prompt, lines=lines, label=_("Department")))
            return int(number), dict(found).get(number, "")
        if not found and not attempt:
            raise NoRulesYet()
        asked = _("Which department? A part of its name will do.") if not words else _narrower(words, bool(found))
        words = await talk.ask(f"name{attempt or ''}", Text(prompt=asked, most=40))
        found = talk.read(f"found{attempt}:{words.strip()}", directory_rules.department_lines, words)
    raise NobodyFound(name=words.strip())


def _narrower(words: str, many: bool) -> str:
    if many:
        return _("There are many departments with “{words}”. Please send more of the name.", words=words.strip())
    return _("There is no department with “{words}”. Please send another part of the name.", words=words.strip())


def _about(turn: Turn, sort: str, number: int, name: str, role: str, unit: int, project: int) -> str:
    rule = _rule(sort, number, name, role, unit, project)
    line = directory_rules.line(turn.tx, rule)
    if sort == TAG:
        return _("{rule}: whoever has the tag gets the role, and loses it with the tag.", rule=line)
    return _(
        "{rule}: whoever is there or below it, {count} people now, gets the role, and loses it on leaving.",
        rule=line,
        count=directory_rules.reach(turn, number),
    )


def _rule(sort: str, number: int, name: str, role: str, unit: int, project: int) -> Rule:
    of_unit, of_project = appointing.place_of(Role(role), unit, project)
    department, tag = (None, number) if sort == TAG else (number, None)
    return Rule(0, Role(role), department, tag, of_unit, of_project, name)


def _made(turn: Turn, sort: str, number: int, name: str, role: str, unit: int, project: int) -> int:
    return directory_rules.add(turn, _rule(sort, number, name, role, unit, project))


# --- a rule that ends, and a comparison that waits -----------------------------------------------------------------


@flow("directory_end", roles=ADMINISTRATORS)
async def end_rule(talk: Talk) -> Message:
    """A rule holds no more. arg: its number."""
    number, line, count = talk.read("rule", _known, talk.arg)
    prompt = _(
        "End this rule? {rule}\nThe role ends at once for {count} people; their open tasks go on.",
        rule=line,
        count=count,
    )
    await talk.confirm(Confirm(prompt=prompt, yes=_("End it")))
    ended = talk.do("ended", directory_rules.end, number)
    return menus.menu(talk.turn, _("The rule is over: {count} role(s) have ended.", count=ended))


def _known(turn: Turn, arg: str) -> tuple[int, str, int]:
    for one in directory.rules(turn.tx):
        if str(one.id) == arg:
            return one.id, directory_rules.line(turn.tx, one), directory_rules.holders(turn)[one.id]
    raise directory_rules.NoSuchRule()


@flow("directory_yes", roles=ADMINISTRATORS)
async def carry_out(talk: Talk) -> Message:
    """The comparison that waits is carried out."""
    count = talk.do("allowed", directory_rules.allow)
    text = _("It is carried out now, if it is no more than these {count} still. You hear what came of it.", count=count)
    if not count:
        text = _("Nothing waits for a yes any more.")
    return Message(text, buttons=((Button(_("WeCom's directory"), "f:directory"),),))
