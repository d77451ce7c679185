"""The scripted model keeps the same contract, on a virtual clock."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import Any, cast

import pytest

from agent.thinking.scripted import ScriptedModel, Written
from calls.clock import LoopClock
from calls.errors import ProviderError
from calls.virtual_time import run_virtual
from tests.contracts.thinking.models import ASKED, FORM, PLAIN, ask, failing, stop, written


def test_a_form_and_a_text_stream_at_the_pace_that_was_set() -> None:
    async def main() -> None:
        clock = LoopClock()
        model = ScriptedModel(lambda request: Written(FORM), clock, first_ms=200, tokens_a_second=80)
        began = clock.now_ms()
        events = await ask(model, ASKED)
        assert written(events) == FORM == json.dumps(json.loads(FORM))
        assert clock.now_ms() - began == pytest.approx(200 + (len(events) - 2) * 12.5)
        assert stop(await ask(model, PLAIN)).usage.written == len(events) - 1
        assert model.asked == [ASKED, PLAIN] and model.abandoned == 0

    run_virtual(main())


def test_closing_early_is_counted() -> None:
    async def main() -> int:
        model = ScriptedModel(lambda request: Written(FORM), LoopClock(), tokens_a_second=80)
        async with aclosing(cast(Any, model.stream(ASKED))) as stream:
            async for _ in stream:
                break
        return model.abandoned

    assert run_virtual(main()) == 1


def test_it_breaks_where_it_is_told_to() -> None:
    broken = ProviderError("understanding", "scripted/model", "lost")

    async def main() -> None:
        model = ScriptedModel(lambda request: Written(FORM[:9], breaks=broken), LoopClock())
        events, error = await failing(model, ASKED)
        assert written(events) == FORM[:9] and error is broken

    asyncio.run(main())
