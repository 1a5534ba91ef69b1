"""What a number and a short word stand for: the lines that were shown last, and the work of whoever sends them."""

from domain.case import Role
from tests.people import Town


def test_a_number_after_a_list_opens_a_case_and_answers_no_offer_made_before(small_town: Town) -> None:
    owner = small_town.owner("林晓")
    number = owner.file("门口的路灯坏了")
    owner.say("那个下水道堵了怎么办")
    owner.say("我的诉求")

    owner.say("1")

    assert number in owner.last.title
    owner.not_heard("请核对")


def test_words_offered_before_a_list_are_a_tap_away(small_town: Town) -> None:
    owner = small_town.owner("林晓")
    owner.file("门口的路灯坏了")
    owner.say("那个下水道堵了怎么办")
    owner.say("我的诉求")

    owner.tap("接着办")

    assert "那个下水道堵了怎么办" in owner.last.text
    owner.tap("诉求")
    owner.tap("提交")
    owner.heard("您的编号是")


def test_to_do_is_the_desk_of_who_dispatches_and_the_decisions_of_who_approves(small_town: Town) -> None:
    small_town.owner("林晓").file("门口的路灯坏了")
    desk = small_town.official("陈岚", Role.DISPATCHER)
    desk.say("待办")
    desk.heard("派单台有1件")

    approver = small_town.official("赵明", Role.APPROVER)
    approver.say("待办")
    assert "要帮您登记吗" not in approver.last.text


def test_an_official_finds_the_work_before_what_owners_do(small_town: Town) -> None:
    keeper = small_town.official("王管", Role.ADMINISTRATOR)
    keeper.say("你好")

    shown = [button.label for row in keeper.last.buttons for button in row]
    assert shown.index("人员和角色") < shown.index("我要反映")
    assert shown[-1] == "帮助"
