"""The crypto of callbacks, the platform's side (sheet 1.2): AES-256-CBC, PKCS#7 in blocks of 32, sorted SHA-1.

Written from the sheet alone and sharing nothing with the office's own, so that each can find the other's mistakes.
"""

from __future__ import annotations

import base64
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK_BYTES = 32
HEAD_BYTES = 16


def signature(token: str, timestamp: str, nonce: str, sealed: str) -> str:
    """The signature of a sealed text, lower hex."""
    return hashlib.sha1("".join(sorted((token, timestamp, nonce, sealed))).encode()).hexdigest()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    assert len(key) == 32, "an EncodingAESKey has 43 characters"
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def seal(aes_key: str, receive_id: str, plain: bytes) -> str:
    """A text for the owner of the key, in base64."""
    body = os.urandom(HEAD_BYTES) + struct.pack(">I", len(plain)) + plain + receive_id.encode()
    fill = BLOCK_BYTES - len(body) % BLOCK_BYTES
    encryptor = _cipher(aes_key).encryptor()
    sealed = encryptor.update(body + bytes([fill]) * fill) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def unseal(aes_key: str, receive_id: str, sealed: str) -> bytes:
    """The text inside. Raises ValueError for anything that is not meant for this receiver."""
    decryptor = _cipher(aes_key).decryptor()
    body = decryptor.update(base64.b64decode(sealed, validate=True)) + decryptor.finalize()
    fill = body[-1]
    if not 1 <= fill <= BLOCK_BYTES or body[-fill:] != bytes([fill]) * fill:
        raise ValueError("padding")
    (length,) = struct.unpack(">I", body[HEAD_BYTES : HEAD_BYTES + 4])
    begins = HEAD_BYTES + 4
    if body[begins + length : -fill] != receive_id.encode():
        raise ValueError("receiver")
    return body[begins : begins + length]
