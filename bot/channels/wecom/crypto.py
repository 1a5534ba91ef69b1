"""How WeCom's calls are signed and sealed: SHA-1 over four parts, AES-256-CBC with padding to 32 (D90968).

Sealed are 16 random bytes, the length of the message in 4 bytes, the message, and who it is for: the receiveid.
"""

from __future__ import annotations

import hmac
import os
import re
from base64 import b64decode, b64encode
from hashlib import sha1

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from domain.errors import BadDeclaration
from handlers.words import N_

BLOCK_BYTES, SALT_BYTES, LENGTH_BYTES = 32, 16, 4
KEY = re.compile(r"[A-Za-z0-9]{43}")
TOKEN = re.compile(r"[A-Za-z0-9]{1,32}")
#: A time in seconds, and a word of the platform's own; both only have to be what was signed.
PLAIN = re.compile(r"[\x21-\x7e]{1,128}")


class Forged(Exception):
    """This was not made with our key and token, or not for us. What exactly is wrong is told to nobody."""


class Crypt:
    """One callback's token and key. receiveid: the corp id; where: what its settings' names begin with.

    Raises BadDeclaration naming the setting that cannot be right.
    """

    def __init__(self, token: str, aes_key: str, receiveid: str, where: str = "QINQING_WECOM") -> None:
        if TOKEN.fullmatch(token) is None:
            raise BadDeclaration(where=f"{where}_TOKEN", what=N_("must be 1 to 32 letters and digits"))
        if KEY.fullmatch(aes_key) is None:
            raise BadDeclaration(where=f"{where}_AES_KEY", what=N_("must be 43 letters and digits"))
        key = b64decode(f"{aes_key}=")
        self._token, self._receiveid = token, receiveid.encode()
        self._cipher = Cipher(algorithms.AES256(key), modes.CBC(key[:16]))

    def signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """40 digits of SHA-1 over token, time, nonce and what is sealed, in the order of their bytes."""
        parts = sorted((self._token, timestamp, nonce, encrypted))
        return sha1("".join(parts).encode("utf-8", "surrogatepass")).hexdigest()  # noqa: S324 — the platform's choice

    def opened(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> bytes:
        """The message of a signed call; nothing is opened whose signature is not ours. Raises Forged."""
        ours = self.signature(timestamp, nonce, encrypted).encode()
        same = hmac.compare_digest(signature.encode("utf-8", "surrogatepass"), ours)
        if not same or PLAIN.fullmatch(timestamp) is None or PLAIN.fullmatch(nonce) is None:
            raise Forged
        return self.decrypt(encrypted)

    def encrypt(self, message: bytes, salt: bytes | None = None) -> str:
        """The message sealed, in base64. salt: 16 random bytes."""
        head = (salt or os.urandom(SALT_BYTES)) + len(message).to_bytes(LENGTH_BYTES, "big")
        plain = head + message + self._receiveid
        pad = BLOCK_BYTES - len(plain) % BLOCK_BYTES
        encryptor = self._cipher.encryptor()
        return b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """The message in what is sealed. Raises Forged, in one way for whatever is wrong."""
        try:
            return self._unpacked(self._unlocked(encrypted))
        except ValueError:
            raise Forged from None

    def _unlocked(self, encrypted: str) -> bytes:
        sealed = b64decode(encrypted, validate=True)
        if not sealed or len(sealed) % BLOCK_BYTES:
            raise ValueError
        decryptor = self._cipher.decryptor()
        return decryptor.update(sealed) + decryptor.finalize()

    def _unpacked(self, plain: bytes) -> bytes:
        """Every part is looked at, whatever is wrong with the one before."""
        pad, start = plain[-1], SALT_BYTES + LENGTH_BYTES
        end = start + int.from_bytes(plain[SALT_BYTES:start], "big")
        padded = 1 <= pad <= BLOCK_BYTES and hmac.compare_digest(plain[-pad:], bytes([pad]) * pad)
        ours = hmac.compare_digest(plain[end : len(plain) - pad], self._receiveid)
        if not (padded and ours and end <= len(plain) - pad):
            raise ValueError
        return plain[start:end]
