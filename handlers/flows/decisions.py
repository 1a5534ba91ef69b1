"""What must be agreed: proposed by one, decided on by another, and the list of what waits for a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from domain.case import ApprovalState, Matter
from domain.errors import AlreadySo
from domain.messages import Message
from domain.rights import RIGHTS, Right
from handlers import cards, casework, grounds, menus, phrases, proposals, worklist
from handlers.flows.follow import after
from handlers.flows.tasks import allowed
from handlers.questions import Choice, Confirm, Option, Text
from handlers.registry import flow
from handlers.talk import Talk
from handlers.turn import Turn
from handlers.words import N_, _
from storage import cases

DECIDERS = RIGHTS[Right.APPROVALS]
PROPOSERS = RIGHTS[Right.DECIDE]
MOST_REASONS = 1000


@flow(
    "approvals",
    command="approvals",
    words=N_("approvals|waiting for my decision"),
    roles=DECIDERS,
    describes=N_("what waits for your decision"),
)
async def approvals(talk: Talk) -> Message:
    """What waits for this person's decision, the most urgent first."""
    found = worklist.of_approvals(talk.tx, talk.turn.holdings, talk.now)
    if not found:
        return menus.menu(talk.turn, _("Nothing waits for your decision."))
    title = _("{count} wait for your decision", count=len(found))
    return cards.task_list(talk.tx, found, talk.now, title, "approvals", talk.arg)


# --- proposing --------------------------------------------------------------------------------------------------


@flow("propose_refusal", roles=PROPOSERS)
async def propose_refusal(talk: Talk) -> Message:
    """The dispatcher proposes not to accept a case."""
    prompt = _("Propose not to accept it? The approver decides; the owner hears of it only then.")
    return await _propose(talk, "propose_refusal", Matter.REFUSAL, prompt)


@flow("propose_termination", roles=PROPOSERS)
async def propose_termination(talk: Talk) -> Message:
    """The dispatcher proposes to end a case without an answer."""
    prompt = _("Propose to end it? The approver decides; the owner hears of it only then.")
    return await _propose(talk, "propose_termination", Matter.TERMINATION, prompt)


async def _propose(talk: Talk, move: str, matter: Matter, prompt: str) -> Message:
    case_id = talk.read("case", allowed, talk.arg, move)
    book = talk.office.rulebook
    lines = tuple(Option(ground.code, grounds.words_of(ground)) for ground in grounds.listed(book, matter))
    ground = await talk.ask("ground", Choice(prompt=_("On which ground?"), lines=lines, label=_("Ground")))
    text = await talk.ask("text", reasons(_("Why? If it is approved, the owner reads these words in a letter.")))
    facts = ((_("Ground"), grounds.words(book, matter, ground)), (_("Reasons"), text))
    await talk.confirm(Confirm(prompt=prompt, title=_("Please check"), facts=facts, yes=_("Propose it")))
    talk.do("proposed", casework.move, case_id, move, ground=ground, text=text)
    return after(talk.turn, case_id, _("Proposed. The approver decides; until then the case goes on as it was."))


def reasons(prompt: str) -> Text:
    return Text(prompt=prompt, most=MOST_REASONS, label=_("Reasons"))


# --- deciding ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decided:
    """The words of one decision: asked before it, on its button, and said after it."""

    matter: Matter
    prompt: str
    yes: str
    done: str


GRANTS: Mapping[str, Decided] = MappingProxyType(
    {
        "refuse": Decided(
            Matter.REFUSAL,
            N_("Approve it? The owner gets a letter with this ground and these reasons, and can object once."),
            N_("Approve the refusal"),
            N_("Approved. The letter has gone to the owner."),
        ),
        "terminate": Decided(
            Matter.TERMINATION,
            N_("Approve it? The case ends, and the owner gets a letter with this ground and these reasons."),
            N_("Approve the ending"),
            N_("Approved. The letter has gone to the owner."),
        ),
        "grant_time": Decided(
            Matter.EXTENSION,
            N_("Grant the time? Those concerned are told the new date, and why."),
            N_("Grant the time"),
            N_("Granted. Those concerned know the new date."),
        ),
        "release": Decided(
            Matter.CHECK,
            N_("Shall this answer go to the owner?"),
            N_("Release the answer"),
            N_("Released. The owner has the answer."),
        ),
    }
)
DENIALS: Mapping[str, Decided] = MappingProxyType(
    {
        "deny_refusal": Decided(
            Matter.REFUSAL,
            N_("Why not? The dispatcher reads it."),
            "",
            N_("Not approved. The dispatcher has been told; the case goes on as it was."),
        ),
        "deny_termination": Decided(
            Matter.TERMINATION,
            N_("Why not? The dispatcher reads it."),
            "",
            N_("Not approved. The dispatcher has been told; the case goes on as it was."),
        ),
        "deny_time": Decided(
            Matter.EXTENSION,
            N_("Why not? The unit reads it."),
            "",
            N_("No more time. The unit has been told; its date stays."),
        ),
        "send_back": Decided(
            Matter.CHECK,
            N_("What must be better? Whoever wrote it reads this."),
            "",
            N_("Sent back. Whoever wrote it has been told."),
        ),
    }
)


async def _grant(talk: Talk, move: str) -> Message:
    said = GRANTS[move]
    case_id = talk.read("case", allowed, talk.arg, move)
    found = await _which(talk, case_id, move, said.matter)
    facts = tuple((label, value) for label, value in found["told"])
    about = talk.read("about", _about, case_id)
    await talk.confirm(Confirm(prompt=_(said.prompt), title=about, facts=facts, yes=_(said.yes)))
    talk.do("decided", _decide, case_id, move, found["id"], found["unit"], "")
    return after(talk.turn, case_id, _(said.done))


async def _deny(talk: Talk, move: str) -> Message:
    said = DENIALS[move]
    case_id = talk.read("case", allowed, talk.arg, move)
    found = await _which(talk, case_id, move, said.matter)
    shown = "\n".join(_("{label}: {value}", label=label, value=value) for label, value in found["told"])
    text = await talk.ask("text", reasons(f"{phrases.short_paragraph(shown)}\n\n{_(said.prompt)}"))
    talk.do("decided", _decide, case_id, move, found["id"], found["unit"], text)
    return after(talk.turn, case_id, _(said.done))


async def _which(talk: Talk, case_id: int, move: str, matter: Matter) -> dict[str, Any]:
    """The proposal to decide on; where several units have asked, one of them is chosen."""
    found = talk.read("proposals", _waiting, case_id, move, str(matter))
    if len(found) == 1:
        return found[0]
    lines = tuple(Option(str(one["id"]), " · ".join(value for _label, value in one["told"][:3])) for one in found)
    chosen = await talk.ask("which", Choice(prompt=_("Which one?"), lines=lines, label=_("Proposal")))
    return next(one for one in found if str(one["id"]) == chosen)


def _waiting(turn: Turn, case_id: int, move: str, matter: str) -> list[dict[str, Any]]:
    """What the person may decide on with this move: id, unit, and what is to be read before."""
    case = casework.seen(turn, str(case_id))
    actor, wanted = casework.allowed(turn, case, move), Matter(matter)
    fits = [one for one in proposals.pending(case, wanted) if one.proposers.isdisjoint(actor.persons)]
    mine = [one for one in fits if wanted is not Matter.CHECK or one.unit == actor.unit]
    if not mine:
        raise AlreadySo(number=case.number)
    return [{"id": one.id, "unit": one.unit, "told": proposals.told(turn.tx, case, one)} for one in mine]


def _about(turn: Turn, case_id: int) -> str:
    return phrases.about(casework.seen(turn, str(case_id)))


def _decide(turn: Turn, case_id: int, move: str, proposal: int, unit: int | None, text: str) -> int:
    """Decide on the very proposal that was read. Raises AlreadySo where it was decided on meanwhile."""
    case = cases.lock(turn.tx, case_id)
    waiting = [one.id for one in case.approvals if one.state is ApprovalState.PENDING] if case else []
    if case is None or proposal not in waiting:
        raise AlreadySo(number=case.number if case else "")
    return casework.move(turn, case_id, move, unit=unit, text=text)


@flow("refuse", roles=DECIDERS)
async def refuse(talk: Talk) -> Message:
    """The approver agrees that a case is not accepted."""
    return await _grant(talk, "refuse")


@flow("deny_refusal", roles=DECIDERS)
async def deny_refusal(talk: Talk) -> Message:
    """The approver does not agree to a refusal."""
    return await _deny(talk, "deny_refusal")


@flow("terminate", roles=DECIDERS)
async def terminate(talk: Talk) -> Message:
    """The approver agrees that a case is ended."""
    return await _grant(talk, "terminate")


@flow("deny_termination", roles=DECIDERS)
async def deny_termination(talk: Talk) -> Message:
    """The approver does not agree to an ending."""
    return await _deny(talk, "deny_termination")


@flow("grant_time", roles=DECIDERS)
async def grant_time(talk: Talk) -> Message:
    """The approver gives a unit more time."""
    return await _grant(talk, "grant_time")


@flow("deny_time", roles=DECIDERS)
async def deny_time(talk: Talk) -> Message:
    """The approver gives a unit no more time."""
    return await _deny(talk, "deny_time")


@flow("release", roles=DECIDERS)
async def release(talk: Talk) -> Message:
    """The head lets an answer go to the owner."""
    return await _grant(talk, "release")


@flow("send_back", roles=DECIDERS)
async def send_back(talk: Talk) -> Message:
    """The head wants a better answer."""
    return await _deny(talk, "send_back")
