"""What an owner's own words sound like, where we wait for a word of theirs: guesses, which one more tap confirms."""

from __future__ import annotations

from functools import cache

from handlers.questions import plain, said
from handlers.words import N_, every_language

#: Said in full, these answer whether it is solved; what is asked next can be gone back from.
SOLVED = N_("solved|it is solved|fixed|it is fixed|it works again")
UNSOLVED = N_("not solved|not solved yet|not fixed|nothing has happened|nobody came")
#: Said in full, these are kindness, and no account of anything.
KIND_WORDS = N_("thanks|thank you|thank you very much|hello|hi|are you there|anybody there|ok thanks|please help")
#: Words that stand in an answer to whether it is solved.
VERDICTS = N_("solved|fixed|repaired|thank|satisfied")
#: Words that stand in a question of how a case stands.
STANDING = N_("how far|how is my|any news|when will|how long|still nothing|still nobody|progress|what about my")
#: Longer texts tell a matter of their own.
LONGEST_VERDICT, LONGEST_QUESTION = 40, 24


def verdict(text: str) -> str:
    """“yes” or “no” where the words say nothing else; “” where it takes a person to tell."""
    if said(text, UNSOLVED):
        return "no"
    return "yes" if said(text, SOLVED) else ""


def is_kindness(text: str) -> bool:
    """Whether the words greet or thank and say nothing else."""
    return said(text, KIND_WORDS)


def sounds_like_a_verdict(text: str) -> bool:
    """Whether it may answer the question whether something is solved."""
    return len(text) <= LONGEST_VERDICT and _has_one(text, VERDICTS)


def asks_how_it_stands(text: str) -> bool:
    """Whether what was written last may ask how a case stands."""
    last = text.strip().rpartition("\n")[2]
    return len(last) <= LONGEST_QUESTION and _has_one(last, STANDING)


def _has_one(text: str, words: str) -> bool:
    heard = plain(text)
    return any(word in heard for word in _parts(words))


@cache
def _parts(words: str) -> frozenset[str]:
    return frozenset(plain(word) for texts in every_language(words) for word in texts.split("|"))
