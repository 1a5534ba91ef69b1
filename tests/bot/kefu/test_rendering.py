"""How a message looks in customer service: words, lines to tap, numbered lines where there are too many, links."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.kefu.menus import id_of
from bot.channels.kefu.rendering import MOST_IN_GREETING, Fields, rendered
from domain.doors import octets
from domain.messages import Attachment, Button, Message, rows
from handlers.words import speaking


def shown(message: Message, mini_program: str = "", **more: Any) -> Fields:
    with speaking("zh_CN"):
        return rendered(message, lambda file: f"https://office.example/shown/{file.file}", mini_program, **more)


def buttons(count: int, value: str = "f:case:{}") -> tuple[tuple[Button, ...], ...]:
    return rows([Button(f"第{n}件", value.format(n)) for n in range(count)])


def entries(fields: Fields, kind: str) -> list[Any]:
    return [one[kind] for one in fields["msgmenu"]["list"] if one["type"] == kind]


def test_words_alone_are_text_with_title_and_facts() -> None:
    message = Message("您的诉求已受理。", title="受理", facts=(("编号", "20261121-0003"),))
    told = {"content": "受理\n您的诉求已受理。\n编号：20261121-0003"}
    assert shown(message) == {"msgtype": "text", "text": told}


def test_buttons_are_lines_to_tap_below_the_words() -> None:
    fields = shown(
        Message("请选择", buttons=((Button("我要投诉", "f:file"), Button("官网", "", "https://a.example/")),))
    )
    assert fields["msgmenu"]["head_content"] == "请选择"
    assert entries(fields, "click") == [{"id": id_of("f:file"), "content": "我要投诉"}]
    assert entries(fields, "view") == [{"url": "https://a.example/", "content": "官网"}]


def test_lines_of_a_question_have_the_numbers_that_may_be_typed() -> None:
    answers = (*buttons(2, "t:5:1:{}"), (Button("取消", "t:5:1:!cancel"),))
    labels = [one["content"] for one in entries(shown(Message("哪一件？", buttons=answers)), "click")]
    assert labels == ["1. 第0件", "2. 第1件", "取消"]


@pytest.mark.parametrize("count", [11, 40, 60, 200])
def test_more_than_ten_are_numbered_lines_and_what_steers_is_tapped(count: int) -> None:
    message = Message("哪一件？", buttons=(*buttons(count, "t:5:1:{}"), (Button("取消", "t:5:1:!cancel"),)))
    fields = shown(message)
    lines = "\n".join(one["content"] for one in entries(fields, "text")).split("\n")
    assert lines == [f"{n + 1}. 第{n}件" for n in range(count)]
    assert [one["content"] for one in entries(fields, "click")] == ["取消"]
    assert len(fields["msgmenu"]["list"]) <= 50
    assert all(octets(one["content"]) <= 256 for one in entries(fields, "text"))


def test_a_greeting_has_ten_entries_at_the_most() -> None:
    fields = shown(Message("您好", buttons=buttons(30)), entries=MOST_IN_GREETING)
    assert len(fields["msgmenu"]["list"]) <= 10
    assert "30. 第29件" in entries(fields, "text")[-1]["content"]


def test_files_are_links_and_names_where_there_are_no_links() -> None:
    message = Message("办结了", files=(Attachment(7, "结果.pdf"),))
    assert entries(shown(message), "view") == [
        {"url": "https://office.example/shown/7", "content": "查看附件：结果.pdf"}
    ]
    with speaking("zh_CN"):
        assert rendered(message, lambda _file: "")["text"]["content"] == "办结了\n附件：结果.pdf"


def test_a_page_of_the_mini_program_opens_where_the_office_has_one() -> None:
    message = Message("开启提醒", buttons=((Button("开启", "f:x", "weixin-mini:pages/index?ticket=T1"),),))
    program = {"appid": "wx1", "pagepath": "pages/index.html?ticket=T1", "content": "开启"}
    assert entries(shown(message, "wx1"), "miniprogram") == [program]
    assert shown(message) == {"msgtype": "text", "text": {"content": "开启提醒"}}


def test_nothing_is_longer_than_it_may_be() -> None:
    long = "好" * 3000
    assert octets(shown(Message(long))["text"]["content"]) <= 2048
    fields = shown(Message(long, buttons=((Button(long, "f:x"), Button(long, "", "https://a.example/")),)))
    assert octets(fields["msgmenu"]["head_content"]) <= 1024
    assert octets(entries(fields, "click")[0]["content"]) <= 128
    assert octets(entries(fields, "view")[0]["content"]) <= 1024
