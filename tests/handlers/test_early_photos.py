"""Photos sent one after the other, wherever somebody stands in a talk: kept, and the question not said for each."""

import pytest

from domain.case import Actor, Role
from handlers import casework
from storage import cases, files, owndata
from tests.handlers.conftest import POWER
from tests.people import Official, Owner, Town, words


@pytest.fixture
def town(small_town: Town) -> Town:
    return small_town


@pytest.fixture
def owner(town: Town) -> Owner:
    return town.owner("林晓", new=True)


PRIVACY = "开始之前先说明"


def of_case(town: Town, owner: Owner) -> tuple[str, list[str]]:
    """What was told, and the names of the photos, of the only case of this owner."""
    (case,) = town.read(cases.of_owner, owner.id)
    return case.facts, [one.name for one in town.read(files.of_case, case.id)]


def finish(owner: Owner) -> None:
    """The rest of a filing by somebody the office does not know yet."""
    owner.say("平安五金")
    owner.say("13800000000")
    owner.tap("提交")


def test_photos_before_the_consent_wait_for_what_is_told_after_it(town: Town, owner: Owner) -> None:
    owner.say("/file")
    for name in ("一.jpg", "二.jpg", "三.jpg"):
        owner.send(name)
    owner.heard("收到3个")
    for label in ("同意", "诉求"):
        owner.tap(label)
    owner.heard("出了什么事")
    owner.say("门口积水")
    finish(owner)

    assert of_case(town, owner) == ("门口积水", ["一.jpg", "二.jpg", "三.jpg"])


@pytest.mark.parametrize("begun", ["/file", "photo"])
def test_the_privacy_words_are_said_once_however_many_photos_come(town: Town, owner: Owner, begun: str) -> None:
    if begun == "/file":
        owner.say("/file")
    else:
        owner.send("零.jpg")
        owner.tap("诉求")
    owner.heard(PRIVACY)
    for name in ("一.jpg", "二.jpg", "三.jpg"):
        owner.send(name)
        (note,) = owner.read_all()
        assert PRIVACY not in words(note)
        assert "上面" in note.text
        assert owner.offers("取消")
    owner.tap("同意")
    owner.not_heard("上面")


def test_after_a_while_the_question_is_said_again(town: Town, owner: Owner) -> None:
    owner.say("/file")
    town.forward(hours=1)
    owner.send("一.jpg")

    owner.heard(PRIVACY)


def test_words_under_an_early_photo_are_what_is_told(town: Town, owner: Owner) -> None:
    owner.say("/file")
    owner.send("一.jpg", text="门口积水三天了")
    owner.tap("同意")
    owner.tap("诉求")
    owner.not_heard("出了什么事")
    finish(owner)

    assert of_case(town, owner) == ("门口积水三天了", ["一.jpg"])


def test_a_photo_that_comes_with_the_answer_is_kept_and_the_answer_taken(town: Town, owner: Owner) -> None:
    owner.say("/file")
    owner.send("一.jpg", text="同意")
    owner.heard("您想办哪一类事")
    owner.send("二.jpg", text="诉求")
    owner.say("门口积水")
    finish(owner)

    assert of_case(town, owner) == ("门口积水", ["一.jpg", "二.jpg"])


def test_who_does_not_agree_files_nothing(town: Town, owner: Owner) -> None:
    owner.say("/file")
    owner.send("一.jpg", text="门口积水")
    owner.tap("暂不")

    owner.heard("照片和文件也已删除")
    assert town.read(cases.of_owner, owner.id) == []
    assert town.read(owndata.loose_files, owner.id) == []


def test_photos_show_what_is_not_solved(town: Town, desk: Official, handler: Official) -> None:
    owner = town.owner("林晓")
    number = owner.file("变压器装不上")
    desk.dispatch(number, POWER)
    handler.sign(number)
    handler.answer(number, "已经装好通电")
    owner.tap("没解决")
    owner.send("还在冒烟.jpg")
    owner.heard("请再用几句话说说")
    owner.say("还在冒烟")
    owner.tap("要求重办")

    case = town.case(number)
    assert case.round == 2
    assert [one.name for one in town.read(files.of_case, case.id)] == ["还在冒烟.jpg"]
    handler.heard("还在冒烟")


def test_an_objection_comes_with_its_papers(town: Town, desk: Official) -> None:
    approver, owner = town.official("周正", Role.APPROVER), town.owner("林晓")
    number = owner.file("镇里承诺的补贴没有给")
    case = town.case(number).id
    refusal = {"ground": "scope", "text": "不属于受理范围"}
    town.write(casework.act, case, "propose_refusal", Actor(desk.id, Role.DISPATCHER), town.now, **refusal)
    town.write(casework.act, case, "refuse", Actor(approver.id, Role.APPROVER), town.now)
    town.show()
    owner.tap("申请复核")
    owner.send("承诺书.pdf", text="镇里有书面承诺")

    assert town.case(number).objected
    assert [one.name for one in town.read(files.of_case, case)] == ["承诺书.pdf"]


def test_a_step_with_no_use_for_a_photo_says_that_it_was_not_kept(town: Town) -> None:
    owner = town.owner("林晓")
    number = owner.file("变压器装不上")
    owner.card(number)
    owner.tap("撤回")
    owner.send("一.jpg")

    owner.heard("照片和文件没有收下")
    assert owner.offers("确认撤回")
    assert not owner.offers("修改")
