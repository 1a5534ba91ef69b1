"""What officials say among themselves about a case, and what of it the owner reads."""

from __future__ import annotations

from collections.abc import Callable, Collection

from domain.case import Actor, Case
from storage import events, files
from storage.events import Step
from storage.files import FileRecord
from storage.transaction import Tx

#: What officials agree among themselves: the owner hears what comes of it.
INSIDE = frozenset(
    {"propose_refusal", "deny_refusal", "propose_termination", "deny_termination", "propose_answer", "send_back"}
    | {"censure", "recuse"}
)
#: Steps the owner sees, but whose words were written for officials.
#: What a unit asked for is the owner's to read once it was granted: the grant has the words again.
WORDS_INSIDE = frozenset({"return", "reassign", "assist_done", "ask_time", "deny_time", "unmerge", "supervise"})
#: Words between a unit and its head, until they are released.
OF_THE_UNIT = frozenset({"propose_answer", "send_back"})


def is_seen(step: Step) -> bool:
    """Whether the owner sees that a step was made: none that stays inside, unless it is public."""
    return step.move not in INSIDE or bool((step.content or {}).get("public"))


def is_read(step: Step) -> bool:
    """Whether the owner has what came with a step, words and files."""
    return is_seen(step) and step.move not in WORDS_INSIDE


def is_of_others(step: Step, units: Collection[int | None]) -> bool:
    """Whether what came with a step stays within a unit that is none of these."""
    return step.move in OF_THE_UNIT and step.unit not in units


def files_for(tx: Tx, case: Case, viewers: Collection[Actor]) -> list[FileRecord]:
    """The files of a case that officials may have, in the order they came. viewers: one of them in their roles."""
    units = {actor.unit for actor in viewers}
    persons = {actor.person for actor in viewers}
    return _left(tx, case, persons, lambda step: not is_of_others(step, units))


def files_for_owner(tx: Tx, case: Case, person: int) -> list[FileRecord]:
    """The files of a case that its owner may have, in the order they came."""
    return _left(tx, case, {person}, is_read)


def _left(tx: Tx, case: Case, persons: Collection[int | None], reads: Callable[[Step], bool]) -> list[FileRecord]:
    """Without those that came with steps that are not read only; one's own are always there."""
    every = files.of_case(tx, case.id)
    if not every:
        return []
    told: set[int] = set()
    kept: set[int] = set()
    for step in events.of_case(tx, case.id):
        (told if reads(step) else kept).update((step.content or {}).get("files") or ())
    return [one for one in every if one.id not in kept - told or one.person in persons]
