"""What the emulator promises of customer service: cursor, window, states, codes, and what goes wrong with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.wecom_sim import WecomSim
from tests.wecom_sim.caller import Caller, Clock, calling
from tests.wecom_sim.consoles import OPEN_KFID
from tests.wecom_sim.office import Office

Json = dict[str, Any]
HOURS = 3600


@pytest.fixture
async def kefu(sim: WecomSim) -> AsyncIterator[Caller]:
    async with calling(sim, "kefu") as caller:
        yield caller


def text(words: str, **more: Any) -> Json:
    return {"touser": "wm1", "open_kfid": OPEN_KFID, "msgtype": "text", "text": {"content": words}, **more}


async def pull(kefu: Caller, cursor: str = "", **more: Any) -> Json:
    return await kefu.ask("kf/sync_msg", {"open_kfid": OPEN_KFID, "cursor": cursor, **more})


async def test_a_message_is_told_of_and_pulled_from_the_cursor(sim: WecomSim, kefu: Caller, office: Office) -> None:
    owner = sim.owner("wm1")
    await owner.say("我要反映问题")
    await owner.send_image(b"\xff\xd8\xff photo")
    assert (office.texts("Event"), office.texts("OpenKfId")) == (["kf_msg_or_event"] * 2, [OPEN_KFID] * 2)
    assert office.texts("FromUserName") == ["", ""]
    first = await pull(kefu, token=office.texts("Token")[0], limit=1)
    assert (first["has_more"], [one["msgtype"] for one in first["msg_list"]]) == (1, ["text"])
    second = await pull(kefu, first["next_cursor"])
    assert (second["has_more"], [one["msgtype"] for one in second["msg_list"]]) == (0, ["image"])
    assert (await pull(kefu, second["next_cursor"]))["msg_list"] == []
    assert len((await pull(kefu))["msg_list"]) == 2
    assert sim.complaints == []


async def test_a_token_lives_ten_minutes_and_messages_three_days(
    sim: WecomSim, kefu: Caller, office: Office, clock: Clock
) -> None:
    await sim.owner("wm1").say("old")
    clock.at += 601
    assert (await pull(kefu, token=office.texts("Token")[0]))["errcode"] == 95007
    clock.at += 72 * HOURS
    await kefu.token()
    assert (await pull(kefu))["msg_list"] == []


async def test_an_empty_page_can_have_more_after_it(sim: WecomSim, kefu: Caller) -> None:
    await sim.owner("wm1").say("x")
    sim.empty_pages = 1
    empty = await pull(kefu)
    assert (empty["has_more"], empty["msg_list"]) == (1, [])
    assert len((await pull(kefu, empty["next_cursor"]))["msg_list"]) == 1


async def test_five_messages_in_48_hours_until_the_owner_writes_again(
    sim: WecomSim, kefu: Caller, clock: Clock
) -> None:
    owner = sim.owner("wm1")
    assert (await kefu.ask("kf/send_msg", text("x")))["errcode"] == 95031
    await owner.say("x")
    codes = [(await kefu.ask("kf/send_msg", text(str(n), msgid=f"ob_{n}")))["errcode"] for n in range(6)]
    assert codes == [0] * 5 + [95001]
    assert (await kefu.ask("kf/send_msg", text("4", msgid="ob_4")))["errcode"] == 95033
    await owner.say("more")
    assert (await kefu.ask("kf/send_msg", text("6")))["errcode"] == 0
    clock.at += 48 * HOURS + 1
    await kefu.token()
    assert (await kefu.ask("kf/send_msg", text("7")))["errcode"] == 95002
    assert [one.words for one in sim.delivered_to("wm1")] == ["0", "1", "2", "3", "4", "6"]
    assert len((await pull(kefu))["msg_list"]) == 2


async def test_a_menu_is_pressed_and_comes_back_with_its_id(sim: WecomSim, kefu: Caller) -> None:
    owner = sim.owner("wm1")
    await owner.say("x")
    menu: Json = {
        "head_content": "请选择:",
        "list": [{"type": "click", "click": {"id": "file_1", "content": "我要投诉"}}],
    }
    body = {"touser": "wm1", "open_kfid": OPEN_KFID, "msgtype": "msgmenu", "msgmenu": menu}
    assert (await kefu.ask("kf/send_msg", body))["errcode"] == 0
    await owner.tap("file_1")
    said = (await pull(kefu))["msg_list"][-1]["text"]
    assert said == {"content": "我要投诉", "menu_id": "file_1"}
    for listed, code in (
        ([{"type": "click", "click": {"id": "a#b", "content": "x"}}], 95009),
        ([{"type": "click", "click": {"id": str(n), "content": "x"}} for n in range(11)], 95008),
        ([{"type": "text", "text": {"content": "x" * 257}}], 95009),
    ):
        assert (await kefu.ask("kf/send_msg", {**body, "msgmenu": {"list": listed}}))["errcode"] == code


async def test_a_welcome_goes_once_within_twenty_seconds_and_is_not_counted(
    sim: WecomSim, kefu: Caller, clock: Clock
) -> None:
    owner = sim.owner("wm1")
    await owner.enter("park01", "a=1")
    entered = (await pull(kefu))["msg_list"][-1]["event"]
    assert (entered["scene"], entered["scene_param"]) == ("park01", "a=1")
    welcome = {"code": entered["welcome_code"], "msgtype": "text", "text": {"content": "您好"}}
    assert (await kefu.ask("kf/send_msg_on_event", welcome))["errcode"] == 0
    assert (await kefu.ask("kf/send_msg_on_event", welcome))["errcode"] != 0
    assert (owner.heard(), owner.talk.sent) == ("您好", 0)
    await owner.enter()
    assert "welcome_code" not in (await pull(kefu))["msg_list"][-1]["event"]
    other = sim.owner("wm2")
    await other.enter()
    late = (await pull(kefu))["msg_list"][-1]["event"]["welcome_code"]
    clock.at += 21
    assert (await kefu.ask("kf/send_msg_on_event", {**welcome, "code": late}))["errcode"] != 0
    assert other.shown == []


async def test_a_message_can_fail_after_it_was_taken(sim: WecomSim, kefu: Caller, office: Office) -> None:
    await sim.owner("wm1").say("x")
    sim.kf_fails.append(10)
    assert (await kefu.ask("kf/send_msg", text("lost", msgid="ob_9")))["errcode"] == 0
    await sim.until(lambda: len(office.told) == 2)
    failed = (await pull(kefu))["msg_list"][-1]["event"]
    assert (failed["event_type"], failed["fail_msgid"], failed["fail_type"]) == ("msg_send_fail", "ob_9", 10)
    assert sim.delivered_to("wm1") == []


async def test_nothing_is_said_while_a_person_has_the_talk_or_it_is_over(sim: WecomSim, kefu: Caller) -> None:
    owner = sim.owner("wm1")
    await owner.say("x")
    await owner.hand_over("lisi")
    assert (await kefu.ask("kf/send_msg", text("x")))["errcode"] == 95018
    await owner.end()
    assert (await kefu.ask("kf/send_msg", text("x")))["errcode"] == 95013
    state = {"open_kfid": OPEN_KFID, "external_userid": "wm1"}
    assert (await kefu.ask("kf/service_state/trans", {**state, "service_state": 1}))["errcode"] == 95016
    await owner.say("again")
    assert (await kefu.ask("kf/service_state/get", state))["service_state"] == 0
    assert (await kefu.ask("kf/send_msg", text("x")))["errcode"] == 0


async def test_customers_are_known_while_they_are_active(sim: WecomSim, kefu: Caller, clock: Clock) -> None:
    await sim.owner("wm1", "王老板", "union-1").say("x")
    asked = {"external_userid_list": ["wm1", "wm9"], "need_enter_session_context": 1}
    told = await kefu.ask("kf/customer/batchget", asked)
    assert told["customer_list"][0] | {"nickname": "王老板", "unionid": "union-1"} == told["customer_list"][0]
    assert told["invalid_external_userid"] == ["wm9"]
    clock.at += 48 * HOURS + 1
    await kefu.token()
    assert (await kefu.ask("kf/customer/batchget", asked))["customer_list"] == []
