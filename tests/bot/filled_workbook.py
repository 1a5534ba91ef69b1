"""The sample workbook of a new office, filled in."""

from __future__ import annotations

from typing import Any

import openpyxl

from tests.bot.terminal import Terminal

#: Where the first row to fill stands in each sheet of the sample.
FIRST = 5
UNITS = (("zhujian", "住建局", "0000-6100001", "管房屋建设和路灯"), ("shuiwu", "税务局", "12366", "管纳税"))
PEOPLE = (
    ("张三", 13800000011.0, "联络员", "住建局"),
    ("张三", "１３８ 0000 0011", "承办人", "ZHUJIAN"),
    ("李四", "\u202e13800000012", "派单员"),
    ("王五", 13800000013, "项目纪检监察员", None, "印章产业园"),
    ("赵六", 13800000014, "管理员"),
)
ITEMS = (("s-1", "施工许可", "住 建 局", "受理", "申请表", 5),)
BOOK: dict[str, tuple[tuple[Any, ...], ...]] = {
    "单位": UNITS,
    "项目": (("印章产业园",),),
    "人员": PEOPLE,
    "事项": ITEMS,
}


def filled(office: Terminal, name: str = "filled.xlsx", **sheets: Any) -> str:
    """The sample that init wrote, with these rows typed into it; returns its name."""
    book = openpyxl.load_workbook(office.folder / "office.xlsx")
    for title, rows in {**BOOK, **sheets}.items():
        for number, row in enumerate(rows, FIRST):
            for place, value in enumerate(row, 1):
                book[title].cell(number, place).value = value
    book.save(office.folder / name)
    return name
