"""Typed pinyin: with or without tones, spaces and apostrophes, cut into syllables; and spellings one slip away."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Longest row of letters looked at as pinyin; ten syllables are more than anybody types for a word.
MOST_LETTERS = 40
#: So many ways to cut a row of letters are followed; xian is two (xian, xi an).
MOST_CUTS = 8
LONGEST_SYLLABLE = 6
LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: Spellings one slip away: looked for in rows of at most so many letters, and so many readings, the plainest first.
MOST_SLIPPED = 24
MOST_SLIPS = 120

_WRITTEN = """
    a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen ceng
    cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci cong cou cu
    cuan cui cun cuo da dai dan dang dao de dei den deng di dia dian diao die ding diu dong dou du duan dui dun duo e
    ei en er fa fan fang fei fen feng fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui
    gun guo ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie
    jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei ken keng kong kou ku kua kuai kuan kuang kui kun kuo
    la lai lan lang lao le lei leng li lia lian liang liao lie lin ling liu lo long lou lu luan lun luo lv lve ma mai
    man mang mao me mei men meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian
    niang niao nie nin ning niu nong nou nu nuan nuo nv nve o ou pa pai pan pang pao pei pen peng pi pian piao pie pin
    ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou
    ru ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu shua
    shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te teng ti tian tiao tie ting
    tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu
    xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai
    zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan
    zui zun zuo"""
SYLLABLES = frozenset(_WRITTEN.split())

Syllables = tuple[str, ...]

_DIAERESIS = "\u0308"
_TONED = re.compile(r"(?:[a-z]{1,6}[1-5])+")


def toneless(spelling: str) -> str:
    """A spelling without tone marks; ü is written v, as on keyboards: "biàn" is bian, "lǜ" lv."""
    parts = unicodedata.normalize("NFD", spelling).replace(f"u{_DIAERESIS}", "v")
    return "".join(c for c in parts if not unicodedata.combining(c))


def letters(typed: str) -> str:
    """The bare letters of typed pinyin, tone marks and tone digits gone; "" for what can be none."""
    bare = toneless(typed)
    if _TONED.fullmatch(bare):
        bare = re.sub(r"[1-5]", "", bare)
    return bare if re.fullmatch(rf"[a-z]{{1,{MOST_LETTERS}}}", bare) else ""


@lru_cache(maxsize=4096)
def cut(row: str) -> tuple[Syllables, ...]:
    """The ways to read a row of letters as whole syllables, at most MOST_CUTS, long syllables first; () for none."""
    if not row:
        return ((),)
    found: list[Syllables] = []
    for length in range(min(LONGEST_SYLLABLE, len(row)), 0, -1):
        if row[:length] in SYLLABLES:
            found += [(row[:length], *rest) for rest in cut(row[length:])]
    return tuple(found[:MOST_CUTS])


def slips(row: str) -> tuple[Syllables, ...]:
    """Readings of the rows that are one letter off: one missing, one too many, another one, or two swapped."""
    if len(row) > MOST_SLIPPED:
        return ()
    halves = [(row[:at], row[at:]) for at in range(len(row) + 1)]
    near = {left + right[1:] for left, right in halves if right}
    near |= {left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1}
    near |= {left + one + right[1:] for left, right in halves if right for one in LETTERS}
    near |= {left + one + right for left, right in halves for one in LETTERS}
    read = {syllables for other in sorted(near - {row}) for syllables in cut(other)[:2]}
    return tuple(sorted(read, key=lambda syllables: (len(syllables), syllables))[:MOST_SLIPS])
