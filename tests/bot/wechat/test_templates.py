"""What an office may write for a template, and what is then written into its fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.templates import declared
from domain.errors import BadDeclaration
from domain.messages import Message

WHERE = "QINQING_WECHAT_MINI_TEMPLATE"
SHORT = Message(
    "全文",
    title="诉求已答复，解决了吗？",
    facts=(("编号", "20260303-0001"), ("时间", "2026年3月3日 09:30"), ("提示", "请回复")),
)


def values(words: str, message: Message = SHORT) -> dict[str, str]:
    return {name: field["value"] for name, field in declared(words, WHERE).data(message).items()}


def test_a_bare_id_has_the_usual_fields() -> None:
    assert values("Tpl_1") == {
        "thing1": "诉求已答复，解决了吗？",
        "character_string2": "20260303-0001",
        "time3": "2026年3月3日 09:30",
        "thing4": "请回复",
    }


def test_an_office_names_the_fields_of_its_own_template() -> None:
    assert values("Tpl:thing9=tip, character_string3=number") == {
        "thing9": "请回复",
        "character_string3": "20260303-0001",
    }


@pytest.mark.parametrize(
    "words",
    ["", ":thing1=what", "Tpl:thing1", "Tpl:thing=what", "Tpl:thing1=who", "Tpl:video1=what", "T p l", "模板"],
)
def test_what_cannot_be_filled_is_refused_at_the_start(words: str) -> None:
    with pytest.raises(BadDeclaration, match=WHERE):
        declared(words, WHERE)


@given(st.text(), st.text())
def test_no_field_is_ever_empty_longer_than_it_may_be_or_of_two_lines(title: str, tip: str) -> None:
    message = Message("", title=title, facts=(("", ""), ("", ""), ("", tip)))
    for value in values("Tpl:thing1=what,phrase2=tip", message).values():
        assert value
        assert "\n" not in value
    assert len(values("Tpl:thing1=what", message)["thing1"]) <= 20
    assert len(values("Tpl:phrase2=tip", message)["phrase2"]) <= 5
