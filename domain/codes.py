"""What a text is kept under to be found: codes of its pairs of characters, of their sounds, and of rows of initials.

Nothing readable is kept. A pair is kept as it is written (53d8538b), as it sounds (bian0ya), and each row of three
initials with a mark before it (1byq). Where a run of characters ends, its last one and last two are kept as well, so
that one character, or two initials, are found as the beginning of a code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import product
from typing import Generic, NamedTuple, TypeVar

K = TypeVar("K")
V = TypeVar("V")

#: So much of a text is found by its words, in characters.
MOST_INDEXED = 2000
#: Changed with every change of the codes: what is kept is then made anew.
EDITION = 1
#: Marks kept of each account, for likeness. Two that share a third of their pairs share a mark in 99 of 100 cases.
MARKS = 12
#: Pairs remembered with their codes: about 10 MB, and most of what is written in an office.
REMEMBERED = 30_000

_SIGNS = re.compile(r"[\W_]+")
_FUNCTION_WORDS = frozenset("的了是我们在有不就和也都这那你他她它吗呢吧啊与及或而但以于被把很还您请")
#: What people write whatever it is about: it makes no two accounts alike.
_STOCK = """
    请帮忙协调 希望尽快解决 打电话没有人接 没人管 影响正常经营 影响生意 跑了几趟 跑了好多趟
    跑了四趟 跑了三趟 跑了两趟 多次反映 没有结果 没有回音 没有消息 没有办法 没办法 一直没有
    已经好几天 好几个月 到现在 还没有 都没有 没批下来 办下来 批下来 申请办理 窗口要求提供
    要求我们 有关部门 相关部门 工作人员 领导您好 谢谢 麻烦 为什么 怎么办 什么时候 可以吗
    能不能 应该 因为 所以 但是 这个 那个 我们 他们 公司企业 三天 两天 一周 三周 半个月
    一个月 三个月 今天 昨天 最近 每天 晚上 白天 客人不来 没有客人
"""
_NUMBERS = 0x100000


_STOCK_PAIRS = frozenset(word[at : at + 2] for word in _STOCK.split() for at in range(len(word) - 1))


class Pair(NamedTuple):
    """What a pair of characters is kept under; pot and number choose the marks: pot -1 for a pair that says little."""

    codes: tuple[str, ...]
    pot: int
    number: int


class _Known(dict[K, V], Generic[K, V]):
    """What was worked out before; all of it is forgotten when it grows too large."""

    def __init__(self, work_out: Callable[[K], V]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, key: K) -> V:
        if len(self) >= REMEMBERED:
            self.clear()
        found = self[key] = self._work_out(key)
        return found


class Book:
    """The readings of characters, and the codes that follow from them, each worked out once.

    readings: those of a character, without tones, the usual one first; a character without any needs a code.
    """

    def __init__(self, readings: Callable[[str], tuple[str, ...]]) -> None:
        self.sounds: dict[str, tuple[str, ...]] = _Known(readings)
        self.pairs: dict[str, Pair] = _Known(self._pair)
        self.firsts: dict[int, str] = _Known(lambda code: self.sounds[chr(code)][0][0])
        self.others: dict[int, str] = _Known(lambda code: self.sounds[chr(code)][-1][0])

    def _pair(self, pair: str) -> Pair:
        one, other = pair[0], pair[1]
        if one == " ":
            return Pair((), -1, 0)
        if other == " ":
            return Pair((f"{ord(one):x}", *(f"{sound}0" for sound in self.sounds[one])), -1, 0)
        spoken = [f"{a}0{b}" for a, b in product(self.sounds[one], self.sounds[other])]
        written = [] if pair.isascii() else [f"{ord(one):x}{ord(other):x}"]
        pot, number = _lot(pair)
        return Pair((*written, *spoken), pot, number)


def _lot(pair: str) -> tuple[int, int]:
    """By which mark a pair may stand for its text; none where it says little of what a text is about."""
    if not all(c.isalpha() for c in pair) or _FUNCTION_WORDS & {*pair} or pair in _STOCK_PAIRS:
        return -1, 0
    return divmod((ord(pair[0]) * 40503 ^ ord(pair[1]) * 30011) % _NUMBERS, _NUMBERS // MARKS + 1)


def folded(text: str) -> str:
    """A text for comparing: width and case do not matter."""
    return unicodedata.normalize("NFKC", text).casefold()


def spaced(text: str) -> str:
    """The folded text, at most MOST_INDEXED of it, with one space for all signs between words and one at the end."""
    return _SIGNS.sub(" ", folded(text)[:MOST_INDEXED]).strip() + " "


def kept_under(text: str, book: Book) -> set[str]:
    """The codes a text is kept under, its marks among them."""
    plain = spaced(text)
    pairs = _pairs(plain, book)
    found = {code for pair in pairs for code in pair.codes}
    found.update(_marks(pairs))
    for row in {plain.translate(book.firsts), plain.translate(book.others)}:
        found.update(_initials(row))
    return found


def _pairs(plain: str, book: Book) -> list[Pair]:
    known = book.pairs
    return [known[pair] for pair in {plain[at : at + 2] for at in range(len(plain) - 1)}]


def _initials(row: str) -> set[str]:
    threes = {row[at : at + 3].rstrip() for at in range(len(row) - 2)}
    return {f"1{three}" for three in threes if len(three) > 1 and " " not in three}


def sound_of(text: str, book: Book) -> str:
    """How a text reads, syllable by syllable without spaces; signs left out."""
    sounds = book.sounds
    return "".join([sounds[c][0] for c in spaced(text) if c != " "])


# --- likeness -------------------------------------------------------------------------------------------------


def pairs_of(text: str, book: Book) -> frozenset[str]:
    """The pairs of neighbouring characters that say what a text is about: no digits, no stock phrases."""
    plain, known = spaced(text), book.pairs
    return frozenset([pair for at in range(len(plain) - 1) if known[pair := plain[at : at + 2]].pot >= 0])


def marks(text: str, book: Book) -> list[str]:
    """Up to MARKS codes such that two texts have as many of them in common as they are alike.

    Each pair falls by its number into one of MARKS pots, and the smallest of each pot is the mark: texts with the same
    pairs choose the same ones (min-wise hashing with one permutation).
    """
    return _marks(_pairs(spaced(text), book))


def _marks(pairs: list[Pair]) -> list[str]:
    least: dict[int, int] = {}
    for _codes, pot, number in pairs:
        if pot >= 0 and number < least.get(pot, _NUMBERS):
            least[pot] = number
    return [f"2{pot:x}z{number:x}" for pot, number in least.items()]
