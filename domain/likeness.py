"""How alike two accounts are, by the pairs of characters that say what they are about."""

from __future__ import annotations

#: A share from which two accounts are likely of one matter.
ALIKE = 0.4


def share(one: frozenset[str], other: frozenset[str]) -> float:
    """How alike two accounts are by their pairs, 0 to 1: what they have in common, of the shorter and of both.

    The shorter counts too, because a second filing of the same matter is often a line where the first was a page.
    """
    common = len(one & other)
    if not common:
        return 0.0
    return (common / min(len(one), len(other)) + 2 * common / (len(one) + len(other))) / 2
