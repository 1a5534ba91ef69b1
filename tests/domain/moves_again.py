"""The rules of moves, written down a second time from the rules of casework: what the table is tested against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.case import Actor
from tests.domain.chairs import CHAIRS


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands, in the words of the rules.

    about, by, decided: what was proposed ("refusal", …), by whom ("somebody", "oneself", "for oneself" by one's
    deputy, "absent": by whom one stands in for), and how it stands ("pending", "granted", "denied", "void").
    old, given: how many days ago it came to stand so, and the units got their parts.
    """

    status: str
    joint: bool = False
    objected: bool = False
    checks: bool = False
    round: int = 1
    about: str = ""
    by: str = "somebody"
    decided: str = "pending"
    old: int = 1
    given: int = 1

    def pending(self, matter: str) -> bool:
        return self.about == matter and self.decided == "pending"

    @property
    def unit_of_proposal(self) -> str:
        """Extensions and checks are those of the lead."""
        return "lead" if self.about in ("extension", "check") else ""


When = Callable[[Place], bool]
#: Whose move is refused with which words though the table allows it.
But = tuple[Callable[[Place, str], bool], str]


@dataclass(frozen=True, slots=True)
class Row:
    """From where, to where ("same", "back" or a status), by whom, and when."""

    origins: frozenset[str]
    to: str
    who: frozenset[str] | Callable[[Place], frozenset[str]]
    when: When = lambda place: True
    but: tuple[But, ...] = ()
    decides: str = ""

    def chairs(self, place: Place) -> frozenset[str]:
        return self.who if isinstance(self.who, frozenset) else self.who(place)


def one_of(*names: str) -> frozenset[str]:
    return frozenset(names)


OWNERS = one_of("own owner", "own monitor")
DISPATCHER = one_of("dispatcher")
APPROVERS = one_of("approver", "deputy approver")
SUPERVISOR = one_of("supervisor")
LEADERS = one_of("leader", "leader of lead", "leader of its project")
LEADERS_WITHOUT_UNITS = one_of("leader", "leader of its project")
HEADS_OF_LEAD = one_of("head of lead", "deputy head of lead")
VISITORS = one_of("dispatcher", "inspector of its project")
CLOCKED = one_of("clock")
FILERS = frozenset(n for n in CHAIRS if "another" not in n or "project" in n) - CLOCKED

OPEN = one_of("filed", "waiting", "accepted", "dispatched", "handling", "answered")
UNANSWERED = OPEN - {"answered"}
ENDED = one_of("closed", "refused", "withdrawn", "terminated", "merged", "transferred")
#: Where the units have the case.
AT_UNITS = one_of("dispatched", "handling")
UNITS_OR_WAITING = AT_UNITS | {"waiting"}
DONE = one_of("answered", "closed")
HANDLING = one_of("handling")
FILED = one_of("filed")
DISPATCHED = one_of("dispatched")
MERGED = one_of("merged")


def of_lead(place: Place) -> frozenset[str]:
    """Who works for the lead unit; from the second round on its head too."""
    workers = one_of("handler of lead", "liaison of lead", "deputy handler of lead")
    return (workers | HEADS_OF_LEAD if place.round > 1 else workers) if has_parts(place) else frozenset()


def of_assisting(place: Place) -> frozenset[str]:
    """Who works for the unit whose assisting part is open."""
    workers = one_of("handler of assisting", "liaison of assisting")
    assisting = workers | {"head of assisting"} if place.round > 1 else workers
    return assisting if has_parts(place) and place.status != "merged" else frozenset()


def has_parts(place: Place) -> bool:
    return place.status in UNITS_OR_WAITING | DONE | MERGED


def workers(place: Place) -> frozenset[str]:
    return of_lead(place) | of_assisting(place)


def answerers(place: Place) -> frozenset[str]:
    """Each unit of a joint case answers for itself; the lead signs first."""
    return workers(place) - (of_lead(place) if place.status == "dispatched" else frozenset())


def working_desk(place: Place) -> frozenset[str]:
    return workers(place) | DISPATCHER


def receivers(place: Place) -> frozenset[str]:
    """Liaisons and heads give a part to a colleague; so does who handles it; and the clock when somebody leaves."""
    heads = HEADS_OF_LEAD | {"head of assisting"}
    signed = one_of() if place.status == "dispatched" else one_of("handler of lead", "deputy handler of lead")
    return heads | {"liaison of lead", "liaison of assisting"} | signed | CLOCKED


def money(place: Place) -> frozenset[str]:
    return workers(place) | DISPATCHER | SUPERVISOR


def urgers(place: Place) -> frozenset[str]:
    """A leader of a unit sees the case once that unit has it."""
    return OWNERS | (LEADERS if has_parts(place) else LEADERS_WITHOUT_UNITS)


def among_others(place: Place, chair: str) -> bool:
    """Another unit's part is open while this one answers; every joint place here has two open parts."""
    return place.joint


def unchecked(place: Place) -> bool:
    return not place.checks


def of_unit(chair: str) -> str:
    return chair.rsplit(" of ", 1)[-1]


def asked_already(place: Place, chair: str) -> bool:
    held = place.decided in ("pending", "granted")
    return place.about == "extension" and held and of_unit(chair) == place.unit_of_proposal


def waits_for_own_head(place: Place, chair: str) -> bool:
    return place.pending("check") and of_unit(chair) == place.unit_of_proposal


def had_it_too_long(place: Place, chair: str) -> bool:
    """A unit sends back what it got on the working day before, at the latest; however long it was with another one."""
    return place.given > 1


def already(matter: str) -> tuple[But, ...]:
    return (((lambda place, chair: place.pending(matter)), "once"),)


def pending(matter: str) -> When:
    return lambda place: place.pending(matter)


def review_next(place: Place) -> bool:
    return place.round + 1 >= 3


def objected(place: Place) -> bool:
    return place.objected


def not_objected(place: Place) -> bool:
    return not place.objected


#: move → its rows. What stands nowhere here is forbidden.
RULES: dict[str, list[Row]] = {
    "file": [Row(one_of("nothing"), "filed", FILERS)],
    "ask": [Row(FILED, "waiting", DISPATCHER), Row(HANDLING, "waiting", workers)],
    "supply": [Row(one_of("waiting"), "back", OWNERS)],
    "lapse": [Row(one_of("waiting"), "back", CLOCKED)],
    "add": [Row(OPEN - {"waiting"} | MERGED, "same", OWNERS)],
    "answer_at_once": [Row(FILED, "answered", DISPATCHER, not_objected)],
    "accept": [
        Row(FILED, "accepted", DISPATCHER | CLOCKED, not_objected),
        Row(FILED, "accepted", APPROVERS | CLOCKED, objected),
    ],
    "propose_refusal": [Row(FILED, "same", DISPATCHER, not_objected, already("refusal"))],
    "refuse": [Row(one_of("filed", "waiting"), "refused", APPROVERS, pending("refusal"), decides="refusal")],
    "deny_refusal": [Row(one_of("filed", "waiting"), "same", APPROVERS, pending("refusal"), decides="refusal")],
    "object": [Row(one_of("refused"), "filed", OWNERS, but=((lambda place, chair: place.objected, "once"),))],
    "uphold": [Row(FILED, "refused", APPROVERS, objected)],
    "dispatch": [Row(one_of("accepted"), "dispatched", DISPATCHER)],
    "return": [
        Row(DISPATCHED, "accepted", one_of("liaison of lead"), but=((had_it_too_long, "late"),)),
        Row(UNITS_OR_WAITING, "same", one_of("liaison of assisting"), but=((had_it_too_long, "late"),)),
    ],
    "involve": [Row(AT_UNITS, "same", DISPATCHER)],
    "sign": [
        Row(DISPATCHED, "handling", of_lead),
        Row(UNITS_OR_WAITING, "same", of_assisting),
    ],
    "reassign": [Row(UNITS_OR_WAITING, "same", receivers), Row(UNITS_OR_WAITING, "same", DISPATCHER)],
    "progress": [Row(HANDLING, "same", workers)],
    "ask_time": [Row(HANDLING, "same", workers, but=((asked_already, "once"),))],
    "grant_time": [Row(UNITS_OR_WAITING, "same", APPROVERS, pending("extension"), decides="extension")],
    "deny_time": [Row(UNITS_OR_WAITING, "same", APPROVERS, pending("extension"), decides="extension")],
    "assist_done": [Row(UNITS_OR_WAITING, "same", of_assisting, lambda place: not place.joint)],
    "answer": [
        Row(HANDLING, "answered", of_lead, lambda place: unchecked(place) and not place.joint),
        Row(AT_UNITS, "same", answerers, lambda place: unchecked(place) and place.joint),
        # a head who works, in the second round, needs nobody's look
        Row(HANDLING, "answered", lambda p: of_lead(p) & HEADS_OF_LEAD, lambda p: not p.joint),
        Row(AT_UNITS, "same", lambda p: answerers(p) & (HEADS_OF_LEAD | {"head of assisting"}), lambda p: p.joint),
    ],
    "propose_answer": [
        Row(
            HANDLING,
            "same",
            lambda p: (workers(p) if p.joint else of_lead(p)) - HEADS_OF_LEAD - {"head of assisting"},
            lambda p: p.checks,
            ((waits_for_own_head, "once"),),
        )
    ],
    "release": [
        Row(HANDLING, "answered", HEADS_OF_LEAD, lambda p: p.pending("check") and not p.joint, decides="check"),
        Row(AT_UNITS, "same", HEADS_OF_LEAD, lambda p: p.pending("check") and p.joint, decides="check"),
    ],
    "send_back": [Row(UNITS_OR_WAITING, "same", HEADS_OF_LEAD, pending("check"), decides="check")],
    "conclude": [Row(HANDLING, "answered", APPROVERS, pending("review"), decides="review")],
    "visit": [Row(one_of("answered"), "closed", OWNERS | VISITORS)],
    "call": [Row(one_of("answered"), "same", VISITORS)],
    "silence": [Row(one_of("answered"), "closed", CLOCKED)],
    "redo": [
        Row(DONE, "dispatched", OWNERS | VISITORS, lambda p: not review_next(p)),
        Row(DONE, "handling", OWNERS | VISITORS, review_next, ((lambda p, chair: p.round >= 3, "final"),)),
    ],
    "merge": [Row(UNANSWERED, "merged", DISPATCHER, but=((lambda p, chair: p.pending("review"), "review"),))],
    "unmerge": [Row(MERGED, "accepted", DISPATCHER)],
    "follow": [Row(MERGED, "same", CLOCKED)],
    "succeed": [Row(MERGED, "handling", CLOCKED)],
    "answer_with": [Row(MERGED, "answered", CLOCKED)],
    "urge": [Row(UNANSWERED | MERGED, "same", urgers)],
    "withdraw": [Row(OPEN | MERGED, "withdrawn", OWNERS)],
    "reclassify": [Row(UNANSWERED, "same", working_desk)],
    "propose_termination": [Row(OPEN, "same", DISPATCHER, but=already("termination"))],
    "terminate": [Row(OPEN, "terminated", APPROVERS, pending("termination"), decides="termination")],
    "deny_termination": [Row(OPEN, "same", APPROVERS, pending("termination"), decides="termination")],
    "transfer": [Row(OPEN, "transferred", DISPATCHER), Row(MERGED, "transferred", DISPATCHER | CLOCKED)],
    "relay": [Row(one_of("transferred"), "same", DISPATCHER)],
    "supervise": [Row(UNITS_OR_WAITING, "same", SUPERVISOR)],
    "repay": [Row(UNITS_OR_WAITING | DONE | MERGED | {"withdrawn"}, "same", money)],
    "censure": [Row(OPEN | ENDED, "same", SUPERVISOR)],
    "recuse": [Row(OPEN | ENDED, "same", DISPATCHER | APPROVERS | SUPERVISOR)],
}

SEES = (
    OWNERS
    | {f"{role} of {place}" for role in ("handler", "liaison", "head") for place in ("lead", "assisting", "assisted")}
    | {"deputy handler of lead", "deputy head of lead"}
    | {"inspector of its project", "dispatcher", "supervisor"}
    | APPROVERS
    | LEADERS
)
#: Who reads a case no unit has yet.
SEES_WITHOUT_UNITS = OWNERS | APPROVERS | LEADERS_WITHOUT_UNITS | VISITORS | SUPERVISOR


def proposed_by(place: Place, actor: Actor) -> bool:
    """Whether the proposal is the actor's own: made by them, for them, or by the one they stand in for."""
    of_absent = place.by == "absent" and actor.for_person is not None
    return place.by in ("oneself", "for oneself") or of_absent


def expected(move: str, place: Place, chair: str) -> str | None:
    """Where the rules lead this person from there; None where they forbid it.

    "once", "own", "final", "review" or "late" where it is theirs but refused: done already, proposed by themselves,
    after the final review, during it, after its time.
    """
    for row in RULES.get(move, ()):
        if place.status in row.origins and row.when(place) and chair in row.chairs(place):
            refusals = [word for holds, word in row.but if holds(place, chair)]
            if row.decides and proposed_by(place, CHAIRS[chair]):
                refusals.append("own")
            return refusals[0] if refusals else row.to
    return None
