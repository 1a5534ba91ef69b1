"""An office whose pages are open, and who is signed in there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.case import Role
from tests.bot.board_visitors import Office, Visitor, office_with_pages


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with office_with_pages(tmp_path) as running:
        yield running


@pytest.fixture
async def desk(office: Office) -> Visitor:
    return await office.signed_in("陈岚", Role.DISPATCHER)


@pytest.fixture
async def handler(office: Office) -> Visitor:
    return await office.signed_in("郑凯", Role.HANDLER, unit="gongdian")


@pytest.fixture
async def administrator(office: Office) -> Visitor:
    return await office.signed_in("于管", Role.ADMINISTRATOR)
