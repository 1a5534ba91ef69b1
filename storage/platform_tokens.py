"""The tokens platforms give for a time: one row an app, asked for by one process, used by all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import Moment, platform_tokens
from storage.transaction import Tx

#: A token that is refused before its time is given up at most so often: a refusal may be the platform's own mistake.
FORCED_SECONDS = 60.0
#: Nobody waits longer than that for anybody: a time further ahead was written by a clock that was wrong.
LONGEST_WAIT = timedelta(days=2)

_t = platform_tokens.c
_OF = _t.name == bindparam("app")
_COLUMNS = (_t.token, _t.expires_at, _t.asking_until, _t.version, _t.stopped, _t.asking_by)


def _make(insert: Any) -> Any:
    return insert(platform_tokens).values(name=bindparam("app")).on_conflict_do_nothing(index_elements=[_t.name])


MAKE = {"sqlite": _make(sqlite.insert), "postgresql": _make(postgresql.insert)}
KEPT = select(*_COLUMNS).where(_OF)
FORCED = select(_t.token, _t.forced_at).where(_OF).with_for_update()
CLAIM = (
    update(platform_tokens)
    .where(
        _OF,
        or_(
            _t.asking_until.is_(None),
            _t.asking_until <= bindparam("now", type_=Moment()),
            _t.asking_until > bindparam("too_far", type_=Moment()),
        ),
    )
    .values(asking_by=bindparam("who"), asking_until=bindparam("until"))
)
_OURS = _OF & (_t.asking_by == bindparam("who"))
KEEP = (
    update(platform_tokens)
    .where(_OURS)
    .values(
        token=bindparam("given"),
        expires_at=bindparam("ends"),
        asking_until=bindparam("until"),
        asking_by="",
        version=_t.version + 1,
        stopped="",
    )
)
PUT_OFF = update(platform_tokens).where(_OURS).values(asking_by="", asking_until=bindparam("until"))
STOP = (
    update(platform_tokens).where(_OURS).values(asking_by="", asking_until=bindparam("until"), stopped=bindparam("why"))
)
GIVE_UP = (
    update(platform_tokens)
    .where(_OF, _t.token == bindparam("refused"))
    .values(
        token="",
        expires_at=null(),
        asking_until=case((_t.asking_by != "", _t.asking_until), else_=null()),
        forced_at=bindparam("now"),
    )
)
END = update(platform_tokens).where(_OURS).values(asking_by="", asking_until=null())
MARK = update(platform_tokens).where(_OF).values(stopped=bindparam("why"))
STOPPED = select(_t.name, _t.stopped).where(_t.stopped != "").order_by(_t.name)


@dataclass(frozen=True, slots=True)
class Kept:
    """An app's token as the row has it. asked_again_at: until then nobody asks the platform for another.

    asking_by: who asks now, "" for nobody.
    stopped: why an administrator is needed, a key of the catalogues; "" where none is. version: grows with each token.
    """

    token: str = ""
    expires_at: datetime | None = None
    asked_again_at: datetime | None = None
    version: int = 0
    stopped: str = ""
    asking_by: str = ""

    def lasts(self, now: datetime) -> bool:
        """Whether the platform should still take it."""
        return bool(self.token) and self.expires_at is not None and now < self.expires_at

    def is_due(self, now: datetime) -> bool:
        """Whether somebody should ask for another."""
        return self.asked_again_at is None or not now < self.asked_again_at <= now + LONGEST_WAIT


def kept(tx: Tx, name: str) -> Kept:
    """The app's token, empty before the first."""
    row = tx.first(KEPT, {"app": name})
    return Kept() if row is None else _kept(row)


def claim(
    tx: Tx, name: str, who: str, now: datetime, until: datetime, gone: Callable[[str], bool] | None = None
) -> tuple[Kept, bool]:
    """The row, and whether `who` may ask the platform now; others may again at `until`, should nothing be heard.

    gone: whether one who asks has surely ended, and need not be waited for.
    """
    tx.execute(MAKE[tx.dialect], {"app": name})
    before = kept(tx, name)
    if gone is not None and before.asking_by and gone(before.asking_by):
        tx.execute(END, {"app": name, "who": before.asking_by})
    given = {"app": name, "who": who, "now": now, "too_far": now + LONGEST_WAIT, "until": until}
    ours = tx.execute(CLAIM, given).rowcount == 1
    return kept(tx, name), ours


def keep(tx: Tx, name: str, who: str, token: str, expires_at: datetime, again_at: datetime) -> Kept:
    """Keep what the platform gave to who asked; where another has asked meanwhile, theirs stands. The row as it is."""
    given = {"app": name, "who": who, "given": token, "ends": expires_at, "until": again_at}
    tx.execute(KEEP, given)
    return kept(tx, name)


def put_off(tx: Tx, name: str, who: str, until: datetime) -> Kept:
    """The platform gave none to who asked: nobody asks before `until`. The row as it is."""
    tx.execute(PUT_OFF, {"app": name, "who": who, "until": until})
    return kept(tx, name)


def stop(tx: Tx, name: str, who: str, until: datetime, why: str) -> Kept:
    """The platform refuses the app's secret: nobody asks before `until`, an administrator is shown why. The row."""
    tx.execute(STOP, {"app": name, "who": who, "until": until, "why": why})
    return kept(tx, name)


def give_up(tx: Tx, name: str, token: str, now: datetime) -> float:
    """The platform refused this token: another is to be asked for, unless the row has another already.

    Returns 0, or for how many seconds the row must stay as it is because it was given up within the minute.
    """
    row = tx.first(FORCED, {"app": name})
    if row is None or row.token != token:
        return 0.0
    since = FORCED_SECONDS if row.forced_at is None else (now - row.forced_at).total_seconds()
    if 0 <= since < FORCED_SECONDS:
        return FORCED_SECONDS - since
    tx.execute(GIVE_UP, {"app": name, "refused": token, "now": now})
    return 0.0


def mark(tx: Tx, name: str, why: str) -> None:
    """An administrator is shown this about the app; "" when it is mended."""
    tx.execute(MARK, {"app": name, "why": why})


def stopped(tx: Tx) -> list[tuple[str, str]]:
    """The apps that need an administrator, by name, with why: a key of the catalogues."""
    return [(row.name, row.stopped) for row in tx.all(STOPPED)]


def _kept(row: Any) -> Kept:
    return Kept(row.token, row.expires_at, row.asking_until, row.version, row.stopped, row.asking_by)
