"""What the chunks of a streamed chat completion mean. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.providers.dialogue import json_object
from agent.providers.refusals import fault_of
from agent.providers.sse import ServerEvent
from agent.thinking.model import FormGrew, ModelEvent, ModelRequest, ModelStopped, TextGrew, Usage
from calls.errors import ProviderError, ProviderFault

_STOPS = ("stop", "tool_calls", "function_call")
_CHARACTERS_A_TOKEN = 4
"""a rule of thumb, for servers which tell no usage: a spend limit should still see that something was used"""


class CompletionReader:
    """Events of one completion in, model events out. Grammar: read* until ``stopped``."""

    def __init__(self, provider: str, request: ModelRequest) -> None:
        self._provider = provider
        self._form = request.tool.name if request.tool else ""
        self._words = request.words_alone or not self._form
        self._said = False
        self._asked = sum(len(p.text) for p in request.instructions) + sum(len(m.text) for m in request.messages)
        self._written = 0
        self._most = request.most_tokens * _CHARACTERS_A_TOKEN * 4
        self._index: int | None = None
        self._pieces: list[str] = []
        self._reason = ""
        self._refused = False
        self._usage: Usage | None = None
        self.stopped = False

    def read(self, event: ServerEvent) -> Iterator[ModelEvent]:
        """What the caller's turn gains by ``event``. Raises ProviderError."""
        if event.data.strip() == "[DONE]":
            yield self._stop()
            return
        body = json_object(event.data)
        if body is None:
            raise self._fault("garbage", "chunk")
        if body.get("error") or event.name == "error":
            error = body.get("error")
            raise self._fault(fault_of(error if isinstance(error, dict) else {}) or "lost", "mid-stream")
        try:
            yield from self._read(body)
        except (KeyError, TypeError, AttributeError, ValueError, IndexError):
            malformed = True
        else:
            malformed = False
        if malformed:
            raise self._fault("garbage", "chunk")

    def ended(self) -> ModelStopped | None:
        """At the end of the stream: some servers send no ``[DONE]``, but a finish reason; None when it broke off."""
        return self._stop() if self._reason else None

    def _read(self, body: Mapping[str, Any]) -> Iterator[ModelEvent]:
        if usage := body.get("usage"):
            self._count(usage)
        for choice in body.get("choices") or ():
            if int(choice.get("index", 0)) != 0:
                continue
            delta = choice.get("delta") or {}
            self._refused = self._refused or bool(delta.get("refusal"))
            if text := delta.get("content"):
                yield from self._text(str(text))
            for call in delta.get("tool_calls") or ():
                yield from self._call(call)
            self._reason = str(choice.get("finish_reason") or self._reason)
        if self._written > self._most:
            # A server which took no limit and does not stop.
            self._reason = "length"
            yield self._stop()

    def _call(self, call: Mapping[str, Any]) -> Iterator[ModelEvent]:
        index = int(call.get("index") or 0)
        function = call.get("function") or {}
        if self._index is None or (name := function.get("name")):
            name = function.get("name")
            # The name comes whole with the first piece; a second call was not allowed.
            # After words a form comes too late: they may be with the caller already.
            if not self._form or name != self._form or self._index not in (None, index) or self._said:
                raise self._fault("garbage", "tool")
            self._index = index
        if index != self._index:
            raise self._fault("garbage", "tool")
        if piece := str(function.get("arguments") or ""):
            self._written += len(piece)
            self._pieces.append(piece)
            yield FormGrew(piece)

    def _text(self, text: str) -> Iterator[ModelEvent]:
        self._written += len(text)
        # Where a form must be filled in, a text beside it is no answer; behind one it never is.
        if self._words and self._index is None and (self._said or text.strip()):
            self._said = self._said or bool(self._form)
            yield TextGrew(text)

    def _stop(self) -> ModelStopped:
        self.stopped = True
        usage = self._usage or Usage(fresh=_tokens(self._asked), written=_tokens(self._written))
        if self._reason == "content_filter" or self._refused:
            return ModelStopped("refusal", usage)
        if self._reason == "length":
            return ModelStopped("length", usage)
        if not self._reason:
            raise self._fault("lost", "no stop")
        wanted = self._form and not (self._words and self._said)
        if self._reason not in _STOPS or (wanted and json_object("".join(self._pieces)) is None):
            raise self._fault("garbage", "stop")
        return ModelStopped("done", usage)

    def _count(self, usage: Mapping[str, Any]) -> None:
        read, written = int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0)
        cached = int((usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0)
        self._usage = Usage(fresh=max(0, read - cached), cached=cached, written=written)

    def _fault(self, kind: ProviderFault, detail: str) -> ProviderError:
        return ProviderError("understanding", self._provider, kind, detail)


def _tokens(characters: int) -> int:
    return -(-characters // _CHARACTERS_A_TOKEN)
