from __future__ import annotations

from dataclasses import replace

import pytest

from calls import events as ev
from calls import signals as sg
from calls.effects import StartTimer, Understand
from calls.floor import Floor
from calls.speech import Clause, Heard, Played
from tests.calls.house import BYE, HOLD, LINE, NONSENSE, TUESDAY, WALL, Bench, bench_listening


def test_answering_greets_clause_by_clause() -> None:
    bench = Bench()
    bench.answer()
    assert bench.names[:4] == ["call.answered", "carrier.connected", "workflow.started", "step.entered"]
    assert bench.said() == ["Hello, this is Robin.", "How can I help?"]
    assert bench.state.floor is Floor.AGENT


def test_after_the_last_mark_the_caller_has_the_floor_and_silence_is_timed() -> None:
    bench = Bench()
    bench.answer()
    bench.agent_finishes()
    assert bench.state.floor is Floor.LISTENING
    assert bench.names[-1] == "reply.completed"
    timer = bench.effects[-1]
    assert isinstance(timer, StartTimer) and timer.timer == "silence"


def test_a_turn_is_understood_and_acted_on_once() -> None:
    bench = bench_listening()
    bench.caller_means("tuesday", TUESDAY)
    bench.understood(TUESDAY)
    assert bench.names.count("action.requested") == 1
    assert bench.names.count("commands.understood") == 1
    assert bench.state.run.slots["day"].value == "2026-03-17"


def test_what_is_understood_too_late_answers_no_other_question() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.caller_says("tuesday")
    bench.give(sg.TimerRang("understanding"))
    assert "Which day?" in bench.said()
    bench.understood(TUESDAY)
    assert "day" not in bench.state.run.slots
    assert bench.names.count("commands.understood") == 1


def test_the_claim_is_spoken_with_its_receipt_only() -> None:
    bench = bench_listening()
    bench.caller_means("tuesday", TUESDAY)
    assert bench.said() == []
    bench.books()
    assert bench.said() == ["You are booked.", "Anything else?"]
    assert bench.state.run.receipts["book"].key == "k1"


def test_an_interruption_pauses_then_cuts() -> None:
    bench = Bench()
    bench.answer()
    bench.give(sg.PlaybackBegan("r1.1"))
    bench.caller_begins(Played("r1.1", 400, "Hello, this"))
    assert bench.state.floor is Floor.CONTESTED
    bench.caller_says("tuesday please")
    assert bench.effect_names().count("Pause") == 1
    assert bench.effect_names().count("Cut") == 1
    cut = next(body for body in bench.events if isinstance(body, ev.AgentInterrupted))
    assert (cut.clause, cut.heard_text) == ("r1.1", "Hello, this")


def test_a_murmur_resumes_where_the_agent_stopped() -> None:
    bench = Bench()
    bench.answer()
    bench.caller_begins(Played("r1.1", 400, "Hello, this"))
    bench.give(sg.SpeechFaded("no words"))
    assert bench.state.floor is Floor.AGENT
    assert bench.effect_names().count("Resume") == 1
    assert "Cut" not in bench.effect_names()


@pytest.mark.parametrize("text", ["mm-hm", "Okay.", "right, yeah"])
def test_an_acknowledgement_in_the_middle_is_not_an_interruption(text: str) -> None:
    bench = Bench()
    bench.answer()
    bench.caller_begins(Played("r1.1", 400, "Hello, this"))
    bench.caller_says(text)
    assert "agent.resumed" in bench.names
    assert "Understand" not in bench.effect_names()


def test_okay_in_the_last_clause_is_an_answer() -> None:
    bench = Bench()
    bench.answer()
    bench.give(sg.PlaybackEnded("r1.1", 900))
    bench.caller_begins(Played("r1.2", 300, "How can"))
    bench.caller_says("okay")
    assert "agent.interrupted" in bench.names
    assert "Understand" in bench.effect_names()


def test_a_must_say_line_cut_by_keys_is_owed_to_the_next_reply() -> None:
    bench = Bench()
    bench.answer()
    owed = Clause("r1.1", "This call is recorded.", must_say=True)
    reply = replace(bench.state.replies[0], clauses=(owed,))
    bench.state = replace(bench.state, replies=(reply,))
    bench.caller_presses("5")
    bench.understood(NONSENSE)
    assert bench.said()[-3:] == ["This call is recorded.", "Which day?", "Any day is fine."]


def test_a_line_that_may_not_be_interrupted_goes_on_and_the_words_count() -> None:
    bench = bench_listening()
    bench.caller_means("bye", BYE)
    bench.caller_begins(Played("r2.1", 100, ""))
    assert bench.state.floor is Floor.OVERTALK
    assert "Pause" not in bench.effect_names()


def test_goodbye_is_heard_out_before_the_line_is_left() -> None:
    bench = bench_listening()
    bench.caller_means("bye", BYE)
    assert "LeaveLine" not in bench.effect_names()
    bench.agent_finishes()
    assert bench.effect_names()[-1] == "LeaveLine"
    bench.give(sg.LineLeft(5_000, "abc"))
    assert bench.names[-2:] == ["recording.stopped", "call.ended"]
    ended = bench.events[-1]
    assert isinstance(ended, ev.CallEnded)
    assert (ended.reason, ended.disposition) == ("agent_hung_up", "done")


def talked_over_goodbye() -> Bench:
    """The goodbye has been heard to its end, and the caller is in the middle of a sentence."""
    bench = bench_listening()
    bench.caller_means("that is all", BYE)
    bench.give(sg.PlaybackBegan("r2.1"))
    bench.caller_begins(Played("r2.1", 600, "Good"))
    bench.give(sg.PlaybackEnded("r2.1", 900.0))
    assert "LeaveLine" not in bench.effect_names()
    return bench


def test_nobody_is_hung_up_on_in_the_middle_of_a_sentence() -> None:
    bench = talked_over_goodbye()
    bench.caller_says("oh, and tuesday")
    bench.understood(TUESDAY)
    assert bench.state.run.slots["day"].value == "2026-03-17"
    assert not bench.state.farewell
    assert not bench.state.leaving


@pytest.mark.parametrize("then", ["thanks", "cough", "noise"])
def test_after_a_word_over_the_goodbye_the_call_ends(then: str) -> None:
    bench = talked_over_goodbye()
    if then == "thanks":
        bench.caller_says("thanks, bye")
        bench.understood(BYE)
    elif then == "cough":
        bench.give(sg.SpeechFaded("no words"))
    else:
        bench.give(sg.TimerRang("linger"))
    assert bench.state.leaving == "hang_up"
    assert bench.effect_names()[-1] == "LeaveLine"


def test_a_reply_chosen_while_the_caller_goes_on_is_held_and_dropped() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.caller_says("well")
    bench.caller_begins()
    bench.understood(NONSENSE)
    assert bench.state.floor is Floor.CONTESTED
    assert bench.said() == []
    bench.caller_says("tuesday")
    assert bench.said() == []
    bench.understood(TUESDAY)
    assert bench.state.run.awaiting == "k1"


def test_a_held_reply_is_said_when_it_was_only_a_cough() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.caller_says("well")
    bench.caller_begins()
    bench.understood(NONSENSE)
    bench.give(sg.SpeechFaded("noise"))
    assert bench.said() == ["Which day?", "Any day is fine."]


def test_words_of_a_turn_not_understood_yet_join_the_next() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.caller_says("on tuesday")
    bench.caller_begins()
    bench.caller_says("at nine")
    understand = [effect for effect in bench.effects if isinstance(effect, Understand)]
    assert understand[-1].heard.text == "on tuesday at nine"


def test_an_answer_to_an_old_turn_is_ignored() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.caller_says("on tuesday")
    bench.give(sg.Understood(0, (BYE,), "grammar"))
    assert "commands.understood" not in bench.names


def test_silence_is_counted_until_the_caller_speaks() -> None:
    bench = bench_listening()
    bench.give(sg.TimerRang("silence"))
    bench.agent_finishes()
    bench.give(sg.TimerRang("silence"))
    assert [b.count for b in bench.events if isinstance(b, ev.CallerStayedSilent)] == [1, 2]
    bench.agent_finishes()
    bench.caller_begins()
    bench.caller_says("tuesday")
    assert bench.state.silences == 0


def test_a_silence_timer_that_rings_late_does_nothing() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.give(sg.TimerRang("silence"))
    assert "caller.silent" not in bench.names


def test_a_slow_action_is_covered_by_a_word() -> None:
    bench = bench_listening()
    bench.caller_means("tuesday", TUESDAY)
    bench.give(sg.TimerRang("filler"))
    assert bench.said() == ["One moment, please."]


def test_talking_during_an_action_does_not_start_another() -> None:
    bench = bench_listening()
    bench.caller_means("tuesday", TUESDAY)
    bench.caller_means("tuesday", TUESDAY)
    assert bench.names.count("action.requested") == 1


def test_a_blocked_clause_is_never_voiced() -> None:
    bench = Bench()
    decision = bench.conversation.decide(bench.state, sg.LineOpened("MZ1", WALL), 0)
    bench.state = decision.state
    bench.give(sg.Judged("r1.1", None, "never-say"))
    bench.give(sg.Judged("r1.2", None, "never-say"))
    assert bench.said() == ["I'm sorry, I can't say more about that."]
    assert bench.names.count("guardrail.blocked") == 2


def test_a_replaced_clause_is_heard_as_replaced() -> None:
    bench = Bench()
    decision = bench.conversation.decide(bench.state, sg.LineOpened("MZ1", WALL), 0)
    bench.state = decision.state
    bench.give(sg.Judged("r1.1", Clause("r1.1", "Good day."), "tone"))
    bench.give(sg.PlaybackEnded("r1.1", 700))
    spoken = next(body for body in bench.events if isinstance(body, ev.AgentSpoke))
    assert spoken.text == "Good day."


def test_a_voice_that_fails_hands_the_caller_to_a_person() -> None:
    bench = bench_listening()
    bench.give(sg.StageFailed("speaking", "no audio"))
    assert bench.names[-1] == "handover.requested"
    assert bench.effect_names()[-1] == "LeaveLine"


def test_a_voice_that_fails_without_a_person_ends_the_call() -> None:
    bench = Bench(line=replace(LINE, human=None))
    bench.answer()
    bench.agent_finishes()
    bench.give(sg.StageFailed("speaking", "no audio"))
    bench.give(sg.LineLeft())
    assert bench.names[-1] == "call.ended"


def test_understanding_that_fails_counts_as_unclear() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.caller_says("mumble")
    bench.give(sg.StageFailed("understanding", "timeout", turn=bench.state.turn))
    assert bench.said() == ["Which day?", "Any day is fine."]


def test_hold_on_keeps_quiet_and_waits() -> None:
    bench = bench_listening()
    bench.caller_means("hold on", HOLD)
    assert bench.said() == []
    bench.give(sg.TimerRang("silence"))
    assert "caller.silent" in bench.names


def test_a_stuck_action_is_covered_again_and_given_up_in_the_end() -> None:
    bench = bench_listening()
    bench.caller_means("tuesday", TUESDAY)
    for _ in range(2):
        bench.give(sg.TimerRang("filler"))
        bench.agent_finishes()
    assert bench.said() == ["One moment, please."] * 2
    bench.give(sg.TimerRang("action"))
    assert bench.said()[-1] == "Any day is fine."
    assert bench.state.run.awaiting == ""


def test_a_key_does_not_cut_a_goodbye() -> None:
    bench = bench_listening()
    bench.caller_means("bye", BYE)
    bench.caller_presses("5")
    assert "Cut" not in bench.effect_names()
    bench.agent_finishes()
    assert bench.effect_names()[-1] == "LeaveLine"


def test_hearing_that_is_gone_for_good_hands_the_caller_to_a_person() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.give(sg.StageFailed("hearing", "socket gone", final=True))
    assert bench.names[-1] == "handover.requested"


def test_a_socket_for_a_call_that_is_over_is_closed() -> None:
    bench = bench_listening()
    bench.give(sg.CarrierGone(True, "stop"))
    bench.give(sg.LineLeft())
    bench.forget()
    bench.give(sg.LineOpened("MZ2", WALL))
    assert bench.effect_names() == ["LeaveLine"]
    assert bench.events == []


def test_nothing_moves_an_ended_call() -> None:
    bench = bench_listening()
    bench.give(sg.CarrierGone(True, "stop"))
    bench.give(sg.LineLeft())
    before = bench.state
    for signal in (sg.SpeechBegan(0), sg.CallerSaid(Heard("hi", 0, 1)), sg.TimerRang("silence"), sg.LineLeft()):
        assert bench.give(signal).events == ()
    assert bench.state == before


def test_a_recording_that_is_not_whole_is_told_on_the_record() -> None:
    bench = bench_listening()
    bench.caller_means("bye", BYE)
    bench.agent_finishes()
    bench.give(sg.LineLeft(5_000, "abc", 2_500.0, "No space left on device"))
    lacking, stopped = bench.events[-3:-1]
    assert isinstance(lacking, ev.RecordingLacking) and isinstance(stopped, ev.RecordingStopped)
    assert (lacking.lost_ms, lacking.reason) == (2_500.0, "No space left on device")
