"""A copy of one's own data, asked for in the chat of a running office."""

from __future__ import annotations

import io
import json
import random
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from bot.archives import Archives
from bot.channels.web import ANOTHER_HISTORY
from bot.filestore import FileStore
from domain.messages import Incoming, Promised
from domain.retention import EXPORT_VALID
from handlers import erasure, export
from storage import cases, discarded, exports
from tests.bot.offices import Chat, Visitor, production
from tests.people import Town

NAME, SHOP, PHONE, MATTER = "林晓禾", "晓禾手工面馆", "13855556666", "门口变压器漏油烧坏了灶台"


async def filed(chat: Chat, picture: bytes = b"\xff\xd8\xff\xe0 the burnt stove") -> str:
    """File a request with a photo through the socket; returns its number."""
    message = await chat.say("/file")
    message = await chat.tap("同意", message)
    message = await chat.tap("诉求", message)
    message = await chat.file("灶台照片.jpg", picture, MATTER)
    message = await chat.say(SHOP)
    message = await chat.say(PHONE)
    message = await chat.tap("提交", message)
    return str(message["text"].split("您的编号是")[1].split("。")[0].strip())


async def copy_link(chat: Chat) -> str:
    """Ask for a copy, and take the link when it comes."""
    await chat.say("/mydata")
    ready = await chat.heard("您的资料已整理好")
    return "/mydata/" + ready["text"].rsplit("/mydata/", 1)[1].strip()


async def fetched(visitor: Visitor, path: str) -> tuple[int, bytes]:
    async with visitor.http.get(visitor.office.url(path)) as answer:
        return answer.status, await answer.read()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


async def test_an_owner_takes_everything_along_in_one_file(folder: Path) -> None:
    async with production(folder) as office:
        visitor, other = await office.visitor(), await office.visitor()
        chat, another = await visitor.chat(echo=1), await other.chat(echo=1)
        number = await filed(chat)
        foreign = await filed(another, b"\xff\xd8\xff\xe0 another stove")
        link = await copy_link(chat)
        status, data = await fetched(visitor, link)
        assert status == 200
        assert (await fetched(other, link))[0] == 404
        assert (await fetched(visitor, link[:-3] + "xyz"))[0] == 404
        for one in (chat, another, visitor, other):
            await one.close()

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        kept, page = json.loads(archive.read("data.json")), archive.read("index.html").decode()
        photo = next(name for name in names if name.startswith(f"files/{number}/"))
        assert archive.read(photo) == b"\xff\xd8\xff\xe0 the burnt stove"
    assert [case["number"] for case in kept["cases"]] == [number]
    assert kept["cases"][0]["facts"] == MATTER
    assert kept["profile"]["phone"] == f"+86{PHONE}"
    assert [one["version"] for one in kept["profile"]["consents"]] == [2]
    assert {"me", "我"} & {one["from"] for one in kept["messages"]}
    assert MATTER in page
    assert "<script" not in page
    assert foreign != number
    assert foreign not in json.dumps(kept)


async def test_a_link_is_over_after_a_day_and_its_file_gone(small_town: Town, tmp_path: Path) -> None:
    town, store = small_town, FileStore(tmp_path / "files")
    owner = town.owner(NAME)
    town.write(exports.ask, owner.id, owner.address_id, town.now, EXPORT_VALID)
    wanted = town.write(exports.wanted)
    assert wanted is not None
    digest = store.put(b"a copy")
    secret = town.write(exports.made, wanted.id, owner.address_id, digest, 6, town.now + EXPORT_VALID)
    assert town.read(exports.behind, secret, town.now) is not None
    town.forward(days=2)

    assert town.read(exports.behind, secret, town.now) is None
    assert town.read(discarded.waiting) == [digest]


async def test_a_copy_of_much_fills_no_memory(small_town: Town, tmp_path: Path) -> None:
    town, store = small_town, FileStore(tmp_path / "files")
    owner = town.owner(NAME)
    video = random.Random(1).randbytes(32 * 1024 * 1024)
    sent = Promised("a.mp4", "video/mp4", len(video), store.put(video))
    town.take(Incoming("web", town.key(), owner.address, files=(sent,)))
    own = town.read(export.gather, owner.id, town.now)
    tracemalloc.start()
    digest, size = Archives(town.db, store, lambda: town.now)._packed(own)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < len(video) / 4
    assert size == store.path(digest).stat().st_size > len(video)
    with zipfile.ZipFile(store.path(digest)) as archive:
        assert archive.testzip() is None
        assert video in [archive.read(name) for name in archive.namelist()]


async def test_the_page_of_an_erased_owner_starts_anew_as_a_strangers(tmp_path: Path) -> None:
    async with production(tmp_path) as office:
        visitor = await office.visitor()
        chat = await visitor.chat(echo=1)
        number = await filed(chat)
        message = await chat.say(number)
        message = await chat.tap("撤回", message)
        await chat.tap("撤回", message)
        owner = (await office.app.db.read(cases.by_number, number)).owner
        await office.app.db.write(erasure.person, owner, office.app.clock.now())
        assert await chat.ended() == ANOTHER_HISTORY
        again = await visitor.chat(echo=1, after=0)
        await again.send({"text": "/privacy"})
        assert "还没有同意过" in (await again.heard("存多久"))["text"]
        assert MATTER not in str(again.frames)
        for one in (again, visitor):
            await one.close()
