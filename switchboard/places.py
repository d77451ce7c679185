"""How many calls each line carries: counted over all processes in Valkey, else in this one.

A call holds its place while a process renews it, and a little longer: a process that was killed frees its places by
its silence, and a call that is taken up elsewhere keeps the one it had. Who counts is also who is there: processes
tell each other that they answer calls. Names of lines and calls only; nothing of a caller.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from calls.clock import Clock

if TYPE_CHECKING:
    from redis.asyncio import Redis

HOLD_MS = 90_000
"""How long a place is held without renewal; longer than a token may take to open its socket (60 s)."""
RENEW_MS = 20_000.0
PRESENT_MS = 6_000
"""A process silent for so long is not counted on."""
BEAT_MS = 2_000.0
ANSWER_S = 0.2
"""a caller is waiting: a store slower than this is left out"""
WORKERS = "switchboard:workers"

log = logging.getLogger(__name__)


def _nobody() -> Iterable[str]:
    return ()


class Places:
    """Grammar: take() and leave() at any time; run() until cancelled, for a store that others share."""

    def __init__(
        self,
        store: Redis | None,
        clock: Clock,
        worker: str = "",
        seated: Callable[[], Iterable[str]] = _nobody,
    ) -> None:
        self._store = store
        self._clock = clock
        self._worker = worker
        self.seated = seated
        """calls that have a socket in this process"""
        self._here: dict[str, tuple[str, float]] = {}
        """call -> (line, ms of the monotonic clock until which it holds its place)"""
        self._left: list[tuple[str, str, float]] = []
        """(line, call, ms of the monotonic clock from which the store has forgotten it by itself)"""
        self._wake = asyncio.Event()
        self._renew_at = 0.0
        self._away = False

    async def take(self, line: str, call: str) -> int:
        """Give ``call`` a place on ``line``, the one it has if it has one; how many are taken, its own included."""
        # Before anything is awaited: calls that come at once are counted at once.
        here = self._take_here(line, call)
        if self._store is None:
            return here
        try:
            async with asyncio.timeout(ANSWER_S):
                return await self._take_shared(self._store, line, call)
        except Exception as why:
            self._lost(why)
            return here

    def leave(self, call: str) -> None:
        """Free the call's place; a second time does nothing."""
        line, _ = self._here.pop(call, ("", 0.0))
        if line and self._store is not None:
            self._left.append((line, call, self._clock.now_ms() + HOLD_MS))
            self._wake.set()

    async def others(self) -> int:
        """Processes besides this one that answer calls now; 0 when nobody can tell."""
        if self._store is None:
            return 0
        try:
            async with asyncio.timeout(ANSWER_S):
                present = await self._store.zrangebyscore(WORKERS, self._now() - PRESENT_MS, "+inf")
        except Exception as why:
            self._lost(why)
            return 0
        return sum(1 for worker in present if _text(worker) != self._worker)

    async def names(self) -> list[str]:
        """Every process that answers calls now, as they call themselves. Raises when the store is away."""
        if self._store is None:
            return []
        async with asyncio.timeout(ANSWER_S * 5):
            present = await self._store.zrangebyscore(WORKERS, self._now() - PRESENT_MS, "+inf")
        return [_text(worker) for worker in present]

    async def run(self) -> None:
        """Renew what is held, free what was left, and be present, until cancelled."""
        if self._store is None:
            return
        task = asyncio.current_task()
        try:
            # The client swallows a cancellation that meets it while it connects; the task remembers.
            while task is None or not task.cancelling():
                try:
                    async with asyncio.timeout(ANSWER_S * 5):
                        await self._tell(self._store)
                    self._away = False
                except Exception as why:
                    self._lost(why)
                if task is None or not task.cancelling():
                    await self._until_due()
        finally:
            await self._go(self._store)

    async def absent(self) -> None:
        """This process takes no new call any more."""
        if self._store is not None:
            await self._go(self._store)
            self._worker = ""

    # --- the store ----------------------------------------------------------------------------------

    async def _take_shared(self, store: Redis, line: str, call: str) -> int:
        now, name = self._now(), _name(line)
        async with store.pipeline(transaction=True) as steps:
            steps.zremrangebyscore(name, 0, now)
            steps.zadd(name, {call: now + HOLD_MS})
            steps.zcard(name)
            steps.pexpire(name, 2 * HOLD_MS)
            _, _, count, _ = await steps.execute()
        return int(count)

    async def _tell(self, store: Redis) -> None:
        now = self._clock.now_ms()
        left, self._left = [place for place in self._left if place[2] > now], []
        async with store.pipeline(transaction=False) as steps:
            for line, call, _ in left:
                steps.zrem(_name(line), call)
            if self._clock.now_ms() >= self._renew_at:
                self._renew(steps)
            if self._worker:
                steps.zremrangebyscore(WORKERS, 0, self._now() - PRESENT_MS)
                steps.zadd(WORKERS, {self._worker: self._now()})
            try:
                await steps.execute()
            except Exception:
                self._left = [*left, *self._left]
                raise

    def _renew(self, steps: Redis) -> None:
        self._renew_at = self._clock.now_ms() + RENEW_MS
        for call in self.seated():
            line, _ = self._here.get(call, ("", 0.0))
            if line:
                self._here[call] = (line, self._clock.now_ms() + HOLD_MS)
                steps.zadd(_name(line), {call: self._now() + HOLD_MS})
                steps.pexpire(_name(line), 2 * HOLD_MS)

    async def _until_due(self) -> None:
        try:
            async with asyncio.timeout(BEAT_MS / 1000):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    async def _go(self, store: Redis) -> None:
        try:
            async with asyncio.timeout(ANSWER_S):
                await store.zrem(WORKERS, self._worker)
        except Exception as why:
            self._lost(why)

    # --- this process -------------------------------------------------------------------------------

    def _take_here(self, line: str, call: str) -> int:
        now = self._clock.now_ms()
        seated = set(self.seated()) if self._store is not None else set(self._here)
        # Calls that went on in another process are told of by nobody here.
        self._here = {c: (at, until) for c, (at, until) in self._here.items() if c in seated or until > now}
        self._here[call] = (line, now + HOLD_MS)
        return sum(1 for at, _ in self._here.values() if at == line)

    def _now(self) -> int:
        return int(self._clock.wall().timestamp() * 1000)

    def _lost(self, why: Exception) -> None:
        if not self._away:
            log.warning("places on lines cannot be shared (%s); counting in this process", type(why).__name__)
        self._away = True


def _name(line: str) -> str:
    return f"places:{line}"


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
