"""Hearing providers in order: another one takes over in mid-call and hears again what was not understood to its end.

Two ways lead to another: the one at work says that it cannot go on; or somebody speaks and it tells nothing. Then
another hears beside it, and whoever finds words first is at work from there on: noise, in which neither finds any,
changes nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agent.hearing.stream.loudness import Loudness
from agent.ports import CallContext, Hearing, HearingSession, HearingTraits
from agent.resilience.breakers import Breakers
from agent.resilience.candidates import Candidate, Frugal, never_frugal
from agent.resilience.passing import Passing, words_in
from calls.audio import AudioFrame
from calls.errors import EngineError, ProviderError
from calls.guidance import NOTHING_EXPECTED, Guidance
from calls.line import Line
from calls.ports import Emit
from calls.signals import CallerSaid, ProviderNoticed, Signal, StageFailed, UsageCounted

KEPT_FRAMES = 1_000
"""20 s"""
DOUBT_MS = 700.0
"""of loud sound about which nothing was told, or this long after it; more with one that has been slower before"""
SLOWEST_MS = 2_000.0
UNTOLD_MS = 120.0
"""the least of loud sound that has to be told"""
UNENDED_MS = 900.0
"""of quiet after words, with the turn still open: it may be patience, so another's words are no reason to switch"""
DOUBT_AGAIN_MS = 10_000.0
"""after a doubt that came to nothing"""
BESIDE_MS = 4_000.0
"""how long a second one hears beside the first"""
CONFIRM_MS = 3_000.0
"""speech that one began to hear and the next does not find by then was none"""
RETURN_MS = 60_000.0
"""one that failed may be begun again in the same call, when there is no other"""


@dataclass(frozen=True, slots=True)
class HearingPatience:
    """When to doubt, ms."""

    doubt_ms: float = DOUBT_MS
    beside_ms: float = BESIDE_MS
    confirm_ms: float = CONFIRM_MS


class ResilientHearing:
    """Implements ``Hearing`` over ``candidates``, best first.

    Names and numbers are trusted without a read-back only when every one of them can be trusted with them.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate[Hearing]],
        breakers: Breakers,
        patience: HearingPatience | None = None,
        frugal: Frugal = never_frugal,
    ) -> None:
        self._candidates = tuple(candidates)
        self._breakers = breakers
        self._patience = patience or HearingPatience()
        self._frugal = frugal

    @property
    def traits(self) -> HearingTraits:
        """Those of the first, but for ``exact``."""
        first = self._candidates[0].port.traits
        exact = all(candidate.port.traits.exact for candidate in self._candidates)
        return HearingTraits(first.id, first.turns, first.eager, exact)

    async def warm(self, line: Line) -> None:
        """Whoever would hear the call opens what takes long; never raises."""
        names = [candidate.name for candidate in self._candidates]
        await self._candidates[self._breakers.ready("hearing", names)[0]].port.warm(line)

    def open(self, context: CallContext) -> ResilientHearingSession:
        """A call's session."""
        return ResilientHearingSession(context, self._candidates, self._breakers, self._patience, self._frugal)


@dataclass(slots=True, eq=False)
class _Ear:
    """One provider's session in this call."""

    place: int
    name: str
    session: HearingSession
    task: asyncio.Task[None] | None = None
    told: list[Signal] = field(default_factory=list)
    """by one that hears beside another"""


class ResilientHearingSession:
    """Implements ``HearingSession``. ``hear`` and ``expect`` at any time; ``run`` once, until cancelled."""

    def __init__(
        self,
        context: CallContext,
        candidates: tuple[Candidate[Hearing], ...],
        breakers: Breakers,
        patience: HearingPatience,
        frugal: Frugal,
    ) -> None:
        self._context = context
        self._candidates = candidates
        self._breakers = breakers
        self._patience = patience
        self._frugal = frugal
        self._emit = context.emit
        self._guidance: Guidance = NOTHING_EXPECTED
        self._frames: deque[AudioFrame] = deque(maxlen=KEPT_FRAMES)
        self._passing = Passing()
        self._fell_ms: dict[int, float] = {}
        self._loud = Loudness()
        self._told_at_loud_ms = 0.0
        self._untold_from_ms: float | None = None
        """where the first sound begins about which nothing was told"""
        self._slow_ms = 0.0
        self._next_doubt_ms = 0.0
        self._ended: asyncio.Queue[tuple[_Ear, EngineError] | None] = asyncio.Queue()
        self._group: asyncio.TaskGroup | None = None
        self._beside: _Ear | None = None
        self._beside_since_ms = 0.0
        self._main = self._ear(self._order()[0])

    # --- from the call ------------------------------------------------------------------------------

    def hear(self, frame: AudioFrame) -> None:
        """One frame of the caller. Never waits."""
        if len(self._candidates) > 1:
            self._frames.append(frame)
            if frame.telephone:
                self._loud.hear(frame)
                if self._loud.loud_ms > self._told_at_loud_ms:
                    if self._untold_from_ms is None:
                        self._untold_from_ms = frame.offset_ms
                    self._doubt()
                elif self._passing.words:
                    self._doubt()
        self._main.session.hear(frame)
        if self._beside is not None:
            self._beside.session.hear(frame)

    def expect(self, guidance: Guidance) -> None:
        """What the script wants next."""
        self._guidance = guidance
        self._main.session.expect(guidance)
        if self._beside is not None:
            self._beside.session.expect(guidance)

    async def run(self, emit: Emit) -> None:
        """Hear until cancelled. Raises EngineError when no provider can go on."""
        self._emit = emit
        fault: EngineError | None = None
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                self._begin(self._main)
                while fault is None:
                    fault = await self._attend()
                for ear in (self._main, self._beside):
                    self._stop(ear)
        finally:
            self._group = None
        raise fault

    # --- who is at work -----------------------------------------------------------------------------

    async def _attend(self) -> EngineError | None:
        """The next thing that has to be seen to; a fault when nobody is left."""
        try:
            async with asyncio.timeout(self._next_look_ms() / 1000):
                news = await self._ended.get()
        except TimeoutError:
            self._look()
            return None
        if news is None:
            self._hear_beside()
            return None
        ear, fault = news
        if ear is self._beside:
            self._breakers.failed("hearing", ear.name, fault, self._emit)
            self._fell_ms[ear.place] = self._now_ms()
            self._beside = None
            return None
        return self._replace(fault) if ear is self._main else None

    def _replace(self, fault: EngineError) -> EngineError | None:
        """The one at work cannot go on: the one beside it, or the next."""
        failed = self._main
        self._fell_ms[failed.place] = self._now_ms()
        self._breakers.failed("hearing", failed.name, fault, self._emit)
        if self._beside is not None:
            self._promote(self._beside)
            return None
        place = self._next_place()
        if place is None:
            return fault
        self._main = self._ear(place)
        self._take_over(failed, self._now_ms())
        self._begin(self._main)
        self._replay(self._main)
        return None

    def _promote(self, ear: _Ear) -> None:
        """Whoever heard beside is at work from here on, and what it has told counts."""
        before, self._main, self._beside = self._main, ear, None
        self._stop(before)
        self._take_over(before, self._beside_since_ms - self._patience.doubt_ms)
        told, ear.told = ear.told, []
        for signal in told:
            self._pass_on(signal)

    def _take_over(self, before: _Ear, since_ms: float) -> None:
        for signal in self._passing.changed(self._now_ms() + self._patience.confirm_ms):
            self._emit(signal)
        if before.place != self._main.place:
            took_ms = self._now_ms() - since_ms
            notice = ProviderNoticed("hearing", before.name, "switched", ms=round(took_ms, 3), to=self._main.name)
            self._emit(notice)

    def _hear_beside(self) -> None:
        place = self._next_place()
        if self._beside is not None or place is None or place == self._main.place:
            return
        self._emit(ProviderNoticed("hearing", self._main.name, "slow", "silent", self._patience.doubt_ms))
        self._beside = self._ear(place)
        self._beside_since_ms = self._now_ms()
        self._begin(self._beside)
        self._replay(self._beside)

    def _ear(self, place: int) -> _Ear:
        candidate = self._candidates[place]
        session = candidate.port.open(self._context)
        session.expect(self._guidance)
        return _Ear(place, candidate.name, session)

    def _begin(self, ear: _Ear) -> None:
        assert self._group is not None, "nobody is begun but by run()"
        self._breakers.asked("hearing", ear.name, self._emit)
        ear.task = self._group.create_task(self._hold(ear))

    async def _hold(self, ear: _Ear) -> None:
        fault: EngineError
        try:
            await ear.session.run(lambda signal: self._told(ear, signal))
            fault = ProviderError("hearing", ear.name, "lost", "ended")
        except EngineError as failed:
            fault = failed
        except Exception as bug:  # a plug-in's bug is its vendor's fault, and never the end of a call
            fault = ProviderError("hearing", ear.name, "garbage", type(bug).__name__)
        self._ended.put_nowait((ear, fault))

    @staticmethod
    def _stop(ear: _Ear | None) -> None:
        if ear is not None and ear.task is not None:
            ear.task.cancel()

    def _replay(self, ear: _Ear) -> None:
        newest_ms = self._frames[-1].ends_ms if self._frames else 0.0
        from_ms = self._passing.from_ms(newest_ms, newest_ms if self._untold_from_ms is None else self._untold_from_ms)
        for frame in self._frames:
            if frame.ends_ms > from_ms:
                ear.session.hear(frame)

    # --- what they tell -----------------------------------------------------------------------------

    def _told(self, ear: _Ear, signal: Signal) -> None:
        if isinstance(signal, ProviderNoticed | UsageCounted):
            self._emit(signal)
        elif ear is self._main:
            self._pass_on(signal)
        elif ear is self._beside:
            ear.told.append(signal)
            if words_in(signal) > self._passing.words or isinstance(signal, CallerSaid):
                silent = ProviderError("hearing", self._main.name, "timeout", "silent")
                self._fell_ms[self._main.place] = self._now_ms()
                self._breakers.failed("hearing", self._main.name, silent, self._emit)
                self._promote(ear)

    def _pass_on(self, signal: Signal) -> None:
        if not isinstance(signal, StageFailed):
            if self._beside is not None:
                self._slow_ms = min(self._loud.loud_ms - self._told_at_loud_ms, SLOWEST_MS)
            self._told_at_loud_ms, self._untold_from_ms = self._loud.loud_ms, None
        if words_in(signal):
            self._breakers.answered("hearing", self._main.name, self._emit)
            self._leave_beside()
        for passed in self._passing.take(signal):
            if isinstance(passed, CallerSaid):
                passed = replace(passed, heard=replace(passed.heard, provider=self._main.name))
            self._emit(passed)
        while self._frames and self._frames[0].ends_ms <= self._passing.done_ms:
            self._frames.popleft()

    def _leave_beside(self) -> None:
        if self._beside is not None:
            self._breakers.dropped("hearing", self._beside.name, self._emit)
            self._stop(self._beside)
            self._beside = None

    # --- doubts and times ---------------------------------------------------------------------------

    def _doubt(self) -> None:
        """Ask for a second opinion when much was loud and nothing was told, or some was and then enough time passed."""
        if self._beside is not None or self._group is None or self._now_ms() < self._next_doubt_ms:
            return
        untold_ms = self._loud.loud_ms - self._told_at_loud_ms
        quiet_ms = self._frames[-1].ends_ms - self._loud.ended_ms
        limit_ms = max(self._patience.doubt_ms, 1.5 * self._slow_ms)
        unended = self._passing.words > 0 and quiet_ms >= max(UNENDED_MS, limit_ms)
        untold = untold_ms >= limit_ms or (not self._passing.words and quiet_ms >= limit_ms and untold_ms >= UNTOLD_MS)
        if untold or unended:
            self._next_doubt_ms = self._now_ms() + limit_ms
            self._ended.put_nowait(None)

    def _next_look_ms(self) -> float:
        due = [3_600_000.0]
        if self._beside is not None:
            due.append(self._beside_since_ms + self._patience.beside_ms - self._now_ms())
        if self._passing.confirm_by_ms is not None:
            due.append(self._passing.confirm_by_ms - self._now_ms())
        return max(min(due), 1.0)

    def _look(self) -> None:
        if self._beside is not None and self._now_ms() - self._beside_since_ms >= self._patience.beside_ms:
            self._leave_beside()
            self._next_doubt_ms = self._now_ms() + DOUBT_AGAIN_MS
        for signal in self._passing.late(self._now_ms()):
            self._emit(signal)

    def _order(self) -> list[int]:
        names = [candidate.name for candidate in self._candidates]
        order = self._breakers.ready("hearing", names)
        return self._frugal(self._context, "hearing", names, order)

    def _next_place(self) -> int | None:
        now_ms = self._now_ms()
        all_places = [*self._order(), *range(len(self._candidates))]
        fresh = [place for place in all_places if place not in self._fell_ms and place != self._main.place]
        again = [place for place in all_places if now_ms - self._fell_ms.get(place, now_ms) >= RETURN_MS]
        return next(iter([*fresh, *again]), None)

    def _now_ms(self) -> float:
        return self._breakers.clock.now_ms()
