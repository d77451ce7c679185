"""The implementations of ``LanguageModel`` and the servers they are run against."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import aiohttp

from agent.providers.config import ProviderConfig
from agent.providers.patience import ModelPatience
from agent.thinking.model import (
    FormGrew,
    Json,
    LanguageModel,
    Message,
    ModelEvent,
    ModelRequest,
    ModelStopped,
    Passage,
    TextGrew,
    Tool,
)  # fmt: skip
from calls.clock import LoopClock
from calls.errors import ProviderError
from switchboard.loopback.anthropic import AnthropicServer
from switchboard.loopback.model_server import KEY, Answer, Answering, ModelServer, Question
from tests.loopback.openai_chat import OpenAIServer

HASTY = ModelPatience(connect_ms=2_000, first_ms=400, between_ms=400)
FORM = json.dumps({"commands": [{"kind": "fill", "value": "vier Gäste – 4"}], "reply": "Gern. „Vier“ it is."})
SECRET = "Lindqvist"
"""in what the caller says; must be in no error and no log"""

_SCHEMA: dict[str, Json] = {
    "type": "object",
    "properties": {
        "commands": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"kind": {"type": "string", "enum": ["fill", "ask"]}, "value": {"type": "string"}},
                "required": ["kind", "value"],
                "additionalProperties": False,
            },
        },
        "reply": {"type": "string"},
        "apology": {"type": "boolean"},
    },
    "required": ["commands", "reply", "apology"],
    "additionalProperties": False,
}
TOOL = Tool("turn", "What the caller meant, and what is said to them.", _SCHEMA)
ASKED = ModelRequest(
    (Passage("You answer the phone of Cedar Dental. " * 120, lasting=True), Passage("It is Monday.")),
    (Message("agent", "Cedar Dental, hello."), Message("caller", f"This is {SECRET}, a table for four.")),
    TOOL,
)
PLAIN = ModelRequest(ASKED.instructions, ASKED.messages)


@dataclass(frozen=True)
class Vendor:
    """An adapter, and the server that speaks its vendor's wire."""

    name: str
    make: Callable[[ProviderConfig, ModelPatience], LanguageModel]
    server: Callable[..., ModelServer]


def _anthropic(config: ProviderConfig, patience: ModelPatience) -> LanguageModel:
    from agent.providers.anthropic.model import ClaudeModel

    return ClaudeModel(config, patience)


def _openai(config: ProviderConfig, patience: ModelPatience) -> LanguageModel:
    from agent.providers.openai.model import ChatModel

    return ChatModel(config, patience)


VENDORS = (
    Vendor("anthropic/claude-haiku-5-5", _anthropic, AnthropicServer),
    Vendor("openai/gpt-sample", _openai, OpenAIServer),
)


def form(question: Question) -> Answer:
    """The form where one is asked for, else its reply."""
    return Answer(FORM if question.tool else json.loads(FORM)["reply"])


@asynccontextmanager
async def running(
    vendor: Vendor, answer: Answering = form, *, key: str = KEY, patience: ModelPatience | None = None, **options: Any
) -> AsyncIterator[tuple[LanguageModel, ModelServer]]:
    """A server, and the adapter that asks it."""
    async with vendor.server(answer, **options) as server, aiohttp.ClientSession() as session:
        model = vendor.name.partition("/")[2]
        config = ProviderConfig(vendor.name, model, "", "en-US", server.url, session, LoopClock(), key=key)
        yield vendor.make(config, patience or ModelPatience()), server


async def ask(model: LanguageModel, request: ModelRequest) -> list[ModelEvent]:
    """The whole answer."""
    async with aclosing(cast(Any, model.stream(request))) as stream:
        return [event async for event in stream]


async def failing(model: LanguageModel, request: ModelRequest) -> tuple[list[ModelEvent], ProviderError]:
    """What came before the failure, and the failure. Raises AssertionError when there was none."""
    events: list[ModelEvent] = []
    try:
        async with aclosing(cast(Any, model.stream(request))) as stream:
            async for event in stream:
                events.append(event)
    except ProviderError as error:
        return events, error
    raise AssertionError(f"no failure: {events}")


def written(events: list[ModelEvent]) -> str:
    """The pieces, joined."""
    return "".join(e.json if isinstance(e, FormGrew) else e.text for e in events if isinstance(e, FormGrew | TextGrew))


def stop(events: list[ModelEvent]) -> ModelStopped:
    """The last event, which must be the stop."""
    assert isinstance(events[-1], ModelStopped)
    assert sum(isinstance(event, ModelStopped) for event in events) == 1
    return events[-1]
