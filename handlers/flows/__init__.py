"""Every conversation. Importing this package declares them all in the table."""

from handlers.flows import (
    board,
    consent,
    desk,
    filing,
    follow,
    invitations,
    join,
    meeting,
    mydata,
    office,
    readers,
    rules,
    search,
    tasks,
    visit,
)
from handlers.flows.filing import offered

__all__ = [
    "board",
    "consent",
    "desk",
    "filing",
    "follow",
    "invitations",
    "join",
    "meeting",
    "mydata",
    "offered",
    "office",
    "readers",
    "rules",
    "search",
    "tasks",
    "visit",
]
