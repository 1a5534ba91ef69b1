"""How alike two accounts are, by the pairs of characters that say what they are about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.codes import Book, folded, pairs_of

#: A share from which two accounts are likely of one matter.
ALIKE = 0.35
#: How much of its likeness an account keeps that names other numbers: another building, another order.
OTHER_NUMBERS = 0.3

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Gist:
    """What an account is about: its telling pairs, and the numbers in it."""

    pairs: frozenset[str]
    numbers: frozenset[str]


def gist(text: str, book: Book) -> Gist:
    """The gist of an account."""
    return Gist(pairs_of(text, book), frozenset(_DIGITS.findall(folded(text))))


def share(one: Gist, other: Gist) -> float:
    """How alike two accounts are, 0 to 1: what they have in common, of the shorter and of both together.

    The shorter counts for itself too, because the second filing of a matter is often a line where the first was a page.
    """
    common = len(one.pairs & other.pairs)
    if common < 2:
        return 0.0
    sizes = len(one.pairs), len(other.pairs)
    alike = (common / min(sizes) + 2 * common / sum(sizes)) / 2
    apart = one.numbers and other.numbers and not one.numbers & other.numbers
    return alike * OTHER_NUMBERS if apart else alike
