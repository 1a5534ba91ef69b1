"""What the platform can do with a call instead of serving it (sheet 7.10), planned ahead and met in that order."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass
class Fault:
    """One thing that goes wrong with a call of one API.

    errcode: refused so. http: answered with this status and no JSON. stall: seconds before it is served.
    closed: "before" or "after" the call took effect, the line is cut without an answer.
    more: fields laid over an otherwise honest answer. touser: only calls to this person.
    """

    errcode: int = 0
    http: int = 0
    stall: float = 0
    closed: str = ""
    more: Json | None = None
    touser: str = ""
    times: int = 1

    def meets(self, body: Json) -> bool:
        """Whether this call is the one."""
        return not self.touser or self.touser == str(body.get("touser"))


class Faults:
    """The plan. An API is named by its path below /cgi-bin/ ("message/send", "kf/sync_msg"), others as `sms`."""

    def __init__(self) -> None:
        self._planned: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.met: list[tuple[str, Fault]] = []

    def once(self, api: str, errcode: int = 0, **more: Any) -> None:
        """The next call of an API goes wrong: see Fault for how."""
        self.times(api, 1, errcode, **more)

    def times(self, api: str, times: int, errcode: int = 0, **more: Any) -> None:
        """The next so many calls of an API go wrong."""
        self._planned[api].append(Fault(errcode=errcode, times=times, **more))

    def always(self, api: str, errcode: int = 0, **more: Any) -> None:
        """Every call goes wrong until `heal`."""
        self.times(api, 1 << 60, errcode, **more)

    def stall(self, api: str, seconds: float = 5.0) -> None:
        """The next call is served only after so many seconds."""
        self.once(api, stall=seconds)

    def closed_before(self, api: str) -> None:
        """The next call is cut off, and did nothing."""
        self.once(api, closed="before")

    def closed_after(self, api: str) -> None:
        """The next call is cut off after it took effect."""
        self.once(api, closed="after")

    def http(self, api: str, status: int = 502) -> None:
        """The next call meets a broken proxy."""
        self.once(api, http=status)

    def heal(self, api: str) -> None:
        """Nothing goes wrong with this API any more."""
        self._planned.pop(api, None)

    def left(self) -> list[str]:
        """The APIs of which something planned has not been met yet."""
        return [api for api, planned in self._planned.items() if planned]

    def due(self, api: str, body: Json) -> Fault | None:
        """What this call meets, None for nothing."""
        planned = self._planned.get(api)
        if not planned:
            return None
        fault = next((one for one in planned if one.meets(body)), None)
        if fault is not None:
            fault.times -= 1
            if fault.times <= 0:
                planned.remove(fault)
            self.met.append((api, fault))
        return fault
