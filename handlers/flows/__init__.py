"""Every conversation. Importing this package declares them all in the table."""

from handlers.flows import consent, desk, filing, follow, join, meeting, office, search, tasks, visit
from handlers.flows.filing import offered

__all__ = ["consent", "desk", "filing", "follow", "join", "meeting", "offered", "office", "search", "tasks", "visit"]
