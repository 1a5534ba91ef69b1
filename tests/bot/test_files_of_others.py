"""A file's address is worth nothing to whoever may not see the case: forwarded, guessed, kept after losing a role."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cookies import verified
from domain.case import Kind, Role
from handlers import casework
from handlers.casework import Filed
from storage import people, readings
from storage.transaction import Tx
from tests.bot import offices
from tests.bot.offices import Running, Visitor
from tests.bot.test_web_files import PNG


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Running]:
    async with offices.production(tmp_path) as running:
        yield running


async def sent_file(visitor: Visitor) -> str:
    """The address of a picture this visitor has sent."""
    chat = await visitor.chat(echo=1)
    await chat.send({"file": {"name": "lamp.png", "data": base64.b64encode(PNG).decode()}})
    said = (await chat.until(lambda frame: "said" in frame))["said"]
    await chat.close()
    return str(said["files"][0]["url"])


async def fetched(visitor: Visitor, path: str) -> int:
    async with visitor.http.get(visitor.office.url(path)) as answer:
        return answer.status


def person_of(tx: Tx, office: Running, cookie: str) -> int:
    found = people.find(tx, "web", verified(cookie, office.app.keys.cookie))
    assert found is not None
    assert found[1] is not None
    return found[1].id


def filed(tx: Tx, office: Running, cookie: str, path: str) -> int:
    """A case of the visitor with the file in it."""
    now, owner = office.app.clock.now(), people.get(tx, person_of(tx, office, cookie))
    assert owner is not None
    record = casework.files.by_code(tx, path.rsplit("/", 1)[-1])
    assert record is not None
    told = Filed(Kind.REQUEST, "路灯坏了", files=(record.id,))
    return casework.file(tx, told, owner.owner, owner.id, now).id


async def test_a_forwarded_address_shows_nothing_to_another_browser(office: Running) -> None:
    mine, other = await office.visitor(), await office.visitor()
    path = await sent_file(mine)
    await sent_file(other)
    assert await fetched(mine, path) == 200
    assert await fetched(other, path) == 404
    assert await fetched(other, "/file/nothing") == 404
    assert (await office.get(path))[0] == 404
    assert (await office.get("/board" + path))[0] != 200
    for visitor in (mine, other):
        await visitor.close()


async def test_an_official_has_it_with_the_case_and_the_owner_can_tell(office: Running) -> None:
    mine, desk = await office.visitor(), await office.visitor()
    path = await sent_file(mine)
    case = await office.app.db.write(filed, office, mine.cookie, path)
    await sent_file(desk)
    assert await fetched(desk, path) == 404
    now = office.app.clock.now()
    official = await office.app.db.read(person_of, office, desk.cookie)
    await office.app.db.write(people.give_role, official, Role.DISPATCHER, now)
    assert await fetched(desk, path) == 200
    assert await fetched(mine, path) == 200
    found = await office.app.db.read(readings.of_case, case)
    assert [(one.person, one.how) for one in found] == [(official, "file")]
    for visitor in (mine, desk):
        await visitor.close()
