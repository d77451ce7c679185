"""The watchdog of goodbyes: a call we ended is ended at the carrier too, even if it never asks what comes next.

Closing the media socket makes the carrier ask ``/twilio/after``, which hangs up. When that question does not come
(a lost request, a TwiML that was changed), the caller would sit on a silent line and pay for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from calls.clock import Clock
from calls.errors import CarrierError
from calls.house_ports import CallControl
from switchboard.live import FellBehind, Tail, TailedSink
from telephony.door import Door

PATIENCE_MS = 10_000.0
"""how long the carrier may take to ask"""

log = logging.getLogger(__name__)


async def _by_nobody(_call: str) -> bool:
    return False


class HangUpWatch:
    """Follows the record for calls that ended. Grammar: run() until cancelled."""

    def __init__(
        self,
        sink: TailedSink,
        door: Door,
        control: CallControl,
        clock: Clock,
        told_elsewhere: Callable[[str], Awaitable[bool]] = _by_nobody,
    ) -> None:
        self._sink = sink
        self._door = door
        self._control = control
        self._clock = clock
        self._told_elsewhere = told_elsewhere

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                with contextlib.suppress(FellBehind), self._sink.following() as tail:
                    await self._follow(tail, group)

    async def _follow(self, tail: Tail, group: asyncio.TaskGroup) -> None:
        while True:
            envelope = await tail.get()
            if envelope.name == "call.ended":
                group.create_task(self._watch(envelope.stream.removeprefix("call:")))

    async def _watch(self, call: str) -> None:
        await self._clock.sleep_ms(PATIENCE_MS)
        visit = self._door.find(call)
        if visit is None or visit.over or visit.incoming.carrier != "twilio":
            return
        try:
            if await self._told_elsewhere(call):
                return  # the carrier asked another process
        except Exception as why:
            log.info("other processes cannot be asked about a call's end (%s)", type(why).__name__)
        log.warning("the carrier did not ask what comes after a call that ended; ending it by REST")
        try:
            await self._control.hang_up(call)
        except CarrierError as why:
            log.error("a call could not be ended by REST: %s", why)
