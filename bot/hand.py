"""What a deliverer holds in its hand: one row out per address, the next by urgency, nothing taken up twice."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

from storage.outgoing import Outgoing

Place = tuple[int, int]


def _place(line: Outgoing) -> Place:
    return (line.priority, line.id)


class Hand:
    """Rows taken up from a queue. An id stays known until the queue was looked at after its fate was written down.

    more: whether the queue may hold rows that were not taken up yet; top: the largest id taken up so far.
    """

    def __init__(self) -> None:
        self.more = False
        self.top = 0
        self._lines: dict[int, list[tuple[Place, Outgoing]]] = {}
        self._ready: list[tuple[Place, int]] = []
        self._out: set[int] = set()
        self._ids: set[int] = set()
        self._waiting = 0
        self._held_back: dict[int, int] = {}
        self._written: list[Outgoing] = []

    def ids(self) -> set[int]:
        """Every id that must not be taken up again; the caller only reads."""
        return self._ids

    def size(self) -> int:
        """How many ids are known."""
        return len(self._ids)

    def waiting(self) -> int:
        """How many rows wait for their turn."""
        return self._waiting

    def ready(self) -> int:
        """At most so many addresses have a row that may go now."""
        return len(self._ready)

    def take(self, lines: Iterable[Outgoing], batch: int) -> None:
        """Take up rows, at most a batch of new ones."""
        count = 0
        for line in lines:
            if line.id in self._ids:
                continue
            count += 1
            self._ids.add(line.id)
            self.top = max(self.top, line.id)
            queue = self._lines.setdefault(line.address_id, [])
            heappush(queue, (_place(line), line))
            self._offer(line.address_id)
        self._waiting += count
        self.more = count >= batch

    def next(self) -> Outgoing | None:
        """The most urgent row of an address that has none out; its address has one out from now on."""
        while self._ready:
            place, address = heappop(self._ready)
            queue = self._lines.get(address)
            if address in self._out or not queue or queue[0][0] != place:
                continue
            self._out.add(address)
            self._waiting -= 1
            return heappop(queue)[1]
        return None

    def sent(self, line: Outgoing) -> None:
        """The address is free for its next row."""
        self._out.discard(line.address_id)
        self._offer(line.address_id)

    def hold_back(self, line: Outgoing) -> None:
        """Nothing more goes to the address until this row's fate is written down."""
        self._held_back[line.id] = line.address_id

    def recorded(self, lines: Iterable[Outgoing]) -> bool:
        """The fate of these rows is written down; whether the queue should be looked at because of that."""
        before = len(self._written)
        self._written.extend(lines)
        return any(line.id in self._held_back for line in self._written[before:])

    def settle(self) -> None:
        """Before a look at the queue: rows written down are what the queue says, no more ours to remember."""
        for line in self._written:
            self._ids.discard(line.id)
            address = self._held_back.pop(line.id, None)
            if address is not None:
                self._out.discard(address)
                self._drop(address)
        self._written.clear()

    def put_down(self) -> None:
        """Forget what waits; another process sends it."""
        for address in list(self._lines):
            self._drop(address)
        self._ready.clear()

    def _offer(self, address: int) -> None:
        queue = self._lines.get(address)
        if queue and address not in self._out:
            heappush(self._ready, (queue[0][0], address))
        elif not queue:
            self._lines.pop(address, None)

    def _drop(self, address: int) -> None:
        dropped = self._lines.pop(address, [])
        self._ids.difference_update(line.id for _place, line in dropped)
        self._waiting -= len(dropped)
