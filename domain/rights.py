"""Who may do what is no move of a case: one table, deny by default. Moves have their permits in the table of moves.

A right that stands in no row is nobody's, and a role that is not named in a row does not have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from domain.case import OFFICIAL_ROLES, UNIT_ROLES, Role


class Right(StrEnum):
    """One thing somebody may begin, look at or run."""

    OWN = "own"
    DESK = "desk"
    DECIDE = "decide"
    VISITS = "visits"
    PHONE = "phone"
    TASKS = "tasks"
    WORK = "work"
    ASK = "ask"
    HANDOVER = "handover"
    DEPUTY = "deputy"
    LATE = "late"
    APPROVALS = "approvals"
    PAPERS = "papers"
    LEDGER = "ledger"
    MEETINGS = "meetings"
    OCCASIONS = "occasions"
    SEARCH = "search"
    READING_LOG = "reading_log"
    REPORTS = "reports"
    BOARD = "board"
    BOARD_CASES = "board_cases"
    INVITE = "invite"
    PEOPLE = "people"
    UNIT_PEOPLE = "unit_people"
    UNITS = "units"
    RULEBOOK = "rulebook"
    SETUP = "setup"
    FAILED = "failed"
    DEAD_LETTERS = "dead_letters"
    GROUPS = "groups"
    ANNOUNCE = "announce"
    EXPORT = "export"
    ERASE = "erase"


_R = Role
EVERYBODY = frozenset(Role) - {_R.CLOCK}
#: Officials who read cases at all: an administrator and a custodian see no case text by that role.
CASE_ROLES = OFFICIAL_ROLES - {_R.ADMINISTRATOR, _R.CUSTODIAN}
OFFICE_ROLES = frozenset({_R.DISPATCHER, _R.APPROVER, _R.LEADER, _R.SUPERVISOR})
WORKING_ROLES = frozenset({_R.HANDLER, _R.LIAISON})
_DISPATCHER = frozenset({_R.DISPATCHER})
_ADMINISTRATOR = frozenset({_R.ADMINISTRATOR})

#: The table. Everything but moves asks here.
RIGHTS: Mapping[Right, frozenset[Role]] = MappingProxyType(
    {
        Right.OWN: EVERYBODY,
        Right.DESK: _DISPATCHER,
        Right.DECIDE: _DISPATCHER,
        Right.VISITS: _DISPATCHER,
        Right.PHONE: frozenset({_R.DISPATCHER, _R.INSPECTOR}),
        Right.TASKS: UNIT_ROLES | {_R.INSPECTOR},
        Right.WORK: UNIT_ROLES,  # a head from the second round on, as the moves say
        Right.ASK: UNIT_ROLES | _DISPATCHER,
        Right.HANDOVER: WORKING_ROLES,
        Right.DEPUTY: OFFICIAL_ROLES,
        Right.LATE: OFFICE_ROLES,
        Right.APPROVALS: frozenset({_R.APPROVER, _R.HEAD}),
        Right.PAPERS: frozenset({_R.SUPERVISOR, _R.DISPATCHER}),
        Right.LEDGER: frozenset({_R.SUPERVISOR}),
        Right.MEETINGS: _DISPATCHER,
        Right.OCCASIONS: CASE_ROLES,
        Right.SEARCH: EVERYBODY,
        Right.READING_LOG: frozenset({_R.SUPERVISOR}),
        Right.REPORTS: OFFICE_ROLES,
        Right.BOARD: OFFICIAL_ROLES,
        Right.BOARD_CASES: CASE_ROLES,
        Right.INVITE: _ADMINISTRATOR,
        Right.PEOPLE: _ADMINISTRATOR,
        Right.UNIT_PEOPLE: frozenset({_R.HEAD}),
        Right.UNITS: _ADMINISTRATOR,
        Right.RULEBOOK: _ADMINISTRATOR,
        Right.SETUP: _ADMINISTRATOR,
        Right.FAILED: _ADMINISTRATOR,
        Right.DEAD_LETTERS: _ADMINISTRATOR,
        Right.GROUPS: _ADMINISTRATOR,
        Right.ANNOUNCE: _ADMINISTRATOR | _DISPATCHER,
        Right.EXPORT: _ADMINISTRATOR,
        Right.ERASE: _ADMINISTRATOR,
    }
)

#: What each right is, in a sentence of the reference.
MEANINGS: Mapping[Right, str] = MappingProxyType(
    {
        Right.OWN: "File, follow and rate one's own cases, see who read them, have one's own data, choose the language",
        Right.DESK: "See the queue of the desk",
        Right.DECIDE: "Begin accepting, refusing, dispatching, joining, ending or answering a case at the desk",
        Right.VISITS: "See which answered cases are to be visited and which owners to be phoned",
        Right.PHONE: "Phone an owner and write down what they say; an inspector those of the own projects",
        Right.TASKS: "See the open tasks of the own units, an inspector those of the own projects",
        Right.WORK: "Begin the work of the own unit on a case: sign, report, answer, return, ask for time",
        Right.ASK: "Ask an owner for what is missing",
        Right.HANDOVER: "Hand the own open tasks to a colleague of the unit",
        Right.DEPUTY: "Name a deputy for oneself, with dates",
        Right.LATE: "See what is overdue",
        Right.APPROVALS: "See what waits for approval: an approver the office's, a head that of the own unit",
        Right.PAPERS: "See the papers of the ladder and the drafts that wait for a signature",
        Right.LEDGER: "See and keep the accountability ledger",
        Right.MEETINGS: "Take requests during a meeting",
        Right.OCCASIONS: "See the cases of one meeting, those of them one may see",
        Right.SEARCH: "Search among the cases one may see",
        Right.READING_LOG: "See by name who read a case",
        Right.REPORTS: "See the figures",
        Right.BOARD: "Sign in to the pages",
        Right.BOARD_CASES: "See the pages of cases, those one may see",
        Right.INVITE: "Invite a colleague to a role",
        Right.PEOPLE: "Give and take roles, rename, name a deputy for somebody, say that somebody has left",
        Right.UNIT_PEOPLE: "Say that a handler of the own unit has left",
        Right.UNITS: "Change units, projects and items",
        Right.RULEBOOK: "Change the rulebook",
        Right.SETUP: "Set the office up from a workbook, and see what is still missing",
        Right.FAILED: "See messages the program failed on, and have them run again",
        Right.DEAD_LETTERS: "See that a message reached nobody, and send it again",
        Right.GROUPS: "Bind a group to the enterprises or the unit it is for, and unbind it",
        Right.ANNOUNCE: "Post an announcement in groups, and see which of them have it",
        Right.EXPORT: "Export what is kept about a person",
        Right.ERASE: "Erase what is kept about a person",
    }
)


def may(right: Right, *roles: Role) -> bool:
    """Whether one of these roles has the right."""
    return not RIGHTS.get(right, frozenset()).isdisjoint(roles)
