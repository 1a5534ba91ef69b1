"""What was filed, and what a summary shows."""

from storage import cases
from tests.people import Owner, Town


def filed(town: Town, owner: Owner) -> list[str]:
    """The facts of every case of this person, newest first."""
    return [case.facts for case in town.read(cases.of_owner, owner.id)]


def row(owner: Owner, label: str) -> str:
    """What stands behind a label in the last message."""
    return dict(owner.last.facts).get(label, "")
