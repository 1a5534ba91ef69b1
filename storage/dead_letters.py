"""What ended badly on its way out or in: messages no door took, files not fetched, people without a door. No texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, literal_column, select, update

from domain.people import Person
from storage.people import PERSON, person_of
from storage.tables import addresses, fetches, files, outbox, people
from storage.transaction import Tx

#: So many are shown at once.
MOST = 50
#: What is refused for no longer than this is nobody's trouble yet.
SOON = timedelta(hours=1)

_newer = outbox.alias("newer")
#: A card is shown as it is last: what was to stand in its place before is nobody's trouble any more.
_OUTDATED = exists().where(
    _newer.c.card != literal_column("''"),
    _newer.c.address_id == outbox.c.address_id,
    _newer.c.card == outbox.c.card,
    _newer.c.id > outbox.c.id,
)
_ENDED = select(
    outbox.c.id, outbox.c.channel, outbox.c.created_at, outbox.c.attempts, outbox.c.reason, outbox.c.address_id
)
_IS_DEAD = outbox.c.state == literal_column("'dead'")
_DEAD = _ENDED.where(_IS_DEAD, ~_OUTDATED)
_LETTERS = _DEAD.order_by(outbox.c.id.desc()).limit(MOST)
_LETTER = _DEAD.where(outbox.c.id == bindparam("id_")).with_for_update()
_LETTER_COUNT = select(func.count()).select_from(outbox).where(_IS_DEAD, ~_OUTDATED)
_PUT_OFF = (
    _ENDED.where(
        outbox.c.state == literal_column("'queued'"), outbox.c.reason != "", outbox.c.created_at < bindparam("before")
    )
    .order_by(outbox.c.id)
    .limit(MOST)
)
_AGAIN = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), _IS_DEAD)
    .values(state="queued", attempts=0, reason="", not_before=bindparam("now_"))
)
_other = addresses.alias("other")
_NO_DOOR = (
    select(*PERSON)
    .where(
        people.c.id.in_(select(addresses.c.person_id).where(literal_column("NOT addresses.reachable"))),
        people.c.erased_at.is_(None),
        ~exists().where(_other.c.person_id == people.c.id, _other.c.reachable.is_(True)),
    )
    .order_by(people.c.id.desc())
    .limit(MOST)
)
_LOST = (
    select(fetches.c.id, fetches.c.channel, fetches.c.attempts, fetches.c.reason, files.c.media, files.c.created_at)
    .join(files, files.c.id == fetches.c.file_id)
    .where(fetches.c.state == "failed")
)
_FILES = _LOST.order_by(fetches.c.id.desc()).limit(MOST)
_FILE = _LOST.where(fetches.c.id == bindparam("id_"))
_FILE_COUNT = select(func.count()).select_from(fetches).where(fetches.c.state == "failed")
_FETCH_AGAIN = (
    update(fetches)
    .where(fetches.c.id == bindparam("id_"), fetches.c.state == "failed")
    .values(state="wanted", attempts=0, reason="", next_at=bindparam("now_"))
)


@dataclass(frozen=True, slots=True)
class Ended:
    """One message or file. reason: as a person can read it; media: of a file, its sort."""

    id: int
    channel: str
    at: datetime
    attempts: int
    reason: str
    media: str = ""


def letters(tx: Tx) -> list[Ended]:
    """The latest messages that no door took."""
    return [_ended(row) for row in tx.all(_LETTERS)]


def put_off(tx: Tx, now: datetime) -> list[Ended]:
    """The oldest messages that a platform has refused for longer than SOON, and that are tried again by themselves."""
    return [_ended(row) for row in tx.all(_PUT_OFF, {"before": now - SOON})]


def _ended(row: Row[Any]) -> Ended:
    return Ended(row.id, row.channel, row.created_at, row.attempts, row.reason)


def letter_count(tx: Tx) -> int:
    """How many messages no door took."""
    return int(tx.scalar(_LETTER_COUNT))


def send_again(tx: Tx, letter: int, now: datetime) -> int | None:
    """Put a dead message in line again, from its first try on; the address it is for, None if it is not dead (any
    more), or a newer form of it was put in line since."""
    row = tx.first(_LETTER, {"id_": letter})
    if row is None or tx.execute(_AGAIN, {"id_": letter, "now_": now}).rowcount == 0:
        return None
    tx.signal("outbox", row.channel, row.address_id)
    return int(row.address_id)


def without_door(tx: Tx) -> list[Person]:
    """People who have shut every door to us: whoever needs them phones."""
    return [person_of(row) for row in tx.all(_NO_DOOR)]


def lost_files(tx: Tx) -> list[Ended]:
    """The latest files that were given up."""
    return [
        Ended(row.id, row.channel, row.created_at, row.attempts, row.reason, row.media.split("/")[0])
        for row in tx.all(_FILES)
    ]


def lost_file_count(tx: Tx) -> int:
    """How many files were given up."""
    return int(tx.scalar(_FILE_COUNT))


def fetch_again(tx: Tx, fetch: int, now: datetime) -> bool:
    """Try a file again, from its first try on; False if it is not given up (any more)."""
    row = tx.first(_FILE, {"id_": fetch})
    if row is None or tx.execute(_FETCH_AGAIN, {"id_": fetch, "now_": now}).rowcount == 0:
        return False
    tx.signal("fetches", row.channel)
    return True
