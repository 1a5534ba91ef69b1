"""What the doctor says of an office on WeCom: what is missing, which secret is refused, what the console wants."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.bot.terminal import SHOWN, Answer, Terminal

CORP = "ww0123456789abcdef"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
SECRETS = {"app": "the-secret-of-the-app", "kefu": "the-secret-of-the-desk", "contacts": "the-secret-of-contacts"}
URL = "https://office.example"


class Platform:
    """WeCom as far as the doctor asks it. errcode: what the first question with a token is answered."""

    def __init__(self) -> None:
        self.errcode = 0
        self.asked: list[str] = []

    def answer(self, path: str) -> dict[str, Any]:
        """The body for a path."""
        parts = urlsplit(path)
        self.asked.append(parts.path)
        if parts.path == "/cgi-bin/gettoken":
            secret = parse_qs(parts.query)["corpsecret"][0]
            if secret not in SECRETS.values():
                return {"errcode": 40001, "errmsg": f"invalid credential {secret}"}
            return {"errcode": 0, "access_token": f"token-of-{secret}"}
        return {"errcode": self.errcode, "ip_list": []}


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def api(platform: Platform) -> Iterator[str]:
    """The platform's address; it answers from a thread, for the doctor waits for it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(platform.answer(self.path)).encode()
            self.send_response_only(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is told of what was asked: a secret stands in it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answering = threading.Thread(target=server.serve_forever, daemon=True)
    answering.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    answering.join()


@pytest.fixture
def office(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: SHOWN, api: str) -> Terminal:
    """An office with every setting of WeCom, its terminal in English."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    terminal.set("QINQING_HTTP_PORT", "0")
    terminal.office()
    terminal.set("LC_ALL", "en_US.UTF-8")
    terminal.set("QINQING_PUBLIC_URL", URL)
    terminal.set("QINQING_WECOM_API", api)
    terminal.set("QINQING_WECOM_CORP_ID", CORP)
    for part, secret in SECRETS.items():
        terminal.set(f"QINQING_WECOM_{part.upper()}_SECRET", secret)
        terminal.set(f"QINQING_WECOM_{part.upper()}_TOKEN", "QDG6eK")
        terminal.set(f"QINQING_WECOM_{part.upper()}_AES_KEY", AES_KEY)
    terminal.set("QINQING_WECOM_APP_AGENT_ID", "1000002")
    terminal.set("QINQING_WECOM_KEFU_AGENT_ID", "1000003")
    terminal.set("QINQING_WECOM_KEFU_OPEN_KFID", "wkAJ2GCAAAZSfhHCt7IFSvLKtMPxyJTw")
    return terminal


def looked(office: Terminal) -> tuple[Answer, dict[str, dict[str, str]]]:
    """What the doctor says of WeCom; never a secret."""
    answer = office.run("doctor", "--json")
    assert not [one for one in (*SECRETS.values(), AES_KEY) if one in answer.said + answer.complained]
    rows = {row["check"]: row for row in json.loads(answer.said)}
    return answer, {name: row for name, row in rows.items() if name.startswith("wecom")}


def test_with_everything_set_all_is_in_order(office: Terminal) -> None:
    answer, found = looked(office)
    assert answer.code == 0
    assert {row["state"] for row in found.values()} == {"ok"}


def test_what_to_enter_stands_in_the_order_of_the_console(office: Terminal) -> None:
    _answer, found = looked(office)
    steps = [row["found"] for name, row in found.items() if name.startswith("wecom_step_")]
    wanted = ["/wecom/app", "office.example", "calls from", "Visible range", "/wecom/kefu", "wkAJ2G", "/wecom/contacts"]
    assert len(steps) == len(wanted)
    for number, (step, part) in enumerate(zip(steps, wanted, strict=True), 1):
        assert step.startswith(f"{number}. ")
        assert part in step


def test_without_any_setting_one_line_says_so_and_nobody_is_asked(office: Terminal, platform: Platform) -> None:
    for name in ("CORP_ID", "APP_AGENT_ID", "KEFU_AGENT_ID", "KEFU_OPEN_KFID"):
        office.set(f"QINQING_WECOM_{name}", "")
    for part in SECRETS:
        for end in ("SECRET", "TOKEN", "AES_KEY"):
            office.set(f"QINQING_WECOM_{part.upper()}_{end}", "")
    answer, found = looked(office)
    assert answer.code == 0
    assert list(found) == ["wecom"]
    assert "QINQING_WECOM_CORP_ID" in found["wecom"]["found"]
    assert platform.asked == []


@pytest.mark.parametrize(
    ("part", "missing"),
    [
        ("wecom_app", ["QINQING_WECOM_APP_AGENT_ID"]),
        ("wecom_kefu", ["QINQING_WECOM_KEFU_TOKEN", "QINQING_WECOM_KEFU_OPEN_KFID"]),
        ("wecom_contacts", ["QINQING_WECOM_CONTACTS_AES_KEY"]),
    ],
)
def test_each_missing_setting_is_named(office: Terminal, part: str, missing: list[str]) -> None:
    for name in missing:
        office.set(name, "")
    answer, found = looked(office)
    assert answer.code == 1
    assert found[part]["state"] == "wrong"
    for name in missing:
        assert name in found[part]["found"]


@pytest.mark.parametrize(
    ("name", "value", "part", "form"),
    [
        ("QINQING_WECOM_APP_AES_KEY", "short", "wecom_app", "43"),
        ("QINQING_WECOM_APP_AGENT_ID", "one", "wecom_app", "number"),
        ("QINQING_WECOM_KEFU_TOKEN", "no blanks here", "wecom_kefu", "32"),
    ],
)
def test_what_cannot_be_right_is_said_with_its_form(
    office: Terminal, name: str, value: str, part: str, form: str
) -> None:
    office.set(name, value)
    _answer, found = looked(office)
    assert found[part]["state"] == "wrong"
    assert name in found[part]["found"]
    assert form in found[part]["remedy"]


def test_a_secret_that_is_refused_is_told_apart_by_part(office: Terminal) -> None:
    office.set("QINQING_WECOM_KEFU_SECRET", "another-secret-altogether")
    answer, found = looked(office)
    assert answer.code == 1
    assert (found["wecom_app"]["state"], found["wecom_kefu"]["state"]) == ("ok", "wrong")
    assert "refuses the secret" in found["wecom_kefu"]["found"]
    assert "another-secret" not in answer.said


def test_an_address_that_is_not_trusted_is_said_with_where_to_enter_it(office: Terminal, platform: Platform) -> None:
    platform.errcode = 60020
    _answer, found = looked(office)
    assert found["wecom_app"]["state"] == "wrong"
    assert "trusted IP" in found["wecom_app"]["remedy"]


def test_where_nobody_answers_the_doctor_says_so(office: Terminal) -> None:
    office.set("QINQING_WECOM_API", "http://127.0.0.1:1")
    _answer, found = looked(office)
    assert "does not answer" in found["wecom_app"]["found"]


def test_wecoms_own_server_wants_https(office: Terminal) -> None:
    office.set("QINQING_WECOM_API", "")
    office.set("QINQING_WECOM_PROXY", "http://127.0.0.1:1")  # so that nobody is asked
    office.set("QINQING_PUBLIC_URL", "http://office.example")
    _answer, found = looked(office)
    assert found["wecom_address"]["state"] == "wrong"
    assert "QINQING_PUBLIC_URL" in found["wecom_address"]["remedy"]
