"""How long a pause may be, by expectation and words."""

from __future__ import annotations

import pytest

from agent.hearing.patience import WordPatience
from calls.guidance import Guidance, Option, SlotExpectation


def asks(kind: str, patience: str = "normal", length: int | None = None) -> Guidance:
    options = (Option("cleaning", ("cleaning",)), Option("checkup", ("check-up",))) if kind == "choice" else ()
    slot = SlotExpectation("it", kind, options, length=length)
    return Guidance("ask", "it", (slot,), frozenset({"FillSlot"}), patience=patience)


CONFIRM = Guidance("check", allowed=frozenset({"Affirm", "Deny"}), patience="quick")
READ_BACK = Guidance("check", "it", (SlotExpectation("it", "date"),), frozenset({"Affirm", "Deny"}),
                     proposed="2026-03-17", patience="quick")  # fmt: skip
OPEN = Guidance("menu")

TABLE = [
    (OPEN, "I would like a table", 500, "silence"),
    (OPEN, "I would like to", 1400, "dangling"),
    (OPEN, "my name is", 1400, "dangling"),
    (OPEN, "four people and", 1400, "dangling"),
    (OPEN, "on Thursday at", 1400, "dangling"),
    (OPEN, "I'd like a", 1400, "dangling"),
    (OPEN, "I'd like, um", 1800, "thinking"),
    (OPEN, "let me see", 1800, "thinking"),
    (asks("date"), "March the tenth", 400, "complete"),
    (asks("date"), "tomorrow, please.", 400, "complete"),
    (asks("date"), "next Tuesday at", 1400, "dangling"),
    (asks("date"), "next Tuesday, um", 1800, "thinking"),
    (asks("date_of_birth"), "March the third nineteen", 1500, "incomplete"),
    (asks("date_of_birth"), "March 3rd, 20", 1500, "incomplete"),
    (asks("date_of_birth"), "March the third nineteen eighty five", 500, "complete"),
    (asks("date_of_birth"), "March the third two thousand", 500, "complete"),
    (asks("choice"), "a cleaning", 350, "complete"),
    (asks("choice"), "a cleaning and", 1400, "dangling"),
    (asks("phone", "patient"), "two one two five five five oh one nine two", 500, "complete"),
    (asks("phone", "patient"), "two one two five five five", 1500, "incomplete"),
    (asks("phone", "patient"), "my number is", 1400, "dangling"),
    (asks("code", "patient", 6), "four one seven", 1500, "incomplete"),
    (asks("code", "patient", 6), "four one seven two two nine", 500, "complete"),
    (asks("spelled_name", "patient"), "M I", 1500, "incomplete"),
    (asks("free_text", "patient"), "my kitchen is flooded", 1000, "silence"),
    (asks("person_name"), "Anna Miller", 500, "silence"),
    (asks("party_size", "quick"), "four", 350, "complete"),
    (asks("yes_no", "quick"), "yes", 300, "complete"),
    (asks("yes_no", "quick"), "no", 500, "complete"),
    (CONFIRM, "yes", 300, "complete"),
    (CONFIRM, "yes please", 300, "complete"),
    (CONFIRM, "no", 500, "complete"),
    (CONFIRM, "yes but", 1400, "dangling"),
    (CONFIRM, "what", 350, "silence"),
    (CONFIRM, "it is", 1400, "dangling"),
    (READ_BACK, "it is", 300, "complete"),
    (READ_BACK, "that's right", 300, "complete"),
    (READ_BACK, "no, the", 1400, "dangling"),
    (OPEN, "", 500, "silence"),
    (asks("no_such_kind"), "something", 500, "silence"),
]


@pytest.mark.parametrize(("guidance", "text", "ms", "reason"), TABLE)
def test_patience(guidance: Guidance, text: str, ms: float, reason: str) -> None:
    found = WordPatience(guidance)(text)
    assert (found.ms, found.reason) == (ms, reason)


def test_expect_changes_it() -> None:
    rule = WordPatience(OPEN)
    rule.expect(asks("free_text", "patient"))
    assert rule("it is broken").ms == 1000.0
    rule.expect(Guidance("x", patience="no such patience"))
    assert rule("it is broken").ms == 500.0


def test_whether_words_are_of_use_is_asked_without_judging_a_pause() -> None:
    asked, unasked = WordPatience(asks("phone")), WordPatience(asks("phone"))
    for patience in (asked, unasked):
        assert patience("two one two", 1_400.0).reason == "incomplete"
    assert asked.is_useful("two one two five five five zero one four two")
    assert not asked.is_useful("the hound")
    # What was said before the pause stands: so many more digits cannot have been spoken in half a second.
    whole = "two one two five five five zero one four two"
    assert asked(whole, 1_900.0) == unasked(whole, 1_900.0)
    assert asked(whole, 1_900.0).reason == "incomplete"
