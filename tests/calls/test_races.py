"""Signals that cross each other: what one of them leaves behind must not silence, repeat or lose the other."""

from __future__ import annotations

from dataclasses import replace

from calls import signals as sg
from calls.commands import Affirm
from calls.effects import Anticipate, Discard, Understand
from calls.floor import Floor
from calls.speech import Clause, Heard, Played
from tests.calls.house import HOLD, HUMAN, WALL, Bench, bench_listening
from tests.calls.test_composing import QUESTION, asked


def silent(bench: Bench) -> bool:
    """Whether the play-out is left paused: all that is said from then on waits in it, unheard."""
    names = [name for name in bench.effect_names() if name in ("Pause", "Resume", "Cut")]
    return bool(names) and names[-1] == "Pause" and bench.state.paused is None


# --- the caller sets in at the very end of what is said ----------------------------------------------------


def test_the_end_of_a_composed_reply_while_the_caller_has_set_in_leaves_the_line_open() -> None:
    bench = asked()
    bench.composed("A check-up is free.")
    bench.agent_finishes()
    bench.caller_begins()
    assert bench.state.floor is Floor.CONTESTED
    bench.composed("", last=True)
    assert bench.state.floor is Floor.CALLER
    assert not silent(bench)


def test_a_last_clause_heard_out_as_the_caller_sets_in_leaves_the_line_open() -> None:
    bench = Bench()
    bench.answer()
    bench.give(sg.PlaybackEnded("r1.1", 900.0))
    bench.caller_begins()
    bench.give(sg.PlaybackEnded("r1.2", 900.0))  # its mark was already under way
    assert bench.state.floor is Floor.CALLER
    assert not silent(bench)


def test_the_end_of_one_reply_keeps_the_next_one_paused() -> None:
    bench = asked()
    bench.composed("A check-up is free.")
    bench.give(sg.SupervisorOrdered("o1", "ann", "say", "Please hold."))
    bench.caller_begins()
    bench.give(sg.PlaybackEnded("r2.1", 900.0))
    assert (bench.state.floor, bench.state.paused is not None) == (Floor.CONTESTED, True)
    bench.give(sg.SpeechFaded("noise"))
    assert bench.effect_names()[-1] == "Resume"
    assert bench.said() == ["A check-up is free.", "Please hold."]


def test_what_was_voiced_behind_words_that_are_heard_out_is_not_said_twice() -> None:
    bench = asked()
    notice = Clause("r1.9", "This call is recorded.", "notice", interruptible=False, must_say=True)
    bench.state = replace(bench.state, replies=(), owed=(notice,), understood=0, turn=2, floor=Floor.THINKING)
    bench.forget()
    bench.give(sg.Understood(2, (QUESTION,), "m"))
    bench.caller_begins(Played("r3.1", 300.0, "This"))
    assert bench.state.floor is Floor.OVERTALK
    bench.composed("A check-up is free.")
    bench.give(sg.PlaybackEnded("r3.1", 900.0))
    bench.composed("A cleaning is not.", last=True)
    bench.give(sg.SpeechFaded("noise"))
    assert bench.said() == ["This call is recorded.", "A check-up is free.", "A cleaning is not."]
    assert not silent(bench)


# --- words of assent -------------------------------------------------------------------------------------


def test_a_word_of_assent_is_no_part_of_the_next_turn() -> None:
    bench = Bench()
    bench.answer()
    bench.caller_begins(Played("r1.1", 300.0, "Hello"))
    bench.caller_says("yes")
    bench.agent_finishes()
    bench.forget()
    bench.caller_begins()
    bench.caller_says("no")
    (understand,) = [effect for effect in bench.effects if isinstance(effect, Understand)]
    assert understand.heard.text == "no"


def test_a_word_of_assent_under_the_filler_does_not_lose_the_turn_that_is_being_understood() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.caller_says("put me through please")
    bench.give(sg.TimerRang("slow"))
    assert bench.said() == ["One moment, please."]
    bench.give(sg.PlaybackBegan("r2.1"))
    bench.caller_begins(Played("r2.1", 100.0, ""))
    bench.caller_says("mm-hm")
    newest = [effect for effect in bench.effects if isinstance(effect, Understand)][-1]
    bench.give(sg.Understood(newest.turn, (HUMAN,), "m"))
    assert "I will put you through." in bench.said()


# --- the filler ------------------------------------------------------------------------------------------


def test_a_filler_does_not_hide_that_the_turn_cut_a_question() -> None:
    bench = Bench()
    bench.answer()
    bench.caller_begins(Played("r1.2", 300.0, "How"))
    bench.caller_says("tuesday please")
    bench.give(sg.TimerRang("slow"))
    assert bench.state.cut == "How"


# --- understanding ahead ---------------------------------------------------------------------------------


def test_understanding_ahead_does_not_stop_the_turn_that_is_being_understood() -> None:
    """Were it begun, the one before would be given up for it, and lost when nothing comes of it."""
    bench = bench_listening()
    bench.caller_begins()
    bench.caller_says("put me through please")
    bench.caller_begins()
    bench.give(sg.TurnLikely(Heard("um", 0, 10)))
    bench.give(sg.SpeechFaded("noise"))
    asks = [effect for effect in bench.effects if isinstance(effect, Understand | Anticipate)]
    assert isinstance(asks[-1], Understand)
    bench.give(sg.Understood(1, (HUMAN,), "m"))
    assert bench.said() == ["I will put you through."]


# --- a lost process --------------------------------------------------------------------------------------


def test_a_reply_lost_with_its_process_is_gone_and_late_clauses_of_it_too() -> None:
    bench = asked()
    bench.composed("A check-up is free.")
    bench.give(sg.LineOpened("MZ2", WALL))
    bench.forget()
    bench.composed("A cleaning is not.", reply="r2", last=True)
    bench.give(sg.Understood(1, (Affirm(),), "m"))
    assert "A cleaning is not." not in bench.said()
    assert bench.state.composing is None


def test_words_that_end_between_two_clauses_do_not_leave_the_floor_with_nobody() -> None:
    bench = asked()
    bench.caller_begins()
    bench.composed("A check-up is free.")
    bench.give(sg.SpeechFaded("keys"))  # a star was pressed while the caller spoke on
    bench.agent_finishes()
    assert (bench.state.floor, bench.state.composing is not None) == (Floor.AGENT, True)
    bench.caller_says("hold on please")
    assert bench.state.floor is Floor.THINKING
    bench.understood(HOLD)
    asked_again = len(bench.events)
    bench.give(sg.TimerRang("silence"), 7_000)
    assert "caller.silent" in [body.name for body in bench.events[asked_again:]]


# --- keys and speech at once ------------------------------------------------------------------------------


def test_words_that_go_on_beside_keys_do_not_stop_the_keys_from_being_understood() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.give(sg.TurnLikely(Heard("what do you charge", 0, 10)))
    bench.caller_presses("5")
    keyed = len(bench.effects)
    bench.give(sg.TurnResumed())
    bench.give(sg.TurnLikely(Heard("what do you charge", 0, 10)))
    assert not any(isinstance(effect, Anticipate | Discard) for effect in bench.effects[keyed:])
    bench.understood(QUESTION)
    bench.give(sg.TurnLikely(Heard("what do you charge for it", 0, 10)))
    assert isinstance(bench.effects[-1], Anticipate)
