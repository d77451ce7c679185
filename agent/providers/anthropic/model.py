"""Claude behind the port ``LanguageModel``. The SDK signs, versions and classifies; reading and limits are ours."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import aiohttp

from agent.ports import CallContext
from agent.providers.anthropic.asking import body_of
from agent.providers.anthropic.reading import AnswerReader
from agent.providers.config import ProviderConfig
from agent.providers.patience import ModelPatience
from agent.providers.refusals import refusal
from agent.providers.sse import EventDecoder, NotEvents, ServerEvent
from agent.thinking.model import ModelEvent, ModelRequest, ModelTraits
from calls.errors import ProviderError, ProviderFault

if TYPE_CHECKING:
    import httpx2

ORIGIN = "https://api.anthropic.com"
MODEL = "claude-haiku-5-5"
TRAILER_MS = 100
"""for the end of the body after the last event"""


class ClaudeModel:
    """Implements ``LanguageModel``."""

    def __init__(self, config: ProviderConfig, patience: ModelPatience | None = None) -> None:
        """``config.base_url`` is an origin, without ``/v1``. Imports the SDK, which takes a second."""
        # The SDK's import is the heaviest of all vendors' (0.9 s, 72 MiB), and lines without it need not pay.
        import anthropic

        from agent.providers.anthropic.transport import SessionTransport

        # At DEBUG the SDK logs whole requests: instructions and callers' words.
        logging.getLogger("anthropic").setLevel(logging.WARNING)
        self._name = config.name
        self._model = config.model or MODEL
        self._patience = patience or ModelPatience()
        self._sdk = anthropic
        self._origin = (config.base_url or ORIGIN).rstrip("/")
        self._session = config.session
        self._client = anthropic.AsyncAnthropic(
            api_key=config.key,
            base_url=self._origin,
            max_retries=0,
            timeout=None,
            http_client=anthropic.DefaultAsyncHttpxClient(
                transport=SessionTransport(config.session, self._patience.connect_ms), trust_env=False
            ),
            open_telemetry=False,
        )

    @property
    def traits(self) -> ModelTraits:
        """What it is."""
        return ModelTraits(self._name, caches=True)

    async def warm(self) -> None:
        """Have a connection ready in the session's pool; never raises."""
        limits = aiohttp.ClientTimeout(total=self._patience.connect_ms / 1000)
        try:
            async with self._session.head(self._origin, timeout=limits, allow_redirects=False) as answer:
                await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError):
            return

    async def stream(self, request: ModelRequest, context: CallContext | None = None) -> AsyncIterator[ModelEvent]:
        """The answer while it is made; closing the iterator closes the connection. Raises ProviderError."""
        try:
            body: dict[str, Any] | None = body_of(self._model, request)
        except ValueError:
            body = None
        if body is None:
            raise self._fault("request", "nothing to answer")
        reader = AnswerReader(self._name, request.tool.name if request.tool else "", request.words_alone)
        events = _Events(self._client, body, self._patience)
        try:
            while not reader.stopped:
                event = await self._next(events)
                for grown in reader.read(event):
                    yield grown
            await events.finish()
        finally:
            await events.close()

    async def _next(self, events: _Events) -> ServerEvent:
        """The next event. Vendors' exceptions carry keys and words: ours is raised with none of them behind it."""
        sdk, fault, event = self._sdk, None, None
        try:
            event = await events.next()
        except sdk.APIStatusError as error:
            headers = {name.lower(): value for name, value in error.response.headers.items()}
            fault = refusal("understanding", self._name, error.status_code, headers, error.response.content)
        except (TimeoutError, sdk.APITimeoutError):
            fault = self._fault("timeout", "first" if events.waiting else "between")
        except NotEvents:
            fault = self._fault("garbage", "stream")
        except (sdk.AnthropicError, aiohttp.ClientError, OSError, ConnectionError):
            fault = self._fault("lost", "connection")
        if fault is None and event is None:
            fault = self._fault("garbage", "no stream") if events.foreign else self._fault("lost", "no stop")
        if fault is not None:
            raise fault
        assert event is not None
        return event

    def _fault(self, kind: ProviderFault, detail: str) -> ProviderError:
        return ProviderError("understanding", self._name, kind, detail)


class _Events:
    """The events of one request, each within its time. Grammar: next*, close."""

    def __init__(self, client: Any, body: dict[str, Any], patience: ModelPatience) -> None:
        import httpx2

        self._broken: tuple[type[Exception], ...] = (httpx2.HTTPError, aiohttp.ClientError, OSError)
        self._asking = client.messages.with_streaming_response.create(**body)
        self._patience = patience
        self._decoder = EventDecoder()
        self._ready: deque[ServerEvent] = deque()
        self._pieces: AsyncIterator[bytes] | None = None
        self._answer: httpx2.Response | None = None
        self.waiting = True
        """for the first event"""
        self.foreign = False
        """the answer is no stream of events"""

    async def next(self) -> ServerEvent | None:
        """The next event that says something; None at the end of the stream."""
        limit = self._patience.first_ms if self.waiting else self._patience.between_ms
        async with asyncio.timeout(limit / 1000):
            while True:
                if self._ready:
                    event = self._ready.popleft()
                    if event.name == "ping":
                        continue
                    self.waiting = False
                    return event
                if not await self._more():
                    return None

    async def _more(self) -> bool:
        if self._pieces is None:
            opened = await self._asking.__aenter__()
            self._answer = opened.http_response
            self.foreign = not opened.headers.get("content-type", "").startswith("text/event-stream")
            if self.foreign:
                return False
            self._pieces = opened.iter_bytes()
        try:
            self._ready.extend(self._decoder.feed(await anext(self._pieces)))
        except StopAsyncIteration:
            return False
        except self._broken:
            raise ConnectionError("ended") from None
        return True

    async def finish(self) -> None:
        """Read what follows the last event, so that the connection can serve the next turn."""
        assert self._pieces is not None
        try:
            async with asyncio.timeout(TRAILER_MS / 1000):
                while await anext(self._pieces, b""):
                    pass
        except self._broken:
            return

    async def close(self) -> None:
        """End the request, also one that was never answered."""
        if self._answer is not None:
            await self._answer.aclose()


def make(config: ProviderConfig) -> ClaudeModel:
    """The entry point of ``anthropic/MODEL``."""
    return ClaudeModel(config)
