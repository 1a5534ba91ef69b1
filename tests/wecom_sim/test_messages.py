"""What the emulator promises of messages and cards: it refuses what the real one refuses, and shows what it took."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.wecom_sim import WecomSim
from tests.wecom_sim.caller import Caller, Clock, calling
from tests.wecom_sim.words import buttons

Json = dict[str, Any]


@pytest.fixture
async def sim(clock: Clock) -> AsyncIterator[WecomSim]:
    async with WecomSim(now=clock) as made:
        made.member("zhangsan"), made.member("lisi")
        yield made


@pytest.fixture
async def app(sim: WecomSim) -> AsyncIterator[Caller]:
    async with calling(sim, "app") as caller:
        yield caller


def card(task_id: str = "T1_zhangsan_1", **more: Any) -> Json:
    return {
        "card_type": "button_interaction",
        "task_id": task_id,
        "main_title": {"title": "新诉求待签收"},
        "button_selection": {
            "question_key": "eta",
            "option_list": [{"id": "d1", "text": "1天"}, {"id": "d3", "text": "3天"}],
            "selected_id": "d3",
        },
        "button_list": [{"text": "签收", "key": "accept"}, {"text": "转办", "type": 1, "url": "https://gov.invalid/1"}],
        **more,
    }


def sending(body: Json, touser: str = "zhangsan", **more: Any) -> Json:
    return {"touser": touser, "msgtype": "template_card", "agentid": 1000002, "template_card": body, **more}


def text(words: str, touser: str = "zhangsan") -> Json:
    return {"touser": touser, "msgtype": "text", "agentid": 1000002, "text": {"content": words}}


async def test_a_text_reaches_its_readers_and_names_whom_it_did_not(sim: WecomSim, app: Caller) -> None:
    told = await app.ask("message/send", text("您好", "ZhangSan|Nobody"))
    assert (told["errcode"], told["invaliduser"]) == (0, "nobody")
    assert sim.member("zhangsan").heard() == "您好"
    assert [(one.to, one.msgid) for one in sim.delivered] == [("zhangsan", told["msgid"])]
    assert (await app.ask("message/send", text("您好", "nobody")))["errcode"] == 81013
    sim.member("lisi").member.licensed = False
    assert (await app.ask("message/send", text("您好", "lisi")))["unlicenseduser"] == "lisi"
    assert sim.member("lisi").shown == []
    assert sim.complaints == []


async def test_a_text_too_long_is_cut_and_complained_of(sim: WecomSim, app: Caller) -> None:
    await app.ask("message/send", text("字" * 683))
    assert sim.member("zhangsan").heard() == "字" * 682
    assert len(sim.complaints) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"task_id": "Ä"}, 42014),
        ({"button_list": [{"text": str(n), "key": str(n)} for n in range(7)]}, 42038),
        ({"button_list": [{"text": "a", "key": "same"}, {"text": "b", "key": "same"}]}, 42039),
        ({"button_list": [{"text": "a", "key": "k" * 1025}]}, 42039),
        ({"horizontal_content_list": [{"keyname": "a", "value": "b"}] * 7}, 42035),
        (
            {
                "button_selection": {
                    "question_key": "q",
                    "option_list": [{"id": str(n), "text": "x"} for n in range(11)],
                }
            },
            42037,
        ),
        ({"main_title": {"desc": "x"}}, 42033),
        ({"card_type": "poem"}, 42031),
        ({"card_type": "vote_interaction"}, 42043),
        ({"card_type": "multiple_interaction"}, 42047),
        ({"card_type": "text_notice"}, 42045),
        ({"action_menu": {"action_list": [{"text": "a", "key": "b"}] * 4}}, 42051),
    ],
)
async def test_a_card_that_is_too_large_or_lacks_a_part_is_refused(
    sim: WecomSim, app: Caller, change: Json, code: int
) -> None:
    assert (await app.ask("message/send", sending(card(**change))))["errcode"] == code
    assert sim.member("zhangsan").shown == []


async def test_a_task_is_sent_once_unless_the_same_body_comes_again(sim: WecomSim, app: Caller, clock: Clock) -> None:
    body = json.dumps(sending(card(), enable_duplicate_check=1, duplicate_check_interval=1800)).encode()
    first = await app.ask("message/send", body)
    again = await app.ask("message/send", body)
    assert (again["errcode"], again["msgid"], sim.repeats) == (0, first["msgid"], 1)
    assert (await app.ask("message/send", body + b" "))["errcode"] == 42014
    clock.at += 1801
    assert (await app.ask("message/send", body))["errcode"] == 42014
    assert len(sim.delivered_to("zhangsan")) == 1


async def test_a_code_changes_a_card_once_within_72_hours(sim: WecomSim, app: Caller, clock: Clock) -> None:
    code = (await app.ask("message/send", sending(card(), "zhangsan|lisi")))["response_code"]
    grey = {"userids": ["zhangsan", "wangwu"], "agentid": 1000002, "button": {"replace_name": "已签收"}}
    told = await app.ask("message/update_template_card", {**grey, "response_code": code})
    assert told["invaliduser"] == ["wangwu"]
    assert sim.member("zhangsan").heard().endswith("已签收")
    assert buttons(sim.member("zhangsan").last()) == {}
    assert buttons(sim.member("lisi").last()) == {"accept": "签收"}
    assert (await app.ask("message/update_template_card", {**grey, "response_code": code}))["errcode"] == 60140
    gone = (await app.ask("message/send", sending(card("T3"))))["response_code"]
    sim.forget_task("T3")
    assert (await app.ask("message/update_template_card", {**grey, "response_code": gone}))["errcode"] == 42016
    late = (await app.ask("message/send", sending(card("T2"))))["response_code"]
    clock.at += 72 * 3600 + 1
    await app.token()
    assert (await app.ask("message/update_template_card", {**grey, "response_code": late}))["errcode"] == 60140


async def test_more_than_thirty_a_minute_are_dropped_without_a_word(sim: WecomSim, app: Caller, clock: Clock) -> None:
    answers = [await app.ask("message/send", text(str(n))) for n in range(32)]
    assert {one["errcode"] for one in answers} == {0}
    assert len(sim.member("zhangsan").shown) == 30
    assert len(sim.complaints) == 2
    clock.at += 60
    await app.ask("message/send", text("later"))
    assert sim.member("zhangsan").heard() == "later"


async def test_tokens_die_when_they_are_revoked_or_old(sim: WecomSim, app: Caller, clock: Clock) -> None:
    before = await app.token()
    assert await app.token() == before
    sim.revoke("app")
    assert (await app.ask("message/send", text("x")))["errcode"] == 40014
    assert await app.token() != before
    clock.at += 7200
    assert (await app.ask("message/send", text("x")))["errcode"] == 42001
    app.value = ""
    assert (await app.ask("message/send", text("x")))["errcode"] == 41001


async def test_a_message_is_taken_back_within_a_day(sim: WecomSim, app: Caller, clock: Clock) -> None:
    msgid = (await app.ask("message/send", text("oops")))["msgid"]
    assert (await app.ask("message/recall", {"msgid": msgid}))["errcode"] == 0
    assert sim.member("zhangsan").shown == []
    clock.at += 86_401
    await app.token()
    assert (await app.ask("message/recall", {"msgid": msgid}))["errcode"] == 42052


async def test_files_are_weighed_and_kept_for_three_days(sim: WecomSim, app: Caller, clock: Clock) -> None:
    assert (await app.upload("file", "a.txt", b"12345"))["errcode"] == 45001
    assert (await app.upload("image", "a.png", b"not a picture"))["errcode"] == 40145
    media_id = (await app.upload("file", "办法.pdf", b"%PDF-1.7 text"))["media_id"]
    assert await app.download(media_id) == b"%PDF-1.7 text"
    body = {"touser": "zhangsan", "msgtype": "file", "agentid": 1000002, "file": {"media_id": media_id}}
    assert (await app.ask("message/send", body))["errcode"] == 0
    clock.at += 3 * 86_400 + 1
    await app.token()
    assert (await app.ask("media/get", query={"media_id": media_id}))["errcode"] == 40007
