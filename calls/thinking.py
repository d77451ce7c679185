"""Understanding and composing as tasks of a call: at most one of each, each replaced or stopped by the next order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from calls import effects as ef
from calls import signals as sg
from calls.errors import EngineError
from calls.ports import Emit, EngineSession
from calls.run import CallFacts

Order = ef.Understand | ef.Anticipate | ef.Discard | ef.Compose | ef.Withdraw


class Thinking:
    """Performs the effects which ask for understanding and for words. Its tasks live in the call's group."""

    def __init__(self, engine: EngineSession, emit: Emit) -> None:
        self._engine = engine
        self._emit = emit
        self._understanding: asyncio.Task[None] | None = None
        self._composing: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        """what is understood ahead may be told"""
        self._ahead = False
        """something is understood ahead, and what the engine holds came with that"""

    def perform(self, order: Order, facts: CallFacts, group: asyncio.TaskGroup) -> None:
        """Begin or stop; never waits. ``facts`` are those of now."""
        match order:
            case ef.Understand() if order.anticipated and self._understanding is not None:
                self._wanted.set()
                self._ahead = False
            case ef.Understand() | ef.Anticipate():
                self._stop_understanding()
                self._ahead = isinstance(order, ef.Anticipate)
                self._wanted = asyncio.Event()
                if isinstance(order, ef.Understand):
                    self._wanted.set()
                self._understanding = group.create_task(self._understand(order, facts, self._wanted))
            case ef.Discard():
                self._stop_understanding()
                group.create_task(self._engine.withdraw())
            case ef.Compose():
                self._stop_composing()
                self._composing = group.create_task(self._compose(order, facts))
            case ef.Withdraw():
                self._stop_composing()
                if not self._ahead:
                    group.create_task(self._engine.withdraw())

    def cancel(self) -> None:
        """The call has left its line."""
        self._stop_understanding()
        self._stop_composing()

    def _stop_understanding(self) -> None:
        if self._understanding is not None:
            self._understanding.cancel()
        self._understanding, self._ahead = None, False

    def _stop_composing(self) -> None:
        if self._composing is not None:
            self._composing.cancel()
        self._composing = None

    async def _understand(
        self, order: ef.Understand | ef.Anticipate, facts: CallFacts, wanted: asyncio.Event
    ) -> None:
        signal: sg.Signal
        try:
            signal = await self._engine.understand(order.turn, order.heard, order.guidance, facts, order.talk)
        except EngineError as fault:
            signal = sg.StageFailed(fault.stage, fault.reason, turn=order.turn)
        await wanted.wait()
        self._emit(signal)

    async def _compose(self, order: ef.Compose, facts: CallFacts) -> None:
        clauses: AsyncIterator[sg.Composed] | None = None
        try:
            clauses = self._engine.compose(order, facts)
            async for composed in clauses:
                self._emit(composed)
        except EngineError as fault:
            self._emit(sg.StageFailed(fault.stage, fault.reason, turn=order.turn, reply=order.reply))
        finally:
            if isinstance(clauses, AsyncGenerator):
                # What nobody waits for any more is closed at its vendor now, not when the collector comes by.
                await clauses.aclose()
