"""The calls this process knows: who was let in, what was answered, and which socket carries them.

Twilio's webhooks come again and in any order (best effort, up to 15 s apart). So every answer is kept under
what it was asked about, and given again to the letter; effects happen once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from calls.clock import Clock
from calls.house_ports import Admission, Admitted, Declined, LiveCall
from calls.line import IncomingCall, Line
from calls.signals import Signal

CAPACITY: Final = 10_000
"""Calls remembered at once."""
REMEMBERED_MS: Final = 6 * 3_600_000.0
"""How long a call is remembered which nobody said was over."""
SETTLE_MS: Final = 700.0
"""How long a webhook waits for a session that is just ending, so that its record speaks."""
ANSWERS_KEPT: Final = 64
"""Per call; no call has so many different webhooks."""


@dataclass(slots=True)
class Seat:
    """The socket that carries a call now."""

    generation: int
    task: asyncio.Task[None] | None = None
    """builds the call, and runs it"""
    empty: asyncio.Event = field(default_factory=asyncio.Event)
    """set when the call has left this socket"""
    stopped: bool = False
    """the carrier said that the stream is over"""
    _live: LiveCall | None = None
    _early: list[Signal] = field(default_factory=list)

    def take(self, live: LiveCall) -> None:
        """The call is built; it learns what was said while it was not."""
        self._live = live
        for signal in self._early:
            live.signal(signal)
        self._early.clear()

    def tell(self, signal: Signal) -> None:
        """Tell the call, as soon as it is built."""
        if self._live is None:
            self._early.append(signal)
        else:
            self._live.signal(signal)


@dataclass(slots=True)
class Answer:
    """A webhook's answer, and how often it was given."""

    body: str
    expires_ms: float = float("inf")
    given: int = 1


@dataclass(slots=True)
class Visit:
    """One call at the door."""

    incoming: IncomingCall
    since_ms: float
    decision: Admitted | Declined | None = None
    seat: Seat | None = None
    answers: dict[tuple[str, ...], Answer] = field(default_factory=dict)
    connects: int = 0
    """times the caller was sent back to a media socket after one was lost"""
    dials: int = 0
    """times the caller was sent to a person"""
    returns: int = 0
    """times the dialled side's end was reported"""
    pays: int = 0
    """times the caller was sent to the carrier to key a card"""
    captures: int = 0
    """times the carrier brought the caller back from taking a card"""
    waits: int = 0
    """times the caller was asked to wait because the record could not be read"""
    over: bool = False
    freed: bool = False
    answering: asyncio.Lock = field(default_factory=asyncio.Lock)
    """held while a webhook of this call is answered: its retries wait, and get the same"""
    deciding: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def line(self) -> Line | None:
        """The line that took the call; None while undecided or when it was declined."""
        return self.decision.line if isinstance(self.decision, Admitted) else None


class Door:
    """Keeps one `Visit` per call, and asks the port ``Admission`` once for each."""

    def __init__(self, admission: Admission, clock: Clock, capacity: int = CAPACITY) -> None:
        self._admission = admission
        self._clock = clock
        self._capacity = capacity
        self._visits: dict[str, Visit] = {}
        self.draining = False
        """no new call comes in; those inside go on"""
        self.closing = False
        """no socket is taken any more: whoever comes back is sent to another process"""

    def __len__(self) -> int:
        return len(self._visits)

    @property
    def seated(self) -> list[Seat]:
        """The sockets in use, for whoever measures."""
        return [visit.seat for visit in self._visits.values() if visit.seat is not None]

    @property
    def seated_calls(self) -> list[str]:
        """Calls with a socket here."""
        return [call for call, visit in self._visits.items() if visit.seat is not None]

    def find(self, call: str) -> Visit | None:
        """The visit of a call already known."""
        return self._visits.get(call)

    def visit(self, incoming: IncomingCall) -> Visit:
        """The visit of this call; a new one when the call is not known."""
        visit = self._visits.get(incoming.call)
        if visit is None:
            self._make_room()
            visit = self._visits[incoming.call] = Visit(incoming, self._clock.now_ms())
        return visit

    async def decide(self, visit: Visit, *, inside: bool = False) -> Admitted | Declined:
        """Whether the call may come in; asked once, also when two ask at the same time.

        ``inside``: another process has let it in before, as its record or its token shows.
        """
        async with visit.deciding:
            if visit.decision is None:
                ask = self._admission.readmit if inside else self._admission.admit
                visit.decision = await ask(visit.incoming)
            return visit.decision

    async def settle(self, visit: Visit) -> None:
        """Return when no socket carries the call, at most 0.7 s later."""
        if visit.seat is None:
            return
        try:
            async with asyncio.timeout(SETTLE_MS / 1000):
                await visit.seat.empty.wait()
        except TimeoutError:
            # A lost connection that we have not noticed yet: a newer socket will take its place.
            return

    async def drain(self) -> None:
        """Return when no socket carries a call; for shutdown."""
        while seats := self.seated:
            await seats[0].empty.wait()

    async def once(self, visit: Visit, key: tuple[str, ...], make: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer to ``key``: made once, then given again to the letter until it expires."""
        answer = visit.answers.get(key)
        if answer is not None and self._clock.now_ms() < answer.expires_ms:
            answer.given += 1
            return answer
        answer = visit.answers[key] = await make()
        while len(visit.answers) > ANSWERS_KEPT:
            del visit.answers[next(iter(visit.answers))]
        return answer

    def leave(self, visit: Visit) -> None:
        """The call is over: its place is free, no socket may carry it any more."""
        visit.over = True
        self.free(visit)

    def free(self, visit: Visit) -> None:
        """Give the call's place on its line to others; a second time does nothing."""
        if not visit.freed and visit.decision is not None:
            visit.freed = True
            self._admission.release(visit.incoming.call)

    def _make_room(self) -> None:
        now = self._clock.now_ms()
        forgotten = 0
        for call, visit in list(self._visits.items()):
            # Oldest first; a call with a socket is never forgotten.
            old = now - visit.since_ms > REMEMBERED_MS or len(self._visits) >= self._capacity
            if not old or forgotten == 8:
                return
            if visit.seat is None:
                self.leave(visit)
                del self._visits[call]
                forgotten += 1
