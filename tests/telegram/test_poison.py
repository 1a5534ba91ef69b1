"""What cannot be understood, and what the program fails on, is set aside; whatever comes behind it is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain.case import Role
from handlers import registry
from storage import inbox
from tests.telegram.offices import Town, office
from tests.telegram.people import Person

Json = dict[str, Any]

SORRY = "您的消息已保存，正在查原因"


@pytest.fixture(params=[False, True], ids=["polling", "webhook"])
async def town(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    async with office(tmp_path, webhook=request.param) as made:
        yield made


def poisons(person: Person) -> list[tuple[str, Any]]:
    """Updates no program of ours could have an answer to, in this person's own chat where they say one at all."""
    place = {"id": person.id, "type": "private"}
    message: Json = {"message_id": 1, "date": 1, "chat": place, "from": person.user}
    return [
        ("message", "no message at all"),
        ("message", {**message, "message_id": "seven"}),
        ("message", {**message, "chat": {"id": 10**40, "type": "private"}}),
        ("message", {**message, "text": {"deep": [[[[[[]]]]]]}}),
        ("message", {**message, "from": [], "text": "您好"}),
        ("message", {**message, "photo": {"file_id": 7}}),
        ("message", {**message, "date": -(10**30), "text": "您好"}),
        ("callback_query", {"id": 7, "from": person.user, "data": "f:my"}),
        ("callback_query", {}),
        ("my_chat_member", {"chat": place}),
    ]


async def test_what_cannot_be_understood_is_set_aside_and_the_next_is_answered(town: Town) -> None:
    owner, other = town.owner("周敏"), town.owner("李勇")
    await owner.start()
    await owner.heard("衡岳县")
    bad = poisons(owner)
    for kind, body in bad:
        await town.platform.bring(kind, body)
        await other.say("/help")
        await other.heard("/file")
    await owner.say("/help")
    await owner.heard("/file")
    await town.platform.all_taken()
    found = await town.app.db.read(inbox.failed)
    assert len(found) == len(bad)
    assert all(one.incoming is None and one.error for one in found)


@pytest.fixture
def broken_help() -> AsyncIterator[Any]:
    """The conversation “help” fails until this is called."""
    flow = registry.FLOWS["help"]
    function = flow.function

    async def broken(*_given: Any) -> Any:
        raise LookupError("the program is wrong here")

    def mended() -> None:
        object.__setattr__(flow, "function", function)

    object.__setattr__(flow, "function", broken)
    yield mended
    mended()


async def test_what_a_conversation_fails_on_is_kept_and_run_again_by_an_administrator(
    town: Town, broken_help: Any
) -> None:
    administrator = await town.official("小于", Role.ADMINISTRATOR)
    owner = town.owner("周敏")
    await owner.start()
    await owner.heard("衡岳县")
    await owner.say("/help")
    await owner.heard(SORRY)
    await owner.say("/start")
    await owner.heard("衡岳县")
    assert len(await town.app.db.read(inbox.failed)) == 1
    broken_help()
    await administrator.say("/failed")
    await administrator.tap("再试第1条")
    await owner.heard("/file")
    await town.platform.all_taken()
    assert await town.app.db.read(inbox.failed) == []
