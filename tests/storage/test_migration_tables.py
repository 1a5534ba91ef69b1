"""The migrations lead to exactly the tables that the program works with."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from storage import migrations, search_index
from storage.engines import writing_engine
from storage.tables import metadata


def other_default(
    context: Any, found: Any, wanted: Any, found_text: str | None, default: Any, text: str | None
) -> bool:
    """Whether two defaults differ once brackets and quotes are gone, which SQLite writes in its own way."""
    return plain(found_text) != plain(text)


def plain(default: str | None) -> str | None:
    return None if default is None else default.split("::")[0].strip("()'\"")


def differences(url: str) -> list[Any]:
    engine = writing_engine(url, 1)
    try:
        with engine.connect() as connection:
            options = {
                "compare_type": True,
                "compare_server_default": other_default,
                "include_name": search_index.described,
            }
            context = MigrationContext.configure(connection, opts=options)
            return list(compare_metadata(context, metadata))
    finally:
        engine.dispose()


def test_an_upgraded_empty_database_has_exactly_our_tables(database_url: str) -> None:
    migrations.upgrade(database_url)
    assert differences(database_url) == []


def test_a_table_that_is_missing_would_be_noticed(database_url: str) -> None:
    migrations.upgrade(database_url)
    engine = writing_engine(database_url, 1)
    with engine.begin() as connection:
        metadata.tables["leases"].drop(connection)
    with engine.begin() as connection:
        assert "leases" not in inspect(connection).get_table_names()
    engine.dispose()
    assert differences(database_url)[0][0] == "add_table"
