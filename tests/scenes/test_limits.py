"""Calls which are not taken: what they hear instead, and that nothing is opened for them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from telephony.twin import Caller, CallResult
from tests.scenes.stage import CALLER, FRONT, HUMAN, LINES, House, asked, run_house, run_scene

NOBODY = LINES.replace('    human: {number: "+15550177", ring_seconds: 15}\n', "")


async def listens(phone: Caller) -> None:
    await phone.waits(20)


def nothing_opened(house: House) -> bool:
    return house.engine.opened == 0 and house.sockets == [] and house.host.sessions == []


def pause(kind: str, value: str) -> Callable[[House], None]:
    return lambda house: house.pauses.update(front=SimpleNamespace(kind=kind, value=value))


def test_a_blocked_caller_is_told_and_nothing_else() -> None:
    played = run_scene(listens, from_="+12125550666")
    assert "We cannot take your call on this line" in played.heard
    assert played.result.end_reason == "server_hung_up"
    assert played.result.dialled == [] and played.log == []
    assert nothing_opened(played.house)


def test_a_paused_line_says_its_message() -> None:
    played = run_scene(listens, prepare=pause("message", "We are closed for the holidays."))
    assert "closed for the holidays" in played.heard
    assert nothing_opened(played.house)


def test_a_paused_line_rings_another_number() -> None:
    played = run_scene(listens, prepare=pause("to", "+15550188"))
    assert [dialled.target for dialled in played.result.dialled] == ["+15550188"]
    assert nothing_opened(played.house)


def test_a_number_that_is_no_line_is_not_in_service() -> None:
    played = run_scene(listens, to="+15559999")
    assert "not in service" in played.heard
    assert nothing_opened(played.house)


@pytest.mark.parametrize("with_human", [True, False])
def test_the_third_call_at_once_finds_the_line_busy(with_human: bool) -> None:
    async def main(house: House, twin: Any) -> list[CallResult]:
        import asyncio

        async with house.open() as network:
            made = twin(network)

            async def stays(phone: Caller) -> None:
                await asked(phone, "cleaning")
                await phone.says("hold on a second please")
                await phone.waits(20)
                await phone.hangs_up()

            async with asyncio.TaskGroup() as group:
                first = [
                    group.create_task(made.place_call(to=FRONT, from_=f"+1212555010{n}", script=stays)) for n in (1, 2)
                ]
                await house.clock.sleep_ms(5_000)
                opened = house.engine.opened
                third = await made.place_call(to=FRONT, from_=CALLER, script=listens)
                assert house.engine.opened == opened == 2
            fourth = await made.place_call(to=FRONT, from_=CALLER, script=stays)
            return [third, *(task.result() for task in first), fourth]

    third, *others = run_house(main, lines=LINES if with_human else NOBODY)
    if with_human:
        assert [dialled.target for dialled in third.dialled] == [HUMAN]
    else:
        assert "All of our lines are busy" in third.agent[0].text
    assert third.streams == []
    assert [len(other.streams) for other in others] == [1, 1, 1], "the place of a call that ended is free again"


def test_too_many_calls_from_one_number_within_an_hour() -> None:
    async def main(house: House, twin: Any) -> list[int]:
        async with house.open() as network:
            made = twin(network)

            async def rings_off(phone: Caller) -> None:
                await phone.waits(0.5)
                await phone.hangs_up()

            streams = []
            for _ in range(4):
                result = await made.place_call(to=FRONT, from_=CALLER, script=rings_off)
                streams.append(len(result.streams))
            await house.clock.sleep_ms(3_600_000)
            last = await made.place_call(to=FRONT, from_=CALLER, script=rings_off)
            return [*streams, len(last.streams)]

    lines = NOBODY.replace("calls_per_caller_and_hour: 30", "calls_per_caller_and_hour: 3")
    assert run_house(main, lines=lines) == [1, 1, 1, 0, 1]


def test_the_longest_call_ends_with_a_word() -> None:
    async def caller(phone: Caller) -> None:
        for _ in range(10):
            await asked(phone)
            await phone.says("what are your opening hours")

    lines = LINES.replace("limits: {concurrent", "limits: {call_seconds: 40, concurrent")
    played = run_scene(caller, lines=lines)
    assert "as long as a call can be" in played.heard
    assert played.heard.endswith("Goodbye.")
    assert 40_000 <= played.result.duration_ms < 50_000
