"""Language models in order: the next one answers in the same turn when one fails or keeps silent."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from agent.ports import CallContext
from agent.resilience.breakers import Breakers
from agent.resilience.candidates import Candidate, Frugal, never_frugal, unheard
from agent.resilience.race import Attempt, Patience, Race, Won, close
from agent.thinking.model import LanguageModel, ModelEvent, ModelRequest, ModelStopped, ModelTraits
from calls.errors import EngineError, ProviderError
from calls.ports import Emit

PATIENCE = Patience(hedge_ms=450.0, first_ms=3_000.0)
SHUNNED_MS = 10_000.0
"""A model that broke off in mid-answer is not the first to be asked again in that call for so long."""
GAP_MS = 550.0
"""between two events of an answer; only where another could answer"""
CALLS_KEPT = 2_000


class ResilientModel:
    """Implements ``LanguageModel`` over ``candidates``, best first.

    A fault before the first event leads to the next model within the same ``stream``. One in mid-answer is raised,
    since only who reads the answer knows what of it counts already; asked again, the next model answers.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate[LanguageModel]],
        breakers: Breakers,
        patience: Patience = PATIENCE,
        frugal: Frugal = never_frugal,
    ) -> None:
        self._candidates = tuple(candidates)
        self._breakers = breakers
        self._patience = patience
        self._frugal = frugal
        self._shunned: OrderedDict[str, tuple[str, float]] = OrderedDict()

    @property
    def traits(self) -> ModelTraits:
        """Those of the first."""
        return self._candidates[0].port.traits

    async def warm(self) -> None:
        """Open connections to whoever would be asked, and to the one behind."""
        for place in self._order(None)[:2]:
            await self._candidates[place].port.warm()

    async def stream(self, request: ModelRequest, context: CallContext | None = None) -> AsyncIterator[ModelEvent]:
        """The answer of the first model to give one. Raises EngineError when none does, or one breaks off."""
        emit = context.emit if context is not None else unheard
        attempts = [self._attempt(self._candidates[place], request, context) for place in self._order(context)]
        if len(attempts) == 1:
            attempts *= 2
        won = await Race[ModelEvent]("understanding", attempts, self._patience, self._breakers).run(emit)
        try:
            yield replace(self._event(won.provider, won.item, emit), provider=won.provider)
            async for event in self._rest(won):
                yield self._event(won.provider, event, emit)
        except (GeneratorExit, asyncio.CancelledError):
            # Nobody waits for the rest, which tells nothing of the model; a probe must not be out for ever.
            self._breakers.dropped("understanding", won.provider, emit)
            raise
        except EngineError as fault:
            self._broke_off(won.provider, fault, context, emit)
            raise
        except Exception as bug:  # a plug-in's bug is its vendor's fault, and never the end of a call
            broken = ProviderError("understanding", won.provider, "garbage", type(bug).__name__)
            self._broke_off(won.provider, broken, context, emit)
            raise broken from None
        finally:
            await close(won.rest)

    async def _rest(self, won: Won[ModelEvent]) -> AsyncIterator[ModelEvent]:
        while True:
            try:
                async with asyncio.timeout(GAP_MS / 1000 if len(self._candidates) > 1 else None):
                    event = await anext(won.rest, None)
            except TimeoutError:
                raise ProviderError("understanding", won.provider, "timeout", "gap") from None
            if event is None:
                return
            yield event

    def _attempt(
        self, candidate: Candidate[LanguageModel], request: ModelRequest, context: CallContext | None
    ) -> Attempt[ModelEvent]:
        return Attempt(candidate.name, lambda: candidate.port.stream(request, context))

    def _event(self, provider: str, event: ModelEvent, emit: Emit) -> ModelEvent:
        """``event``; a stop says who answered, since that is who charges for it."""
        if not isinstance(event, ModelStopped):
            return event
        self._breakers.answered("understanding", provider, emit)
        return replace(event, provider=provider)

    def _broke_off(self, provider: str, fault: EngineError, context: CallContext | None, emit: Emit) -> None:
        self._breakers.failed("understanding", provider, fault, emit)
        if context is not None:
            self._shunned[context.call] = (provider, self._breakers.clock.now_ms() + SHUNNED_MS)
            while len(self._shunned) > CALLS_KEPT:
                self._shunned.popitem(last=False)

    def _order(self, context: CallContext | None) -> list[int]:
        names = [candidate.name for candidate in self._candidates]
        order = self._breakers.ready("understanding", names)
        if context is None:
            return order
        order = self._frugal(context, "understanding", names, order)
        shunned, until_ms = self._shunned.get(context.call, ("", 0.0))
        if self._breakers.clock.now_ms() < until_ms:
            order = sorted(order, key=lambda place: names[place] == shunned)
        return order
