"""What the loopback servers of language models share: answers by a function, pace, faults as data, a log.

A server needs no pytest: ``async with AnthropicServer(answer) as server: ... server.url``.
"""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from aiohttp import web

from calls.clock import LoopClock

CHARACTERS_A_TOKEN = 4
KEY = "loopback-key"


class Fault(StrEnum):
    """What goes wrong with a request."""

    KEY = "key"  # 401
    FORBIDDEN = "forbidden"  # 403
    PAYMENT = "payment"  # 402
    CREDIT = "credit"  # the vendor's other way of saying so
    RATE = "rate"  # 429, retry-after-ms: 1500
    RATE_SECONDS = "rate_seconds"  # 429, retry-after: 2
    OVERLOADED = "overloaded"  # 529
    UNAVAILABLE = "unavailable"  # 503, no JSON
    BAD_REQUEST = "bad_request"  # 400
    MID_STREAM = "mid_stream"  # 200, then an error event
    GARBAGE = "garbage"  # 200, then something that is no JSON
    BINARY = "binary"  # 200, then something that is no UTF-8
    ENDLESS = "endless"  # an event without an end
    NO_STREAM = "no_stream"  # 200, a web page
    RESET = "reset"  # the connection breaks off in mid-stream
    CUT = "cut"  # the stream ends in good order, but early
    REFUSAL = "refusal"
    LENGTH = "length"
    THINKING = "thinking"  # a block of thinking first
    UNKNOWN = "unknown"  # events and deltas nobody has heard of
    WRONG_TOOL = "wrong_tool"
    BROKEN_FORM = "broken_form"  # stops in good order, with half a form
    SILENT = "silent"  # takes the request, answers nothing
    STALL = "stall"  # stops in the middle without closing
    PINGS = "pings"  # nothing but pings
    SPLIT = "split"  # every byte of the stream on its own
    OLD = "old"  # knows none of the newer request fields and sends no usage
    TEXT_FIRST = "text_first"  # a sentence before the form


@dataclass(frozen=True, slots=True)
class Question:
    """A request, in no vendor's words."""

    model: str
    system: tuple[str, ...]
    messages: tuple[tuple[str, str], ...]
    """(user | assistant, text)"""
    tool: str
    schema: Mapping[str, Any]
    most_tokens: int
    words_alone: bool = False
    """the tool may be left, and plain text written"""

    def answered(self, text: str) -> Question:
        """The question that ``text`` answers: where either will do, what begins with a brace is the form."""
        return replace(self, tool="") if self.words_alone and not text.startswith("{") else self


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model writes: the form's JSON where a tool was asked for, else a text."""

    text: str


Answering = Callable[[Question], Answer]


@dataclass(slots=True)
class Received:
    """One request as it came, and what became of it."""

    headers: dict[str, str]
    raw: bytes
    body: dict[str, Any]
    status: int = 0
    pieces: int = 0
    """of the answer that were sent"""
    finished: bool = False
    """sent to its end"""
    left_ms: float = -1.0
    """when the client went away, on the loop's clock; -1: it did not"""
    connection: int = 0
    """id of the TCP connection"""


@dataclass(eq=False)
class Refused(Exception):
    """A request this server does not take."""

    status: int
    kind: str
    message: str
    param: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class ModelServer(ABC):
    """A vendor's streaming endpoint on loopback."""

    def __init__(
        self,
        answer: Answering,
        *,
        first_ms: float = 0.0,
        tokens_a_second: float = 0.0,
        faults: Callable[[int], Fault | None] | Fault | None = None,
        key: str = KEY,
    ) -> None:
        """``first_ms`` from the whole request to the first token; 0 tokens a second: as fast as it goes.

        ``faults``: of every request, or by its number (from 0).
        """
        self._answer = answer
        self._first_ms = first_ms
        self._gap_ms = 1000 / tokens_a_second if tokens_a_second else 0.0
        self._faults = faults
        self.key = key
        self.received: list[Received] = []
        self.connections = 0
        self._numbers: dict[int, int] = {}
        self._clock = LoopClock()
        self._runner: web.AppRunner | None = None
        self._origin = ""

    @property
    @abstractmethod
    def url(self) -> str:
        """The base URL for the vendor's adapter."""

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=4_000_000)
        self.routes(application)
        self._runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    @abstractmethod
    def routes(self, application: web.Application) -> None:
        """Add the vendor's paths."""

    @abstractmethod
    def question(self, headers: Mapping[str, str], body: dict[str, Any], fault: Fault | None) -> Question:
        """Check a request as strictly as the vendor. Raises Refused."""

    @abstractmethod
    def refusal(self, refused: Refused) -> web.Response:
        """A refusal in the vendor's words."""

    @abstractmethod
    def refused_by(self, fault: Fault) -> Refused | None:
        """The refusal of a fault that comes before the stream."""

    @abstractmethod
    def events(self, question: Question, text: str, fault: Fault | None) -> Iterator[bytes | Pace]:
        """The stream, event by event."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        raw = await request.read()
        number = self._numbers.setdefault(id(request.transport), len(self._numbers))
        self.connections = len(self._numbers)
        received = Received(dict(request.headers), raw, {}, connection=number)
        fault = self._faults(len(self.received)) if callable(self._faults) else self._faults
        self.received.append(received)
        try:
            received.body = _json(raw)
            question = self.question(request.headers, received.body, fault)
            if fault is not None and (refused := self.refused_by(fault)) is not None:
                raise refused
        except Refused as refused:
            received.status = refused.status
            return self.refusal(refused)
        received.status = 200
        try:
            return await self._stream(request, received, question, fault)
        except (asyncio.CancelledError, ConnectionError):
            received.left_ms = self._clock.now_ms()
            raise

    async def _stream(
        self, request: web.Request, received: Received, question: Question, fault: Fault | None
    ) -> web.StreamResponse:
        if fault is Fault.NO_STREAM:
            return web.Response(text="<html>sign in</html>", content_type="text/html")
        due = self._clock.now_ms() + self._first_ms
        response = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8"})
        if fault is Fault.SILENT:
            await asyncio.Event().wait()
        await response.prepare(request)
        text = self._answer(question).text
        for piece in self.events(question.answered(text), text, fault):
            if piece is Pace.TOKEN:
                received.pieces += 1
                await self._clock.sleep_until_ms(due)
                due += self._gap_ms
            elif piece is Pace.STALL:
                await asyncio.Event().wait()
            elif piece is Pace.RESET:
                assert request.transport is not None
                request.transport.abort()
                return response
            elif isinstance(piece, bytes):
                for part in [piece[i : i + 1] for i in range(len(piece))] if fault is Fault.SPLIT else [piece]:
                    await response.write(part)
        await response.write_eof()
        received.finished = True
        return response


class Pace(StrEnum):
    """What a stream does between its bytes."""

    TOKEN = "token"  # waits until the next token is due
    STALL = "stall"  # for good
    RESET = "reset"  # breaks the connection


def tokens(text: str, size: int = CHARACTERS_A_TOKEN) -> list[str]:
    """The pieces a model's answer comes in; escapes and words are split as it happens."""
    return [text[i : i + size] for i in range(0, len(text), size)]


def count(text: str) -> int:
    """About how many tokens a text is."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


def check_strict(schema: object, where: str = "schema") -> None:
    """What both vendors ask of a strict schema. Raises Refused naming the place."""
    if not isinstance(schema, dict):
        raise Refused(400, "invalid_request_error", f"{where} must be an object")
    for word in ("minimum", "maximum", "multipleOf", "minLength", "maxLength", "oneOf", "allOf", "not", "if", "$ref"):
        if word in schema:
            raise Refused(400, "invalid_request_error", f"{where}: {word} is not supported in a strict schema")
    if not {"type", "anyOf", "enum", "const"} & set(schema):
        raise Refused(400, "invalid_request_error", f"{where}: a type is missing")
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        if schema.get("additionalProperties") is not False:
            raise Refused(400, "invalid_request_error", f"{where}: additionalProperties must be false")
        if sorted(schema.get("required", ())) != sorted(properties):
            raise Refused(400, "invalid_request_error", f"{where}: every key must be required")
        for name, sub in properties.items():
            check_strict(sub, f"{where}.{name}")
    if schema.get("type") == "array":
        check_strict(schema.get("items"), f"{where}.items")
    for index, sub in enumerate(schema.get("anyOf", ())):
        check_strict(sub, f"{where}.anyOf[{index}]")


def refuse_unknown(body: Mapping[str, Any], known: set[str]) -> None:
    """A field nobody knows is a 400 at both vendors. Raises Refused."""
    for name in body:
        if name not in known:
            raise Refused(400, "invalid_request_error", f"{name}: Extra inputs are not permitted", name)


def _json(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError:
        raise Refused(400, "invalid_request_error", "the body is no JSON") from None
    if not isinstance(body, dict):
        raise Refused(400, "invalid_request_error", "the body must be an object")
    return body
