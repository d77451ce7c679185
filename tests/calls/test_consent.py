"""Leave to record: how callers take it back and give it, and what a call makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calls import effects as ef
from calls import events as ev
from calls import signals as sg
from calls.consent import GO_ON, MOST_ASKED, NOT_RECORDED, QUESTION, QUESTION_AGAIN, RESUMED, STOPPED
from calls.consent_words import spoken_of, yes_or_no
from calls.floor import Floor
from calls.recording import CONSENT
from calls.speech import Heard, HeardBy
from calls.state import rebuild
from tests.calls.house import LINE, WALL, Bench

REFUSALS = """
Please don't record this.
Don't record me
I don't want to be recorded.
I do not consent to being recorded.
I don't consent to this call being recorded
Stop recording.
Can you stop recording this please?
Could you turn off the recording?
Turn the recording off
I'd rather not be recorded.
I would prefer that this call is not recorded
I'd prefer not to be recorded
I'm not comfortable with being recorded.
I am not okay with you recording this
I refuse to be recorded
I object to being recorded.
You don't have my permission to record this
You do not have my consent to record me.
Can we do this without recording?
No recording please.
Are you recording this? I don't want that.
This call must not be recorded
You may not record this call
Could you not record this?
Please do not tape this conversation.
I withdraw my consent.
I don't want you recording me
I don't want this call to be recorded.
I don't agree to the recording
Delete the recording.
we do not want our call recorded
Hey, stop taping me
I never agreed to be recorded, so don't record me
"""
OTHERS = """
Is this call being recorded?
Are you recording this?
I know this is recorded.
I don't mind being recorded.
Don't stop recording.
I don't want you to stop recording
Why don't you record these calls?
Please don't record that as a no-show.
Don't put that in my record.
Can I get a copy of my medical records?
I'd like to break my own record.
It's for a recording studio.
Can you record my name as Miller?
I don't record my calls.
We don't record anything here, do we?
I have no record of that
My consent form is signed.
I'd like to book a table for four.
I don't want Tuesday.
Stop. I said Wednesday.
"""
GRANTS = """
You can record this again.
Okay, you may record now.
It's fine to record.
I consent to being recorded.
I agree to the recording
I don't mind being recorded.
You can start recording again
Please resume recording.
I'm happy to be recorded
Go ahead and record
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize("text", lines(REFUSALS))
def test_a_refusal_is_understood(text: str) -> None:
    told = spoken_of(text)
    assert told is not None and told.answer == "refused"


@pytest.mark.parametrize("text", lines(OTHERS))
def test_what_only_speaks_of_recording_refuses_nothing(text: str) -> None:
    told = spoken_of(text)
    assert told is None or told.answer == "given"
    partial = [spoken_of(" ".join(text.split()[:n]), partial=True) for n in range(1, len(text.split()) + 1)]
    assert not any(told is not None and told.answer == "refused" for told in partial)


@pytest.mark.parametrize("text", lines(GRANTS))
def test_leave_that_is_given_is_understood(text: str) -> None:
    told = spoken_of(text)
    assert told is not None and told.answer == "given"


ANSWERS = {
    "given": "Yes.|yeah sure|Of course|That's fine.|um, yes please|I don't mind|No problem.|Okay|1",
    "refused": "No.|no thank you|I'd rather not|Nope|No, please don't.|please don't record|2|No, I don't want that",
    "": "What?|I'd like to book a table for four|Who is this?||maybe",
}


@pytest.mark.parametrize(
    ("text", "answer"), [(text, answer or None) for answer in ANSWERS for text in ANSWERS[answer].split("|")]
)
def test_yes_and_no_to_the_question(text: str, answer: str | None) -> None:
    assert yes_or_no(text) == answer


def said(text: str, from_ms: float, by: HeardBy = HeardBy.SPEECH) -> sg.CallerSaid:
    return sg.CallerSaid(Heard(text, from_ms, from_ms + 900, by=by))


def opened(bench: Bench) -> Bench:
    bench.give(sg.LineOpened("MZ1", WALL, recording=True), 0)
    return bench


def listening(bench: Bench) -> Bench:
    """The agent has said what it had to say."""
    while bench.state.current is not None:
        clause = bench.state.current
        bench.give(sg.PlaybackBegan(clause.id))
        bench.give(sg.PlaybackEnded(clause.id, 900.0))
    return bench


def told(bench: Bench) -> list[str]:
    return [" ".join(c.text for c in body.clauses) for body in bench.events if isinstance(body, ev.LineChosen)]


def mutes(bench: Bench) -> list[ef.Effect]:
    return [e for e in bench.effects if isinstance(e, ef.MuteRecording | ef.UnmuteRecording)]


def asked(bench: Bench) -> list[str]:
    return [e.heard.text for e in bench.effects if isinstance(e, ef.Understand)]


def test_a_refusal_stops_the_recording_from_its_first_word_on_while_it_is_spoken() -> None:
    bench = listening(opened(Bench()))
    bench.give(sg.SpeechBegan(bench.at_ms))
    since = bench.at_ms
    bench.give(sg.SpeechGrew(since, "please do not"))
    assert mutes(bench) == []
    bench.give(sg.SpeechGrew(since, "please do not record this call"))
    assert mutes(bench) == [ef.MuteRecording(since, CONSENT)]
    bench.give(said("Please do not record this call.", since))
    assert mutes(bench) == [ef.MuteRecording(since, CONSENT)]
    (settled,) = [body for body in bench.events if isinstance(body, ev.ConsentSettled)]
    assert (settled.answer, settled.turn, settled.partial) == ("refused", 1, True)
    assert told(bench)[-1] == f"{STOPPED} {GO_ON}"
    assert asked(bench) == [], "no script and no model is asked what to do about it"
    assert listening(bench).state.floor is Floor.LISTENING
    assert bench.state.recording.mutes == (CONSENT,)
    assert rebuild(ev.CallEvent("s", n, at, body) for n, (body, at) in enumerate(bench.stamped)) == bench.state


def test_what_else_was_said_in_the_turn_is_understood() -> None:
    bench = listening(opened(Bench()))
    bench.give(said("Don't record this, please. I want to come on Tuesday.", bench.at_ms))
    assert told(bench)[-1] == STOPPED
    assert len(asked(bench)) == 1
    assert len(mutes(bench)) == 1


def test_a_refusal_over_the_agent_s_words_cuts_them() -> None:
    bench = opened(Bench())
    clause = bench.state.current
    assert clause is not None
    bench.give(sg.PlaybackBegan(clause.id))
    bench.give(sg.SpeechBegan(bench.at_ms))
    bench.give(said("Stop recording!", bench.at_ms))
    assert told(bench)[-1].startswith(STOPPED)
    assert listening(bench).state.floor is Floor.LISTENING


@pytest.mark.parametrize("policy", ["keep", "destroy"])
def test_what_was_recorded_before_is_kept_or_destroyed_as_the_line_says(policy: str) -> None:
    bench = listening(opened(Bench(line=replace(LINE, on_refusal=policy))))
    since = bench.at_ms
    bench.give(said("I don't want to be recorded.", since))
    destroyed = [body for body in bench.events if isinstance(body, ev.RecordingDestroyed)]
    if policy == "keep":
        assert destroyed == [] and mutes(bench) == [ef.MuteRecording(since, CONSENT)]
    else:
        assert destroyed == [ev.RecordingDestroyed(0.0, since, CONSENT)]
        assert mutes(bench)[-1] == ef.MuteRecording(0.0, CONSENT)
        assert "destroyed" in told(bench)[-1]


@pytest.mark.parametrize("policy", ["keep", "destroy"])
def test_who_takes_the_call_of_a_killed_process_silences_what_that_one_may_not_have(policy: str) -> None:
    bench = listening(opened(Bench(line=replace(LINE, on_refusal=policy))))
    since = bench.at_ms
    bench.give(said("I don't want to be recorded.", since))
    before = len(mutes(bench))
    bench.give(sg.LineOpened("MZ2", WALL, recording=True), 30_000)
    again = mutes(bench)[before:]
    assert again == [ef.MuteRecording(since if policy == "keep" else 0.0, CONSENT)]


def test_what_was_recorded_between_two_silences_stays_on_a_line_that_came_back() -> None:
    bench = listening(opened(Bench()))
    bench.give(said("Don't record me.", bench.at_ms))
    listening(bench).give(said("Okay, you may record again.", bench.at_ms))
    since = listening(bench).at_ms
    bench.give(said("Don't record me.", since))
    bench.give(sg.LineOpened("MZ2", WALL, recording=True), 30_000)
    assert mutes(bench)[-1] == ef.MuteRecording(since, CONSENT)


def test_leave_given_back_resumes_and_a_second_refusal_says_so() -> None:
    bench = listening(opened(Bench()))
    bench.give(said("You can record this.", bench.at_ms))
    assert mutes(bench) == [] and len(asked(bench)) == 1, "nothing had been taken back"
    bench.give(sg.Understood(1, (), "local"))
    listening(bench).give(said("Don't record me.", bench.at_ms))
    listening(bench).give(said("I said don't record me", bench.at_ms))
    assert told(bench)[-1].startswith(NOT_RECORDED)
    listening(bench).give(said("Okay, you may record again.", bench.at_ms))
    assert told(bench)[-1].startswith(RESUMED)
    assert isinstance(mutes(bench)[-1], ef.UnmuteRecording)
    assert bench.state.recording.mutes == ()


def test_a_line_that_came_back_is_not_recorded_after_a_refusal() -> None:
    bench = listening(opened(Bench()))
    bench.give(said("Don't record me.", bench.at_ms))
    bench.give(sg.CarrierGone(False, "socket_lost"))
    bench.give(sg.LineLeft(1_000.0, "ab"))
    bench.give(sg.LineOpened("MZ2", WALL, recording=True))
    assert len(mutes(bench)) == 2


def asking() -> Bench:
    return opened(Bench(line=replace(LINE, ask_to_record=True)))


@pytest.mark.parametrize(("answer", "by", "recorded"), [
    ("Yes, that's fine.", HeardBy.SPEECH, True), ("No.", HeardBy.SPEECH, False),
    ("1", HeardBy.KEYS, True), ("2", HeardBy.KEYS, False),
])  # fmt: skip
def test_a_line_that_asks_records_only_after_a_yes(answer: str, by: HeardBy, recorded: bool) -> None:
    bench = asking()
    assert told(bench) == [QUESTION]
    assert mutes(bench) == [ef.MuteRecording(0.0, CONSENT)]
    listening(bench).give(said(answer, bench.at_ms, by))
    assert isinstance(mutes(bench)[-1], ef.UnmuteRecording) == recorded
    assert told(bench)[-1] == LINE.greeting, "then the script begins"
    assert asked(bench) == []
    listening(bench).give(said("Tuesday", bench.at_ms))
    assert asked(bench) == ["Tuesday"]


@pytest.mark.parametrize("silent", [True, False])
def test_without_an_answer_nothing_is_recorded(silent: bool) -> None:
    bench = asking()
    for _ in range(MOST_ASKED):
        listening(bench)
        bench.give(sg.TimerRang("silence") if silent else said("What do you mean?", bench.at_ms))
    assert told(bench)[:2] == [QUESTION, QUESTION_AGAIN]
    assert told(bench)[-1] == LINE.greeting
    (settled,) = [body for body in bench.events if isinstance(body, ev.ConsentSettled)]
    assert settled.answer == "unclear"
    assert bench.state.recording.mutes == (CONSENT,)


def test_the_question_is_asked_anew_on_a_line_that_came_back() -> None:
    bench = asking()
    bench.give(sg.CarrierGone(False, "socket_lost"))
    bench.give(sg.LineLeft())
    bench.give(sg.LineOpened("MZ2", WALL, recording=True))
    assert told(bench)[-1].endswith(QUESTION_AGAIN)
    listening(bench).give(said("yes", bench.at_ms))
    assert told(bench)[-1] == LINE.greeting
