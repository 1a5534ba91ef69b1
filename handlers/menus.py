"""The menu that fits a person's roles: no message ends without a next step."""

from __future__ import annotations

from domain.case import Role
from domain.errors import AlreadySo, Refused
from domain.messages import Button, Message, rows
from handlers.registry import FLOWS, Flow
from handlers.turn import Turn
from handlers.words import N_, _, of_error

#: (flow, label) in the order of the menu; a flow shows to those who may begin it.
LINES: tuple[tuple[str, str], ...] = (
    ("desk", N_("The desk")),
    ("approvals", N_("Waiting for my decision")),
    ("tasks", N_("My tasks")),
    ("late", N_("What is late")),
    ("file", N_("File a case")),
    ("my", N_("My cases")),
    ("inspected", N_("Was I inspected properly?")),
    ("meeting", N_("Cases of a meeting")),
    ("search", N_("Find a case")),
    ("announce", N_("Post an announcement")),
    ("board", N_("Pages for work")),
    ("handover", N_("Hand over my tasks")),
    ("deputy", N_("Deputies")),
    ("team", N_("My unit")),
    ("people", N_("People and roles")),
    ("groups", N_("Groups")),
    ("failed", N_("Failed messages")),
    ("setup", N_("What is still missing")),
    ("invite", N_("Invite a colleague")),
    ("help", N_("Help")),
)


def may_begin(turn: Turn, flow: Flow) -> bool:
    """Whether the person's roles allow this conversation."""
    return not flow.roles or turn.holds(*flow.roles)


def for_staff() -> str:
    """What is said to whoever has no role, or no longer the role, that a conversation is for."""
    return _("This is for staff of the office. Here is what I can do for you:")


def commands(turn: Turn) -> list[Flow]:
    """The conversations this person may begin by a command that says what it is for; in the order of the menu."""
    place = {name: n for n, (name, _label) in enumerate(LINES)}
    known = [one for one in FLOWS.values() if one.describes and one.command and may_begin(turn, one)]
    return sorted(known, key=lambda one: place.get(one.name, len(place)))


def menu(turn: Turn, text: str) -> Message:
    """A text with the menu of this person under it."""
    shown = [(name, label) for name, label in LINES if name in FLOWS and may_begin(turn, FLOWS[name])]
    shown.sort(key=lambda line: not FLOWS[line[0]].roles)  # work first: a card has few places
    return Message(text, buttons=rows([Button(_(label), f"f:{name}") for name, label in shown], 2))


def refused(turn: Turn, refusal: Refused) -> Message:
    """Why something cannot be done, with the menu; where a case has moved on, with the way to it."""
    said = menu(turn, of_error(refusal))
    number = refusal.values.get("number") if isinstance(refusal, AlreadySo) else None
    return said.plus(Button(_("Look at it"), f"f:case:{number}")) if number else said


def role_words(role: Role) -> str:
    """A role's name."""
    return _(ROLE_WORDS[role])


ROLE_WORDS: dict[Role, str] = {
    Role.OWNER: N_("business owner"),
    Role.MONITOR: N_("monitor"),
    Role.HANDLER: N_("handler"),
    Role.LIAISON: N_("liaison"),
    Role.HEAD: N_("head of unit"),
    Role.DISPATCHER: N_("dispatcher"),
    Role.APPROVER: N_("approver"),
    Role.LEADER: N_("leader"),
    Role.SUPERVISOR: N_("supervisor"),
    Role.INSPECTOR: N_("project inspector"),
    Role.CUSTODIAN: N_("custodian"),
    Role.ADMINISTRATOR: N_("administrator"),
    Role.CLOCK: N_("the office"),
}
