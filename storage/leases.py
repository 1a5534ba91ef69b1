"""Who may do what only one process may: a row with an owner, an epoch and an end, on the database's clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Float, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from storage.tables import Moment, leases
from storage.transaction import Tx


class InSeconds(FunctionElement[Any]):
    """The database's own clock so many seconds from now, in the form in which times are kept."""

    type = Moment()
    name = "in_seconds"
    inherit_cache = True


@compiles(InSeconds, "sqlite")
def _in_seconds_sqlite(element: InSeconds, compiler: Any, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {seconds} || ' seconds')"


@compiles(InSeconds, "postgresql")
def _in_seconds_postgresql(element: InSeconds, compiler: Any, **options: Any) -> str:
    return f"(clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **options)}))"


def _in(name: str) -> ColumnElement[Any]:
    return InSeconds(bindparam(name, type_=Float))


def _take(insert: Any) -> Any:
    wanted = insert(leases).values(name=bindparam("name"), owner=bindparam("owner"), epoch=1, until=_in("seconds"))
    return wanted.on_conflict_do_update(
        index_elements=[leases.c.name],
        set_={"owner": wanted.excluded.owner, "epoch": leases.c.epoch + 1, "until": wanted.excluded.until},
        where=or_(leases.c.until <= _in("past"), leases.c.owner == wanted.excluded.owner),
    ).returning(leases.c.epoch)


TAKE = {"sqlite": _take(sqlite.insert), "postgresql": _take(postgresql.insert)}
HELD = (
    (leases.c.name == bindparam("lease"))
    & (leases.c.owner == bindparam("holder"))
    & (leases.c.epoch == bindparam("since"))
)
RENEW = update(leases).where(HELD).values(until=_in("seconds"))
HOLDER = select(leases.c.owner).where(leases.c.name == bindparam("lease"))
END = update(leases).where(leases.c.name == bindparam("lease")).values(until=_in("seconds"))
RELEASE = update(leases).where(HELD).values(owner="", until=_in("seconds"))


def take(tx: Tx, name: str, owner: str, seconds: float, gone: Callable[[str], bool] | None = None) -> int | None:
    """Take the lease, or take it over when it has run out; None while another holds it.

    The epoch returned is larger than any before it under this name. `owner` names one process for its life;
    the same owner taking again gets a new epoch. gone: whether a holder has surely ended, and need not be waited for.
    """
    given = {"name": name, "owner": owner, "seconds": float(seconds), "past": 0.0}
    epoch: int | None = tx.scalar(TAKE[tx.dialect], given)
    if epoch is None and gone is not None and gone(tx.scalar(HOLDER, {"lease": name}) or ""):
        tx.execute(END, {"lease": name, "seconds": 0.0})
        epoch = tx.scalar(TAKE[tx.dialect], given)
    return epoch


def renew(tx: Tx, name: str, owner: str, epoch: int, seconds: float) -> bool:
    """Hold on for so many seconds from now; false when the lease is someone else's by now.

    One that ran out is renewed all the same if nobody took it meanwhile: nobody else has acted under it.
    """
    return _changed(tx, RENEW, name, owner, epoch, float(seconds))


def release(tx: Tx, name: str, owner: str, epoch: int) -> bool:
    """Give the lease up at once; false when it was not ours. The row stays, for the epoch to go on from."""
    return _changed(tx, RELEASE, name, owner, epoch, 0.0)


def _changed(tx: Tx, statement: Any, name: str, owner: str, epoch: int, seconds: float) -> bool:
    given = {"lease": name, "holder": owner, "since": epoch, "seconds": seconds}
    return tx.execute(statement, given).rowcount == 1
