"""A visit question that falls outside the window: by subscription, service account, SMS, and at last by phone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.verdicts import MOST_TRIES
from domain.case import Status
from storage import codes, people
from storage.transaction import Tx
from tests.bot.wechat.offices import MOBILE, PushOffice, person_of, push_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[PushOffice]:
    async with push_office(tmp_path) as made:
        yield made
        assert made.sim.complaints == []


async def ticket_of(office: PushOffice, external_userid: str) -> str:
    """A ticket as it stands on the button of a receipt."""
    return await office.app.db.write(_ticket, external_userid, office.clock.now())


def _ticket(tx: Tx, external_userid: str, now: datetime) -> str:
    person = person_of(tx, external_userid)
    return codes.make(tx, "subscribe", {"person": person}, timedelta(days=1), now, person)


async def test_who_has_subscribed_is_asked_there_and_their_silence_closes_the_case(office: PushOffice) -> None:
    await office.owner_of("wm1")
    assert await office.subscribed("o-mini", await ticket_of(office, "wm1")) == 204
    case = await office.asked("wm1")

    [shown] = office.sim.on_wechat("o-mini").shown
    told = {name: field["value"] for name, field in shown.body.items()}
    assert told["thing1"] == "诉求已答复，解决了吗？"
    assert told["character_string2"] == case.number
    assert re.fullmatch(r"\d{4}年\d{1,2}月\d{1,2}日 \d{2}:\d{2}", told["time3"])
    assert "结案" in told["thing4"]
    assert office.by_sms() == []
    assert await office.to_phone() == []
    assert office.sim.cuts == []


async def test_who_follows_the_service_account_is_asked_there(office: PushOffice) -> None:
    await office.owner_of("wm1", unionid="u-linxiao")
    assert (await office.sim.follow("o-service", "u-linxiao")).accepted
    case = await office.asked("wm1")

    [shown] = office.sim.on_wechat("o-service").shown
    assert shown.body["character_string2"]["value"] == case.number
    assert f"scene_param=case_{case.id}" in shown.body["url"]
    assert office.by_sms() == []


async def test_a_subscription_that_is_spent_gives_way_to_the_service_account_then_to_sms(office: PushOffice) -> None:
    await office.owner_of("wm1", unionid="u-linxiao")
    await office.subscribed("o-mini", await ticket_of(office, "wm1"))
    await office.sim.follow("o-service", "u-linxiao")
    office.sim.on_wechat("o-mini").may_send.clear()
    office.sim.on_wechat("o-service").follows = False
    case = await office.asked("wm1")

    assert office.on("o-mini") == office.on("o-service") == []
    [text] = office.by_sms()
    assert case.number in text
    assert "可以直接来窗口办理" in text
    assert "解决了吗" in text
    assert "5个工作日内" in text
    assert f"scene_param=case_{case.id}" in text
    assert await office.doors_of("wm1") == {"kefu": False, "subscribe": False, "service": False, "sms": True}


async def test_who_has_nothing_but_a_mobile_gets_an_sms_with_the_whole_question(office: PushOffice) -> None:
    await office.owner_of("wm1")
    await office.asked("wm1", "请带上营业执照。" * 200)
    [text] = office.by_sms()
    assert len(text) <= 500
    assert text.endswith("结案。")


async def test_who_comes_back_by_the_link_is_asked_with_buttons_and_answers(office: PushOffice) -> None:
    owner = await office.owner_of("wm1")
    case = await office.asked("wm1")
    assert len(office.by_sms()) == 1
    await owner.enter(scene="qinqing", scene_param=f"case_{case.id}")
    await owner.say("你好")
    await office.quiet()
    assert owner.saw("可以直接来窗口办理")
    await owner.choose("请评价")
    await office.quiet()
    await owner.choose("解决了")
    await office.quiet()
    await owner.choose("非常满意")
    await office.quiet()
    await owner.say("跳过")
    await office.quiet()
    assert (await office.case_of(case)).status is Status.CLOSED


async def test_nobody_left_is_a_call_and_the_case_stays_open(office: PushOffice) -> None:
    office.sim.faults.always("sms", http=422)
    await office.owner_of("wm1")
    case = await office.asked("wm1")
    assert office.by_sms() == []
    assert await office.to_phone() == [case.id]
    assert (await office.case_of(case)).status is Status.ANSWERED


async def test_an_sms_whose_answer_was_lost_is_on_the_phone_once(office: PushOffice) -> None:
    office.sim.faults.closed_after("sms")
    await office.owner_of("wm1")
    await office.asked("wm1")
    await office.sim.until(lambda: office.sim.repeats)
    assert len(office.by_sms()) == 1
    assert await office.to_phone() == []


async def test_a_subscription_whose_answer_was_lost_is_not_repeated_but_told_at_the_next_door(
    office: PushOffice,
) -> None:
    await office.owner_of("wm1")
    await office.subscribed("o-mini", await ticket_of(office, "wm1"))
    office.sim.faults.closed_after("message/subscribe/send")
    await office.asked("wm1")
    for _pause in range(3):
        office.clock.ahead += timedelta(hours=1)
        office.app.clock_jumped()
        await office.quiet()
    assert len(office.on("o-mini")) == 1
    assert len(office.by_sms()) == 1
    assert await office.to_phone() == []


async def test_a_gateway_that_refuses_for_good_makes_a_call(office: PushOffice) -> None:
    office.sim.faults.always("sms", http=401)
    await office.owner_of("wm1")
    case = await office.asked("wm1")
    assert await office.to_phone() == [case.id]


@pytest.mark.parametrize("code", [40037, 47003, 40001, 48002, 40003])
async def test_a_wrong_template_or_account_holds_nobody_up(office: PushOffice, code: int) -> None:
    await office.owner_of("wm1")
    await office.subscribed("o-mini", await ticket_of(office, "wm1"))
    office.sim.faults.always("message/subscribe/send", errcode=code)
    await office.asked("wm1")
    assert len(office.by_sms()) == 1


async def test_a_platform_that_wants_a_pause_does_not_keep_the_question_for_ever(office: PushOffice) -> None:
    await office.owner_of("wm1")
    await office.subscribed("o-mini", await ticket_of(office, "wm1"))
    office.sim.faults.always("message/subscribe/send", errcode=45009)
    await office.asked("wm1")
    for _pause in range(2 * MOST_TRIES):  # two days: at night nobody is written to
        office.clock.ahead += timedelta(hours=2)
        office.app.clock_jumped()
        await office.quiet()
    assert len(office.by_sms()) == 1


async def test_a_token_that_ran_out_is_asked_for_again(office: PushOffice) -> None:
    await office.owner_of("wm1")
    await office.subscribed("o-mini", await ticket_of(office, "wm1"))
    await office.asked("wm1")
    office.sim.expire("mini")
    await office.asked("wm1")
    assert len(office.on("o-mini")) == 2


async def test_who_unfollows_is_written_to_there_no_more(office: PushOffice) -> None:
    await office.owner_of("wm1", unionid="u-linxiao")
    await office.sim.follow("o-service", "u-linxiao")
    await office.sim.follow("o-service", "u-linxiao", follows=False)
    assert (await office.doors_of("wm1"))["service"] is False


async def test_a_follower_nobody_knows_is_nobodys_door(office: PushOffice) -> None:
    assert (await office.sim.follow("o-stranger", "u-nobody")).accepted
    assert await office.app.db.read(people.find, "service", "o-stranger") is None


async def test_the_service_accounts_address_passes_the_check_of_its_console(office: PushOffice) -> None:
    assert await office.sim.verify_url("service") == ""


async def test_the_card_of_a_case_opens_the_mini_program_until_they_have_subscribed(office: PushOffice) -> None:
    owner = await office.owner_of("wm1")
    case = await office.asked("wm1")
    await owner.say(f"/case {case.number}")
    await office.quiet()
    [item] = [one for one in owner.last().body["list"] if one["type"] == "miniprogram"]
    page, _mark, query = item["miniprogram"]["pagepath"].partition("?")
    assert page == "pages/index.html"
    assert item["miniprogram"]["content"] == "开启办理进度提醒"
    assert await office.subscribed("o-mini", query.removeprefix("ticket=")) == 204

    await owner.say(f"/case {case.number}")
    await office.quiet()
    assert "miniprogram" not in {one["type"] for one in owner.last().body["list"]}


# --- the page of the mini program -----------------------------------------------------------------------------------


async def test_a_ticket_is_good_once_and_a_forged_one_asks_wechat_nothing(office: PushOffice) -> None:
    await office.owner_of("wm1")
    ticket = await ticket_of(office, "wm1")
    assert await office.subscribed("o-thief", "AAAAA-AAAAA") == 404
    assert office.sim.calls["sns/jscode2session"] == 0
    assert await office.subscribed("o-mini", ticket) == 204
    assert await office.subscribed("o-thief", ticket) == 404
    assert await office.app.db.read(people.find, "subscribe", "o-thief") is None


async def test_a_login_that_is_not_good_keeps_the_ticket(office: PushOffice) -> None:
    await office.owner_of("wm1")
    ticket = await ticket_of(office, "wm1")
    assert await office.told_subscribed({"code": "made-up", "ticket": ticket}) == 400
    assert await office.subscribed("o-mini", ticket) == 204


@pytest.mark.parametrize(
    "body", [None, [], {}, {"code": 1, "ticket": "A"}, {"code": "", "ticket": ""}, {"code": "x" * 9000, "ticket": "A"}]
)
async def test_what_is_no_call_of_the_page_is_refused(office: PushOffice, body: object) -> None:
    assert await office.told_subscribed(body) in (400, 413)


async def test_an_sms_goes_to_the_number_the_owner_gave(office: PushOffice) -> None:
    await office.owner_of("wm1")
    await office.owner_of("wm2", phone="+867516123456")
    await office.asked("wm2")
    assert office.by_sms() == []
    await office.asked("wm1")
    assert len(office.by_sms(MOBILE)) == 1
