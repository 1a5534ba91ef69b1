"""MOVES: every move of a case as data. Adding a move is adding a row, its notice and its words.

A move may have several rows: the first whose origin, condition and permit fit is taken.
"""

from __future__ import annotations

from domain.moves.answers import ANSWERS
from domain.moves.anytime import ANYTIME
from domain.moves.groups import GROUPS
from domain.moves.intake import INTAKE
from domain.moves.row import Decision, Move, Target
from domain.moves.units import UNITS

__all__ = ["MOVES", "Decision", "Move", "Target"]

MOVES: tuple[Move, ...] = (*INTAKE, *UNITS, *ANSWERS, *GROUPS, *ANYTIME)
