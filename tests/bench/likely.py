"""How often the suggested unit is the right one: `python -m tests.bench.likely PATH_OF_MESSAGES [SEEDS]`.

Messages are lines of JSON with subject, text and category. The right unit of a message is the first unit of the
demo office that names its category; `fitting` counts any unit that names it. Half of the messages, drawn by the
seed, are to learn from, the other half is asked about.
"""

import json
import random
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

from domain.likely import UnitTerms, grams, rank

OFFICE = Path(__file__).parents[2] / "bot" / "demo_office.toml"
SIZES = (10, 50, 120)

Terms = Mapping[str, int]


@dataclass(frozen=True)
class Share:
    """Shares (0 to 1) of the asked messages whose right unit came first, or among three; fitting unit first."""

    top1: float
    top3: float
    fitting: float


Scores = dict[str, Share]
"""By what was known: "duties", "learned 120", "both 10", …"""


def messages_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def units_of(path: Path = OFFICE) -> list[dict[str, Any]]:
    return list(tomllib.loads(path.read_text(encoding="utf-8"))["unit"])


def right_unit(category: str, units: Sequence[dict[str, Any]]) -> int:
    return next(number for number, unit in enumerate(units) if category in unit["category"])


def duties_of(units: Sequence[dict[str, Any]]) -> dict[int, Terms]:
    return {number: grams(unit["duties"], unit["name"]) for number, unit in enumerate(units)}


def learn(cases: Sequence[tuple[int, Terms]]) -> dict[int, UnitTerms]:
    """What the office's tables hold after these (unit, grams) were dispatched."""
    counts: dict[int, Counter[str]] = {}
    for unit, terms in cases:
        counts.setdefault(unit, Counter()).update(terms)
    number = Counter(unit for unit, _ in cases)
    return {unit: UnitTerms(unit, number[unit], terms, terms.total()) for unit, terms in counts.items()}


def measure(messages: Sequence[dict[str, Any]], units: Sequence[dict[str, Any]], seed: int) -> Scores:
    """One draw: the scores by what was known. The learned cases of a smaller size are among those of a larger."""
    drawn = list(messages)
    random.Random(seed).shuffle(drawn)
    half = len(drawn) // 2
    past = [(right_unit(m["category"], units), grams(m["text"], m["subject"])) for m in drawn[:half]]
    asked = [(m["category"], grams(m["text"], m["subject"])) for m in drawn[half:]]
    duties = duties_of(units)
    scores = {"duties": _share(asked, units, duties, {})}
    for size in SIZES:
        scores[f"learned {size}"] = _share(asked, units, {}, learn(past[:size]))
        scores[f"both {size}"] = _share(asked, units, duties, learn(past[:size]))
    return scores


def _share(
    asked: Sequence[tuple[str, Terms]],
    units: Sequence[dict[str, Any]],
    duties: Mapping[int, Terms],
    learned: Mapping[int, UnitTerms],
) -> Share:
    first = three = fitting = 0
    for category, terms in asked:
        best = [unit for unit, _ in rank(terms, duties, learned)][:3]
        right = right_unit(category, units)
        first += best[:1] == [right]
        three += right in best
        fitting += bool(best) and category in units[best[0]]["category"]
    return Share(first / len(asked), three / len(asked), fitting / len(asked))


def latency(messages: Sequence[dict[str, Any]], units: Sequence[dict[str, Any]], length: int) -> list[float]:
    """Milliseconds of grams() and of rank() (medians) for a text of so many characters, all messages learned."""
    learned = learn([(right_unit(m["category"], units), grams(m["text"], m["subject"])) for m in messages])
    duties = duties_of(units)
    text = "".join(m["text"] for m in messages)[:length]
    terms = grams(text)
    return [_milliseconds(lambda: grams(text)), _milliseconds(lambda: rank(terms, duties, learned))]


def _milliseconds(call: Any, times: int = 51) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    return median(taken)


def main(path: Path, seeds: int) -> None:
    messages, units = messages_of(path), units_of()
    draws = [measure(messages, units, seed) for seed in range(seeds)]
    print(f"{len(messages)} messages, {len(units)} units, {seeds} draws; mean ± sd")
    for known in draws[0]:
        shares = [draw[known] for draw in draws]
        columns = [(name, [getattr(share, name) for share in shares]) for name in ("top1", "top3", "fitting")]
        print(f"{known:12}", *(f"{name} {mean(v):.3f} ± {stdev(v):.3f}" for name, v in columns), sep="   ")
    cut, ranked = latency(messages, units, 3_700)
    print(f"3,700 characters, {len(units)} units: grams {cut:.2f} ms, rank {ranked:.2f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20)
