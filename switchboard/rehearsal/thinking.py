"""Understanding and composing in a rehearsal: this machine alone, or with a language model as in a call."""

from __future__ import annotations

from agent.ports import CallContext, Understander
from agent.thinking.thinker import Thinker
from calls import effects as ef
from calls import signals as sg
from calls.clock import LoopClock
from calls.errors import EngineError
from calls.line import Line
from calls.ports import Emit
from calls.run import CallFacts
from switchboard.rehearsal.timing import Timing

LOCAL = frozenset(("grammar", "similarity", "keys"))
"""Paths of turns which no language model was asked about."""


class RehearsedThinking:
    """One call's. What a stage would put into the call's inbox goes to ``emit``."""

    def __init__(
        self, understander: Understander, thinker: Thinker | None, line: Line, call: str, emit: Emit, timing: Timing
    ) -> None:
        self._understander = understander
        self._timing = timing
        context = CallContext(call, line, LoopClock(), emit)
        self._thinker = thinker.open(context) if thinker is not None else None

    async def understand(self, asked: ef.Understand, facts: CallFacts) -> tuple[sg.Signal, float]:
        """What the turn meant, or that it failed; and the time it took, ms."""
        took_ms = self._timing.understanding_ms
        try:
            if self._thinker is None:
                meaning = await self._understander.understand(asked.heard, asked.guidance, facts)
            else:
                meaning = await self._thinker.understand(asked.turn, asked.heard, asked.guidance, facts, asked.talk)
                took_ms = self._timing.model_ms if meaning.fallback or meaning.path not in LOCAL else took_ms
        except EngineError as fault:
            return sg.StageFailed(fault.stage, fault.reason, turn=asked.turn), took_ms
        return sg.Understood(asked.turn, meaning.commands, meaning.path, took_ms, meaning.fallback), took_ms

    async def compose(self, asked: ef.Compose, facts: CallFacts) -> list[tuple[float, sg.Signal]]:
        """The clauses of a reply, each with the time after which it comes, ms; or that there are no (more)."""
        found: list[tuple[float, sg.Signal]] = []
        after_ms = 0.0
        try:
            if self._thinker is None:
                raise EngineError("understanding", "no model is configured")
            async for composed in self._thinker.compose(asked, facts):
                after_ms += self._timing.clause_ms
                found.append((after_ms, composed))
        except EngineError as fault:
            found.append((after_ms, sg.StageFailed(fault.stage, fault.reason, turn=asked.turn, reply=asked.reply)))
        return found

    async def withdraw(self) -> None:
        """What a model was still to say is not wanted."""
        if self._thinker is not None:
            await self._thinker.withdraw()
