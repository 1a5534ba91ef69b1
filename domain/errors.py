"""Everything that can be refused, in one family. The docstring is the message, in English; catalogues translate it."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar


class QinqingError(Exception):
    """Something went wrong."""

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.template().format(**values))

    @classmethod
    def template(cls) -> str:
        """The untranslated message, with {named} places for the values."""
        return _one_line(cls.__doc__ or "")


@cache
def _one_line(text: str) -> str:
    return " ".join(text.split())


class Refused(QinqingError):
    """This cannot be done now."""

    #: Words a person may act on; the flow shows them and offers the next step.
    kind: ClassVar[str] = "refused"


class NotYours(Refused):
    """This is not something you can do."""


class AlreadySo(Refused):
    """Nothing to do here any more: case {number} has moved on. Look at it to see how it stands."""


class WaitsForOwner(AlreadySo):
    """The owner of case {number} has been asked for more, and the clock waits. You can do this when they have answered,
    or when the time for it is over."""


class Missing(Refused):
    """Something is still missing ({what}). Please answer every question."""


class OnlyInquiries(Refused):
    """Only an inquiry can be answered at once. Please accept this case and dispatch it."""


class TooSoon(Refused):
    """You have urged this case already. You can urge it again on the next working day, {day}."""


class TooLate(Refused):
    """The time for this ended on {day}."""


class NoPauseLeft(Refused):
    """The owner has already been asked for more as often as the rules allow for this case."""


class OnceOnly(Refused):
    """This has been done already, and can be done once only."""


class LastOne(Refused):
    """All other units have answered. Please answer too, or ask the dispatcher to give your part to another unit."""


class OwnProposal(Refused):
    """You proposed this yourself; somebody else must decide on it."""


class FinalSaid(Refused):
    """The final review has been done and its conclusion given in writing. The case is not redone any more."""


class UnderReview(Refused):
    """This case is under final review and cannot be joined to another."""


class NotToTheAccused(Refused):
    """This complaint is about that unit: it cannot go to that unit alone. Choose another unit, or another one too."""


class NotLeftToTheAccused(Refused):
    """This complaint is about the only other unit. Please ask the dispatcher to give your part to somebody else."""


class CluesNotHere(Refused):
    """Clues about misconduct need a sealed path, which this office does not offer yet. Nothing was changed. Please
    give no details here; hand the matter to the discipline inspectors in person."""


class AskedTooLate(Refused):
    """More time had to be asked for by {day}. Please answer in time, or tell the owner how it stands."""


class NotLater(Refused):
    """The new date must lie after {day}."""


class TooLong(Refused):
    """The new date may not lie after {day}."""


class UnknownGround(Refused):
    """This ground is not on the office's list. Please choose one of the list."""


class UnknownCase(Refused):
    """No case of yours has the number {number}."""


class NotAmongYours(UnknownCase):
    """This case is not among yours: it may be with somebody else by now, or be settled. What is open for you stands in
    your list."""


class UnknownCode(Refused):
    """This code is not valid, or has been used. Please ask for a new one."""


class NotOfTheUnit(Refused):
    """Only somebody of that unit can be given this. Please choose a colleague from the list."""


class WrongUnit(Refused):
    """The unit “{unit}” cannot be chosen here."""


class Overtaken(Refused):
    """Somebody else has changed the rules meanwhile. Look at version {version} first; nothing of yours was lost."""


class ProgramError(QinqingError):
    """A mistake in the program: {what}"""


class BadDeclaration(QinqingError):
    """{where}: {what}"""
