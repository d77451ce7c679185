"""One call between the twin and the desk, in memory and in virtual time; and the callers most tests need."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from calls.clock import LoopClock
from calls.virtual_time import run_virtual
from telephony.twin import Caller, CallerScript, CallResult, Tamper, Twin, TwinConfig
from tests.telephony.twin.desk import PUBLIC, TOKEN, Desk, tone

CONFIG = TwinConfig(voice_url=f"{PUBLIC}/voice", auth_token=TOKEN, status_url=f"{PUBLIC}/status", seed=7)
CLOCK = LoopClock()
EPOCH = datetime(2026, 3, 1, tzinfo=UTC)
HELLO = tone(900, 500)


def call(
    desk: Desk,
    script: CallerScript,
    config: TwinConfig = CONFIG,
    tamper: Tamper | None = None,
    beside: Callable[[Twin], Any] | None = None,
    **lent: Any,
) -> CallResult:
    async def main() -> CallResult:
        async with desk.network() as network, asyncio.TaskGroup() as group:
            twin = Twin(config, network, LoopClock(EPOCH), **lent)
            if beside is not None:
                group.create_task(beside(twin))
            return await twin.place_call(to="+15550199", from_="+15550100", script=script, tamper=tamper)

    return run_virtual(main())


def answers(*verbs: Any) -> Desk:
    return Desk(answer=list(verbs))


def codes(result: CallResult) -> list[str]:
    return [finding.code for finding in result.findings]


async def says_hello(phone: Caller) -> None:
    await phone.hears_greeting()
    await phone.says(HELLO, text="hello")
    await phone.waits_for_agent()
    await phone.presses("0")


async def listens(phone: Caller) -> None:
    """Stays on the line."""


async def hangs_up_at_once(phone: Caller) -> None:
    await phone.hangs_up()
