"""Every language model answers alike: pieces as they come, the stop last, the request as the vendor wants it."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

import pytest

from agent.providers.patience import ModelPatience
from agent.thinking.model import FormGrew, Message, ModelRequest, ModelStopped, TextGrew
from calls.clock import LoopClock
from switchboard.loopback.model_server import Answer, Fault
from tests.contracts.thinking.models import (
    ASKED,
    FORM,
    PLAIN,
    TOOL,
    VENDORS,
    Vendor,
    ask,
    failing,
    running,
    stop,
    written,
)  # fmt: skip

pytestmark = [pytest.mark.wire, pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)]


def test_a_form_streams_in_pieces_and_ends_with_one_stop(vendor: Vendor) -> None:
    async def main() -> None:
        async with running(vendor) as (model, server):
            events = await ask(model, ASKED)
        assert written(events) == FORM
        assert stop(events).reason == "done" and stop(events).usage.written > 5
        assert len(events) > 10 and all(isinstance(event, FormGrew) for event in events[:-1])
        assert server.received[0].finished and model.traits.id == vendor.name

    asyncio.run(main())


def test_a_text_streams_in_pieces(vendor: Vendor) -> None:
    async def main() -> None:
        async with running(vendor) as (model, _):
            events = await ask(model, PLAIN)
        assert written(events) == json.loads(FORM)["reply"]
        assert all(isinstance(event, TextGrew) for event in events[:-1]) and stop(events).reason == "done"

    asyncio.run(main())


def test_the_first_piece_comes_long_before_the_last(vendor: Vendor) -> None:
    async def main() -> list[float]:
        clock = LoopClock()
        async with running(vendor, first_ms=40, tokens_a_second=200) as (model, _):
            await model.warm()
            began, at = clock.now_ms(), []
            async with aclosing(cast(Any, model.stream(ASKED))) as stream:
                async for _ in stream:
                    at.append(clock.now_ms() - began)
        return at

    at = asyncio.run(main())
    assert at[0] >= 40 and at[-1] - at[0] >= 100
    assert at[0] < at[-1] / 2


def test_the_wire_has_a_strict_forced_tool_in_the_schemas_order_and_no_sampling(vendor: Vendor) -> None:
    async def main() -> dict[str, Any]:
        async with running(vendor) as (model, server):
            await ask(model, ASKED)
        assert b'"commands"' in server.received[0].raw
        return server.received[0].body

    body = asyncio.run(main())
    tool = body["tools"][0]
    function = tool.get("function", tool)
    schema = function.get("input_schema") or function["parameters"]
    assert list(schema["properties"]) == ["commands", "reply", "apology"]
    assert function["strict"] is True
    assert json.dumps(body["tool_choice"]).count(TOOL.name) == 1
    assert not {"temperature", "top_p", "top_k"} & set(body)
    assert body.get("thinking", {"type": "disabled"}) == {"type": "disabled"}


def test_the_second_turn_reads_the_lasting_beginning_from_the_cache(vendor: Vendor) -> None:
    async def main() -> None:
        async with running(vendor) as (model, _):
            first = stop(await ask(model, ASKED)).usage
            second = stop(await ask(model, replace(ASKED, messages=(Message("caller", "And for five?"),)))).usage
        assert model.traits.caches
        assert first.cached == 0 and first.fresh + first.stored > 1100
        assert second.cached > 1000 and second.fresh < 400

    asyncio.run(main())


def test_turns_share_a_connection(vendor: Vendor) -> None:
    async def main() -> int:
        async with running(vendor) as (model, server):
            for _ in range(4):
                await ask(model, ASKED)
            return server.connections

    assert asyncio.run(main()) == 1


def test_a_warm_connection_is_the_one_that_is_asked(vendor: Vendor) -> None:
    async def main() -> int:
        async with running(vendor) as (model, server):
            await model.warm()
            await ask(model, ASKED)
            return server.connections

    assert asyncio.run(main()) == 1


def test_warming_never_raises(vendor: Vendor) -> None:
    async def main() -> None:
        async with running(vendor) as (model, server):
            await server.__aexit__()
            await model.warm()
            _, error = await failing(model, ASKED)
        assert error.kind == "lost"

    asyncio.run(main())


def test_closing_the_stream_ends_the_request_at_the_server(vendor: Vendor) -> None:
    async def main() -> None:
        clock = LoopClock()
        async with running(vendor, first_ms=10, tokens_a_second=50) as (model, server):
            async with aclosing(cast(Any, model.stream(ASKED))) as stream:
                async for _ in stream:
                    break
            closed = clock.now_ms()
            received = server.received[0]
            while received.left_ms < 0 and clock.now_ms() < closed + 500:
                await clock.sleep_ms(2)
        assert not received.finished
        assert 0 <= received.left_ms - closed < 50

    asyncio.run(main())


def test_cancelling_before_the_first_byte_ends_the_request_too(vendor: Vendor) -> None:
    async def main() -> None:
        clock = LoopClock()
        async with running(vendor, faults=Fault.SILENT) as (model, server):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await ask(model, ASKED)
            given_up = clock.now_ms()
            while server.received[0].left_ms < 0 and clock.now_ms() < given_up + 500:
                await clock.sleep_ms(2)
        assert server.received[0].left_ms >= 0

    asyncio.run(main())


@pytest.mark.parametrize("messages", [(), (Message("caller", "  "),), (Message("agent", "Hello."),)])
def test_a_request_with_nothing_to_answer_is_our_fault_and_touches_no_vendor(
    vendor: Vendor, messages: tuple[Message, ...]
) -> None:
    async def main() -> None:
        async with running(vendor) as (model, server):
            _, error = await failing(model, ModelRequest(ASKED.instructions, messages))
        assert error.kind == "request" and not server.received

    asyncio.run(main())


def test_neighbouring_messages_of_one_side_are_joined(vendor: Vendor) -> None:
    async def main() -> list[dict[str, str]]:
        talk = (
            Message("agent", "Hello."), Message("agent", "How can I help?"), Message("caller", "Er"),
            Message("agent", " "), Message("caller", "a table"),
        )  # fmt: skip
        async with running(vendor) as (model, server):
            await ask(model, replace(ASKED, messages=talk))
        return [m for m in server.received[0].body["messages"] if m["role"] != "system"]

    assert asyncio.run(main())[1:] == [
        {"role": "assistant", "content": "Hello.\nHow can I help?"},
        {"role": "user", "content": "Er\na table"},
    ]


@pytest.mark.parametrize("fault", [Fault.SPLIT, Fault.THINKING, Fault.UNKNOWN, Fault.TEXT_FIRST, Fault.OLD])
def test_what_a_vendor_may_send_between_changes_nothing(vendor: Vendor, fault: Fault) -> None:
    async def main() -> None:
        async with running(vendor, faults=fault) as (model, _):
            events = await ask(model, ASKED)
        assert written(events) == FORM and stop(events).reason == "done"
        assert stop(events).usage.fresh > 500 or stop(events).usage.stored > 500

    asyncio.run(main())


@pytest.mark.parametrize(("fault", "reason"), [(Fault.REFUSAL, "refusal"), (Fault.LENGTH, "length")])
def test_a_model_that_stops_early_says_why(vendor: Vendor, fault: Fault, reason: str) -> None:
    async def main() -> ModelStopped:
        async with running(vendor, faults=fault) as (model, _):
            return stop(await ask(model, ASKED))

    assert asyncio.run(main()).reason == reason


def test_most_tokens_is_told_to_the_vendor(vendor: Vendor) -> None:
    async def main() -> None:
        async with running(vendor, lambda question: Answer("word " * 100)) as (model, server):
            events = await ask(model, replace(PLAIN, most_tokens=10))
        assert stop(events).reason == "length" and len(written(events)) == 40
        body = server.received[0].body
        assert body.get("max_tokens", body.get("max_completion_tokens")) == 10

    asyncio.run(main())


def test_a_hundred_streams_at_once_keep_apart(vendor: Vendor) -> None:
    async def main() -> list[str]:
        def echo(question: Any) -> Answer:
            return Answer(json.dumps({"commands": [], "reply": question.messages[-1][1], "apology": False}))

        async with running(vendor, echo, first_ms=5, tokens_a_second=500, patience=ModelPatience()) as (model, _):
            asked = [replace(ASKED, messages=(Message("caller", f"number {n}"),)) for n in range(100)]
            answers = await asyncio.gather(*(ask(model, request) for request in asked))
        return [json.loads(written(events))["reply"] for events in answers]

    assert asyncio.run(main()) == [f"number {n}" for n in range(100)]


FREE = replace(ASKED, words_alone=True)


def test_where_words_will_do_the_form_is_free(vendor: Vendor) -> None:
    async def main() -> None:
        async with running(vendor) as (model, server):
            events = await ask(model, FREE)
        assert json.dumps(server.received[0].body["tool_choice"]).count("auto") == 1
        assert written(events) == FORM
        assert stop(events).reason == "done"

    asyncio.run(main())


def test_words_may_be_the_answer_in_place_of_the_form(vendor: Vendor) -> None:
    async def main() -> None:
        async with running(vendor, lambda _: Answer("Gern. Until six.")) as (model, _):
            events = await ask(model, FREE)
        assert written(events) == "Gern. Until six."
        assert all(isinstance(event, TextGrew) for event in events[:-1]) and stop(events).reason == "done"

    asyncio.run(main())


def test_a_form_behind_words_comes_too_late(vendor: Vendor) -> None:
    async def main() -> None:
        async with running(vendor, faults=Fault.TEXT_FIRST) as (model, _):
            events, error = await failing(model, FREE)
        assert error.kind == "garbage"
        assert [type(event) for event in events] == [TextGrew]

    asyncio.run(main())
