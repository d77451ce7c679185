"""The first item of several streams: the next is begun when one fails at once, or is silent for too long.

Used for the first token of a model and the first audio of a voice. Whoever is first goes on; the others are closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from agent.resilience.breakers import Breakers
from calls.errors import EngineError, ProviderError, Stage
from calls.ports import Emit
from calls.signals import ProviderNoticed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a caller may wait for a stage, ms."""

    hedge_ms: float
    """silent for so long: a second request is made beside the first"""
    first_ms: float
    """none has begun by then: the stage has failed"""


@dataclass(frozen=True, slots=True)
class Attempt(Generic[T]):
    """Somebody who may be asked. ``begin`` opens nothing before the first item is wanted."""

    provider: str
    begin: Callable[[], AsyncIterator[T]]


@dataclass(frozen=True, slots=True)
class Won(Generic[T]):
    """The one who was first."""

    provider: str
    item: T
    rest: AsyncIterator[T]
    """what follows ``item``; the winner's own stream, to be closed by who took it"""


@dataclass(frozen=True, slots=True)
class _Told(Generic[T]):
    place: int
    item: T | None = None
    rest: AsyncIterator[T] | None = None
    fault: EngineError | None = None


class Race(Generic[T]):
    """One race. Grammar: ``run()`` once."""

    def __init__(self, stage: Stage, attempts: Sequence[Attempt[T]], patience: Patience, breakers: Breakers) -> None:
        self._stage: Stage = stage
        self._attempts = attempts
        self._patience = patience
        self._breakers = breakers
        self._told: asyncio.Queue[_Told[T]] = asyncio.Queue()
        self._out: dict[int, asyncio.Task[None]] = {}
        self._next = 0

    async def run(self, emit: Emit, instead_of: str = "", since_ms: float | None = None) -> Won[T]:
        """The first to begin. Raises EngineError: the last fault when all have failed, ``timeout`` when none began.

        ``instead_of``: who broke off, ``since_ms``, before this race; by default it is about the first attempt, now.
        """
        began_ms = self._breakers.clock.now_ms()
        told: _Told[T] | None = None
        won: _Told[T] | None = None
        try:
            async with asyncio.TaskGroup() as group:
                told = await self._compete(group, emit, began_ms)
                for task in self._out.values():
                    task.cancel()
            won = told
        finally:
            await self._close_others()
            if won is None:
                await self._give_up(told, emit)
        if won.fault is not None:
            raise won.fault
        assert won.item is not None and won.rest is not None
        first = instead_of or self._attempts[0].provider
        self._settle(won.place, emit, first, began_ms if since_ms is None else since_ms)
        return Won(self._attempts[won.place].provider, won.item, won.rest)

    async def _compete(self, group: asyncio.TaskGroup, emit: Emit, began_ms: float) -> _Told[T]:
        self._begin(group, emit)
        while True:
            told = await self._wait(began_ms)
            if told is None and self._late(began_ms):
                return self._timed_out(emit)
            if told is None:
                first = self._attempts[min(self._out)].provider
                emit(ProviderNoticed(self._stage, first, "hedged", ms=self._patience.hedge_ms))
                self._begin(group, emit)
                continue
            del self._out[told.place]
            if told.fault is None:
                return told
            self._breakers.failed(self._stage, self._attempts[told.place].provider, told.fault, emit)
            self._skip_hopeless(told.fault)
            if self._next < len(self._attempts):
                self._begin(group, emit)
            elif not self._out:
                return told

    def _begin(self, group: asyncio.TaskGroup, emit: Emit) -> None:
        place, self._next = self._next, self._next + 1
        self._breakers.asked(self._stage, self._attempts[place].provider, emit)
        self._out[place] = group.create_task(self._ask(place))

    async def _ask(self, place: int) -> None:
        stream = self._attempts[place].begin()
        told: _Told[T] | None = None
        try:
            told = _Told(place, await anext(stream), stream)
        except StopAsyncIteration:
            told = _Told(place, fault=ProviderError(self._stage, self._attempts[place].provider, "garbage", "empty"))
        except EngineError as fault:
            told = _Told(place, fault=fault)
        except Exception as bug:  # a plug-in's bug is its vendor's fault, and never the end of a call
            name = type(bug).__name__
            told = _Told(place, fault=ProviderError(self._stage, self._attempts[place].provider, "garbage", name))
        finally:
            if told is None or told.fault is not None:
                await close(stream)
        self._told.put_nowait(told)

    async def _wait(self, began_ms: float) -> _Told[T] | None:
        """Who has told, or None when it is time to do something about those who have not."""
        may_hedge = self._next < len(self._attempts)
        limit_ms = self._patience.hedge_ms if may_hedge else self._left_ms(began_ms)
        try:
            async with asyncio.timeout(max(limit_ms, 0.0) / 1000):
                return await self._told.get()
        except TimeoutError:
            return None

    def _left_ms(self, began_ms: float) -> float:
        return self._patience.first_ms - (self._breakers.clock.now_ms() - began_ms)

    def _late(self, began_ms: float) -> bool:
        return self._next >= len(self._attempts) or self._left_ms(began_ms) <= 0

    def _timed_out(self, emit: Emit) -> _Told[T]:
        """Somebody is out whenever somebody is waited for; each of them has failed."""
        faults = {place: self._silent(self._attempts[place].provider) for place in self._out}
        for place, fault in faults.items():
            self._breakers.failed(self._stage, self._attempts[place].provider, fault, emit)
        first = min(faults)
        return _Told(first, fault=faults[first])

    def _silent(self, provider: str) -> ProviderError:
        return ProviderError(self._stage, provider, "timeout", "silent")

    def _skip_hopeless(self, fault: EngineError) -> None:
        """The same provider is not asked again about what a second request cannot mend."""
        if isinstance(fault, ProviderError) and fault.kind in ("key", "payment", "rate", "refused", "request"):
            while self._next < len(self._attempts) and self._attempts[self._next].provider == fault.provider:
                self._next += 1

    def _settle(self, winner: int, emit: Emit, first: str, since_ms: float) -> None:
        """What it means for those who were asked and did not win."""
        name = self._attempts[winner].provider
        for place in self._out:
            other = self._attempts[place].provider
            if other == name:
                continue
            if place < winner:
                self._breakers.failed(self._stage, other, self._silent(other), emit)
            else:
                self._breakers.dropped(self._stage, other, emit)
        if name != first:
            took_ms = round(self._breakers.clock.now_ms() - since_ms, 3)
            emit(ProviderNoticed(self._stage, first, "switched", ms=took_ms, to=name))

    async def _give_up(self, told: _Told[T] | None, emit: Emit) -> None:
        """Nobody waits any more: that tells nothing of those who were asked, and a winner has nobody to close it."""
        for place in self._out:
            self._breakers.dropped(self._stage, self._attempts[place].provider, emit)
        if told is not None and told.rest is not None:
            self._breakers.dropped(self._stage, self._attempts[told.place].provider, emit)
            await close(told.rest)

    async def _close_others(self) -> None:
        while not self._told.empty():
            rest = self._told.get_nowait().rest
            if rest is not None:
                await close(rest)


async def close(stream: AsyncIterator[object]) -> None:
    """End a stream that was left before its end: what it holds at a vendor is given back now, not at some time."""
    if isinstance(stream, AsyncGenerator):
        await stream.aclose()
