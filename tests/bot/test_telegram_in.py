"""What Telegram brings becomes what a person said; what is no business of ours, and what is malformed, does not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.telegram.updates import callback_of, parse
from domain.messages import GONE, HERE, Incoming, Place, Promised
from tests.bot.telegram_updates import (
    AT,
    BOT,
    GROUP,
    PRIVATE,
    SENDER,
    SUPERGROUP,
    WANG,
    file,
    in_group,
    membership,
    message,
    parsed,
    press,
    raw,
    said,
)

JPEG = {"file_unique_id": "u"}
MB = 1024 * 1024


# --- words --------------------------------------------------------------------------------------------------------


def test_words_come_with_who_said_them_where_and_when() -> None:
    assert said(text="证照怎么办?") == Incoming(
        "telegram",
        "7:9",
        str(WANG),
        "证照怎么办?",
        name="王 老板",
        language="zh_CN",
        ref=f"{WANG}/5",
        sent_at=datetime.fromtimestamp(AT, UTC),
    )


@pytest.mark.parametrize(
    ("code", "language"), [("zh-hans", "zh_CN"), ("zh", "zh_CN"), ("en-GB", "en"), ("de", ""), ("", "")]
)
def test_the_language_of_the_app_is_theirs_where_we_speak_it(code: str, language: str) -> None:
    assert said(text="x", sender={**SENDER, "language_code": code}).language == language


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("/help", "/help"),
        ("/help@front_desk_bot", "/help"),
        ("/start@Front_Desk_Bot join_AB-12", "/start join_AB-12"),
        ("/start case_20261122-0001", "/start case_20261122-0001"),
        ("/help@another_bot", "/help@another_bot"),
        ("wang@Front_Desk_Bot", "wang@Front_Desk_Bot"),
    ],
)
def test_a_command_comes_without_our_name(typed: str, taken: str) -> None:
    assert said(text=typed).text == taken


def test_a_caption_is_words_and_a_forwarded_message_is_the_words_it_is() -> None:
    assert said(caption="见照片", photo=[{"file_id": "p", "width": 1, "height": 1}]).text == "见照片"
    assert (
        said(text="转来的", forward_origin={"type": "hidden_user", "sender_user_name": "x", "date": 1}).text == "转来的"
    )


def test_a_reply_names_the_message_it_answers() -> None:
    assert said(text="好", reply_to_message=message(message_id=3, text="?")).replies_to == f"{WANG}/3"


def test_a_contact_is_its_number_and_whose_it_is_unless_it_is_the_senders() -> None:
    own = {"phone_number": "8613800000000", "first_name": "王", "user_id": WANG}
    other = {"phone_number": "0731-6100000", "first_name": "李", "last_name": "科长", "user_id": 5}
    assert said(contact=own).text == "+8613800000000"
    assert said(contact={**own, "phone_number": "+8613800000000"}).text == "+8613800000000"
    assert said(contact=other).text == "李 科长 0731-6100000"


@pytest.mark.parametrize("kind", ["sticker", "dice", "poll", "game", "story", "something_new", "paid_media"])
def test_what_nobody_can_read_still_comes_so_that_it_is_answered(kind: str) -> None:
    empty = said(**{kind: {"emoji": "🎲"}})
    assert (empty.text, empty.files, empty.place, empty.address) == ("", (), None, str(WANG))


@pytest.mark.parametrize("kind", ["pinned_message", "message_auto_delete_timer_changed", "write_access_allowed"])
def test_what_the_chat_says_about_itself_is_nobodys_message(kind: str) -> None:
    assert parsed(message=message(**{kind: {"x": 1}})) is None


# --- files and places ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"document": file(file_name="a/../执照.pdf", mime_type="application/pdf")}, ("执照.pdf", "application/pdf")),
        ({"document": file()}, ("file", "")),
        ({"voice": file(mime_type="audio/ogg", duration=3)}, ("voice.ogg", "audio/ogg")),
        ({"audio": file(file_name="a.m4a", mime_type="audio/mp4")}, ("a.m4a", "audio/mp4")),
        ({"video": file()}, ("video.mp4", "video/mp4")),
        ({"video_note": file(length=240)}, ("video.mp4", "video/mp4")),
        ({"animation": file(), "document": file(file_id="other")}, ("animation.mp4", "video/mp4")),
    ],
)
def test_a_file_is_promised_with_its_name_kind_and_size(content: dict[str, Any], expected: tuple[str, str]) -> None:
    assert said(**content).files == (Promised(*expected, 77, reference="f1"),)


def test_of_a_photo_the_largest_size_counts_that_can_be_had() -> None:
    sizes = [
        {"file_id": "s", "width": 90, "height": 60, "file_size": 900},
        {"file_id": "l", "width": 1280, "height": 960, "file_size": 90_000},
        {"file_id": "m", "width": 800, "height": 600, "file_size": 40_000},
        {"file_id": "xl", "width": 9000, "height": 9000, "file_size": 21 * MB},
    ]
    assert said(photo=sizes).files == (Promised("photo.jpg", "image/jpeg", 90_000, reference="l"),)
    assert said(photo=sizes[3:]).files[0].size_bytes == 21 * MB


def test_a_file_too_large_to_be_had_is_promised_with_its_size_all_the_same() -> None:
    assert said(video=file(file_size=2_000 * MB)).files[0].size_bytes == 2_000 * MB


def test_parts_of_an_album_say_so() -> None:
    part = said(photo=[{"file_id": "p"}], media_group_id="13370000000000001")
    assert part.album == "13370000000000001"


def test_a_place_comes_with_the_words_of_a_venue() -> None:
    point = {"latitude": 27.25, "longitude": 112.5}
    assert said(location=point).place == Place(27.25, 112.5)
    venue = {"location": point, "title": "政务大厅", "address": "人民路1号", "foursquare_id": "x"}
    assert said(location=point, venue=venue).place == Place(27.25, 112.5, "政务大厅 人民路1号")


# --- corrections --------------------------------------------------------------------------------------------------


def test_an_edited_message_corrects_the_one_it_was() -> None:
    corrected = parsed(edited_message=message(text="三楼", edit_date=AT + 60))
    assert corrected is not None
    assert (corrected.edits, corrected.text, corrected.key) == (f"{WANG}/5", "三楼", "7:9")


def test_the_way_somebody_shares_for_hours_is_taken_once() -> None:
    live = {"latitude": 27.25, "longitude": 112.5, "live_period": 3600}
    assert said(location=live).place is not None
    assert parsed(edited_message=message(location=live, edit_date=AT)) is None
    assert parsed(edited_message=message(location={"latitude": 27.25, "longitude": 112.5}, edit_date=AT)) is None


def test_an_edit_without_words_or_files_and_one_in_a_group_is_none() -> None:
    assert parsed(edited_message=message(poll={"id": "1"}, edit_date=AT)) is None
    assert parsed(edited_message=in_group("/my", edit_date=AT)) is None


# --- buttons ------------------------------------------------------------------------------------------------------


def test_a_press_is_named_by_its_own_id_for_it_can_come_under_two_numbers() -> None:
    first, again = parsed(9, callback_query=press()), parsed(10, callback_query=press())
    assert first == again
    assert first is not None
    assert (first.key, first.press, first.address, first.group) == ("7:cc1", "f:my", str(WANG), False)
    assert first.replies_to == f"{WANG}/4"


def test_a_press_below_an_old_message_or_one_sent_elsewhere_still_acts() -> None:
    gone = {"message_id": 4, "chat": PRIVATE, "date": 0}
    elsewhere = {key: value for key, value in press().items() if key != "message"}
    for one in (press(message=gone), {**elsewhere, "inline_message_id": "i"}):
        found = parsed(callback_query=one)
        assert found is not None
        assert (found.address, found.press) == (str(WANG), "f:my")


def test_a_press_in_a_group_is_the_groups() -> None:
    found = parsed(callback_query=press(message={"message_id": 4, "chat": SUPERGROUP, "date": AT}))
    assert found is not None
    assert (found.address, found.group, found.name) == (str(GROUP), True, "园区企业群")


def test_a_press_of_a_game_or_in_a_channel_does_nothing() -> None:
    game = {key: value for key, value in press().items() if key != "data"}
    assert parsed(callback_query={**game, "game_short_name": "g"}) is None
    channel = {"id": -100999, "type": "channel", "title": "x"}
    assert parsed(callback_query=press(message={"message_id": 4, "chat": channel, "date": AT})) is None


def test_a_press_says_under_which_id_it_is_answered_even_one_that_makes_no_sense() -> None:
    assert callback_of(raw(callback_query=press())) == "c1"
    assert callback_of(raw(callback_query=press(data=5))) == "c1"
    assert callback_of(raw(message=message(text='"callback_query"'))) == ""
    assert callback_of(b'{"callback_query": [') == ""
    assert callback_of(b'{"callback_query":' + b"[" * 100_000) == ""


# --- coming, going, moving ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "presence"),
    [
        (membership("kicked"), GONE),
        (membership("member"), HERE),
        (membership("left", SUPERGROUP), GONE),
        (membership("kicked", SUPERGROUP), GONE),
        (membership("member", SUPERGROUP), HERE),
        (membership("administrator", SUPERGROUP), HERE),
        (membership("restricted", SUPERGROUP, is_member=True, can_send_messages=True), HERE),
        (membership("restricted", SUPERGROUP, is_member=True, can_send_messages=False), GONE),
        (membership("restricted", SUPERGROUP, is_member=False, can_send_messages=True), GONE),
    ],
)
def test_whether_we_may_write_somewhere_is_known_from_what_we_are_there(change: Any, presence: str) -> None:
    found = parsed(my_chat_member=change)
    assert found is not None
    group = change["chat"] is SUPERGROUP
    assert (found.presence, found.group, found.address) == (presence, group, str(change["chat"]["id"]))
    assert found.name == ("园区企业群" if group else "王 老板")
    assert (found.text, found.press) == ("", "")


def test_a_group_that_grows_says_once_where_it_has_moved() -> None:
    small = {"id": -77, "title": "群", "type": "group"}
    moved = parsed(message=message(chat=small, migrate_to_chat_id=GROUP))
    assert moved is not None
    assert (moved.address, moved.moved_to, moved.group) == ("-77", str(GROUP), True)
    assert parsed(message=message(chat=SUPERGROUP, migrate_from_chat_id=-77)) is None


def test_we_are_brought_into_a_channel_for_nothing() -> None:
    assert parsed(my_chat_member=membership("administrator", {"id": -100999, "type": "channel", "title": "x"})) is None


# --- groups -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "taken"), [("/my", "/my"), ("/bind@front_desk_bot AB-12", "/bind AB-12"), ("/my@another_bot", None)]
)
def test_in_a_group_our_commands_count(typed: str, taken: str | None) -> None:
    found = parsed(message=in_group(typed))
    assert (found and found.text) == taken
    if found is not None:
        assert (found.group, found.address, found.name, found.files) == (True, str(GROUP), "园区企业群", ())


def test_nothing_else_that_is_said_in_a_group_comes_in() -> None:
    for content in (
        {"text": "大家好"},
        {"text": "看 /my"},
        {"caption": "/my", "photo": [{"file_id": "p"}]},
        {"location": {"latitude": 1, "longitude": 1}},
        {"new_chat_members": [SENDER]},
        {"text": "回复你", "reply_to_message": message(message_id=3)},
    ):
        assert parsed(message=message(chat=SUPERGROUP, **content)) is None


def test_of_a_command_in_a_group_nothing_is_taken_but_the_command() -> None:
    found = parsed(message=in_group("/my " + "x" * 4000, photo=[{"file_id": "p"}], reply_to_message=message()))
    assert found is not None
    assert (len(found.text) <= 300, found.files, found.replies_to) == (True, (), "")


def test_an_administrator_who_stays_unnamed_may_command() -> None:
    unnamed = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    assert parsed(message=in_group("/bind AB-12", sender=unnamed, sender_chat=SUPERGROUP)) is not None
    channel = {"id": -100999, "type": "channel", "title": "x"}
    assert parsed(message=in_group("/bind AB-12", sender=unnamed, sender_chat=channel)) is None


def test_before_we_know_our_name_every_command_is_taken_for_ours() -> None:
    found = parse(raw(message=in_group("/my@front_desk_bot")), BOT, lambda: "")
    assert found is not None
    assert found.text == "/my"


def test_other_bots_and_channels_say_nothing_to_us() -> None:
    robot = {**SENDER, "is_bot": True}
    assert parsed(message=message(text="x", sender=robot)) is None
    assert parsed(message=in_group("/my", sender=robot)) is None
    assert parsed(channel_post=message(text="x")) is None
    assert parsed(message=message(text="/my", chat={"id": -100999, "type": "channel"})) is None
    assert parsed(poll_answer={"poll_id": "1"}) is None
    assert parsed() is None
