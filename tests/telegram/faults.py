"""What a platform can do with a call instead of taking it, and when: the schedule of a storm."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: Refusals: HTTP status and words, as the platform writes them.
REFUSED: dict[str, tuple[int, str]] = {
    "slow down": (429, "Too Many Requests: retry after {seconds:.0f}"),
    "blocked": (403, "Forbidden: bot was blocked by the user"),
    "kicked": (403, "Forbidden: bot was kicked from the supergroup chat"),
    "bad gateway": (502, "Bad Gateway"),
    "migrated": (400, "Bad Request: group chat was upgraded to a supergroup chat"),
    "edit lost": (400, "Bad Request: message to edit not found"),
    "chat gone": (400, "Bad Request: chat not found"),
    "no link": (400, "Bad Request: BUTTON_URL_INVALID"),
    "no photo": (400, "Bad Request: IMAGE_PROCESS_FAILED"),
    "wrong file": (400, "Bad Request: wrong file identifier/HTTP URL specified"),
}
#: The line goes dead without an answer: whether the call was taken before.
BROKEN: dict[str, bool] = {"closed before": False, "closed after": True, "hang before": False, "hang after": True}


@dataclass
class Fault:
    """One thing that goes wrong.

    kind: a key of REFUSED or BROKEN. chat, method: whom and what it meets, 0 and "" any sending or editing.
    times: so often. seconds: the retry time named, or how long the line hangs. to: the chat's new id.
    """

    kind: str
    chat: int = 0
    method: str = ""
    times: int = 1
    seconds: float = 0
    to: int = 0

    def meets(self, method: str, chat: int) -> bool:
        """Whether this is the call that goes wrong."""
        named = self.method == method if self.method else method.startswith(("send", "edit"))
        return named and self.chat in (0, chat)

    def answer(self) -> tuple[str, int, dict[str, Any] | None]:
        """Words, status and parameters of a refusal."""
        status, words = REFUSED[self.kind]
        more: dict[str, Any] = {}
        if status == 429:
            more["retry_after"] = max(1, round(self.seconds))
        if self.to:
            more["migrate_to_chat_id"] = self.to
        return words.format(seconds=self.seconds), status, more or None


@dataclass
class Schedule:
    """The faults still to come, met in the order they were planned."""

    planned: list[Fault] = field(default_factory=list)

    def plan(self, kind: str, **more: Any) -> None:
        """One more fault."""
        assert kind in REFUSED or kind in BROKEN, kind
        self.planned.append(Fault(kind, **more))

    def due(self, method: str, chat: int) -> Fault | None:
        """The fault this call meets, None for none."""
        for fault in self.planned:
            if fault.meets(method, chat):
                fault.times -= 1
                if fault.times <= 0:
                    self.planned.remove(fault)
                return fault
        return None
