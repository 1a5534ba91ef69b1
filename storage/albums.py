"""Parts of a set of files that a platform brings one by one, kept until the last is there."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import bindparam, delete, exists, func, insert, select

from domain.messages import Incoming
from storage.tables import album_parts
from storage.transaction import Tx

#: As long as the column.
LONGEST_NAME = 64

_ADD = insert(album_parts)
_late = album_parts.alias("late")
_THIS = (
    album_parts.c.channel == bindparam("channel_"),
    album_parts.c.address == bindparam("address_"),
    album_parts.c.album == bindparam("album_"),
)
_TAKE_OUT = (
    delete(album_parts)
    .where(*_THIS)
    .where(
        ~exists().where(
            _late.c.channel == bindparam("channel_"),
            _late.c.address == bindparam("address_"),
            _late.c.album == bindparam("album_"),
            _late.c.at > bindparam("before"),
        )
    )
    .returning(album_parts.c.id, album_parts.c.incoming)
)
_OF_ADDRESS = (
    select(album_parts.c.album)
    .where(album_parts.c.channel == bindparam("channel_"), album_parts.c.address == bindparam("address_"))
    .group_by(album_parts.c.album)
    .order_by(func.min(album_parts.c.id))
)
_QUIET = (
    select(album_parts.c.channel, album_parts.c.address, album_parts.c.album)
    .group_by(album_parts.c.channel, album_parts.c.address, album_parts.c.album)
    .having(func.max(album_parts.c.at) <= bindparam("before"))
    .order_by(func.min(album_parts.c.id))
    .limit(100)
)


def keep(tx: Tx, part: Incoming, now: datetime) -> None:
    """Keep a part; signals "album" with channel, address and album."""
    album = part.album[:LONGEST_NAME]
    row = {"channel": part.channel, "address": part.address, "album": album, "at": now}
    tx.execute(_ADD, {**row, "incoming": msgspec.json.encode(part).decode()})
    tx.signal("album", part.channel, part.address, album)


def take_out(tx: Tx, channel: str, address: str, album: str, before: datetime) -> list[Incoming]:
    """Take the parts of an album in the order they came; none while one came after `before`, or another has them."""
    named = {"channel_": channel, "address_": address, "album_": album, "before": before}
    rows = sorted(tx.all(_TAKE_OUT, named), key=lambda row: row.id)
    return [msgspec.json.decode(row.incoming, type=Incoming) for row in rows]


def of_address(tx: Tx, channel: str, address: str) -> list[str]:
    """The albums of an address that are not taken yet, in the order they began."""
    return [row.album for row in tx.all(_OF_ADDRESS, {"channel_": channel, "address_": address})]


def quiet(tx: Tx, before: datetime) -> list[tuple[str, str, str]]:
    """(channel, address, album) of up to a hundred albums no part of which came after `before`."""
    return [(row.channel, row.address, row.album) for row in tx.all(_QUIET, {"before": before})]
