"""What may happen to a case at any time, and how it ends without an answer."""

from __future__ import annotations

from domain import guards, parts, permits
from domain.case import OPEN, Matter, Status
from domain.deadlines import Recount, StopAll
from domain.moves.row import ANSWERED, DONE, MERGED, UNANSWERED, UNITS_OR_WAITING, Decision, Move, Target

ANYTIME: tuple[Move, ...] = (
    Move(
        "urge",
        OPEN - ANSWERED | MERGED,
        Target.SAME,
        (permits.owner, permits.leader),
        guards=(guards.once_a_working_day,),
        work=(parts.remember_urging,),
    ),
    Move(
        "withdraw",
        OPEN | MERGED,
        Status.WITHDRAWN,
        (permits.owner,),
        clock=(StopAll(),),
        work=(parts.part_from_group,),
    ),
    Move(
        "reclassify",
        UNANSWERED,
        Target.SAME,
        (permits.dispatcher, permits.worker),
        needs=("kind",),
        guards=(guards.no_clues, guards.another_kind, guards.not_with_the_accused_alone),
        clock=(Recount(),),
        work=(parts.set_kind,),
    ),
    Move(
        "propose_termination",
        OPEN,
        Target.SAME,
        (permits.dispatcher,),
        needs=("ground", "text"),
        guards=(guards.none_pending(Matter.TERMINATION), guards.listed_termination),
        decides=(Decision.PROPOSE, Matter.TERMINATION),
    ),
    Move(
        "terminate",
        OPEN,
        Status.TERMINATED,
        (permits.approver,),
        when=guards.pending(Matter.TERMINATION),
        clock=(StopAll(),),
        work=(parts.recall_parts,),
        decides=(Decision.GRANT, Matter.TERMINATION),
    ),
    Move(
        "deny_termination",
        OPEN,
        Target.SAME,
        (permits.approver,),
        needs=("text",),
        when=guards.pending(Matter.TERMINATION),
        decides=(Decision.DENY, Matter.TERMINATION),
    ),
    Move(
        "transfer",
        OPEN,
        Status.TRANSFERRED,
        (permits.dispatcher,),
        needs=("body", "text"),
        clock=(StopAll(),),
        work=(parts.part_from_group,),
    ),
    Move(
        "transfer",
        MERGED,
        Status.TRANSFERRED,
        (permits.dispatcher, permits.clock),
        needs=("body", "text"),
        clock=(StopAll(),),
        work=(parts.part_from_group,),
    ),
    Move("relay", frozenset({Status.TRANSFERRED}), Target.SAME, (permits.dispatcher,), needs=("text",)),
    Move("supervise", UNITS_OR_WAITING, Target.SAME, (permits.supervisor,), needs=("text",), when=guards.has_lead),
    Move(
        "repay",
        UNITS_OR_WAITING | DONE | MERGED | {Status.WITHDRAWN},
        Target.SAME,
        (permits.worker, permits.dispatcher, permits.supervisor),
        needs=("amount_fen",),
        guards=(guards.some_money,),
    ),
    Move("censure", frozenset(Status), Target.SAME, (permits.supervisor,), needs=("text",)),
    Move(
        "recuse",
        frozenset(Status),
        Target.SAME,
        (permits.dispatcher, permits.approver, permits.supervisor),
        needs=("person",),
        work=(parts.recuse,),
    ),
)
