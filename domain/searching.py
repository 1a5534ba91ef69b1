"""What somebody looks for, read from what they typed: the codes a text must be kept under.

Chinese has no spaces, and its words mostly have two characters, so a text is kept as its pairs of neighbouring
characters: a word is found where all its pairs are. The same is kept of the pinyin of the characters, for words typed
in pinyin and for words typed with a wrong character of the same sound. Why so, with figures: docs/decisions/0007.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

from domain.codes import Book, folded, kept_under, sound_of
from domain.pinyin import SYLLABLES, Syllables, cut, letters, slips

#: So much of what somebody looks for is read, in characters.
MOST_SOUGHT = 60
MOST_PARTS = 6
#: All of these codes must be there; one that ends in * begins a code.
Codes = tuple[str, ...]
#: Of each part one alternative must be there.
Condition = tuple[tuple[Codes, ...], ...]

_RUNS = re.compile(r"[^\W_]+")
_SCRIPTS = re.compile(r"[a-z]+|[^a-z]+")
_NUMBER = re.compile(r"(?=(?:-?[0-9]){3})[0-9]{0,8}-?[0-9]{0,6}")
#: No syllable begins so, and no row of initials has one.
_NO_INITIAL = frozenset("iuv")
MOST_INITIALS = 8
LEAST_SLIPPED = 4


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for.

    words: folded; literal: the parts that must stand in the text to the letter; exact, near: what a text must be kept
    under, to the letter or nearly so; number: a part of a case number, or ""; sound: how it reads, for likeness.
    """

    words: str
    literal: tuple[str, ...]
    exact: Condition
    near: Condition
    number: str
    sound: str


def sought(words: str, book: Book) -> Sought | None:
    """Read what somebody typed; None where there is nothing to look for. At most MOST_SOUGHT characters are read."""
    wanted = folded(words)[:MOST_SOUGHT].strip()
    parts = _parts(wanted)
    if not parts:
        return None
    number = wanted.replace(" ", "")
    return Sought(
        wanted,
        tuple(part for part in parts if not letters(part)),
        tuple(_exact(part) for part in parts),
        tuple(tuple(dict.fromkeys((*_exact(part), *_near(part, book)))) for part in parts),
        number if _NUMBER.fullmatch(number) else "",
        "".join(letters(part) or sound_of(part, book) for part in parts),
    )


def _parts(wanted: str) -> list[str]:
    """Characters and letters apart; letters that were typed a syllable or an initial at a time are one part."""
    found: list[str] = []
    joining = False
    for run in _RUNS.findall(wanted):
        for part in [run] if letters(run) else _SCRIPTS.findall(run):
            alone = letters(part) in SYLLABLES or (len(part) == 1 and part.isascii() and part.isalpha())
            if alone and joining:
                found[-1] += letters(part)
            else:
                found.append(letters(part) if alone else part)
            joining = alone
    return found[:MOST_PARTS]


def _exact(part: str) -> tuple[Codes, ...]:
    row = letters(part)
    if not row:
        return (_codes_written(part),)
    readings = cut(row)
    found = [_codes_spoken(syllables) for syllables in readings]
    if not readings and 2 <= len(row) <= MOST_INITIALS and not _NO_INITIAL & set(row):
        found.append(_codes_initial(row))
    found.append(tuple(_spoken(row)) or _codes_written(row))
    if 2 <= len(row) <= MOST_INITIALS:  # letters that stand apart in the text too, as in “A A”
        found.append(tuple(f"{letter}0*" for letter in dict.fromkeys(row)))
    return tuple(found)


def _codes_written(part: str) -> Codes:
    if len(part) == 1:
        return (f"{part}0*",) if part.isascii() else (f"{ord(part):x}*",)
    pairs = [a + b for a, b in pairwise(part)]
    return tuple(f"{pair[0]}0{pair[1]}" if pair.isascii() else f"{ord(pair[0]):x}{ord(pair[1]):x}" for pair in pairs)


def _spoken(row: str | Syllables) -> list[str]:
    return [f"{a}0{b}" for a, b in pairwise(row)]


def _codes_spoken(syllables: Syllables) -> Codes:
    return tuple(_spoken(syllables)) if len(syllables) > 1 else (f"{syllables[0]}0*",)


def _codes_initial(row: str) -> Codes:
    return (f"1{row}*",) if len(row) == 2 else tuple(f"1{row[at : at + 3]}" for at in range(len(row) - 2))


def _near(part: str, book: Book) -> tuple[Codes, ...]:
    """Words of the same sound, with one character wrong, or with one letter wrong."""
    row = letters(part)
    if row:
        return tuple(_codes_spoken(syllables) for syllables in slips(row)) if len(row) >= LEAST_SLIPPED else ()
    if part.isdecimal() or len(part) == 1:
        return ()
    spoken = tuple(book.sounds[c][0] for c in part)
    return (_codes_spoken(spoken), *_but_one(spoken))


def _but_one(spoken: Syllables) -> list[Codes]:
    """The pairs that are left when any one character is wrong."""
    pairs = _spoken(spoken)
    left = [tuple(pairs[: max(at - 1, 0)] + pairs[at + 1 :]) for at in range(len(spoken))]
    return [codes for codes in left if codes]


# --- whether a text fits --------------------------------------------------------------------------------------


def literally(wanted: Sought, text: str) -> bool:
    """Whether the parts that are no pinyin stand in the text."""
    plain = folded(text)
    return all(part in plain for part in wanted.literal)


def fits(wanted: Sought, text: str, book: Book) -> bool:
    """Whether a text has all that is looked for, to the letter or by its pinyin."""
    if wanted.words in folded(text):
        return True
    return literally(wanted, text) and holds(wanted.exact, kept_under(text, book))


def holds(condition: Condition, kept: AbstractSet[str]) -> bool:
    """Whether a text kept under these codes meets the condition."""
    return all(any(all(_among(code, kept) for code in codes) for codes in part) for part in condition)


def _among(code: str, kept: AbstractSet[str]) -> bool:
    return any(one.startswith(code[:-1]) for one in kept) if code.endswith("*") else code in kept
