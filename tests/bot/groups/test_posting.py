"""How an announcement looks in a group: safe, within its bytes, cut between two signs, and with the way to the rest."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import posting
from bot.channels.posting import MARKDOWN, PLAIN
from domain.doors import octets
from domain.messages import Attachment, Button, Message
from domain.office import Office
from domain.workdays import Calendar
from storage import calendars

OFFICE = Office(
    name="衡岳县优化营商环境办公室",
    calendar=Calendar({}, calendars.SEED_THROUGH, calendars.SEED_FROM, 0, "Asia/Shanghai"),
    url="https://office.example",
    kefu="https://work.weixin.qq.com/kfid/kfc1?enc_scene=E",
)
PAGE = "https://office.example/policy/2a3b4c5d6e7f"
ASK = Button("私聊咨询", "f:file")
WHOLE = Button("查看全文", "f:policy:2a3b4c5d6e7f", PAGE)
SHORT = Message("3月10日起，工业路施工，请绕行。", "公告 · 衡岳县", buttons=((ASK,), (WHOLE,)))
LONG = replace(SHORT, text="第一条，稳岗返还。" * 400)
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def test_a_short_one_stands_whole_under_its_heading_with_the_way_into_the_private_chat() -> None:
    shown = posting.worded(SHORT, OFFICE, 4096, MARKDOWN)
    assert shown.splitlines() == [
        "## 公告 · 衡岳县",
        "3月10日起，工业路施工，请绕行。",
        "[私聊咨询](https://work.weixin.qq.com/kfid/kfc1?enc_scene=E&scene_param=file)",
    ]


def test_a_long_one_is_cut_and_leads_to_the_rest() -> None:
    shown = posting.worded(LONG, OFFICE, 4096, MARKDOWN)
    assert 4000 < octets(shown) <= 4096
    assert f"…\n[查看全文]({PAGE})\n" in shown


def test_files_are_named_and_stand_behind_the_link() -> None:
    files = (Attachment(1, "绕行图.jpg"), Attachment(2, "通知.pdf"))
    shown = posting.worded(replace(SHORT, files=files), OFFICE, 4096, MARKDOWN)
    assert "附件（2个）：绕行图.jpg、通知.pdf" in shown
    assert f"[查看全文]({PAGE})" in shown
    many = tuple(Attachment(n, f"很长很长的名字第{n}份.pdf") for n in range(200))
    assert octets(posting.worded(replace(LONG, files=many), OFFICE, 2048, MARKDOWN)) <= 2048


def test_an_office_without_pages_says_what_to_send_for_the_rest() -> None:
    without = replace(LONG, buttons=((ASK,), (replace(WHOLE, url=""),)))
    shown = posting.worded(without, replace(OFFICE, url=""), 4096, MARKDOWN)
    assert "/policy 2a3b4c5d6e7f" in shown
    assert "](http" not in shown.replace("](https://work.weixin.qq.com", "")


def test_without_customer_service_the_private_chat_is_the_page() -> None:
    shown = posting.worded(SHORT, replace(OFFICE, kefu=""), 4096, MARKDOWN)
    assert "[私聊咨询](https://office.example/chat)" in shown


def test_officials_have_their_tasks_in_the_app_and_need_no_link() -> None:
    shown = posting.worded(replace(SHORT, buttons=((Button("我的任务", "f:tasks"),),)), OFFICE, 2048, MARKDOWN)
    assert "http" not in shown


@pytest.mark.parametrize(
    "words",
    [
        "<@all> 开会",
        "[点这里](https://evil.example)",
        "# 大标题",
        "> 引用",
        "  > 引用",
        "**粗**",
        "`码`",
        '<font color="warning">红',
    ],
)
def test_words_are_shown_as_they_are_and_call_nobody(words: str) -> None:
    shown = posting.worded(Message(words), OFFICE, 4096, MARKDOWN)
    assert "<" not in shown
    assert "](" not in shown
    assert "**" not in shown
    assert "`" not in shown
    assert re.search(r"^\s*[#>]", shown, re.MULTILINE) is None


SIGNS = st.lists(st.sampled_from(["字", "a", "\n", FAMILY, "e\u0301", "<", "#", "]("]), max_size=1500).map("".join)


@given(SIGNS, st.integers(600, 4096))
def test_it_never_has_more_bytes_than_may_be_and_no_sign_is_torn(text: str, most: int) -> None:
    shown = posting.worded(replace(SHORT, text=text), OFFICE, most, MARKDOWN)
    assert octets(shown) <= most
    assert re.search("[\U0001f468\U0001f469]…|\u200d…|e…", shown) is None


@given(st.text(max_size=3000))
def test_a_mass_message_has_at_most_its_bytes(text: str) -> None:
    assert octets(posting.worded(replace(SHORT, text=text), OFFICE, 4000, PLAIN)) <= 4000
