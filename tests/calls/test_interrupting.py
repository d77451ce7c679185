"""What an onset is taken for while the agent speaks, and what follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calls import events as ev
from calls import signals as sg
from calls.effects import StartTimer
from calls.floor import Floor
from calls.speech import Clause, Heard, HeardBy, Played, Tone
from calls.state import evolve
from tests.calls.house import BYE, NONSENSE, TUESDAY, Bench, bench_listening

HELLO = Played("r1.1", 400.0, "Hello, this")


def speaking() -> Bench:
    """The greeting sounds."""
    bench = Bench()
    bench.answer()
    bench.give(sg.Voiced("r1.1", 20.0))
    bench.give(sg.PlaybackBegan("r1.1"))
    bench.forget()
    return bench


def paused(playing: Played = HELLO) -> Bench:
    """And the caller has set in."""
    bench = speaking()
    bench.give(sg.SpeechBegan(bench.at_ms - 40, playing))
    return bench


def verdicts(bench: Bench) -> list[tuple[str, str]]:
    return [(body.kind, body.reason) for body in bench.events if isinstance(body, ev.OnsetJudged)]


def grows(bench: Bench, text: str, after_ms: float = 200.0) -> None:
    bench.give(sg.SpeechGrew(bench.at_ms, text), after_ms)


def time_is_up(bench: Bench) -> None:
    bench.give(sg.TimerRang("onset"), 700.0)


def test_an_onset_silences_the_agent_at_once_and_is_looked_at_in_time() -> None:
    bench = paused()
    assert bench.effect_names()[-2:] == ["Pause", "StartTimer"]
    timer = bench.effects[-1]
    assert isinstance(timer, StartTimer) and timer.timer == "onset"
    assert 300 <= timer.ms <= 900


def test_a_noise_that_lasts_does_not_silence_the_agent_for_as_long() -> None:
    bench = paused()
    time_is_up(bench)
    assert bench.effect_names()[-1] == "Resume"
    assert verdicts(bench) == [("noise", "no_words")]
    assert bench.state.floor is Floor.AGENT
    bench.give(sg.SpeechFaded("no words"), 3_000.0)
    assert bench.effect_names().count("Resume") == 1
    assert verdicts(bench) == [("noise", "no_words")]


def test_words_after_the_agent_went_on_interrupt_it_again() -> None:
    bench = paused()
    time_is_up(bench)
    bench.forget()
    bench.playing = Played("r1.1", 900.0, "Hello, this is")
    grows(bench, "no wait")
    assert "Pause" in bench.effect_names()
    assert verdicts(bench) == [("interruption", "words")]
    assert bench.state.paused == ev.AgentPaused("r1.1", 900.0, "Hello, this is")
    bench.caller_says("no wait I need something else")
    assert "Cut" in bench.effect_names() and "Understand" in bench.effect_names()


def test_words_that_only_come_with_the_end_of_the_turn_interrupt_too() -> None:
    bench = paused()
    time_is_up(bench)
    bench.forget()
    bench.playing = Played("r1.1", 1_200.0, "Hello, this is Robin.")
    bench.caller_says("no wait")
    cut = next(body for body in bench.events if isinstance(body, ev.AgentInterrupted))
    assert cut == ev.AgentInterrupted("r1.1", 1_200.0, "Hello, this is Robin.")
    assert "Cut" in bench.effect_names() and "Understand" in bench.effect_names()


def test_words_keep_the_agent_silent() -> None:
    bench = paused()
    grows(bench, "could I")
    time_is_up(bench)
    assert "Resume" not in bench.effect_names()
    assert bench.state.floor is Floor.CONTESTED


def test_an_acknowledgement_is_not_waited_for_to_its_end() -> None:
    bench = paused()
    grows(bench, "mm-hm")
    time_is_up(bench)
    assert bench.effect_names()[-1] == "Resume"
    bench.caller_says("mm-hm")
    assert "Understand" not in bench.effect_names() and "Cut" not in bench.effect_names()
    assert bench.state.understood == bench.state.turn == 1
    assert bench.state.unanswered == ""
    assert {kind for kind, _ in verdicts(bench)} == {"acknowledgement"}


def test_okay_but_is_no_acknowledgement_any_more() -> None:
    bench = paused()
    grows(bench, "okay")
    time_is_up(bench)
    bench.playing = HELLO
    grows(bench, "okay but what about Saturday")
    assert bench.state.floor is Floor.CONTESTED
    bench.caller_says("okay but what about Saturday")
    assert "Understand" in bench.effect_names()


def test_what_was_agreed_to_in_the_middle_agrees_to_nothing_said_later() -> None:
    bench = paused()
    grows(bench, "yes")
    time_is_up(bench)
    bench.agent_finishes()
    assert bench.state.floor is Floor.LISTENING
    bench.forget()
    bench.caller_says("yes")
    assert "Understand" not in bench.effect_names()
    assert bench.state.floor is Floor.LISTENING
    timer = bench.effects[-1]
    assert isinstance(timer, StartTimer) and timer.timer == "silence"


def test_keys_are_never_a_noise() -> None:
    bench = speaking()
    bench.give(sg.SpeechBegan(bench.at_ms, HELLO, HeardBy.KEYS))
    assert "Pause" in bench.effect_names()
    time_is_up(bench)
    assert "Resume" not in bench.effect_names()
    bench.caller_presses("5")
    assert verdicts(bench) == [("interruption", "keys")]


def test_our_own_voice_that_comes_back_is_not_answered() -> None:
    bench = asking("We are open from nine in the morning to six.")
    bench.caller_says("from nine in the morning to")
    assert verdicts(bench) == [("echo", "repeats_us")]
    assert bench.effect_names()[-1] == "Resume"


@pytest.mark.parametrize(
    "text", ["no, from nine in the morning", "from nine in the evening to", "nine in the morning", "in the morning"]
)
def test_a_caller_who_says_something_like_it_is(text: str) -> None:
    bench = asking("We are open from nine in the morning to six.")
    bench.caller_says(text)
    assert verdicts(bench) == [("interruption", "words")]


def asking(text: str) -> Bench:
    """The caller sets in at the end of ``text``, where more is to come."""
    bench = bench_listening()
    bench.caller_means("nonsense", NONSENSE)
    (reply,) = bench.state.replies
    bench.state = replace(bench.state, replies=(replace(reply, clauses=(Clause("r2.1", text), *reply.clauses[1:])),))
    bench.forget()
    bench.caller_begins(Played("r2.1", 1_500.0, text))
    return bench


def test_digits_that_differ_are_a_correction() -> None:
    bench = asking("Your number ends in 0 1 9 2.")
    bench.caller_says("your number ends in 0 1 9 3")
    assert verdicts(bench) == [("interruption", "words")]


def test_words_for_somebody_else_in_the_room() -> None:
    bench = paused()
    bench.caller_says("Not now honey, I'm on the phone")
    assert verdicts(bench) == [("side_talk", "to_another")]
    assert bench.effect_names()[-1] == "Resume"


def test_words_for_somebody_else_ask_for_nothing_while_nobody_speaks_either() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.caller_says("shh, I'm on the phone")
    assert "Understand" not in bench.effect_names()
    assert bench.state.floor is Floor.LISTENING
    bench.caller_begins()
    bench.caller_says("tuesday")
    assert "Understand" in bench.effect_names()


def test_soft_words_need_less_to_be_for_somebody_else() -> None:
    loud, soft = paused(), paused()
    loud.caller_says("where are my keys")
    softly = Tone(energy="low", confidence=0.8)
    soft.give(sg.CallerSaid(Heard("where are my keys", 0, 400, tone=softly)))
    assert verdicts(loud) == [("interruption", "words")]
    assert verdicts(soft) == [("side_talk", "to_another")]


def test_a_goodbye_is_talked_over_without_a_verdict_on_silence() -> None:
    bench = bench_listening()
    bench.caller_means("bye", BYE)
    bench.forget()
    bench.caller_begins(Played("r2.1", 100.0, ""))
    time_is_up(bench)
    assert "Pause" not in bench.effect_names() and "Resume" not in bench.effect_names()
    assert bench.state.floor is Floor.OVERTALK


def test_a_reply_does_not_wait_for_a_noise() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.caller_says("tuesday")
    bench.caller_begins()
    bench.understood(NONSENSE)
    assert bench.said() == []
    assert bench.state.floor is Floor.CONTESTED
    time_is_up(bench)
    assert bench.said() == ["Which day?", "Any day is fine."]


def test_a_reply_waits_for_words() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.caller_says("tuesday")
    bench.caller_begins()
    grows(bench, "or rather")
    bench.understood(NONSENSE)
    time_is_up(bench)
    assert bench.said() == []


@pytest.mark.parametrize("text", ["okay", "mm-hm", "um"])
def test_what_was_held_back_is_said_after_a_murmur(text: str) -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.caller_says("something")
    bench.caller_begins()
    bench.understood(NONSENSE)
    bench.caller_says(text)
    assert bench.said() == ["Which day?", "Any day is fine."]


def test_what_is_cut_without_a_pause_is_cut_at_what_was_heard() -> None:
    bench = speaking()
    bench.playing = Played("r1.1", 700.0, "Hello, this is")
    bench.give(sg.SupervisorOrdered("o1", "sam", "hand_over"))
    cut = next(body for body in bench.events if isinstance(body, ev.AgentInterrupted))
    assert cut == ev.AgentInterrupted("r1.1", 700.0, "Hello, this is")


def test_a_voice_that_fails_on_what_was_cut_is_no_fault() -> None:
    bench = paused()
    bench.caller_says("tuesday")
    bench.give(sg.StageFailed("speaking", "stalled", clause="r1.1"))
    assert "call.ended" not in bench.names and "handover.requested" not in bench.names
    assert bench.names[-1] == "engine.failed"
    bench.understood(TUESDAY)
    assert "action.requested" in bench.names


def test_a_voice_that_fails_on_what_is_to_be_said_is() -> None:
    bench = speaking()
    bench.give(sg.StageFailed("speaking", "stalled", clause="r1.1"))
    assert "handover.requested" in bench.names


def test_a_hand_over_leaves_nothing_half_understood() -> None:
    bench = Bench(line=replace(Bench().line, anticipate=True))
    bench.answer()
    bench.agent_finishes()
    bench.caller_begins()
    bench.give(sg.TurnLikely(Heard("tuesday", 0, 400)))
    assert bench.state.ahead is not None
    bench.give(sg.SupervisorOrdered("o1", "sam", "hand_over"))
    bench.agent_finishes()
    assert bench.names[-1] == "handover.requested"
    assert bench.state.ahead is None and bench.state.unanswered == "" and not bench.state.replies


def test_the_record_says_when_each_verdict_fell() -> None:
    bench = speaking()
    began = bench.at_ms
    bench.give(sg.SpeechBegan(began, HELLO), 0)
    bench.give(sg.SpeechFaded("cough"), 420.0)
    (judged,) = [body for body in bench.events if isinstance(body, ev.OnsetJudged)]
    assert judged == ev.OnsetJudged("noise", "cough", 420.0)


@pytest.mark.parametrize("gone", [sg.CarrierGone(True, "stop"), sg.CarrierGone(False, "lost"), sg.Displaced()])
def test_a_reply_in_the_making_is_closed_with_the_line(gone: sg.Signal) -> None:
    bench = Bench()
    bench.answer()
    bench.agent_finishes()
    bench.caller_begins()
    bench.caller_says("tell me about it")
    bench.state = evolve(bench.state, ev.ReplyOpened("r2", 1), bench.at_ms)
    bench.give(gone)
    closed = next(body for body in bench.events if isinstance(body, ev.ReplyClosed))
    assert (closed.reply, closed.how) == ("r2", "withdrawn")
    assert bench.names.index("reply.closed") < len(bench.names) - 1
    assert bench.state.composing is None


def ticks(bench: Bench) -> None:
    bench.give(sg.SpeechBegan(bench.at_ms, HELLO))
    bench.give(sg.SpeechFaded("no words"), 400.0)


def test_a_clock_that_ticks_does_not_keep_the_agent_from_coming_to_its_end() -> None:
    bench = speaking()
    for _ in range(10):
        ticks(bench)
    assert bench.effect_names().count("Pause") == 4
    assert bench.state.floor is Floor.AGENT
    assert verdicts(bench)[-1] == ("noise", "again")


def test_words_over_the_ticking_are_yielded_to_all_the_same() -> None:
    bench = speaking()
    for _ in range(10):
        ticks(bench)
    bench.give(sg.SpeechBegan(bench.at_ms, HELLO))
    bench.playing = HELLO
    pauses = bench.effect_names().count("Pause")
    grows(bench, "no wait")
    assert bench.effect_names().count("Pause") == pauses + 1
    bench.caller_says("no wait please")
    assert bench.effect_names().count("Cut") == 1
    bench.understood(NONSENSE)
    bench.give(sg.SpeechBegan(bench.at_ms, Played("r2.1", 100.0, "")))
    assert bench.effect_names().count("Pause") == pauses + 2, "what they said was no false alarm: it begins anew"


def ends_with(bench: Bench, text: str, for_ms: float) -> None:
    grows(bench, text)
    bench.give(sg.CallerSaid(Heard(text, bench.at_ms - for_ms, bench.at_ms)), 500.0)


@pytest.mark.parametrize("text", ["Chair.", "Mama.", "Thumb", "Hut!"])
def test_a_short_word_without_use_is_an_acknowledgement_that_was_misheard(text: str) -> None:
    bench = paused()
    ends_with(bench, text, 300.0)
    assert verdicts(bench)[-1] == ("acknowledgement", "too_short")
    assert bench.effect_names()[-1] == "Resume" and "Cut" not in bench.effect_names()
    assert bench.state.floor is Floor.AGENT


@pytest.mark.parametrize("text", ["Stop.", "Wait!", "No.", "What?", "Who?", "Tuesday.", "nine", "9", "help"])
def test_a_short_word_that_means_something_is_none(text: str) -> None:
    bench = paused()
    ends_with(bench, text, 300.0)
    assert "Cut" in bench.effect_names(), verdicts(bench)


@pytest.mark.parametrize(("text", "for_ms"), [("Chair.", 750.0), ("A chair", 300.0)])
def test_what_lasts_longer_or_has_more_words_is_none(text: str, for_ms: float) -> None:
    bench = paused()
    ends_with(bench, text, for_ms)
    assert "Cut" in bench.effect_names(), verdicts(bench)


def test_a_short_word_answers_a_question() -> None:
    bench = speaking()
    bench.give(sg.PlaybackEnded("r1.1", 900.0))
    bench.give(sg.Voiced("r1.2", 20.0))
    bench.give(sg.PlaybackBegan("r1.2"))
    bench.give(sg.SpeechBegan(bench.at_ms - 40, Played("r1.2", 300.0, "How can")))
    ends_with(bench, "Chair.", 300.0)
    assert "Cut" in bench.effect_names(), verdicts(bench)
