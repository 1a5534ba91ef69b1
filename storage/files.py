"""Files people sent: their records, and those a platform promised that are still to be fetched."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from domain.messages import Attachment, Promised
from storage.tables import fetches, files
from storage.transaction import Tx

_ADD = insert(files).returning(files.c.id)
_FETCH = insert(fetches)
_MANY = select(files).where(files.c.id.in_(bindparam("ids", expanding=True))).order_by(files.c.id)
_CODE = select(files).where(files.c.code == bindparam("code_"))
_BIND = (
    update(files)
    .where(
        files.c.id.in_(bindparam("ids", expanding=True)),
        files.c.person_id == bindparam("person_"),
        files.c.case_id.is_(None),
    )
    .values(case_id=bindparam("case_"))
)
_OF_CASE = select(files).where(files.c.case_id == bindparam("case_")).order_by(files.c.id)
_DUE = (
    select(fetches)
    .where(fetches.c.state == "wanted", fetches.c.next_at <= bindparam("now"))
    .order_by(fetches.c.next_at, fetches.c.id)
    .limit(bindparam("most"))
)
_KEPT = (
    update(files)
    .where(files.c.id == bindparam("id_"))
    .values(digest=bindparam("digest_"), size_bytes=bindparam("size_"), media=bindparam("media_"))
)
_FETCHED = (
    update(fetches)
    .where(fetches.c.id == bindparam("id_"))
    .values(
        state=bindparam("state_"),
        attempts=bindparam("attempts_"),
        next_at=bindparam("next_at_"),
        reason=bindparam("reason_"),
    )
)
_WANTED = select(func.count()).select_from(fetches).where(fetches.c.state == "wanted")


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file. code names it in addresses; digest (SHA-256, hex) names its bytes in the store, "" until fetched."""

    id: int
    code: str
    name: str
    media: str
    size_bytes: int
    digest: str
    person: int | None
    case: int | None

    @property
    def attachment(self) -> Attachment:
        """The file as shown with a message."""
        return Attachment(self.id, self.name, self.media, f"/file/{self.code}")


@dataclass(frozen=True, slots=True)
class Fetch:
    """A file a platform promised."""

    id: int
    file: int
    channel: str
    reference: str
    attempts: int


def _file(row: Row[Any]) -> FileRecord:
    return FileRecord(row.id, row.code, row.name, row.media, row.size_bytes, row.digest, row.person_id, row.case_id)


def add(tx: Tx, promised: Promised, channel: str, person: int | None, now: datetime) -> FileRecord:
    """Record a file that arrived; one not kept yet is put in line to be fetched."""
    code = secrets.token_urlsafe(18)
    row = {
        "code": code,
        "name": promised.name,
        "media": promised.media,
        "size_bytes": promised.size_bytes,
        "digest": promised.digest,
        "person_id": person,
        "created_at": now,
    }
    made = int(tx.execute(_ADD, row).scalar_one())
    if not promised.digest:
        fetch = {"file_id": made, "channel": channel, "reference": promised.reference, "state": "wanted"}
        tx.execute(_FETCH, {**fetch, "next_at": now})
        tx.signal("fetches", channel)
    return FileRecord(made, code, promised.name, promised.media, promised.size_bytes, promised.digest, person, None)


def many(tx: Tx, ids: Iterable[int]) -> list[FileRecord]:
    """Files by id."""
    wanted = list(ids)
    return [_file(row) for row in tx.all(_MANY, {"ids": wanted})] if wanted else []


def by_code(tx: Tx, code: str) -> FileRecord | None:
    """The file with this code."""
    row = tx.first(_CODE, {"code_": code})
    return _file(row) if row else None


def bind(tx: Tx, ids: Iterable[int], person: int, case: int) -> None:
    """Files this person sent belong to this case from now on; a file never changes its case."""
    if wanted := list(ids):
        tx.execute(_BIND, {"ids": wanted, "person_": person, "case_": case})


def of_case(tx: Tx, case: int) -> list[FileRecord]:
    """All files of a case."""
    return [_file(row) for row in tx.all(_OF_CASE, {"case_": case})]


def wanted(tx: Tx, now: datetime, most: int = 20) -> list[Fetch]:
    """Files to fetch now."""
    return [
        Fetch(row.id, row.file_id, row.channel, row.reference, row.attempts)
        for row in tx.all(_DUE, {"now": now, "most": most})
    ]


def wanted_count(tx: Tx) -> int:
    """How many files are still to be fetched."""
    return int(tx.scalar(_WANTED))


def fetched(tx: Tx, fetch: Fetch, digest: str, size_bytes: int, media: str, now: datetime) -> None:
    """The bytes of a promised file are kept under `digest`."""
    tx.execute(_KEPT, {"id_": fetch.file, "digest_": digest, "size_": size_bytes, "media_": media})
    _mark(tx, fetch, "kept", now, "")


def fetch_failed(tx: Tx, fetch: Fetch, again_at: datetime | None, reason: str, now: datetime) -> None:
    """A fetch failed: tried again at `again_at`, or given up (None) with a reason a person can read."""
    _mark(tx, fetch, "wanted" if again_at else "failed", again_at or now, reason)


def _mark(tx: Tx, fetch: Fetch, state: str, moment: datetime, reason: str) -> None:
    tx.execute(
        _FETCHED,
        {
            "id_": fetch.id,
            "state_": state,
            "attempts_": fetch.attempts + 1,
            "next_at_": moment,
            "reason_": reason,
        },
    )
