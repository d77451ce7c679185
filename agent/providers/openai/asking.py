"""A question as chat completions take it. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.providers.dialogue import alternating
from agent.thinking.model import ModelRequest, Tool

_ROLES = {"caller": "user", "agent": "assistant"}
_LIMIT = "max_completion_tokens"
_OLD_LIMIT = "max_tokens"
_OPTIONAL = (_LIMIT, "reasoning_effort", "stream_options", "parallel_tool_calls", "strict", "tool_choice")


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which of the newer fields a server takes. Begins with all; what it refuses by name is left out from then on."""

    without: frozenset[str] = frozenset()

    def learned(self, error: Mapping[str, object]) -> Dialect | None:
        """The dialect after a refusal of a field; None when the refusal names none that can be left out."""
        named = f"{error.get('param') or ''} {error.get('message') or ''}"
        for field in _OPTIONAL:
            if field in named and field not in self.without:
                return Dialect(self.without | {field})
        return None


def body_of(model: str, request: ModelRequest, dialect: Dialect) -> dict[str, Any]:
    """The fields of one streaming request. Raises ValueError when the request has nothing to answer.

    The instructions are one system message, what lasts at its beginning: servers keep equal beginnings by themselves.
    """
    system = "\n\n".join(passage.text for passage in request.instructions if passage.text)
    talk = [{"role": _ROLES[m.role], "content": m.text} for m in alternating(request.messages)]
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": "system", "content": system}, *talk] if system else talk,
        "stream": True,
        "stream_options": {"include_usage": True},
        _LIMIT: request.most_tokens,
        # No thinking: it would spend the caller's patience.
        "reasoning_effort": "none",
    }
    if request.tool is not None:
        body["tools"] = [_tool(request.tool, "strict" not in dialect.without)]
        forced = {"type": "function", "function": {"name": request.tool.name}}
        body["tool_choice"] = "auto" if request.words_alone else forced
        body["parallel_tool_calls"] = False
    for field in dialect.without:
        body.pop(field, None)
    if _LIMIT in dialect.without:
        body[_OLD_LIMIT] = request.most_tokens
    return body


def _tool(tool: Tool, strict: bool) -> dict[str, Any]:
    function: dict[str, Any] = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.schema),
    }
    if strict:
        function["strict"] = True
    return {"type": "function", "function": function}
