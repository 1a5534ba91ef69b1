"""Since when a unit has its part."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

#: Of a part that is done with nobody asks any more: the round it was in, or how long the case stands so.
FILL = """UPDATE assignments SET since = COALESCE(
    (SELECT max(at) FROM events WHERE events.case_id = assignments.case_id AND move IN ('dispatch', 'redo')),
    (SELECT status_at FROM cases WHERE cases.id = assignments.case_id))"""
#: What gave the units their parts that may still be sent back.
GIVEN = """SELECT events.case_id, events.move, events.at, events.content FROM events
    WHERE events.move IN ('dispatch', 'reassign', 'involve', 'merge', 'follow', 'succeed', 'redo')
    AND events.case_id IN (SELECT case_id FROM assignments WHERE state = 'assigned')"""
UNSIGNED = "SELECT id, case_id, unit_id FROM assignments WHERE state = 'assigned'"
SET = "UPDATE assignments SET since = :at WHERE id = :id"


def upgrade() -> None:
    with op.batch_alter_table('assignments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('since', sa.DateTime(timezone=True), nullable=True))

    fill(op.get_bind())
    with op.batch_alter_table('assignments', schema=None) as batch_op:
        batch_op.alter_column('since', existing_type=sa.DateTime(timezone=True), nullable=False)


def fill(connection: sa.Connection) -> None:
    connection.execute(sa.text(FILL))
    latest: dict[tuple[int, int], Any] = {}
    for row in connection.execute(sa.text(GIVEN)):
        for unit in _units(row.move, json.loads(row.content or '{}')):
            known = latest.get((row.case_id, unit))
            latest[row.case_id, unit] = row.at if known is None else max(known, row.at)
    for part in connection.execute(sa.text(UNSIGNED)).all():
        found = [at for unit in (part.unit_id, ANY) if (at := latest.get((part.case_id, unit))) is not None]
        if found:
            connection.execute(sa.text(SET), {'id': part.id, 'at': max(found)})


#: A new round gives every unit its part anew.
ANY = 0


def _units(move: str, content: dict[str, Any]) -> list[int]:
    """The units that an event gave a part; not where only somebody else of a unit took it over."""
    if move == 'redo':
        return [ANY]
    if 'handler' in content and move == 'reassign':
        return []
    rows = [row[0] for row in content.get('parts') or ()]
    return [unit for unit in (content.get('lead'), content.get('unit'), *(content.get('assisting') or ()), *rows) if unit]
