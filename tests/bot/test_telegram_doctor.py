"""What the doctor says of an office on Telegram: asked over HTTP, each trouble with its remedy, and never the token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.telegram import webhook
from bot.commands import asking_telegram, checks_telegram
from bot.commands.asking_telegram import Answer, link
from bot.commands.checks_telegram import Told
from bot.commands.findings import State
from bot.settings import Settings
from tests.bot.bot_api import answering
from tests.bot.terminal import SHOWN, Terminal
from tests.bot.terminal import Answer as Said

TOKEN = "7:a-token-of-the-tests"
NAMES = {
    "token": "QINQING_TELEGRAM_TOKEN",
    "api": "QINQING_TELEGRAM_API",
    "secret": "QINQING_TELEGRAM_WEBHOOK_SECRET",
    "url": "QINQING_PUBLIC_URL",
}
ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]


class Platform:
    """A Bot API server that answers what it is told to. ahead_seconds: of its clock before this machine's."""

    def __init__(self) -> None:
        self.me: dict[str, Any] = {
            "id": 7,
            "is_bot": True,
            "username": "desk_bot",
            "can_read_all_group_messages": False,
        }
        self.webhook: dict[str, Any] = {"url": "", "pending_update_count": 0}
        self.status = 200
        self.body = b""
        self.ahead_seconds = 0.0
        self.asked: list[str] = []

    def answer(self, path: str) -> tuple[int, bytes]:
        """Status and body; a wrong token is refused."""
        self.asked.append(path)
        if self.body:
            return self.status, self.body
        if f"/bot{TOKEN}/" not in path:
            return 401, json.dumps({"ok": False, "error_code": 401, "description": "Unauthorized"}).encode()
        found = {"getMe": self.me, "getWebhookInfo": self.webhook}[path.rsplit("/", 1)[-1]]
        return self.status, json.dumps({"ok": self.status == 200, "result": found}).encode()


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def api(platform: Platform) -> Iterator[str]:
    with answering(platform.answer, lambda: platform.ahead_seconds) as address:
        yield address


@pytest.fixture
def office(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: SHOWN, api: str) -> Terminal:
    """An office with a token, its terminal in English."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    terminal.set("QINQING_HTTP_PORT", "0")
    terminal.office()
    terminal.set("LC_ALL", "en_US.UTF-8")
    terminal.set(NAMES["token"], TOKEN)
    terminal.set(NAMES["api"], api)
    return terminal


def looked(office: Terminal) -> tuple[Said, dict[str, dict[str, str]]]:
    """What the doctor says of Telegram."""
    answer = office.run("doctor", "--json")
    assert TOKEN not in answer.said + answer.complained
    rows = {row["check"]: row for row in json.loads(answer.said)}
    return answer, {name: row for name, row in rows.items() if name.startswith("telegram")}


def by_webhook(office: Terminal, platform: Platform, url: str = "https://office.example") -> None:
    """The office wants its updates brought, and the platform brings them."""
    office.set(NAMES["secret"], "a-secret_of-the-tests")
    office.set(NAMES["url"], url)
    platform.webhook |= {"url": f"{url}/telegram/webhook", "allowed_updates": ALLOWED}


def test_without_a_token_one_line_says_so(office: Terminal, platform: Platform) -> None:
    office.set(NAMES["token"], "")
    answer, found = looked(office)
    assert answer.code == 0
    assert list(found) == ["telegram"]
    assert found["telegram"]["state"] == "ok"
    assert NAMES["token"] in found["telegram"]["found"]
    assert platform.asked == []


def test_a_bot_that_asks_for_its_updates_is_in_order_but_for_the_law(office: Terminal) -> None:
    answer, found = looked(office)
    assert answer.code == 0
    assert {name: row["state"] for name, row in found.items() if row["state"] != "ok"} == {"telegram_abroad": "warning"}
    assert found["telegram"]["found"] == "@desk_bot"


def test_what_it_means_for_personal_data_is_said_once(office: Terminal) -> None:
    _answer, found = looked(office)
    words = found["telegram_abroad"]["found"] + found["telegram_abroad"]["remedy"]
    assert "leaves the country" in words
    assert "Personal Information Protection Law" in words
    office.set("LC_ALL", "zh_CN.UTF-8")
    assert "个人信息保护法" in office.run("doctor").said


def test_a_bot_whose_updates_are_brought_is_in_order(office: Terminal, platform: Platform) -> None:
    by_webhook(office, platform)
    _answer, found = looked(office)
    assert {name for name, row in found.items() if row["state"] != "ok"} == {"telegram_abroad"}


def test_a_token_that_is_refused_is_wrong_and_nothing_else_is_asked(office: Terminal, platform: Platform) -> None:
    office.set(NAMES["token"], "8:another")
    answer = office.run("doctor", "--json")
    found = {row["check"]: row for row in json.loads(answer.said)}
    assert answer.code == 1
    assert "8:another" not in answer.said + answer.complained
    assert found["telegram"]["state"] == "wrong"
    assert "@BotFather" in found["telegram"]["remedy"]
    assert len(platform.asked) == 1


def test_a_server_that_does_not_answer_is_wrong(office: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    office.set(NAMES["api"], "http://127.0.0.1:9")
    answer, found = looked(office)
    assert answer.code == 1
    assert found["telegram"]["state"] == "wrong"
    assert NAMES["api"] in found["telegram"]["remedy"]
    assert found["telegram_updates"]["state"] == "warning"


@pytest.mark.parametrize(
    "api", ["file:///etc/hostname", "nowhere", "ftp://127.0.0.1", "http://[", "http://127.0.0.1:x"]
)
def test_an_address_that_is_none_is_wrong(office: Terminal, api: str) -> None:
    office.set(NAMES["api"], api)
    _answer, found = looked(office)
    assert found["telegram"]["state"] == "wrong"


@pytest.mark.parametrize("body", [b"no json", b"[]", b"null", b'{"result": 7}', b'{"result": {}}', b"\xff\xfe", b"["])
def test_an_answer_that_is_none_is_wrong(office: Terminal, platform: Platform, body: bytes) -> None:
    platform.body = body
    answer, found = looked(office)
    assert answer.code == 1
    assert found["telegram"]["state"] == "wrong"


@pytest.mark.parametrize("status", [429, 500, 502])
def test_a_server_in_trouble_is_no_wrong_token(office: Terminal, platform: Platform, status: int) -> None:
    platform.status, platform.body = status, b"{}"
    _answer, found = looked(office)
    assert found["telegram"]["state"] == "wrong"
    assert "token" not in found["telegram"]["found"]


def test_a_bot_that_reads_everything_in_groups_is_warned_about(office: Terminal, platform: Platform) -> None:
    platform.me["can_read_all_group_messages"] = True
    _answer, found = looked(office)
    assert found["telegram_privacy"]["state"] == "warning"
    assert "/setprivacy" in found["telegram_privacy"]["remedy"]


def test_an_address_left_from_before_is_said_to_go(office: Terminal, platform: Platform) -> None:
    platform.webhook["url"] = "https://elsewhere.example/hook"
    _answer, found = looked(office)
    assert found["telegram_updates"]["state"] == "warning"
    assert "elsewhere" not in json.dumps(found)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"url": "https://elsewhere.example/hook"}, "another address"),
        ({"url": ""}, "nowhere"),
        ({"allowed_updates": ["message"]}, "callback_query, edited_message, my_chat_member"),
        ({"last_error_message": "Connection refused", "pending_update_count": 4}, "Connection refused"),
        ({"pending_update_count": 5000}, "5000"),
    ],
)
def test_updates_that_do_not_come_in_are_noticed(
    office: Terminal, platform: Platform, more: dict[str, Any], words: str
) -> None:
    by_webhook(office, platform)
    platform.webhook |= more
    answer, found = looked(office)
    assert answer.code == 0
    assert found["telegram_updates"]["state"] == "warning"
    assert words in found["telegram_updates"]["found"]


def test_a_trouble_that_is_over_is_none(office: Terminal, platform: Platform) -> None:
    by_webhook(office, platform)
    platform.webhook |= {"last_error_message": "Connection refused", "pending_update_count": 0}
    assert looked(office)[1]["telegram_updates"]["state"] == "ok"


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("https://office.example", "ok"),
        ("https://office.example:8443", "ok"),
        ("https://office.example:88", "ok"),
        ("https://office.example:8080", "wrong"),
        ("https://office.example:99999", "wrong"),
        ("http://office.example", "wrong"),
        ("", "wrong"),
    ],
)
def test_telegram_calls_some_addresses_only(url: str, state: str) -> None:
    known = Settings(telegram_token=TOKEN, telegram_webhook_secret="secret", public_url=url)  # type: ignore[arg-type]
    assert checks_telegram.address(Told(known, Answer(0), Answer(0))).state == state


def test_a_bot_api_server_of_ones_own_calls_any_address(office: Terminal, platform: Platform) -> None:
    by_webhook(office, platform, "http://127.0.0.1:8080")
    assert looked(office)[1]["telegram_address"]["state"] == "ok"


def test_what_the_doctor_expects_is_what_the_office_does() -> None:
    assert checks_telegram.WEBHOOK_PATH == webhook.PATH
    assert checks_telegram.A_SECRET == webhook.SECRET


@pytest.mark.parametrize("secret", ["with space", "密钥", "a" * 257, "semi;colon"])
def test_a_secret_telegram_does_not_take_is_wrong(office: Terminal, platform: Platform, secret: str) -> None:
    by_webhook(office, platform)
    office.set(NAMES["secret"], secret)
    answer, found = looked(office)
    assert answer.code == 1
    assert found["telegram_address"]["state"] == "wrong"
    assert secret not in answer.said


@pytest.mark.parametrize(("ahead", "state"), [(0.0, "ok"), (20.0, "warning"), (-20.0, "warning"), (-300.0, "wrong")])
def test_a_clock_that_goes_otherwise_is_noticed(office: Terminal, platform: Platform, ahead: float, state: str) -> None:
    platform.ahead_seconds = ahead
    assert looked(office)[1]["telegram_clock"]["state"] == state


def test_a_server_that_names_no_time_says_nothing_of_the_clock() -> None:
    told = Told(Settings(), Answer(200, {"username": "desk_bot"}), Answer(200, {"url": ""}))
    assert checks_telegram.clock(told).state is State.WARNING
    assert checks_telegram.clock(replace(told, me=Answer(200, {}, 1.0))).state is State.OK


def test_where_the_chat_opens_is_known_from_the_bot_alone(
    platform: Platform, api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking_telegram, "ANSWER_SECONDS", 1)
    known = Settings(telegram_token=TOKEN, telegram_api=api)  # type: ignore[arg-type]
    assert link(known) == "https://t.me/desk_bot"
    assert link(known.model_copy(update={"telegram_api": "http://127.0.0.1:9"})) == ""
    platform.me["username"] = None
    assert link(known) == ""
    asked = len(platform.asked)
    assert link(Settings(telegram_api=api)) == ""
    assert len(platform.asked) == asked
