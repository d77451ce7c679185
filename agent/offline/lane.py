"""One speech worker seen from asyncio: a child process, and the queue of those who wait for it.

Whoever has the turn writes a request and reads its answer; no task of ours runs beside them. A caller who is
cancelled leaves at once, and the answer nobody wants any more is skipped by whoever comes next. A worker that
died is started anew by the next request.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from agent.models import ModelError
from agent.offline import wire
from agent.offline.convert import Progress
from agent.offline.wire import BadFrame, Frame, Header

_START_LIMIT_S = 120.0
_STOP_LIMIT_S = 2.0
_ROOT = Path(__file__).resolve().parents[2]


class SpeechUnavailable(Exception):
    """The offline speech worker cannot answer. The message names the worker, the cause and the remedy."""


class _Died(SpeechUnavailable):
    """The worker ended while it had a request."""


class Superseded(Exception):
    """A queued request for partial words was overtaken by a newer request of the same call."""


@dataclass(order=True, slots=True)
class _Waiter:
    rank: tuple[int, int]
    turn: asyncio.Future[None] = field(compare=False)
    replaceable: str = field(compare=False)


class Turns:
    """Lets one in at a time: the lowest priority number first, equals in order of arrival."""

    def __init__(self) -> None:
        self._busy = False
        self._waiting: list[_Waiter] = []
        self._arrivals = itertools.count()

    def someone_before(self, priority: int) -> bool:
        """Whether somebody waits whose priority number is lower."""
        return any(waiter.rank[0] < priority and not waiter.turn.done() for waiter in self._waiting)

    @asynccontextmanager
    async def turn(self, priority: int, replaceable: str = "") -> AsyncIterator[None]:
        """Wait for the turn, hold it, pass it on. Raises Superseded if `supersede` names it while it waits."""
        if self._busy:
            waiter = _Waiter((priority, next(self._arrivals)), asyncio.get_running_loop().create_future(), replaceable)
            heapq.heappush(self._waiting, waiter)
            try:
                await waiter.turn
            except asyncio.CancelledError:
                if waiter.turn.done() and not waiter.turn.cancelled() and waiter.turn.exception() is None:
                    self._pass_on()  # the turn arrived together with the cancellation
                raise
        self._busy = True
        try:
            yield
        finally:
            self._pass_on()

    def supersede(self, replaceable: str) -> None:
        """End the wait of every queued request with this key."""
        for waiter in self._waiting:
            if replaceable and waiter.replaceable == replaceable and not waiter.turn.done():
                waiter.turn.set_exception(Superseded())

    def _pass_on(self) -> None:
        while self._waiting:
            waiter = heapq.heappop(self._waiting)
            if not waiter.turn.done():
                waiter.turn.set_result(None)  # still busy: the turn goes from hand to hand
                return
        self._busy = False


class Lane:
    """One worker process in one role. `start`, then `ask` from any task, then `aclose`."""

    def __init__(self, role: str, cache_dir: Path, threads: int = 1) -> None:
        self.role = role
        self._cache_dir = cache_dir
        self._threads = threads
        self._turns = Turns()
        self._ids = itertools.count(1)
        self._child: asyncio.subprocess.Process | None = None
        self._sizes: tuple[int, int] | None = None
        self._doing_partial = False
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Process id of the living worker."""
        return self._child.pid if self._child is not None and self._child.returncode is None else None

    async def start(self, progress: Progress | None = None) -> None:
        """Start the worker and wait until it is ready, at most 120 s.

        Raises ModelError with the worker's own message, or SpeechUnavailable.
        """
        async with self._turns.turn(0):
            await self._ensure(progress)

    async def ask(
        self,
        header: Header,
        body: bytes = b"",
        *,
        priority: int = 0,
        replaceable: str = "",
        limit_s: float = 20.0,
    ) -> Frame:
        """Send a request and wait for its answer.

        Priority 0 is served before 1, and one with 1 which is being answered is asked to give way. Raises
        Superseded (only above 0: somebody more urgent waits), or SpeechUnavailable: the worker failed, or took
        over `limit_s`.
        """
        if priority == 0 and self._doing_partial:
            self._ask_to_yield()
        async with self._turns.turn(priority, replaceable):
            if self._turns.someone_before(priority):
                raise Superseded
            await self._ensure(None)
            self._doing_partial = priority > 0
            try:
                return await self._exchange(header, body, limit_s)
            except _Died:  # once more: every request only computes, so asking twice does no harm
                await self._ensure(None)
                return await self._exchange(header, body, limit_s)
            finally:
                self._doing_partial = False

    def supersede(self, replaceable: str) -> None:
        """Overtake queued requests with this key: they raise Superseded."""
        self._turns.supersede(replaceable)

    async def aclose(self) -> None:
        """Close the worker's input and wait for its end; after 2 s it is killed. May be called twice."""
        self._closed = True
        await self._stop(gently=True)

    async def _exchange(self, header: Header, body: bytes, limit_s: float) -> Frame:
        number = next(self._ids)
        request = wire.encode(Frame({**header, "id": number}, body))
        try:
            async with asyncio.timeout(limit_s):
                await self._write(request)
                while (answer := await self._read()).header.get("id") != number:
                    pass
        except TimeoutError as error:
            await self._stop(gently=False)
            raise SpeechUnavailable(
                f"The offline speech worker '{self.role}' gave no answer within {limit_s:g} s and was stopped; "
                "the next request starts it again. If this repeats, the machine is overloaded."
            ) from error
        except (asyncio.IncompleteReadError, BadFrame, ConnectionError) as error:
            await self._stop(gently=False)
            raise _Died(
                f"The offline speech worker '{self.role}' ended while it was working; the next request starts it "
                f"again. Its last words are in {self._log().name}."
            ) from error
        if "error" in answer.header:
            raise SpeechUnavailable(f"The offline speech worker '{self.role}' failed: {answer.header['error']}")
        return answer

    async def _ensure(self, progress: Progress | None) -> None:
        if self.pid is not None:
            return
        if self._closed:
            raise SpeechUnavailable(f"The offline speech worker '{self.role}' was closed.")
        await self._stop(gently=False)
        self._child = await self._spawn()
        try:
            async with asyncio.timeout(_START_LIMIT_S):
                await self._await_ready(progress)
        except (asyncio.IncompleteReadError, BadFrame, ConnectionError, TimeoutError) as error:
            await self._stop(gently=False)
            raise SpeechUnavailable(
                f"The offline speech worker '{self.role}' did not start. Its last words are in {self._log().name}."
            ) from error
        except BaseException:
            await self._stop(gently=False)
            raise

    async def _await_ready(self, progress: Progress | None) -> None:
        while True:
            frame = await self._read()
            if "failed" in frame.header:
                if frame.header.get("kind") in {
                    "ModelMissing",
                    "ModelDigestMismatch",
                    "ConversionFailed",
                    "ModelError",
                }:
                    raise ModelError(str(frame.header["failed"]))
                raise SpeechUnavailable(
                    f"The offline speech worker '{self.role}' did not start: {frame.header['failed']}"
                )
            if "ready" in frame.header:
                return
            if progress is not None:
                progress(str(frame.header.get("doing", "")), float(str(frame.header.get("share", 0.0))))

    async def _spawn(self) -> asyncio.subprocess.Process:
        try:
            self._cache_dir.mkdir(parents=True, exist_ok=True)
            log = self._log().open("wb")
        except OSError as error:
            raise SpeechUnavailable(
                f"The speech cache {self._cache_dir} cannot be written: {error.strerror}."
            ) from error
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        with log:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "agent.offline.worker",
                self.role,
                str(self._cache_dir),
                str(self._threads),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                # NumPy's own threads would spin on the cores the recognizer needs: embedding took 250 ms, not 6.
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1"},
                start_new_session=True,  # Ctrl-C in a terminal is for the server, which closes its workers
            )

    def _log(self) -> Path:
        return self._cache_dir / f"speech-{self.role}.log"

    async def _write(self, request: bytes) -> None:
        assert self._child is not None and self._child.stdin is not None
        self._child.stdin.write(request)
        await self._child.stdin.drain()

    def _ask_to_yield(self) -> None:
        if self._child is not None and self._child.stdin is not None and not self._child.stdin.is_closing():
            self._child.stdin.write(wire.encode(Frame({"do": "yield"})))

    async def _read(self) -> Frame:
        """The next frame. Cancelled between its two reads, it goes on with the second one next time."""
        assert self._child is not None and self._child.stdout is not None
        if self._sizes is None:
            self._sizes = wire.lengths(await self._child.stdout.readexactly(wire.LENGTHS.size))
        payload = await self._child.stdout.readexactly(sum(self._sizes))
        sizes, self._sizes = self._sizes, None
        return wire.decode(payload, sizes[0])

    async def _stop(self, gently: bool) -> None:
        child, self._child, self._sizes = self._child, None, None
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            async with asyncio.timeout(_STOP_LIMIT_S if gently else 0):
                await child.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        if child.stdout is not None:
            with suppress(ConnectionError):
                await child.stdout.read()  # to the end, so that the pipe's transport closes itself
