"""How a message looks on Telegram: as it was typed, within the limits, and without a button that leads nowhere."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.rendering import fields_of, start_of, worded
from domain.doors import DOORS, parts, units
from domain.messages import Button, Message
from tests.telegram.entities import plain

TELEGRAM = DOORS["telegram"]
BOT = "https://t.me/front_desk_test_bot"
TEXTS = st.text(max_size=6000) | st.text("<&>b/\u200b\u202e👨\u200d👩🏽é\n ", max_size=6000)
BUTTONS = st.builds(
    Button, st.text(max_size=200), st.text(max_size=40), st.sampled_from(["", BOT, "javascript:x", "x"])
)
MESSAGES = st.builds(
    Message,
    text=TEXTS,
    title=st.text(max_size=500),
    facts=st.lists(st.tuples(st.text(max_size=40), st.text(max_size=600)), max_size=8).map(tuple),
    buttons=st.lists(st.lists(BUTTONS, max_size=12).map(tuple), max_size=30).map(tuple),
)


def shown(message: Message) -> str:
    """What a person reads."""
    fields = fields_of(message, group=False, bot=BOT)
    return plain(fields["text"]) if fields else ""


def letters(text: str) -> str:
    """The letters and digits of a text, in their order."""
    return "".join(sign for sign in text if sign.isalnum())


@given(MESSAGES, st.booleans())
@settings(max_examples=150, deadline=None)
def test_whatever_is_said_is_within_the_limits(message: Message, group: bool) -> None:
    for part in [message, *parts(message, TELEGRAM)]:
        fields = fields_of(part, group=group, bot=BOT)
        if not fields:
            continue
        assert 0 < units(plain(fields["text"])) <= 4096
        assert plain(fields["text"]).strip()
        rows = fields.get("reply_markup", {"inline_keyboard": []})["inline_keyboard"]
        assert all(0 < len(row) <= 8 for row in rows)
        buttons = [button for row in rows for button in row]
        assert len(buttons) <= 100
        assert all(button["text"].strip() and units(button["text"]) <= 120 for button in buttons)
        assert all(0 < len(button["callback_data"].encode()) <= 64 for button in buttons if "url" not in button)
        assert all(button["url"].startswith("https://") for button in buttons if "url" in button)


@given(MESSAGES)
@settings(max_examples=100, deadline=None)
def test_no_letter_of_the_words_is_lost_on_the_way(message: Message) -> None:
    read = "".join(shown(part) for part in parts(replace(message, buttons=()), TELEGRAM))
    said = [message.title, message.text, *(words for fact in message.facts for words in fact)]
    assert letters(read) == letters("".join(said))


@pytest.mark.parametrize(
    "typed",
    [
        "<b>不是粗体</b>",
        "a & b < c > d",
        "&lt;b&gt;",
        "\"引号\" 'single'",
        "😀👨‍👩‍👧",
        "\u202eabc",
        "مرحبا",
        "一\u200b二",
    ],
)
def test_signs_are_shown_as_they_were_typed(typed: str) -> None:
    message = Message(f"开头{typed}结尾", title=typed, facts=((typed, typed),))
    assert plain(worded(message)).splitlines()[1] == f"开头{typed}结尾"
    assert plain(worded(message)).count(typed) == 4


def test_the_title_is_bold_and_facts_are_label_and_value() -> None:
    message = Message("三天没电了", title="新的诉求", facts=(("编号", "HY-1"), ("Unit", "Power")))
    assert worded(message) == "<b>新的诉求</b>\n三天没电了\n编号：<b>HY-1</b>\nUnit: <b>Power</b>"


@pytest.mark.parametrize("unseen", ["", " \n\t", "\u200b\u200d", "\ufeff"])
def test_words_nobody_sees_are_no_message(unseen: str) -> None:
    assert fields_of(Message(unseen), group=False, bot=BOT) == {}
    with_button = fields_of(Message(unseen, buttons=((Button("好", "f:my"),),)), group=False, bot=BOT)
    assert plain(with_button["text"]) == "…"


def test_in_a_group_every_button_opens_the_private_chat() -> None:
    message = Message(
        "通知", buttons=((Button("提问", "f:file"), Button("事项", "f:item:7"), Button("旧", "t:1:2:x")),)
    )
    (row,) = fields_of(message, group=True, bot=BOT)["reply_markup"]["inline_keyboard"]
    assert [button["url"] for button in row] == [f"{BOT}?start=file", f"{BOT}?start=item_7", f"{BOT}?start=start"]
    assert "reply_markup" not in fields_of(message, group=True, bot="")


@pytest.mark.parametrize(
    ("value", "payload"),
    [("f:my", "my"), ("f:case:7", "case_7"), ("f:item:坏", "start"), ("f:x:" + "a" * 70, "start"), ("a:1", "start")],
)
def test_only_what_telegram_takes_stands_in_a_link(value: str, payload: str) -> None:
    assert start_of(value) == payload
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", start_of(value))


def test_a_value_that_is_too_long_costs_its_button_alone() -> None:
    message = Message("选一个", buttons=((Button("长", "x" * 65), Button("好", "f:my")),))
    (row,) = fields_of(message, group=False, bot=BOT)["reply_markup"]["inline_keyboard"]
    assert [button["text"] for button in row] == ["好"]


@pytest.mark.parametrize("url", ["http://localhost:80/x", "javascript:alert(1)", "https://", "board", "http://a b.cn/"])
def test_an_address_telegram_would_refuse_stands_in_the_words(url: str) -> None:
    fields = fields_of(
        Message("看板", buttons=((Button("打开", "", url), Button("好", "f:my")),)), group=False, bot=BOT
    )
    assert f"打开：{url}" in plain(fields["text"])
    assert fields["reply_markup"] == {"inline_keyboard": [[{"text": "好", "callback_data": "f:my"}]]}


def test_the_lines_of_a_question_bear_the_numbers_that_may_be_typed() -> None:
    rows = (
        (Button("诉求", "t:1:1:request"), Button("投诉", "t:1:1:complaint")),
        (Button("返回", "t:1:1:!back"), Button("地图", "", BOT)),
    )
    question, card = (
        Message("您要办什么？", buttons=rows),
        Message("您的诉求", buttons=((Button("查看", "f:case:7"),) * 2,)),
    )
    labels = [
        [
            button["text"]
            for row in fields_of(one, group=False, bot=BOT)["reply_markup"]["inline_keyboard"]
            for button in row
        ]
        for one in (question, card)
    ]
    assert labels == [["1. 诉求", "2. 投诉", "返回", "地图"], ["查看", "查看"]]
