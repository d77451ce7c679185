"""One load: so many callers, one line, the same course for each; and what the server used meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from calls.clock import LoopClock
from switchboard.bench.caller import Call, Caller, Course
from switchboard.bench.ledger import Ledger, Utterance
from switchboard.bench.served import SECRET, Served, Used
from telephony.twin.config import TwinConfig
from telephony.twin.web import WebNetwork

APART_MS = 67.0
"""between one caller's dialling and the next's: not a multiple of a frame, so that their frames interleave"""


@dataclass(frozen=True, slots=True)
class Load:
    """What is to be placed. ``stall_ms``: how long the server's loop is to stand still once all calls are up."""

    number: str
    course: Callable[[int], Course]
    """of the caller of this ordinal, from 0"""
    calls: int = 1
    stall_ms: float = 0.0


@dataclass(slots=True)
class Outcome:
    """What came of a load."""

    calls: Sequence[Call]
    utterances: Sequence[Utterance]
    before: Used
    """when no call was up"""
    during: Used
    """when all were"""
    after: Used
    seconds: float = 0.0
    """of all calls together"""
    questions: int = 0
    """to the model"""
    troubles: list[str] = field(default_factory=list)

    @property
    def cpu_ms_a_second(self) -> float:
        """CPU of the server's process, ms for each second of each call."""
        return (self.after.cpu_s - self.before.cpu_s) * 1000 / self.seconds if self.seconds else 0.0

    @property
    def mb_a_call(self) -> float:
        """Memory the server took for each call."""
        return max(0.0, self.during.resident_mb - self.before.resident_mb) / max(1, len(self.calls))


async def place(load: Load, server: Served, ledger: Ledger) -> Outcome:
    """All calls of a load, to their ends."""
    clock, first, questions = LoopClock(), len(ledger.utterances), ledger.questions
    config = TwinConfig(voice_url=f"{server.url}/twilio/voice", auth_token=SECRET)
    before = await server.used()
    async with WebNetwork() as network, asyncio.TaskGroup() as group:

        async def one(ordinal: int) -> Call:
            await clock.sleep_ms(ordinal * APART_MS)
            caller = Caller(ledger, network, clock, config)
            return await caller.run(load.course(ordinal), to=load.number, from_=f"+1212555{100 + ordinal:04}")

        tasks = [group.create_task(one(ordinal)) for ordinal in range(load.calls)]
        await clock.sleep_ms(load.calls * APART_MS + 4_000.0)
        during = await server.used()
        if load.stall_ms:
            await server.stall(load.stall_ms)
    calls = [task.result() for task in tasks]
    outcome = Outcome(calls, ledger.utterances[first:], before, during, await server.used())
    outcome.questions = ledger.questions - questions
    outcome.seconds = sum(call.seconds for call in calls)
    outcome.troubles = [call.trouble for call in calls if call.trouble]
    return outcome
