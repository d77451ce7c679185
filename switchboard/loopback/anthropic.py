"""Anthropic's Messages API, streaming, on loopback.

Checked against: the types of the SDK 2.11 (``RawMessageStreamEvent``, ``ToolParam``, ``Usage``, ``ErrorType``), its
requests on the wire (Bearer key, ``anthropic-version: 2026-10-21``), and the vendor's documentation of streaming,
errors, prompt caching (prefix in the order tools, system, messages) and strict tools. Not checked: the real service.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import web

from switchboard.loopback.model_server import (
    Answering,
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

VERSION = "2026-10-21"
_FIELDS = {
    "model", "max_tokens", "messages", "system", "tools", "tool_choice", "stream", "thinking", "metadata",
    "stop_sequences", "output_config", "service_tier", "cache_control", "speed",
}  # fmt: skip
_TOOL_FIELDS = {"name", "description", "input_schema", "strict", "eager_input_streaming", "cache_control", "type"}
_REFUSALS: dict[Fault, tuple[int, str, str, dict[str, str]]] = {
    Fault.KEY: (401, "authentication_error", "invalid x-api-key", {}),
    Fault.FORBIDDEN: (403, "permission_error", "this key may not use the model", {}),
    Fault.PAYMENT: (402, "billing_error", "there is a problem with billing", {}),
    Fault.CREDIT: (400, "invalid_request_error", "Your credit balance is too low to access the API.", {}),
    Fault.RATE: (429, "rate_limit_error", "too many requests", {"retry-after-ms": "1500", "retry-after": "2"}),
    Fault.RATE_SECONDS: (429, "rate_limit_error", "too many requests", {"retry-after": "2"}),
    Fault.OVERLOADED: (529, "overloaded_error", "Overloaded", {}),
    Fault.UNAVAILABLE: (503, "", "", {}),
    Fault.BAD_REQUEST: (400, "invalid_request_error", "messages: at least one message is required", {}),
}


class AnthropicServer(ModelServer):
    """``POST /v1/messages`` with ``stream: true``."""

    def __init__(self, answer: Answering, *, least_cached: int = 1024, **options: Any) -> None:
        """``least_cached``: tokens of the shortest prefix that is kept."""
        super().__init__(answer, **options)
        self._least_cached = least_cached
        self._kept: set[str] = set()

    @property
    def url(self) -> str:
        """The origin, as ``ANTHROPIC_BASE_URL`` wants it."""
        return self._origin

    def routes(self, application: web.Application) -> None:
        """One path; anything else is a 404."""
        application.router.add_post("/v1/messages", self.handle)

    def question(self, headers: Mapping[str, str], body: dict[str, Any], fault: Fault | None) -> Question:
        """Check a request. Raises Refused."""
        if headers.get("Authorization") != f"Bearer {self.key}":
            raise Refused(401, "authentication_error", "invalid bearer token")
        if headers.get("anthropic-version") != VERSION:
            raise Refused(400, "invalid_request_error", "anthropic-version: header is required")
        for name in ("temperature", "top_p", "top_k"):
            if name in body:
                raise Refused(400, "invalid_request_error", f"{name} is not supported", name)
        refuse_unknown(body, _FIELDS)
        if body.get("stream") is not True or not isinstance(body.get("max_tokens"), int) or body["max_tokens"] < 1:
            raise Refused(400, "invalid_request_error", "stream and max_tokens are wanted")
        messages = _messages(body.get("messages"))
        system = _system(body.get("system", []))
        name, schema = _tool(body)
        free = (body.get("tool_choice") or {}).get("type") == "auto"
        return Question(
            str(body.get("model")), tuple(b["text"] for b in system), messages, name, schema, body["max_tokens"], free
        )

    def refusal(self, refused: Refused) -> web.Response:
        """The vendor's error object; a 503 comes from a proxy before it, as a page."""
        if not refused.kind:
            return web.Response(status=refused.status, text="upstream connect error", content_type="text/plain")
        error = {"type": refused.kind, "message": refused.message}
        tree = {"type": "error", "error": error, "request_id": "req_loopback"}
        return web.json_response(tree, status=refused.status, headers=dict(refused.headers))

    def refused_by(self, fault: Fault) -> Refused | None:
        """A refusal before the stream."""
        found = _REFUSALS.get(fault)
        return Refused(found[0], found[1], found[2], headers=found[3]) if found else None

    def events(self, question: Question, text: str, fault: Fault | None) -> Iterator[bytes | Pace]:
        """The stream."""
        usage = self._usage(self.received[-1].body)
        yield _event("message_start", {"message": _message(question.model, {**usage, "output_tokens": 1})})
        yield _event("ping", {})
        if fault is Fault.PINGS:
            yield Pace.STALL
        if fault is Fault.UNKNOWN:
            yield _event("message_weather", {"sky": "blue"})
        index = 0
        if fault in (Fault.THINKING, Fault.TEXT_FIRST):
            yield from _before(fault)
            index = 1
        written = tokens(text)
        if fault is Fault.REFUSAL:
            stop, details = "refusal", {"type": "refusal", "category": None, "explanation": "cannot help with this"}
            yield _stop(stop, {"output_tokens": 1}, details)
            yield _event("message_stop", {})
            return
        most = question.most_tokens if fault is not Fault.LENGTH else max(1, len(written) // 2)
        yield from _block(index, question.tool, written[:most], fault)
        if fault in (Fault.CUT, Fault.STALL, Fault.RESET, Fault.MID_STREAM, Fault.GARBAGE, Fault.BINARY, Fault.ENDLESS):
            yield from _broken(fault)
            return
        stop = "max_tokens" if len(written) > most else "tool_use" if question.tool else "end_turn"
        yield _event("content_block_stop", {"index": index})
        yield _stop(stop, {**usage, "output_tokens": min(most, len(written))}, None)
        yield _event("message_stop", {})

    def _usage(self, body: dict[str, Any]) -> dict[str, int]:
        """What is read anew, from the cache, and kept in it: a prefix is tools, then system up to its last mark."""
        blocks = _system(body.get("system", []))
        marks = [index for index, block in enumerate(blocks) if "cache_control" in block]
        last = marks[-1] + 1 if marks else 0
        tools = json.dumps(body.get("tools", [])) if body.get("tools") else ""
        prefix = tools + "".join(block["text"] for block in blocks[:last]) if last else ""
        rest = "".join(block["text"] for block in blocks[last:]) + json.dumps(body["messages"])
        kept = count(prefix) if count(prefix) >= self._least_cached else 0
        fresh = count(rest) + count(tools if not last else "") + (count(prefix) - kept)
        known = prefix in self._kept
        if kept:
            self._kept.add(prefix)
        return {
            "input_tokens": fresh,
            "cache_creation_input_tokens": 0 if known else kept,
            "cache_read_input_tokens": kept if known else 0,
        }


def _messages(messages: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(messages, list) or not messages:
        raise Refused(400, "invalid_request_error", "messages: at least one message is required")
    for message in messages:
        if set(message) != {"role", "content"} or message["role"] not in ("user", "assistant"):
            raise Refused(400, "invalid_request_error", "messages: role and content are wanted")
        if not isinstance(message["content"], str) or not message["content"].strip():
            raise Refused(400, "invalid_request_error", "messages: text content blocks must be non-empty")
    if messages[0]["role"] != "user" or messages[-1]["role"] != "user":
        raise Refused(400, "invalid_request_error", "messages: first and last must be the user's; no prefill")
    return tuple((m["role"], m["content"]) for m in messages)


def _system(system: object) -> list[dict[str, Any]]:
    if isinstance(system, str):
        return [{"type": "text", "text": system}]
    if not isinstance(system, list):
        raise Refused(400, "invalid_request_error", "system: a list of blocks is wanted")
    for block in system:
        if block.get("type") != "text" or not block.get("text") or set(block) - {"type", "text", "cache_control"}:
            raise Refused(400, "invalid_request_error", "system: text content blocks must be non-empty")
        if (mark := block.get("cache_control")) is not None and mark.get("type") != "ephemeral":
            raise Refused(400, "invalid_request_error", "system: cache_control must be ephemeral")
    if sum("cache_control" in block for block in system) > 4:
        raise Refused(400, "invalid_request_error", "a maximum of 4 blocks with cache_control may be provided")
    return system


def _tool(body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    tools, choice = body.get("tools", []), body.get("tool_choice")
    thinking = (body.get("thinking") or {"type": "adaptive"})["type"]
    if thinking not in ("disabled", "adaptive", "between_tools"):
        raise Refused(400, "invalid_request_error", "thinking.type: not supported by this model")
    if not tools:
        if choice is not None:
            raise Refused(400, "invalid_request_error", "tool_choice may only be specified while providing tools")
        return "", {}
    for tool in tools:
        if set(tool) - _TOOL_FIELDS or not tool.get("name"):
            raise Refused(400, "invalid_request_error", "tools: unknown fields")
        if tool.get("input_schema", {}).get("type") != "object":
            raise Refused(400, "invalid_request_error", "tools: input_schema.type must be object")
        if tool.get("strict"):
            check_strict(tool["input_schema"])
    if choice is None or choice.get("type") == "none":
        return "", {}
    if choice.get("type") == "auto":
        return tools[0]["name"], tools[0]["input_schema"]
    if choice.get("type") != "tool":
        raise Refused(400, "invalid_request_error", "tool_choice.type: auto, tool or none")
    if thinking != "disabled":
        raise Refused(400, "invalid_request_error", "thinking may not be enabled when tool_choice forces tool use")
    named = [tool for tool in tools if tool["name"] == choice.get("name")]
    if not named:
        raise Refused(400, "invalid_request_error", "tool_choice.name: no such tool")
    return named[0]["name"], named[0]["input_schema"]


def _event(kind: str, body: dict[str, Any]) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **body}, ensure_ascii=False)}\n\n".encode()


def _message(model: str, usage: dict[str, int]) -> dict[str, Any]:
    return {
        "id": "msg_loopback", "type": "message", "role": "assistant", "model": model, "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": usage,
    }  # fmt: skip


def _stop(reason: str, usage: dict[str, int], details: dict[str, Any] | None) -> bytes:
    delta = {"stop_reason": reason, "stop_sequence": None, "stop_details": details}
    return _event("message_delta", {"delta": delta, "usage": usage})


def _before(fault: Fault) -> Iterator[bytes]:
    if fault is Fault.THINKING:
        block, delta = {"type": "thinking", "thinking": "", "signature": ""}, "thinking"
        deltas = [
            {"type": "thinking_delta", "thinking": "The caller wants"},
            {"type": "signature_delta", "signature": "c2ln"},
        ]
    else:
        block, delta = {"type": "text", "text": ""}, "text"
        deltas = [{"type": "text_delta", "text": "Let me fill in the form."}]
    assert delta in block
    yield _event("content_block_start", {"index": 0, "content_block": block})
    for each in deltas:
        yield _event("content_block_delta", {"index": 0, "delta": each})
    yield _event("content_block_stop", {"index": 0})


def _block(index: int, tool: str, written: list[str], fault: Fault | None) -> Iterator[bytes | Pace]:
    name = "forecast" if fault is Fault.WRONG_TOOL else tool
    block: dict[str, Any] = {"type": "text", "text": ""}
    if name:
        block = {"type": "tool_use", "id": "toolu_loopback", "name": name, "input": {}}
        if fault is Fault.BROKEN_FORM:
            written = written[: len(written) // 2]
    if fault in (Fault.CUT, Fault.STALL, Fault.RESET, Fault.MID_STREAM, Fault.GARBAGE, Fault.BINARY, Fault.ENDLESS):
        written = written[: max(1, len(written) // 2)]
    for position, piece in enumerate(written):
        yield Pace.TOKEN
        if not position:
            yield _event("content_block_start", {"index": index, "content_block": block})
        delta = {"type": "input_json_delta", "partial_json": piece} if name else {"type": "text_delta", "text": piece}
        yield _event("content_block_delta", {"index": index, "delta": delta})
        if fault is Fault.UNKNOWN and not position:
            yield _event("content_block_delta", {"index": index, "delta": {"type": "aroma_delta", "aroma": "mint"}})


def _broken(fault: Fault) -> Iterator[bytes | Pace]:
    match fault:
        case Fault.STALL:
            yield Pace.STALL
        case Fault.RESET:
            yield Pace.RESET
        case Fault.MID_STREAM:
            yield _event("error", {"error": {"type": "overloaded_error", "message": "Overloaded"}})
        case Fault.GARBAGE:
            yield b"event: content_block_delta\ndata: {half of\n\n"
        case Fault.BINARY:
            yield b"event: content_block_delta\ndata: \xff\xfe\xfd\n\n"
        case Fault.ENDLESS:
            yield b"data: " + b"x" * 2_000_000
