"""The page for files too large for a platform: what is sent there goes on in the chat, once, or nothing is kept."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from sqlalchemy import func, select

from bot import filestore, receiving
from bot.cookies import verified
from bot.filestore import FileStore
from handlers import too_large
from storage import people
from storage.tables import files as files_table
from storage.transaction import Tx
from tests.bot import offices
from tests.bot.offices import Running, Visitor

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
_FILES = select(func.count()).select_from(files_table)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Running]:
    async with offices.production(tmp_path) as running:
        yield running


@pytest.fixture
async def visitor(office: Running) -> AsyncIterator[Visitor]:
    """Somebody the office knows."""
    made = await office.visitor()
    chat = await made.chat()
    await chat.say("你好")
    await chat.close()
    yield made
    await made.close()


async def person_of(office: Running, visitor: Visitor) -> int:
    address = verified(visitor.cookie, office.app.keys.cookie)
    found = await office.app.db.read(people.find, "web", address)
    assert found is not None
    assert found[1] is not None
    return found[1].id


async def link(office: Running, visitor: Visitor) -> str:
    """The path of a link given to somebody in the chat."""
    person = await person_of(office, visitor)
    given = await office.app.db.write(too_large.upload_link, person, office.app.clock.now())
    return given.removeprefix(offices.PUBLIC)


def form(data: Any, name: str = "现场.mp4") -> FormData:
    made = FormData()
    made.add_field("file", data, filename=name, content_type="application/octet-stream")
    return made


async def sent(office: Running, path: str, data: Any, **more: Any) -> tuple[int, str]:
    """Status and page after sending a form."""
    async with office.http.post(office.url(path), data=data, **more) as answer:
        return answer.status, await answer.text()


async def kept(office: Running) -> int:
    """How many files the office has on record."""

    def count(tx: Tx) -> int:
        return int(tx.scalar(_FILES))

    return await office.app.db.read(count)


def left_behind(office: Running) -> list[Path]:
    """Bytes on the disk."""
    return [path for path in office.app.store.folder.rglob("*") if path.is_file()]


async def test_a_file_sent_there_goes_on_in_the_chat(office: Running, visitor: Visitor) -> None:
    path = await link(office, visitor)
    chat = await visitor.chat()
    status, page = await sent(office, path, form(PNG, "路灯.png"))
    assert status == 200
    assert "文件收到了" in page
    answer = await chat.heard()
    assert answer["text"]
    assert await kept(office) == 1
    assert office.app.store.path(hashlib.sha256(PNG).hexdigest()).read_bytes() == PNG


async def test_it_answers_the_question_that_is_open(office: Running, visitor: Visitor) -> None:
    chat = await visitor.chat()
    await chat.say("/file")
    for _time in range(3):
        await chat.say("1")
    before = await kept(office)
    await sent(office, await link(office, visitor), form(PNG))
    assert await kept(office) == before + 1


async def test_the_page_says_what_it_is_for(office: Running, visitor: Visitor) -> None:
    status, page = await office.get(await link(office, visitor))
    assert status == 200
    assert "发送大文件" in page
    assert "200 MB" in page
    assert 'lang="zh-CN"' in page
    person = await person_of(office, visitor)

    def speak(tx: Tx) -> None:
        people.change(tx, person, language="en")

    await office.app.db.write(speak)
    _status, page = await office.get(await link(office, visitor))
    assert "Send a large file" in page


async def test_a_large_one_is_never_held_in_memory(office: Running, visitor: Visitor) -> None:
    """30 MB: far more than the server takes of anything else."""
    piece = os.urandom(1024 * 1024)
    written: list[int] = []
    real = filestore.Pieces.write

    def watched(pieces: filestore.Pieces, data: bytes) -> None:
        written.append(len(data))
        real(pieces, data)

    async def body() -> AsyncIterator[bytes]:
        for _time in range(30):
            yield piece

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filestore.Pieces, "write", watched)
        status, _page = await sent(office, await link(office, visitor), form(body()))
    assert status == 200
    assert sum(written) == 30 * len(piece)
    assert max(written) <= receiving.PIECE_BYTES * 2
    digest = hashlib.sha256(piece * 30).hexdigest()
    assert office.app.store.path(digest).stat().st_size == 30 * len(piece)


async def test_a_link_is_good_once(office: Running, visitor: Visitor) -> None:
    path = await link(office, visitor)
    assert (await sent(office, path, form(PNG)))[0] == 200
    status, page = await sent(office, path, form(PNG + b"another"))
    assert status == 404
    assert "失效" in page
    assert (await office.get(path))[0] == 404
    assert await kept(office) == 1


async def test_two_pages_with_one_link_bring_one_file(office: Running, visitor: Visitor) -> None:
    path = await link(office, visitor)
    answers = await asyncio.gather(*(sent(office, path, form(PNG + bytes([n]))) for n in range(4)))
    assert sorted(status for status, _page in answers).count(200) == 1
    assert await kept(office) == 1


@pytest.mark.parametrize("code", ["AAAAA-AAAAA", "A", "a" * 400, "--"])
async def test_a_code_nobody_was_given_opens_nothing(office: Running, visitor: Visitor, code: str) -> None:
    for status, page in (await office.get(f"/upload/{code}"), await sent(office, f"/upload/{code}", form(PNG))):
        assert status == 404
        assert "新的链接" in page
    assert left_behind(office) == []


async def test_a_code_for_something_else_opens_nothing(office: Running, visitor: Visitor) -> None:
    chat = await visitor.chat()
    answer = await chat.say("/device")
    code = next(word for word in answer["text"].split() if len(word) == 11 and word[5] == "-")
    assert (await sent(office, f"/upload/{code}", form(PNG)))[0] == 404


async def test_a_link_is_over_after_a_day(office: Running, visitor: Visitor) -> None:
    person = await person_of(office, visitor)
    yesterday = office.app.clock.now() - timedelta(hours=25)
    given = await office.app.db.write(too_large.upload_link, person, yesterday)
    assert (await sent(office, given.removeprefix(offices.PUBLIC), form(PNG)))[0] == 404


async def test_a_file_that_is_too_large_is_refused_kindly_and_the_link_stays_good(
    office: Running, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(too_large, "MOST_BYTES", 1024 * 1024)
    monkeypatch.setattr(receiving, "FORM_BYTES", 10 * 1024 * 1024)
    path = await link(office, visitor)
    status, page = await sent(office, path, form(bytes(2 * 1024 * 1024)))
    assert status == 413
    assert "1 MB" in page
    assert left_behind(office) == []
    assert (await sent(office, path, form(PNG)))[0] == 200


async def test_one_that_says_so_before_is_not_read(
    office: Running, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(too_large, "MOST_BYTES", 1024 * 1024)
    status, _page = await sent(office, await link(office, visitor), form(bytes(2 * 1024 * 1024)))
    assert status == 413
    assert not (office.app.store.folder / "pieces").exists()


NO_FILE: dict[str, Any] = {
    "nothing": b"",
    "no form": b"hello",
    "another form": {"file": "words"},
    "an empty file": None,
}


@pytest.mark.parametrize("sort", NO_FILE)
async def test_what_holds_no_file_is_refused_kindly_and_keeps_nothing(
    office: Running, visitor: Visitor, sort: str
) -> None:
    data = form(b"") if sort == "an empty file" else NO_FILE[sort]
    path = await link(office, visitor)
    status, page = await sent(office, path, data)
    assert status == 400
    assert "再发一次" in page
    assert left_behind(office) == []
    assert (await sent(office, path, form(PNG)))[0] == 200


async def test_broken_multipart_keeps_nothing(office: Running, visitor: Visitor) -> None:
    path = await link(office, visitor)
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "multipart/mixed; boundary=x"):
        status, _page = await sent(office, path, b"--y\r\nnot a form", headers={"Content-Type": kind})
        assert status == 400
    assert left_behind(office) == []


async def test_a_connection_that_breaks_keeps_nothing_and_the_link_stays_good(
    office: Running, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await link(office, visitor)
    begun = asyncio.Event()
    real = FileStore.pieces

    @contextmanager
    def watched(store: FileStore) -> Iterator[filestore.Pieces]:
        with real(store) as pieces:
            begun.set()
            yield pieces

    monkeypatch.setattr(FileStore, "pieces", watched)
    _reader, writer = await asyncio.open_connection("127.0.0.1", office.site.port)
    head = f"POST {path} HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n' + bytes(600_000)
    writer.write(f"{head}Content-Length: 9000000\r\n\r\n".encode() + body)
    await asyncio.wait_for(begun.wait(), offices.WAIT_SECONDS)
    under_way = office.site.app[receiving.UNDER_WAY]
    writer.close()
    async with asyncio.timeout(offices.WAIT_SECONDS):
        while under_way:  # noqa: ASYNC110 - the server tells nobody that it has ended
            await asyncio.sleep(0)
    assert left_behind(office) == []
    assert (await sent(office, path, form(PNG)))[0] == 200


async def test_a_file_that_comes_byte_by_byte_keeps_no_place(
    office: Running, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await link(office, visitor)
    monkeypatch.setattr(receiving, "SILENCE_SECONDS", 0.2)
    reader, writer = await asyncio.open_connection("127.0.0.1", office.site.port)
    head = f"POST {path} HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    begin = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
    writer.write(f"{head}Content-Length: 9000000\r\n\r\n".encode() + begin)
    answer = asyncio.create_task(reader.readline())
    async with asyncio.timeout(offices.WAIT_SECONDS):
        while not answer.done():
            writer.write(b"\0" * 16)
            await asyncio.wait([answer], timeout=0.02)
    assert b"400" in await answer
    writer.close()
    assert not office.site.app[receiving.UNDER_WAY]
    assert left_behind(office) == []


async def test_a_full_disk_is_told_kindly_and_keeps_nothing(
    office: Running, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await link(office, visitor)
    room = [200_000]

    def full(pieces: filestore.Pieces, data: bytes) -> None:
        room[0] -= len(data)
        if room[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(filestore.Pieces, "write", full)
        status, page = await sent(office, path, form(bytes(900_000)))
    assert status == 507
    assert "不是您的问题" in page
    assert left_behind(office) == []
    assert (await sent(office, path, form(PNG)))[0] == 200


async def test_no_page_of_another_site_sends_anything(office: Running, visitor: Visitor) -> None:
    path = await link(office, visitor)
    status, _page = await sent(office, path, form(PNG), headers={"Origin": "https://elsewhere.example"})
    assert status == 403
    assert left_behind(office) == []


async def test_a_name_that_hides_something_is_made_plain(office: Running, visitor: Visitor) -> None:
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="../../etc/\u202egnp.html"\r\n\r\n'
    body = head.encode() + b"<script>alert(1)</script>\r\n--x--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await sent(office, await link(office, visitor), body, headers=kind))[0] == 200
    row = await office.app.db.read(lambda tx: tx.first(select(files_table)))
    assert row.name == "gnp.html"
    assert row.media == "application/octet-stream"


async def test_many_at_a_time_are_asked_to_wait(
    office: Running, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "PARALLEL", 0)
    status, page = await sent(office, await link(office, visitor), form(PNG))
    assert status == 503
    assert "几分钟" in page


# --- the store --------------------------------------------------------------------------------------------------------


def test_what_a_killed_program_left_half_written_goes(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    left = tmp_path / "pieces" / "left.part"
    left.parent.mkdir()
    left.write_bytes(b"half")
    with store.pieces():
        assert left.exists()
    os.utime(left, (1, 1))
    with store.pieces():
        assert not left.exists()


#: Keeps some bytes, and is killed while they are on their way to the disk.
KILLED = """
import os, sys
from pathlib import Path
from bot import filestore
filestore.os.fsync = lambda _descriptor: os._exit(9)
filestore.FileStore(Path(sys.argv[1])).put(b"half of a photo")
"""


def test_what_was_put_by_a_killed_program_goes_too(tmp_path: Path) -> None:
    assert subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, timeout=60).returncode == 9
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(left) == 1
    os.utime(left[0], (1, 1))
    store = FileStore(tmp_path)
    known = store.put(b"another photo")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [store.path(known)]


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    known = store.put(b"one and the same")
    with store.pieces() as pieces:
        pieces.write(b"one and ")
        pieces.write(b"the same")
        assert pieces.keep() == known
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [store.path(known)]
