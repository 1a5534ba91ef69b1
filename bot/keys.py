"""The office's keys: one signs receipts and roots (Ed25519), one cookies. Made at the first start, kept private."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from domain.errors import BadDeclaration


@dataclass(frozen=True)
class Keys:
    """The signing key of the office, and the secret of its cookies (32 bytes)."""

    signing: Ed25519PrivateKey
    cookie: bytes

    @property
    def public(self) -> bytes:
        """The public key receipts are checked with (32 bytes)."""
        return self.signing.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def load(folder: Path) -> Keys:
    """The keys in this folder, made where they are missing. Raises BadDeclaration for one that is no key."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    raw = _kept(folder / "signing.key", _new_signing_key)
    cookie = _kept(folder / "cookie.key", lambda: secrets.token_bytes(32))
    if len(raw) != 32 or len(cookie) != 32:
        raise BadDeclaration(where=str(folder), what="a key file does not hold 32 bytes; restore it from the backup")
    return Keys(Ed25519PrivateKey.from_private_bytes(raw), cookie)


def _new_signing_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


def _kept(path: Path, make: object) -> bytes:
    if path.exists():
        return path.read_bytes()
    assert callable(make)
    fresh: bytes = make()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(fresh)
        file.flush()
        os.fsync(file.fileno())
    return fresh
