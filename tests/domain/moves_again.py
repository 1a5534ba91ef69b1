"""The rules of moves, written down a second time from the rules of casework: what the table is tested against."""

from __future__ import annotations

from tests.domain.chairs import CHAIRS

OWNERS = {"own owner", "own monitor"}
DISPATCHER = {"dispatcher"}
OF_LEAD = {"handler of lead", "liaison of lead"}
OF_ASSISTING = {"handler of assisting", "liaison of assisting"}
WORKERS = OF_LEAD | OF_ASSISTING
VISITORS = {"dispatcher", "inspector of its project"}
CLOCKED = {"clock"}
FILERS = {name for name in CHAIRS if "another" not in name or "project" in name} - CLOCKED
OPEN = {"filed", "waiting", "accepted", "dispatched", "handling", "answered"}

#: move → from which statuses, to which ("same", "back"), by whom. What stands nowhere here is forbidden.
RULES: dict[str, list[tuple[set[str], str, set[str]]]] = {
    "file": [({"nothing"}, "filed", FILERS)],
    "ask": [({"filed"}, "waiting", DISPATCHER), ({"handling"}, "waiting", WORKERS)],
    "supply": [({"waiting"}, "back", OWNERS)],
    "lapse": [({"waiting"}, "back", CLOCKED)],
    "add": [(OPEN - {"waiting"}, "same", OWNERS)],
    "answer_at_once": [({"filed"}, "answered", DISPATCHER)],
    "accept": [({"filed"}, "accepted", DISPATCHER | CLOCKED)],
    "dispatch": [({"accepted"}, "dispatched", DISPATCHER)],
    "sign": [
        ({"dispatched"}, "handling", OF_LEAD),
        ({"dispatched", "handling", "waiting"}, "same", OF_ASSISTING),
    ],
    "progress": [({"handling"}, "same", WORKERS)],
    "assist_done": [({"dispatched", "handling", "waiting"}, "same", OF_ASSISTING)],
    "answer": [({"handling"}, "answered", OF_LEAD)],
    "visit": [({"answered"}, "closed", OWNERS | VISITORS)],
    "call": [({"answered"}, "same", VISITORS)],
    "silence": [({"answered"}, "closed", CLOCKED)],
    "redo": [({"answered", "closed"}, "dispatched", OWNERS | VISITORS)],
    "urge": [(OPEN - {"answered"}, "same", OWNERS)],
    "withdraw": [(OPEN, "withdrawn", OWNERS)],
}

SEES = (
    OWNERS
    | {f"{role} of {place}" for role in ("handler", "liaison", "head") for place in ("lead", "assisting", "assisted")}
    | {"inspector of its project", "dispatcher", "approver", "leader", "supervisor"}
)


def expected(move: str, status: str, chair: str) -> str | None:
    """Where the rules lead this person from there, None where they forbid it."""
    rows = [to for origins, to, who in RULES.get(move, ()) if status in origins and chair in who]
    return rows[0] if rows else None
