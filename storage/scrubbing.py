"""After an erasure: what a database file still holds of it beside its tables is overwritten.

Deleted content is zeroed as it is deleted (`secure_delete`), but the log keeps earlier pages until it is folded in,
and a page that was rearranged may keep a copy in its unused part until the file is written anew.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

from storage.engines import BUSY_SECONDS, driver, is_sqlite, sqlite_path


def fold_log(url: str) -> bool:
    """Play the log into an embedded database and empty it; False while a reader still needs it."""
    return _done(url, "PRAGMA wal_checkpoint(TRUNCATE)")


def write_anew(url: str) -> bool:
    """Write an embedded database anew without its free places; writers wait meanwhile. False while it is in use."""
    return _done(url, "VACUUM") and fold_log(url)


def _done(url: str, statement: str) -> bool:
    """A database server has its own way: its pages are reused after autovacuum; docs/operations.md says more."""
    if not is_sqlite(url):
        return True
    with closing(driver.connect(str(sqlite_path(url)), timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        try:
            row: Any = connection.execute(statement).fetchone()
        except driver.OperationalError:
            return False
    return row is None or row[0] == 0
