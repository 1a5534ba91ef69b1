"""Units, key projects, and what the office has learned about who acts on what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, delete, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.likely import sizes_of
from domain.people import UnitOf
from storage.tables import likely_terms, likely_units, projects, units
from storage.transaction import Tx

_UNIT = (units.c.id, units.c.code, units.c.name, units.c.phone, units.c.duties)
_ALL = select(*_UNIT).where(units.c.active.is_(True)).order_by(units.c.id)
_GET = select(*_UNIT).where(units.c.id == bindparam("id_"))
_CODE = select(*_UNIT).where(units.c.code == bindparam("code_"))
_DUTIES = select(units.c.id, units.c.grams).where(units.c.active.is_(True))
_saving = upsert(units)
_SAVE = _saving.on_conflict_do_update(
    index_elements=["code"],
    set_={name: _saving.excluded[name] for name in ("name", "phone", "duties", "grams")},
).returning(units.c.id)
_PROJECTS = select(projects.c.id, projects.c.name).where(projects.c.active.is_(True)).order_by(projects.c.id)
_PROJECT = select(projects.c.id, projects.c.name).where(projects.c.id == bindparam("id_"))
_ADD_PROJECT = insert(projects).returning(projects.c.id)
#: Terms asked about at once: as many parameters, so that the statement stays one; the rest is padded with "".
ASKED_AT_ONCE = 64
_LEARNED = select(likely_terms).where(or_(*(likely_terms.c.gram == bindparam(f"g{n}") for n in range(ASKED_AT_ONCE))))
_TOTALS = select(likely_units)
_COUNT = func.count()


def _unit(row: Row[Any]) -> UnitOf:
    return UnitOf(row.id, row.code, row.name, row.phone, row.duties)


def every(tx: Tx) -> list[UnitOf]:
    """All active units in the order they were set up."""
    return tx.remembered("units", _read_every)


def _read_every(tx: Tx) -> list[UnitOf]:
    return [_unit(row) for row in tx.all(_ALL)]


def get(tx: Tx, unit: int) -> UnitOf | None:
    """One unit."""
    row = tx.first(_GET, {"id_": unit})
    return _unit(row) if row else None


def by_code(tx: Tx, code: str) -> UnitOf | None:
    """The unit with this code."""
    row = tx.first(_CODE, {"code_": code})
    return _unit(row) if row else None


def names(tx: Tx) -> dict[int, str]:
    """Unit names by id."""
    return tx.remembered("unit names", lambda tx: {unit.id: unit.name for unit in every(tx)})


def save(tx: Tx, code: str, name: str, phone: str, duties: str, grams: Mapping[str, int]) -> int:
    """Add a unit or change the one with this code; returns its id."""
    tx.forget("units", "unit names", "duties", "duties sizes")
    text = msgspec.json.encode(dict(grams)).decode()
    row = {"code": code, "name": name, "phone": phone, "duties": duties, "grams": text}
    return int(tx.scalar(_SAVE, row))


def all_projects(tx: Tx) -> list[tuple[int, str]]:
    """Key projects as (id, name)."""
    return tx.remembered("projects", lambda tx: [(row.id, row.name) for row in tx.all(_PROJECTS)])


def project_name(tx: Tx, project: int) -> str:
    """A project's name."""
    row = tx.first(_PROJECT, {"id_": project})
    return str(row.name) if row else ""


def add_project(tx: Tx, name: str) -> int:
    """A new key project; returns its id."""
    tx.forget("projects")
    return int(tx.execute(_ADD_PROJECT, {"name": name}).scalar_one())


def duties_grams(tx: Tx) -> dict[int, dict[str, int]]:
    """The terms of each unit's duties."""
    return tx.remembered("duties", _read_duties)


def duties_sizes(tx: Tx) -> dict[int, int]:
    """How many terms each unit's duties have."""
    return tx.remembered("duties sizes", lambda tx: sizes_of(duties_grams(tx)))


def _read_duties(tx: Tx) -> dict[int, dict[str, int]]:
    return {row.id: msgspec.json.decode(row.grams) for row in tx.all(_DUTIES)}


def learned_terms(tx: Tx, grams: list[str]) -> dict[int, dict[str, int]]:
    """How often each unit's past cases held these terms."""
    found: dict[int, dict[str, int]] = {}
    for start in range(0, len(grams), ASKED_AT_ONCE):
        some = grams[start : start + ASKED_AT_ONCE]
        padded = [*some, *[""] * (ASKED_AT_ONCE - len(some))]
        for row in tx.all(_LEARNED, {f"g{n}": gram for n, gram in enumerate(padded)}):
            found.setdefault(row.unit_id, {})[row.gram] = row.n
    return found


def learned_totals(tx: Tx) -> dict[int, tuple[int, int]]:
    """Per unit: (cases learned from, terms in them)."""
    return {row.unit_id: (row.cases, row.total) for row in tx.all(_TOTALS)}


_LEARN_TERMS = upsert(likely_terms)
_LEARN_TERMS = _LEARN_TERMS.on_conflict_do_update(
    index_elements=["gram", "unit_id"], set_={"n": likely_terms.c.n + _LEARN_TERMS.excluded.n}
)
_LEARN_UNIT = upsert(likely_units)
_LEARN_UNIT = _LEARN_UNIT.on_conflict_do_update(
    index_elements=["unit_id"],
    set_={
        "cases": likely_units.c.cases + 1,
        "total": likely_units.c.total + _LEARN_UNIT.excluded.total,
    },
)


def learn(tx: Tx, unit: int, grams: Mapping[str, int]) -> None:
    """One more case with these terms was this unit's."""
    if not grams:
        return
    tx.execute(_LEARN_TERMS, [{"gram": g, "unit_id": unit, "n": n} for g, n in sorted(grams.items())])
    tx.execute(_LEARN_UNIT, {"unit_id": unit, "cases": 1, "total": sum(grams.values())})


_UNLEARN_TERM = (
    update(likely_terms)
    .where(likely_terms.c.gram == bindparam("gram_"), likely_terms.c.unit_id == bindparam("unit_"))
    .values(n=likely_terms.c.n - bindparam("n_"))
)
_FORGOTTEN = delete(likely_terms).where(likely_terms.c.unit_id == bindparam("unit_"), likely_terms.c.n <= literal(0))
_UNLEARN_UNIT = (
    update(likely_units)
    .where(likely_units.c.unit_id == bindparam("unit_"))
    .values(cases=likely_units.c.cases - literal(1), total=likely_units.c.total - bindparam("total_"))
)


def unlearn(tx: Tx, unit: int, grams: Mapping[str, int]) -> None:
    """Take back what was learned from a case with these terms: a rare one may be somebody's name."""
    if not grams:
        return
    tx.execute(_UNLEARN_TERM, [{"gram_": g, "unit_": unit, "n_": n} for g, n in sorted(grams.items())])
    tx.execute(_FORGOTTEN, {"unit_": unit})
    tx.execute(_UNLEARN_UNIT, {"unit_": unit, "total_": sum(grams.values())})
