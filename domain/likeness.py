"""How alike two accounts are, by the pairs of characters that say what they are about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.codes import Book, folded, pairs_of

#: A share from which two accounts are likely of one matter.
ALIKE = 0.35
#: How much of its likeness an account keeps that names other numbers: another building, another order. Less than ALIKE.
OTHER_NUMBERS = 0.3

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Gist:
    """What an account is about: its telling pairs, and the numbers in it."""

    pairs: frozenset[str]
    numbers: frozenset[str]


def gist(text: str, book: Book) -> Gist:
    """The gist of an account."""
    return Gist(pairs_of(text, book), numbers_of(text))


def numbers_of(text: str) -> frozenset[str]:
    """The numbers in an account."""
    return frozenset(_DIGITS.findall(folded(text)))


def apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two accounts name numbers and none in common: their share stays below ALIKE, whatever else they say."""
    return bool(one and other) and one.isdisjoint(other)


def share(one: Gist, other: Gist) -> float:
    """How alike two accounts are, 0 to 1: what they have in common, of the shorter and of both together.

    The shorter counts for itself too, because the second filing of a matter is often a line where the first was a page.
    """
    common = len(one.pairs & other.pairs)
    if common < 2:
        return 0.0
    sizes = len(one.pairs), len(other.pairs)
    alike = (common / min(sizes) + 2 * common / sum(sizes)) / 2
    return alike * OTHER_NUMBERS if apart(one.numbers, other.numbers) else alike
