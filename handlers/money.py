"""The kind of question that asks for an amount of money, written as people write it; kept in fen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from domain.messages import Answer
from handlers.questions import Heard, Question, Wrong, plain
from handlers.words import _

#: The largest amount taken, in fen: ten thousand million yuan, far above what a county pays back.
MOST_FEN = 10**12
_NUMBER = r"([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(\.[0-9]{1,8})?"
_WRITTEN = re.compile(rf"¥?\s*{_NUMBER}\s*(?:(万|亿)\s*)?(?:元|块钱|块|yuan)?")
#: How many fen one of the unit is.
FEN = {None: 100, "万": 1_000_000, "亿": 10_000_000_000}


def fen_of(text: str) -> int | None:
    """The amount in fen of “48600”, “48,600.50元” or “4.86万”; None for what is no amount or is finer than a fen."""
    found = _WRITTEN.fullmatch(plain(text))
    if found is None or any(sign.isdigit() and not sign.isdecimal() for sign in text):  # ² and ① are no digits here
        return None
    amount = Decimal(found[1].replace(",", "") + (found[2] or "")) * FEN[found[3]]
    return int(amount) if amount == amount.to_integral_value() and amount <= MOST_FEN else None


@dataclass(frozen=True, kw_only=True)
class Money(Question[int]):
    """An amount of more than nothing, in fen."""

    free: ClassVar[bool] = True

    @property
    def hint(self) -> str:
        return _("In yuan, such as 48600, 48,600.50 or 4.86万.")

    def read(self, answer: Answer, before: int | None, menu: Sequence[str]) -> Heard[int]:
        amount = fen_of(answer.text)
        if amount is None:
            raise Wrong(_("I do not see an amount in this."))
        if amount <= 0:
            raise Wrong(_("The amount must be more than nothing."))
        return Heard(amount)

    def restore(self, kept: Any) -> int:
        if not isinstance(kept, int) or not 0 < kept <= MOST_FEN:
            raise ValueError("no amount")
        return kept
