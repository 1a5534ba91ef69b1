"""Whether a commit was kept, when the connection was lost before the answer came.

SQLite always answers. PostgreSQL (13 and newer) is asked by the transaction's number, so that nothing is done twice.
"""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

NUMBER = "SELECT pg_current_xact_id_if_assigned()::text"
STATUS = text("SELECT pg_xact_status(CAST(:number AS xid8))")

#: Seconds between the questions while the server has not yet noticed that we are gone.
PAUSES_SECONDS = (0.05, 0.2, 1.0)


def number(dialect: str, cursor: Any) -> str | None:
    """The open transaction's number, or None if the database has none to give or nothing was changed."""
    if dialect != "postgresql":
        return None
    found: str | None = cursor.execute(NUMBER).fetchone()[0]
    return found


def was_kept(engine: Engine, transaction: str | None) -> bool:
    """Whether the transaction of that number was committed; false as well when it cannot be found out."""
    if transaction is None:
        return False
    for pause_seconds in (*PAUSES_SECONDS, 0.0):
        status = _status(engine, transaction)
        if status is not None and status != "in progress":
            return status == "committed"
        time.sleep(pause_seconds)
    return False


def _status(engine: Engine, transaction: str) -> str | None:
    try:
        with engine.connect() as connection:
            found: str | None = connection.execute(STATUS, {"number": transaction}).scalar()
    except SQLAlchemyError:
        return None
    return found
