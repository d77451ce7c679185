"""Scripts which call others and come back: what goes along, what stays, how deep, and on which version."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calls.codec import decode
from calls.commands import Affirm, Cancel, Deny, FillSlot, Goodbye, SlowDown, StartWorkflow
from calls.events import StepEntered, WorkflowCalled, WorkflowMigrated, WorkflowReturned
from calls.run import DEEPEST, Run
from calls.runs import fold
from tests.workflows.dialogue import Dialogue
from tests.workflows.little import dialogue, scripts
from workflows.language import ScriptError, ScriptSet, read_script
from workflows.walk import call_script, return_from

FRONT = """\
script: front
title: the front desk
slots:
  name: {kind: person_name, confirm: never}
  color: {kind: choice, options: {red: [red], blue: [blue]}}
steps:
  name:
    collect: name
    ask: Who is calling?
  paint:
    call: paint
    say: Let us see to that.
    with: {owner: name, shade: {text: red}}
    takes: {color: shade}
  again:
    collect: color
    ask: Which color is it?
  bye:
    end: answered
    say: "{color} it is, {name}. Goodbye."
"""

PAINT = """\
script: paint
title: paint
says: [some paint, paint a wall]
slots:
  owner: {kind: person_name, confirm: never}
  shade: {kind: choice, options: {red: [red], blue: [blue]}}
  walls: {kind: number, names: [the walls]}
steps:
  owner:
    collect: owner
    ask: Whose wall is it?
  shade:
    collect: shade
    ask: Red or blue?
  walls:
    collect: walls
    ask: How many walls?
  done:
    end: painted
    say:
      - text: "{walls} walls for {owner}, in {shade}."
        must_say: true
      - Goodbye.
"""


def test_a_called_script_gets_what_it_is_given_and_gives_back_what_is_taken() -> None:
    call = dialogue("front", scripts(FRONT, PAINT)).opens().says(FillSlot("name", "Alex Kim", "Alex Kim"))
    assert call.run.script == "paint"
    assert call.slots == {"owner": "Alex Kim", "shade": "red"}
    assert call.turn[-2:] == ["Let us see to that.", "How many walls?"]
    call.says(FillSlot("walls", 4, "four"))
    assert "Four walls for Alex Kim, in red." in call.words
    assert call.words.count("Goodbye") == 1, "only the call that ends says it"
    assert call.ending == ("hang_up", "painted")
    assert call.run.outcomes == ("painted",)
    called, returned = (
        next(b for b in call.record if isinstance(b, kind)) for kind in (WorkflowCalled, WorkflowReturned)
    )
    assert (called.script, returned.script, returned.outcome) == ("paint", "paint", "painted")


def test_a_call_in_a_call_is_rebuilt_from_its_record() -> None:
    call = dialogue("front", scripts(FRONT, PAINT)).opens().says(FillSlot("name", "Alex Kim", "Alex Kim"), SlowDown())
    for _ in range(2):
        run = Run()
        for body in call.record:
            run = fold(run, body)
        assert run == call.run
        call.says(FillSlot("walls", 4, "four"))


def test_the_pace_asked_for_holds_in_the_other_script_and_after_it() -> None:
    call = dialogue("front", scripts(FRONT, PAINT)).opens().says(SlowDown()).says(FillSlot("name", "Bo Li", "Bo Li"))
    assert call.run.script == "paint"
    assert call.last.lines[-1].style.pace < 1
    call.says(FillSlot("walls", 2, "two"))
    assert call.last.lines[-1].style.pace < 1


class Digressing(Dialogue):
    """Where somebody else decides to call a script, as repair does."""

    def goes_to(self, script: str) -> bool:
        from workflows.turn import Turn

        turn = Turn(self.director.scripts, self.run, self.facts)
        began = call_script(turn, script)
        self._put(turn)
        return began

    def comes_back(self) -> None:
        from workflows.turn import Turn

        turn = Turn(self.director.scripts, self.run, self.facts)
        return_from(turn)
        self._put(turn)

    def _put(self, turn: object) -> None:
        self.turn = [line.text for line in turn.lines]  # type: ignore[attr-defined]
        for body in turn.events:  # type: ignore[attr-defined]
            self._keep(body)


def test_a_digression_comes_back_to_the_open_question_with_everything_kept() -> None:
    call = Digressing("front", scripts(FRONT, PAINT)).opens()
    assert isinstance(call, Digressing)
    assert call.goes_to("paint")
    assert call.turn == ["Whose wall is it?"]
    call.says(FillSlot("owner", "Bo Li", "Bo Li"), FillSlot("shade", "blue", "blue"), FillSlot("walls", 1, "one"))
    assert call.turn[-2:] == ["Now, back to where we were.", "Who is calling?"]
    assert call.run.frames == ()
    assert call.last.ending == ""


def test_a_read_back_still_awaits_its_yes_after_a_digression() -> None:
    little = scripts(
        FRONT.replace("name: {kind: person_name, confirm: never}", "name: {kind: person_name, confirm: explicit}"),
        PAINT,
    )
    call = Digressing("front", little).opens().says(FillSlot("name", "Alex Kim", "Alex Kim"))
    assert isinstance(call, Digressing)
    assert call.run.confirming == "name"
    call.goes_to("paint")
    assert call.run.confirming == ""
    call.comes_back()
    assert call.run.confirming == "name"
    assert "Alex Kim" in call.words
    call.says(Affirm())
    assert call.run.slots["owner"].confirmed, "what was agreed to here is agreed to there"


def test_no_more_than_three_scripts_wait() -> None:
    call = Digressing("front", scripts(FRONT, PAINT)).opens()
    assert isinstance(call, Digressing)
    assert [call.goes_to("paint") for _ in range(4)] == [True, True, True, False]
    assert len(call.run.frames) == DEEPEST
    for left in (2, 1, 0, 0):
        call.comes_back()
        assert len(call.run.frames) == left
    assert call.turn == [], "nothing waited: nothing happens"


def test_a_digression_leaves_room_for_the_calls_of_the_script_itself() -> None:
    call = Digressing("paint", scripts(FRONT, PAINT)).opens()
    assert isinstance(call, Digressing)
    assert [call.goes_to(name) for name in ("paint", "paint", "front")] == [True, True, False]


def test_scripts_which_call_each_other_in_a_circle_are_refused() -> None:
    circle = PAINT.replace("  done:\n", "  more:\n    call: front\n  done:\n")
    with pytest.raises(ScriptError, match="more than 3 would wait"):
        scripts(FRONT, circle)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("call: paint\n", "call: paints\n", "no script"),
        ("owner: name", "keeper: name", "keeper"),
        ("owner: name", "owner: color", "choice"),
        ("{text: red}", "{text: green}", "green"),
        ("takes: {color: shade}", "takes: {color: tint}", "tint"),
        ("takes: {color: shade}", "takes: {name: shade}", "choice"),
        ("takes: {color: shade}", "takes: {colour: shade}", "colour"),
    ],
)
def test_what_the_other_script_cannot_take_is_refused(old: str, new: str, complaint: str) -> None:
    with pytest.raises(ScriptError, match=complaint):
        scripts(FRONT.replace(old, new), PAINT)


def test_start_goes_for_good() -> None:
    leaving = PAINT.replace("  done:\n", "  enough:\n    decide: [{slot: walls, is: 7, then: leave}]\n    else: done\n"
                            "  leave:\n    start: callback\n  done:\n")  # fmt: skip
    call = dialogue("front", scripts(FRONT, leaving)).opens().says(FillSlot("name", "Alex Kim", "Alex Kim"))
    assert len(call.run.frames) == 1
    call.says(FillSlot("walls", 7, "seven"))
    assert (call.run.script, call.run.frames) == ("callback", ())


def test_goodbye_in_a_called_script_ends_the_call() -> None:
    call = dialogue("front", scripts(FRONT, PAINT)).opens().says(FillSlot("name", "Alex Kim", "Alex")).says(Goodbye())
    assert call.ending == ("hang_up", "abandoned")


def test_taking_back_what_a_called_script_does_comes_back_too() -> None:
    call = Digressing("front", scripts(FRONT, PAINT)).opens()
    assert isinstance(call, Digressing)
    call.goes_to("paint")
    call.says(Cancel())
    assert call.last.ending == ""
    assert call.turn == ["All right, I'll leave it there.", "Now, back to where we were.", "Who is calling?"]


def test_a_step_of_the_first_version_is_read() -> None:
    assert decode("step.entered", 1, b'{"step":"name","returns":[]}') == StepEntered("name")


# --- versions ------------------------------------------------------------------------------------------------

CALLING = """\
    call: paint
    say: Let us see to that.
    with: {owner: name, shade: {text: red}}
    takes: {color: shade}
"""
NEWER = FRONT.replace("Who is calling?", "May I have your name?")


def resumed_on(newer: str, *others: str) -> Dialogue:
    """A call which began with the first version, after it is gone."""
    call = dialogue(
        "front",
        scripts(FRONT.replace("  paint:\n", "  color:\n    collect: color\n    ask: Which?\n  paint:\n"), PAINT),
    ).opens()
    call.says(FillSlot("name", "Alex Kim", "Alex Kim"))
    assert call.run.step == "color"
    call.director = type(call.director)(scripts(newer, PAINT, *others), "front")
    return call


def test_a_call_stays_on_the_version_it_began_with() -> None:
    little = scripts(FRONT, PAINT)
    call = dialogue("front", little).opens()
    call.director = type(call.director)(little.replacing([read_script(NEWER, "x.yaml")]), "front")
    call.resumes()
    assert "Who is calling?" in call.words
    assert not any(isinstance(body, WorkflowMigrated) for body in call.record)


def test_a_script_that_waits_stays_on_its_version_too() -> None:
    little = scripts(FRONT, PAINT)
    call = dialogue("front", little).opens().says(FillSlot("name", "Alex Kim", "Alex Kim"))
    newer = little.replacing([read_script(FRONT.replace("it is,", "it will be,"), "x.yaml")])
    call.director = type(call.director)(newer, "front")
    call.says(FillSlot("walls", 2, "two"))
    assert "Red it is, Alex Kim." in call.words


def test_without_a_table_the_call_begins_again_with_what_still_holds() -> None:
    call = resumed_on(NEWER).resumes()
    (moved,) = [body for body in call.record if isinstance(body, WorkflowMigrated)]
    assert moved.step == "name"
    assert call.slots["owner"] == "Alex Kim"
    assert call.run.script == "paint"


def test_values_the_newer_version_would_not_take_are_asked_again() -> None:
    call = resumed_on(
        FRONT.replace("name: {kind: person_name, confirm: never}", "name: {kind: email, names: [e-mail]}").replace(
            "with: {owner: name, shade: {text: red}}", "with: {shade: {text: red}}"
        )
    ).resumes()
    assert "name" not in call.slots
    assert call.turn[-1] == "Who is calling?"


def test_a_table_says_where_the_call_goes_on() -> None:
    call = resumed_on(FRONT)
    began = call.run.version
    newer = NEWER.replace("steps:\n", f"migrates:\n  {began[:16]}: {{color: again}}\nsteps:\n", 1)
    call = resumed_on(newer).resumes()
    (moved,) = [body for body in call.record if isinstance(body, WorkflowMigrated)]
    assert (moved.step, moved.from_digest) == ("again", began)
    assert call.turn[-1] == "Which color is it?"


def test_a_script_that_waits_is_migrated_when_it_is_come_back_to() -> None:
    call = dialogue("front", scripts(FRONT, PAINT)).opens().says(FillSlot("name", "Alex Kim", "Alex Kim"))
    call.director = type(call.director)(scripts(NEWER, PAINT), "front")
    call.says(FillSlot("walls", 2, "two"))
    assert any(isinstance(body, WorkflowMigrated) and body.script == "front" for body in call.record)
    assert call.turn[-1] == "How many walls?", "from its beginning, with the name that still holds"


def test_a_script_that_is_gone_altogether_begins_again_at_the_entry() -> None:
    call = dialogue("paint", scripts(FRONT, PAINT)).opens().says(FillSlot("owner", "Bo Li", "Bo"))
    call.director = type(call.director)(
        scripts(
            FRONT.replace(
                CALLING,
                "    say: Well.\n",
            )
        ),
        "front",
    )
    call.says(Deny())
    assert call.run.script == "front"
    assert call.turn[-1] == "Who is calling?"
    run = Run()
    for body in call.record:
        run = fold(run, body)
    assert run == call.run


def test_another_request_leaves_nothing_waiting() -> None:
    little = scripts(FRONT, PAINT)
    call = dialogue("front", ScriptSet.of([replace(s) for s in little.scripts.values()])).opens()
    call.says(StartWorkflow("paint"))
    assert call.run.script in ("paint", "front")
