"""Which unit most likely must act on a text.

Two witnesses are heard: what each unit says of its duties, and what was dispatched to it before. A term speaks
for a unit as far as the unit has more of it than its size alone would explain; the testimony of each witness is
brought to shares that sum to 1, and the two are multiplied, past cases weighing more as they grow in number.
Why so, with figures: docs/decisions/0004-likely-unit.md.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise
from math import exp, log

MOST_GRAMS = 400
"""Distinct terms kept of one text: bounds the rows written at a dispatch and read for a suggestion."""

REPEATS = 3
"""How often a term repeated in one text counts at most, so that one angry letter does not outshout ten."""

SUBJECT = 3
"""How much more a term counts for standing in the subject."""

CAUTION = 5
"""Imagined sightings, spread by size, added to those of each term: a term seen once proves little."""

HALFWAY = 20
"""Past cases at which they have half the weight they can have."""

LEARNED = 0.6
"""The weight past cases approach; the rest stays with the duties, so that a new unit can be found at all."""

_RUNS = re.compile(r"[\u4e00-\u9fff]+|[a-z]{2,}")
_FUNCTION_WORDS = frozenset("的了是我们在有不就和也都这那你他她它吗呢吧啊与及或而但以于被把很还您")


@dataclass(frozen=True)
class UnitTerms:
    """What was dispatched to one unit so far.

    cases: how many; grams: the counts summed over them, at least of the terms asked about;
    total: the sum of the counts of all terms, asked about or not.
    """

    unit: int
    cases: int
    grams: Mapping[str, int]
    total: int


def grams(text: str, subject: str = "") -> dict[str, int]:
    """The terms of a text with their weights (1 to REPEATS + SUBJECT), the MOST_GRAMS heaviest of them.

    Terms are pairs of neighbouring Chinese characters and whole Latin words; width and case are folded; digits
    (phones, sums, dates) and pairs with a function word are left out. Add these weights to the unit's counts when
    a case is dispatched, and take the same away when it is reassigned or erased.
    """
    weights = Counter({term: min(n, REPEATS) for term, n in _terms(text).items()})
    weights.update(dict.fromkeys(_terms(subject), SUBJECT))
    if len(weights) <= MOST_GRAMS:
        return dict(weights)
    return dict(nlargest(MOST_GRAMS, weights.items(), key=lambda pair: pair[1]))


def _terms(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if run.isascii():
            found[run] += 1
        else:
            found.update(a + b for a, b in pairwise(run) if not {a, b} & _FUNCTION_WORDS)
    return found


def rank(
    asked: Mapping[str, int],
    duties: Mapping[int, Mapping[str, int]],
    learned: Mapping[int, UnitTerms],
    sizes: Mapping[int, int] | None = None,
) -> list[tuple[int, float]]:
    """Units by likelihood, best first, as (unit, share); the shares of all sum to 1.

    asked: grams() of the case; duties: by unit, grams() of the text that describes it (all of them); learned: by
    unit, what was dispatched to it. A unit may be missing in either. Only units that may still be chosen belong
    in them. Where nothing asked is known to any unit the list is empty: there is nothing to suggest. sizes: sizes_of()
    the duties, where they were added up before.
    """
    units = sorted(duties.keys() | learned.keys())
    described = _shares(asked, units, duties, sizes_of(duties) if sizes is None else sizes)
    past = {unit: terms.grams for unit, terms in learned.items()}
    dispatched = _shares(asked, units, past, {unit: terms.total for unit, terms in learned.items()})
    if not described and not dispatched:
        return []
    weight = _weight(sum(terms.cases for terms in learned.values())) if any(duties.values()) else 1.0
    return _blend(units, described, dispatched, weight)


def sizes_of(duties: Mapping[int, Mapping[str, int]]) -> dict[int, int]:
    """How many terms the duties of each unit have, repeated ones counted."""
    return {unit: sum(terms.values()) for unit, terms in duties.items()}


def _weight(cases: int) -> float:
    return LEARNED * cases / (cases + HALFWAY)


def _shares(
    asked: Mapping[str, int],
    units: list[int],
    known: Mapping[int, Mapping[str, int]],
    totals: Mapping[int, int],
) -> dict[int, float]:
    """Each unit's share of the testimony of one witness; empty when the witness knows none of the terms."""
    everything = sum(totals.values())
    if not everything:
        return {}
    # Half of the size is evened out: else a unit with few cases would win by any one rare term.
    size = {unit: (totals.get(unit, 0) / everything + 1 / len(units)) / 2 for unit in units}
    heard = {unit: [(term, terms[term]) for term in asked if term in terms] for unit, terms in known.items()}
    seen: Counter[str] = Counter()
    for pairs in heard.values():
        for term, count in pairs:
            seen[term] += count
    speaks = {unit: _testimony(asked, heard.get(unit, ()), seen, size[unit]) for unit in units}
    whole = sum(speaks.values())
    return {unit: points / whole for unit, points in speaks.items()} if whole else {}


def _testimony(
    asked: Mapping[str, int], heard: Iterable[tuple[str, int]], seen: Mapping[str, int], size: float
) -> float:
    """Evidence for a unit. None is counted against it: that a term is missing mostly shows that little was seen."""
    points = 0.0
    for term, count in heard:
        lift = (count / size + CAUTION) / (seen[term] + CAUTION)
        if lift > 1:
            points += asked[term] * log(lift)
    return points


def _blend(
    units: list[int], described: Mapping[int, float], dispatched: Mapping[int, float], weight: float
) -> list[tuple[int, float]]:
    # Half an even share for the silent: no witness alone can rule a unit out.
    floor = 0.5 / len(units)
    product = {
        unit: exp(
            (1 - weight) * log(described.get(unit, 0.0) + floor) + weight * log(dispatched.get(unit, 0.0) + floor)
        )
        for unit in units
    }
    whole = sum(product.values())
    return sorted(((unit, value / whole) for unit, value in product.items()), key=lambda pair: (-pair[1], pair[0]))
