"""A booking call whose server is killed at a drawn moment, and what the record says of it afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from calls import events as ev
from calls.events import CallEvent
from calls.run import Run
from calls.state import rebuild
from records.store import load_stream
from switchboard.simulated import Habit, Persona
from telephony.twin import Caller, CallResult
from tests.wire.callers import booker
from tests.wire.process import NUMBER, Server, twin_of
from tests.wire.two import PUBLIC, QUICK, fronted

TURNS = 8
"""A booking has at least so many turns before its goodbye."""
WITHIN_TURN_S = 3.5
"""About as long as a turn of both sides takes; longer than a turn is a moment in the next one."""
WITHIN_LAST_S = 1.5
"""After the last question the caller still answers and the agent says goodbye: the call goes on for longer."""
FRAME_MS = 20
"""The caller's phone counts time in whole frames."""
CALLER = "+12125550142"
ASKED = "book it"
"""The last words of the question before the booking: a time was held long before it, in a transaction of its own."""
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'bookings'::regclass"


@dataclass(frozen=True)
class Moment:
    """When the server is killed."""

    seed: int
    turn: int
    after_s: float
    in_transaction: bool
    """while the booking's transaction waits for the table"""

    @classmethod
    def drawn(cls, seed: int) -> Moment:
        """From a seed; every fifth falls into the transaction."""
        chance = random.Random(f"kill {seed}")
        turn = chance.randrange(TURNS)
        within_s = WITHIN_LAST_S if turn == TURNS - 1 else WITHIN_TURN_S
        return cls(seed, turn, chance.uniform(0, within_s), seed % 5 == 1)


@dataclass
class Story:
    """What came of one call."""

    moment: Moment
    result: CallResult
    killed_ms: float
    """of the call"""
    heard: list[str]
    used: Counter[str]
    """what the caller was asked: pattern -> times"""
    events: list[CallEvent] = field(default_factory=list)
    bookings: int = 0
    receipts: int = 0
    log: str = ""

    @property
    def detected_ms(self) -> float:
        """How long the carrier took to notice and to ask."""
        asked = [hook.at_ms - hook.took_ms for hook in self.result.webhooks if "/after" in hook.url]
        return next(at_ms for at_ms in asked if at_ms >= self.killed_ms - FRAME_MS) - self.killed_ms

    @property
    def recovery_ms(self) -> float:
        """From the carrier's question to the agent's first audio at the caller."""
        second = self.result.streams[1]
        assert second.first_audio_ms is not None
        return second.start_ms + second.first_audio_ms - self.killed_ms - self.detected_ms

    @property
    def lost_at(self) -> int:
        """Index of the event which says that the process was lost."""
        lost = [n for n, event in enumerate(self.events)
                if isinstance(event.body, ev.CarrierLost) and event.body.reason == "process_lost"]  # fmt: skip
        assert len(lost) == 1, [event.name for event in self.events]
        return lost[0]

    def runs(self) -> tuple[Run, Run]:
        """Where the script stood when the process was lost, and when the caller was first asked again."""
        at = self.lost_at
        spoke = (n for n, e in enumerate(self.events) if n > at and isinstance(e.body, ev.CallerSpoke | ev.CallEnded))
        return rebuild(self.events[:at]).run, rebuild(self.events[: next(spoke)]).run

    @property
    def repeated(self) -> int:
        """Questions the caller was asked more than once."""
        return sum(times - 1 for times in self.used.values())

    def __str__(self) -> str:
        names = "\n".join(f"{e.at_ms:9.0f} {e.name} {e.body}"[:200] for e in self.events)
        return f"{self.moment} killed at {self.killed_ms:.0f} ms\n{self.heard}\n{self.used}\n{names}\n{self.log}"


class Remembering(Persona):
    """A caller who counts what they were asked."""

    used: Counter[str]

    def _habit(self, words: str) -> Habit | None:
        habit = super()._habit(words)
        if habit is not None and "line dropped" not in habit.hears and habit.says and habit.hears != ".*":
            self.used[habit.hears] += 1
        return habit


def caller(ordinal: int) -> Remembering:
    """Wants a cleaning, and goes on after a dropped line."""
    back = Habit(r"shall we go on|go on where|continue where|pick up where|carry on", "Yes, please.")
    persona = Remembering((back, *booker(ordinal).habits))
    persona.used = Counter()
    return persona


async def crash(folder: Path, stores: dict[str, str], moment: Moment) -> Story:
    """One call from its first ring to its end, over two servers of which the first is killed."""
    more = stores | {"PUBLIC_URL": PUBLIC}
    servers = [Server(folder / "var", options=QUICK, more=more) for _ in range(2)]
    database = create_async_engine(stores["DATABASE_URL"])
    persona = caller(moment.seed)
    killed: list[float] = []
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(database.dispose)
        for server in servers:
            await stack.enter_async_context(server)
        network = await stack.enter_async_context(fronted(servers))
        phones: list[Caller] = []

        async def script(phone: Caller) -> None:
            phones.append(phone)
            await persona(phone)

        async def kill() -> None:
            if moment.in_transaction:
                while not any(ASKED in words for words in persona.heard):
                    await asyncio.sleep(0.02)
                await _inside(database, lambda: _strike(servers[0], phones, killed))
                return
            while len(persona.heard) < moment.turn or not phones:
                await asyncio.sleep(0.02)
            await asyncio.sleep(moment.after_s)
            await _strike(servers[0], phones, killed)

        async with asyncio.TaskGroup() as group:
            killing = group.create_task(kill())
            result = await twin_of(PUBLIC, network).place_call(to=NUMBER, from_=CALLER, script=script)
            killing.cancel()
        assert killed, f"the call ended before the crash: {moment} {persona.heard}"
        story = Story(moment, result, killed[0], persona.heard, persona.used)
        story.log = "\n".join(line for server in servers for line in server.log)
        story.events = [envelope.event() for envelope in await load_stream(database, f"call:{result.call_sid}")]
        async with database.connect() as connection:
            story.bookings = (await connection.execute(text("SELECT count(*) FROM bookings"))).scalar_one()
            story.receipts = (
                await connection.execute(text("SELECT count(*) FROM receipts WHERE action = 'book'"))
            ).scalar_one()
        return story


async def _strike(server: Server, phones: list[Caller], killed: list[float]) -> None:
    killed.append(phones[0].now_s * 1000)
    await server.kill()


async def _inside(database: AsyncEngine, strike: object) -> None:
    """Hold the bookings' table until a transaction waits for it, strike, and let go."""
    async with database.connect() as holder, database.connect() as watcher:
        # a connection of its own in a transaction of its own: nobody can write while it is open
        await holder.execute(text("LOCK TABLE bookings IN EXCLUSIVE MODE"))
        while not (await watcher.execute(text(WAITING))).scalar_one():
            await watcher.rollback()
            await asyncio.sleep(0.02)
        await strike()  # type: ignore[operator]
        await holder.rollback()
