"""Replies a model composes, and turns understood ahead: what is recorded and asked for, signal by signal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls import events as ev
from calls import signals as sg
from calls.commands import AskQuestion, FillSlot
from calls.conversation import Conversation
from calls.effects import Anticipate, Compose, Discard, Understand, Withdraw
from calls.floor import Floor
from calls.guidance import Brief, Guidance
from calls.run import Advance, CallFacts, Commanded, NotComposed, Run, ScriptLine, Stimulus
from calls.speech import Clause, Heard, HeardBy, Played, SpeechStyle
from calls.state import rebuild
from calls.talk import Utterance
from tests.calls.house import BYE, CALL, TRAITS, TUESDAY, WALL, Bench, TinyScript

QUESTION = AskQuestion("", "what do you charge")
BRIEF = Brief("prices")


class OpenScript(TinyScript):
    """Leaves the answers to questions to a model."""

    def advance(self, run: Run, stimulus: Stimulus, facts: CallFacts) -> Advance:
        match stimulus:
            case Commanded(commands=(AskQuestion(), *_), fallback=False):
                return Advance(composes=True, guidance=Guidance("talk", brief=BRIEF))
            case NotComposed() | Commanded(commands=(AskQuestion(), *_)):
                return Advance(lines=(ScriptLine("own", "I can't tell you that."),))
        return super().advance(run, stimulus, facts)


@dataclass
class OpenBench(Bench):
    """The gate stops every clause with ``blocks`` in it."""

    blocks: str = "%"

    def __post_init__(self) -> None:
        self.conversation = Conversation(self.line, CALL, OpenScript(), replace(TRAITS, composes=True), self.watch)

    def judged(self, clause: Clause) -> sg.Judged:
        passes = self.blocks not in clause.text
        return sg.Judged(clause.id, clause if passes else None, "" if passes else "price")

    def composed(self, text: str, *, last: bool = False, reply: str = "") -> None:
        self.give(sg.Composed(reply or f"r{self.state.chosen}", text, last=last))

    @property
    def closed(self) -> list[tuple[str, str]]:
        return [(body.how, body.reason) for body in self.events if isinstance(body, ev.ReplyClosed)]


def asked(blocks: str = "%") -> OpenBench:
    """The caller has asked something which a model is to answer."""
    bench = OpenBench(blocks=blocks)
    bench.answer()
    bench.agent_finishes()
    bench.forget()
    bench.caller_means("what do you charge", QUESTION)
    return bench


def test_the_words_are_asked_for_with_the_brief_and_the_talk_so_far() -> None:
    (compose,) = [effect for effect in asked().effects if isinstance(effect, Compose)]
    assert (compose.reply, compose.turn, compose.words) == ("r2", 1, "what do you charge")
    assert compose.guidance.brief is BRIEF
    assert compose.talk == (
        Utterance("agent", "Hello, this is Robin.", clause="r1.1"),
        Utterance("agent", "How can I help?", clause="r1.2"),
    )


def test_clauses_are_judged_and_said_as_they_come_and_the_caller_has_the_floor_after_the_last() -> None:
    bench = asked()
    bench.composed("A check-up is free.")
    assert (bench.said(), bench.state.floor) == (["A check-up is free."], Floor.AGENT)
    bench.agent_finishes()
    assert bench.state.floor is Floor.AGENT, "more is coming"
    bench.composed("A cleaning is not.", last=True)
    bench.agent_finishes()
    assert bench.said() == ["A check-up is free.", "A cleaning is not."]
    assert bench.state.floor is Floor.LISTENING
    assert bench.closed == [("done", "")]
    assert bench.names[-1] == "reply.completed"


def test_the_end_may_come_by_itself_after_everything_was_heard() -> None:
    bench = asked()
    bench.composed("A check-up is free.")
    bench.agent_finishes()
    bench.composed("", last=True)
    assert bench.state.floor is Floor.LISTENING


def test_the_style_goes_along() -> None:
    bench = asked()
    bench.give(sg.Composed("r2", "I'm sorry.", SpeechStyle("apologetic"), last=True))
    (clause,) = [body.clause for body in bench.events if isinstance(body, ev.ClauseComposed)]
    assert (clause.style.emotion, clause.line) == ("apologetic", "")


FAILURES: list[tuple[str, Callable[[OpenBench], object]]] = [
    ("empty", lambda bench: bench.composed("", last=True)),
    ("timeout", lambda bench: bench.give(sg.TimerRang("composing"))),
    ("failed", lambda bench: bench.give(sg.StageFailed("understanding", "lost", turn=1, reply="r2"))),
]


@pytest.mark.parametrize(("reason", "fails"), FAILURES, ids=[name for name, _ in FAILURES])
def test_without_words_the_scripts_own_are_said(reason: str, fails: Callable[[OpenBench], object]) -> None:
    bench = asked()
    fails(bench)
    assert bench.said() == ["I can't tell you that."]
    assert bench.closed == [("failed", reason)]
    bench.agent_finishes()
    assert bench.state.floor is Floor.LISTENING


@pytest.mark.parametrize(("reason", "fails"), FAILURES[1:], ids=[name for name, _ in FAILURES[1:]])
def test_what_breaks_off_ends_in_the_scripts_own_words(reason: str, fails: Callable[[OpenBench], object]) -> None:
    bench = asked()
    bench.composed("A check-up is free.")
    fails(bench)
    assert bench.said() == ["A check-up is free.", "I can't tell you that."]
    bench.composed("Too late.", reply="r2")
    assert len(bench.said()) == 2


@pytest.mark.parametrize("last", [True, False])
def test_after_a_blocked_clause_nothing_of_the_reply_is_said(last: bool) -> None:
    bench = asked()
    bench.composed("A check-up is free.")
    bench.composed("A cleaning is 10 % off.", last=last)
    bench.composed("Shall I book it?", reply="r2", last=True)
    assert bench.said() == ["A check-up is free.", "I can't tell you that."]
    assert ("blocked", "price") in bench.closed
    bench.agent_finishes()
    assert bench.state.floor is Floor.LISTENING


def test_commands_that_lead_elsewhere_withdraw_what_came_with_them() -> None:
    bench = OpenBench()
    bench.answer()
    bench.agent_finishes()
    bench.caller_means("tuesday", TUESDAY)
    assert "Withdraw" in bench.effect_names()
    assert "reply.opened" not in bench.names


def test_what_this_machine_understood_for_a_model_that_failed_is_answered_by_the_script() -> None:
    bench = OpenBench()
    bench.answer()
    bench.agent_finishes()
    bench.forget()
    bench.caller_begins()
    bench.caller_says("what do you charge")
    bench.give(sg.Understood(1, (QUESTION,), "grammar", 5.0, fallback=True))
    assert bench.said() == ["I can't tell you that."]
    (understood,) = [body for body in bench.events if isinstance(body, ev.CommandsUnderstood)]
    assert understood.fallback


# --- the caller goes on -------------------------------------------------------------------------------------


def test_a_caller_who_goes_on_before_a_word_was_said_withdraws_the_reply() -> None:
    bench = asked()
    bench.caller_begins()
    bench.caller_says("for a check-up")
    assert bench.closed == [("withdrawn", "")]
    assert bench.state.replies == ()
    bench.composed("A cleaning costs a lot.", reply="r2")
    assert bench.said() == []
    newest = [effect for effect in bench.effects if isinstance(effect, Understand)][-1]
    assert newest.heard.text == "what do you charge for a check-up"
    assert [said.text for said in newest.talk][-1] == "How can I help?"


def test_what_comes_while_the_caller_speaks_is_held_and_said_after_a_cough() -> None:
    bench = asked()
    bench.caller_begins()
    bench.composed("A check-up is free.")
    bench.composed("A cleaning is not.", last=True)
    assert (bench.said(), bench.state.floor) == ([], Floor.CONTESTED)
    bench.give(sg.SpeechFaded("noise"))
    assert bench.said() == ["A check-up is free.", "A cleaning is not."]


def test_what_comes_while_the_caller_speaks_is_dropped_when_they_go_on() -> None:
    bench = asked()
    bench.caller_begins()
    bench.composed("A check-up is free.")
    bench.caller_says("for a cleaning")
    assert bench.said() == []
    assert bench.state.replies == ()


def test_cutting_in_leaves_what_was_heard_and_nothing_else() -> None:
    bench = asked()
    bench.composed("A check-up is free for members.")
    bench.give(sg.PlaybackBegan("r2.1"))
    bench.caller_begins(Played("r2.1", 700, "A check-up is"))
    bench.composed("A cleaning is not.", last=True)
    bench.caller_says("I am no member")
    assert bench.effect_names().count("Cut") == 1
    assert [said.text for said in bench.state.talk][2:] == ["what do you charge", "A check-up is …", "I am no member"]
    assert bench.state.replies == ()


def test_between_two_clauses_a_cough_delays_and_a_word_of_assent_goes_on() -> None:
    for signal in (sg.SpeechFaded("noise"), sg.CallerSaid(Heard("okay", 0, 10))):
        bench = asked()
        bench.composed("A check-up is free.")
        bench.agent_finishes()
        bench.caller_begins()
        assert bench.state.floor is Floor.CONTESTED
        bench.give(signal)
        bench.composed("A cleaning is not.", last=True)
        assert bench.said() == ["A check-up is free.", "A cleaning is not."]
        assert bench.closed == [("done", "")]


def test_between_two_clauses_a_question_withdraws_the_rest() -> None:
    bench = asked()
    bench.composed("A check-up is free.")
    bench.agent_finishes()
    bench.caller_begins()
    bench.caller_says("and a cleaning")
    assert bench.closed == [("withdrawn", "")]
    bench.composed("Too late.", reply="r2")
    assert bench.said() == ["A check-up is free."]


def test_a_supervisors_words_take_the_place_of_what_is_still_being_composed() -> None:
    bench = asked()
    bench.composed("A check-up is free.")
    bench.give(sg.SupervisorOrdered("o1", "ann", "say", "Please hold."))
    bench.composed("A cleaning is not.", reply="r2", last=True)
    assert bench.said() == ["A check-up is free.", "Please hold."]


def test_what_is_owed_is_said_before_the_reply() -> None:
    bench = asked()
    owed = replace(bench.state, replies=(), owed=(replace(_clause(), must_say=True),))
    bench.state = replace(owed, understood=0, turn=2)
    bench.forget()
    bench.give(sg.Understood(2, (QUESTION,), "m"))
    assert bench.said() == ["This call is recorded."]
    assert bench.state.composing is not None


def _clause() -> Clause:
    return Clause("r1.9", "This call is recorded.", "notice")


def test_a_silence_is_not_timed_while_words_are_being_found() -> None:
    bench = asked()
    bench.caller_begins()
    bench.forget()
    bench.give(sg.SpeechFaded("noise"))
    assert bench.effects == []


# --- understood ahead ---------------------------------------------------------------------------------------


def likely(text: str = "what do you charge") -> OpenBench:
    bench = OpenBench()
    bench.answer()
    bench.agent_finishes()
    bench.forget()
    bench.caller_begins()
    bench.give(sg.TurnLikely(Heard(text, 0, 10)))
    return bench


def test_a_likely_turn_is_understood_ahead_and_its_answer_is_used() -> None:
    bench = likely()
    assert [effect.turn for effect in bench.effects if isinstance(effect, Anticipate)] == [1]
    bench.caller_says("What do you charge?")
    (understand,) = [effect for effect in bench.effects if isinstance(effect, Understand)]
    assert understand.anticipated
    assert _ended(bench) == [(True, "")]
    assert not any(isinstance(effect, Discard) for effect in bench.effects)


ENDS: list[tuple[str, sg.Signal]] = [
    ("resumed", sg.TurnResumed()),
    ("other_words", sg.CallerSaid(Heard("what do you charge for a cleaning", 0, 10))),
    ("other_words", sg.TurnLikely(Heard("what do you charge for a cleaning", 0, 10))),
    ("no_words", sg.SpeechFaded("noise")),
    ("keys", sg.CallerSaid(Heard("5", 0, 10, by=HeardBy.KEYS))),
]


@pytest.mark.parametrize(("reason", "signal"), ENDS, ids=[f"{r}-{type(s).__name__}" for r, s in ENDS])
def test_a_turn_that_goes_on_throws_it_away(reason: str, signal: sg.Signal) -> None:
    bench = likely()
    bench.give(signal)
    assert _ended(bench) == [(False, reason)]
    assert sum(isinstance(effect, Discard) for effect in bench.effects) == 1
    assert all(not effect.anticipated for effect in bench.effects if isinstance(effect, Understand))


def test_what_was_begun_where_the_script_stood_elsewhere_is_thrown_away() -> None:
    bench = likely()
    bench.state = replace(bench.state, run=replace(bench.state.run, step="elsewhere"))
    bench.caller_says("what do you charge")
    assert _ended(bench) == [(False, "moved_on")]


def test_a_word_of_assent_is_not_understood_ahead() -> None:
    bench = asked()
    bench.composed("A check-up is free for members.")
    bench.composed("A cleaning is not.", last=True)
    bench.caller_begins(Played("r2.1", 700, "A check-up is"))
    bench.forget()
    bench.give(sg.TurnLikely(Heard("okay", 0, 10)))
    assert bench.effects == [] and bench.events == []


def test_a_line_may_have_nothing_understood_ahead() -> None:
    bench = OpenBench(line=replace(OpenBench().line, anticipate=False))
    bench.answer()
    bench.agent_finishes()
    bench.caller_begins()
    bench.give(sg.TurnLikely(Heard("what do you charge", 0, 10)))
    assert not any(isinstance(effect, Anticipate) for effect in bench.effects)


def _ended(bench: OpenBench) -> list[tuple[bool, str]]:
    return [(body.used, body.reason) for body in bench.events if isinstance(body, ev.SpeculationEnded)]


SIGNALS = st.one_of(
    st.just(sg.LineOpened("MZ", WALL)),
    st.builds(
        sg.SpeechBegan, st.just(0.0), st.sampled_from([None, Played("r1.1", 10, "Hello"), Played("r2.1", 5, "")])
    ),
    st.just(sg.SpeechFaded("noise")),
    st.builds(lambda text: sg.TurnLikely(Heard(text, 0, 10)), st.sampled_from(["price", "okay"])),
    st.just(sg.TurnResumed()),
    st.builds(lambda text: sg.CallerSaid(Heard(text, 0, 10)), st.sampled_from(["price", "okay", ""])),
    st.builds(
        lambda turn, command, fallback: sg.Understood(turn, (command,), "m", fallback=fallback),
        st.integers(0, 6),
        st.sampled_from([QUESTION, TUESDAY, BYE, FillSlot("day", "x", "x")]),
        st.booleans(),
    ),
    st.builds(
        lambda n, text, last: sg.Composed(f"r{n}", text, last=last),
        st.integers(1, 6),
        st.sampled_from(["", "Yes.", "10 %"]),
        st.booleans(),
    ),
    st.builds(sg.TimerRang, st.sampled_from(["silence", "composing", "understanding", "length"])),
    st.builds(lambda n, m: sg.PlaybackEnded(f"r{n}.{m}", 100.0), st.integers(1, 6), st.integers(1, 3)),
    st.builds(lambda n: sg.StageFailed("understanding", "x", reply=f"r{n}"), st.integers(1, 6)),
    st.builds(sg.CarrierGone, st.booleans(), st.just("x")),
)


@given(st.lists(SIGNALS, max_size=40))
def test_whatever_happens_the_record_leads_to_the_same_state(signals: list[sg.Signal]) -> None:
    bench = OpenBench()
    bench.answer()
    for signal in signals:
        bench.give(signal)
    past = [ev.CallEvent("call:1", n, at, body) for n, (body, at) in enumerate(bench.stamped, 1)]
    assert rebuild(past) == bench.state
    open_replies = [reply for reply in bench.state.replies if reply.composing]
    assert len(open_replies) <= 1
    opened = {body.reply for body in bench.events if isinstance(body, ev.ReplyOpened)}
    asked_for = {effect.reply for effect in bench.effects if isinstance(effect, Compose)}
    assert opened == asked_for
    if any(isinstance(effect, Compose) for effect in bench.effects) and not open_replies:
        over = (Withdraw, ev.ReplyClosed, ev.CarrierLost, ev.CallerHungUp)
        assert any(isinstance(one, over) for one in (*bench.effects, *bench.events))
