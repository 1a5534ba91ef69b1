"""What is still missing, for the administrator; and an office set up from a workbook that is sent in the chat."""

from __future__ import annotations

from domain.messages import Answer, Button, Message
from domain.rights import RIGHTS, Right
from handlers import checklist, menus
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _

ENDING = ".xlsx"
WRITE = "write."


@flow(
    "setup",
    command="setup",
    words=N_("setup|what is still missing"),
    roles=RIGHTS[Right.SETUP],
    describes=N_("what is still missing"),
)
async def setup(talk: Talk) -> Message:
    """What is missing before everything works, each with its next step."""
    return checklist.message(talk.tx, talk.now)


@flow("workbook", roles=RIGHTS[Right.SETUP])
async def workbook(talk: Talk) -> Message:
    """Have the plan of a workbook worked out, or have it written. arg: the file's id, behind “write.” to write it."""
    wanted = talk.arg.removeprefix(WRITE)
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 18):
        return menus.menu(talk.turn, _("That file is not here any more. Please send it again."))
    talk.do("asked", _asked, int(wanted), talk.arg.startswith(WRITE))
    if talk.arg.startswith(WRITE):
        return Message(_("I am writing it down. You hear in a moment what has changed."))
    text = _("A workbook: I am reading it. In a moment you see what it would change. Nothing is written yet.")
    return Message(text, buttons=((Button(_("What is still missing"), "f:setup"),),))


def to_agree(file: int) -> tuple[Button, ...]:
    """The buttons under the plan of a workbook."""
    return Button(_("Write this"), f"f:workbook:{WRITE}{file}"), Button(_("Not now"), "f:setup")


def to_read_again(file: int) -> tuple[Button, ...]:
    """The buttons where a file was still on its way."""
    return Button(_("Read it now"), f"f:workbook:{file}"), Button(_("Not now"), "f:setup")


def _asked(turn: Turn, file: int, write: bool) -> int:
    """What needs the bytes of a file is done after the commit, by who has hands for files."""
    turn.tx.signal("errand", "write workbook" if write else "plan workbook", turn.person.id, file)
    return file


def is_workbook(turn: Turn, answer: Answer) -> bool:
    """Whether an administrator has sent one spreadsheet and nothing else."""
    sent_alone = len(turn.received) == 1 and not answer.text.strip() and answer.place is None
    named = sent_alone and turn.received[0].name.casefold().endswith(ENDING)
    return named and turn.holds(*RIGHTS[Right.SETUP])
