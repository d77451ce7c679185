"""An event loop whose clock jumps: a 60 s call takes milliseconds and comes out the same every time.

Time stands still while there is work or input/output in flight, and jumps to the next timer when there is none.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")

_IO_POLL_S = 0.05
"""How long one real wait for input/output may take before the loop looks again."""


class _JumpingSelector:
    """A selector which, when asked to wait, moves virtual time instead, unless input/output is in flight."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.now_s = 0.0
        self.busy: Callable[[], bool] = lambda: False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        # The loop's own wake-up pipe is always registered; anything beyond it is somebody waiting for a socket.
        in_flight = self.busy() or len(self._real.get_map()) > 1
        if timeout is None:
            return self._real.select(_IO_POLL_S if in_flight else None)
        if in_flight:
            return self._real.select(_IO_POLL_S)
        self.now_s += timeout
        return []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """``time()`` starts at 0 and advances only when nothing else can happen."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)  # type: ignore[arg-type]  # duck-typed: only select() differs
        self._threads = 0
        self._jumping.busy = lambda: self._threads > 0

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        # A nanosecond ahead, so that a timer set for exactly now counts as due.
        return self._jumping.now_s + 1e-9

    def run_in_executor(  # type: ignore[override]  # the base class is typed with TypeVarTuple
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """As the base class; a thread at work holds virtual time still."""
        future: asyncio.Future[T] = super().run_in_executor(executor, func, *args)
        self._threads += 1
        future.add_done_callback(self._thread_done)
        return future

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """As the base class. Joining threads takes real time, in which the limit of virtual minutes must not pass."""
        self._threads += 1
        try:
            await super().shutdown_default_executor()
        finally:
            self._threads -= 1

    def _thread_done(self, _: asyncio.Future[Any]) -> None:
        self._threads -= 1


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run ``main`` to its end on a loop of virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
