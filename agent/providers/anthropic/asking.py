"""A question as the Messages API takes it. No I/O."""

from __future__ import annotations

from typing import Any

from agent.providers.dialogue import alternating
from agent.thinking.model import ModelRequest, Passage, Tool

_ROLES = {"caller": "user", "agent": "assistant"}
_CACHED = {"type": "ephemeral"}


def body_of(model: str, request: ModelRequest) -> dict[str, Any]:
    """The fields of one streaming request. Raises ValueError when the request has nothing to answer.

    No sampling settings and no thinking: today's models refuse the first and would spend ``max_tokens`` and the
    caller's patience on the second.
    """
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": request.most_tokens,
        "messages": [{"role": _ROLES[m.role], "content": m.text} for m in alternating(request.messages)],
        "thinking": {"type": "disabled"},
        "stream": True,
    }
    if request.instructions:
        body["system"] = _system(request.instructions)
    if request.tool is not None:
        body["tools"] = [_tool(request.tool)]
        choice = {"type": "auto"} if request.words_alone else {"type": "tool", "name": request.tool.name}
        body["tool_choice"] = {**choice, "disable_parallel_tool_use": True}
    return body


def _system(passages: tuple[Passage, ...]) -> list[dict[str, Any]]:
    """One block a passage; the last lasting one ends the prefix that is kept (tools come before it in the prefix)."""
    blocks: list[dict[str, Any]] = [{"type": "text", "text": passage.text} for passage in passages if passage.text]
    lasting = [index for index, passage in enumerate(p for p in passages if p.text) if passage.lasting]
    if lasting:
        blocks[lasting[-1]]["cache_control"] = dict(_CACHED)
    return blocks


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.description,
        "input_schema": dict(tool.schema),
        "strict": True,
        # Without it the form is held back until a whole value is there: the reply could not be spoken as it grows.
        "eager_input_streaming": True,
    }
