"""The names platforms have for files of ours: a file goes up to a platform once, and is named after that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, String, Text, and_, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from storage.tables import Moment, fetches, file_refs, files
from storage.transaction import Tx

_SHOWN = (
    select(
        files.c.id,
        files.c.name,
        files.c.media,
        files.c.size_bytes,
        files.c.digest,
        file_refs.c.ref,
        file_refs.c.at,
        fetches.c.channel.label("came_by"),
        fetches.c.reference,
        fetches.c.state,
    )
    .outerjoin(file_refs, and_(file_refs.c.file_id == files.c.id, file_refs.c.channel == bindparam("channel_")))
    .outerjoin(fetches, fetches.c.file_id == files.c.id)
    .where(files.c.id.in_(bindparam("ids", expanding=True)))
)
_KNOWN = select(
    files.c.id,
    bindparam("channel_", type_=String),
    bindparam("ref_", type_=Text),
    bindparam("at_", type_=Moment()),
).where(files.c.id == bindparam("file_"))
_KEEP = insert(file_refs).from_select(["file_id", "channel", "ref", "at"], _KNOWN)
_KEEP = _KEEP.on_conflict_do_update(
    index_elements=["file_id", "channel"], set_={"ref": _KEEP.excluded.ref, "at": _KEEP.excluded.at}
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as one platform can be given it.

    ref: the name kept for it there, "" for none; came_as: the name under which it came from there itself.
    digest: of its bytes in our store, "" while there are none; expected: they are still to be fetched.
    since: when the name was given, where the platform keeps it for a time only.
    """

    id: int
    name: str
    media: str
    size_bytes: int
    digest: str
    ref: str
    came_as: str
    expected: bool
    since: datetime | None = None


def shown(tx: Tx, ids: Sequence[int], channel: str) -> list[Shown]:
    """Files as a platform can be given them, in the order of `ids`; those no longer kept are left out."""
    found = {row.id: row for row in tx.all(_SHOWN, {"ids": list(ids), "channel_": channel})}
    return [_shown(found[one], channel) for one in ids if one in found]


def _shown(row: Row[Any], channel: str) -> Shown:
    came_as = row.reference if row.came_by == channel else ""
    expected = not row.digest and row.state == "wanted"
    return Shown(
        row.id, row.name, row.media, row.size_bytes, row.digest, row.ref or "", came_as or "", expected, row.at
    )


def keep(tx: Tx, file: int, channel: str, ref: str, at: datetime | None = None) -> None:
    """A platform knows a file by this name from now on; nothing for one that was erased on its way there.

    at: when the name was given, where the platform keeps it for a time only.
    """
    tx.execute(_KEEP, {"file_": file, "channel_": channel, "ref_": ref, "at_": at})
