"""What officials say among themselves about a case, and what of it the owner reads."""

from __future__ import annotations

from storage.events import Step

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


def files_of(step: Step) -> tuple[int, ...]:
    """The files that came with a step, by their ids."""
    return tuple((step.content or {}).get("files") or ())
