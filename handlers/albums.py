"""An album: photos sent as one, which a platform brings one by one, are one arrival."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from domain.messages import Incoming
from storage.inbox import LONGEST_KEY

#: So long after its last part an album is taken as complete.
QUIET = timedelta(seconds=1)
#: So long after its last part an album was forgotten by the process that was to take it.
LEFT_AFTER = timedelta(seconds=10)

_NUMBER = re.compile(r"(\d{1,18})$")


def joined(parts: Sequence[Incoming]) -> Incoming:
    """Parts, as they came, as one arrival: in the order they were sent, each once, the words of all of them."""
    once = {part.ref or part.key: part for part in reversed(parts)}
    sent = sorted(once.values(), key=_sent_as)
    first = sent[0]
    return replace(
        first,
        key=f"album:{first.key}"[:LONGEST_KEY],
        text="\n".join(part.text for part in sent if part.text.strip()),
        files=tuple(file for part in sent for file in part.files),
        album="",
        parts=tuple((part.ref, part.text) for part in sent if part.ref),
    )


def _sent_as(part: Incoming) -> tuple[int, str]:
    """Platforms number messages in the order they were sent; they need not bring them in it."""
    found = _NUMBER.search(part.ref)
    return (int(found[1]) if found else 0, part.key)
