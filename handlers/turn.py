"""One arrival on its way through the house: who it is from, what came, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from domain.case import Actor, Role
from domain.messages import Incoming
from domain.office import Office
from domain.people import Holding, Person, is_official
from storage import people
from storage.files import FileRecord
from storage.people import Address
from storage.talks import TalkRow
from storage.transaction import Tx


@dataclass
class Turn:
    """What a flow may use: the transaction, the person, the time. Roles are read when first asked for.

    talk: the one that is open; aside: another waits behind it; received: the files that came with the message.
    refs: the messages whose words the talk acts on.
    """

    tx: Tx
    now: datetime
    person: Person
    address: Address
    incoming: Incoming
    talk: TalkRow | None = None
    aside: bool = False
    received: list[FileRecord] = field(default_factory=list)
    refs: tuple[str, ...] = ()
    _holdings: tuple[Holding, ...] | None = None

    @property
    def office(self) -> Office:
        """The office as it is now."""
        return self.tx.office

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """The roles the person holds now."""
        if self._holdings is None:
            self._holdings = people.holdings(self.tx, self.person.id, self.now)
        return self._holdings

    @property
    def actors(self) -> list[Actor]:
        """Everything the person may act as: their roles, and always an owner of their own cases."""
        return [*(holding.actor for holding in self.holdings), self.person.owner]

    @property
    def official(self) -> bool:
        """Whether the person holds any official's role."""
        return is_official(self.holdings)

    def holds(self, *roles: Role) -> bool:
        """Whether the person may act in one of these roles; everybody is the owner of their own cases."""
        return Role.OWNER in roles or any(holding.role in roles for holding in self.holdings)

    def forget_roles(self) -> None:
        """A role was given or taken in this transaction: read them again."""
        self._holdings = None


def at_desk(tx: Tx, person: Person, now: datetime) -> Turn:
    """A turn of somebody at a page: nothing arrived from a channel, and nothing is said back to one."""
    return Turn(tx, now, person, Address(0, "board", "", False, False), Incoming("board", "", ""))
