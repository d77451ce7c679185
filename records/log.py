"""The event sink on Postgres: written ahead, without waiting.

``append`` queues; ``run`` commits what is queued, all streams in one transaction, at most 20 ms behind. When Postgres
is away the events go to a fsynced file beside the process and are replayed in order when it is back. ``durable``
waits for Postgres itself, because only there can another owner be ruled out.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from calls.chain import Envelope
from calls.clock import Clock, LoopClock
from calls.errors import RecordError, StaleEpoch
from records.appending import Appender
from records.commit import Committed, commit, is_away
from records.ledger import Ledger
from records.ownership import LEASE, claim_on, renew_on, stands_on
from records.spool import OrphanSpool, Spool, orphans, set_aside
from records.store import load_on, load_stream

log = logging.getLogger(__name__)

WINDOW_MS = 12.0
"""How old a group's first event may grow; with the commit itself (a few ms) events are at most 20 ms behind."""

GROUP = 500
"""Events in one transaction at most."""

COMMIT_S = 5.0
"""A commit which takes longer counts as Postgres being away."""

CLAIM_MS = 5_000.0
"""How long a claim waits for Postgres before it gives up."""

RETRY_MS = (100.0, 2_000.0)
"""First and longest wait between two tries to reach Postgres."""


class PostgresSink:
    """Implements ``calls.ports.EventSink``. Grammar: run() around everything else; close() ends it.

    To read without writing use ``records.store.load_stream``.

    ``worker`` names this process, and is unique among those that run at once. ``spool`` is a folder of its own.
    ``on_lost`` is told of a stream which this process wrote and another has taken over.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        worker: str,
        spool: Path,
        clock: Clock | None = None,
        on_lost: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._engine = engine
        self._appender = Appender(engine)
        self._worker = worker
        self._on_lost = on_lost
        self._folder = spool
        self._clock = clock or LoopClock()
        self._spool = Spool(spool, worker)
        self._ledger = Ledger()
        self._queue: deque[Envelope] = deque()
        self._queued_at = 0.0
        """when what is queued first was"""
        self._in_hand: list[Envelope] = []
        self._wake = asyncio.Event()
        self._urgent = asyncio.Event()
        self._present = asyncio.Event()
        self._stopped = asyncio.Event()
        self._stopped.set()
        self._closing = False
        self._retry_at = 0.0
        self._retry_ms = RETRY_MS[0]
        self._renew_at = 0.0

    @property
    def present(self) -> bool:
        """True while Postgres takes events; False while they go to the spool."""
        return self._present.is_set()

    @property
    def backlog(self) -> int:
        """Events not yet in Postgres."""
        return len(self._queue) + len(self._in_hand) + self._spool.waiting

    # --- the port ---------------------------------------------------------------------------------

    async def claim(self, tenant: str, stream: str) -> tuple[int, list[Envelope]]:
        """Take ``stream`` over. Raises RecordError when Postgres does not answer within five seconds."""
        try:
            async with asyncio.timeout(CLAIM_MS / 1000):
                return await self._claim(tenant, stream)
        except TimeoutError as why:
            raise RecordError(
                "the database does not answer, so no call can be put on record; check DATABASE_URL and the server"
            ) from why

    def append(self, envelopes: Sequence[Envelope]) -> None:
        """Queue. Call from the event loop's thread."""
        if not self._queue:
            self._queued_at = self._clock.now_ms()
        for envelope in envelopes:
            self._queue.append(envelope)
            self._ledger.queued(envelope)
        self._wake.set()

    async def durable(self, stream: str, epoch: int, seq: int) -> None:
        """Return when event ``seq`` is committed and ``epoch`` still owns ``stream``; waits out an outage."""
        while True:
            self._urgent.set()
            await self._ledger.written(stream, epoch, seq)
            await self._present.wait()
            try:
                async with self._engine.connect() as connection:
                    holds, stored = await stands_on(connection, stream)
            except Exception as fault:
                if not is_away(fault):
                    raise
                await self._clock.sleep_ms(RETRY_MS[0])
                continue
            if holds != epoch:
                raise StaleEpoch(f"{stream} is owned by another session since (epoch {holds}, not {epoch})")
            if stored < seq:
                raise RecordError(f"{stream}: event {seq} was never appended")
            return

    async def load(self, stream: str) -> list[Envelope]:
        """Everything on a stream, in order, what still waits for the writer included.

        Raises RecordError when Postgres does not answer within five seconds.
        """
        try:
            async with asyncio.timeout(CLAIM_MS / 1000):
                await self._present.wait()
                await self._flush(stream)
                return await load_stream(self._engine, stream)
        except TimeoutError as why:
            raise RecordError(f"the database does not answer, so {stream} cannot be read; check the server") from why

    # --- its life ---------------------------------------------------------------------------------

    async def run(self) -> None:
        """Write until ``close``. Cancelled, it leaves what is unwritten in the spool."""
        self._stopped.clear()
        try:
            while not (self._closing and not self._queue):
                await self._turn()
        finally:
            self._leave()
            try:
                await self._appender.close()
            finally:
                self._stopped.set()

    async def close(self) -> None:
        """Let ``run`` write what is queued and return; what Postgres cannot take now waits in the spool."""
        self._closing = True
        self._wake.set()
        self._urgent.set()
        await self._stopped.wait()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[PostgresSink]:
        """``run()`` in the background of a block, drained at its end: for command lines and tests."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.run())
            try:
                yield self
            finally:
                await self.close()

    # --- the writer -------------------------------------------------------------------------------

    async def _turn(self) -> None:
        if not self.present and self._clock.now_ms() >= self._retry_at:
            await self._come_back()
        await self._until_work()
        if self.present and self._queue:
            await self._gather()
        self._in_hand = [self._queue.popleft() for _ in range(min(len(self._queue), GROUP))]
        if self._in_hand:
            await self._write()
        if self.present and self._ledger.streams() and self._clock.now_ms() >= self._renew_at:
            await self._renew()

    async def _until_work(self) -> None:
        """Wait for events, for the end, or for the next thing that is due by the clock."""
        due = [] if self.present else [self._retry_at]
        if self._ledger.streams():
            due.append(self._renew_at)
        if self._queue or self._closing:
            return
        self._wake.clear()
        left = (min(due) - self._clock.now_ms()) / 1000 if due else None
        try:
            async with asyncio.timeout(left if left is None else max(0.0, left)):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _gather(self) -> None:
        left_ms = self._queued_at + WINDOW_MS - self._clock.now_ms()
        if left_ms > 0:
            try:
                async with asyncio.timeout(left_ms / 1000):
                    await self._urgent.wait()
            except TimeoutError:
                pass
        self._urgent.clear()

    async def _write(self) -> None:
        if self.present:
            try:
                outcome = await self._commit(self._in_hand)
            except Exception as fault:
                if not is_away(fault):
                    raise
                self._gone(fault)
            else:
                self._settle(self._in_hand, outcome, promised=False)
                self._in_hand = []
                return
        try:
            await asyncio.to_thread(self._spool.put, self._in_hand)
        except OSError as fault:
            log.error("the spool cannot be written (%s); %d events wait in memory", fault.strerror, self.backlog)
            self._queue.extendleft(reversed(self._in_hand))
            self._in_hand = []
            await self._clock.sleep_ms(self._retry_ms)
        self._in_hand = []

    async def _commit(self, group: Sequence[Envelope]) -> Committed:
        async with asyncio.timeout(COMMIT_S):
            return await commit(self._engine, self._appender, group)

    def _settle(self, group: Sequence[Envelope], outcome: Committed, promised: bool) -> None:
        for refusal in outcome.refused.values():
            log.warning("events refused: %s", refusal)
        final = [lost for lost in outcome.lost if promised or not _is_stale(lost, outcome)]
        if final:
            path = set_aside(self._folder, final)
            log.error("%d events could not be stored and were set aside in %s", len(final), path.name)
        self._ledger.settled(group, outcome.refused)
        for (stream, epoch), refusal in outcome.refused.items():
            if isinstance(refusal, StaleEpoch) and self._ledger.lost(stream, epoch):
                self._on_lost(stream)

    def _gone(self, fault: BaseException) -> None:
        if self.present:
            log.warning("Postgres is away (%s); events go to the spool", type(fault).__name__)
        self._present.clear()
        self._retry_at = self._clock.now_ms() + self._retry_ms
        self._retry_ms = min(self._retry_ms * 2, RETRY_MS[1])

    async def _come_back(self) -> None:
        """Replay what waits on disk, the oldest first; then Postgres is present."""
        try:
            await self._take_over()
            replayed = await self._replay()
            await self._probe()
        except Exception as fault:
            if not is_away(fault):
                raise
            self._gone(fault)
            return
        if replayed:
            log.warning("Postgres is back; %d events were replayed from the spool", replayed)
        self._retry_ms = RETRY_MS[0]
        self._present.set()

    async def _probe(self) -> None:
        async with asyncio.timeout(COMMIT_S), self._engine.connect() as connection:
            await connection.execute(text("SELECT 1 FROM stream_owners LIMIT 1"))

    async def _replay(self) -> int:
        start = total = 0
        while self._spool.waiting:
            batch, start = await asyncio.to_thread(self._spool.read, start, GROUP)
            if not batch:
                await asyncio.to_thread(self._spool.clear)
                break
            self._settle(batch, await self._commit(batch), promised=True)
            total += len(batch)
        return total

    async def _take_over(self) -> None:
        """Write what processes that are gone have left behind, before anybody claims their streams."""
        for orphan in await asyncio.to_thread(lambda: list(orphans(self._folder))):
            try:
                await self._adopt(orphan)
            finally:
                orphan.close()

    async def _adopt(self, orphan: OrphanSpool) -> None:
        left = await asyncio.to_thread(lambda: list(orphan.events()))
        for at in range(0, len(left), GROUP):
            batch = left[at : at + GROUP]
            self._settle(batch, await self._commit(batch), promised=True)
        await asyncio.to_thread(orphan.done)
        if left:
            log.warning("%d events of a process that is gone were replayed", len(left))

    def _leave(self) -> None:
        rest = [*self._in_hand, *self._queue]
        self._in_hand = []
        self._queue.clear()
        self._present.clear()
        if rest:
            # Blocks for one fsync, at the very end of the process: there is nothing left to disturb.
            self._spool.put(rest)
        self._spool.close()

    # --- ownership --------------------------------------------------------------------------------

    async def _claim(self, tenant: str, stream: str) -> tuple[int, list[Envelope]]:
        while True:
            await self._present.wait()
            await self._flush(stream)
            try:
                async with self._engine.begin() as connection:
                    epoch = await claim_on(connection, tenant, stream, self._worker, self._clock.wall())
                    past = await load_on(connection, stream)
            except Exception as fault:
                if not is_away(fault):
                    raise
                await self._clock.sleep_ms(RETRY_MS[0])
                continue
            ended = bool(past) and past[-1].name == "call.ended"
            self._ledger.claimed(stream, epoch, past[-1].seq if past else 0, ended=ended)
            self._wake.set()
            return epoch, past

    async def _flush(self, stream: str) -> None:
        """Wait for what this process has queued for ``stream``; a refusal is for its writer to hear."""
        epoch = self._ledger.epoch(stream)
        if epoch is not None:
            self._urgent.set()
            with suppress(RecordError):
                await self._ledger.written(stream, epoch)

    async def _renew(self) -> None:
        self._renew_at = self._clock.now_ms() + LEASE / timedelta(milliseconds=3)
        streams = self._ledger.streams()
        try:
            async with asyncio.timeout(COMMIT_S), self._engine.begin() as connection:
                ours = await renew_on(connection, streams, self._worker, self._clock.wall())
        except Exception as fault:
            if not is_away(fault):
                raise
            self._gone(fault)
            return
        for stream in set(streams) - ours:
            if self._ledger.lost(stream):
                self._on_lost(stream)


def _is_stale(envelope: Envelope, outcome: Committed) -> bool:
    return isinstance(outcome.refused.get((envelope.stream, envelope.epoch)), StaleEpoch)
