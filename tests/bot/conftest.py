"""A database and a platform for those who send."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.db import Database
from storage.tables import metadata
from tests.bot.platforms import OFFICE, Platform, Wire, platform


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, OFFICE)
    await made.start()
    await made.write(lambda tx: metadata.create_all(tx.connection))
    yield made
    await made.close()


@pytest.fixture
async def there() -> AsyncIterator[tuple[Platform, Wire]]:
    async with platform() as both:
        yield both
