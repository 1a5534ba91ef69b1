"""A link into the chat does what the button does, and nothing that a button would ask somebody else's leave for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case import Status
from storage import codes, items
from storage.items import Item
from tests.people import Official, Owner, Town, number_in, words

SHOP = Item("shipin-01", "食品经营许可证", 0, "网上申请，窗口领证", "身份证、租房合同", 5)


def test_a_case_opens_by_its_number_and_by_its_id(town: Town, owner: Owner, number: str) -> None:
    owner.say(f"/start case_{number}")
    assert number in owner.last.title
    owner.say(f"/start case_{town.case(number).id}")
    assert number in owner.last.title


def test_somebody_elses_case_stays_closed(town: Town, owner: Owner, number: str) -> None:
    other = town.owner("赵启明")
    other.say(f"/start case_{number}")
    other.heard("没有查到")


def test_a_list_and_a_form_open_and_a_command_of_staff_does_not(town: Town, owner: Owner, number: str) -> None:
    owner.say("/start my")
    owner.heard("您的诉求")
    owner.say("/start file")
    owner.heard("想")
    owner.say("取消")
    owner.say("/start desk")
    owner.heard("工作人员")


def test_a_link_signs_nothing_it_opens_the_case(town: Town, desk: Official, handler: Official, number: str) -> None:
    desk.dispatch(number, "供电公司")
    handler.say(f"/start sign_{town.case(number).id}")

    assert town.case(number).status is Status.DISPATCHED
    handler.tap("签收")
    assert town.case(number).status is Status.HANDLING


def test_an_official_joins_by_a_link(town: Town) -> None:
    facts = {"role": "dispatcher", "by": None}
    code = town.write(codes.make, "invite", facts, timedelta(days=1), town.now)
    new = town.phone("陈岚", Official)
    new.say(f"/start join_{code}")

    new.heard("派单员")
    new.tap("派单台")
    new.say(f"/start join_{code}")
    assert not new.last.text.startswith("欢迎")


@pytest.mark.parametrize(
    "payload", ["policy_2026-3", "x", "case", "case_", "_", "__", "item_nothing", "sign_x", "a" * 64, "a" * 300, "情"]
)
def test_a_link_that_leads_nowhere_gets_a_kind_answer_with_the_menu(owner: Owner, payload: str) -> None:
    owner.say(f"/start {payload}")

    assert owner.offers("我的诉求") or owner.last.buttons
    assert len(owner.read_all()) == 1


def test_start_alone_greets(owner: Owner) -> None:
    owner.say("/start")
    owner.heard("您好")


def test_a_link_in_the_middle_of_a_talk_comes_back_to_it(owner: Owner, number: str) -> None:
    owner.say("/file")
    owner.say(f"/start case_{number}")

    owner.heard(number)
    owner.heard("我们接着刚才的来")


# --- items ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def item(town: Town) -> Item:
    kept = replace(SHOP, unit_id=town.units["gongdian"])
    town.write(items.save, [kept, replace(kept, code="shipin-02", name="食品小作坊登记", limit_days=None)])
    return kept


def test_an_item_says_what_to_bring_and_how_long_it_takes(owner: Owner, item: Item) -> None:
    owner.say("/start item_shipin-01")

    said = words(owner.last)
    for part in ("食品经营许可证", "供电公司", "窗口领证", "租房合同", "5个工作日"):
        assert part in said


def test_what_is_asked_about_an_item_goes_to_its_unit(town: Town, owner: Owner, item: Item) -> None:
    owner.say("/start item_shipin-01")
    owner.tap("问一问")
    owner.say("租房合同没有备案行不行？")
    owner.tap("提交")

    case = town.case(number_in(owner.heard("您的编号是")))
    assert case.facts == "关于“食品经营许可证”：\n租房合同没有备案行不行？"
    assert case.named_unit == item.unit_id
    assert str(case.kind) == "inquiry"


def test_a_word_finds_items(owner: Owner, item: Item) -> None:
    owner.say("/item 食品")
    owner.tap("食品小作坊登记")
    assert owner.last.title == "食品小作坊登记"
    owner.say("/item 经营")
    assert owner.last.title == "食品经营许可证"
    owner.say("/item %")
    owner.heard("没有找到这个办事事项")


@pytest.mark.parametrize("value", ["f:about_item:x.shipin-01", "f:about_item:", "f:about_item:complaint.shipin-01"])
def test_a_forged_button_about_an_item_files_nothing(owner: Owner, item: Item, value: str) -> None:
    owner.press(value)
    owner.heard("没有找到这个办事事项")
