"""What the emulator promises of callbacks: real crypto, the platform's patience, and every accident on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.wecom_sim import WecomSim, running
from tests.wecom_sim.caller import Caller, Clock, calling
from tests.wecom_sim.crypt import signature, unseal
from tests.wecom_sim.office import Office, open_office

#: The published example (sheet 1.2).
TOKEN, AES_KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="


@pytest.fixture
async def app(sim: WecomSim) -> AsyncIterator[Caller]:
    async with calling(sim, "app") as caller:
        yield caller


def test_the_published_example_opens() -> None:
    assert unseal(AES_KEY, CORP, ECHO) == b"1616140317555161061"
    assert signature(TOKEN, "1409659589", "263014780", ECHO) == "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"


async def test_a_member_is_heard_and_the_url_passes_its_check(sim: WecomSim, office: Office) -> None:
    assert [await sim.verify_url(name) for name in ("app", "kefu", "contacts")] == ["", "", ""]
    told = await sim.member("zhangsan").say("查询 ]]> <a>&")
    assert (told.answers, office.texts("Content")) == ([200], ["查询 ]]> <a>&"])
    assert (office.texts("FromUserName"), office.texts("AgentID")) == (["zhangsan"], ["1000002"])
    office.slow_seconds = 1.2
    assert "within a second" in await sim.verify_url("app")


async def test_a_press_tells_key_task_and_choice_with_a_new_code_each_time(
    sim: WecomSim, office: Office, app: Caller
) -> None:
    options = [{"id": "d1", "text": "1天"}, {"id": "d3", "text": "3天"}]
    card = {
        "card_type": "button_interaction",
        "task_id": "T1",
        "main_title": {"title": "新诉求"},
        "button_selection": {"question_key": "eta", "option_list": options, "selected_id": "d3"},
        "button_list": [{"text": "签收", "key": "accept"}],
    }
    zhangsan = sim.member("zhangsan")
    await app.ask(
        "message/send", {"touser": "zhangsan", "msgtype": "template_card", "agentid": 1000002, "template_card": card}
    )
    await zhangsan.tap("accept")
    zhangsan.choose("eta", "d1")
    await zhangsan.tap("accept")
    assert (office.texts("EventKey"), office.texts("TaskId")) == (["accept"] * 2, ["T1"] * 2)
    assert office.texts("OptionId") == ["d3", "d1"]
    codes = office.texts("ResponseCode")
    assert len(set(codes)) == 2
    grey = {"userids": ["zhangsan"], "agentid": 1000002, "button": {"replace_name": "已签收"}}
    for code in codes:
        assert (await app.ask("message/update_template_card", {**grey, "response_code": code}))["errcode"] == 0
    assert sim.complaints == []


async def test_what_is_not_taken_is_brought_four_times_in_all(sim: WecomSim, office: Office) -> None:
    office.status = 500
    told = await sim.member("zhangsan").say("x")
    assert (told.answers, told.accepted, sim.callbacks.lost) == ([500] * 4, False, [told])
    office.status, office.slow_seconds, sim.callbacks.patience_seconds = 200, 1.0, 0.1
    assert (await sim.member("zhangsan").say("x")).answers == [0] * 4


async def test_callbacks_come_three_times_in_another_order_or_not_at_all(sim: WecomSim, office: Office) -> None:
    zhangsan = sim.member("zhangsan")
    sim.callbacks.copies = 3
    await zhangsan.say("thrice")
    sim.callbacks.copies = 1
    sim.callbacks.hold()
    for words in "abc":
        await zhangsan.say(words)
    await sim.callbacks.release("reversed")
    sim.callbacks.lose = 1
    await zhangsan.say("lost")
    assert office.texts("Content") == ["thrice"] * 3 + ["c", "b", "a"]
    assert len(set(office.texts("MsgId"))) == 4


async def test_callbacks_that_wait_unequally_long_come_mixed(sim: WecomSim, office: Office) -> None:
    sim.callbacks.copies, sim.callbacks.jitter_seconds = 3, 0.1
    told = [str(number) for number in range(20)]
    await asyncio.gather(*(sim.member("zhangsan").say(one) for one in told))
    heard = office.texts("Content")
    assert sorted(heard) == sorted(told * 3)
    assert list(dict.fromkeys(heard)) != told


async def test_a_reply_to_a_cards_click_is_not_looked_at(sim: WecomSim, office: Office) -> None:
    office.reply = b"success"
    await sim.member("zhangsan").say("x")
    assert len(sim.complaints) == 1


async def test_changes_of_the_directory_are_told_to_contact_sync_alone(sim: WecomSim, office: Office) -> None:
    await sim.personnel.hire("lisi", name="李四", departments=[1])
    await sim.personnel.change("lisi", new_userid="lisi2")
    await sim.personnel.tag(7, "办事员", "lisi2")
    await sim.personnel.leave("lisi2")
    assert {path for path, _ in office.told} == {"/wecom/contacts"}
    assert office.texts("ChangeType") == ["create_user", "update_user", "update_tag", "delete_user"]
    assert set(office.texts("FromUserName")) == {"sys"}
    assert office.texts("NewUserID")[1] == "lisi2"


async def test_it_runs_in_a_thread_of_its_own_and_is_used_from_another(clock: Clock) -> None:
    with running(WecomSim(now=clock)) as sim:
        async with open_office(sim) as office:
            await sim.member("zhangsan").say("from elsewhere")
            assert office.texts("Content") == ["from elsewhere"]
