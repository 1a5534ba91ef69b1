"""Qinqing's measurements beside its peers: `python -m tests.bench [talk] [ack] [due] [start] [kill] [push]`; or all."""

from __future__ import annotations

import sys
from collections.abc import Callable

from tests.bench import ack, due, kill, push, start, talk

MEASUREMENTS: dict[str, Callable[[], None]] = {
    "talk": talk.main,
    "ack": ack.main,
    "due": due.main,
    "start": start.main,
    "kill": kill.main,
    "push": push.main,
}


def main(names: list[str]) -> int:
    """Measure what is named; 2 for a name that is none."""
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        print(f"no such measurement: {', '.join(unknown)}; there are {', '.join(MEASUREMENTS)}", file=sys.stderr)
        return 2
    for name in names or MEASUREMENTS:
        MEASUREMENTS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
