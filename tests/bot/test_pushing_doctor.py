"""What the doctor says of the doors that only push: mini program, service account, SMS gateway. Nothing is sent."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import time
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.bot.terminal import SHOWN, Answer, Terminal
from tests.wecom_sim import WecomSim
from tests.wecom_sim.server import running

Found = dict[str, dict[str, str]]
PUSHING = ("WECHAT_", "SMS_")


@pytest.fixture
def sim() -> Iterator[WecomSim]:
    with running(WecomSim()) as one:
        yield one


@pytest.fixture
def office(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: SHOWN, sim: WecomSim) -> Terminal:
    """An office with every door that pushes, its terminal in English."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    terminal.set("QINQING_HTTP_PORT", "0")
    terminal.office()
    terminal.set("LC_ALL", "en_US.UTF-8")
    terminal.set("QINQING_PUBLIC_URL", "https://office.example")
    for name, value in sim.settings().items():
        if name.removeprefix("QINQING_").startswith(PUSHING):
            terminal.set(f"QINQING_{name.removeprefix('QINQING_')}", value)
    return terminal


def looked(office: Terminal, *hidden: str) -> tuple[Answer, Found]:
    """What the doctor says of these doors; never a secret."""
    answer = office.run("doctor", "--json")
    assert not [one for one in hidden if one in answer.said + answer.complained]
    rows = {row["check"]: row for row in json.loads(answer.said)}
    return answer, {name: row for name, row in rows.items() if name.startswith(("wechat", "sms"))}


def states(found: Found) -> dict[str, str]:
    return {name: row["state"] for name, row in found.items()}


@contextmanager
def gateway(status: int, date: str = "", certificate: Path | None = None) -> Iterator[tuple[str, list[str]]]:
    """A gateway that answers so, with the methods it was called with."""
    called: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            called.append(self.command)
            self.send_response_only(status)
            if date:
                self.send_header("Date", date)
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def do_GET(self) -> None:
            self.do_HEAD()

        def do_POST(self) -> None:
            self.do_HEAD()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is told of what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    answering = threading.Thread(target=server.serve_forever, daemon=True)
    answering.start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}/a-secret-path", called
    finally:
        server.shutdown()
        server.server_close()
        answering.join()


def signed_by_itself(path: Path) -> Path:
    """A key with a certificate that no authority has signed."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(written + made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return path


def test_with_everything_set_all_is_in_order_and_nobody_was_sent_anything(office: Terminal, sim: WecomSim) -> None:
    secrets = [sim.apps["mini"].secret, sim.apps["service"].secret, sim.sms_secret, sim.apps["service"].aes_key]
    answer, found = looked(office, *secrets)
    assert answer.code == 0
    assert set(states(found).values()) == {"ok"}
    assert list(found) == [
        *("wechat_mini", "wechat_mini_address", "wechat_service", "wechat_service_address"),
        *("sms", "sms_tls", "sms_clock"),
    ]
    assert found["wechat_service_address"]["found"] == "https://office.example/wechat/service"
    assert sim.phones == {}
    assert "sms" not in sim.calls
    assert sim.complaints == []


def test_asking_leaves_the_running_offices_token_good(office: Terminal, sim: WecomSim) -> None:
    looked(office)
    before = dict(sim.tokens)
    looked(office)
    assert dict(sim.tokens) == before


def test_without_any_setting_each_door_is_named_and_nobody_is_asked(office: Terminal, sim: WecomSim) -> None:
    for name in sim.settings():
        if name.removeprefix("QINQING_").startswith(PUSHING):
            office.set(f"QINQING_{name.removeprefix('QINQING_')}", "")
    _answer, found = looked(office)
    assert states(found) == {"wechat_mini": "ok", "wechat_service": "ok", "sms": "ok"}
    assert "QINQING_SMS_URL" in found["sms"]["found"]
    assert not sim.calls


@pytest.mark.parametrize(
    ("name", "value", "check", "words"),
    [
        ("WECHAT_MINI_PAGE", "", "wechat_mini", "QINQING_WECHAT_MINI_PAGE"),
        ("WECHAT_MINI_TEMPLATE", "t:thing1=who", "wechat_mini", "QINQING_WECHAT_MINI_TEMPLATE"),
        ("WECHAT_SERVICE_TOKEN", "", "wechat_service", "QINQING_WECHAT_SERVICE_TOKEN"),
        ("WECHAT_SERVICE_AES_KEY", "short", "wechat_service", "43"),
        ("SMS_SECRET", "short", "sms", "16"),
        ("SMS_URL", "sms.example/send", "sms", "QINQING_SMS_URL"),
    ],
)
def test_what_the_office_would_not_start_with_is_said(
    office: Terminal, name: str, value: str, check: str, words: str
) -> None:
    office.set(f"QINQING_{name}", value)
    answer, found = looked(office)
    assert answer.code == 1
    assert found[check]["state"] == "wrong"
    assert words in found[check]["found"]
    assert found[check]["remedy"]


def test_a_secret_that_is_refused_is_told_apart_by_account(office: Terminal) -> None:
    office.set("QINQING_WECHAT_MINI_SECRET", "another-secret-altogether")
    answer, found = looked(office, "another-secret")
    assert answer.code == 1
    assert (found["wechat_mini"]["state"], found["wechat_service"]["state"]) == ("wrong", "ok")
    assert "refuses the secret" in found["wechat_mini"]["found"]


@pytest.mark.parametrize(("code", "words"), [(40164, "account's list"), (40013, "app id"), (61024, "61024")])
def test_what_wechat_answers_is_said_with_its_remedy(office: Terminal, sim: WecomSim, code: int, words: str) -> None:
    sim.faults.always("stable_token", errcode=code)
    _answer, found = looked(office)
    assert found["wechat_service"]["state"] == "wrong"
    assert words in found["wechat_service"]["found"]
    assert found["wechat_service"]["remedy"]


def test_wechats_own_servers_call_by_https_alone(office: Terminal) -> None:
    office.set("QINQING_PUBLIC_URL", "http://office.example")
    office.set("QINQING_WECHAT_API", "http://127.0.0.1:1")
    _answer, found = looked(office)
    assert "does not answer" in found["wechat_mini"]["found"]
    assert found["wechat_mini_address"]["state"] == "ok", "a server of one's own can call it"


@pytest.mark.parametrize(
    ("status", "state"), [(200, "ok"), (401, "ok"), (405, "ok"), (501, "ok"), (307, "wrong"), (503, "warning")]
)
def test_a_gateway_is_knocked_at_once_and_nothing_is_sent(office: Terminal, status: int, state: str) -> None:
    with gateway(status) as (url, called):
        office.set("QINQING_SMS_URL", url)
        _answer, found = looked(office, "a-secret-path")
    assert found["sms"]["state"] == state
    assert called == ["HEAD"]


def test_a_gateway_that_is_not_there(office: Terminal) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        office.set("QINQING_SMS_URL", f"https://127.0.0.1:{taken.getsockname()[1]}/sms")
        _answer, found = looked(office)
    assert states(found)["sms"] == "wrong"
    assert (states(found)["sms_tls"], states(found)["sms_clock"]) == ("warning", "warning")


@pytest.mark.parametrize(("apart", "state"), [(0, "ok"), (20, "warning"), (-3600, "wrong")])
def test_a_gateway_whose_clock_goes_otherwise(office: Terminal, apart: int, state: str) -> None:
    with gateway(200, date=formatdate(time() + apart, usegmt=True)) as (url, _called):
        office.set("QINQING_SMS_URL", url)
        _answer, found = looked(office)
    assert found["sms_clock"]["state"] == state


def test_a_certificate_nobody_vouches_for_is_refused(office: Terminal, tmp_path: Path) -> None:
    with gateway(200, certificate=signed_by_itself(tmp_path / "gateway.pem")) as (url, called):
        office.set("QINQING_SMS_URL", url)
        _answer, found = looked(office)
    assert found["sms_tls"]["state"] == "wrong"
    assert "certificate" in found["sms_tls"]["found"]
    assert called == []


def test_a_way_that_is_not_encrypted_is_said(office: Terminal) -> None:
    office.set("QINQING_SMS_URL", "http://127.0.0.2:1/send")
    _answer, found = looked(office)
    assert found["sms_tls"]["state"] == "warning"
    assert "not encrypted" in found["sms_tls"]["found"]
