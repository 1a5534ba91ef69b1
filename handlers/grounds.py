"""The grounds on which a case is refused or ended, in words: the office's own, or those every office begins with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from domain.case import Matter
from domain.rulebook import Ground, Rulebook
from handlers.words import N_, _

#: Ezhou's list, by the code of the ground.
KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "civil": N_("a civil dispute between enterprises"),
        "scope": N_("outside what this office may deal with"),
        "elsewhere": N_("before reconsideration, court, discipline inspection or arbitration already"),
        "decided": N_("finally decided there already"),
        "police": N_("a matter for the police or of criminal law"),
        "force_majeure": N_("caused by force majeure"),
        "concluded": N_("the same matter for the same reason was concluded already"),
        "by_law": N_("for another body by law"),
        "settled": N_("settled, and withdrawn"),
        "sued": N_("taken to court or arbitration since"),
        "uncooperative": N_("the owner does not cooperate"),
    }
)


def listed(book: Rulebook, matter: Matter) -> tuple[Ground, ...]:
    """The office's grounds in a matter."""
    return book.refusal_grounds if matter is Matter.REFUSAL else book.termination_grounds


def words_of(ground: Ground) -> str:
    """A ground in words: the office's, or the known ones."""
    return ground.words or _(KNOWN.get(ground.code, ground.code))


def words(book: Rulebook, matter: Matter, code: str) -> str:
    """The words of a ground by its code; the code itself where the office has dropped it since."""
    found = next((ground for ground in listed(book, matter) if ground.code == code), Ground(code))
    return words_of(found)
