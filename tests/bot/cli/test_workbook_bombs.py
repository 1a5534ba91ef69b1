"""Small workbooks made to keep the office busy for minutes or to fill its memory: refused, or read in no time."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from bot.commands import office_book, workbook
from bot.commands.telling import NotDone
from handlers.words import speaking
from tests.bot.filled_workbook import FIRST, UNITS

MANY = 1_500_000
STYLES, BOOK, SHEET = "xl/styles.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"
PILE = "e" + "\u0301\u0316" * 100_000


def before(end: bytes, more: bytes) -> Callable[[bytes], bytes]:
    return lambda part: part.replace(end, more + end, 1)


def rewritten(folder: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """A workbook as an office fills it in, with one part changed."""
    path, made = folder / "filled.xlsx", folder / "made.xlsx"
    with speaking("zh_CN"):
        path.write_bytes(workbook.sample())
    book = openpyxl.load_workbook(path)
    for place, value in enumerate(UNITS[0], 1):
        book.worksheets[0].cell(FIRST, place).value = value
    book.save(path)
    with zipfile.ZipFile(path) as plain, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for member in plain.namelist():
            part = plain.read(member)
            if member == name:
                assert change(part) != part
                part = change(part)
            packed.writestr(member, part)
    return made


def read(path: Path) -> float:
    """Read it as it is read in the chat; returns what that took of the processor, in seconds."""
    began = time.process_time()
    with speaking("zh_CN"):
        office_book.read(path, "office.xlsx", lambda _done, _total: None)
    return time.process_time() - began


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (STYLES, before(b"</cellXfs>", b"<xf/>" * MANY)),
        (BOOK, before(b"</sheets>", b'<sheet name="x" sheetId="9"/>' * 200_000)),
        (SHEET, before(b"</row>", b"<c/>" * MANY)),
        (SHEET, before(b"</sheetData>", b"<x/>" * MANY)),
        ("xl/_rels/workbook.xml.rels", before(b"</Relationships>", b"<Relationship/>" * 200_000)),
        (SHEET, lambda part: b'<!DOCTYPE x [<!ENTITY y "z">]>' + part.partition(b"?>")[2]),
    ],
    ids=["styles", "sheets", "cells of a row", "marks nobody knows", "relations", "short for long"],
)
def test_more_than_anybody_types_is_refused_before_it_is_taken_in(
    tmp_path: Path, name: str, change: Callable[[bytes], bytes]
) -> None:
    began = time.process_time()
    with pytest.raises(NotDone, match=r"太大|读不了"):
        read(rewritten(tmp_path, name, change))
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "change",
    [
        before(b"</worksheet>", b"<!--" + b"<mergeCell " * 200_000 + b"-->"),
        before(b"</sheetData>", f'<row r="900"><c t="inlineStr"><is><t>{PILE}</t></is></c></row>'.encode()),
    ],
    ids=["merged cells that never end", "accents without end"],
)
def test_what_looks_endless_is_read_at_once(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    assert read(rewritten(tmp_path, SHEET, change)) < 5
