"""Who an arrival is from, in one question: the address, the person behind it, and the talk they are in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, select, update

from domain.people import Person
from storage import people, returning, talks
from storage.people import USED_GRAIN, Address
from storage.tables import addresses, album_parts
from storage.tables import people as people_table
from storage.tables import talks as talks_table
from storage.talks import ASIDE, OPEN, TalkRow
from storage.transaction import Tx

_aside = talks_table.alias("aside")
_LEFT = exists().where(_aside.c.person_id == people_table.c.id, _aside.c.state == ASIDE, _aside.c.offered_at.is_(None))
_ALBUM = exists().where(album_parts.c.channel == addresses.c.channel, album_parts.c.address == addresses.c.address)
_other = addresses.alias("other")
_ELSEWHERE = exists().where(
    _other.c.person_id == people_table.c.id, _other.c.id != addresses.c.id, _other.c.used_at >= addresses.c.used_at
)
_FIND = (
    select(
        *people.ADDRESS,
        *people.PERSON,
        *talks.COLUMNS,
        _LEFT.label("left_aside"),
        _ALBUM.label("album_waits"),
        _ELSEWHERE.label("used_elsewhere"),
    )
    .select_from(
        addresses.outerjoin(people_table, people_table.c.id == addresses.c.person_id).outerjoin(
            talks_table, and_(talks_table.c.person_id == people_table.c.id, talks_table.c.state == OPEN)
        )
    )
    .where(addresses.c.channel == bindparam("channel_"), addresses.c.address == bindparam("address_"))
    .order_by(talks_table.c.id.desc())
    .limit(1)
    .with_for_update(of=addresses)
)
_TOUCH = (
    update(addresses).where(addresses.c.id == bindparam("id_")).values(used_at=bindparam("used_at_"), reachable=True)
)


@dataclass(slots=True)
class Arrival:
    """Where a message came from. person is None for a group; talk is the open one; aside: another waits behind it.

    album: a set of files was sent from here that is not taken yet; back: they could not be written to until now.
    """

    address: Address
    person: Person | None
    talk: TalkRow | None = None
    aside: bool = False
    album: bool = False
    back: bool = False


def arrive(tx: Tx, channel: str, address: str, now: datetime) -> Arrival | None:
    """Who writes from this address, locked for the transaction; who was unreachable is reachable again."""
    row = tx.first(_FIND, {"channel_": channel, "address_": address})
    if row is None:
        return None
    if not row.reachable:
        returning.heard_again(tx, row.aid, row.pid, channel, now)
    if not row.reachable or row.used_elsewhere or abs(now - row.used_at) > USED_GRAIN:
        tx.execute(_TOUCH, {"id_": row.aid, "used_at_": now})
    person = people.person_of(row) if row.pid is not None else None
    talk = talks.talk_of(row) if row.tid is not None else None
    aside, album = bool(row.left_aside), bool(row.album_waits)
    return Arrival(people.address_of(row), person, talk, aside, album, back=not row.reachable)
