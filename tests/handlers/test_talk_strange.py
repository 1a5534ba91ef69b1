"""What people and platforms send that nobody foresees: too long, empty, odd characters, groups."""

import pytest

from domain.messages import Incoming, Place, Promised
from storage import cases, files, inbox
from tests.people import Group, Owner, Town


@pytest.fixture
def owner(town: Town) -> Owner:
    return town.owner("林晓")


def facts(town: Town, owner: Owner) -> list[str]:
    return [case.facts for case in town.read(cases.of_owner, owner.id)]


@pytest.mark.parametrize(
    "text",
    [
        "🏭💡👨‍👩‍👧‍👦 停电了 🇨🇳",
        "\u202e反着写的\u202c 和 \u200f右到左\u200e",
        "مرحبا، انقطعت الكهرباء",
        "a\u0301\u0300 e\ufe0f\u20e3 零宽\u200b空格\u200d连接",
        "𠀀𡃁𪚥 生僻字",
        "line\r\nline\ttab\u2028para\u2029",
        "<b>粗</b> &amp; *星* _下划_ `码` [链](x) {number} %s \\n ' \" ;--",
        "全角ＡＢＣ１２３，半角ABC123",
    ],
)
def test_odd_words_are_kept_to_the_letter(town: Town, owner: Owner, text: str) -> None:
    owner.file(text)

    assert facts(town, owner) == [text]


@pytest.mark.parametrize(
    ("text", "kept"),
    [("停\x00电", "停电"), ("停\ud800电", "停?电"), ("\udfff\ud83d停电\x00", "??停电")],
)
def test_characters_no_database_keeps_are_left_out(town: Town, owner: Owner, text: str, kept: str) -> None:
    owner.file(text)

    assert facts(town, owner) == [kept]


@pytest.mark.parametrize("odd", ["林\x00晓", "林\ud800晓"])
def test_odd_names_of_people_files_and_places_stop_nobody(town: Town, odd: str) -> None:
    stranger = town.owner(odd, new=True)
    stranger.send(f"{odd}.jpg", text="门口积水", place=Place(27.0, 112.0, odd))

    stranger.heard("门口积水")


@pytest.mark.parametrize(
    "value", ["", "f", "f:", "t:", "t:1:1:", "t:x:y:z", "f:case:", "f:case:\x00", "f:\ud800", "🏭" * 99]
)
def test_odd_buttons_are_answered(town: Town, owner: Owner, value: str) -> None:
    town.take(Incoming("web", town.key(), owner.address, press=value))

    assert owner.unread


@pytest.mark.parametrize("number", ["9" * 30, "0", "-1", "1.5", "١", "²", "①"])
def test_odd_numbers_of_cases_are_unknown_ones(owner: Owner, number: str) -> None:
    owner.press(f"f:case:{number}")

    of_button = number.isdecimal() and len(number) < 16
    owner.heard("这件不在您名下" if of_button else "没有查到您名下编号")


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b", "\u3000"])
def test_a_message_without_words_is_answered(town: Town, owner: Owner, text: str) -> None:
    owner.say(text)

    assert owner.unread
    assert facts(town, owner) == []


def test_four_megabytes_of_words_are_refused_kindly_and_lose_nothing(town: Town, owner: Owner) -> None:
    owner.say("/file")
    owner.tap("诉求")
    owner.say("长" * 1_400_000)
    owner.heard("一条最多20000个字")
    owner.say("门口积水")
    owner.tap("提交")

    assert facts(town, owner) == ["门口积水"]


def test_words_too_many_for_a_question_are_counted(town: Town, owner: Owner) -> None:
    owner.say("/file")
    owner.tap("诉求")
    owner.say("长" * 10_001)
    owner.heard("您写了10001个字，这里最多10000个字")
    owner.say("长" * 10_000)
    owner.tap("提交")

    assert facts(town, owner) == ["长" * 10_000]


def test_words_too_many_for_an_account_are_not_offered_cut(town: Town, owner: Owner) -> None:
    owner.say("长" * 15_000)

    owner.heard("10000个字")
    assert facts(town, owner) == []


def test_many_messages_in_a_row_never_make_an_account_too_long_to_file(town: Town, owner: Owner) -> None:
    for _time in range(2):
        owner.say("长" * 4_000)
    owner.say("短" * 4_000)
    owner.heard("您写了12002个字，这里最多10000个字")
    owner.tap("诉求")
    owner.tap("提交")

    assert facts(town, owner) == ["\n".join(["长" * 4_000] * 2)]


@pytest.mark.parametrize("text", ["/nosuch", "/nosuch@office_bot", "/NOSUCH"])
def test_an_unknown_command_is_told_so_with_a_way_on(owner: Owner, text: str) -> None:
    owner.say(text)

    owner.heard(f"没有{text}这个命令")
    assert owner.offers("我要反映")


@pytest.mark.parametrize("text", ["/file@office_bot", "/FILE", "我要反映", "我要反映。", "我要反映！"])
def test_a_command_is_known_in_every_shape(owner: Owner, text: str) -> None:
    owner.say(text)

    owner.heard("您想办哪一类事")


def test_words_that_only_begin_with_a_slash_are_words(town: Town, owner: Owner) -> None:
    owner.say("/二号门口积水")

    owner.heard("您发来：“/二号门口积水”")


# --- groups -----------------------------------------------------------------------------------------------------


@pytest.fixture
def group(town: Town) -> Group:
    return town.group()


@pytest.mark.parametrize("text", ["门口积水", "我要反映", "你好", "1", ""])
def test_a_group_is_not_answered_when_its_people_talk(group: Group, text: str) -> None:
    group.say(text)

    group.silent()


@pytest.mark.parametrize("text", ["/file", "/my", "/nosuch"])
def test_a_command_in_a_group_leads_to_the_private_chat(group: Group, text: str) -> None:
    group.say(text)

    group.heard("群里不谈具体的事，请私信我")


def test_a_button_in_a_group_tells_nothing_of_a_case(town: Town, owner: Owner, group: Group) -> None:
    number = owner.file("门口积水")
    group.press(f"f:case:{number}")

    assert number not in group.heard("请私信我").text


def test_a_file_in_a_group_is_not_kept(town: Town, group: Group) -> None:
    group.send("门口.jpg")
    group.silent()

    assert town.read(inbox.failed_count) == 0


def test_a_voice_note_and_a_place_join_an_account(town: Town, owner: Owner) -> None:
    owner.say("/file")
    owner.tap("诉求")
    owner.send("留言.ogg", place=Place(27.2345678, 112.5, "工业路1号"))
    owner.heard("请再用几句话说说")
    owner.say("门口积水")
    owner.tap("提交")

    (case,) = town.read(cases.of_owner, owner.id)
    assert case.place == "工业路1号 (27.23457, 112.50000)"


def test_a_file_still_to_be_fetched_is_promised_once(town: Town, owner: Owner) -> None:
    promised = (Promised("门口.jpg", "image/jpeg", reference="platform-file-1"),)
    for _time in range(2):
        town.take(Incoming("web", "arrival-again", owner.address, "门口积水", files=promised))

    assert town.read(files.wanted_count) == 1
