"""The two published examples of WeCom's crypto, and calls made like them."""

from __future__ import annotations

from base64 import b64encode
from typing import NamedTuple

from bot.channels.wecom.crypto import Crypt

TOKEN, KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"


class Call(NamedTuple):
    """What stands in the address of a call, and what is sealed."""

    signature: str
    timestamp: str
    nonce: str
    sealed: str

    @property
    def query(self) -> dict[str, str]:
        """As the parameters of an address."""
        return {"msg_signature": self.signature, "timestamp": self.timestamp, "nonce": self.nonce}

    @property
    def body(self) -> bytes:
        """As the body of a POST."""
        sealed = f"<Encrypt><![CDATA[{self.sealed}]]></Encrypt>"
        return f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><AgentID>218</AgentID>{sealed}</xml>".encode()


ECHO = Call(
    "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    "1409659589",
    "263014780",
    "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
)
ECHOED = b"1616140317555161061"
HELLO = Call(
    "477715d11cdb4164915debcba66cb864d751f3e6",
    "1409659813",
    "1372623149",
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3"
    "TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gs"
    "ijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUa"
    "x5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIG"
    "HBZZIs2pDBS8R07+qN+E7Q==",
)


def crypt(receiveid: str = CORP) -> Crypt:
    """The key of the examples."""
    return Crypt(TOKEN, KEY, receiveid)


def signed(sealed: str, timestamp: str = "1790000000", nonce: str = "n0nce") -> Call:
    """A call with our signature over whatever is said to be sealed."""
    return Call(crypt().signature(timestamp, nonce, sealed), timestamp, nonce, sealed)


def call(message: bytes, receiveid: str = CORP) -> Call:
    """A call with a message."""
    return signed(crypt(receiveid).encrypt(message))


def _locked(plain: bytes) -> str:
    encryptor = crypt()._cipher.encryptor()
    return b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def _padded(plain: bytes) -> bytes:
    pad = 32 - len(plain) % 32
    return plain + bytes([pad]) * pad


_GOOD = b"r" * 16 + (5).to_bytes(4, "big") + b"hello" + CORP.encode()
#: Signed with our token, and wrong in one place each.
SPOILED = {
    "no base64": "%%%%",
    "base64 cut short": crypt().encrypt(b"hello")[:-1],
    "not only base64": crypt().encrypt(b"hello") + "\u4f60",
    "nothing": "",
    "half a block": b64encode(b"x" * 48).decode(),
    "noise": b64encode(bytes(range(64))).decode(),
    "padding of 0": _locked(_GOOD + bytes(32 - len(_GOOD) % 32)),
    "padding of 33": _locked(_padded(_GOOD)[:-1] + b"\x21"),
    "padding that differs": _locked(_padded(_GOOD)[:-2] + bytes([_padded(_GOOD)[-2] ^ 1]) + _padded(_GOOD)[-1:]),
    "longer than it is": _locked(_padded(_GOOD[:16] + (2**32 - 1).to_bytes(4, "big") + _GOOD[20:])),
    "shorter than it is": _locked(_padded(_GOOD[:16] + (4).to_bytes(4, "big") + _GOOD[20:])),
    "shorter than a head": _locked(_padded(b"r" * 15)),
    "another company's": crypt("ww000000000000").encrypt(b"hello"),
    "nobody's": crypt("").encrypt(b"hello"),
}
