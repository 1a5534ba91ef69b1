"""What every test may ask for."""

from collections.abc import Iterator
from typing import Any

import pytest

from storage import engines
from tests import copies
from tests.databases import KINDS, empty_database_url, forget
from tests.people import Town, living

#: Tests that take half a minute or more by themselves: begun first, so that nobody waits for one at the end.
LONGEST = (
    "tests/crash/",
    "tests/telegram/test_kill.py",
    "tests/telegram/test_faults.py",
    "tests/wecom/test_kill.py",
    "tests/wecom/test_storm.py",
    "tests/wecom/test_faults.py",
    "tests/browser/test_setup.py",
    "tests/browser/test_telegram_pages.py",
    "tests/handlers/test_real_input.py",
    "tests/handlers/test_roundtrip.py",
)


PREPARE_WRITER = engines._prepare_writer


def pytest_configure() -> None:
    """Nothing in these databases outlives the tests, so nothing needs to reach the disk before a test goes on.

    Processes of their own, which are killed, keep to what the program does.
    """
    engines._prepare_writer = _prepare_writer


def _prepare_writer(connection: Any) -> None:
    PREPARE_WRITER(connection)
    connection.execute("PRAGMA synchronous=OFF")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; the others stay in their order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """The test runs on each kind of database."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str) -> Iterator[str]:
    """The address of an empty database; the test runs on each kind."""
    url = empty_database_url(database_kind)
    yield url
    forget(url)


@pytest.fixture
def sqlite_url() -> str:
    """The address of an empty embedded database."""
    return empty_database_url("sqlite")


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The address of an empty database on a server."""
    url = empty_database_url("postgresql")
    yield url
    forget(url)


@pytest.fixture
def town(database_kind: str) -> Iterator[Town]:
    """An office with its units, calendar and clock, on each kind of database."""
    url = copies.place(database_kind)
    yield from living(url)
    copies.forget(url)


@pytest.fixture
def small_town() -> Iterator[Town]:
    """The same office on the embedded database alone, for what does not hang on the kind."""
    yield from living(copies.place("sqlite"))
