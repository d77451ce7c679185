"""OpenAI's chat completions, streaming, on loopback; with ``Fault.OLD`` a server that only speaks like it.

Checked against: the types of the SDK 3.52 (``ChatCompletionChunk``, ``CompletionUsage``) as they are documented, and
the vendor's documentation of streaming, errors and structured outputs. Not checked: the real service, nor any of the
many servers which imitate it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import web

from switchboard.loopback.model_server import (
    Fault,
    ModelServer,
    Pace,
    Question,
    Refused,
    check_strict,
    count,
    refuse_unknown,
    tokens,
)  # fmt: skip

_NEWER = ("max_completion_tokens", "reasoning_effort", "stream_options", "parallel_tool_calls")
_FIELDS = {
    "model", "messages", "stream", "tools", "tool_choice", "max_tokens", "stop", "user", "response_format", *_NEWER,
}  # fmt: skip
_KEPT_FROM = 1024
_REFUSALS: dict[Fault, tuple[int, str, str, dict[str, str]]] = {
    Fault.KEY: (401, "invalid_api_key", "Incorrect API key provided: loop****-key.", {}),
    Fault.FORBIDDEN: (403, "unsupported_country", "Country not supported", {}),
    Fault.PAYMENT: (402, "insufficient_credits", "Insufficient credits", {}),
    Fault.CREDIT: (429, "insufficient_quota", "You exceeded your current quota, please check your plan.", {}),
    Fault.RATE: (429, "rate_limit_exceeded", "Rate limit reached", {"retry-after-ms": "1500", "retry-after": "2"}),
    Fault.RATE_SECONDS: (429, "rate_limit_exceeded", "Rate limit reached", {"retry-after": "2"}),
    Fault.OVERLOADED: (529, "server_is_overloaded", "The server is overloaded", {}),
    Fault.UNAVAILABLE: (503, "", "", {}),
    Fault.BAD_REQUEST: (400, "invalid_request_error", "Invalid value for 'messages'", {}),
}


class OpenAIServer(ModelServer):
    """``POST /v1/chat/completions`` with ``stream: true``."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._seen: list[str] = []

    @property
    def url(self) -> str:
        """With ``/v1``, as ``OPENAI_BASE_URL`` wants it."""
        return f"{self._origin}/v1"

    def routes(self, application: web.Application) -> None:
        """One path; anything else is a 404."""
        application.router.add_post("/v1/chat/completions", self.handle)

    def question(self, headers: Mapping[str, str], body: dict[str, Any], fault: Fault | None) -> Question:
        """Check a request. Raises Refused."""
        if headers.get("Authorization") != f"Bearer {self.key}":
            raise Refused(401, "invalid_api_key", "Incorrect API key provided")
        for name in ("temperature", "top_p", "top_k"):
            if name in body:
                raise Refused(400, "unsupported_parameter", f"Unsupported parameter: '{name}'", name)
        refuse_unknown(body, _FIELDS)
        if fault is Fault.OLD:
            for name in _NEWER:
                if name in body:
                    raise Refused(400, "invalid_request_error", f"unexpected field {name}", name)
        elif "max_tokens" in body:
            raise Refused(400, "unsupported_parameter", "Use 'max_completion_tokens' instead.", "max_tokens")
        if body.get("stream") is not True:
            raise Refused(400, "invalid_request_error", "this server only streams")
        system, messages = _messages(body.get("messages"))
        name, schema = _tool(body, fault is Fault.OLD)
        most = body.get("max_tokens" if fault is Fault.OLD else "max_completion_tokens", 100_000)
        free = body.get("tool_choice") == "auto"
        return Question(str(body.get("model")), system, messages, name, schema, most, free)

    def refusal(self, refused: Refused) -> web.Response:
        """The vendor's error object; a 503 comes from a proxy before it, as a page."""
        if not refused.kind:
            return web.Response(status=refused.status, text="no healthy upstream", content_type="text/plain")
        error = {
            "message": refused.message, "type": refused.kind, "param": refused.param or None, "code": refused.kind,
        }  # fmt: skip
        return web.json_response({"error": error}, status=refused.status, headers=dict(refused.headers))

    def refused_by(self, fault: Fault) -> Refused | None:
        """A refusal before the stream."""
        found = _REFUSALS.get(fault)
        return Refused(found[0], found[1], found[2], headers=found[3]) if found else None

    def events(self, question: Question, text: str, fault: Fault | None) -> Iterator[bytes | Pace]:
        """The stream."""
        tool = "forecast" if fault is Fault.WRONG_TOOL and question.tool else question.tool
        if fault is Fault.PINGS:
            yield b": keep-alive\n\n"
            yield Pace.STALL
        yield _chunk({"role": "assistant", "content": None})
        if fault is Fault.UNKNOWN:
            yield b'event: weather\ndata: {"object": "weather", "sky": "blue"}\n\n'
        if fault is Fault.THINKING:
            yield _chunk({"reasoning_content": "The caller wants"})
        if fault is Fault.TEXT_FIRST:
            yield _chunk({"content": "Let me fill in the form."})
        if fault is Fault.REFUSAL:
            yield _chunk({"refusal": "I cannot help with this."})
            yield _chunk({}, "stop")
            yield b"data: [DONE]\n\n"
            return
        written = tokens(text)
        most = question.most_tokens if fault is not Fault.LENGTH else max(1, len(written) // 2)
        broken = fault in (Fault.CUT, Fault.STALL, Fault.RESET, Fault.MID_STREAM, Fault.GARBAGE, Fault.BINARY, Fault.ENDLESS)  # fmt: skip  # noqa: E501
        half = broken or (fault is Fault.BROKEN_FORM and bool(question.tool))
        yield from _written(tool, written[: max(1, len(written) // 2) if half else most])
        if broken and fault is not None:
            yield from _broken(fault)
            return
        yield _chunk({}, "length" if len(written) > most else "tool_calls" if question.tool else "stop")
        if fault is not Fault.OLD:
            yield _sse({"choices": [], "usage": self._usage(question, len(written))})
        yield b"data: [DONE]\n\n"

    def _usage(self, question: Question, written: int) -> dict[str, Any]:
        """Equal beginnings of 1,024 tokens and more are kept, in steps of 128."""
        asked = json.dumps(question.schema) + "".join(question.system) + "".join(text for _, text in question.messages)
        same = max((_common(asked, earlier) for earlier in self._seen), default=0) // 4
        self._seen.append(asked)
        cached = same // 128 * 128 if same >= _KEPT_FROM else 0
        return {
            "prompt_tokens": count(asked), "completion_tokens": written, "total_tokens": count(asked) + written,
            "prompt_tokens_details": {"cached_tokens": cached},
        }  # fmt: skip


def _messages(messages: object) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    if not isinstance(messages, list) or not messages:
        raise Refused(400, "invalid_request_error", "messages is required", "messages")
    for message in messages:
        if set(message) != {"role", "content"} or message["role"] not in ("system", "user", "assistant"):
            raise Refused(400, "invalid_request_error", "messages: role and content are wanted", "messages")
        if not isinstance(message["content"], str):
            raise Refused(400, "invalid_request_error", "messages: content must be a string", "messages")
    system = tuple(m["content"] for m in messages if m["role"] == "system")
    return system, tuple((m["role"], m["content"]) for m in messages if m["role"] != "system")


def _tool(body: dict[str, Any], old: bool) -> tuple[str, dict[str, Any]]:
    tools, choice = body.get("tools", []), body.get("tool_choice")
    for tool in tools:
        function = tool.get("function", {})
        if tool.get("type") != "function" or set(function) - {"name", "description", "parameters", "strict"}:
            raise Refused(400, "invalid_request_error", "tools: a function is wanted", "tools")
        if function.get("parameters", {}).get("type") != "object":
            raise Refused(400, "invalid_request_error", "tools: parameters.type must be object", "tools")
        if function.get("strict") and not old:
            check_strict(function["parameters"])
    if choice is None or choice == "none" or not tools:
        return "", {}
    if choice == "auto":
        return tools[0]["function"]["name"], tools[0]["function"]["parameters"]
    name = choice.get("function", {}).get("name")
    named = [tool["function"] for tool in tools if tool["function"]["name"] == name]
    if choice.get("type") != "function" or not named:
        raise Refused(400, "invalid_request_error", "tool_choice: no such tool", "tool_choice")
    return name, named[0]["parameters"]


def _sse(body: dict[str, Any]) -> bytes:
    whole = {"id": "chatcmpl-loopback", "object": "chat.completion.chunk", "created": 0, "model": "loopback", **body}
    return f"data: {json.dumps(whole, ensure_ascii=False)}\n\n".encode()


def _chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    return _sse({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], "usage": None})


def _written(tool: str, pieces: list[str]) -> Iterator[bytes | Pace]:
    for position, piece in enumerate(pieces):
        yield Pace.TOKEN
        if not tool:
            yield _chunk({"content": piece})
            continue
        call: dict[str, Any] = {"index": 0, "function": {"arguments": piece}}
        if not position:
            call |= {"id": "call_loopback", "type": "function", "function": {"name": tool, "arguments": piece}}
        yield _chunk({"tool_calls": [call]})


def _broken(fault: Fault) -> Iterator[bytes | Pace]:
    match fault:
        case Fault.STALL:
            yield Pace.STALL
        case Fault.RESET:
            yield Pace.RESET
        case Fault.MID_STREAM:
            yield _sse({"error": {"message": "overloaded", "type": "server_error", "code": "server_is_overloaded"}})
        case Fault.GARBAGE:
            yield b"data: {half of\n\n"
        case Fault.BINARY:
            yield b"data: \xff\xfe\xfd\n\n"
        case Fault.ENDLESS:
            yield b"data: " + b"x" * 2_000_000


def _common(one: str, other: str) -> int:
    short = min(len(one), len(other))
    for index in range(0, short, 64):
        if one[index : index + 64] != other[index : index + 64]:
            return index
    return short
