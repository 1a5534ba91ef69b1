"""Whatever Telegram brings is taken, passed over or set aside, bounded; nothing at all does any harm."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.contract import Unreadable
from bot.channels.telegram.updates import callback_of, parse
from domain.messages import Incoming
from tests.bot.telegram_updates import (
    AT,
    BOT,
    SENDER,
    SUPERGROUP,
    USERNAME,
    file,
    in_group,
    membership,
    message,
    parsed,
    press,
    raw,
    said,
)

# --- what cannot be understood ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "key"),
    [
        (raw(message=message(text=5)), "7:9"),
        (raw(message=message(text="x", chat={"id": "1", "type": "private"})), "7:9"),
        (raw(message=message(text="x", chat={"id": 10**30, "type": "private"})), "7:9"),
        (raw(message=message(photo=[{"file_id": ""}])), "7:9"),
        (raw(message=message(document=file(file_size=-1))), "7:9"),
        (raw(message=message(location={"latitude": 91, "longitude": 0})), "7:9"),
        (raw(message=message(location={"latitude": 11, "longitude": 0})).replace(b"11", b"1e999"), "7:9"),
        (raw(message=message(location={"latitude": float("inf"), "longitude": 0})), None),
        (raw(message=message(text="x", date=-1)), "7:9"),
        (raw(message=message(text="x", date=10**18)), "7:9"),
        (raw(callback_query=press(data={})), "7:9"),
        (raw(callback_query=press(id="a\n")), "7:9"),
        (raw(callback_query=press(id="")), "7:9"),
        (raw(message=message(text="x")).replace("王".encode(), b"\xff"), "7:9"),
        (rb'{"update_id": 9, "message": {"text": "\ud800"}}', None),
        (b'{"message": {}}', None),
        (b'{"update_id": "9"}', None),
        (b'{"update_id": -1}', None),
        (b'{"update_id": 99999999999999999999}', None),
        (b"[" * 200_000, None),
        (b'{"update_id": 9, "message":' + b'{"a":' * 200_000, None),
        (b"", None),
        (b"null", None),
        (b"not json", None),
        (b"\x00\xff", None),
    ],
)
def test_what_makes_no_sense_is_named_so_that_it_can_be_set_aside(bad: bytes, key: str | None) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(bad, BOT, lambda: USERNAME)
    assert caught.value.key == key if key else caught.value.key.startswith("7:x")
    with pytest.raises(Unreadable) as again:
        parse(bad, BOT, lambda: USERNAME)
    assert again.value.key == caught.value.key


def test_why_something_makes_no_sense_is_told_without_quoting_it() -> None:
    with pytest.raises(Unreadable) as caught:
        parse(raw(message=message(text="x", date="我的秘密")), BOT, lambda: USERNAME)
    assert str(caught.value) == "no update of Telegram: ValidationError"
    assert caught.value.__suppress_context__


def test_a_shape_that_is_none_of_ours_is_nothing_to_us() -> None:
    odd = message(text="好", entities=7, new_field=[[[]]], via_bot="x", reply_markup=3)
    found = parsed(message=odd, another=5)  # type: ignore[arg-type]
    assert found is not None
    assert found.text == "好"


def test_everything_is_bounded() -> None:
    long = "长" * 100_000
    sender = {**SENDER, "first_name": long, "last_name": long, "language_code": long}
    whole = said(text=long, sender=sender, media_group_id=long, document=file(file_name=long + ".pdf", mime_type=long))
    assert len(whole.text) <= 50_000
    assert max(map(len, (whole.key, whole.name, whole.ref, whole.album, whole.language))) <= 100
    assert max(len(whole.files[0].name), len(whole.files[0].media)) <= 120
    point = {"location": {"latitude": 1, "longitude": 1}, "title": long, "address": long}
    place = said(venue=point).place
    assert place is not None
    assert len(place.label) <= 200
    assert len(said(contact={"phone_number": long, "first_name": long}).text) <= 300
    found = parsed(callback_query=press(data=long))
    assert found is not None
    assert len(found.press) <= 200


# --- anything at all ----------------------------------------------------------------------------------------------

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
WHOLE: list[dict[str, Any]] = [
    {"update_id": 9, "message": message(text="/my@Front_Desk_Bot x", reply_to_message=message(message_id=3))},
    {"update_id": 9, "message": message(caption="x", photo=[{"file_id": "p", "width": 1, "height": 1}])},
    {"update_id": 9, "message": message(document=file(file_name="a.pdf", mime_type="application/pdf"))},
    {"update_id": 9, "message": message(venue={"location": {"latitude": 1, "longitude": 2}, "title": "t"})},
    {"update_id": 9, "message": message(contact={"phone_number": "1", "first_name": "a", "user_id": 4})},
    {"update_id": 9, "message": in_group("/my", sender_chat=SUPERGROUP)},
    {"update_id": 9, "message": message(chat=SUPERGROUP, migrate_to_chat_id=-100)},
    {"update_id": 9, "edited_message": message(text="x", edit_date=AT)},
    {"update_id": 9, "callback_query": press()},
    {"update_id": 9, "my_chat_member": membership("restricted", SUPERGROUP, is_member=True)},
]
#: What may become of an update, whatever it is: never another error, never anything a database does not keep.
KEPT = ("taken", "nothing", "refused")


def paths(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a structure."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [before, *(path for key, one in inner for path in paths(one, (*before, key)))]


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """The structure with something else at a place."""
    if not path:
        return by
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], by)
    return copy


def outcome(raw: bytes) -> str:
    """What becomes of an update: "taken", "nothing" or "refused"; "harm" where a database would not keep it."""
    try:
        found = parse(raw, BOT, lambda: USERNAME)
    except Unreadable as refusal:
        return "refused" if len(refusal.key) <= 128 else "harm"
    if found is None:
        return "nothing"
    return "taken" if int(found.address) and len(found.key) <= 128 and only_words(found) else "harm"


def only_words(found: Incoming) -> bool:
    """Whether all that is to be words is."""
    return all(isinstance(one, str) for one in (found.text, found.press, found.name, found.ref, found.edits))


@given(st.binary(max_size=300))
@example(
    b'{"update_id":1,"message":{"message_id":1,"chat":{"id":1,"type":"private"},"date":1,"from":{"id":1},"\xff":1}}'
)
@settings(max_examples=150, deadline=None)
def test_no_bytes_at_all_do_any_harm(data: bytes) -> None:
    assert outcome(data) in KEPT
    assert isinstance(callback_of(data), str)


@given(ANY)
@settings(max_examples=150, deadline=None)
def test_no_json_at_all_does_any_harm(value: Any) -> None:
    for update in (value, {"update_id": 9, "message": value, "callback_query": value}):
        assert outcome(json.dumps(update).encode()) in KEPT
        assert isinstance(callback_of(json.dumps(update).encode()), str)


@given(st.sampled_from(WHOLE), st.data(), ANY)
@settings(max_examples=400, deadline=None)
def test_no_field_of_another_shape_does_any_harm(whole: dict[str, Any], data: st.DataObject, other: Any) -> None:
    path = data.draw(st.sampled_from(paths(whole)))
    update = json.dumps(replaced(whole, path, other)).encode()
    assert outcome(update) in KEPT
    assert isinstance(callback_of(update), str)


def test_the_whole_ones_are_understood() -> None:
    for whole in WHOLE:
        assert outcome(json.dumps(whole).encode()) == "taken"
