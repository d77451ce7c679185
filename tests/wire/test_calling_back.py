"""A call that breaks off in the middle, and the same number again a moment later."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from switchboard.simulated import Habit
from telephony.twin import Caller, CallResult
from tests.wire.crashes import Remembering, caller
from tests.wire.process import NUMBER, Server, environment, switchboard, twin_of
from tests.wire.two import PUBLIC, QUICK, fronted

pytestmark = pytest.mark.wire

OFFER = r"cut off a moment ago"


class Breaks(Remembering):
    """Hangs up in the middle: as soon as the time is asked for."""

    async def __call__(self, phone: Caller) -> None:
        span = await phone.hears_greeting()
        while "time" not in (words := (await phone.understands(span)).lower()):
            habit = self._habit(words)
            assert habit is not None and isinstance(habit.says, str)
            await phone.says(habit.says)
            span = await phone.waits_for_agent()
        self.heard.append(words)
        await phone.hangs_up()


def test_who_calls_back_goes_on_where_they_were_after_a_yes(folder: Path, stores: dict[str, str]) -> None:
    async def main() -> tuple[list[CallResult], Remembering, list[str]]:
        more = stores | {"PUBLIC_URL": PUBLIC}
        servers = [Server(folder / "var", options=QUICK, more=more) for _ in range(2)]
        first, second = Breaks(caller(0).habits), caller(0)
        first.used = Counter()
        second.habits = (Habit(OFFER, "Yes, please."), *second.habits)
        second.most_turns = 2
        async with servers[0], servers[1], fronted(servers) as network:
            twin = twin_of(PUBLIC, network)
            results = [await twin.place_call(to=NUMBER, from_="+12125550142", script=first)]
            network.order.reverse()  # the other process has never heard of the first call
            results.append(await twin.place_call(to=NUMBER, from_="+12125550142", script=second))
            env = environment(folder / "var", servers[0].port, **more)
            told = [await switchboard("transcript", r.call_sid, env=env, folder=folder) for r in results]
        return results, second, [one.out + one.err for one in told]

    results, second, told = asyncio.run(main())

    assert "date filled" in told[0], told[0]
    assert results[0].end_reason == "caller_hung_up"
    offered, resumed = second.heard[0], second.heard[1]
    # The offer tells nothing of the call before.
    assert "cut off a moment ago" in offered
    for told_nothing in ("cleaning", "monday", "tuesday", "wednesday", "thursday", "friday", "nine"):
        assert told_nothing not in offered
    assert "time" in resumed, second.heard
    assert "service filled = cleaning" in told[1] and "date filled" in told[1], told[1]
