"""What the emulator promises of groups, the directory, pages, and the doors beside WeCom; and of accidents."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from aiohttp import ClientConnectionError, ClientSession

from tests.wecom_sim import WecomSim
from tests.wecom_sim.caller import Caller, Clock, calling
from tests.wecom_sim.consoles import MINI_TEMPLATE, ROBOT_KEY, SERVICE_TEMPLATE

Json = dict[str, Any]


@pytest.fixture
async def sim(clock: Clock) -> AsyncIterator[WecomSim]:
    async with WecomSim(now=clock) as made:
        made.member("zhangsan", "张三"), made.member("lisi", "李四", departments=[2])
        yield made


@pytest.fixture
async def app(sim: WecomSim) -> AsyncIterator[Caller]:
    async with calling(sim, "app") as caller:
        yield caller


@pytest.fixture
async def contacts(sim: WecomSim) -> AsyncIterator[Caller]:
    async with calling(sim, "contacts") as caller:
        yield caller


async def test_a_robot_says_twenty_a_minute_and_dies_with_its_key(sim: WecomSim, app: Caller, clock: Clock) -> None:
    said = {"msgtype": "markdown", "markdown": {"content": "字" * 1365}}
    key = {"key": ROBOT_KEY}
    codes = [(await app.ask("webhook/send", said, key))["errcode"] for _ in range(21)]
    assert codes == [0] * 20 + [45009]
    clock.at += 60
    assert (await app.ask("webhook/send", {**said, "markdown": {"content": "字" * 1366}}, key))["errcode"] == 45002
    assert (await app.ask("webhook/send", said, {"key": "gone"}))["errcode"] == 93000
    assert len(sim.robot().shown) == 20
    media_id = (await app.upload("file", "a.txt", b"123456", "webhook/upload_media", key=ROBOT_KEY))["media_id"]
    file = {"msgtype": "file", "file": {"media_id": media_id}}
    assert (await app.ask("webhook/send", file, key))["errcode"] == 0
    sim.robot("other")
    assert (await app.ask("webhook/send", file, {"key": "other"}))["errcode"] == 40007


async def test_a_group_of_an_app_is_written_to_by_that_app_alone(sim: WecomSim, app: Caller) -> None:
    made = {"name": "涉企专班", "owner": "zhangsan", "userlist": ["zhangsan", "lisi"], "chatid": "g1"}
    assert (await app.ask("appchat/create", made))["chatid"] == "g1"
    assert (await app.ask("appchat/create", made))["errcode"] == 86215
    assert (await app.ask("appchat/create", {**made, "chatid": "g2", "userlist": ["zhangsan"]}))["errcode"] == 86006
    said = {"chatid": "g1", "msgtype": "text", "text": {"content": "通知"}}
    assert (await app.ask("appchat/send", said))["errcode"] == 0
    assert (await app.ask("appchat/send", {**said, "chatid": "none"}))["errcode"] == 86001
    assert (await app.ask("appchat/get", query={"chatid": "g1"}))["chat_info"]["userlist"] == ["zhangsan", "lisi"]
    assert [one.body["content"] for one in sim.group("g1").shown] == ["通知"]


async def test_a_mass_message_waits_for_its_member(sim: WecomSim, app: Caller) -> None:
    sim.customer_group("wrA", "zhangsan"), sim.customer_group("wrB", "lisi")
    asked = {"chat_type": "group", "sender": "zhangsan", "chat_id_list": ["wrA", "wrB"], "text": {"content": "新政"}}
    made = await app.ask("externalcontact/add_msg_template", asked)
    assert made["fail_list"] == ["wrB"]
    task = {"msgid": made["msgid"]}
    assert (await app.ask("externalcontact/get_groupmsg_task", task))["task_list"][0]["status"] == 0
    assert sim.group("wrA").shown == []
    sim.member("zhangsan").confirm(made["msgid"])
    assert (await app.ask("externalcontact/get_groupmsg_task", task))["task_list"][0]["status"] == 2
    result = await app.ask("externalcontact/get_groupmsg_send_result", {**task, "userid": "zhangsan"})
    assert [(one["chat_id"], one["status"]) for one in result["send_list"]] == [("wrA", 1)]
    assert len(sim.group("wrA").shown) == 1
    listed = await app.ask("externalcontact/groupchat/list", {"limit": 1})
    assert ([one["chat_id"] for one in listed["group_chat_list"]], listed["next_cursor"]) == (["wrA"], "1")


async def test_the_directory_is_read_with_the_right_secret(sim: WecomSim, app: Caller, contacts: Caller) -> None:
    await sim.personnel.found(2, "住建局", tell=False)
    await sim.personnel.tag(7, "办事员", "lisi", tell=False)
    page = await contacts.ask("user/list_id", {"limit": 1})
    assert page["dept_user"] == [{"userid": "zhangsan", "department": 1}]
    rest = await contacts.ask("user/list_id", {"cursor": page["next_cursor"], "limit": 10})
    assert (rest["dept_user"], "next_cursor" in rest) == ([{"userid": "lisi", "department": 2}], False)
    assert (await app.ask("user/list_id", {"limit": 1}))["errcode"] == 48002
    assert (await contacts.ask("user/get", query={"userid": "lisi"}))["errcode"] == 48009
    assert (await app.ask("user/get", query={"userid": "lisi"}))["name"] == "李四"
    assert [one["id"] for one in (await app.ask("department/simplelist"))["department_id"]] == [1, 2]
    assert (await app.ask("department/get", query={"id": "2"}))["department"]["name"] == "住建局"
    assert (await app.ask("tag/get", query={"tagid": "7"}))["userlist"] == [{"userid": "lisi", "name": "李四"}]
    await sim.personnel.leave("lisi", tell=False)
    assert len((await contacts.ask("user/list_id", {}))["dept_user"]) == 1


async def test_a_page_learns_who_opens_it_once(sim: WecomSim, app: Caller, clock: Clock) -> None:
    sim.trusted_hosts = {"gov.invalid"}
    asked = {"appid": app.app.corp_id, "redirect_uri": "https://gov.invalid/t?case=1", "response_type": "code"}
    asked |= {"scope": "snsapi_base", "state": "abc123", "agentid": "1000002", "__as": "zhangsan"}
    async with ClientSession() as http:
        url = f"{sim.url}/connect/oauth2/authorize?{urlencode(asked)}"
        async with http.get(url, allow_redirects=False) as answer:
            back = answer.headers["Location"]
        other = url.replace("gov.invalid", "elsewhere.invalid")
        async with http.get(other, allow_redirects=False) as refused:
            assert "50001" in await refused.text()
    query = parse_qs(urlsplit(back).query)
    assert (back.partition("?")[0], query["case"], query["state"]) == ("https://gov.invalid/t", ["1"], ["abc123"])
    code = {"code": query["code"][0]}
    assert (await app.ask("auth/getuserinfo", query=code))["userid"] == "zhangsan"
    assert (await app.ask("auth/getuserinfo", query=code))["errcode"] == 40029
    late = {"code": sim.member("lisi").code()}
    clock.at += 301
    assert (await app.ask("auth/getuserinfo", query=late))["errcode"] == 40029


async def test_a_subscription_opens_the_mini_program_and_following_the_account(sim: WecomSim) -> None:
    wang = sim.on_wechat("o-wang", "union-1")
    async with calling(sim, "mini") as mini, calling(sim, "service") as service:
        account = {"grant_type": "client_credential", "appid": mini.app.corp_id, "secret": mini.app.secret}
        mini.value = (await mini.ask("stable_token", account))["access_token"]
        assert (await mini.ask("stable_token", account))["access_token"] == mini.value
        data = {"thing1": {"value": "已受理"}}
        said = {"touser": "o-wang", "template_id": MINI_TEMPLATE, "page": "pages/index", "data": data}
        assert (await mini.ask("message/subscribe/send", said))["errcode"] == 43101
        wang.subscribe(MINI_TEMPLATE, 1)
        codes = [(await mini.ask("message/subscribe/send", said))["errcode"] for _ in range(2)]
        assert codes == [0, 43101]
        query = {"grant_type": "client_credential", "appid": service.app.corp_id, "secret": service.app.secret}
        service.value = old = (await service.ask("token", query=query))["access_token"]
        told = {"touser": "o-wang", "template_id": SERVICE_TEMPLATE, "data": {"first": {"value": "请评价"}}}
        assert (await service.ask("message/template/send", told))["errcode"] == 43004
        wang.follows = True
        assert (await service.ask("user/info", query={"openid": "o-wang"}))["unionid"] == "union-1"
        assert (await service.ask("message/template/send", told))["errcode"] == 0
        await service.ask("token", query=query)
        service.value = old
        assert (await service.ask("message/template/send", told))["errcode"] == 40001
    assert [one.api for one in sim.delivered_to("o-wang")] == ["message/subscribe/send", "message/template/send"]


async def test_a_short_message_is_sent_once_by_its_id_and_only_signed(sim: WecomSim) -> None:
    raw = json.dumps({"id": "7", "to": "+8613800000000", "text": "您的诉求已办结"}).encode()
    signed = {"X-Qinqing-Signature": hmac.new(sim.sms_secret.encode(), raw, hashlib.sha256).hexdigest()}
    async with ClientSession() as http:

        async def status(headers: dict[str, str]) -> int:
            async with http.post(f"{sim.url}/sms", data=raw, headers=headers) as answer:
                return answer.status

        sim.faults.http("sms", 429)
        assert [await status(signed) for _ in range(3)] == [429, 200, 200]
        assert await status({}) == 401
    assert [one.words for one in sim.delivered_to("+8613800000000")] == ["您的诉求已办结"]


async def test_calls_go_wrong_as_planned(sim: WecomSim, app: Caller) -> None:
    said = {"touser": "zhangsan", "msgtype": "text", "agentid": 1000002, "text": {"content": "x"}}
    sim.faults.once("message/send", 42001)
    sim.faults.times("message/send", 2, 45009)
    assert [(await app.ask("message/send", said))["errcode"] for _ in range(4)] == [42001, 45009, 45009, 0]
    sim.faults.closed_before("message/send")
    with pytest.raises(ClientConnectionError):
        await app.ask("message/send", said)
    assert len(sim.delivered) == 1
    sim.faults.closed_after("message/send")
    with pytest.raises(ClientConnectionError):
        await app.ask("message/send", said)
    assert len(sim.delivered) == 2
    sim.faults.once("message/send", more={"invaliduser": "zhangsan"})
    assert (await app.ask("message/send", said))["invaliduser"] == "zhangsan"
    assert sim.complaints == []


async def test_it_is_used_over_http_where_it_is_a_process(sim: WecomSim, app: Caller) -> None:
    await app.ask(
        "message/send", {"touser": "lisi", "msgtype": "text", "agentid": 1000002, "text": {"content": "您好"}}
    )
    async with ClientSession() as http:
        async with http.get(f"{sim.url}/__sim/shown", params={"who": "member:lisi"}) as answer:
            assert [one["words"] for one in await answer.json()] == ["您好"]
        asked = {"who": "faults:", "act": "once", "args": ["message/send", 45009]}
        async with http.post(f"{sim.url}/__sim/do", json=asked) as answer:
            assert answer.status == 200
        said = {"who": "owner:wm1", "act": "send_image", "args": [{"base64": "/9j/2Q=="}]}
        async with http.post(f"{sim.url}/__sim/do", json=said) as answer:
            assert (await answer.json())["event"] == "kf_msg_or_event"
        async with http.get(f"{sim.url}/__sim/state") as answer:
            assert [one["to"] for one in (await answer.json())["delivered"]] == ["lisi"]
    assert (await app.ask("message/send", {}))["errcode"] == 45009
