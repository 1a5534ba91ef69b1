"""What a deliverer holds in its hand: one row out per address, the next by urgency, nothing taken up twice."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from math import inf

from storage.outgoing import Outgoing

Place = tuple[int, int]


def _place(line: Outgoing) -> Place:
    return (line.priority, line.id)


class Hand:
    """Rows taken up from a queue. An id stays known until the queue was looked at after its fate was written down.

    An address has one row out until that row's fate is written down, and may rest between two of them. A row belongs to
    the address it was taken up for, whatever the queue says later: two addresses may become one meanwhile.
    more: whether the queue may hold rows that were not taken up yet; top: the largest id there was at the last look.
    Moments are seconds of the caller's clock.
    """

    def __init__(self) -> None:
        self.more = False
        self.top = 0
        self._lines: dict[int, list[tuple[Place, float, Outgoing]]] = {}
        self._ready: list[tuple[Place, int]] = []
        self._out: dict[int, int] = {}
        self._taken_for: dict[int, int] = {}
        self._ids: set[int] = set()
        self._resting: dict[int, float] = {}
        self._rests: list[tuple[float, int]] = []
        self._waiting = 0
        self._written: list[Outgoing] = []
        self._returned: set[int] = set()
        self._changed: set[int] = set()

    def ids(self) -> set[int]:
        """Every id that must not be taken up again; the caller only reads."""
        return self._ids

    def size(self) -> int:
        """How many ids are known."""
        return len(self._ids)

    def waiting(self) -> int:
        """How many rows wait for their turn at addresses that do not rest."""
        return self._waiting

    def out(self) -> set[int]:
        """Ids of the rows that are out."""
        return set(self._out.values())

    def take(self, lines: Iterable[Outgoing], batch: int, now: float) -> None:
        """Take up rows; a batch of new ones or more means that there may be more."""
        count = 0
        for line in lines:
            if line.id in self._ids:
                continue
            count += 1
            self._ids.add(line.id)
            address = line.address_id
            since = -inf if address in self._changed else now
            heappush(self._lines.setdefault(address, []), (_place(line), since, line))
            if address not in self._resting:
                self._waiting += 1
            self._offer(address)
        self.more = count >= batch

    def first(self) -> Outgoing | None:
        """The most urgent row of an address that has none out and does not rest."""
        while self._ready:
            place, address = self._ready[0]
            queue = self._lines.get(address)
            if queue and queue[0][0] == place and address not in self._out and address not in self._resting:
                return queue[0][2]
            heappop(self._ready)
        return None

    def go(self, line: Outgoing) -> float:
        """The first row goes out; returns when it was taken up."""
        heappop(self._ready)
        _place, since, _line = heappop(self._lines[line.address_id])
        self._out[line.address_id] = line.id
        self._taken_for[line.id] = line.address_id
        self._waiting -= 1
        return since

    def rest(self, address: int, until: float) -> None:
        """Nothing goes to an address before then."""
        self._resting[address] = until
        heappush(self._rests, (until, address))
        self._waiting -= len(self._lines.get(address, ()))

    def rouse(self, now: float) -> float | None:
        """Addresses that have rested long enough are free again; returns when the next one will be."""
        while self._rests and self._rests[0][0] <= now:
            until, address = heappop(self._rests)
            if self._resting.get(address) == until:
                del self._resting[address]
                self._waiting += len(self._lines.get(address, ()))
                self._offer(address)
        return self._rests[0][0] if self._rests else None

    def sent(self, line: Outgoing) -> None:
        """It is written down that this row was sent: its address is free for the next.

        After a card, what waits behind it was taken up before that had its place: as good as long ago.
        """
        self._written.append(line)
        address = self._taken_for.pop(line.id)
        if line.message.card:
            self._changed.add(address)
            if address in self._lines:
                self._lines[address] = [(place, -inf, other) for place, _since, other in self._lines[address]]
        self._out.pop(address, None)
        self._offer(address)

    def returned(self, line: Outgoing) -> None:
        """What became of this row is written down, and the queue says what comes next at its address."""
        self._written.append(line)
        self._returned.add(line.id)

    def settle(self) -> None:
        """Before a look at the queue: rows written down are what the queue says, no more ours to remember."""
        for line in self._written:
            self._ids.discard(line.id)
            if line.id in self._returned:
                address = self._taken_for.pop(line.id)
                self._out.pop(address, None)
                self._drop(address)
        self._written.clear()
        self._returned.clear()
        self._changed.clear()

    def put_down(self) -> None:
        """Forget what waits; another process sends it."""
        for address in list(self._lines):
            self._drop(address)
        self._ready.clear()

    def _offer(self, address: int) -> None:
        queue = self._lines.get(address)
        if not queue:
            self._lines.pop(address, None)
        elif address not in self._out and address not in self._resting:
            heappush(self._ready, (queue[0][0], address))

    def _drop(self, address: int) -> None:
        dropped = self._lines.pop(address, [])
        self._ids.difference_update(line.id for _place, _since, line in dropped)
        if address not in self._resting:
            self._waiting -= len(dropped)
