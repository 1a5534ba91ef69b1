"""Which privacy words a person agreed to, and when. A record is never changed: a withdrawal is one with version 0."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from storage.tables import consents
from storage.transaction import Tx

_ADD = insert(consents)
_OF_PERSON = select(consents).where(consents.c.person_id == bindparam("person_")).order_by(consents.c.id)


@dataclass(frozen=True, slots=True)
class Consent:
    """One acceptance. words_hash: SHA-256 (hex) of the words as shown; version 0: taken back."""

    version: int
    words_hash: str
    at: datetime


def add(tx: Tx, person: int, consent: Consent) -> None:
    """Keep an acceptance, or its withdrawal."""
    row = {"person_id": person, "version": consent.version, "words_hash": consent.words_hash, "at": consent.at}
    tx.execute(_ADD, row)


def of_person(tx: Tx, person: int) -> list[Consent]:
    """All of a person's, oldest first."""
    return [Consent(row.version, row.words_hash, row.at) for row in tx.all(_OF_PERSON, {"person_": person})]
