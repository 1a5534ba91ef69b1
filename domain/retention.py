"""How long what an ended case says is kept, and what must be kept although its owner asks for it to be erased.

The rules name no years; these are our own, within what archives of public bodies keep of letters that were settled:
long enough for a review, an audit and the next inspection, and no longer. One table for everybody who asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from domain.case import Kind, Status

#: Years after its end for which the words of a case are kept, by kind (own).
YEARS: Mapping[Kind, int] = MappingProxyType(
    {
        Kind.REQUEST: 3,  # as long as a claim before the courts, so that an answer can still be shown
        Kind.COMPLAINT: 3,
        Kind.INQUIRY: 1,  # an answer that anyone would be given again
        Kind.SUGGESTION: 1,
    }
)
#: Ends after which nobody was asked to act: there is less to prove (own).
SHORT_ENDS: Mapping[Status, int] = MappingProxyType({Status.WITHDRAWN: 1, Status.REFUSED: 1})
#: Years a case is kept, whatever its owner asks, in which somebody was called to account or money came back (own).
BOUND_YEARS = 3
#: Papers that call a unit to account. A reminder letter goes out by itself and binds nobody.
BINDING_PAPERS = frozenset({"supervision", "order", "card", "referral"})

#: Messages, with the history a chat page shows: each stands in its case as well.
MESSAGES_DAYS = 365
#: Who has read a case; as long as the longest of the cases is kept.
READINGS_DAYS = 3 * 365
#: Somebody who has no case with us any more and did not write for so long is forgotten.
SILENT_DAYS = 365
#: How long a person may think better of an erasure; their last message reaches them meanwhile.
SECOND_THOUGHTS = timedelta(minutes=10)
#: The same where an administrator acts on a letter: the person may never have written it.
THOUGHTS_OF_A_LETTER = timedelta(days=1)
#: How long the link to one's own data is good.
EXPORT_VALID = timedelta(hours=24)


def years(kind: Kind, status: Status, *, bound: bool) -> int:
    """For how many years after its end a case is kept."""
    plain = SHORT_ENDS.get(status, YEARS[kind])
    return max(plain, BOUND_YEARS) if bound else plain


def erased_on(kind: Kind, status: Status, ended: date, *, bound: bool) -> date:
    """The day on which an ended case is erased by itself; ended: the office's day on which it ended."""
    year = ended.year + years(kind, status, bound=bound)
    leap_day = (ended.month, ended.day) == (2, 29)
    return date(year, 3, 1) if leap_day else ended.replace(year=year)
