"""Alembic runs this file; it migrates over the connection that `storage.migrations.upgrade` opened."""

from alembic import context

from storage.tables import metadata

connection = context.config.attributes["connection"]

context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)

with context.begin_transaction():
    context.run_migrations()
