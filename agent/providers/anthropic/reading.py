"""What an answer's events mean (Messages API, version 2026-10-21). No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.providers.dialogue import json_object
from agent.providers.refusals import fault_of
from agent.providers.sse import ServerEvent
from agent.thinking.model import FormGrew, ModelEvent, ModelStopped, TextGrew, Usage
from calls.errors import ProviderError, ProviderFault

_STOPS = {"end_turn": "done", "tool_use": "done", "stop_sequence": "done"}
_LENGTH = ("max_tokens", "model_context_window_exceeded")


class AnswerReader:
    """Events of one answer in, model events out. Grammar: read* until ``stopped``."""

    def __init__(self, provider: str, form: str, words_alone: bool = False) -> None:
        """``form``: the name of the tool; empty for plain text. ``words_alone``: plain text will do in its place."""
        self._provider = provider
        self._form = form
        self._words = words_alone or not form
        self._said = False
        self._kinds: dict[int, str] = {}
        self._pieces: list[str] = []
        self._filled = False
        self._reason = ""
        self._usage = Usage()
        self.stopped = False

    def read(self, event: ServerEvent) -> Iterator[ModelEvent]:
        """What the caller's turn gains by ``event``. Raises ProviderError."""
        if event.name == "ping":
            return
        body = json_object(event.data)
        if body is None:
            raise self._fault("garbage", "event")
        try:
            yield from self._read(str(body.get("type", event.name)), body)
        except (KeyError, TypeError, AttributeError, ValueError):
            malformed = True
        else:
            malformed = False
        if malformed:
            raise self._fault("garbage", "event")

    def _read(self, kind: str, body: Mapping[str, Any]) -> Iterator[ModelEvent]:
        match kind:
            case "message_start":
                self._count(body["message"].get("usage") or {})
            case "content_block_start":
                self._begin(int(body["index"]), body["content_block"])
                if text := str(body["content_block"].get("text") or ""):
                    yield from self._text(text)
            case "content_block_delta":
                yield from self._grow(self._kinds.get(int(body["index"]), ""), body["delta"])
            case "message_delta":
                self._reason = str(body["delta"].get("stop_reason") or self._reason)
                self._count(body.get("usage") or {})
            case "message_stop":
                yield self._stop()
            case "error":
                raise self._fault(fault_of(body.get("error") or {}) or "lost", "mid-stream")
            case _:
                return  # the API's versioning policy: unknown events are to be skipped

    def _begin(self, index: int, block: Mapping[str, Any]) -> None:
        self._kinds[index] = str(block["type"])
        if block["type"] != "tool_use":
            return
        # After words a form comes too late: they may be with the caller already.
        if not self._form or block["name"] != self._form or self._filled or self._said:
            raise self._fault("garbage", "tool")
        self._filled = True

    def _grow(self, kind: str, delta: Mapping[str, Any]) -> Iterator[ModelEvent]:
        # A thinking block may come first; its deltas and signatures are none of the caller's.
        if kind == "tool_use" and delta["type"] == "input_json_delta":
            if piece := str(delta["partial_json"]):
                self._pieces.append(piece)
                yield FormGrew(piece)
        elif kind == "text" and delta["type"] == "text_delta":
            yield from self._text(str(delta["text"]))

    def _text(self, text: str) -> Iterator[ModelEvent]:
        # Where a form must be filled in, a text before it is no answer; behind one it never is.
        if text and self._words and not self._filled and (self._said or text.strip()):
            self._said = self._said or bool(self._form)
            yield TextGrew(text)

    def _stop(self) -> ModelStopped:
        self.stopped = True
        if self._reason == "refusal":
            return ModelStopped("refusal", self._usage)
        if self._reason in _LENGTH:
            return ModelStopped("length", self._usage)
        wanted = self._form and not (self._words and self._said)
        if self._reason not in _STOPS or (wanted and json_object("".join(self._pieces)) is None):
            raise self._fault("garbage", "stop")
        return ModelStopped("done", self._usage)

    def _count(self, usage: Mapping[str, Any]) -> None:
        # The last message_delta has the whole; what it leaves out stands in message_start.
        self._usage = Usage(
            int(usage.get("input_tokens") or self._usage.fresh),
            int(usage.get("cache_read_input_tokens") or self._usage.cached),
            int(usage.get("cache_creation_input_tokens") or self._usage.stored),
            int(usage.get("output_tokens") or self._usage.written),
        )

    def _fault(self, kind: ProviderFault, detail: str) -> ProviderError:
        return ProviderError("understanding", self._provider, kind, detail)
