"""Where the time of a reply went, whose it was, and what was out of the ordinary."""

from __future__ import annotations

import pytest

from calls import events as ev
from calls.run import Receipt
from calls.speech import Clause
from records.turn_latency import STAGES, Span, TurnLatency
from records.waterfall import Waterfall, waterfall

Told = tuple[float, ev.EventBody]
SPOKE = ev.CallerSpoke(1, "what do you charge", 500.0, 1_000.0, 0.9, "vendor", provider="deepgram/nova-3")
BY_MODEL = ev.CommandsUnderstood(
    1, (), "anthropic/claude-haiku-5-5", 260.0, provider="anthropic/claude-haiku-5-5", questions=1, first_token_ms=200.0
)
BY_GRAMMAR = ev.CommandsUnderstood(1, (), "grammar", 1.0)


def told(*events: Told) -> tuple[TurnLatency, ...]:
    return waterfall(ev.CallEvent("call:x", n, at, body) for n, (at, body) in enumerate(events, 1))


def voiced(clause: str, took_ms: float = 80.0, *, cached: bool = False) -> ev.ClauseVoiced:
    return ev.ClauseVoiced(clause, took_ms, cached, provider="elevenlabs/flash")


def composed() -> list[Told]:
    return [
        (1_100.0, SPOKE),
        (1_360.0, BY_MODEL),
        (1_361.0, ev.ReplyOpened("r1", 1)),
        (1_420.0, ev.ClauseComposed("r1", Clause("r1.1", "It is forty."), "anthropic/claude-haiku-5-5")),
        (1_421.0, ev.GuardrailCleared("r1.1", took_ms=0.5)),
        (1_501.0, voiced("r1.1")),
        (1_503.0, ev.AgentBegan("r1.1")),
    ]


def test_every_stage_of_a_composed_reply_has_its_time_and_its_owner() -> None:
    (turn,) = told(*composed())
    model = "anthropic/claude-haiku-5-5"
    assert list(turn.spans()) == [
        Span("decided", "deepgram/nova-3", 100.0),
        Span("first_token", model, 200.0),
        Span("understood", model, 60.0),
        Span("chosen", "switchboard", 1.0),
        Span("composed", model, 59.0),
        Span("cleared", "switchboard", 1.0),
        Span("voiced", "elevenlabs/flash", 80.0),
        Span("sent", "switchboard", 2.0),
    ]
    assert (turn.total, turn.questions, turn.token_ms, turn.voice_ms, turn.fast) == (503.0, 1, 200.0, 80.0, False)


@pytest.mark.parametrize("keep", range(8))
def test_stages_of_every_prefix_never_come_to_more_than_has_passed(keep: int) -> None:
    events = composed()[:keep]
    for turn in told(*events):
        assert sum(getattr(turn, stage) or 0.0 for stage in STAGES) <= events[-1][0] - turn.speech_end_ms
        assert (turn.total is not None) == (keep == 7)


def test_the_stages_come_to_the_whole() -> None:
    (turn,) = told(*composed())
    assert turn.total == 1_503.0 - 1_000.0


def test_what_was_begun_ahead_costs_the_caller_only_what_is_left_of_it() -> None:
    (turn,) = told(
        (950.0, ev.SpeculationBegan(1, "what do you charge")),
        (1_100.0, SPOKE),
        (1_100.0, ev.SpeculationEnded(1, used=True)),
        *composed()[1:],
    )
    assert turn.ahead == "used"
    assert (turn.decided, turn.first_token, turn.understood) == (100.0, 50.0, 210.0)
    assert turn.token_ms == 200.0


def test_a_turn_begun_ahead_in_vain_says_so() -> None:
    ended = ev.SpeculationEnded(1, used=False, reason="resumed")
    (turn,) = told((900.0, ev.SpeculationBegan(1, "what")), (950.0, ended), *composed())
    assert turn.ahead == "discarded"
    assert turn.first_token == 200.0


def test_a_filler_is_no_answer() -> None:
    filler = ev.LineChosen("r1", 1, (Clause("r1.1", "One moment.", line="filler"),))
    (turn,) = told(
        (1_100.0, SPOKE),
        (2_600.0, filler),
        (2_601.0, voiced("r1.1", 0.0, cached=True)),
        (2_602.0, ev.AgentBegan("r1.1")),
        (3_000.0, BY_MODEL),
        (3_000.0, ev.LineChosen("r2", 1, (Clause("r2.1", "Forty.", line="x"),))),
        (3_090.0, voiced("r2.1")),
        (3_091.0, ev.AgentBegan("r2.1")),
    )
    assert (turn.filled_ms, turn.total) == (1_602.0, 2_091.0)


def test_the_wait_for_an_action_is_told_apart_from_the_script() -> None:
    receipt = Receipt("k", "book", {}, "ab" * 32)
    (turn,) = told(
        (1_100.0, SPOKE),
        (1_101.0, BY_GRAMMAR),
        (1_101.0, ev.ActionRequested("k", "book", {}, True)),
        (1_401.0, ev.ActionCommitted(receipt, 300.0)),
        (1_402.0, ev.LineChosen("r1", 1, (Clause("r1.1", "Done."),))),
        (1_403.0, voiced("r1.1", 0.0, cached=True)),
        (1_405.0, ev.AgentBegan("r1.1")),
    )
    assert (turn.understood, turn.acted, turn.chosen, turn.fast) == (1.0, 300.0, 1.0, True)
    assert list(turn.spans())[-2] == Span("voiced", "ready", 1.0)
    assert turn.voice_ms is None


def test_what_is_said_after_a_silence_answers_nobody() -> None:
    (turn,) = told(
        (1_100.0, SPOKE),
        (1_101.0, BY_GRAMMAR),
        (9_000.0, ev.CallerStayedSilent(1)),
        (9_000.0, ev.LineChosen("r1", 1, (Clause("r1.1", "Are you still there?"),))),
        (9_100.0, ev.AgentBegan("r1.1")),
    )
    assert (turn.total, turn.understood) == (None, 1.0)


def test_a_reply_that_never_sounded_is_not_the_answer() -> None:
    failed = ev.ReplyClosed("r1", "failed", "timeout")
    (turn,) = told(
        *composed()[:3],
        (5_361.0, failed),
        (5_361.0, ev.LineChosen("r2", 1, (Clause("r2.1", "I do not know."),))),
        (5_441.0, voiced("r2.1")),
        (5_442.0, ev.AgentBegan("r2.1")),
    )
    assert (turn.fallback, turn.composed, turn.total) == (True, None, 4_442.0)


def test_a_question_of_its_own_counts_beside_that_for_the_commands() -> None:
    events = composed()
    asked = ev.ClauseComposed("r1", Clause("r1.1", "It is forty."), "openai/x", first_token_ms=40.0)
    events[3] = (1_420.0, asked)
    (turn,) = told(*events)
    assert (turn.questions, turn.token_ms, turn.model) == (2, 200.0, "openai/x")


def test_what_providers_were_noticed_doing_belongs_to_the_turn_that_waited() -> None:
    def noticed(stage: str, kind: str, to: str = "") -> ev.ProviderNoticed:
        return ev.ProviderNoticed(stage, "a/x", kind, to=to)  # type: ignore[arg-type]  # literals, in words

    events = composed()
    second = [
        (at + 5_000.0, body) for at, body in ((1_100.0, ev.CallerSpoke(2, "ok", 5_500.0, 6_000.0, 1.0, "vendor")),)
    ]
    first, later = told(
        (700.0, noticed("hearing", "switched", "b/y")),
        *events[:1],
        (1_200.0, noticed("understanding", "hedged")),
        *events[1:],
        (1_600.0, noticed("speaking", "switched", "b/z")),
        *second,
    )
    assert (first.switched, first.hedged) == (("hearing",), ("understanding",))
    assert (later.switched, later.hedged) == (("speaking",), ())


def test_the_fold_tells_of_an_answer_once_and_when_it_sounds() -> None:
    fold = Waterfall()
    events = [*composed(), (2_000.0, ev.AgentBegan("r1.1"))]
    given = [fold.take(ev.CallEvent("call:x", n, at, body)) for n, (at, body) in enumerate(events, 1)]
    assert [turn.turn if turn else None for turn in given] == [None] * 6 + [1, None]
    assert fold.turns == (given[6],)
