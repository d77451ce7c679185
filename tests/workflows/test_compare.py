"""Differences between two versions of a script, in words."""

from __future__ import annotations

import pytest

from workflows.compare import compare
from workflows.language.loader import read_script
from workflows.language.model import Script

BEFORE = """
script: visits
title: a visit
says: [come in]
slots:
  day: {kind: date, names: [the day], minimum: today}
  name: {kind: person_name, names: [the name]}
topics:
  hours: {says: [when are you open], answer: We open at nine.}
steps:
  day:
    collect: day
    ask: What day?
  name:
    collect: name
    ask: What name?
  bye:
    end: answered
    say: Thank you. Goodbye.
"""


def changed(*replaced: tuple[str, str]) -> list[str]:
    text = BEFORE
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    return [str(change) for change in compare(read(BEFORE), read(text))]


def read(text: str) -> Script:
    return read_script(text, "visits.yaml")


def test_the_same_script_is_the_same() -> None:
    assert changed() == []


def test_comments_spacing_and_quotes_do_not_count() -> None:
    assert changed(("    ask: What day?", '    # for the front desk\n    ask:   "What day?"')) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("What day?", "Which day?", "Step day asks “Which day?”, not “What day?” any more"),
        ("minimum: today", "minimum: today+1", "The value day is at least today+1, not today any more"),
        ("title: a visit", "title: a consultation", "The script is called a consultation, not a visit any more"),
        ("at nine.", "at ten.", "The answer to hours is “We open at ten.”, not “We open at nine.” any more"),
        ("end: answered", "end: noted", "Step bye files the call as noted, not answered any more"),
        ("ask: What name?", "ask: {text: \"What name?\", must_say: true}",
         "Step name asks “What name?” (must be said), not “What name?” any more"),
    ],
)  # fmt: skip
def test_one_change_is_one_sentence(old: str, new: str, told: str) -> None:
    assert changed((old, new)) == [told]


def test_steps_that_come_and_go() -> None:
    told = changed(("  bye:", "  thanks:\n    say: How kind.\n  bye:"))
    assert told == ["Step name goes on with thanks, not bye any more", "Step thanks is new: says “How kind.”"]
    told = changed(("  name:\n    collect: name\n    ask: What name?\n", ""))
    assert told == ["Step day goes on with bye, not name any more", "Step name is gone: asks “What name?”"]
