"""Any server that speaks OpenAI's chat completions, behind the port ``LanguageModel``."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator

import aiohttp

from agent.ports import CallContext
from agent.providers.config import ProviderConfig
from agent.providers.openai.asking import Dialect, body_of
from agent.providers.openai.reading import CompletionReader
from agent.providers.patience import ModelPatience
from agent.providers.refusals import error_object, refusal
from agent.providers.sse import EventDecoder, NotEvents, ServerEvent
from agent.thinking.model import ModelEvent, ModelRequest, ModelTraits
from calls.errors import ProviderError, ProviderFault

ADDRESS = "https://api.openai.com/v1"
_MOST_FIELDS_LEARNED = 6
_LARGEST_REFUSAL = 65_536
TRAILER_MS = 100
"""for the end of the body after the last event"""


class ChatModel:
    """Implements ``LanguageModel``."""

    def __init__(self, config: ProviderConfig, patience: ModelPatience | None = None) -> None:
        """``config.base_url`` includes ``/v1``; servers of one's own may want no key."""
        self._name = config.name
        self._model = config.model
        self._address = (config.base_url or ADDRESS).rstrip("/")
        self._session = config.session
        self._key = config.key
        self._patience = patience or ModelPatience()
        self._dialect = Dialect()

    @property
    def traits(self) -> ModelTraits:
        """What it is."""
        return ModelTraits(self._name, caches=True)

    async def warm(self) -> None:
        """Have a connection ready in the session's pool; never raises."""
        limits = aiohttp.ClientTimeout(total=self._patience.connect_ms / 1000)
        try:
            async with self._session.head(self._address, timeout=limits, allow_redirects=False) as answer:
                await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError):
            return

    async def stream(self, request: ModelRequest, context: CallContext | None = None) -> AsyncIterator[ModelEvent]:
        """The answer while it is made; closing the iterator closes the connection. Raises ProviderError."""
        reader = CompletionReader(self._name, request)
        events = _Events(self._patience)
        try:
            await self._begin(events, request)
            while not reader.stopped:
                event = await self._guarded(events)
                if event is None:
                    if (stopped := reader.ended()) is None:
                        raise self._fault("lost", "no stop")
                    yield stopped
                    return
                for grown in reader.read(event):
                    yield grown
            await events.finish()
        finally:
            events.close()

    async def _begin(self, events: _Events, request: ModelRequest) -> None:
        """Ask. A server that refuses a newer field by its name is asked once more without it, and remembered."""
        for _ in range(_MOST_FIELDS_LEARNED):
            try:
                body = json.dumps(body_of(self._model, request, self._dialect), ensure_ascii=False).encode()
            except ValueError:
                body = b""
            if not body:
                raise self._fault("request", "nothing to answer")
            refused = await self._ask(events, body)
            if refused is None:
                return
            learned = self._dialect.learned(error_object(refused[2])) if refused[0] in (400, 422) else None
            if learned is None:
                raise refusal("understanding", self._name, *refused)
            self._dialect = learned
        raise self._fault("request", "fields")

    async def _ask(self, events: _Events, body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        headers = {"content-type": "application/json", "accept": "text/event-stream", "accept-encoding": "identity"}
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        limit = aiohttp.ClientTimeout(total=None, connect=self._patience.connect_ms / 1000)
        fault = None
        try:
            async with asyncio.timeout(self._patience.first_ms / 1000):
                address = f"{self._address}/chat/completions"
                answer = await self._session.post(
                    address, data=body, headers=headers, timeout=limit, allow_redirects=False
                )
                events.take(answer)
                if answer.status != 200:
                    told = {name.lower(): value for name, value in answer.headers.items()}
                    return answer.status, told, await answer.content.read(_LARGEST_REFUSAL)
        except TimeoutError:
            fault = self._fault("timeout", "first")
        except (aiohttp.ClientError, OSError):
            fault = self._fault("lost", "connection")
        # Raised outside of the handlers: a vendor's exception may carry the key, and must not hang on ours.
        if fault is None and not events.readable:
            fault = self._fault("garbage", "no stream")
        if fault is not None:
            raise fault
        return None

    async def _guarded(self, events: _Events) -> ServerEvent | None:
        fault = None
        try:
            return await events.next()
        except TimeoutError:
            fault = self._fault("timeout", "first" if events.waiting else "between")
        except NotEvents:
            fault = self._fault("garbage", "stream")
        except (aiohttp.ClientError, OSError):
            fault = self._fault("lost", "connection")
        raise fault

    def _fault(self, kind: ProviderFault, detail: str) -> ProviderError:
        return ProviderError("understanding", self._name, kind, detail)


class _Events:
    """The events of one answer, each within its time. Grammar: take, next*, close."""

    def __init__(self, patience: ModelPatience) -> None:
        self._patience = patience
        self._decoder = EventDecoder()
        self._ready: deque[ServerEvent] = deque()
        self._answer: aiohttp.ClientResponse | None = None
        self.waiting = True
        """for the first event"""

    def take(self, answer: aiohttp.ClientResponse) -> None:
        """Read from ``answer`` from now on."""
        self.close()
        self._answer = answer

    @property
    def readable(self) -> bool:
        """Whether the answer says that it is a stream of events."""
        return self._answer is not None and self._answer.content_type == "text/event-stream"

    async def next(self) -> ServerEvent | None:
        """The next event; None at the end of the stream."""
        assert self._answer is not None
        limit = self._patience.first_ms if self.waiting else self._patience.between_ms
        async with asyncio.timeout(limit / 1000):
            while not self._ready:
                piece = await self._answer.content.readany()
                if not piece:
                    return None
                self._ready.extend(self._decoder.feed(piece))
        self.waiting = False
        return self._ready.popleft()

    async def finish(self) -> None:
        """Read what follows the last event, so that the connection can serve the next turn."""
        assert self._answer is not None
        try:
            async with asyncio.timeout(TRAILER_MS / 1000):
                while await self._answer.content.readany():
                    pass
        except (TimeoutError, aiohttp.ClientError, OSError):
            return

    def close(self) -> None:
        """Return a connection whose answer was read to its end; close any other at once."""
        if self._answer is None:
            return
        if self._answer.content.is_eof():
            self._answer.release()
        else:
            self._answer.close()
        self._answer = None


def make(config: ProviderConfig) -> ChatModel:
    """The entry point of ``openai/MODEL``."""
    return ChatModel(config)
