"""WeCom's crypto: what WeCom sealed is opened, what anybody else made is refused, and nothing tells them why."""

from __future__ import annotations

import hmac
import random
from base64 import b64decode, b64encode
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.wecom import crypto
from bot.channels.wecom.crypto import Crypt, Forged
from domain.errors import BadDeclaration
from tests.bot.wecom.vectors import CORP, ECHO, ECHOED, HELLO, KEY, SPOILED, TOKEN, call, crypt, signed
from tests.wecom_oracle import oracle

MESSAGES = 1000
LONGEST_BYTES = 100_000


def test_what_wecom_published_is_opened() -> None:
    assert crypt().opened(*ECHO) == ECHOED
    hello = crypt().opened(*HELLO)
    assert b"<FromUserName><![CDATA[mycreate]]></FromUserName>" in hello
    assert b"<Content><![CDATA[hello]]></Content>" in hello


def _messages() -> list[str]:
    """Chinese, emoji of one and of several code points, markup, and plain letters, from nothing to 100,000 bytes."""
    luck = random.Random(5)
    parts = ["变压器漏油", "👩‍👩‍👧", "🇨🇳", "😀", "<a&b>", "]]>", "\n", "\x00", "plain ", "é"]
    pool = "".join(luck.choices(parts, k=20_000)).encode()
    sizes = [0, 1, 2, 31, 32, 33, LONGEST_BYTES, *(luck.randrange(LONGEST_BYTES + 1) for _ in range(MESSAGES - 7))]
    starts = [luck.randrange(len(pool) - LONGEST_BYTES) for _ in sizes]
    return [pool[at : at + size].decode(errors="ignore") for at, size in zip(starts, sizes, strict=True)]


def test_a_thousand_messages_go_both_ways_between_wecoms_own_crypto_and_ours() -> None:
    ours, opened = crypt(), 0
    with oracle() as theirs:
        for message in _messages():
            sealed = theirs("seal", key=KEY, message=message, id=CORP)
            signature = theirs("sign", token=TOKEN, timestamp="1790000000", nonce="n", sealed=sealed)
            assert ours.opened(signature, "1790000000", "n", sealed) == message.encode()
            assert theirs("open", key=KEY, sealed=ours.encrypt(message.encode())) == {"message": message, "id": CORP}
            opened += 1
    assert opened == MESSAGES


@given(st.binary(max_size=300), st.text(max_size=20))
def test_what_is_sealed_is_opened_as_it_was(message: bytes, receiveid: str) -> None:
    mine = Crypt(TOKEN, KEY, receiveid.encode(errors="replace").decode())
    assert mine.decrypt(mine.encrypt(message)) == message


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.hex()))
def test_whatever_is_said_to_be_sealed_is_refused_even_when_it_is_signed(sealed: str) -> None:
    with pytest.raises(Forged):
        crypt().opened(*signed(sealed))


@settings(max_examples=300)
@given(st.integers(min_value=0), st.integers(1, 255), st.binary(max_size=120))
def test_a_sealed_message_with_one_byte_changed_is_refused_or_no_longer_says_what_it_said(
    at: int, change: int, message: bytes
) -> None:
    data = bytearray(b64decode(crypt().encrypt(message)))
    data[at % len(data)] ^= change
    sealed = b64encode(bytes(data)).decode()
    with pytest.raises(Forged):
        crypt().opened(ECHO.signature, ECHO.timestamp, ECHO.nonce, sealed)
    try:
        opened = crypt().decrypt(sealed)
    except Forged:
        return
    assert len(opened) == len(message)


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=150))
def test_a_signature_that_is_not_ours_is_refused_whatever_it_is(signature: str, timestamp: str, nonce: str) -> None:
    with pytest.raises(Forged):
        crypt().opened(signature, timestamp, nonce, ECHO.sealed)


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_spoiled_behind_a_good_signature_is_refused_in_the_same_words(name: str) -> None:
    with pytest.raises(Forged) as refused:
        crypt().opened(*signed(SPOILED[name]))
    assert refused.value.args == ()
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("cut", range(0, 128, 7))
def test_a_message_cut_anywhere_is_refused(cut: int) -> None:
    sealed = crypt().encrypt(b"hello" * 8)
    with pytest.raises(Forged):
        crypt().opened(*signed(sealed[:cut]))


def test_a_signature_over_other_parts_is_refused() -> None:
    good = call(b"hello")
    crypt().opened(*good)
    others = [
        good._replace(timestamp="1790000001"),
        good._replace(nonce="n0ncf"),
        good._replace(nonce="n0nce ", timestamp=good.timestamp),
        good._replace(signature=good.signature.upper()),
        good._replace(signature=good.signature + "0"),
        good._replace(signature=good.signature[:-1]),
        good._replace(signature=""),
        good._replace(sealed=call(b"hello").sealed),
    ]
    for other in others:
        with pytest.raises(Forged):
            crypt().opened(*other)


def test_a_time_and_a_word_with_spaces_or_of_endless_length_are_refused_though_they_are_signed() -> None:
    for timestamp, nonce in [("17 90", "n"), ("", "n"), ("1790000000", ""), ("1790000000", "n" * 129), ("1", "密")]:
        sealed = crypt().encrypt(b"hello")
        with pytest.raises(Forged):
            crypt().opened(*signed(sealed, timestamp, nonce))


# --- nothing tells where it differs -------------------------------------------------------------------------------


class Watched:
    """compare_digest, watched."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.compared: list[tuple[bytes, bytes]] = []
        monkeypatch.setattr(crypto, "hmac", SimpleNamespace(compare_digest=self._compare))

    def _compare(self, one: bytes, other: bytes) -> bool:
        self.compared.append((one, other))
        return hmac.compare_digest(one, other)


def test_signatures_are_compared_whole_in_constant_time_before_anything_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(self: Crypt, encrypted: str) -> bytes:
        raise AssertionError("opened before the signature was known to be ours")

    monkeypatch.setattr(Crypt, "decrypt", never)
    watched, good = Watched(monkeypatch), call(b"hello")
    last = "0" if good.signature[-1] != "0" else "1"
    first = "0" if good.signature[0] != "0" else "1"
    for signature in (first + good.signature[1:], good.signature[:-1] + last):
        with pytest.raises(Forged):
            crypt().opened(*good._replace(signature=signature))
        assert watched.compared.pop() == (signature.encode(), good.signature.encode())
        assert watched.compared == []


def test_padding_and_receiver_are_both_looked_at_whatever_is_wrong_with_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = ["padding that differs", "longer than it is", "shorter than it is", "another company's", "nobody's"]
    watched = Watched(monkeypatch)
    for name in opened:
        watched.compared.clear()
        with pytest.raises(Forged):
            crypt().opened(*signed(SPOILED[name]))
        assert len(watched.compared) == 3, name


# --- settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", KEY[:-1], KEY + "=", KEY + "A", "密" * 43, KEY[:-1] + "+", KEY + "\n"])
def test_a_key_that_can_be_none_is_refused_by_its_name(key: str) -> None:
    with pytest.raises(BadDeclaration, match="QINQING_WECOM_APP_AES_KEY"):
        Crypt(TOKEN, key, CORP, "QINQING_WECOM_APP")


@pytest.mark.parametrize("token", ["", "a" * 33, "with space", "密"])
def test_a_token_that_can_be_none_is_refused_by_its_name(token: str) -> None:
    with pytest.raises(BadDeclaration, match="QINQING_WECOM_APP_TOKEN"):
        Crypt(token, KEY, CORP, "QINQING_WECOM_APP")
