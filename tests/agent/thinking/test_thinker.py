"""A model's streams in one call: each is closed, and what it cost is counted as its vendor tells it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from agent.ports import CallContext
from agent.thinking.scripted import ScriptedModel, Written
from agent.thinking.thinker import CallThinker, Thinker
from agent.understanding.local import LocalUnderstander
from calls import signals as sg
from calls.clock import LoopClock
from calls.effects import Compose
from calls.line import Line
from calls.speech import Heard
from calls.virtual_time import run_virtual
from tests.agent.thinking.facts import FACTS, GUIDANCE

LINE = Line(id="l", number="+15550100", script="answers", agent_name="Robin", business="B", greeting="Hello.")
HEARD = Heard("would you mind telling me about parking and so on", 0, 0)
FORM = json.dumps({"commands": [{"do": "ask", "topic": "hours"}], "reply": "We open at nine. We close at six."})


def run(
    play: Callable[[CallThinker], Awaitable[None]], tokens: float = 0.0, trailer_ms: float = 0.0
) -> tuple[ScriptedModel, list[sg.Signal]]:
    """What the model was asked, and what was emitted. ``trailer_ms``: from the form's end to the stop."""
    signals: list[sg.Signal] = []
    clock = LoopClock()
    model = ScriptedModel(lambda request: Written(FORM), clock, 10.0, tokens)

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
