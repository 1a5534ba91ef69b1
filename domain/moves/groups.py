"""Cases that belong together: joined, led by another, and standing for themselves again."""

from __future__ import annotations

from domain import guards, parts, permits
from domain.case import Status
from domain.deadlines import Hand, ResumeAll, Start, Stop, Term, Void
from domain.moves.row import ENDS_ACCEPTANCE, ENDS_WORK, MERGED, UNANSWERED, Move, Target

JOINS = (
    Stop((Term.SUPPLEMENT,)),
    ResumeAll(),
    ENDS_ACCEPTANCE,
    Void((Term.DISPATCH, Term.ASSIST, Term.CONTACT)),
    Hand(),
)

GROUPS: tuple[Move, ...] = (
    Move(
        "merge",
        UNANSWERED,
        Status.MERGED,
        (permits.dispatcher,),
        needs=("into",),
        guards=(guards.another_case, guards.not_under_review),
        clock=JOINS,
        work=(parts.join,),
    ),
    Move(
        "unmerge",
        MERGED,
        Status.ACCEPTED,
        (permits.dispatcher,),
        needs=("text",),
        clock=(Start(Term.DISPATCH),),
        work=(parts.part_from_group,),
    ),
    Move("follow", MERGED, Target.SAME, (permits.clock,), needs=("what",), clock=(Hand(),), work=(parts.mirror,)),
    Move("succeed", MERGED, Target.LED, (permits.clock,), needs=("status",), clock=(Hand(),), work=(parts.take_over,)),
    Move(
        "answer_with",
        MERGED,
        Status.ANSWERED,
        (permits.clock,),
        needs=("text",),
        clock=(ENDS_WORK, Start(Term.VISIT)),
        work=(parts.answer_with_group,),
    ),
)
