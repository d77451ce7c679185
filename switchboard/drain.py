"""Going down without anybody noticing: no new calls, time for those inside, the rest to another process."""

from __future__ import annotations

import asyncio
import logging

from calls.clock import Clock
from switchboard.places import Places
from switchboard.server import Listener
from telephony.door import Door

LEAVE_S = 5.0
"""How long a session may take to leave its line and to put its end on the record."""
ASKED_S = 2.0
"""How long a process that is the only one waits for its carriers to ask what comes next."""

log = logging.getLogger(__name__)


async def drain(
    door: Door, places: Places, listener: Listener, clock: Clock, seconds: float, hurry: asyncio.Event
) -> int:
    """Returns when no call is here any more; how many had to be handed over to whoever answers next.

    ``hurry``: do not wait for calls to end by themselves.
    """
    door.draining = True
    await places.absent()
    if door.seated:
        log.warning("going down: %d calls may go on for %g s", len(door.seated), seconds)
    async with asyncio.TaskGroup() as group:
        waits = [group.create_task(door.drain()), group.create_task(hurry.wait())]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
    left = door.seated
    door.closing = True
    alone = not await places.others()
    if not alone:
        # From here on the carrier's questions reach somebody else.
        await listener.stop()
    for seat in left:
        if seat.task is not None:
            seat.task.cancel()
    try:
        async with asyncio.timeout(LEAVE_S):
            await door.drain()
    except TimeoutError:
        log.error("%d calls did not leave their sockets", len(door.seated))
    if left and alone:
        await clock.sleep_ms(ASKED_S * 1000)
    if left:
        log.warning("calls handed over to whoever answers next: %d", len(left))
    return len(left)
