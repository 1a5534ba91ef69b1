"""What was filed, and what a summary shows; many cases at once."""

from datetime import datetime

from domain.case import Case, Kind
from handlers import casework
from handlers.casework import Filed
from storage import cases, people
from storage.transaction import Tx
from tests.people import Owner, Town


def filed(town: Town, owner: Owner) -> list[str]:
    """The facts of every case of this person, newest first."""
    return [case.facts for case in town.read(cases.of_owner, owner.id)]


def row(owner: Owner, label: str) -> str:
    """What stands behind a label in the last message."""
    return dict(owner.last.facts).get(label, "")


def file_many(town: Town, owner: Owner, count: int, kind: Kind = Kind.REQUEST) -> list[str]:
    """So many cases of one owner, of one moment; returns their numbers."""
    return [town.write(_file, owner.id, Filed(kind, f"第{n}处路灯不亮"), town.now).number for n in range(count)]


def _file(tx: Tx, owner: int, what: Filed, now: datetime) -> Case:
    person = people.get(tx, owner)
    assert person is not None
    return casework.file(tx, what, person.owner, owner, now)
