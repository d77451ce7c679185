"""One answer of a model while it is written: its commands, then the words of its reply, and what it cost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from agent.ports import CallContext
from agent.thinking.form_stream import CommandsWritten, FormPart, FormStream, GarbledForm, ReplyGrew
from agent.thinking.model import FormGrew, LanguageModel, ModelRequest, ModelStopped, TextGrew, Usage
from agent.thinking.reply_stream import LONGEST, ReplyStream, StyledClause
from calls.errors import EngineError, ProviderError, ProviderFault
from calls.phrases import clauses_of
from calls.provision import Unit
from calls.signals import UsageCounted

GAP_MS = 2_500
"""ms between two pieces of a reply"""

REST_MS = 300
"""ms for the end of a form that has given all that was wanted: it brings the usage"""

CHARACTERS_A_TOKEN = 4
"""about; for what a stream cost that was closed before its end"""

_FREE: frozenset[ProviderFault] = frozenset({"key", "payment", "rate", "overloaded", "request"})
"""Who refuses a question so charges nothing for it."""


class Answering:
    """Grammar: commands, then clauses; read_out before a close that may wait a moment; close in every case."""

    def __init__(self, model: LanguageModel, request: ModelRequest, context: CallContext, turn: int = 0) -> None:
        """Opens nothing before it is read. ``turn``: the caller's that is asked about; 0 for words alone."""
        self._name = model.traits.id
        self._events = model.stream(request, context)
        self._request = request
        self._context = context
        self.turn = turn
        self.provider = ""
        """who answers"""
        self.first_ms: float | None = None
        """when the answer began, by the call's clock"""
        self.void = False
        """a command was refused: the reply may say that it was taken"""
        self._form = FormStream()
        self._parts: list[FormPart] = []
        self._words = False
        """it is words alone"""
        self._unread = ""
        """such words in place of a form, until the first clause is whole"""
        self._written = 0
        """characters"""
        self._stopped: ModelStopped | None = None
        self._charged = True
        """False: refused before a word was read"""

    async def commands(self) -> object:
        """Read until the commands are there: a list in an answer that keeps to the form. Raises ProviderError."""
        while True:
            for place, part in enumerate(self._parts):
                if isinstance(part, CommandsWritten):
                    del self._parts[place]
                    return part.value
            if self._form.done or not await self._read():
                raise self._fault("refused" if self._refused else "garbage", "no commands")

    async def clauses(self, reply: ReplyStream) -> AsyncIterator[StyledClause]:
        """The words behind the commands, clause by clause. Raises ProviderError when they break off."""
        while True:
            parts, self._parts = self._parts, []
            for part in parts:
                if isinstance(part, ReplyGrew):
                    for clause in reply.feed(part.text):
                        yield clause
            if self._form.done or self._stopped is not None:
                break
            try:
                async with asyncio.timeout(GAP_MS / 1000):
                    more = await self._read()
            except TimeoutError:
                more = False
            if not more and self._stopped is None:
                raise self._fault("timeout", "reply")
        if self._refused:
            raise self._fault("refused")
        done = self._stopped is not None and self._stopped.reason == "done"
        for clause in reply.finish(whole=self._form.done or (self._words and done)):
            yield clause

    async def read_out(self) -> None:
        """Wait a moment for the end: it says what the answer cost."""
        try:
            async with asyncio.timeout(REST_MS / 1000):
                while self._stopped is None and await self._read():
                    pass
        except (TimeoutError, EngineError):
            return

    async def close(self) -> None:
        """No more of it is wanted. A second time does nothing."""
        if isinstance(self._events, AsyncGenerator):
            await self._events.aclose()
        if self._stopped is None and self._charged:
            # Closed before its end, the vendor tells no figures: about what was read and written until then.
            self._stopped = ModelStopped("done", self._estimate())
            self._count(self._stopped.usage, self.provider)

    @property
    def replies(self) -> bool:
        """Whether words come behind its commands."""
        return self._request.words_alone or self._request.tool is None

    @property
    def _refused(self) -> bool:
        return self._stopped is not None and self._stopped.reason == "refusal"

    async def _read(self) -> bool:
        """One more event; False at the end. Raises ProviderError for what is no form, and what the model raises."""
        try:
            event = await anext(self._events, None)
        except ProviderError as error:
            self._charged = self.first_ms is not None or error.kind not in _FREE
            raise
        if self.first_ms is None and event is not None:
            self.first_ms = self._context.clock.now_ms()
            self.provider = event.provider or self._name
        match event:
            case None:
                return False
            case ModelStopped():
                return self._stop(event)
            case FormGrew():
                self._written += len(event.json)
                self._fill(event.json)
            case TextGrew() if self._request.tool is None or self._request.words_alone:
                self._written += len(event.text)
                self._parts.append(ReplyGrew(event.text))
                self._say(event.text)
        return True

    def _fill(self, json: str) -> None:
        fault = ""
        try:
            self._parts += self._form.feed(json)
        except GarbledForm as garbled:
            fault = str(garbled)
        if fault:
            # Outside the handler: what was garbled does not hang on the error.
            raise self._fault("garbage", fault)

    def _say(self, text: str) -> None:
        """Words in place of a form mean no command. Not before they can be spoken: until then another may answer."""
        if not self._words:
            self._words, self._unread = True, " " if self._request.tool is not None else ""
        if self._unread:
            self._unread += text
            if len(clauses_of(self._unread)) > 1 or len(self._unread) > LONGEST:
                self._tell_words()

    def _tell_words(self) -> None:
        self._unread = ""
        self._parts.append(CommandsWritten([]))

    def _stop(self, event: ModelStopped) -> bool:
        self._stopped = event
        self._count(event.usage, event.provider)
        if event.reason == "done" and self._unread:
            self._tell_words()
            return True
        return False

    def _count(self, usage: Usage, provider: str = "") -> None:
        amounts: dict[Unit, float] = {
            "tokens_fresh": usage.fresh,
            "tokens_cached": usage.cached,
            "tokens_stored": usage.stored,
            "tokens_written": usage.written,
        }
        used = {unit: amount for unit, amount in amounts.items() if amount}
        self._context.emit(UsageCounted("understanding", provider or self._name, used))

    def _estimate(self) -> Usage:
        asked = sum(len(passage.text) for passage in self._request.instructions)
        asked += sum(len(message.text) for message in self._request.messages)
        return Usage(fresh=-(-asked // CHARACTERS_A_TOKEN), written=-(-self._written // CHARACTERS_A_TOKEN))

    def _fault(self, kind: ProviderFault, detail: str = "") -> ProviderError:
        return ProviderError("understanding", self._name, kind, detail)
