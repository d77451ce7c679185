"""The door: which calls come in, and what the others hear. No vendor is touched before a call is in."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Protocol

from calls.clock import Clock
from calls.errors import UnknownLine
from calls.line import IncomingCall, Line
from calls.ports import Admitted, Declined
from switchboard.lines import LineBook

HOUR_MS = 3_600_000.0

REMEMBERED_CALLERS = 50_000
"""Callers counted at once; beyond that the longest unheard-of is forgotten."""

UNKNOWN = "The number you have dialled is not in service. Goodbye."
NOT_NOW = "We cannot take your call on this line. Goodbye."


class Pause(Protocol):
    """A line that is switched off: calls go to ``dial``, or hear ``message``."""

    @property
    def dial(self) -> str: ...

    @property
    def message(self) -> str: ...


class Pauses(Protocol):
    """Which lines are paused. Answers from memory or with one query; survives a restart."""

    async def of(self, line: str) -> Pause | None:
        """The pause in force on ``line``."""


class Door:
    """Implements the port ``Admission`` over the line book, the pauses and per-process counters."""

    def __init__(self, book: LineBook, pauses: Pauses, clock: Clock) -> None:
        self._book = book
        self._pauses = pauses
        self._clock = clock
        self._inside: dict[str, str] = {}
        self._recent: dict[tuple[str, str], deque[float]] = defaultdict(deque)

    async def admit(self, call: IncomingCall) -> Admitted | Declined:
        """Once per call."""
        self._book.reload()
        try:
            line = self._book.find(call.called)
        except UnknownLine:
            return Declined("unknown_line", UNKNOWN)
        pause = await self._pauses.of(line.id)
        if pause is not None:
            return Declined("paused", pause.message or line.busy_message, pause.dial)
        reason = self._over_limit(line, call)
        if reason == "blocked":
            return Declined(reason, NOT_NOW)
        if reason:
            human = line.human
            return Declined(
                reason, line.busy_message, human.address if human else "", human.kind if human else "number"
            )
        self._inside[call.call] = line.id
        return Admitted(line)

    def _over_limit(self, line: Line, call: IncomingCall) -> str:
        limits = line.limits
        now = self._clock.wall()
        if any(b.number == call.caller and (b.until is None or now < b.until) for b in limits.blocked):
            return "blocked"
        if sum(1 for inside in self._inside.values() if inside == line.id) >= limits.concurrent_calls:
            return "busy"
        if call.caller and self._calls_this_hour(line, call.caller) > limits.calls_per_caller_and_hour:
            return "too_many_calls"
        return ""

    def _calls_this_hour(self, line: Line, caller: str) -> int:
        now = self._clock.now_ms()
        recent = self._recent[line.id, caller]
        while recent and now - recent[0] > HOUR_MS:
            recent.popleft()
        # One more than the limit is enough to know that it is passed.
        if len(recent) <= line.limits.calls_per_caller_and_hour:
            recent.append(now)
        if len(self._recent) > REMEMBERED_CALLERS:
            self._recent.pop(next(iter(self._recent)))
        return len(recent)

    def release(self, call: str) -> None:
        """The call is over; a second time does nothing."""
        self._inside.pop(call, None)
