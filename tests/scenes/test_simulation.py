"""Callers drawn from seeds, against an oracle: the books hold what the caller agreed to, and nothing else."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from typing import Any

import pytest

from calls import events as ev
from calls.chain import Envelope, verify
from calls.record import stream_of
from calls.session import CallSession
from calls.state import rebuild
from telephony.twin import CallResult, Human
from tests.counts import count
from tests.scenes.people import Person
from tests.scenes.stage import CALLER, FRONT, LINES, TWIN, House, Played, run_house, run_scene

SEEDS = range(count(full=200, quick=24))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_books_hold_what_the_caller_agreed_to(seed: int) -> None:
    person = Person.drawn(seed)
    chance = random.Random(seed)
    human = Human(chance.choice(("answers", "busy", "no-answer", "failed")))
    config = replace(TWIN, seed=seed, human=human, disorder=chance.choice((0.0, 0.3)))
    takes = {"book": chance.choice((5.0, 300.0, 2_500.0)), "find_times": chance.choice((5.0, 400.0))}
    played = run_scene(person.script, seed=seed, config=config, takes_ms=takes, may_give_up=True)
    story = f"seed {seed}, {person}\n" + "\n".join(person.said) + f"\n{played.transcript}"
    assert not played.result.gave_up, f"{played.result.gave_up}; {story}"
    oracle(person, played, human, story)
    invariants(played, story)


def oracle(person: Person, played: Played, human: Human, story: str) -> None:
    rows = [wish.row for wish in person.agreed[:1]]
    if person.goal == "books":
        assert person.agreed, story
        assert played.bookings == [person.wish.row], story
        assert "booking code" in played.heard, story
    elif person.goal == "declines":
        assert played.bookings == [] and not person.agreed, story
    elif person.goal == "hangs up":
        assert played.bookings in (rows, []), story
    elif person.hung_up or played.result.dialled:
        assert played.bookings in (rows, []), story
        if human.outcome != "answers":
            assert [note["phone"] for note in played.house.memory.books.callbacks] == [person.wish.phone], story


def invariants(played: Played, story: str) -> None:
    """What holds after every call."""
    assert played.names[-1] == "call.ended" and played.names.count("call.ended") == 1, story
    assert len(played.bookings) <= 1, story
    committed = [body for body in played.all(ev.ActionCommitted) if body.receipt.action == "book"]
    assert len(committed) == len(played.bookings), story
    if "You are booked" in played.heard:
        assert committed, story
    assert [finding for finding in played.result.findings if finding.weight == "error"] == [], story
    assert played.result.starved_ms == 0, story
    assert played.house.door.seated == [], story
    if len(played.house.host.sessions) == 1 and "handover.requested" not in played.names:
        (session,) = played.house.host.sessions
        assert isinstance(session, CallSession)
        assert session.state == rebuild(played.events), f"folding the record gives the live state; {story}"
    times = [envelope.at_ms for envelope in played.log]
    assert times == sorted(times), story


def test_callers_at_the_same_time_do_not_meet() -> None:
    """One house, one engine, one process: everybody gets their own appointment, and their own record."""
    people = [person for person in map(Person.drawn, range(1_000, 1_060)) if person.goal == "books"][:6]
    assert len({(person.wish.day, person.wish.at) for person in people}) == len(people)

    async def main(house: House, twin: Any) -> tuple[House, list[list[Envelope]]]:
        async with house.open() as network:
            made = twin(network)

            async def calls(number: int, person: Person) -> CallResult:
                await house.clock.sleep_ms(number * 730)
                result: CallResult = await made.place_call(to=FRONT, from_=CALLER, script=person.script)
                assert not result.gave_up, f"{result.gave_up} {person}"
                return result

            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(calls(number, person)) for number, person in enumerate(people)]
            return house, [await house.sink.load(stream_of(task.result().call_sid)) for task in tasks]

    house, logs = run_house(main, lines=LINES.replace("concurrent_calls: 2", "concurrent_calls: 20"))
    for person, log in zip(people, logs, strict=True):
        assert verify(log) > 50
        bodies = [envelope.event().body for envelope in log]
        (committed,) = [b for b in bodies if isinstance(b, ev.ActionCommitted) and b.receipt.action == "book"]
        assert committed.receipt.result["date"] == str(person.wish.day)
        assert committed.receipt.result["time"] == f"{person.wish.at:%H:%M}"
    assert sorted(house.bookings) == sorted(person.wish.row for person in people)
