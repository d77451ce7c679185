"""An argument that is put together: a text with gaps, of several slots."""

from __future__ import annotations

import pytest

from calls.commands import Affirm, FillSlot
from tests.workflows.dialogue import Dialogue
from workflows.language import ScriptError, load_script, read_script
from workflows.language.paths import slots_of
from workflows.language.scripts import SHIPPED, ScriptSet
from workflows.lint import Source, lint_sources

ABSENCE = """
script: absence
title: a child who is ill
says: [my child is ill]
on_cancel: none
slots:
  child:
    kind: person_name
    names: [the child]
  class:
    kind: choice
    names: [the class]
    options: {ants: [the ants], bees: [the bees]}
  date:
    kind: date
    names: [the day]
steps:
  child: {collect: child, ask: "Which child?"}
  class: {collect: class, ask: "Ants or bees?"}
  date: {collect: date, ask: "Which day?"}
  check:
    confirm: [CONFIRM]
    ask: "{child}, {class}, on {date}?"
    declined: none
  note:
    act: leave_message
    arguments: {message: {text: "Absence of {child} in {class} on {date}"}}
    then: bye
    refused: {else: none}
  bye: {end: noted, say: It is noted.}
  none: {end: declined, say: Goodbye.}
"""


def script(text: str = ABSENCE, slots: str = "child, class, date") -> str:
    return text.replace("CONFIRM", slots)


def test_several_slots_go_into_one_argument() -> None:
    shared = load_script(SHIPPED / "callback.yaml")
    call = Dialogue("absence", ScriptSet.of([read_script(script(), "absence.yaml"), shared])).opens()
    call.says(
        FillSlot("child", "Alex Kim", "Alex Kim", 0.95),
        FillSlot("class", "bees", "the bees", 0.95),
        FillSlot("date", "2026-03-17", "Tuesday", 0.95),
    )
    assert call.requests == []
    call.says(Affirm())
    assert [dict(request.arguments) for request in call.requests] == [
        {"message": "Absence of Alex Kim in the bees on 2026-03-17"}
    ]


def test_its_slots_count_as_arguments() -> None:
    step = read_script(script(), "absence.yaml").steps["note"]
    assert slots_of(step) == ["child", "class", "date"]  # type: ignore[arg-type]


def test_what_nobody_said_yes_to_is_not_written_down() -> None:
    found = lint_sources([Source("absence.yaml", script(slots="child, date"))])
    assert any("'class', which nobody has said yes to" in one.problem.reason for one in found)
    unused = [one.problem.reason for one in lint_sources([Source("absence.yaml", script())])]
    assert not any("never used" in reason or "is not used" in reason for reason in unused), unused


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("of {child}", "of {kid}", "nothing is known by the name {kid}"),
        ("of {child}", "of {child", "a brace without its partner"),
        ("    names: [the child]", "    names: [the child]\n    optional: true", "the caller may have no child"),
        (
            'leave_message\n    arguments: {message: {text: "Absence of {child} in {class} on {date}"}}',
            'order_status\n    arguments: {code: {text: "{child}"}}',
            "a text with gaps is free text",
        ),
    ],
)
def test_a_text_with_gaps_that_cannot_be_is_refused(old: str, new: str, reason: str) -> None:
    assert old in ABSENCE
    with pytest.raises(ScriptError) as refused:
        read_script(script(ABSENCE.replace(old, new)), "absence.yaml")
    assert reason in str(refused.value)
