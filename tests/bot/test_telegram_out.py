"""What is said on Telegram arrives, over real HTTP: words, cards in place, files by name, taps answered."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.channels.contract import OutcomeUnknown, Receipt, TryLater, Undeliverable, Unreachable
from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.request import Caller
from bot.filestore import FileStore
from bot.lending import Lending
from domain.messages import Attachment, Button, Message, Promised
from storage import file_refs, files
from storage.files import FileRecord
from tests.people import Town
from tests.telegram.emulator import MOST_FILE_BYTES, Emulator, served
from tests.telegram.front import TOKEN, USERNAME
from tests.telegram.offices import picture

CHAT, GROUP = "42", "-42"
BUTTON = Button("好", "f:my")


@dataclass
class Desk:
    """The channel, the platform at its far end, and the office's files."""

    telegram: Telegram
    emulator: Emulator
    town: Town
    store: FileStore

    async def say(self, message: Message, replaces: str = "", to: str = CHAT) -> Receipt:
        """Send a message as the deliverer does."""
        return await self.telegram.send(to, message, replaces, "1")

    async def file(self, name: str, media: str, data: bytes = b"", *, came_as: str = "") -> Attachment:
        """A file of the office: kept, or promised by Telegram itself."""
        digest = self.store.put(data) if data else ""
        promised = Promised(name, media, len(data), digest, came_as)
        record: FileRecord = await self.town.db.write(files.add, promised, "telegram", None, self.town.now)
        return record.attachment

    async def name_of(self, file: Attachment) -> str:
        """What the office keeps as Telegram's name of a file."""
        (found,) = await self.town.db.read(file_refs.shown, [file.file], "telegram")
        return found.ref

    @property
    def methods(self) -> list[str]:
        """What the platform was asked for, in order."""
        return [call.method for call in self.emulator.calls]


@pytest.fixture
async def desk(small_town: Town, tmp_path: Path) -> AsyncIterator[Desk]:
    async with served() as (emulator, url):
        await small_town.db.start()
        store = FileStore(tmp_path / "kept")
        telegram = Telegram(Caller(TOKEN, url), "7", Lending(small_town.db, store, "telegram"))
        telegram.username = USERNAME
        yield Desk(telegram, emulator, small_town, store)
        await telegram.close()
        await small_town.db.close()


# --- words --------------------------------------------------------------------------------------------------------


async def test_words_arrive_with_their_buttons(desk: Desk) -> None:
    receipt = await desk.say(Message("三天没电了 <b>", title="诉求", facts=(("编号", "1"),), buttons=((BUTTON,),)))
    (call,) = desk.emulator.said
    shown = desk.emulator.shown[42][call.message]
    assert shown["text"] == "诉求\n三天没电了 <b>\n编号：1"
    assert call.keyboard == [[{"text": "好", "callback_data": "f:my"}]]
    assert receipt.ref == f"42/{call.message}"


async def test_a_card_is_changed_where_it_stands(desk: Desk) -> None:
    first = await desk.say(Message("待受理", card="case:1", buttons=((BUTTON,),)))
    again = await desk.say(Message("已受理", card="case:1"), first.ref)
    assert again == first
    assert desk.methods == ["sendMessage", "editMessageText"]
    assert [message["text"] for message in desk.emulator.shown[42].values()] == ["已受理"]
    assert desk.emulator.said[-1].keyboard == []


async def test_what_looks_so_already_has_been_said(desk: Desk) -> None:
    first = await desk.say(Message("待受理"))
    assert await desk.say(Message("待受理"), first.ref) == first
    assert len(desk.emulator.said) == 1


async def test_a_card_that_is_gone_is_said_anew(desk: Desk) -> None:
    again = await desk.say(Message("已受理"), "42/900")
    assert desk.methods == ["editMessageText", "sendMessage"]
    assert again.ref == f"42/{desk.emulator.said[-1].message}"


async def test_a_card_of_the_chat_before_it_moved_is_left_alone(desk: Desk) -> None:
    first = await desk.say(Message("别人的"), to=GROUP)
    number = first.ref.partition("/")[2]
    await desk.say(Message("已受理"), f"-7/{number}", to=GROUP)
    assert desk.methods == ["sendMessage", "sendMessage"]
    assert desk.emulator.shown[-42][int(number)]["text"] == "别人的"


async def test_nothing_to_be_seen_is_not_sent(desk: Desk) -> None:
    assert await desk.say(Message(" \u200b")) == Receipt()
    assert desk.emulator.calls == []


async def test_a_refused_address_of_a_button_stands_in_the_words(desk: Desk) -> None:
    desk.emulator.faults.plan("no link")
    await desk.say(Message("看板", buttons=((Button("打开", "", "https://board.example.cn/x"), BUTTON),)))
    (call,) = desk.emulator.said
    assert "打开：https://board.example.cn/x" in call.text
    assert call.keyboard == [[{"text": "好", "callback_data": "f:my"}]]


async def test_in_a_group_buttons_wait_until_the_bot_knows_its_name(desk: Desk) -> None:
    desk.telegram.username = ""
    with pytest.raises(TryLater):
        await desk.say(Message("通知", buttons=((BUTTON,),)), to=GROUP)
    desk.telegram.username = USERNAME
    await desk.say(Message("通知", buttons=((BUTTON,),), pin=True), to=GROUP)
    assert desk.emulator.said[-1].keyboard == [[{"text": "好", "url": f"https://t.me/{USERNAME}?start=my"}]]


async def test_what_is_to_be_kept_on_top_is_said_whether_or_not_it_can_be(desk: Desk) -> None:
    desk.emulator.faults.plan("kicked", method="pinChatMessage")
    refused = await desk.say(Message("第一个", pin=True), to=GROUP)
    pinned = await desk.say(Message("第二个", pin=True), to=GROUP)
    await desk.say(Message("一个人的", pin=True))
    await desk.telegram.close()
    assert refused.ref
    assert desk.emulator.pinned == {-42: [int(pinned.ref.partition("/")[2])]}


# --- files --------------------------------------------------------------------------------------------------------


async def test_a_picture_goes_up_once_and_by_its_name_after(desk: Desk) -> None:
    photo = await desk.file("门口.jpg", "image/jpeg", picture("门口"))
    await desk.say(Message("", files=(photo,)))
    await desk.say(Message("", files=(photo,)), to="43")
    first, second = desk.emulator.said
    assert first.method == second.method == "sendPhoto"
    assert first.files == second.files
    assert "photo" not in first.fields
    assert second.fields["photo"] == first.files[0]
    assert await desk.name_of(photo) == f"photo:{first.files[0]}"


async def test_a_picture_that_went_up_has_arrived_though_its_name_cannot_be_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any) -> None:
        raise LookupError("erased meanwhile")

    photo = await desk.file("门口.jpg", "image/jpeg", picture("门口"))
    monkeypatch.setattr(file_refs, "keep", broken)
    assert (await desk.say(Message("", files=(photo,)))).ref


async def test_pictures_of_one_message_are_one_set(desk: Desk) -> None:
    photos = [await desk.file(f"{n}.jpg", "image/jpeg", picture(str(n))) for n in range(3)]
    receipt = await desk.say(Message("", files=tuple(photos)))
    await desk.say(Message("", files=tuple(photos)), to="43")
    assert desk.methods == ["sendMediaGroup", "sendMediaGroup"]
    assert receipt.ref == f"42/{min(desk.emulator.shown[42])}"
    names = [(await desk.name_of(photo)).partition(":")[2] for photo in photos]
    assert len(set(names)) == 3
    sent: Any = desk.emulator.calls[1].fields["media"]
    assert [one["media"] for one in (json.loads(sent) if isinstance(sent, str) else sent)] == names


@pytest.mark.parametrize(
    ("media", "method"),
    [
        ("application/pdf", "sendDocument"),
        ("video/mp4", "sendVideo"),
        ("audio/ogg", "sendVoice"),
        ("audio/mpeg", "sendAudio"),
        ("image/gif", "sendDocument"),
        ("", "sendDocument"),
    ],
)
async def test_each_kind_is_shown_as_what_it_is(desk: Desk, media: str, method: str) -> None:
    await desk.say(Message("", files=(await desk.file("x", media, b"some bytes"),)))
    assert desk.methods[0] == method  # the platform of the tests takes music by its name alone


async def test_what_came_by_telegram_is_known_there_already(desk: Desk) -> None:
    desk.emulator.assets["theirs-1"] = {"filename": "a.jpg", "data": b"x"}
    photo = await desk.file("photo.jpg", "image/jpeg", came_as="theirs-1")
    await desk.say(Message("", files=(photo,)))
    assert [call.fields["photo"] for call in desk.emulator.said] == ["theirs-1"]


async def test_a_picture_telegram_cannot_read_goes_as_a_document(desk: Desk) -> None:
    photo = await desk.file("扫描.png", "image/png", b"not really a picture")
    desk.emulator.faults.plan("no photo")
    await desk.say(Message("", files=(photo,)))
    await desk.say(Message("", files=(photo,)))
    assert desk.methods == ["sendPhoto", "sendDocument", "sendDocument"]


async def test_a_name_telegram_has_forgotten_is_replaced(desk: Desk) -> None:
    photo = await desk.file("门口.jpg", "image/jpeg", picture("门口"))
    await desk.town.db.write(file_refs.keep, photo.file, "telegram", "photo:forgotten")
    await desk.say(Message("", files=(photo,)))
    assert [call.status for call in desk.emulator.calls] == [400, 200]
    assert await desk.name_of(photo) == f"photo:{desk.emulator.said[-1].files[0]}"


async def test_too_large_for_a_picture_is_a_document(desk: Desk) -> None:
    photo = await desk.file("大.jpg", "image/jpeg", picture("大", 10 * 1024 * 1024 + 1))
    await desk.say(Message("", files=(photo,)))
    assert desk.methods == ["sendDocument"]


async def test_a_file_still_on_its_way_is_waited_for(desk: Desk) -> None:
    record = await desk.town.db.write(files.add, Promised("a.jpg", reference="x"), "wecom", None, desk.town.now)
    with pytest.raises(TryLater):
        await desk.say(Message("", files=(record.attachment,)))
    assert desk.emulator.calls == []


async def test_a_file_that_cannot_be_shown_is_named_in_words(desk: Desk) -> None:
    record = await desk.town.db.write(files.add, Promised("执照.jpg", reference="x"), "wecom", None, desk.town.now)
    (fetch,) = await desk.town.db.read(files.wanted, desk.town.now)
    await desk.town.db.write(files.fetch_failed, fetch, None, "gone", desk.town.now)
    receipt = await desk.say(Message("", files=(record.attachment,)))
    assert receipt.ref
    assert "执照.jpg" in desk.emulator.said[-1].text


@pytest.mark.parametrize("fault", ["slow down", "bad gateway", "closed before"])
async def test_what_of_several_files_is_there_already_is_not_sent_again(desk: Desk, fault: str) -> None:
    one, other = [await desk.file(f"{n}.jpg", "image/jpeg", picture(str(n))) for n in range(2)]
    said = Message("", files=(one, Attachment(4711, "旧.jpg"), other))
    desk.emulator.faults.plan(fault, method="sendMessage")
    with pytest.raises((TryLater, OutcomeUnknown)):
        await desk.say(said)
    receipt = await desk.say(said)
    assert [call.method for call in desk.emulator.said] == ["sendPhoto", "sendMessage", "sendPhoto"]
    assert receipt.ref == f"42/{min(desk.emulator.shown[42])}"


async def test_a_closed_chat_is_closed_for_files_too(desk: Desk) -> None:
    photo = await desk.file("门口.jpg", "image/jpeg", picture("门口"))
    desk.emulator.faults.plan("chat gone")
    with pytest.raises(Unreachable):
        await desk.say(Message("", files=(photo,)))
    assert desk.methods == ["sendPhoto"]


# --- troubles on the line -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("slow down", TryLater),
        ("bad gateway", TryLater),
        ("blocked", Unreachable),
        ("chat gone", Unreachable),
        ("closed before", OutcomeUnknown),
        ("closed after", OutcomeUnknown),
    ],
)
async def test_what_goes_wrong_is_told_apart(desk: Desk, fault: str, error: type[Exception]) -> None:
    desk.emulator.faults.plan(fault, seconds=0 if "closed" in fault else 7)
    with pytest.raises(error) as raised:
        await desk.say(Message("您好"))
    assert TOKEN not in str(raised.value)
    if fault == "slow down":
        assert getattr(raised.value, "seconds") == 7  # noqa: B009 - of TryLater alone
    await desk.say(Message("您好"))
    assert desk.emulator.said[-1].text == "您好"


async def test_nobody_at_the_far_end_is_no_doubt(small_town: Town, tmp_path: Path, unused_tcp_port: int) -> None:
    lending = Lending(small_town.db, FileStore(tmp_path), "telegram")
    telegram = Telegram(Caller(TOKEN, f"http://127.0.0.1:{unused_tcp_port}"), "7", lending)
    with pytest.raises(TryLater):
        await telegram.send(CHAT, Message("您好"), "", "1")
    await telegram.close()


# --- taps, and files people send ----------------------------------------------------------------------------------


async def test_a_tap_is_answered_beside_and_an_old_one_is_nothing(desk: Desk) -> None:
    desk.emulator.presses.add("77")
    for query in ("77", "78"):
        press = {"id": query, "from": {"id": 42}, "data": "f:my"}
        desk.telegram.thank(json.dumps({"update_id": 1, "callback_query": press}).encode())
    desk.telegram.thank(b'{"update_id": 2, "message": {}}')
    await desk.emulator.until_called(1, 5)
    await desk.telegram.close()
    assert desk.methods == ["answerCallbackQuery"] * 2
    assert desk.emulator.presses == set()


async def test_a_file_somebody_sent_is_brought(desk: Desk) -> None:
    desk.emulator.assets["theirs-1"] = {"filename": "a.jpg", "data": b"x" * 1000}
    assert await desk.telegram.fetch("theirs-1") == ("", b"x" * 1000)


async def test_a_file_that_is_too_large_is_given_up(desk: Desk) -> None:
    desk.emulator.assets["theirs-2"] = {"filename": "a.mp4", "data": b"x" * (MOST_FILE_BYTES + 1)}
    with pytest.raises(Undeliverable):
        await desk.telegram.fetch("theirs-2")


async def test_more_than_was_said_is_not_read(desk: Desk) -> None:
    desk.emulator.assets["theirs-3"] = {"filename": "a.mp4", "data": b"x" * 5000}
    with pytest.raises(ValueError, match="larger"):
        await desk.telegram.bot.fetch("theirs-3", 4999)
