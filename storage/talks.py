"""Talks: what a conversation has heard so far, as JSON. One talk of a person is open, others are set aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, delete, insert, select, update

from storage.tables import talks
from storage.transaction import Tx

OPEN, ASIDE = "open", "aside"

COLUMNS = (
    talks.c.id.label("tid"),
    talks.c.person_id,
    talks.c.flow,
    talks.c.arg,
    talks.c.state,
    talks.c.pending,
    talks.c.revision,
    talks.c.tries,
    talks.c.memory,
    talks.c.touched_at,
    talks.c.offered_at,
)
_LAST_ASIDE = (
    select(*COLUMNS)
    .where(talks.c.person_id == bindparam("person_"), talks.c.state == ASIDE, talks.c.offered_at.is_(None))
    .order_by(talks.c.touched_at.desc(), talks.c.id.desc())
    .limit(1)
)
_LIVE = select(*COLUMNS).where(talks.c.person_id == bindparam("person_")).order_by(talks.c.id.desc()).limit(20)
_GET = select(*COLUMNS).where(talks.c.id == bindparam("id_"), talks.c.person_id == bindparam("person_"))
_STATE: dict[str, Any] = {
    "state": bindparam("state_"),
    "pending": bindparam("pending_"),
    "revision": bindparam("revision_"),
    "tries": bindparam("tries_"),
    "memory": bindparam("memory_"),
    "touched_at": bindparam("touched_at_"),
    "offered_at": bindparam("offered_at_"),
}
_WHOSE: dict[str, Any] = {"person_id": bindparam("person_"), "flow": bindparam("flow_"), "arg": bindparam("arg_")}
_ADD = insert(talks).values({**_WHOSE, **_STATE}).returning(talks.c.id)
_KEEP = update(talks).where(talks.c.id == bindparam("id_")).values(_STATE)
_END = delete(talks).where(talks.c.id == bindparam("id_"))
_IDLE = (
    select(*COLUMNS)
    .where(talks.c.touched_at < bindparam("before"), talks.c.offered_at.is_(None))
    .order_by(talks.c.touched_at)
    .limit(200)
    .with_for_update(skip_locked=True)  # who answers in it just now is in it, and another process offers it alone
)
_FORGET = delete(talks).where(talks.c.touched_at < bindparam("before"))


class Memory(msgspec.Struct, omit_defaults=True):
    """What survives between two messages, as JSON.

    answers and results by key; refs: the message each answer came in; order: keys as they were answered, "do:" before
    those of what was done; menu: option values as shown, labels: their words; aside: a message no question took yet;
    wanted: keys to be asked although they have a default or an answer; free: whether the pending question takes any
    words. parts: the messages an answer was gathered from, by key, each under its name. early: keys of accounts that
    photos began before they were asked for.
    """

    answers: dict[str, Any] = {}
    results: dict[str, Any] = {}
    refs: dict[str, str] = {}
    order: list[str] = []
    menu: list[str] = []
    labels: list[str] = []
    aside: dict[str, Any] | None = None
    wanted: list[str] = []
    free: bool = False
    parts: dict[str, dict[str, str]] = {}
    early: list[str] = []


@dataclass(slots=True)
class TalkRow:
    """One talk as kept. revision grows with every question, so that an old button is known for one."""

    id: int
    person: int
    flow: str
    arg: str
    state: str = OPEN
    pending: str = ""
    revision: int = 0
    tries: int = 0
    memory: Memory = field(default_factory=Memory)
    touched_at: datetime | None = None
    offered_at: datetime | None = None


def talk_of(row: Row[Any]) -> TalkRow:
    """The talk in a row that selects COLUMNS."""
    memory = msgspec.json.decode(row.memory, type=Memory)
    return TalkRow(
        row.tid,
        row.person_id,
        row.flow,
        row.arg,
        row.state,
        row.pending,
        row.revision,
        row.tries,
        memory,
        row.touched_at,
        row.offered_at,
    )


def last_aside(tx: Tx, person: int) -> TalkRow | None:
    """The talk set aside last."""
    row = tx.first(_LAST_ASIDE, {"person_": person})
    return talk_of(row) if row else None


def get(tx: Tx, talk: int, person: int) -> TalkRow | None:
    """A talk of this person."""
    row = tx.first(_GET, {"id_": talk, "person_": person})
    return talk_of(row) if row else None


def add(tx: Tx, talk: TalkRow) -> None:
    """Store a new talk; it has its id from then on."""
    row = {"person_": talk.person, "flow_": talk.flow, "arg_": talk.arg, **_kept(talk)}
    talk.id = int(tx.scalar(_ADD, row))


def keep(tx: Tx, talk: TalkRow) -> None:
    """Write a talk as it is now."""
    tx.execute(_KEEP, {"id_": talk.id, **_kept(talk)})


def _kept(talk: TalkRow) -> dict[str, Any]:
    return {
        "state_": talk.state,
        "pending_": talk.pending,
        "revision_": talk.revision,
        "tries_": talk.tries,
        "memory_": msgspec.json.encode(talk.memory).decode(),
        "touched_at_": talk.touched_at,
        "offered_at_": talk.offered_at,
    }


def end(tx: Tx, talk: TalkRow) -> None:
    """A talk is over: nothing of it is kept."""
    tx.execute(_END, {"id_": talk.id})


def idle(tx: Tx, before: datetime) -> list[TalkRow]:
    """Talks untouched since `before` that were not offered again yet."""
    return [talk_of(row) for row in tx.all(_IDLE, {"before": before})]


def forget(tx: Tx, before: datetime) -> int:
    """Drop talks untouched since `before`; returns how many."""
    return tx.execute(_FORGET, {"before": before}).rowcount


def live_of(tx: Tx, person: int) -> list[TalkRow]:
    """Every talk of a person that is open or set aside."""
    return [talk_of(row) for row in tx.all(_LIVE, {"person_": person})]
