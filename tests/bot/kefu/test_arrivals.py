"""What customer service brings is read: words, taps, files, places, events; and refused where it is none of these."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.contract import Unreadable
from bot.channels.kefu.arrivals import NOTHING, Failed, read
from bot.channels.kefu.menus import id_of
from domain.messages import GONE, HERE, Incoming, Place

Json = dict[str, Any]


def raw(sort: str, content: Any, **more: Any) -> bytes:
    fields: Json = {"msgid": "m1", "external_userid": "wm1", "send_time": 1790000000, "origin": 3, "msgtype": sort}
    return json.dumps({**fields, sort: content, **more}).encode()


def said(sort: str, content: Any) -> Incoming:
    found = read(raw(sort, content)).incoming
    assert found is not None
    return found


def event(sort: str, **more: Any) -> Any:
    told = {"event_type": sort, "external_userid": "wm1", "open_kfid": "wk1", **more}
    return read(raw("event", told, origin=4))


def test_words_and_taps() -> None:
    words = said("text", {"content": "路灯坏了"})
    assert (words.channel, words.key, words.address, words.text) == ("kefu", "m1", "wm1", "路灯坏了")
    assert said("text", {"content": "投诉", "menu_id": id_of("f:file")}).press == "f:file"
    assert said("text", {"content": "投诉", "menu_id": "someone_elses"}).text == "投诉"


def test_a_message_opens_the_window_and_an_event_does_not() -> None:
    arrived = read(raw("text", {"content": "x"}))
    assert arrived.opens is not None
    assert arrived.opens.timestamp() == 1790000000
    assert event("enter_session", welcome_code="W1").opens is None


@pytest.mark.parametrize(
    ("sort", "name"), [("image", "photo.jpg"), ("voice", "voice.amr"), ("video", "video.mp4"), ("file", "file")]
)
def test_files_are_promised(sort: str, name: str) -> None:
    (file,) = said(sort, {"media_id": "MEDIA"}).files
    assert (file.name, file.reference) == (name, "media:MEDIA")


def test_a_place_is_where_it_is() -> None:
    place = {"latitude": 31.2, "longitude": 121.4, "name": "北门", "address": "园区路1号"}
    assert said("location", place).place == Place(31.2, 121.4, "北门 园区路1号")


def test_what_was_passed_on_is_read_as_words() -> None:
    item = {"sender_name": "张三", "msg_content": json.dumps({"msgtype": "text", "text": {"content": "停电了"}})}
    assert (
        said("merged_msg", {"title": "聊天记录", "item": [item, {"msg_content": "?"}]}).text == "聊天记录\n张三: 停电了"
    )
    link = {"title": "通知", "desc": "停电", "url": "https://a.example/"}
    assert said("link", link).text == "通知\n停电\nhttps://a.example/"


def test_other_sorts_are_kindly_not_understood() -> None:
    assert said("business_card", {"userid": "zhangsan"}).text == ""


def test_who_comes_in_by_a_link_is_greeted_and_taken_where_it_leads() -> None:
    assert event("enter_session", scene="qr") == NOTHING
    greeted = event("enter_session", welcome_code="W1", scene_param="a=1")
    assert (greeted.incoming.text, greeted.welcome) == ("/start", "W1")
    assert event("enter_session", scene_param="join_AB2CD-EF3GH").incoming.text == "/start join_AB2CD-EF3GH"
    assert event("enter_session", scene_param="case%5F12").incoming.text == "/start case_12"
    assert event("enter_session", scene_param="file").incoming.text == "/start file"
    assert event("enter_session", scene_param="about_item_3").incoming.text == "/start about_item_3"
    assert [event("enter_session", scene_param=other) for other in ("park01", "nothing_1", "x" * 200)] == [NOTHING] * 3


def test_events_of_the_talk() -> None:
    assert event("msg_send_fail", fail_msgid="7-abc", fail_type=4).failed == Failed("7-abc", 4)
    switch = "reject_customer_msg_switch_change"
    assert [event(switch, reject_switch=on).incoming.presence for on in (1, 0)] == [GONE, HERE]
    assert event("user_recall_msg", recall_msgid="m0") == NOTHING
    hands = [event("session_status_change", change_type=change).hand.theirs for change in (1, 2, 3, 4)]
    assert hands == [True, True, False, True]


def test_what_staff_say_is_not_answered() -> None:
    arrived = read(raw("text", {"content": "您好"}, origin=5, servicer_userid="lisi"))
    assert arrived.incoming is None
    assert arrived.hand is not None
    assert arrived.hand.theirs


def test_a_long_name_of_a_message_is_told_by_its_digest() -> None:
    one, other = (read(raw("text", {"content": "x"}, msgid="m" * 500 + end)).incoming for end in "ab")
    assert one is not None
    assert other is not None
    assert len(one.key) == 64
    assert one.key != other.key


def key_of(told: bytes, otherwise: str) -> str:
    """The key of what was read or refused; any other error is the test's."""
    try:
        incoming = read(told).incoming
    except Unreadable as error:
        return error.key
    return incoming.key if incoming is not None else otherwise


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ("msgid", "external_userid", "send_time", "origin", "msgtype", "text", "image", "location", "event")


@given(st.dictionaries(st.sampled_from(FIELDS), JSON | st.sampled_from([3, 4, "text", "image", "event", "location"])))
def test_whatever_comes_is_read_or_refused(fields: Json) -> None:
    assert 0 < len(key_of(json.dumps(fields).encode(), "m1")) <= 128


@given(st.binary(max_size=200))
def test_bytes_that_are_no_message_are_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read(data)


@given(JSON, st.sampled_from(["text", "image", "file", "location", "link", "merged_msg"]))
def test_whatever_a_message_holds_is_read_or_refused(content: Any, sort: str) -> None:
    assert key_of(raw(sort, content), "") == "m1"
