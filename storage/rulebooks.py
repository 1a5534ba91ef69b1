"""The rulebook as kept: a row each version, its body as JSON. What an older body lacks is as an office begins with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, get_type_hints

import msgspec
from sqlalchemy import bindparam, func, insert, select, update

from domain import rulebook
from domain.case import Kind, Weight
from domain.errors import BadDeclaration, Overtaken
from domain.office import Office
from domain.rulebook import KINDS, KindRule, Rulebook
from domain.workdays import Calendar, Limit
from storage import calendars
from storage.tables import people, rulebooks
from storage.transaction import Tx

#: What a limit for cases without a weight is called in a body.
ANY = "any"
#: Kept beside the body, or written in another shape.
APART = frozenset({"version", "kinds"})
SHOWN = 50

_LATEST = select(rulebooks.c.version, rulebooks.c.body).order_by(rulebooks.c.version.desc()).limit(1)
_GET = select(rulebooks.c.version, rulebooks.c.body).where(rulebooks.c.version == bindparam("version_"))
_NUMBER = select(func.coalesce(func.max(rulebooks.c.version), 0))
_ADD = insert(rulebooks)
_EXPLAIN = update(rulebooks).where(rulebooks.c.version == bindparam("version_")).values(why=bindparam("why_"))
_HISTORY = (
    select(rulebooks.c.version, rulebooks.c.why, rulebooks.c.made_at, people.c.name)
    .select_from(rulebooks.outerjoin(people, people.c.id == rulebooks.c.by_id))
    .order_by(rulebooks.c.version.desc())
    .limit(SHOWN)
)


@dataclass(frozen=True, slots=True)
class Version:
    """One change of the rules: why, by whom ("" for the first, made from office.toml), and when."""

    version: int
    why: str
    by: str
    made_at: datetime


class _KindBody(msgspec.Struct):
    accept: Limit
    handle: dict[str, Limit]
    answer_at_once: bool = False


def plant(tx: Tx, book: Rulebook, now: datetime) -> bool:
    """Keep the book an office starts with as version 1; False if there is one already."""
    if tx.scalar(_NUMBER):
        return False
    tx.execute(_ADD, _row(replace(book, version=1), "", None, now))
    return True


def current(tx: Tx) -> Rulebook | None:
    """The rules as they are now; None before the first start. Raises BadDeclaration for a body nobody can read."""
    row = tx.first(_LATEST)
    return decoded(row.body, row.version) if row else None


def get(tx: Tx, version: int) -> Rulebook | None:
    """The rules as they were then."""
    row = tx.first(_GET, {"version_": version})
    return decoded(row.body, row.version) if row else None


def history(tx: Tx) -> list[Version]:
    """The last changes, the latest first."""
    return [Version(row.version, row.why, row.name or "", row.made_at) for row in tx.all(_HISTORY)]


def newest(tx: Tx) -> tuple[int, int]:
    """The versions of the rules and of the calendar, for whoever looks whether something is new."""
    return tx.scalar(_NUMBER), calendars.newest(tx)


def save(tx: Tx, book: Rulebook, why: str, by: int | None, now: datetime, *, based_on: int) -> Rulebook:
    """Keep a book as the next version, valid in every process within seconds. It was checked.

    Raises Overtaken where the latest version is not the one it was `based_on`. Closed days and hours that changed make
    a new version of the calendar too.
    """
    before = current(tx) or tx.office.rulebook
    if before.version != based_on:
        raise Overtaken(version=before.version)
    fresh = replace(book, version=before.version + 1)
    tx.execute(_ADD, _row(fresh, why, by, now))
    if _days(before) != _days(fresh):
        calendars.renew(tx, why, now)
    tx.signal("rulebook", fresh.version)
    return fresh


def explain(tx: Tx, version: int, why: str) -> None:
    """Add to the reason of a version what its saving did."""
    tx.execute(_EXPLAIN, {"version_": version, "why_": why})


def _days(book: Rulebook) -> tuple[Any, ...]:
    return book.opens, book.closes, book.closures


def _row(book: Rulebook, why: str, by: int | None, now: datetime) -> dict[str, Any]:
    body = encoded(book)
    if decoded(body, book.version) != book:
        raise BadDeclaration(where="rulebook", what="would not be read as it was written")
    return {"version": book.version, "body": body, "why": why, "by_id": by, "made_at": now}


# --- the office under a book --------------------------------------------------------------------------------------


def calendar(tx: Tx, book: Rulebook, zone: str) -> Calendar:
    """The calendar as it is kept, with the office's own hours and closed days."""
    kept = calendars.current(tx)
    days = {special.day: special for special in kept.days}
    return rulebook.on(Calendar(days, kept.known_through, kept.known_from, kept.version, zone), book)


def office(tx: Tx, book: Rulebook) -> Office:
    """This office with another book."""
    before = tx.office
    return replace(
        before,
        name=book.name or before.name,
        phone=book.phone,
        language=book.language,
        rulebook=book,
        calendar=calendar(tx, book, before.calendar.zone),
    )


@contextmanager
def under(tx: Tx, new: Office) -> Iterator[None]:
    """What is done inside is done by the rules of `new`; others in the same group of writes keep theirs."""
    before, tx.office = tx.office, new
    try:
        yield
    finally:
        tx.office = before


# --- as JSON ------------------------------------------------------------------------------------------------------


def encoded(book: Rulebook) -> str:
    """The body of a book."""
    body: dict[str, Any] = {one.name: getattr(book, one.name) for one in fields(book) if one.name not in APART}
    body["kinds"] = {str(kind): _kind_body(rule) for kind, rule in book.kinds.items()}
    return msgspec.json.encode(body, enc_hook=_plain).decode()


def _plain(value: Any) -> Any:
    """Mappings that cannot be changed are written as those that can."""
    return dict(value)


def _kind_body(rule: KindRule) -> _KindBody:
    handle = {str(weight or ANY): limit for weight, limit in rule.handle.items()}
    return _KindBody(rule.accept, handle, rule.answer_at_once)


def decoded(body: str, version: int) -> Rulebook:
    """The book in a body; what it lacks is as an office begins with it. Raises BadDeclaration."""
    try:
        raw = msgspec.json.decode(body, type=dict[str, Any])
        found = {name: msgspec.convert(raw[name], kind) for name, kind in _TYPES.items() if name in raw}
        kinds = msgspec.convert(raw.get("kinds", {}), dict[Kind, _KindBody])
        rules = {kind: _rule(one) for kind, one in kinds.items()}
    except (msgspec.MsgspecError, ValueError, TypeError) as error:
        raise BadDeclaration(where=f"rulebook {version}", what=str(error)) from None
    return Rulebook(version=version, kinds={**KINDS, **rules}, **found)


def _rule(body: _KindBody) -> KindRule:
    handle = {None if name == ANY else Weight(name): limit for name, limit in body.handle.items()}
    return KindRule(body.accept, handle, body.answer_at_once)


_TYPES = {name: kind for name, kind in get_type_hints(Rulebook).items() if name not in APART}
