"""The door: which calls come in, and what the others hear. No vendor is touched before a call is in."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from calls.clock import Clock
from calls.errors import ConfigurationError, UnknownLine
from calls.house_ports import Admitted, Declined
from calls.line import IncomingCall, Line
from switchboard.lines import LineBook
from switchboard.places import Places
from switchboard.rates import CallRates

log = logging.getLogger(__name__)

UNKNOWN = "The number you have dialled is not in service. Goodbye."
NOT_NOW = "We cannot take your call on this line. Goodbye."


class Pause(Protocol):
    """A line that is switched off."""

    @property
    def kind(self) -> str:
        """``to`` a number, or with a ``message``."""

    @property
    def value(self) -> str:
        """The number, or the words."""


class Pauses(Protocol):
    """Which lines are paused. Kept in Postgres, so a pause survives a restart."""

    async def current(self) -> Mapping[str, Pause]:
        """Every paused line. Raises when the database is away."""


async def _never_spent(_line: Line) -> str:
    return ""


class Door:
    """Implements the port ``Admission`` over the line book, the pauses and the call counts.

    Without ``places`` the calls of this process are counted and no others. ``expect`` is told of each line that a call
    was let in on, and must not wait; ``spent`` says whether a limit on the day's spending is used up, and never raises.
    """

    def __init__(
        self,
        book: LineBook,
        pauses: Pauses,
        rates: CallRates,
        clock: Clock,
        places: Places | None = None,
        expect: Callable[[Line], None] = lambda _: None,
        spent: Callable[[Line], Awaitable[str]] = _never_spent,
    ) -> None:
        self._book = book
        self._pauses = pauses
        self._rates = rates
        self._clock = clock
        self._last_pauses: Mapping[str, Pause] = {}
        self._places = places or Places(None, clock)
        self._expect = expect
        self._spent = spent

    async def admit(self, call: IncomingCall) -> Admitted | Declined:
        """Once per call."""
        self._reread()
        try:
            line = self._book.find(call.called)
        except UnknownLine:
            return Declined("unknown_line", UNKNOWN)
        pause = (await self._paused()).get(line.id)
        if pause is not None:
            to = pause.value if pause.kind == "to" else ""
            return Declined("paused", "" if to else pause.value, to)
        try:
            reason = await self._over_limit(line, call)
        except BaseException:
            self.release(call.call)
            raise
        if reason:
            self.release(call.call)
        if reason == "blocked":
            return Declined(reason, NOT_NOW)
        if reason:
            human = line.human
            return Declined(
                reason, line.busy_message, human.address if human else "", human.kind if human else "number",
                human.digits if human else "",
            )  # fmt: skip
        self._expect(line)
        return Admitted(line)

    async def readmit(self, call: IncomingCall) -> Admitted | Declined:
        """A call that another process has let in. Its caller is in the middle of it: only the line must exist."""
        self._reread()
        try:
            line = self._book.find(call.called)
        except UnknownLine:
            return Declined("unknown_line", UNKNOWN)
        await self._places.take(line.id, call.call)
        self._expect(line)
        return Admitted(line)

    def _reread(self) -> None:
        try:
            self._book.reload()
        except ConfigurationError as why:
            # A caller is waiting: a slip in an edit must not close every line of the file. The reason may hold a
            # number, so only the place is logged.
            place = str(why).partition(": ")[0]
            log.error("%s has a mistake and the lines as last read hold; see: switchboard line list", place)

    async def _paused(self) -> Mapping[str, Pause]:
        try:
            self._last_pauses = await self._pauses.current()
        except Exception as why:
            # A caller is waiting: an unreachable database must not decide that the line rings to nowhere.
            log.warning("pauses cannot be read (%s); the last ones known hold", type(why).__name__)
        return self._last_pauses

    async def _over_limit(self, line: Line, call: IncomingCall) -> str:
        limits = line.limits
        now = self._clock.wall()
        if any(b.number == call.caller and (b.until is None or now < b.until) for b in limits.blocked):
            return "blocked"
        if await self._places.take(line.id, call.call) > limits.concurrent_calls:
            return "busy"
        if call.caller:
            count = await self._rates.count(line.id, call.caller, call.call)
            if count > limits.calls_per_caller_and_hour:
                return "too_many_calls"
        return "over_budget" if await self._spent(line) else ""

    def release(self, call: str) -> None:
        """The call is over; a second time does nothing."""
        self._places.leave(call)
