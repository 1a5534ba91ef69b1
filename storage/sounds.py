"""How Chinese characters read, without tones: from the dictionary of pypinyin, of which nothing else is loaded."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from zlib import crc32

from domain.codes import EDITION, Book
from domain.pinyin import toneless

#: Characters that read in a second way in everyday words; the dictionary's first reading is the usual one.
#: The dictionary has rare readings too, which would only make the index larger.
OTHERWISE = {
    "乐": "yue", "仇": "qiu", "会": "kuai", "传": "chuan zhuan", "便": "pian", "供": "gong", "倒": "dao", "假": "jia",
    "划": "hua", "单": "shan", "卡": "qia", "厦": "xia", "参": "shen cen", "叶": "ye", "奇": "ji", "宿": "xiu",
    "差": "chai", "度": "duo", "弹": "tan dan", "强": "jiang", "恶": "wu", "折": "she", "择": "zhai", "朝": "zhao chao",
    "校": "jiao xiao", "曾": "zeng ceng", "柏": "bo bai", "率": "lv shuai", "畜": "xu chu", "省": "xing sheng",
    "盛": "cheng sheng", "石": "dan", "种": "zhong chong", "称": "chen cheng", "系": "ji xi", "给": "ji gei",
    "缩": "su suo", "落": "la luo", "薄": "bo bao", "藏": "zang cang", "行": "hang xing", "角": "jue jiao",
    "解": "jie xie", "调": "tiao diao", "贾": "jia gu", "还": "huan hai", "都": "du dou", "重": "chong zhong",
    "长": "chang zhang", "降": "xiang jiang", "露": "lou lu", "泊": "po bo", "属": "zhu shu", "著": "zhu zhe",
    "粘": "zhan nian", "咽": "yan ye", "剥": "bao bo", "卜": "bo bu", "颤": "zhan chan", "扎": "za zha",
    "刹": "sha cha", "核": "hu he", "模": "mu mo", "血": "xie xue", "尉": "yu wei", "仔": "zai zi", "祭": "zhai ji",
    "轧": "zha ya",
}  # fmt: skip


def readings(character: str) -> tuple[str, ...]:
    """The readings of a character, the usual one first; letters and digits read as themselves, the rest by number."""
    if character.isascii():
        return (character,)
    known = _dictionary().get(str(ord(character)), "")
    usual = toneless(known.partition(",")[0]) if known else f"{ord(character):x}"
    return tuple(dict.fromkeys((usual, *OTHERWISE.get(character, "").split())))


@cache
def _dictionary() -> dict[str, str]:
    """Readings with tones by code point, both as text. The package itself would load its phrases too, 50 MB of them."""
    spec = find_spec("pypinyin")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("pypinyin is not installed")
    path = Path(spec.submodule_search_locations[0]) / "pinyin_dict.json"
    found: dict[str, str] = json.loads(path.read_bytes())
    return found


@cache
def edition() -> int:
    """A number that changes whenever the same text would be kept under other codes."""
    return crc32(f"{EDITION} {version('pypinyin')}".encode())


BOOK = Book(readings)
