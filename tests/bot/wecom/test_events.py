"""What WeCom tells the app: each thing once, two things of one second twice, and nothing that is not understood."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.contract import Unreadable
from bot.channels.wecom.events import code_of, entered, parse
from domain.messages import GONE, HERE, Place, Promised
from tests.wecom_sim.postman import as_xml

AGENT = "1000002"
HEAD: dict[str, Any] = {
    "ToUserName": "ww1a2b",
    "FromUserName": "ZhangSan",
    "CreateTime": 1790000000,
    "AgentID": 1000002,
}


def message(kind: str, **fields: Any) -> bytes:
    """A message as it is told."""
    return as_xml({**HEAD, "MsgType": kind, "MsgId": 1234567890123456789, **fields}).encode()


def event(name: str, **fields: Any) -> bytes:
    """An event as it is told."""
    return as_xml({**HEAD, "MsgType": "event", "Event": name, **fields}).encode()


def tap(key: str, code: str = "RC1", **fields: Any) -> bytes:
    """A button of a card."""
    about = {"TaskId": "7-19a", "CardType": "button_interaction", "ResponseCode": code}
    return event("template_card_event", EventKey=key, **about, **fields)


def picked(*items: tuple[str, list[str]]) -> dict[str, Any]:
    """What was picked in the lists of a card."""
    return {
        "SelectedItems": {
            "SelectedItem": [{"QuestionKey": key, "OptionIds": {"OptionId": options}} for key, options in items]
        }
    }


def test_a_text_is_what_somebody_said() -> None:
    heard = parse(message("text", Content="  查询 <b>&amp; 😀\u202e "), AGENT)
    assert heard is not None
    assert (heard.channel, heard.address, heard.text) == ("wecom", "ZhangSan", "  查询 <b>&amp; 😀\u202e ")
    assert heard.sent_at is not None
    assert heard.sent_at.timestamp() == 1790000000


@pytest.mark.parametrize(
    ("raw", "file"),
    [
        (message("image", PicUrl="http://x", MediaId="M1"), Promised("photo.jpg", "image/jpeg", reference="media:M1")),
        (message("voice", MediaId="M2", Format="amr"), Promised("voice.amr", "audio/amr", reference="media:M2")),
        (message("voice", MediaId="M2", Format="Speex"), Promised("voice.speex", "audio/speex", reference="media:M2")),
        (message("video", MediaId="M3", ThumbMediaId="M4"), Promised("video.mp4", "video/mp4", reference="media:M3")),
    ],
)
def test_photos_voices_and_videos_are_files_to_be_fetched(raw: bytes, file: Promised) -> None:
    heard = parse(raw, AGENT)
    assert heard is not None
    assert heard.files == (file,)


def test_a_place_and_a_link() -> None:
    where = parse(message("location", Location_X="31.23", Location_Y="121.47", Scale="16", Label="人民路1号"), AGENT)
    link = parse(message("link", Title="通知", Description="全文", Url="https://gov.example/1", PicUrl=""), AGENT)
    assert where is not None
    assert link is not None
    assert where.place == Place(31.23, 121.47, "人民路1号")
    assert link.text == "通知\n全文\nhttps://gov.example/1"


def test_a_message_of_a_kind_nobody_knows_is_answered_all_the_same() -> None:
    heard = parse(message("hologram", Light="green"), AGENT)
    assert heard is not None
    assert (heard.text, heard.files, heard.address) == ("", (), "ZhangSan")


@pytest.mark.parametrize(
    ("raw", "presence"),
    [
        (event("enter_agent", EventKey=""), HERE),
        (event("subscribe", EventKey=""), HERE),
        (event("Unsubscribe", EventKey=""), GONE),
    ],
)
def test_coming_and_going(raw: bytes, presence: str) -> None:
    heard = parse(raw, AGENT)
    assert heard is not None
    assert (heard.presence, heard.address) == (presence, "ZhangSan")


def test_an_entry_of_the_apps_menu_is_a_button_or_a_command() -> None:
    button, command = parse(event("click", EventKey="f:tasks"), AGENT), parse(event("CLICK", EventKey="/tasks"), AGENT)
    assert button is not None
    assert command is not None
    assert (button.press, command.text) == ("f:tasks", "/tasks")


@pytest.mark.parametrize("name", ["template_card_event", "Template_Card_Event", "template_card_menu_event"])
def test_a_tap_on_a_card_brings_the_buttons_value_and_whose_it_is(name: str) -> None:
    heard = parse(event(name, EventKey="f:take:7", TaskId="7-19a", ResponseCode="RC1"), AGENT)
    assert heard is not None
    assert (heard.press, heard.replies_to) == ("f:take:7", "7-19a")


@pytest.mark.parametrize(
    ("items", "press"),
    [
        ((("choice", ["t:1:1:b"]),), "t:1:1:b"),
        ((("other", ["x"]), ("choice", ["t:1:1:b"])), "t:1:1:b"),
        ((("choice", ["t:1:1:a", "t:1:1:b"]),), "t:1:1:a"),
        ((("other", ["x"]),), ""),
        ((), ""),
    ],
)
def test_confirm_below_a_list_is_the_line_that_was_picked(items: Any, press: str) -> None:
    heard = parse(tap("choose", **(picked(*items) if items else {})), AGENT)
    assert heard is not None
    assert heard.press == press


def test_a_list_is_looked_at_only_when_confirm_was_tapped() -> None:
    heard = parse(tap("f:story:7", **picked(("choice", ["f:more:7"]))), AGENT)
    assert heard is not None
    assert heard.press == "f:story:7"


@pytest.mark.parametrize(
    "raw",
    [
        event("LOCATION", Latitude="31.1", Longitude="121.4", Precision="15"),
        event("view", EventKey="https://gov.example"),
        event("change_contact", ChangeType="delete_user", UserID="x"),
        as_xml({**HEAD, "FromUserName": "sys", "MsgType": "event", "Event": "subscribe"}).encode(),
        event("batch_job_result", BatchJob={"JobId": "1"}),
        as_xml(
            {"ToUserName": "ww", "CreateTime": 1, "MsgType": "event", "Event": "kf_msg_or_event", "Token": "T"}
        ).encode(),
        event("inactive_alert", EffectTime=1),
    ],
)
def test_what_is_nobodys_word_is_passed_over(raw: bytes) -> None:
    assert parse(raw, AGENT) is None


def test_the_same_told_three_times_has_one_key_and_two_taps_of_one_second_have_two() -> None:
    keys = [parse(raw, AGENT).key for raw in (tap("f:take:7"), tap("f:take:7"), tap("f:take:7", "RC2"))]  # type: ignore[union-attr]
    assert keys[0] == keys[1] != keys[2]
    said = [parse(message("text", Content="好", MsgId=number), AGENT).key for number in (1, 1, 2)]  # type: ignore[union-attr]
    assert said[0] == said[1] != said[2]
    assert all(len(key) <= 128 for key in (*keys, *said))


def test_a_repeated_number_from_somebody_else_or_later_is_another_message() -> None:
    told = [
        as_xml({**HEAD, "MsgType": "text", "Content": "好", "MsgId": 5, **other}).encode()
        for other in ({}, {"FromUserName": "LiSi"}, {"CreateTime": 1790000001})
    ]
    assert len({parse(raw, AGENT).key for raw in told}) == 3  # type: ignore[union-attr]


def test_no_key_names_the_person() -> None:
    for raw in (message("text", Content="好"), tap("f:take:7"), event("subscribe")):
        heard = parse(raw, AGENT)
        assert heard is not None
        assert "zhangsan" not in heard.key.lower()
    with pytest.raises(Unreadable) as error:
        parse(message("text", MsgId="x"), AGENT)
    assert "zhangsan" not in f"{error.value.key} {error.value}".lower()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"<xml></xml>",
        b"<xml>words</xml>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><xml><MsgType>&a;</MsgType></xml>",
        message("text"),
        message("text", Content={"a": "b"}),
        message("text", Content="好", MsgId="x" * 400),
        message("text", Content="好", CreateTime="soon"),
        message("text", Content="好", CreateTime=2**40),
        as_xml({**HEAD, "MsgType": "text", "Content": "好"}).encode(),
        message("image", MediaId="../../x y"),
        message("image"),
        message("location", Location_X="nan", Location_Y="1"),
        message("location", Location_X="91", Location_Y="1"),
        message("location", Location_X="31"),
        as_xml({**HEAD, "FromUserName": "@all", "MsgType": "text", "Content": "好", "MsgId": 1}).encode(),
        as_xml({**HEAD, "FromUserName": "a|b", "MsgType": "text", "Content": "好", "MsgId": 1}).encode(),
        as_xml({**HEAD, "FromUserName": ["a", "b"], "MsgType": "text", "Content": "好", "MsgId": 1}).encode(),
        event("click", EventKey={"a": "b"}),
        event("template_card_event", EventKey="f:x", TaskId="a b"),
    ],
)
def test_what_cannot_be_understood_is_set_aside_and_nothing_of_it_is_said(raw: bytes) -> None:
    with pytest.raises(Unreadable) as error:
        parse(raw, AGENT)
    assert error.value.key.startswith(f"{AGENT}:x")
    assert "好" not in str(error.value)


FIELDS = st.dictionaries(
    st.sampled_from(
        [
            "MsgType",
            "Event",
            "EventKey",
            "MsgId",
            "Content",
            "MediaId",
            "TaskId",
            "SelectedItems",
            "FromUserName",
            "Label",
        ]
    ),
    st.text(st.characters(codec="utf-8", min_codepoint=32), max_size=30)
    | st.sampled_from(["event", "text", "template_card_event", "choose", "image", "location"])
    | st.integers(-(10**30), 10**30)
    | st.dictionaries(st.sampled_from(["SelectedItem", "OptionIds", "QuestionKey"]), st.just("choice"), max_size=3),
    max_size=8,
)


@given(FIELDS)
def test_nothing_that_comes_does_anything_but_be_read_or_set_aside(fields: dict[str, Any]) -> None:
    raw = as_xml({**HEAD, **fields}).encode()
    code_of(raw)
    entered(raw)
    try:
        heard = parse(raw, AGENT)
    except Unreadable:
        return
    assert heard is None or (heard.channel == "wecom" and len(heard.key) <= 128 and len(heard.press) <= 200)


def test_each_tap_brings_the_code_its_card_may_be_changed_by() -> None:
    assert code_of(tap("f:take:7", "RC9")) == ("7-19a", "RC9")
    assert code_of(tap("f:take:7", "RC" + "9" * 200)) is None
    assert code_of(message("text", Content="ResponseCode")) is None
    assert code_of(b"ResponseCode") is None


def test_opening_the_app_is_told_from_speaking_of_it() -> None:
    assert entered(event("Enter_Agent", EventKey=""))
    assert not entered(message("text", Content="enter_agent"))
    assert not entered(b"enter_agent")
