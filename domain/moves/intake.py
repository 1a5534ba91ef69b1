"""From filing to the decision on acceptance."""

from __future__ import annotations

from domain import guards, parts, permits
from domain.case import OPEN, Matter, Status
from domain.deadlines import PauseAll, ResumeAll, Start, Stop, StopAll, Term
from domain.moves.row import ENDS_ACCEPTANCE, FILED, HANDLING, MERGED, NOWHERE, TO_DECIDE, Decision, Move, Target

ASKED = (PauseAll(), Start(Term.SUPPLEMENT))
SUPPLIED = (Stop((Term.SUPPLEMENT,)), ResumeAll())

INTAKE: tuple[Move, ...] = (
    Move(
        "file",
        NOWHERE,
        Status.FILED,
        (permits.anyone_filing,),
        needs=("facts",),
        clock=(Start(Term.ACCEPT), Start(Term.SILENCE)),
    ),
    Move(
        "ask",
        FILED,
        Status.WAITING,
        (permits.dispatcher,),
        needs=("text",),
        guards=(guards.pause_left,),
        clock=ASKED,
        work=(parts.remember_asker,),
    ),
    Move(
        "ask",
        HANDLING,
        Status.WAITING,
        (permits.worker,),
        needs=("text",),
        guards=(guards.pause_left,),
        clock=(Stop((Term.CONTACT,)), *ASKED),
        work=(parts.remember_asker,),
    ),
    Move(
        "supply",
        frozenset({Status.WAITING}),
        Target.BACK,
        (permits.owner,),
        needs=("text",),
        clock=SUPPLIED,
        work=(parts.spend_pause, parts.keep_from_named),
    ),
    Move(
        "lapse", frozenset({Status.WAITING}), Target.BACK, (permits.clock,), clock=SUPPLIED, work=(parts.spend_pause,)
    ),
    Move(
        "add",
        OPEN - {Status.WAITING} | MERGED,
        Target.SAME,
        (permits.owner,),
        needs=("text",),
        work=(parts.keep_from_named,),
    ),
    Move(
        "answer_at_once",
        FILED,
        Status.ANSWERED,
        (permits.dispatcher,),
        needs=("text",),
        when=guards.not_objected,
        guards=(guards.only_inquiries,),
        clock=(ENDS_ACCEPTANCE, Start(Term.VISIT)),
    ),
    Move(
        "accept",
        FILED,
        Status.ACCEPTED,
        (permits.dispatcher, permits.clock),
        when=guards.not_objected,
        clock=(ENDS_ACCEPTANCE, Start(Term.DISPATCH)),
    ),
    Move(
        "accept",
        FILED,
        Status.ACCEPTED,
        (permits.approver, permits.clock),
        when=guards.objected,
        clock=(ENDS_ACCEPTANCE, Start(Term.DISPATCH)),
    ),
    Move(
        "propose_refusal",
        FILED,
        Target.SAME,
        (permits.dispatcher,),
        needs=("ground", "text"),
        when=guards.not_objected,
        guards=(guards.none_pending(Matter.REFUSAL), guards.listed_refusal),
        decides=(Decision.PROPOSE, Matter.REFUSAL),
    ),
    Move(
        "refuse",
        TO_DECIDE,
        Status.REFUSED,
        (permits.approver,),
        when=guards.pending(Matter.REFUSAL),
        clock=(ENDS_ACCEPTANCE, StopAll()),
        decides=(Decision.GRANT, Matter.REFUSAL),
    ),
    Move(
        "deny_refusal",
        TO_DECIDE,
        Target.SAME,
        (permits.approver,),
        needs=("text",),
        when=guards.pending(Matter.REFUSAL),
        decides=(Decision.DENY, Matter.REFUSAL),
    ),
    Move(
        "object",
        frozenset({Status.REFUSED}),
        Status.FILED,
        (permits.owner,),
        needs=("text",),
        guards=(guards.within_objection,),
        clock=(Start(Term.ACCEPT), Start(Term.SILENCE)),
        work=(parts.mark_objected, parts.keep_from_named),
    ),
    Move(
        "uphold",
        FILED,
        Status.REFUSED,
        (permits.approver,),
        needs=("text",),
        when=guards.objected,
        guards=(guards.not_own_refusal,),
        clock=(ENDS_ACCEPTANCE, StopAll()),
    ),
)
