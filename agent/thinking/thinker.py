"""Understanding with a model: the grammar first, then one streaming question per turn, and this machine when it fails.

A turn's answer comes as one form, or, where a reply is wanted and no command is meant, as words alone, which are the
reply of a form without commands. Its commands are read, checked and handed on while the stream stays open; the reply
behind them is held, unread, until the script has taken the commands and asks for words. If it says its own, or another
turn comes, the stream is closed and nothing of it was ever spoken.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field

from agent.ports import CallContext, Meaning, Understander
from agent.style.policy import moment_of
from agent.thinking.certain import is_certain
from agent.thinking.checking import checked
from agent.thinking.form_stream import CommandsWritten, FormPart, FormStream, GarbledForm, ReplyGrew
from agent.thinking.model import FormGrew, LanguageModel, ModelEvent, ModelRequest, ModelStopped, TextGrew, Usage
from agent.thinking.prompt import request_for, words_for
from agent.thinking.reply_stream import LONGEST, ReplyStream, StyledClause
from agent.understanding.local import LocalUnderstander
from calls.commands import AskQuestion, Command
from calls.effects import Compose
from calls.errors import EngineError, ProviderError, ProviderFault
from calls.guidance import Guidance
from calls.phrases import clauses_of
from calls.provision import Unit
from calls.run import CallFacts
from calls.signals import Composed, ProviderNoticed, UsageCounted
from calls.speech import Heard, Tone
from calls.talk import Talk

COMMANDS_MS = 3_500
"""ms until the commands are there; then this machine understands the turn"""

GAP_MS = 2_500
"""ms between two pieces of a reply"""

REST_MS = 300
"""ms for the end of a form that has given all that was wanted: it brings the usage"""

_FREE: frozenset[ProviderFault] = frozenset({"key", "payment", "rate", "overloaded", "request"})
"""Who refuses a question so charges nothing for it."""

CHARACTERS_A_TOKEN = 4
"""about; for what a stream cost that was closed before its end"""


@dataclass(slots=True)
class _Open:
    """A question whose answer is still being written."""

    events: AsyncIterator[ModelEvent]
    request: ModelRequest
    form: FormStream = field(default_factory=FormStream)
    parts: list[FormPart] = field(default_factory=list)
    """read and not used yet"""
    words: bool = False
    """its answer is words alone"""
    unread: str = ""
    """such words in place of a form, until the first clause is whole"""
    written: int = 0
    """characters"""
    stopped: ModelStopped | None = None
    provider: str = ""
    """who answers"""
    first_ms: float | None = None
    """when the answer began, by the call's clock"""
    turn: int = 0
    replies: bool = True
    """its form has a reply"""
    void: bool = False
    """a command was refused: the reply may say that it was taken"""
    charged: bool = True
    """False: refused before a word was read"""


class Thinker:
    """A language model and this machine's own understanding, shared by all calls.

    ``local`` understands what the model need not be asked about, or could not be. The fast path is its grammar alone.
    """

    def __init__(self, model: LanguageModel, local: Understander) -> None:
        self.model = model
        self.local = local
        self.grammar: Understander = LocalUnderstander()

    async def warm(self) -> None:
        """A call is about to come in; never raises."""
        await self.model.warm()

    def open(self, context: CallContext) -> CallThinker:
        """One call's thinking; opens no connection."""
        return CallThinker(self, context)


class CallThinker:
    """One call's. Grammar: understand, then compose or withdraw, again and again; withdraw at the end."""

    def __init__(self, thinker: Thinker, context: CallContext) -> None:
        self._thinker = thinker
        self._context = context
        self._held: _Open | None = None
        self._tone: Tone | None = None
        self._questions = 0

    async def understand(self, turn: int, heard: Heard, guidance: Guidance, facts: CallFacts, talk: Talk) -> Meaning:
        """At least one command, each allowed by ``guidance``. Raises EngineError only where this machine fails too."""
        await self.withdraw()
        self._tone = heard.tone
        self._questions, began_ms = 0, self._context.clock.now_ms()
        found = await self._thinker.grammar.understand(heard, guidance, facts)
        if is_certain(found, heard, guidance):
            return found
        request = request_for(guidance, heard, facts, talk, self._context.line)
        commands = await self._asked(turn, request, heard, guidance, facts)
        if commands is None:
            local = await self._thinker.local.understand(heard, guidance, facts)
            return Meaning(local.commands, local.path, fallback=True, questions=self._questions)
        if not commands:
            # Words that mean none of the commands: what the grammar made of them, or a reply, or they are asked again.
            commands = _without_commands(found, guidance, heard)
        held = self._held
        if held is None or held.first_ms is None:
            return Meaning(commands, self._name, questions=self._questions)
        first_ms = round(held.first_ms - began_ms, 3)
        return Meaning(commands, self._name, False, held.provider, self._questions, first_ms)

    @property
    def _name(self) -> str:
        return self._thinker.model.traits.id

    async def _asked(
        self, turn: int, request: ModelRequest, heard: Heard, guidance: Guidance, facts: CallFacts
    ) -> tuple[Command, ...] | None:
        """The model's commands, the reply behind them held; None when it gave none that can be used."""
        fault = ""
        try:
            async with asyncio.timeout(COMMANDS_MS / 1000):
                for _ in range(2):
                    # What breaks off in mid-answer is asked once more: another model may be the one to answer.
                    try:
                        return await self._commands(turn, request, heard, guidance, facts)
                    except ProviderError as error:
                        fault = error.kind
                        if error.kind not in ("lost", "garbage", "overloaded", "timeout"):
                            break
        except TimeoutError:
            fault = "timeout"
        except EngineError:
            fault = "failed"
        self._context.emit(ProviderNoticed("understanding", self._name, "failed", fault))
        return None

    async def _commands(
        self, turn: int, request: ModelRequest, heard: Heard, guidance: Guidance, facts: CallFacts
    ) -> tuple[Command, ...]:
        self._questions += 1
        stream = self._open(request)
        stream.turn, stream.replies = turn, guidance.brief is not None
        kept = False
        try:
            written = await self._first(stream)
            if not isinstance(written.value, list):
                raise ProviderError("understanding", self._name, "garbage", "commands")
            found = checked(written.value, guidance, heard, facts)
            stream.void = found.refused > 0
            self._held, kept = stream, True
            return found.commands
        finally:
            if not kept:
                await self._close(stream)

    async def _first(self, stream: _Open) -> CommandsWritten:
        """Read until the commands are there. Raises ProviderError."""
        while True:
            for place, part in enumerate(stream.parts):
                if isinstance(part, CommandsWritten):
                    del stream.parts[place]
                    return part
            if stream.form.done or not await self._read(stream):
                refused = stream.stopped is not None and stream.stopped.reason == "refusal"
                raise ProviderError("understanding", self._name, "refused" if refused else "garbage", "no commands")

    # --- the reply --------------------------------------------------------------------------------------

    async def compose(self, asked: Compose, facts: CallFacts) -> AsyncIterator[Composed]:
        """The words of a reply: those held with the turn's commands, else asked for now. Raises EngineError."""
        held, self._held = self._held, None
        brief = asked.guidance.brief
        if brief is None:
            await self._drop(held)
            raise EngineError("understanding", "nothing to compose from")
        if held is not None and (held.void or held.turn != asked.turn or brief.looked_up):
            await self._drop(held)
            held = None
        asked_ms = self._context.clock.now_ms() if held is None else None
        stream = held or self._open(words_for(brief, asked.words, facts, asked.talk, self._context.line))
        reply = ReplyStream(self._context.line.persona, moment_of(self._tone))
        try:
            async for clause in self._clauses(stream, reply):
                first_ms, asked_ms = _since(asked_ms, stream.first_ms), None
                yield Composed(asked.reply, clause.text, clause.style, False, stream.provider, first_ms)
            yield Composed(asked.reply, "", last=True)
            await self._read_out(stream)
        finally:
            await self._close(stream)

    async def _clauses(self, stream: _Open, reply: ReplyStream) -> AsyncIterator[StyledClause]:
        while True:
            parts, stream.parts = stream.parts, []
            for part in parts:
                if isinstance(part, ReplyGrew):
                    for clause in reply.feed(part.text):
                        yield clause
            if stream.form.done or stream.stopped is not None:
                break
            try:
                async with asyncio.timeout(GAP_MS / 1000):
                    more = await self._read(stream)
            except TimeoutError:
                more = False
            if not more and stream.stopped is None:
                raise ProviderError("understanding", self._name, "timeout", "reply")
        whole = stream.form.done or (stream.words and _done(stream))
        if stream.stopped is not None and stream.stopped.reason == "refusal":
            raise ProviderError("understanding", self._name, "refused")
        for clause in reply.finish(whole=whole):
            yield clause

    async def withdraw(self) -> None:
        """The reply that is held is not wanted."""
        held, self._held = self._held, None
        await self._drop(held)

    # --- streams ----------------------------------------------------------------------------------------

    def _open(self, request: ModelRequest) -> _Open:
        return _Open(self._thinker.model.stream(request, self._context), request)

    async def _read(self, stream: _Open) -> bool:
        """One more event; False at the end. Raises ProviderError for what is no form, and what the model raises."""
        try:
            event = await anext(stream.events, None)
        except ProviderError as error:
            stream.charged = stream.first_ms is not None or error.kind not in _FREE
            raise
        if stream.first_ms is None and event is not None:
            stream.first_ms = self._context.clock.now_ms()
            stream.provider = event.provider or self._name
        fault = ""
        match event:
            case None:
                return False
            case ModelStopped():
                stream.stopped = event
                self._count(event.usage, event.provider)
                if event.reason == "done" and stream.unread:
                    stream.unread = ""
                    stream.parts.append(CommandsWritten([]))
                    return True
                return False
            case FormGrew():
                stream.written += len(event.json)
                try:
                    stream.parts += stream.form.feed(event.json)
                except GarbledForm as garbled:
                    fault = str(garbled)
            case TextGrew() if stream.request.tool is None or stream.request.words_alone:
                stream.written += len(event.text)
                stream.parts.append(ReplyGrew(event.text))
                self._take_words(stream, event.text)
        if fault:
            raise ProviderError("understanding", self._name, "garbage", fault)
        return True

    @staticmethod
    def _take_words(stream: _Open, text: str) -> None:
        """Words in place of a form mean no command. Not before they can be spoken: until then another may answer."""
        if not stream.words:
            stream.words, stream.unread = True, " " if stream.request.tool is not None else ""
        if stream.unread:
            stream.unread += text
            if len(clauses_of(stream.unread)) > 1 or len(stream.unread) > LONGEST:
                stream.unread = ""
                stream.parts.append(CommandsWritten([]))

    async def _drop(self, held: _Open | None) -> None:
        """End a stream nobody wants; one that is at its end anyway is read out, for what it cost."""
        if held is None:
            return
        try:
            if not held.replies:
                await self._read_out(held)
        finally:
            await self._close(held)

    async def _read_out(self, stream: _Open) -> None:
        """Wait a moment for the end: it says what the answer cost."""
        try:
            async with asyncio.timeout(REST_MS / 1000):
                while stream.stopped is None and await self._read(stream):
                    pass
        except (TimeoutError, EngineError):
            return

    async def _close(self, stream: _Open) -> None:
        if isinstance(stream.events, AsyncGenerator):
            await stream.events.aclose()
        if stream.stopped is None and stream.charged:
            # Closed before its end, the vendor tells no figures: about what was read and written until then.
            stream.stopped = ModelStopped("done", _estimate(stream))
            self._count(stream.stopped.usage, stream.provider)

    def _count(self, usage: Usage, provider: str = "") -> None:
        amounts: dict[Unit, float] = {
            "tokens_fresh": usage.fresh,
            "tokens_cached": usage.cached,
            "tokens_stored": usage.stored,
            "tokens_written": usage.written,
        }
        used = {unit: amount for unit, amount in amounts.items() if amount}
        self._context.emit(UsageCounted("understanding", provider or self._name, used))


def _without_commands(found: Meaning, guidance: Guidance, heard: Heard) -> tuple[Command, ...]:
    if guidance.brief is not None and AskQuestion.__name__ in guidance.allowed:
        return (AskQuestion("", heard.text),)
    return found.commands


def _since(asked_ms: float | None, at_ms: float | None) -> float | None:
    return None if asked_ms is None or at_ms is None else round(at_ms - asked_ms, 3)


def _done(stream: _Open) -> bool:
    return stream.stopped is not None and stream.stopped.reason == "done"


def _estimate(stream: _Open) -> Usage:
    asked = sum(len(p.text) for p in stream.request.instructions) + sum(len(m.text) for m in stream.request.messages)
    return Usage(fresh=-(-asked // CHARACTERS_A_TOKEN), written=-(-stream.written // CHARACTERS_A_TOKEN))
