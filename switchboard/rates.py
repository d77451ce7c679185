"""How often somebody called in the last hour: shared between processes in Valkey, else counted in this one.

Keys are keyed digests: who reads the store learns no number. Losing the store loses an hour's counts, nothing else.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from calls.clock import Clock

if TYPE_CHECKING:
    from redis.asyncio import Redis

HOUR_MS = 3_600_000
ANSWER_S = 0.2
"""a caller is waiting: a store slower than this is left out"""
REMEMBERED = 50_000
"""callers counted in this process at once; beyond that the longest unheard-of is forgotten"""

log = logging.getLogger(__name__)


class CallRates:
    """Counts calls per line and caller over the last hour."""

    def __init__(self, store: Redis | None, key: bytes, clock: Clock) -> None:
        self._store = store
        self._key = key
        self._clock = clock
        self._here: OrderedDict[str, deque[float]] = OrderedDict()

    async def count(self, line: str, caller: str, call: str) -> int:
        """Calls by ``caller`` on ``line`` in the last hour, with this one. The same ``call`` counts once."""
        name = hmac.new(self._key, f"{line}\0{caller}".encode(), hashlib.sha256).hexdigest()[:32]
        here = self._count_here(name)
        if self._store is None:
            return here
        try:
            async with asyncio.timeout(ANSWER_S):
                return await self._count_shared(self._store, name, call)
        except Exception as why:
            log.warning("the shared call counts cannot be reached (%s); counting in this process", type(why).__name__)
            return here

    async def _count_shared(self, store: Redis, name: str, call: str) -> int:
        now = int(self._clock.wall().timestamp() * 1000)
        async with store.pipeline(transaction=True) as steps:
            steps.zremrangebyscore(f"calls:{name}", 0, now - HOUR_MS)
            steps.zadd(f"calls:{name}", {call: now})
            steps.zcard(f"calls:{name}")
            steps.pexpire(f"calls:{name}", HOUR_MS)
            _, _, count, _ = await steps.execute()
        return int(count)

    def _count_here(self, name: str) -> int:
        now = self._clock.now_ms()
        recent = self._here.setdefault(name, deque(maxlen=10_000))
        self._here.move_to_end(name)
        while recent and now - recent[0] > HOUR_MS:
            recent.popleft()
        recent.append(now)
        while len(self._here) > REMEMBERED:
            self._here.popitem(last=False)
        return len(recent)
