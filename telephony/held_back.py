"""A caller's frames that are to be heard together are also read together: until then they lie in the system.

Of what a frame costs a process that is nearly busy, more than half is to be told of it: the system's call, the loop's
round, a task that goes on, and memory that other calls have pushed out of the processor's caches meanwhile. So the
system is told how much has to be there (``SO_RCVLOWAT``). What nothing follows within 0.15 to 0.3 s is asked for all
the same, whatever there is. A carrier's `stop` that comes alone may wait as long: who has hung up waits for nothing.
"""

from __future__ import annotations

import asyncio
from typing import Protocol, runtime_checkable

from calls.audio import FRAME_MS
from telephony.gathered import GatheredFrames


@runtime_checkable
class HoldsBack(Protocol):
    """A ``MediaSocket`` may be one, too."""

    def gather(self, messages: int) -> bool:
        """Tell of nothing until about so many messages like the last are there; 1: of everything. False: cannot."""


class HeldBack:
    """One media stream's. Grammar: ``frame`` for every frame, before ``frames`` takes it."""

    def __init__(self, socket: object, frames: GatheredFrames) -> None:
        self._socket = socket if isinstance(socket, HoldsBack) else None
        self._frames = frames
        self._asked = 1
        self._asking = False
        self._to_come = 0
        """frames that will have lain there when the one arrives which is waited for"""

    @property
    def behind_ms(self) -> float:
        """For so long frames have come after what is read now, though we are only told of it."""
        return FRAME_MS * float(self._to_come)

    def frame(self) -> bool:
        """A frame is here: whether it lay there for others to come, so that nobody knows when it arrived."""
        if not self._asking and self._socket is not None and (self._asked > 1 or self._frames.missing > 1):
            # Once all that was read with it is taken: only then is it known how much is missing.
            self._asking = True
            asyncio.get_running_loop().call_soon(self._ask, self._socket)
        if self._to_come:
            self._to_come -= 1
            return True
        return False

    def _ask(self, socket: HoldsBack) -> None:
        self._asking = False
        self._asked = self._frames.missing
        self._to_come = self._asked - 1 if socket.gather(self._asked) else 0
