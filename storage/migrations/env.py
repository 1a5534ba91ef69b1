"""Alembic runs this file; it migrates over the connection that `storage.migrations.upgrade` opened."""

from typing import Any, Literal

from alembic import context

from storage import search_index
from storage.tables import Moment, metadata

connection = context.config.attributes["connection"]


def written(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """A new migration names plain column types, so that it still runs when our own type changes."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=written,
    include_name=search_index.described,
)

with context.begin_transaction():
    context.run_migrations()
