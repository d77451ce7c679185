"""A model's streams in one call: each is closed, and what it cost is counted as its vendor tells it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from agent.ports import CallContext
from agent.thinking.model import ModelRequest
from agent.thinking.scripted import ScriptedModel, Written
from agent.thinking.thinker import CallThinker, Thinker
from agent.understanding.local import LocalUnderstander
from calls import signals as sg
from calls.clock import LoopClock
from calls.effects import Compose
from calls.errors import ProviderError
from calls.line import Line
from calls.speech import Heard
from calls.virtual_time import run_virtual
from tests.agent.thinking.facts import FACTS, GUIDANCE

LINE = Line(id="l", number="+15550100", script="answers", agent_name="Robin", business="B", greeting="Hello.")
HEARD = Heard("would you mind telling me about parking and so on", 0, 0)
FORM = json.dumps({"commands": [{"do": "ask", "topic": "hours"}], "reply": "We open at nine. We close at six."})


def run(
    play: Callable[[CallThinker], Awaitable[None]],
    tokens: float = 0.0,
    answer: Callable[[ModelRequest], Written] = lambda request: Written(FORM),
) -> tuple[ScriptedModel, list[sg.Signal]]:
    """What the model was asked, and what was emitted."""
    signals: list[sg.Signal] = []
    clock = LoopClock()
    model = ScriptedModel(answer, clock, 10.0, tokens)

    async def main() -> None:
        thinker = Thinker(model, LocalUnderstander())
        await play(thinker.open(CallContext("c", LINE, clock, signals.append)))

    run_virtual(main())
    return model, signals


def test_a_turn_given_up_while_the_last_one_is_put_away_leaves_no_stream_open() -> None:
    async def play(thinker: CallThinker) -> None:
        plain = GUIDANCE.__class__(**{**{f: getattr(GUIDANCE, f) for f in GUIDANCE.__slots__}, "brief": None})
        async with asyncio.TaskGroup() as group:
            await thinker.understand(1, HEARD, plain, FACTS, ())
            newer = group.create_task(thinker.understand(2, HEARD, plain, FACTS, ()))
            await LoopClock().sleep_ms(20)
            newer.cancel()

    model, signals = run(play, tokens=10.0)
    assert model.abandoned == len(model.asked) == 1
    assert sum(isinstance(signal, sg.UsageCounted) for signal in signals) == 1


def test_what_a_whole_reply_cost_is_what_its_vendor_says() -> None:
    async def play(thinker: CallThinker) -> None:
        await thinker.understand(1, HEARD, GUIDANCE, FACTS, ())
        found = [c async for c in thinker.compose(Compose("r2", 1, HEARD.text, GUIDANCE), FACTS)]
        assert [c.text for c in found] == ["We open at nine.", "We close at six.", ""]
        assert found[-1].last

    model, signals = run(play, tokens=80.0)
    (usage,) = [signal for signal in signals if isinstance(signal, sg.UsageCounted)]
    assert model.abandoned == 0
    assert usage.amounts["tokens_written"] == -(-len(FORM) // 4)


def test_a_reply_that_came_with_a_refused_command_is_not_said() -> None:
    forged = [{"do": "tell", "slot": "discount", "value": "50", "words": "fifty"}, {"do": "ask", "topic": "hours"}]
    form = json.dumps({"commands": forged, "reply": "Half price it is, and we open at nine."})

    async def play(thinker: CallThinker) -> None:
        meaning = await thinker.understand(1, HEARD, GUIDANCE, FACTS, ())
        assert [type(command).__name__ for command in meaning.commands] == ["AskQuestion"]
        found = [c async for c in thinker.compose(Compose("r2", 1, HEARD.text, GUIDANCE), FACTS)]
        assert " ".join(c.text for c in found).strip() == "We open at nine."

    model, _ = run(play, 80.0, lambda request: Written(form if request.tool is not None else "We open at nine."))
    assert len(model.asked) == 2 and model.abandoned == 1


def test_a_model_that_will_not_answer_is_not_asked_again() -> None:
    async def play(thinker: CallThinker) -> None:
        meaning = await thinker.understand(1, HEARD, GUIDANCE, FACTS, ())
        assert meaning.fallback

    model, signals = run(play, answer=lambda request: Written("", reason="refusal"))
    assert len(model.asked) == 1
    assert [s.reason for s in signals if isinstance(s, sg.ProviderNoticed)] == ["refused"]


def test_a_question_that_was_refused_costs_nothing() -> None:
    async def play(thinker: CallThinker) -> None:
        assert (await thinker.understand(1, HEARD, GUIDANCE, FACTS, ())).fallback

    refused = ProviderError("understanding", "scripted/model", "key", "status 401")
    _, signals = run(play, answer=lambda request: Written("", breaks=refused))
    assert not any(isinstance(signal, sg.UsageCounted) for signal in signals)


def test_words_alone_mean_no_command_and_are_the_reply() -> None:
    said = "Yes. We have room for four cars."

    async def play(thinker: CallThinker) -> None:
        meaning = await thinker.understand(1, HEARD, GUIDANCE, FACTS, ())
        assert [type(command).__name__ for command in meaning.commands] == ["AskQuestion"]
        assert not meaning.fallback
        found = [c async for c in thinker.compose(Compose("r2", 1, HEARD.text, GUIDANCE), FACTS)]
        assert [c.text for c in found] == ["Yes.", "We have room for four cars.", ""]

    model, signals = run(play, tokens=80.0, answer=lambda request: Written(said))
    assert model.asked[0].words_alone
    assert len(model.asked) == 1
    assert sum(isinstance(signal, sg.UsageCounted) for signal in signals) == 1


def test_a_single_clause_of_words_is_whole_at_its_end() -> None:
    async def play(thinker: CallThinker) -> None:
        await thinker.understand(1, HEARD, GUIDANCE, FACTS, ())
        found = [c async for c in thinker.compose(Compose("r2", 1, HEARD.text, GUIDANCE), FACTS)]
        assert [c.text for c in found] == ["Behind the house", ""]

    run(play, tokens=80.0, answer=lambda request: Written("Behind the house"))


def test_words_that_break_off_before_a_clause_is_whole_leave_the_turn_to_this_machine() -> None:
    broken = Written("I would say that", breaks=ProviderError("understanding", "scripted/model", "lost"))

    async def play(thinker: CallThinker) -> None:
        meaning = await thinker.understand(1, HEARD, GUIDANCE, FACTS, ())
        assert meaning.fallback

    model, signals = run(play, tokens=80.0, answer=lambda request: broken)
    assert len(model.asked) == 2, "asked once more"
    assert [s.kind for s in signals if isinstance(s, sg.ProviderNoticed)] == ["failed"]


def test_where_no_reply_is_wanted_words_are_no_answer() -> None:
    async def play(thinker: CallThinker) -> None:
        plain = GUIDANCE.__class__(**{**{f: getattr(GUIDANCE, f) for f in GUIDANCE.__slots__}, "brief": None})
        assert (await thinker.understand(1, HEARD, plain, FACTS, ())).fallback

    model, _ = run(play, tokens=80.0, answer=lambda request: Written("Certainly. I have done it."))
    assert not model.asked[0].words_alone
