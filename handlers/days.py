"""The kind of question that asks for a day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.messages import Answer
from handlers.phrases import day_words
from handlers.questions import Heard, Question, Wrong, plain, said
from handlers.words import N_, _

DAY_WORDS = {0: N_("today"), 1: N_("tomorrow"), 2: N_("the day after tomorrow")}


@dataclass(frozen=True, kw_only=True)
class Day(Question[date]):
    """A date not before `today`; where they are given, not before `first` and not after `last`."""

    today: date
    first: date | None = None
    last: date | None = None

    @property
    def hint(self) -> str:
        return _("A date, such as 12-01 or “tomorrow”.")

    def read(self, answer: Answer, before: date | None, menu: Sequence[str]) -> Heard[date]:
        day = self._relative(answer.text) or self._written(plain(answer.text))
        if day is None:
            raise Wrong(_("I do not see a date in this."))
        if day < self.today:
            raise Wrong(_("That day is over already."))
        if self.first is not None and day < self.first:
            raise Wrong(_("It must be {day} or later.", day=day_words(self.first)))
        if self.last is not None and day > self.last:
            raise Wrong(_("It must be {day} or earlier.", day=day_words(self.last)))
        return Heard(day)

    def _relative(self, text: str) -> date | None:
        found = [days for days, words in DAY_WORDS.items() if said(text, words)]
        return self.today + timedelta(days=found[0]) if found else None

    def _written(self, text: str) -> date | None:
        found = re.fullmatch(r"(?:(\d{4})[-/.年])?\s*(\d{1,2})[-/.月]\s*(\d{1,2})日?", text)
        if not found:
            return None
        try:
            day = date(int(found[1] or self.today.year), int(found[2]), int(found[3]))
        except ValueError:
            return None
        return day.replace(year=day.year + 1) if not found[1] and day < self.today and day.month < 3 else day

    def keep(self, value: date) -> Any:
        return value.isoformat()

    def restore(self, kept: Any) -> date:
        return date.fromisoformat(kept)
