"""How a message looks in WeCom: whole, within what is shown there, and everything that can be chosen can be chosen."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.wecom import rendering
from bot.channels.wecom.cards import Card
from domain.doors import DOORS, parts
from domain.messages import Button, Message, is_navigation, rows
from domain.office import Office
from domain.workdays import Calendar
from tests.wecom_sim import cards as platform
from tests.wecom_sim.state import World

WECOM = DOORS["wecom"]
CALENDAR = Calendar({}, date(2026, 12, 31), date(2026, 1, 1), 1)
OFFICE = Office("衡岳县优化营商环境办公室", CALENDAR, url="https://office.example")
LETTERS = st.text("一二三四五六七八九十abc 。，\n12.😀é", max_size=700) | st.text(max_size=200)
LABELS = st.text("甲乙丙丁戊己庚辛ab 1→", min_size=1, max_size=24)
VALUES = st.builds("f:case:{}".format, st.integers(1, 40)) | st.builds("t:1:2:{}".format, st.integers(1, 40))
BUTTONS = st.builds(Button, LABELS, VALUES) | st.builds(
    Button, LABELS, st.just(""), st.just("https://office.example/x")
)
MESSAGES = st.builds(
    Message,
    text=LETTERS,
    title=st.text("诉求投诉 2026-001", max_size=60),
    facts=st.lists(st.tuples(LABELS, st.text("甲乙丙abc\n12", max_size=60)), max_size=9).map(tuple),
    buttons=st.lists(BUTTONS, max_size=20).map(lambda found: rows(found, 2)),
    card=st.sampled_from(["", "case:7"]),
)


def shown(message: Message) -> tuple[Card | None, str]:
    """The card of a message, or None and its text."""
    return rendering.card(message, OFFICE), rendering.text(message)


def card(message: Message) -> Card:
    """The card of a message that is one."""
    found = rendering.card(message, OFFICE)
    assert found is not None
    return found


def labels(found: Card) -> list[str]:
    """What stands on the buttons."""
    return [str(one["text"]) for one in found["button_list"]]


def words(found: Any) -> str:
    """Everything that can be read on a card."""
    if isinstance(found, dict):
        return "".join(words(one) for key, one in found.items() if key not in ("key", "id", "url", "card_type"))
    return "".join(map(words, found)) if isinstance(found, list) else str(found)


def letters(text: str) -> str:
    """The letters and digits of a text."""
    return "".join(sign for sign in text if sign.isalnum())


def lines(count: int, prefix: str = "f:case:", label: str = "第{}件") -> tuple[Button, ...]:
    """So many buttons."""
    return tuple(Button(label.format(n), f"{prefix}{n}") for n in range(1, count + 1))


@given(MESSAGES)
@settings(max_examples=200, deadline=None)
def test_every_card_is_one_the_platform_takes_and_shows_whole(message: Message) -> None:
    world = World()
    for part in [message, *parts(message, WECOM)]:
        found, text = shown(part)
        assert len(text.encode()) <= 2048
        if found is not None:
            platform.check(world, {**found, "task_id": "7-19a"})
    assert world.cuts == []
    assert world.complaints == []


@given(MESSAGES)
@settings(max_examples=150, deadline=None)
def test_no_word_is_lost_between_the_parts_of_a_message(message: Message) -> None:
    read = ""
    for part in parts(message, WECOM):
        found, text = shown(part)
        read += words(found) if found is not None else text
    for said in (message.title, *(one for fact in message.facts for one in fact), message.text):
        assert stands_in_order(letters(said), letters(read))


def stands_in_order(said: str, read: str) -> bool:
    """Whether all of it can be read one after the other; between two parts stand the title and the office."""
    at = 0
    for sign in said:
        at = read.find(sign, at) + 1
        if at == 0:
            return False
    return True


@given(MESSAGES)
@settings(max_examples=150, deadline=None)
def test_whatever_could_be_chosen_still_can(message: Message) -> None:
    part = parts(message, WECOM)[-1]
    found, text = shown(part)
    wanted = part.menu()
    if found is None:
        for number in range(1, len(dict.fromkeys(wanted)) + 1):
            assert re.search(rf"(?m)^{number}\. ", text)
        return
    pressed = [one["key"] for one in found["button_list"] if "key" in one]
    listed = [one["id"] for one in found.get("button_selection", {}).get("option_list", ())]
    assert set(wanted) <= {*pressed, *listed}
    assert ("choose" in pressed) == bool(listed)


def test_up_to_six_buttons_are_a_tap_away() -> None:
    found = card(Message("请处理", title="诉求 1", buttons=rows(lines(6), 2)))
    assert labels(found) == [f"第{n}件" for n in range(1, 7)]
    assert "button_selection" not in found


def test_the_lines_of_a_question_stand_together_in_a_list() -> None:
    back = Button("取消", "t:1:2:!cancel")
    found = card(Message("哪一类？", buttons=(*rows(lines(9, "t:1:2:"), 1), (back,))))
    assert [one["id"] for one in found["button_selection"]["option_list"]] == [f"t:1:2:{n}" for n in range(1, 10)]
    assert labels(found) == ["确定", "取消"]


def test_of_more_things_to_do_the_first_stay_a_tap_away() -> None:
    found = card(Message("新件", title="诉求 1", buttons=rows(lines(9), 2), card="case:1"))
    assert labels(found) == [*(f"第{n}件" for n in range(1, 6)), "确定"]
    assert [one["id"] for one in found["button_selection"]["option_list"]] == [f"f:case:{n}" for n in range(6, 10)]


def test_more_than_a_card_holds_is_a_text_with_the_numbers_that_may_be_typed() -> None:
    message = Message("请选", buttons=(*rows(lines(20, "t:1:2:"), 1), (Button("返回", "t:1:2:!back"),)))
    found, text = shown(message)
    assert found is None
    assert [line for line in text.split("\n") if line[:1].isdigit()] == [f"{n}. 第{n}件" for n in range(1, 21)]
    assert len(message.menu()) == 20
    assert "“返回”" in text


def test_a_long_list_is_one_text_and_says_nothing_twice() -> None:
    told = "\n".join(f"{n}. 🔴 诉求 20261123-{n:04} 工地夜间施工噪音扰民" for n in range(1, 9))
    message = Message(told, "我的任务", buttons=(*rows(lines(8), 2), (Button("后面的", "f:tasks:+8"),)))
    assert parts(message, WECOM) == [message]
    found, text = shown(message)
    assert found is None
    assert "第1件" not in text
    assert "\n9. 后面的\n" in text


def test_a_label_too_long_for_its_button_is_told_in_full_with_its_number() -> None:
    label = "有困难，想请帮忙解决的事情第{}类"
    found = card(Message("要帮您登记吗？", title="请选", buttons=rows(lines(3, "t:1:2:", label), 1)))
    assert found["sub_title_text"].endswith("\n3. 有困难，想请帮忙解决的事情第3类")
    assert labels(found) == ["1. 有困难，想请…", "2. 有困难，想请…", "3. 有困难，想请…"]


def test_facts_that_fit_stand_beside_the_words_and_the_others_among_them() -> None:
    facts = (("状态", "待签收"), ("受理决定期限", "明天"), ("地点", "长" * 31), ("电话", "138"))
    found = card(Message("说明", title="诉求 1", facts=facts, buttons=((Button("签收", "f:sign:1"),),)))
    assert [one["keyname"] for one in found["horizontal_content_list"]] == ["状态", "电话"]
    assert found["sub_title_text"] == f"说明\n受理决定期限：明天\n地点：{'长' * 31}"


def test_a_long_case_is_told_first_and_its_card_keeps_title_facts_and_buttons() -> None:
    facts = tuple((label, "待办") for label in ("状态", "来自", "电话", "承办", "地点", "期限"))
    message = Message("工地夜间施工。" * 60, "诉求 1", facts, ((Button("签收", "f:sign:1"),),), card="case:1")
    first, last = parts(message, WECOM)
    assert rendering.text(first).startswith("诉求 1\n工地")
    found = card(last)
    assert found["main_title"]["title"] == "诉求 1"
    assert len(found["horizontal_content_list"]) == 6
    assert (last.card, first.card, first.buttons) == ("case:1", "", ())


@pytest.mark.parametrize(
    ("message", "title"),
    [
        (Message("短的一行\n其余", buttons=(lines(1),)), "短的一行"),
        (Message("长" * 40, buttons=(lines(1),)), OFFICE.name),
        (Message("文字", title="长" * 37, buttons=(lines(1),)), OFFICE.name),
        (Message("", title="题", buttons=(lines(1),)), "题"),
    ],
)
def test_every_card_has_a_title(message: Message, title: str) -> None:
    assert card(message)["main_title"] == {"title": title}


def test_what_people_write_holds_no_link_that_hides_where_it_leads() -> None:
    for said in ('<a href="http://evil.example">点此</a>', "< A href=x>", "</a>", "<\na href=x>"):
        assert re.search(r"(?i)<\s*/?\s*a\b", rendering.text(Message(said))) is None
    assert rendering.text(Message("1 < 2 <b>粗</b> a<b")) == "1 < 2 <b>粗</b> a<b"


def test_a_question_for_files_leads_to_the_page_that_takes_them() -> None:
    asked = Message("请发照片或文件", buttons=(lines(1, "t:1:2:"),), takes_files=True)
    found = card(rendering.with_page(asked, OFFICE))
    assert found["button_list"][-1]["url"] == "https://office.example/wecom/page"
    assert rendering.with_page(asked, replace(OFFICE, url="")) == asked
    assert rendering.with_page(replace(asked, takes_files=False), OFFICE).buttons == asked.buttons


def test_an_address_that_opens_nothing_is_told_and_no_button() -> None:
    message = Message("看看", buttons=((Button("页面", "", "javascript:alert(1)"), Button("好", "f:x")),))
    found = card(message)
    assert labels(found) == ["好"]
    assert "javascript" in words(found)


def test_a_button_that_is_there_twice_is_one() -> None:
    assert labels(card(Message("好", buttons=((Button("看", "f:x"), Button("再看", "f:x")),)))) == ["看"]


def test_a_card_on_which_nothing_is_left_to_do_has_one_grey_button() -> None:
    found = rendering.last_card(Message("已由他人处理", title="诉求 1"), OFFICE)
    assert found is not None
    assert found["replace_text"] == labels(found)[0]
    platform.check(World(), {**found, "task_id": "7"}, update=True)


def test_nothing_to_be_seen_is_nothing_to_be_said() -> None:
    assert shown(Message("  \n")) == (None, "")


def test_steps_within_a_talk_are_no_numbered_lines() -> None:
    assert all(is_navigation(value) for value in ("t:1:2:!back", "t:1:2:!change=kind"))
    change = Message("改哪一项？", buttons=(*rows(lines(8, "t:1:2:!change=k"), 2), (Button("不改了", "t:1:2:!again"),)))
    found = card(change)
    assert len(found["button_selection"]["option_list"]) == 8
    assert labels(found) == ["确定", "不改了"]


def test_a_cases_number_is_brief_on_a_button_where_the_words_tell_it() -> None:
    told = "1. 20261123-0001 路灯坏了\n2. 20261123-0002 停水"
    buttons = (
        Button("🔴 20261123-0001", "f:case:1"),
        Button("🔴 20261123-0002", "f:case:2"),
        Button("下一页", "f:my:+2"),
    )
    found = card(Message(told, "我的诉求", buttons=(buttons,)))
    assert labels(found) == ["1. 🔴 …0001", "2. 🔴 …0002", "3. 下一页"]
    assert found["sub_title_text"] == told
    alone = card(
        Message("像是同一件：20261123-0002", "诉求 1", buttons=((Button("与 20261123-0002 并件", "f:merge:1"),),))
    )
    assert labels(alone) == ["与 …0002 并件"]
    untold = card(Message("像是同一件", "诉求 1", buttons=((Button("与 20261123-0002 并件", "f:merge:1"),),)))
    assert "20261123-0002" in untold["sub_title_text"]


def test_a_list_too_long_for_a_card_is_one_text_even_with_few_lines() -> None:
    told = "\n".join(f"{n}. 20261123-{n:04} 工地夜间施工噪音扰民，请处理 · 11月24日 17:30" for n in range(1, 6))
    buttons = [Button(f"20261123-{n:04}", f"f:case:{n}") for n in range(1, 6)]
    message = Message(told, "您有10件待办", buttons=rows([*buttons, Button("后面的", "f:tasks:+5")], 2))
    assert parts(message, WECOM) == [message]
    found, text = shown(message)
    assert found is None
    assert text.startswith(f"您有10件待办\n{told}\n\n6. 后面的\n")


@pytest.mark.parametrize("first", ["/join  输入邀请码", "3. 第三件", "· 存多久"])
def test_a_line_out_of_the_middle_is_no_title(first: str) -> None:
    assert card(Message(f"{first}\n其余", buttons=(lines(1),)))["main_title"] == {"title": OFFICE.name}
