"""Files on their way to officials in the app: uploaded once, named as long as WeCom keeps them, told of otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from domain.messages import Attachment, Message, Promised
from storage import files
from storage.tables import file_refs
from storage.transaction import Tx
from tests.bot.wecom.app_office import AppOffice, app_office, met, tell

PHOTO, VOICE = b"\xff\xd8\xff\xe0 a photograph", b"#!AMR\n some words"
MP4 = b"\x00\x00\x00\x18ftypmp42 a film"
MB = 1024 * 1024


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[AppOffice]:
    async with app_office(tmp_path) as made:
        yield made
        assert made.sim.complaints == []


async def kept(office: AppOffice, name: str, media: str, data: bytes, size_bytes: int = 0) -> Attachment:
    """A file of the office."""
    promised = Promised(name, media, size_bytes or len(data), digest=office.app.store.put(data))
    record = await office.app.db.write(files.add, promised, "web", None, office.app.clock.now())
    return Attachment(record.id, name, media)


async def show(office: AppOffice, *shown: Attachment, text: str = "") -> None:
    """Show files to ZhangSan, and wait until they were shown."""
    await tell(office, "ZhangSan", Message(text, files=shown))


@pytest.mark.parametrize(
    ("name", "media", "data", "kind"),
    [
        ("照片.jpg", "image/jpeg", PHOTO, "image"),
        ("录音.amr", "audio/amr", VOICE, "voice"),
        ("录像.mp4", "video/mp4", MP4, "video"),
        ("执照.pdf", "application/pdf", b"%PDF-1.7 a licence", "file"),
        ("假照片.jpg", "image/jpeg", b"no photograph at all", "file"),
    ],
)
async def test_each_file_is_shown_as_what_it_is(
    office: AppOffice, name: str, media: str, data: bytes, kind: str
) -> None:
    zhang = await met(office)
    if name == "假照片.jpg":
        office.sim.faults.once("media/upload", 40145)
    await show(office, await kept(office, name, media, data))
    assert (zhang.last().kind, zhang.last().body["name"]) == (kind, name)
    assert office.sim.media[zhang.last().body["media_id"]].data == data


async def test_files_come_before_the_words_they_belong_to(office: AppOffice) -> None:
    zhang = await met(office)
    photo, paper = await kept(office, "1.jpg", "image/jpeg", PHOTO), await kept(office, "2.pdf", "", b"%PDF-1.7 it")
    await show(office, photo, paper, text="两个附件")
    assert [one.kind for one in zhang.shown[1:]] == ["image", "file", "text"]


async def test_a_file_goes_up_once_for_everybody_as_long_as_it_is_kept_there(office: AppOffice) -> None:
    zhang, li = await met(office), await met(office, "LiSi")
    photo = await kept(office, "1.jpg", "image/jpeg", PHOTO)
    await show(office, photo)
    await tell(office, "LiSi", Message("", files=(photo,)))
    assert (zhang.last().kind, li.last().kind) == ("image", "image")
    assert office.sim.calls["media/upload"] == 1
    await office.app.db.write(_age_names)
    await show(office, photo)
    assert (len(zhang.shown), office.sim.calls["media/upload"]) == (3, 2)


def _age_names(tx: Tx) -> None:
    at = tx.scalar(file_refs.select().with_only_columns(file_refs.c.at))
    tx.execute(update(file_refs).values(at=at - timedelta(days=2.6)))


async def test_a_file_the_platform_has_lost_goes_up_again(office: AppOffice) -> None:
    zhang = await met(office)
    photo = await kept(office, "1.jpg", "image/jpeg", PHOTO)
    await show(office, photo)
    office.sim.faults.once("message/send", 40007)
    await show(office, photo)
    assert [one.kind for one in zhang.shown[1:]] == ["image", "image"]
    assert office.sim.calls["media/upload"] == 2


async def test_the_same_file_shown_twice_is_seen_twice_and_a_lost_answer_shows_it_once(office: AppOffice) -> None:
    zhang = await met(office)
    photo, other = await kept(office, "1.jpg", "image/jpeg", PHOTO), await kept(office, "2.jpg", "image/jpeg", PHOTO)
    for _ in range(2):
        await show(office, photo)
    assert len(zhang.shown) == 3
    office.sim.faults.closed_after("message/send")
    await show(office, other)
    assert len(zhang.shown) == 4


@pytest.mark.parametrize(
    ("data", "size_bytes"),
    [(b"lost from the store", 0), (b"tiny", 0), (b"far too large to be sent", 21 * MB)],
    ids=["gone", "tiny", "large"],
)
async def test_what_cannot_be_shown_is_told(office: AppOffice, data: bytes, size_bytes: int) -> None:
    zhang = await met(office)
    drawing = await kept(office, "图纸.dwg", "application/x-dwg", data, size_bytes)
    if data == b"lost from the store":
        office.app.store.path(office.app.store.put(data)).unlink()
    await show(office, drawing)
    assert zhang.last().kind == "text"
    assert "图纸.dwg" in zhang.heard()
    assert office.sim.calls["media/upload"] == 0


async def test_a_file_that_is_no_longer_kept_is_told_of_too(office: AppOffice) -> None:
    zhang = await met(office)
    await show(office, Attachment(4711, "旧.jpg"))
    assert zhang.last().kind == "text"
    assert zhang.heard()
