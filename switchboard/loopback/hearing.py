"""A vendor's listening side, without its wire: connections, refusals, delays, and what can go wrong, as data.

``listening`` serves it; ``deepgram_listen`` and ``scribe`` put their wires on it.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from calls.clock import LoopClock

KEY = "loopback-key"


class Trouble(StrEnum):
    """What can go wrong."""

    REFUSE = "refuse"
    """the handshake is answered with ``status``"""
    LOSE = "lose"
    """the connection breaks without a word"""
    CLOSE = "close"
    """it is closed with ``code``"""
    ERROR = "error"
    """an error message with ``text`` as its code, then close 1011"""
    GARBAGE = "garbage"
    """``count`` messages that cannot be read"""
    UNKNOWN = "unknown"
    """``count`` messages of types which do not exist yet"""
    MUTE = "mute"
    """nothing is said any more, while audio is taken"""
    DEAF = "deaf"
    """nothing is read any more"""
    SLOW_FINAL = "slow_final"
    """final words come ``ms`` later than they should; Flux: the end of turn does"""
    NO_FINAL = "no_final"
    """no pause is ever noticed: noise holds the ear open"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One trouble: on which connections (from 0; none named: all), and after how much of their audio."""

    trouble: Trouble
    after_ms: float = 0.0
    connections: frozenset[int] = frozenset()
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    code: int = 1011
    text: str = ""
    count: int = 1
    ms: float = 0.0

    def strikes(self, connection: int) -> bool:
        """Whether it is meant for this connection."""
        return not self.connections or connection in self.connections


@dataclass(frozen=True, slots=True)
class Delays:
    """The vendor's own time, ms of audio and of the clock after what it is about."""

    began: float = 60.0
    interim: float = 40.0
    final: float = 100.0
    """after the end of speech"""
    eager: float = 120.0
    end: float = 250.0


@dataclass(slots=True)
class Log:
    """What one connection asked for and sent."""

    path: str
    query: list[tuple[str, str]]
    texts: list[str] = field(default_factory=list)
    audio_bytes: int = 0
    sent: list[tuple[float, str]] = field(default_factory=list)
    """(the clock's ms, type) of every message that went out"""
    ended: bool = False

    def values(self, name: str) -> list[str]:
        """Of a query parameter."""
        return [value for key, value in self.query if key == name]


class Refused(Exception):
    """The handshake is not accepted."""

    def __init__(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(status))
        self.status = status
        self.headers = dict(headers or {})


class Ended(Exception):
    """The server ends the connection; ``code`` None: without a close frame."""

    def __init__(self, code: int | None) -> None:
        super().__init__(str(code))
        self.code = code


class Timetable:
    """Messages that are due: in the order of the audio they are about, none before its time."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, float, Callable[[], list[str]]]] = []
        self._order = itertools.count()
        self._dropped: set[int] = set()
        self._clock = LoopClock()
        self._changed = asyncio.Event()
        self.media_ms = 0.0
        self.mute = False

    def at(self, media_ms: float, delay_ms: float, make: Callable[[], list[str]]) -> int:
        """``delay_ms`` after now, when the audio has come to ``media_ms`` too. Gives a number to drop it by."""
        number = next(self._order)
        heapq.heappush(self._due, (media_ms, number, self._clock.now_ms() + delay_ms, make))
        self._changed.set()
        return number

    def drop(self, number: int) -> None:
        """It will not come."""
        self._dropped.add(number)

    def advance(self, media_ms: float) -> None:
        """The audio has come this far."""
        self.media_ms = media_ms
        # A frame of tolerance: the clock decides within it.
        if self._due and self._due[0][0] <= media_ms + 20.0:
            self._changed.set()

    async def run(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Hand out what is due, for good."""
        while True:
            self._changed.clear()
            while self._due and self._ready():
                _, number, _, make = heapq.heappop(self._due)
                if number not in self._dropped and not self.mute:
                    for message in make():
                        await send(message)
            wait_ms = None
            if self._due and self._due[0][0] <= self.media_ms + 20.0:
                wait_ms = max(0.0, self._due[0][2] - self._clock.now_ms())
            try:
                async with asyncio.timeout(None if wait_ms is None else wait_ms / 1000):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _ready(self) -> bool:
        media_ms, number, at_ms, _ = self._due[0]
        if number in self._dropped:
            return True
        return media_ms <= self.media_ms + 20.0 and at_ms <= self._clock.now_ms() + 0.001
