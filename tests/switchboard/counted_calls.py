"""Calls as they stand on record, by the dozen: what figures are made of."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from calls import events as ev
from calls.chain import Envelope
from calls.commands import FillSlot
from calls.memory_sink import MemorySink
from calls.record import CallRecord, stream_of
from calls.speech import Clause
from records.call_index import project
from records.store import insert_events
from records.tables import stream_owners

MODEL = "anthropic/claude-haiku-5-5"
Told = Iterator[tuple[float, ev.EventBody]]


def turn(number: int, at: float, chance: random.Random) -> Told:
    """A caller's turn and its answer: every third asks the model, the others are settled by the grammar."""
    at += chance.uniform(80, 160)
    words = f"words of turn {number}"
    yield at - 120, ev.CallerBegan(at - 900)
    yield at, ev.CallerSpoke(number, words, at - 900, at - 100, 0.9, "vendor", provider="deepgram/nova-3")
    reply, asked = f"r{number}", number % 3 == 0
    command = (FillSlot("date", "2026-03-17", words),)
    if asked:
        at += 250
        understood = ev.CommandsUnderstood(number, command, MODEL, 250.0, False, MODEL, 1, 200.0)
        yield at, understood
        yield at, ev.ReplyOpened(reply, number)
        at += 60
        yield at, ev.ClauseComposed(reply, Clause(f"{reply}.1", f"Reply {number}."), MODEL)
        yield at, ev.ReplyClosed(reply, "done")
        yield at, ev.UsageCounted("understanding", MODEL, {"tokens_fresh": 400, "tokens_written": 60})
    else:
        at += 1
        yield at, ev.CommandsUnderstood(number, command, "grammar", 1.0)
        yield at, ev.SlotFilled("date", "2026-03-17", words, 0.9)
        yield at, ev.LineChosen(reply, number, (Clause(f"{reply}.1", f"Reply {number}.", line="ask"),))
    yield at, ev.GuardrailCleared(f"{reply}.1", took_ms=0.4, policy="default@1")
    took = chance.uniform(70, 110)
    yield at + took, ev.ClauseVoiced(f"{reply}.1", took, False, provider="elevenlabs/flash")
    yield at + took + 2, ev.AgentBegan(f"{reply}.1")
    yield at + 1_500, ev.AgentSpoke(f"{reply}.1", f"Reply {number}.", 1_400.0)
    yield at + 1_500, ev.ReplyCompleted(reply)


def story(call: str, answered: datetime, line: str, disposition: str, turns: int, chance: random.Random) -> Told:
    """A whole call."""
    yield 0.0, ev.CallAnswered(
        call, "twilio", "+12025550123", "+12025550100", line, "v1", "cascade", "en-US", "UTC", answered.isoformat()
    )
    for number in range(1, turns + 1):
        yield from turn(number, 4_000.0 * number, chance)
    if disposition == "handed_over":
        yield 4_000.0 * (turns + 1), ev.HandoverRequested("number", "+12025550155")
    end = 4_000.0 * (turns + 1) + 10
    yield end, ev.UsageCounted("hearing", "deepgram/nova-3", {"audio_seconds": end / 1_000})
    yield end, ev.CallEnded("agent_hung_up", disposition, end)


async def envelopes(call: str, told: Told) -> list[Envelope]:
    """Chained, as a session writes them."""
    sink = MemorySink()
    record = await CallRecord.open(sink, "main", call)
    for at, body in told:
        record.append((body,), at)
    return list(await sink.load(stream_of(call)))


async def fill(engine: AsyncEngine, count: int, answered: datetime, turns: int = 10) -> int:
    """``count`` calls a minute apart, the newest at ``answered``; how many events they have."""
    chance, total = random.Random(4), 0
    filed = ("booked", "booked", "answered", "abandoned", "handed_over")
    for n in range(count):
        call, line = f"CA{n:032}", "front" if n % 4 else "back"
        when = answered - timedelta(minutes=count - 1 - n)
        written = await envelopes(call, story(call, when, line, filed[n % len(filed)], turns, chance))
        owner = {"stream": stream_of(call), "tenant": "main", "epoch": 1, "worker": "w", "claimed_at": when}
        async with engine.begin() as connection:
            await connection.execute(stream_owners.insert(), {**owner, "expires_at": when})
            await insert_events(connection, written)
            await project(connection, written)
        total += len(written)
    return total
