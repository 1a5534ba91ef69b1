"""What is done for many in one go: what the program fails on for one of them holds up none of the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from storage.faults import Fault, fault, where_of
from storage.transaction import Tx

log = structlog.get_logger()


@contextmanager
def apart(tx: Tx, what: str, **named: int) -> Iterator[None]:
    """Undo and log what the program itself fails on inside; what the database fails on goes on to the caller.

    named: ids of ours by which whoever mends it finds it.
    """
    try:
        with tx.savepoint():
            yield
    except Exception as error:
        if fault(error) is not Fault.PROGRAM:
            raise
        log.error("failed for one of many", what=what, error=where_of(error), **named)
