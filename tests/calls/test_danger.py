"""Words of danger: fixed words at once, whoever speaks, and nothing a script says comes in between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calls import events as ev
from calls import signals as sg
from calls.danger import Danger
from calls.effects import Cut, LeaveLine, Understand
from calls.floor import Floor
from calls.speech import Heard, Played
from calls.state import rebuild
from tests.calls.house import CALL, LINE, NONSENSE, TRAITS, TUESDAY, WALL, Bench, WordWatch, bench_listening

FIRE = Danger("emergency", "fire", "1", "critical", "Please dial 911 now.", "I can't do that for you.")
SUE = Danger("lawyer", "sue", "1", "elevated", "I have noted that.", "")
GRUMBLE = Danger("complaint", "rude", "1", "elevated", "I'm sorry to hear that.", "", "go_on")
ALONE = replace(LINE, human=None)


def burning(danger: Danger = FIRE, line: object = LINE) -> Bench:
    return bench_listening(line, WordWatch("fire", danger))  # type: ignore[arg-type]


def heard(bench: Bench) -> list[ev.DangerHeard]:
    return [body for body in bench.events if isinstance(body, ev.DangerHeard)]


def test_a_partial_transcript_is_enough_and_the_caller_is_talked_over() -> None:
    bench = burning()
    bench.caller_begins()
    bench.give(sg.SpeechGrew(bench.at_ms, "there is a fire"))
    assert bench.said() == ["Please dial 911 now."]
    assert bench.state.floor is Floor.AGENT
    assert heard(bench) == [ev.DangerHeard("emergency", "fire", "1", "critical", "hand_over", 1, True)]


def test_a_person_follows_and_the_turn_is_never_understood() -> None:
    bench = burning()
    bench.caller_begins()
    bench.give(sg.SpeechGrew(bench.at_ms, "there is a fire"))
    bench.caller_says("there is a fire in the kitchen")
    assert Understand not in [type(effect) for effect in bench.effects]
    bench.agent_finishes()
    assert "handover.requested" in bench.names and isinstance(bench.effects[-1], LeaveLine)
    assert bench.state.disposition == "emergency"


def test_a_whole_turn_is_looked_at_when_no_partial_came() -> None:
    bench = burning()
    bench.caller_begins()
    bench.caller_says("fire")
    assert bench.said() == ["Please dial 911 now."] and not heard(bench)[0].partial
    bench.understood(TUESDAY)
    assert "commands.understood" not in bench.names


def test_a_line_that_may_not_be_interrupted_is() -> None:
    bench = Bench(watch=WordWatch("fire", FIRE))
    bench.answer()
    bench.give(sg.Voiced("r1.1", 20.0))
    bench.give(sg.PlaybackBegan("r1.1"))
    bench.forget()
    bench.caller_begins(Played("r1.1", 300.0, "Hello"))
    bench.give(sg.SpeechGrew(bench.at_ms, "fire"))
    assert Cut in [type(effect) for effect in bench.effects]
    assert bench.said()[0] == "Please dial 911 now."


def test_it_is_said_once_in_a_turn_and_again_in_the_next() -> None:
    bench = burning(line=ALONE)
    bench.caller_begins()
    for text in ("fire", "fire here", "fire here quick"):
        bench.give(sg.SpeechGrew(bench.at_ms, text))
    bench.agent_finishes()
    bench.caller_says("fire here quick now")
    assert len(heard(bench)) == 1
    bench.caller_begins()
    bench.give(sg.SpeechGrew(bench.at_ms, "the fire is big"))
    assert [body.turn for body in heard(bench)] == [1, 2]


def test_with_nobody_to_put_them_through_to_the_caller_is_told_so_and_stays() -> None:
    bench = burning(line=ALONE)
    bench.caller_begins()
    bench.caller_says("fire")
    assert bench.said() == ["Please dial 911 now.", "I can't do that for you."]
    bench.agent_finishes()
    assert not bench.state.leaving and bench.state.floor is Floor.LISTENING


def test_a_lesser_thing_without_a_person_leads_to_the_script_s_way_out() -> None:
    bench = burning(SUE, ALONE)
    bench.caller_begins()
    bench.caller_says("fire")
    assert bench.said() == ["I have noted that.", "Nobody is free."]


def test_a_complaint_may_go_on_and_its_turn_is_understood() -> None:
    bench = burning(GRUMBLE)
    bench.caller_begins()
    bench.give(sg.SpeechGrew(bench.at_ms, "the fire alarm was rude"))
    bench.caller_says("the fire alarm was rude and I want tuesday")
    (asked,) = [effect for effect in bench.effects if isinstance(effect, Understand)]
    assert asked.heard.text.endswith("tuesday")
    bench.understood(NONSENSE)
    assert bench.said() == ["I'm sorry to hear that.", "Which day?", "Any day is fine."]
    bench.agent_finishes()
    bench.caller_begins()
    bench.caller_says("that fire alarm again")
    assert len(heard(bench)) == 1, "a complaint is answered once a call"


@pytest.mark.parametrize("line", [LINE, ALONE])
def test_the_record_alone_rebuilds_it(line: object) -> None:
    bench = Bench(line=line, watch=WordWatch("fire", FIRE))  # type: ignore[arg-type]
    bench.answer()
    bench.agent_finishes()
    bench.caller_begins()
    bench.give(sg.SpeechGrew(bench.at_ms, "fire"))
    stream = f"call:{CALL.call}"
    events = [ev.CallEvent(stream, n, at, body) for n, (body, at) in enumerate(bench.stamped, 1)]
    assert rebuild(events) == bench.state


def test_after_the_line_was_lost_the_way_to_a_person_is_not_forgotten() -> None:
    bench = burning()
    bench.caller_begins()
    bench.give(sg.SpeechGrew(bench.at_ms, "fire"))
    bench.give(sg.CarrierGone(False, "lost"))
    bench.give(sg.LineOpened("MZ2", WALL))
    assert "Please dial 911 now." in bench.said()[-3:]


def test_what_a_second_ear_heard_goes_before_the_commands_of_its_turn() -> None:
    bench = burning()
    bench.forget()
    bench.caller_begins()
    bench.caller_says("something roundabout")
    bench.give(sg.Understood(1, (), "danger", danger=FIRE))
    assert [body.turn for body in heard(bench)] == [1]
    assert bench.said()[0] == "Please dial 911 now."
    assert not [body for body in bench.events if isinstance(body, ev.CommandsUnderstood)]


@pytest.mark.parametrize("weighs", [True, False])
def test_doubt_is_left_to_the_second_ear_where_there_is_one(weighs: bool) -> None:
    bench = Bench(watch=WordWatch("fire", replace(FIRE, doubtful=True)), traits=replace(TRAITS, weighs_danger=weighs))
    bench.answer()
    bench.agent_finishes()
    bench.caller_begins()
    bench.give(sg.SpeechGrew(bench.at_ms, "fire"))
    assert heard(bench) == [], "never before the turn is complete"
    bench.caller_says("fire")
    assert len(heard(bench)) == (0 if weighs else 1)


LIKE_FIRE = replace(FIRE, rule="likeness:fire", resembles=True, check="Is anyone in danger?")


def misheard(bench: Bench, text: str, confidence: float = 0.4) -> None:
    bench.caller_begins()
    bench.give(sg.CallerSaid(Heard(text, bench.at_ms - 500, bench.at_ms, confidence)))


def checked() -> Bench:
    bench = burning(LIKE_FIRE)
    misheard(bench, "a fire in the wire")
    assert bench.said() == ["Is anyone in danger?"] and not heard(bench)
    assert "danger.checked" in bench.names and Understand not in [type(effect) for effect in bench.effects]
    bench.agent_finishes()
    bench.forget()
    return bench


@pytest.mark.parametrize("answer", ["yes", "yes please hurry", "he is, yes", "there is a fire"])
def test_likeness_in_words_that_were_hardly_heard_is_asked_about_and_a_yes_is_acted_on(answer: str) -> None:
    bench = checked()
    misheard(bench, answer)
    assert bench.said() == ["Please dial 911 now."]
    bench.agent_finishes()
    assert "handover.requested" in bench.names


@pytest.mark.parametrize("answer", ["no", "no no, nobody is in danger", "oh no, I'm fine"])
def test_a_no_brings_the_open_question_back(answer: str) -> None:
    bench = checked()
    misheard(bench, answer, 0.9)
    assert not heard(bench) and "Which day?" in bench.said()
    bench.agent_finishes()
    bench.caller_means("tuesday", TUESDAY)
    assert "day" in bench.state.run.slots


def test_another_answer_is_understood_as_any_turn() -> None:
    bench = checked()
    misheard(bench, "tuesday", 0.9)
    bench.understood(TUESDAY)
    assert "day" in bench.state.run.slots and not heard(bench)


def test_a_no_over_the_question_ends_it() -> None:
    bench = burning(LIKE_FIRE)
    misheard(bench, "a fire in the wire")
    bench.give(sg.Voiced("r2.1", 20.0))
    bench.give(sg.PlaybackBegan("r2.1"))
    bench.caller_begins(Played("r2.1", 300.0, "Is anyone"))
    bench.give(sg.CallerSaid(Heard("no", bench.at_ms - 500, bench.at_ms, 0.9)))
    assert "Which day?" in bench.said() and not heard(bench)


@pytest.mark.parametrize(
    ("danger", "confidence"), [(FIRE, 0.1), (LIKE_FIRE, 0.7), (replace(LIKE_FIRE, check=""), 0.1), (LIKE_FIRE, 1.0)]
)
def test_a_phrase_and_words_that_were_well_heard_are_acted_on_at_once(danger: Danger, confidence: float) -> None:
    bench = burning(danger)
    misheard(bench, "fire", confidence)
    assert bench.said() == ["Please dial 911 now."]


def test_what_the_second_ear_finds_in_words_hardly_heard_is_asked_about_too() -> None:
    bench = bench_listening()
    misheard(bench, "a wire on the fire")
    bench.give(sg.Understood(bench.state.turn, (), "danger", danger=LIKE_FIRE))
    assert bench.said() == ["Is anyone in danger?"] and not heard(bench)
    events = [ev.CallEvent(f"call:{CALL.call}", n, at, body) for n, (body, at) in enumerate(bench.stamped, 1)]
    assert rebuild(events) == bench.state
