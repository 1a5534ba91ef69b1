"""Every table on one page. Times are UTC; JSON is kept as the exact text that was written; ids are the database's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


@lru_cache(maxsize=4096)
def _written(value: datetime) -> str:
    """UTC as SQLite's own functions read it. The same moments are written many times over."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _read(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


def _to_sqlite(value: datetime | None) -> str | None:
    if value is not None and value.tzinfo is None:
        raise ValueError("a time without a zone")
    return None if value is None else _written(value)


class Moment(TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """SQLite is given text, PostgreSQL the value; a naive time is a mistake of the program."""
        return _to_sqlite if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], Any] | None:
        """Aware, UTC."""
        return _read if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """UTC; a naive time is a mistake of the program."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, UTC."""
        return None if value is None else value.astimezone(UTC)


def _id() -> Column[int]:
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _ref(name: str, target: str, **kw: Any) -> Column[int]:
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), ForeignKey(target), **kw)


people = Table(
    "people",
    metadata,
    _id(),
    Column("name", Text, nullable=False, server_default=""),
    Column("phone", Text, nullable=False, server_default=""),
    Column("enterprise", Text, nullable=False, server_default=""),
    Column("language", String(8), nullable=False),
    Column("consented", Integer, nullable=False, server_default="0"),
    Column("consented_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("left_at", Moment),
    Column("erased_at", Moment),
)

addresses = Table(
    "addresses",
    metadata,
    _id(),
    _ref("person_id", "people.id", index=True),
    Column("channel", String(16), nullable=False),
    Column("address", Text, nullable=False),
    Column("group_chat", Boolean, nullable=False, server_default=text("false")),
    Column("reachable", Boolean, nullable=False, server_default=text("true")),
    Column("used_at", Moment, nullable=False),
    Column("menu", Text, nullable=False, server_default="[]"),
    Column("paused_until", Moment),
    Column("commands", Text, nullable=False, server_default=""),
    Column("fallback", Integer, nullable=False, server_default="0"),
    UniqueConstraint("channel", "address"),
    Index(
        "ix_addresses_shut",
        "person_id",
        postgresql_where=text("NOT reachable"),
        sqlite_where=text("NOT reachable"),
    ),
)

units = Table(
    "units",
    metadata,
    _id(),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False, server_default=""),
    Column("duties", Text, nullable=False, server_default=""),
    Column("grams", Text, nullable=False, server_default="{}"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
)

projects = Table(
    "projects",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("active", Boolean, nullable=False, server_default=text("true")),
)

roles = Table(
    "roles",
    metadata,
    _id(),
    _ref("person_id", "people.id", nullable=False, index=True),
    Column("role", String(16), nullable=False),
    _ref("unit_id", "units.id"),
    _ref("project_id", "projects.id"),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    _ref("rule_id", "directory_rules.id"),
    Index("ix_roles_role_unit", "role", "unit_id"),
)

deputies = Table(
    "deputies",
    metadata,
    _id(),
    _ref("person_id", "people.id", nullable=False, index=True),
    _ref("deputy_id", "people.id", nullable=False, index=True),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("made_at", Moment, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    _id(),
    _ref("person_id", "people.id", nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("words_hash", String(64), nullable=False),
    Column("at", Moment, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    _ref("person_id", "people.id", nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

rulebooks = Table(
    "rulebooks",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
    _ref("by_id", "people.id"),
    Column("made_at", Moment, nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    _id(),
    _ref("person_id", "people.id", nullable=False),
    _ref("by_id", "people.id"),
    Column("report", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("done_at", Moment),
    Index(
        "ix_erasures_wanted",
        "id",
        postgresql_where=text("done_at IS NULL"),
        sqlite_where=text("done_at IS NULL"),
    ),
)

exports = Table(
    "exports",
    metadata,
    _id(),
    _ref("person_id", "people.id", nullable=False, index=True),
    _ref("address_id", "addresses.id"),
    Column("state", String(8), nullable=False),
    Column("link", String(64), nullable=False, server_default="", index=True),
    Column("digest", String(64), nullable=False, server_default=""),
    Column("size_bytes", BigInteger, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)

discarded = Table(
    "discarded",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
)

items = Table(
    "items",
    metadata,
    _id(),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    _ref("unit_id", "units.id", nullable=False),
    Column("steps", Text, nullable=False, server_default=""),
    Column("documents", Text, nullable=False, server_default=""),
    Column("limit_days", Integer),
)

codes = Table(
    "codes",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("purpose", String(16), nullable=False),
    _ref("person_id", "people.id", index=True),
    Column("facts", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

cases = Table(
    "cases",
    metadata,
    _id(),
    Column("number", String(24), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("naming", String(16), nullable=False),
    _ref("owner_id", "people.id"),
    _ref("filed_by", "people.id"),
    Column("facts", Text, nullable=False),
    Column("contact", Text, nullable=False, server_default=""),
    Column("enterprise", Text, nullable=False, server_default=""),
    Column("place", Text, nullable=False, server_default=""),
    _ref("named_unit_id", "units.id"),
    _ref("project_id", "projects.id"),
    Column("weight", String(16)),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("resume", String(16)),
    _ref("asker_id", "people.id"),
    Column("occasion", Text, nullable=False, server_default=""),
    Column("told_ref", Text, nullable=False, server_default=""),
    Column("receipt", Text, nullable=False, server_default=""),
    Column("signature", LargeBinary(64), nullable=False),
    Column("filed_at", Moment, nullable=False),
    Column("status_at", Moment, nullable=False),
    Column("urged_at", Moment),
    Column("answered_at", Moment),
    Column("accept_paused", Boolean, nullable=False, server_default=text("false")),
    Column("paused_days", Integer, nullable=False, server_default="0"),
    Column("objected", Boolean, nullable=False, server_default=text("false")),
    Column("joint", Boolean, nullable=False, server_default=text("false")),
    Column("recused", Text, nullable=False, server_default="[]"),
    Column("proposals", Integer, nullable=False, server_default="0"),
    _ref("merged_into", "cases.id"),
    Column("erased_at", Moment),
    Index("ix_cases_owner", "owner_id", "id"),
    Index(
        "ix_cases_merged",
        "merged_into",
        postgresql_where=text("merged_into IS NOT NULL"),
        sqlite_where=text("merged_into IS NOT NULL"),
    ),
    Index(
        "ix_cases_project",
        "project_id",
        "id",
        postgresql_where=text("project_id IS NOT NULL"),
        sqlite_where=text("project_id IS NOT NULL"),
    ),
    Index("ix_cases_filed", "filed_at"),
    Index("ix_cases_enterprise", "enterprise"),
    Index("ix_cases_status", "status", "id"),
    Index("ix_cases_receipt", "receipt"),
)

assignments = Table(
    "assignments",
    metadata,
    _id(),
    _ref("case_id", "cases.id", nullable=False, index=True),
    _ref("unit_id", "units.id", nullable=False),
    Column("lead", Boolean, nullable=False),
    Column("since", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    _ref("handler_id", "people.id"),
    Column("round", Integer, nullable=False),
    Index("ix_assignments_unit_state", "unit_id", "state", "case_id"),
)

approvals = Table(
    "approvals",
    metadata,
    _id(),
    _ref("case_id", "cases.id", nullable=False, index=True),
    Column("matter", String(16), nullable=False),
    Column("state", String(8), nullable=False),
    _ref("unit_id", "units.id"),
    Column("round", Integer, nullable=False),
    _ref("proposer_id", "people.id"),
    Column("proposed_at", Moment, nullable=False),
    _ref("approver_id", "people.id"),
    Column("decided_at", Moment),
    Column("facts", Text, nullable=False, server_default="{}"),
    Index(
        "ix_approvals_pending",
        "matter",
        "id",
        postgresql_where=text("state = 'pending'"),
        sqlite_where=text("state = 'pending'"),
    ),
)

papers = Table(
    "papers",
    metadata,
    _id(),
    Column("code", String(32), nullable=False, unique=True),
    Column("number", Text, nullable=False, unique=True),
    Column("sort", String(16), nullable=False),
    _ref("case_id", "cases.id", nullable=False, index=True),
    _ref("unit_id", "units.id"),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("superseded_at", Moment),
)

ledger = Table(
    "ledger",
    metadata,
    _id(),
    _ref("case_id", "cases.id", nullable=False, index=True),
    Column("sort", String(16), nullable=False),
    Column("amount_fen", BigInteger),
    Column("words", Text, nullable=False, server_default=""),
    _ref("unit_id", "units.id"),
    _ref("by_id", "people.id"),
    Column("at", Moment, nullable=False),
)

readings = Table(
    "readings",
    metadata,
    _id(),
    _ref("case_id", "cases.id", nullable=False, index=True),
    _ref("person_id", "people.id", nullable=False),
    Column("role", String(16), nullable=False),
    _ref("unit_id", "units.id"),
    Column("how", String(8), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_readings_person", "person_id", "at"),
)

events = Table(
    "events",
    metadata,
    _id(),
    _ref("case_id", "cases.id", nullable=False),
    Column("seq", Integer, nullable=False),
    Column("move", String(24), nullable=False),
    Column("actor_id", BigInteger),
    Column("role", String(16), nullable=False),
    Column("unit_id", BigInteger),
    Column("at", Moment, nullable=False),
    Column("content", Text),
    Column("salt", LargeBinary(16)),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("previous", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    _ref("root_id", "roots.id"),
    UniqueConstraint("case_id", "seq"),
    Index(
        "ix_events_rootless",
        "id",
        postgresql_where=text("root_id IS NULL"),
        sqlite_where=text("root_id IS NULL"),
    ),
)

roots = Table(
    "roots",
    metadata,
    _id(),
    Column("day", Date, nullable=False),
    Column("first_event", BigInteger, nullable=False),
    Column("last_event", BigInteger, nullable=False),
    Column("events", Integer, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
    Column("made_at", Moment, nullable=False),
)

deadlines = Table(
    "deadlines",
    metadata,
    _id(),
    _ref("case_id", "cases.id", nullable=False, index=True),
    _ref("unit_id", "units.id"),
    Column("term", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("round", Integer, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("measure", String(8), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("due_day", Date, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("calendar_version", Integer, nullable=False),
    Column("pauses", Text, nullable=False, server_default="[]"),
    Column("ended_at", Moment),
    Column("climbed_at", Moment),
    Column("climb_at", Moment),
    Index(
        "ix_deadlines_running",
        "due_at",
        postgresql_where=text("state = 'running'"),
        sqlite_where=text("state = 'running'"),
    ),
    Index(
        "ix_deadlines_climb",
        "climb_at",
        postgresql_where=text("climb_at IS NOT NULL"),
        sqlite_where=text("climb_at IS NOT NULL"),
    ),
)

reminders = Table(
    "reminders",
    metadata,
    _ref("deadline_id", "deadlines.id", primary_key=True),
    Column("rung", String(24), primary_key=True),
    _ref("person_id", "people.id", primary_key=True),
    _ref("case_id", "cases.id", nullable=False),
    Column("colour", String(8), nullable=False),
    Column("at", Moment, nullable=False),
    Column("told_at", Moment),
    Index(
        "ix_reminders_untold",
        "person_id",
        postgresql_where=text("told_at IS NULL"),
        sqlite_where=text("told_at IS NULL"),
    ),
)

visits = Table(
    "visits",
    metadata,
    _id(),
    _ref("case_id", "cases.id", nullable=False, index=True),
    Column("round", Integer, nullable=False),
    Column("solved", Boolean),
    Column("level", Integer),
    Column("words", Text, nullable=False, server_default=""),
    _ref("by_id", "people.id"),
    Column("at", Moment, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    _id(),
    _ref("case_id", "cases.id", nullable=False, index=True),
    Column("reason", String(16), nullable=False),
    Column("round", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
    _ref("done_by", "people.id"),
    UniqueConstraint("case_id", "reason", "round"),
)

files = Table(
    "files",
    metadata,
    _id(),
    Column("code", String(32), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("media", Text, nullable=False, server_default=""),
    Column("size_bytes", BigInteger, nullable=False, server_default="0"),
    Column("digest", String(64), nullable=False, server_default=""),
    _ref("person_id", "people.id"),
    _ref("case_id", "cases.id", index=True),
    Column("created_at", Moment, nullable=False),
)

fetches = Table(
    "fetches",
    metadata,
    _id(),
    _ref("file_id", "files.id", nullable=False),
    Column("channel", String(16), nullable=False),
    Column("reference", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", Moment, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Index("ix_fetches_state_next", "state", "next_at"),
)

file_refs = Table(
    "file_refs",
    metadata,
    _ref("file_id", "files.id", primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("ref", Text, nullable=False),
    Column("at", Moment),
)

talks = Table(
    "talks",
    metadata,
    _id(),
    _ref("person_id", "people.id", nullable=False),
    Column("flow", String(32), nullable=False),
    Column("arg", Text, nullable=False, server_default=""),
    Column("state", String(8), nullable=False),
    Column("pending", Text, nullable=False, server_default=""),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("memory", Text, nullable=False, server_default="{}"),
    Column("touched_at", Moment, nullable=False),
    Column("offered_at", Moment),
    Index("ix_talks_person_state", "person_id", "state"),
    Index("ix_talks_touched", "touched_at"),
    sqlite_autoincrement=True,  # buttons carry the id: it is never given again
)

inbox = Table(
    "inbox",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("state", String(8), nullable=False),
    Column("raw", Text),
    Column("error", Text),
    Column("unread", Boolean, nullable=False, server_default=text("false")),
    Index(
        "ix_inbox_failed",
        "at",
        postgresql_where=text("state = 'failed'"),
        sqlite_where=text("state = 'failed'"),
    ),
)

told = Table(
    "told",
    metadata,
    _ref("person_id", "people.id", primary_key=True),
    Column("ref", String(128), primary_key=True),
    _ref("case_id", "cases.id", nullable=False),
    Column("move", String(24), nullable=False),
    Column("at", Moment, nullable=False, index=True),
)

album_parts = Table(
    "album_parts",
    metadata,
    _id(),
    Column("channel", String(16), nullable=False),
    Column("address", Text, nullable=False),
    Column("album", String(64), nullable=False),
    Column("incoming", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_album_parts_album", "channel", "address", "album"),
)

groups = Table(
    "groups",
    metadata,
    _ref("address_id", "addresses.id", primary_key=True),
    Column("audience", String(16), nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("industry", Text, nullable=False, server_default=""),
    _ref("unit_id", "units.id"),
    _ref("project_id", "projects.id"),
    _ref("by_id", "people.id"),
    Column("bound_at", Moment, nullable=False),
)

announcements = Table(
    "announcements",
    metadata,
    _id(),
    Column("message", Text, nullable=False),
    Column("audience", Text, nullable=False),
    _ref("by_id", "people.id", nullable=False),
    Column("at", Moment, nullable=False),
    Column("code", String(16), unique=True),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _ref("address_id", "addresses.id"),
    _ref("person_id", "people.id"),
    Column("channel", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("mine", Boolean, nullable=False, server_default=text("false")),
    Column("message", Text, nullable=False),
    Column("card", Text, nullable=False, server_default=""),
    Column("replaces", BigInteger),
    Column("position", BigInteger),
    Column("about", Text, nullable=False, server_default=""),
    Column("dedupe", Text, unique=True),
    Column("not_before", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("platform_ref", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("once", Boolean, nullable=False, server_default=text("false")),
    Index(
        "ix_outbox_queued",
        "channel",
        "not_before",
        postgresql_where=text("state = 'queued'"),
        sqlite_where=text("state = 'queued'"),
    ),
    UniqueConstraint("address_id", "position"),
    Index("ix_outbox_address", "address_id", "id"),
    Index(
        "ix_outbox_waiting",
        "address_id",
        "priority",
        "id",
        postgresql_where=text("state = 'queued'"),
        sqlite_where=text("state = 'queued'"),
    ),
    Index(
        "ix_outbox_dead",
        "id",
        postgresql_where=text("state = 'dead'"),
        sqlite_where=text("state = 'dead'"),
    ),
    Index(
        "ix_outbox_sending",
        "channel",
        postgresql_where=text("state = 'sending'"),
        sqlite_where=text("state = 'sending'"),
    ),
    Index(
        "ix_outbox_waits_there",
        "channel",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
    Index(
        "ix_outbox_platform_ref",
        "channel",
        "platform_ref",
        postgresql_where=text("platform_ref <> ''"),
        sqlite_where=text("platform_ref <> ''"),
    ),
    Index(
        "ix_outbox_card",
        "address_id",
        "card",
        postgresql_where=text("card <> ''"),
        sqlite_where=text("card <> ''"),
    ),
    sqlite_autoincrement=True,
)

# --- platforms with a directory, a window of time, or cards that are changed by a code ------------------------------

platform_tokens = Table(
    "platform_tokens",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("token", Text, nullable=False, server_default=""),
    Column("expires_at", Moment),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("asking_by", Text, nullable=False, server_default=""),
    Column("asking_until", Moment),
    Column("forced_at", Moment),
    Column("stopped", Text, nullable=False, server_default=""),
)

pulls = Table(
    "pulls",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("cursor", Text, nullable=False, server_default=""),
    Column("token", Text, nullable=False, server_default=""),
    Column("token_at", Moment),
    Column("wanted", BigInteger, nullable=False, server_default="0"),
    Column("pulled", BigInteger, nullable=False, server_default="0"),
    Column("link", Text, nullable=False, server_default=""),
)

windows = Table(
    "windows",
    metadata,
    _ref("address_id", "addresses.id", primary_key=True),
    Column("open_until", Moment, nullable=False),
    Column("left", Integer, nullable=False),
    Column("spent", Text, nullable=False, server_default="[]"),
    Column("welcome", Text, nullable=False, server_default=""),
    Column("welcome_until", Moment),
    Column("in_hand_until", Moment),
)

unionids = Table(
    "unionids",
    metadata,
    Column("unionid", String(64), primary_key=True),
    _ref("person_id", "people.id", nullable=False, index=True),
    Column("at", Moment, nullable=False),
)

card_codes = Table(
    "card_codes",
    metadata,
    Column("task", String(128), primary_key=True),
    Column("code", String(160), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("used_at", Moment),
    Column("used_by", String(40), nullable=False, server_default=""),
)

departments = Table(
    "departments",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("parent_id", BigInteger),
    Column("name", Text, nullable=False, server_default=""),
)

members = Table(
    "members",
    metadata,
    Column("userid", String(64), primary_key=True),
    _ref("person_id", "people.id", index=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("departments", Text, nullable=False, server_default="[]"),
    Column("tags", Text, nullable=False, server_default="[]"),
    Column("seen_at", Moment, nullable=False),
    Column("left_at", Moment),
)

directory_rules = Table(
    "directory_rules",
    metadata,
    _id(),
    Column("department_id", BigInteger),
    Column("tag_id", BigInteger),
    Column("name", Text, nullable=False, server_default=""),
    Column("role", String(16), nullable=False),
    _ref("unit_id", "units.id"),
    _ref("project_id", "projects.id"),
    _ref("by_id", "people.id"),
    Column("at", Moment, nullable=False),
    Column("ended_at", Moment),
)

likely_terms = Table(
    "likely_terms",
    metadata,
    Column("gram", String(16), primary_key=True),
    _ref("unit_id", "units.id", primary_key=True),
    Column("n", Integer, nullable=False),
)

likely_units = Table(
    "likely_units",
    metadata,
    _ref("unit_id", "units.id", primary_key=True),
    Column("cases", Integer, nullable=False),
    Column("total", Integer, nullable=False),
)

calendar_days = Table(
    "calendar_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("name", Text, nullable=False, server_default=""),
)

calendars = Table(
    "calendars",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("known_from", Date, nullable=False),
    Column("known_through", Date, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("until", Moment, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("done_at", Moment),
    Column("report", Text, nullable=False, server_default=""),
)
