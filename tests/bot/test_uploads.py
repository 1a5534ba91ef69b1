"""A workbook in the administrator's chat, and the square of an invitation: what needs hands for files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.commands import spreadsheet, workbook
from domain.case import Role
from handlers.invitations import Invitation, invite
from handlers.words import speaking
from storage import people, roster, units
from storage.tables import roles
from storage.transaction import Tx
from tests.bot import offices
from tests.bot.offices import Chat, Frame, Running, Visitor

ROWS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "单位": (("zhujian", "住建局", "0000-6100001", "管房屋建设"),),
    "人员": (("张三", 13800000011, "联络员", "住建局"), ("李四", 13800000012, "派单员")),
}


def filled(**sheets: Any) -> bytes:
    """The sample with these rows typed in."""
    with speaking("zh_CN"):
        book = openpyxl.load_workbook(io.BytesIO(workbook.sample()))
    for title, rows in {**ROWS, **sheets}.items():
        for number, row in enumerate(rows, 5):
            for place, value in enumerate(row, 1):
                book[title].cell(number, place).value = value
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Running]:
    async with offices.production(tmp_path) as running:
        yield running


async def member(office: Running, *roles: Role) -> tuple[Visitor, Chat]:
    """Somebody at a page of their own who has shown the codes of these roles."""
    visitor = await office.visitor()
    chat = await visitor.chat()
    for role in roles:
        code = await office.app.db.write(invite, Invitation(role), datetime.now(UTC))
        await chat.say(f"/join {code}")
    return visitor, chat


async def count(office: Running) -> tuple[int, int]:
    """How many units and people of the list there are."""
    return await office.app.db.read(_counted)


def _counted(tx: Tx) -> tuple[int, int]:
    tx.forget("units")
    return len(units.every(tx)), len(roster.listed(tx, datetime.now(UTC)))


def everything(frame: Frame) -> str:
    return "\n".join((frame["title"], frame["text"]))


async def test_a_workbook_sent_in_the_chat_shows_its_plan_and_is_written_when_agreed(office: Running) -> None:
    visitor, boss = await member(office, Role.ADMINISTRATOR)
    await boss.file("office.xlsx", filled())
    plan = await boss.heard("要按这个文件设置办公室吗")
    assert "+ 住建局 (zhujian)" in everything(plan)
    assert "+ 张三 联络员（住建局）" in everything(plan)
    assert await count(office) == (0, 0)
    await boss.tap("确认写入", plan)
    done = await boss.heard("已写入")
    assert "还缺" in done["title"]
    assert "2 人没有进来" in done["text"]
    assert await count(office) == (1, 2)
    await boss.tap("确认写入", plan)
    again = await boss.heard("早就有了")
    assert "新增 0" in again["text"]
    assert await count(office) == (1, 2)
    await visitor.close()


async def test_every_mistake_is_told_by_its_cell_and_nothing_is_written(office: Running) -> None:
    visitor, boss = await member(office, Role.ADMINISTRATOR)
    wrong = (("张三", 138, "联络员", "住建局"), ("李四", 13800000012, "皇帝"), ("王五", 13800000013, "联络员", "xyz"))
    await boss.file("office.xlsx", filled(人员=wrong))
    told = everything(await boss.heard("处不对"))
    assert all(cell in told for cell in ("人员!B5：", "人员!C6：", "人员!D7："))
    assert "3 处不对" in told
    assert await count(office) == (0, 0)
    await visitor.close()


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (spreadsheet.MOST_UNPACKED_BYTES + 1))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"name,phone\nx,1\n", "读不了"),
        (b"PK\x03\x04 broken", "读不了"),
        (b"\xd0\xcf\x11\xe0", "读不了"),
        (bomb(), "太大"),
    ],
)
async def test_a_file_that_is_none_is_refused_kindly_and_the_office_goes_on(
    office: Running, data: bytes, words: str
) -> None:
    visitor, boss = await member(office, Role.ADMINISTRATOR)
    await boss.file("office.xlsx", data)
    refusal = await boss.heard("没法导入")
    assert words in refusal["text"]
    assert await count(office) == (0, 0)
    assert (await office.health())["failed_arrivals"] == 0
    await visitor.close()


async def test_who_is_no_administrator_any_more_writes_nothing(office: Running) -> None:
    visitor, boss = await member(office, Role.ADMINISTRATOR)
    await boss.file("office.xlsx", filled())
    plan = await boss.heard("要按这个文件设置办公室吗")
    [holding] = await office.app.db.read(people.all_holders, datetime.now(UTC))
    await office.app.db.write(take_roles_away, holding.person)
    await boss.tap("确认写入", plan)
    late = ("errand", "write workbook", holding.person, 1)
    for listener in office.app.listeners:
        listener([late])
    await boss.heard("不归您操作")
    assert await count(office) == (0, 0)
    await visitor.close()


def take_roles_away(tx: Tx, person: int) -> None:
    tx.connection.execute(roles.update().where(roles.c.person_id == person).values(until=datetime.now(UTC)))


async def test_a_file_of_somebody_else_is_not_read(office: Running) -> None:
    one, owner = await member(office)
    await owner.file("office.xlsx", filled())
    other, boss = await member(office, Role.ADMINISTRATOR)
    for number in (1, 2, 999):
        await boss.send({"press": f"f:workbook:write.{number}"})
        await boss.heard("找不到这个文件")
    assert await count(office) == (0, 0)
    await one.close()
    await other.close()


async def test_an_invitation_from_the_chat_comes_with_a_square_that_opens_it(office: Running) -> None:
    visitor, boss = await member(office, Role.ADMINISTRATOR)
    await boss.send({"press": "f:invite:dispatcher.0"})
    await boss.heard("叫什么名字")
    await boss.send({"text": "陈岚"})
    passed_on = await boss.heard("/join")
    picture = (await boss.heard("扫一扫"))["files"][0]
    assert picture["media"] == "image/png"
    async with visitor.http.get(office.url(picture["url"])) as answer:
        data = await answer.read()
    assert answer.status == 200
    assert data.startswith(b"\x89PNG")
    assert f"{offices.PUBLIC}/chat?join=" in passed_on["text"]
    await visitor.close()
