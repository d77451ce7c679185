"""Understanding with a model: the grammar first, then one streaming question per turn, and this machine when it fails.

A turn's answer comes as one form, or, where a reply is wanted and no command is meant, as words alone, which are the
reply of a form without commands. Its commands are read, checked and handed on while the stream stays open; the reply
behind them is held, unread, until the script has taken the commands and asks for words. If it says its own, or another
turn comes, the stream is closed and nothing of it was ever spoken.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from agent.ports import CallContext, Meaning, Understander
from agent.style.policy import moment_of
from agent.thinking.answering import Answering
from agent.thinking.certain import is_certain
from agent.thinking.checking import checked
from agent.thinking.model import LanguageModel, ModelRequest
from agent.thinking.prompt import request_for, words_for
from agent.thinking.reply_stream import ReplyStream
from agent.understanding.local import LocalUnderstander
from calls.commands import AskQuestion, Command
from calls.effects import Compose
from calls.errors import EngineError, ProviderError
from calls.guidance import Brief, Guidance
from calls.run import CallFacts
from calls.signals import Composed, ProviderNoticed
from calls.speech import Heard, Tone
from calls.talk import Talk

COMMANDS_MS = 3_500
"""ms until the commands are there; then this machine understands the turn"""


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
        self._held: Answering | None = None
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
        answer = Answering(self._thinker.model, request, self._context, turn)
        kept = False
        try:
            written = await answer.commands()
            if not isinstance(written, list):
                raise ProviderError("understanding", self._name, "garbage", "commands")
            found = checked(written, guidance, heard, facts)
            answer.void = found.refused > 0
            self._held, kept = answer, True
            return found.commands
        finally:
            if not kept:
                await answer.close()

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
        answer = held or self._words_of(asked, brief, facts)
        reply = ReplyStream(self._context.line.persona, moment_of(self._tone))
        try:
            async for clause in answer.clauses(reply):
                first_ms, asked_ms = _since(asked_ms, answer.first_ms), None
                yield Composed(asked.reply, clause.text, clause.style, False, answer.provider, first_ms)
            yield Composed(asked.reply, "", last=True)
            await answer.read_out()
        finally:
            await answer.close()

    def _words_of(self, asked: Compose, brief: Brief, facts: CallFacts) -> Answering:
        request = words_for(brief, asked.words, facts, asked.talk, self._context.line)
        return Answering(self._thinker.model, request, self._context)

    async def withdraw(self) -> None:
        """The reply that is held is not wanted."""
        held, self._held = self._held, None
        await self._drop(held)

    @staticmethod
    async def _drop(held: Answering | None) -> None:
        """End an answer nobody wants; one that is at its end anyway is read out, for what it cost."""
        if held is None:
            return
        try:
            if not held.replies:
                await held.read_out()
        finally:
            await held.close()


def _without_commands(found: Meaning, guidance: Guidance, heard: Heard) -> tuple[Command, ...]:
    if guidance.brief is not None and AskQuestion.__name__ in guidance.allowed:
        return (AskQuestion("", heard.text),)
    return found.commands


def _since(asked_ms: float | None, at_ms: float | None) -> float | None:
    return None if asked_ms is None or at_ms is None else round(at_ms - asked_ms, 3)
