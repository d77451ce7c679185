"""Followers of the record, and those who are too slow for it."""

from __future__ import annotations

import pytest

from calls import events as ev
from calls.memory_sink import MemorySink
from calls.record import CallRecord
from calls.virtual_time import run_virtual
from switchboard.live import BEHIND, FellBehind, TailedSink


def test_a_follower_that_is_too_far_behind_is_dropped_and_learns_it() -> None:
    async def scene() -> None:
        sink = TailedSink(MemorySink())
        record = await CallRecord.open(sink, "main", "CA1")
        with sink.following() as slow:
            for n in range(BEHIND + 5):
                record.append([ev.CallerStayedSilent(n)], float(n))
            seen = [(await slow.get()).seq for _ in range(BEHIND)]
            assert seen == list(range(seen[0], seen[0] + BEHIND)), "in order and without a gap"
            with pytest.raises(FellBehind):
                await slow.get()
            with sink.following() as anew:
                record.append([ev.CallerHungUp()], 1.0)
                assert (await anew.get()).name == "caller.hung_up"
                with pytest.raises(FellBehind):
                    await slow.get()

    run_virtual(scene())
