"""What a text can be found by, and what is looked for: pairs of characters, of their sounds, and rows of initials.

Chinese has no spaces, and its words mostly have two characters, so a text is kept as its pairs of neighbouring
characters: a word is found where all its pairs are. The same is kept of the pinyin of the characters, for words typed
in pinyin and for words typed with a wrong character of the same sound. Nothing readable is kept, only codes of pairs.
Why so, with figures: docs/decisions/0007-search.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from domain.pinyin import SYLLABLES, Syllables, cut, letters, slips

#: So much of a text is found by its words, in characters; and so much of what somebody looks for is read.
MOST_INDEXED = 2000
MOST_SOUGHT = 60
MOST_PARTS = 6
#: Changed with every change of what tokens() gives: what is kept is then made anew.
CODING = 1

#: The readings of a character without tones, the usual one first; a character without any reads as itself.
Sounds = Mapping[str, tuple[str, ...]]
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


def folded(text: str) -> str:
    """A text for comparing: width and case do not matter."""
    return unicodedata.normalize("NFKC", text).casefold()


def sound_of(text: str, sounds: Sounds) -> str:
    """How a text reads, syllable by syllable without spaces; signs left out."""
    return "".join(sounds[c][0] for run in _RUNS.findall(folded(text)) for c in run)


# --- what a text is kept under --------------------------------------------------------------------------------


def tokens(text: str, sounds: Sounds) -> set[str]:
    """The codes a text is kept under: of at most MOST_INDEXED characters."""
    found: set[str] = set()
    for run in _RUNS.findall(folded(text)[:MOST_INDEXED]):
        readings = [sounds[c] for c in run]
        usual = [reading[0] for reading in readings]
        found.update(_written(run))
        found.add(f"{ord(run[-1]):x}")
        found.update(_spoken(usual))
        found.add(f"{usual[-1]}0")
        found.update(_initials(usual))
        for at, reading in enumerate(readings):
            for other in reading[1:]:
                found.update(_otherwise(usual, at, other))
    return found


def _otherwise(usual: list[str], at: int, other: str) -> Iterable[str]:
    """The codes around a character in another of its readings."""
    near = [*usual[max(0, at - 2) : at], other, *usual[at + 1 : at + 3]]
    last = [f"{other}0"] if at == len(usual) - 1 else []
    return [*_spoken(near), *_initials(near), *last]


def _written(run: str) -> list[str]:
    """Pairs of characters; those of two letters or digits read as they are written."""
    codes = [f"{ord(c):x}" for c in run]
    return [codes[at] + codes[at + 1] for at in range(len(run) - 1) if run[at] > "\x7f" or run[at + 1] > "\x7f"]


def _spoken(row: Iterable[str]) -> list[str]:
    return [f"{a}0{b}" for a, b in pairwise(row)]


def _initials(row: list[str]) -> list[str]:
    """Rows of three first letters, and the last two: marked, so that no beginning of a syllable looks like one."""
    firsts = "".join([sound[0] for sound in row])
    return [f"1{firsts[at : at + 3]}" for at in range(len(firsts) - 1)]


# --- what is looked for ---------------------------------------------------------------------------------------


def sought(words: str, sounds: Sounds) -> Sought | None:
    """Read what somebody typed; None where there is nothing to look for. At most MOST_SOUGHT characters are read."""
    wanted = folded(words)[:MOST_SOUGHT].strip()
    parts = _parts(wanted)
    if not parts:
        return None
    number = wanted.replace(" ", "")
    return Sought(
        wanted,
        tuple(part for part in parts if not letters(part)),
        tuple(_exact(part, sounds) for part in parts),
        tuple(tuple(dict.fromkeys((*_exact(part, sounds), *_near(part, sounds)))) for part in parts),
        number if _NUMBER.fullmatch(number) else "",
        "".join(letters(part) or sound_of(part, sounds) for part in parts),
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


def _exact(part: str, sounds: Sounds) -> tuple[Codes, ...]:
    row = letters(part)
    if not row:
        return (_codes_written(part),)
    readings = cut(row)
    found = [_codes_spoken(syllables) for syllables in readings]
    if not readings and 2 <= len(row) <= MOST_INITIALS and not _NO_INITIAL & set(row):
        found.append(_codes_initial(row))
    if len(row) > 1:
        found.append(tuple(_spoken(row)))
    return tuple(found)


def _codes_written(part: str) -> Codes:
    if len(part) == 1:
        return (f"{ord(part):x}*",)
    return (*_written(part), *(f"{a}0{b}" for a, b in pairwise(part) if a <= "\x7f" and b <= "\x7f"))


def _codes_spoken(syllables: Syllables) -> Codes:
    return tuple(_spoken(syllables)) if len(syllables) > 1 else (f"{syllables[0]}0*",)


def _codes_initial(row: str) -> Codes:
    return (f"1{row}*",) if len(row) == 2 else tuple(f"1{row[at : at + 3]}" for at in range(len(row) - 2))


def _near(part: str, sounds: Sounds) -> tuple[Codes, ...]:
    """Words of the same sound, with one character wrong, or with one letter wrong."""
    row = letters(part)
    if row:
        return tuple(_codes_spoken(syllables) for syllables in slips(row)) if len(row) >= LEAST_SLIPPED else ()
    if part.isdecimal() or len(part) == 1:
        return ()
    spoken = tuple(sounds[c][0] for c in part)
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


def fits(wanted: Sought, text: str, sounds: Sounds) -> bool:
    """Whether a text has all that is looked for, to the letter or by its pinyin."""
    if wanted.words in folded(text):
        return True
    return literally(wanted, text) and holds(wanted.exact, tokens(text, sounds))


def holds(condition: Condition, kept: set[str]) -> bool:
    """Whether a text kept under these codes meets the condition."""
    return all(any(all(_among(code, kept) for code in codes) for codes in part) for part in condition)


def _among(code: str, kept: set[str]) -> bool:
    return any(one.startswith(code[:-1]) for one in kept) if code.endswith("*") else code in kept
