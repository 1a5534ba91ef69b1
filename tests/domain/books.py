"""Rulebooks to test with: any an office may have."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

from hypothesis import strategies as st

from domain import rulebook_check
from domain.case import Kind
from domain.ladder import LADDER, To
from domain.rulebook import DEFAULT, KINDS, Closure, Ground, KindRule, Rulebook, RungRule
from domain.rulebook_check import NUMBERS, recipients, rule_of
from domain.workdays import Limit, Unit

limits = st.one_of(
    st.builds(Limit, st.integers(1, 60)),
    st.builds(Limit, st.integers(1, 6), st.just(Unit.MONTHS)),
    st.builds(Limit, st.integers(1, 80), st.just(Unit.HOURS)),
)
words = st.text("经营受理用水电气abc“{}<&", min_size=1, max_size=30)
closures = st.lists(
    st.builds(Closure, st.dates(date(2021, 1, 1), date(2027, 12, 31)), words), max_size=6, unique_by=lambda one: one.day
).map(lambda days: tuple(sorted(days, key=lambda one: one.day)))


@st.composite
def rules_of_kinds(draw: st.DrawFn) -> dict[Kind, KindRule]:
    return {
        kind: KindRule(draw(limits), {weight: draw(limits) for weight in rule.handle}, draw(st.booleans()))
        for kind, rule in KINDS.items()
    }


@st.composite
def rungs(draw: st.DrawFn) -> dict[str, RungRule]:
    """Some rungs at their own days, with other recipients, or switched off."""
    found = {}
    for rung in draw(st.sets(st.sampled_from([one for one in LADDER if not one.move]))):
        allowed = [str(one) for one in recipients(rung)]
        to = tuple(draw(st.lists(st.sampled_from(allowed), min_size=1, unique=True)))
        days = draw(st.integers(-10, -2)) if rung.name == "near" else rule_of(DEFAULT, rung).days
        rule, default = RungRule(days, to, To.OWNER in rung.to or draw(st.booleans())), rule_of(DEFAULT, rung)
        if (rule.days, set(rule.to), rule.on) != (default.days, set(default.to), default.on):
            found[rung.key] = rule
    return found


@st.composite
def books(draw: st.DrawFn) -> Rulebook:
    """A book without faults."""
    numbers: dict[str, Any] = {name: draw(st.integers(least, most)) for name, (least, most) in NUMBERS.items()}
    numbers["supplement_pool_days"] = draw(st.integers(4, 60))
    numbers["idle_forget_hours"] = numbers["idle_offer_hours"] + draw(st.integers(1, 100))
    opens = draw(st.integers(6, 10))
    own = {name: draw(limits) for name in rulebook_check.LIMITS if name not in ("silence", "close_silent")}
    grounds = st.lists(st.builds(Ground, st.from_regex(r"own_[a-z]{1,5}", fullmatch=True), words), max_size=3)
    extra = {one.code: one for one in draw(grounds)}
    return replace(
        DEFAULT,
        **{**numbers, **own, "digest_spread_minutes": numbers["digest_spread_minutes"] % 120},
        kinds=draw(rules_of_kinds()),
        silence=Limit(draw(st.integers(126, 250))),
        close_silent=Limit(draw(st.integers(4, 60))),
        opens=time(opens, 30),
        closes=time(draw(st.integers(15, 19))),
        digest_at=time(draw(st.integers(opens + 1, 12)), draw(st.sampled_from([0, 15, 30]))),
        closures=draw(closures),
        rungs=draw(rungs()),
        refusal_grounds=(*DEFAULT.refusal_grounds, *extra.values()),
        categories=tuple(draw(st.lists(words, max_size=4, unique=True))),
        head_checks=draw(st.booleans()),
    )
