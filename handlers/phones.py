"""The question for a phone number, and how a number is kept and shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import phonenumbers

from domain.messages import Answer
from handlers.questions import Heard, Question, Wrong
from handlers.words import _

#: A mobile of the mainland as nearly everybody sends it: read here, the library takes half as long as a whole answer.
#: 179 is left to the library, which knows the prefixes that begin so.
MOBILE = re.compile(r"1(?:[3-689][0-9]|7[0-8])[0-9]{8}")
#: Service numbers such as 12345 are shorter than seven digits, and nobody's own.
LEAST_PHONE = 1_000_000
#: A number is looked for in so many characters.
LONGEST_SEARCHED = 200


@dataclass(frozen=True, kw_only=True)
class Phone(Question[str]):
    """A phone number, kept in the international form."""

    region: str = "CN"
    free: ClassVar[bool] = False

    @property
    def hint(self) -> str:
        return _("A mobile or landline number, such as 138 0000 0000.")

    def read(self, answer: Answer, before: str | None, menu: Sequence[str]) -> Heard[str]:
        if not answer.text.strip():
            raise Wrong(_("Please send the phone number as text."))
        if self.region == "CN" and MOBILE.fullmatch(answer.text.strip()):
            return Heard(f"+86{answer.text.strip()}")
        try:
            number = phonenumbers.parse(unicodedata.normalize("NFKC", answer.text[:40]), self.region)
        except phonenumbers.NumberParseException:
            number = _among_words(answer.text, self.region)
        if (number.national_number or 0) < LEAST_PHONE or not phonenumbers.is_possible_number(number):
            raise Wrong(_("This number has too few or too many digits."))
        return Heard(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

    def restore(self, kept: Any) -> str:
        if kept is None and self.optional:
            return ""
        if not isinstance(kept, str) or not re.fullmatch(r"\+\d{5,15}", kept):
            raise ValueError("not a phone number")
        return kept


def _among_words(text: str, region: str) -> phonenumbers.PhoneNumber:
    """The one number that stands among words: “13800000000 王女士”. Raises Wrong for none, or for several."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST_SEARCHED])
    found = [match.number for match in phonenumbers.PhoneNumberMatcher(plain, region)]
    if not found:
        raise Wrong(_("I do not see a phone number in this."))
    if any(number != found[0] for number in found):
        raise Wrong(_("I see more than one number here. Please send just the one that reaches you."))
    return found[0]


@lru_cache(maxsize=1024)
def phone_words(number: str) -> str:
    """A kept phone number as people write it."""
    if not number:
        return ""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, style.NATIONAL if parsed.country_code == 86 else style.INTERNATIONAL)
