"""Whose chat on a platform has a list of commands of its own, and which list it was given last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Boolean, bindparam, or_, select, update

from domain.people import Person
from storage.people import PERSON, person_of
from storage.tables import addresses, people
from storage.transaction import Tx

#: The topic of a commit that changed who may do what, or in which language somebody is spoken to.
CHANGED = "commands"
#: In place of a list's name: this chat is to have one of its own, whatever its person may do.
WANTED = "?"

_OWN = (
    select(*PERSON, addresses.c.id.label("aid"), addresses.c.address, addresses.c.commands)
    .join(addresses, addresses.c.person_id == people.c.id)
    .where(
        addresses.c.channel == bindparam("channel_"),
        addresses.c.group_chat.is_(False),
        addresses.c.reachable.is_(True),
        or_(
            addresses.c.commands != "",
            people.c.id.in_(bindparam("ids", expanding=True)),
            bindparam("everybody", type_=Boolean),
        ),
    )
    .order_by(addresses.c.id)
)
_GIVEN = update(addresses).where(addresses.c.id == bindparam("id_")).values(commands=bindparam("given"))
_WANT = update(addresses).where(addresses.c.person_id == bindparam("person_")).values(commands=WANTED)


@dataclass(frozen=True, slots=True)
class Listed:
    """A chat that has, or is to have, its own list. given: the name of the list it has, "" or WANTED for none."""

    id: int
    address: str
    person: Person
    given: str


def own(tx: Tx, channel: str, ids: Iterable[int], *, everybody: bool = False) -> list[Listed]:
    """The private chats of these people, and those that were given a list before; everybody: all there are."""
    names = {"channel_": channel, "ids": sorted(ids), "everybody": everybody}
    return [Listed(row.aid, row.address, person_of(row), row.commands) for row in tx.all(_OWN, names)]


def given(tx: Tx, address: int, name: str) -> None:
    """The chat has the list of this name now."""
    tx.execute(_GIVEN, {"id_": address, "given": name})


def want(tx: Tx, person: int) -> None:
    """This person chose their language: their chats are to have lists in it, whatever their apps speak."""
    tx.execute(_WANT, {"person_": person})
    tx.signal(CHANGED)
