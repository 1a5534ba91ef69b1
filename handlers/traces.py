"""Where the words of a case stand beside its own rows: in what officials were shown, drafted, or sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from domain.case import Case
from domain.messages import Message
from handlers.phones import phone_words
from handlers.words import N_, _, speaking
from storage import erasure
from storage.transaction import Tx

_NUMBER = re.compile(r"\d{8}-\d{4,6}")
#: A button or a card as JSON writes it.
_BUTTON = re.compile(r'"(?:f:[a-z_]+|case):(\d{1,15})\b')
#: So many marks are looked for one by one, which is quicker than an expression for all of them.
FEW = 100
#: A text so short is said in many cases; whoever is meant by it cannot be told from it.
SHORTEST = 4
#: So much of a text stands in lists and summaries.
SHOWN = 24
ERASED = N_("(erased by law)")


@dataclass(frozen=True, slots=True)
class Traces:
    """What gives a case away: its number and id, and for one whose owner asked also names, phones and texts.

    words: as JSON writes them. marks: what stands in every message that names one of few cases; empty for many.
    """

    numbers: frozenset[str]
    ids: frozenset[int]
    words: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    def named_in(self, text: str) -> bool:
        """Whether a case is named by its number or by a button."""
        if self.marks and not any(mark in text for mark in self.marks):
            return False
        return not self.numbers.isdisjoint(_NUMBER.findall(text)) or any(
            int(found) in self.ids for found in _BUTTON.findall(text)
        )

    def said_in(self, text: str) -> bool:
        """Whether a name, phone or text stands in it."""
        return any(word in text for word in self.words)


def of_cases(cases: Iterable[Case], words: Iterable[str] = ()) -> Traces:
    """The traces of cases, and of these words, which are looked for as JSON writes them."""
    found = list(cases)
    numbers, ids = frozenset(case.number for case in found), frozenset(case.id for case in found)
    marks = (*numbers, *(f":{case}" for case in ids))
    return Traces(numbers, ids, tuple(sorted(map(_written, words))), marks if len(marks) <= FEW else ())


def _written(word: str) -> str:
    return msgspec.json.encode(word).decode()[1:-1]


def words_of(tx: Tx, cases: Sequence[Case]) -> set[str]:
    """The texts of these cases as they may stand elsewhere: their first lines, as lists show them."""
    texts = {text for case in cases for text in (*erasure.texts_of(tx, case.id), case.facts, case.enterprise)}
    lines = {text.strip().partition("\n")[0][:SHOWN] for text in texts}
    phones = {form for case in cases for form in phone_forms(case.contact)}
    return {line for line in lines if len(line) >= SHORTEST} | phones


def phone_forms(phone: str) -> set[str]:
    """A kept phone number in the ways it is written."""
    national = phone.removeprefix("+86")
    return {form for form in (phone, national, phone_words(phone)) if len(form) >= SHORTEST}


def wipe(tx: Tx, traces: Traces, since: datetime) -> int:
    """Take them out of everything said to officials since then, of talks and of arrivals set aside; counts them."""
    with speaking(tx.office.language):
        blank = msgspec.json.encode(Message(_(ERASED))).decode()
    return _unsaid(tx, traces, since, blank) + _talks(tx, traces) + _arrivals(tx, traces)


def _unsaid(tx: Tx, traces: Traces, since: datetime, blank: str) -> int:
    found = []
    for row, text, state in erasure.said_to_officials(tx, since):
        waiting = state == "queued"
        if traces.named_in(text) or (not waiting and traces.said_in(text)):
            found.append((row, state))
    for row, state in found:
        erasure.unsay(tx, row, blank, "replaced" if state == "queued" else state)
    return len(found)


def _talks(tx: Tx, traces: Traces) -> int:
    named = [
        talk
        for talk, arg, memory in erasure.all_talks(tx)
        if _begun_for(traces, arg) or traces.named_in(memory) or traces.said_in(memory)
    ]
    for talk in named:
        erasure.drop_talk(tx, talk)
    return len(named)


def _begun_for(traces: Traces, arg: str) -> bool:
    first = arg.partition(".")[0]
    return first in traces.numbers or (first.isascii() and first.isdecimal() and int(first[:15]) in traces.ids)


def _arrivals(tx: Tx, traces: Traces) -> int:
    named = [
        (channel, key)
        for channel, key, raw in erasure.failed_arrivals(tx)
        if traces.named_in(raw) or traces.said_in(raw)
    ]
    for channel, key in named:
        erasure.drop_arrival(tx, channel, key)
    return len(named)
