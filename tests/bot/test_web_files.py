"""Files in the web chat: shown where that is safe, else downloaded; what is wrong with one is said in words."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import media
from bot.channels import web
from tests.bot import offices
from tests.bot.offices import Running

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
WAV = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\0\0\0"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Running]:
    async with offices.demo(tmp_path) as running:
        yield running


async def sent_file(office: Running, name: str, data: bytes) -> dict[str, str]:
    """Send a file and find it in the history."""
    owner = await office.chat("owner1", echo=1)
    await owner.send({"file": {"name": name, "data": base64.b64encode(data).decode()}})
    said = (await owner.until(lambda frame: "said" in frame))["said"]
    await owner.close()
    found: dict[str, str] = said["files"][0]
    return found


@pytest.mark.parametrize(("name", "data", "kind"), [("lamp.png", PNG, "image/png"), ("note.wav", WAV, "audio/")])
async def test_pictures_and_voice_are_shown_in_place(office: Running, name: str, data: bytes, kind: str) -> None:
    kept = await sent_file(office, name, data)
    async with office.http.get(office.url(kept["url"])) as answer:
        assert await answer.read() == data
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("query", ["", "?download"])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("page.html", b"<!doctype html><script>alert(1)</script>"),
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("drawing.svg", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("page.xhtml", b'<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>'),
        ("run.js", b"alert(1)"),
        ("list.pdf", b"%PDF-1.4\n"),
    ],
)
async def test_what_a_browser_would_run_is_only_downloaded(office: Running, name: str, data: bytes, query: str) -> None:
    kept = await sent_file(office, name, data)
    async with office.http.get(office.url(kept["url"] + query)) as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Type"].split(";")[0] not in {"text/html", "image/svg+xml"}


async def test_a_picture_is_downloaded_where_that_is_asked_for(office: Running) -> None:
    kept = await sent_file(office, "路灯 1.png", PNG)
    async with office.http.get(office.url(kept["url"] + "?download=1")) as answer:
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E8%B7%AF%E7%81%AF%201.png"


async def test_a_file_of_twenty_megabytes_fits_and_a_larger_one_is_refused_kindly(office: Running) -> None:
    owner = await office.chat("owner1")
    most = web.LARGEST_FILE_BYTES
    assert "20 MB" in (await owner.file("large.bin", b"\x00" * (most + 1)))["text"]
    assert (await owner.file("fits.bin", b"\x00" * most))["buttons"]


@pytest.mark.parametrize("data", ["not base64!", "aGVs*G8=", "aGVsbG8", ""])
async def test_a_damaged_or_empty_file_is_refused_in_words(office: Running, data: str) -> None:
    owner = await office.chat("owner1")
    answer = await owner.say("", file={"name": "a.png", "data": data})
    assert answer["ref"] == "0"
    assert "文件" in answer["text"]


@pytest.mark.parametrize("code", ["nothing", "..%2f..%2fetc%2fpasswd", "a" * 5000, "%00"])
async def test_a_guessed_file_is_not_there(office: Running, code: str) -> None:
    assert (await office.get(f"/file/{code}"))[0] == 404


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\u202egnp.exe", "", "x" * 4000, "\x00", "C:\\boot.ini"])
async def test_a_name_that_hides_something_is_made_plain(office: Running, name: str) -> None:
    kept = await sent_file(office, name, PNG)
    assert 1 <= len(kept["name"]) <= media.LONGEST_NAME
    assert not set(kept["name"]) & set("/\\\x00\u202e")


async def test_whatever_bytes_are_sent_have_some_kind() -> None:
    heads = (b"PK\x03\x04", b"\xff\xd8", b"\x1f\x8b", b"RIFF", b"%PDF", b"\x89PNG\r\n\x1a\n", b"\xd0\xcf\x11\xe0")
    kinds = {media.media_of(head + bytes(range(size)), "a.bin") for size in range(0, 40, 3) for head in heads}
    assert all("/" in kind for kind in kinds)
