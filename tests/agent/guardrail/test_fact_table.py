"""The fact table of a call: what stays is read once, and what one moment adds to it is in no other table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from agent.guardrail.facts import FactTable, _put, _put_text, _read, _table, table_of
from calls.grounding import Fact, Ground
from tests.agent.guardrail.test_grounding import FACTS

TODAY = date(2026, 3, 16)
MORE = (
    *FACTS,
    Fact("fee", "A visit costs 90 dollars, late ones $120.50 per hour.", "receipt"),
    Fact("offered", "2026-03-25T09:30:00-04:00", "script"),
    Fact("email", "anna@harbor.example", "slot"),
    Fact("left", "It left on 27 November, every day from nine to five.", "found"),
    Fact("discount", "10% on Mondays", "script"),
)


def at_once(facts: tuple[Fact, ...]) -> FactTable:
    """Every fact read into one table, one after the other."""
    table = FactTable(TODAY)
    for fact in facts:
        for sourced in _read(fact.name, fact.value, TODAY, "en-US"):
            _put(table, sourced)
        _put_text(table, fact)
    table.text = "\n".join(str(fact.value).lower() for fact in facts)
    return table


@given(st.lists(st.lists(st.sampled_from(MORE), max_size=8).map(tuple), max_size=6))
def test_a_table_is_the_same_whatever_was_read_before(moments: list[tuple[Fact, ...]]) -> None:
    for facts in moments:
        assert _table(facts, TODAY, "en-US") == at_once(facts)
    for facts in moments:
        assert _table(facts, TODAY, "en-US") == at_once(facts)


def test_what_one_moment_adds_is_not_known_in_another() -> None:
    before = Ground(facts=FACTS[:4], wall="2026-03-16T10:00:00-04:00")
    after = replace(before, facts=(*before.facts, Fact("price", 35, "receipt")))
    assert 3500 in table_of(after).amounts
    assert 3500 not in table_of(before).amounts
    own = table_of(before).copy()
    own.amounts[9000].append(frozenset({"mine"}))
    own.words.add("mine")
    assert frozenset({"mine"}) not in table_of(before).amounts[9000]
    assert "mine" not in table_of(before).words
