"""Voices in order: the next one speaks when one fails, also in mid-clause, where it goes on with the next word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from agent.ports import CallContext, Voice, VoicePiece, VoiceSession, VoiceTraits
from agent.resilience.breakers import Breakers
from agent.resilience.candidates import Candidate, Frugal, never_frugal
from agent.resilience.progress import Progress, length_ms
from agent.resilience.race import Attempt, Patience, Race, Won, close
from calls.errors import EngineError, ProviderError
from calls.line import Line
from calls.speech import SpeechStyle

PATIENCE = Patience(hedge_ms=400.0, first_ms=2_500.0)
LEAST_GAP_MS = 500.0
"""A pause between two pieces that is shorter says nothing."""
MARGIN_MS = 350.0
"""Another voice is asked so long before the caller would hear the gap."""


class ResilientVoice:
    """Implements ``Voice`` over ``candidates``, best first. Known texts are voiced by the first alone."""

    def __init__(
        self,
        candidates: Sequence[Candidate[Voice]],
        breakers: Breakers,
        patience: Patience = PATIENCE,
        frugal: Frugal = never_frugal,
    ) -> None:
        self._candidates = tuple(candidates)
        self._breakers = breakers
        self._patience = patience
        self._frugal = frugal

    @property
    def traits(self) -> VoiceTraits:
        """Those of the first."""
        return self._candidates[0].port.traits

    async def warm(self, line: Line) -> None:
        """Whoever would speak opens what takes long, and the one behind; never raises."""
        names = [candidate.name for candidate in self._candidates]
        for place in self._breakers.ready("speaking", names)[:2]:
            await self._candidates[place].port.warm(line)

    def open(self, context: CallContext) -> ResilientVoiceSession:
        """A call's session; the first voice's is opened with it, others' when they are wanted."""
        return ResilientVoiceSession(context, self._candidates, self._breakers, self._patience, self._frugal)

    def speak(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicePiece]:
        """By the first voice, or not at all: what is kept is known by that voice's name. Raises EngineError."""
        return self._candidates[0].port.speak(text, style)


class ResilientVoiceSession:
    """Implements ``VoiceSession``. A voice that failed is not the first to be asked again in this call."""

    def __init__(
        self,
        context: CallContext,
        candidates: tuple[Candidate[Voice], ...],
        breakers: Breakers,
        patience: Patience,
        frugal: Frugal,
    ) -> None:
        self._context = context
        self._candidates = candidates
        self._breakers = breakers
        self._patience = patience
        self._frugal = frugal
        self._sessions: dict[int, VoiceSession] = {}
        self._fallen: set[int] = set()
        self._group: asyncio.TaskGroup | None = None
        self._session(self._order()[0])

    async def run(self) -> None:
        """Hold the connections of the voices in use until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            for session in self._sessions.values():
                group.create_task(self._held(session))
            await asyncio.Event().wait()

    async def speak(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicePiece]:
        """Pieces of one voice, then perhaps of the next. Raises EngineError when no voice goes on."""
        rest, offset_ms, broken, since_ms = text, 0.0, "", None
        for _ in range(len(self._candidates) + 1):
            won = await self._first(rest, style, broken, since_ms)
            progress, provider = Progress(rest), won.provider
            try:
                async for piece in self._pieces(won, progress):
                    if provider:
                        piece, provider = replace(piece, provider=provider), ""
                    yield _later(piece, offset_ms)
            except (GeneratorExit, asyncio.CancelledError):
                # The caller cut in, which tells nothing of the voice; a probe must not be out for ever.
                self._breakers.dropped("speaking", won.provider, self._context.emit)
                raise
            except EngineError as fault:
                since_ms = self._breakers.clock.now_ms()
                self._fell(won.provider, fault)
                rest, broken, offset_ms = progress.rest(), won.provider, offset_ms + progress.passed_ms
                if not rest:
                    return
                continue
            finally:
                await close(won.rest)
            self._breakers.answered("speaking", won.provider, self._context.emit)
            return
        raise ProviderError("speaking", broken, "lost", "again and again")

    async def _first(self, text: str, style: SpeechStyle, broken: str, since_ms: float | None) -> Won[VoicePiece]:
        order = self._order()
        attempts = [self._attempt(place, text, style) for place in order]
        if len(attempts) == 1:
            attempts *= 2
        race = Race[VoicePiece]("speaking", attempts, self._patience, self._breakers)
        won = await race.run(self._context.emit, broken, since_ms)
        for place in order:
            if self._candidates[place].name == won.provider:
                break
            self._fallen.add(place)
        return won

    def _attempt(self, place: int, text: str, style: SpeechStyle) -> Attempt[VoicePiece]:
        return Attempt(self._candidates[place].name, lambda: self._session(place).speak(text, style))

    async def _pieces(self, won: Won[VoicePiece], progress: Progress) -> AsyncIterator[VoicePiece]:
        """The winner's pieces, each up to the end of a word. Raises EngineError, also when it falls silent."""
        clock = self._breakers.clock
        began_ms, made_ms = clock.now_ms(), 0.0
        piece: VoicePiece | None = won.item
        while piece is not None:
            made_ms += length_ms(piece)
            if (ready := progress.take(piece)) is not None:
                yield ready
            left_ms = made_ms - (clock.now_ms() - began_ms)
            piece = await self._next(won, max(left_ms - MARGIN_MS, LEAST_GAP_MS))
        if (ready := progress.flush()) is not None:
            yield ready

    async def _next(self, won: Won[VoicePiece], within_ms: float) -> VoicePiece | None:
        try:
            async with asyncio.timeout(within_ms / 1000):
                return await anext(won.rest, None)
        except TimeoutError:
            raise ProviderError("speaking", won.provider, "timeout", "gap") from None
        except EngineError:
            raise
        except Exception as bug:  # a plug-in's bug is its vendor's fault, and never the end of a call
            raise ProviderError("speaking", won.provider, "garbage", type(bug).__name__) from None

    def _fell(self, provider: str, fault: EngineError) -> None:
        self._breakers.failed("speaking", provider, fault, self._context.emit)
        self._fallen |= {n for n, candidate in enumerate(self._candidates) if candidate.name == provider}

    def _order(self) -> list[int]:
        names = [candidate.name for candidate in self._candidates]
        order = self._breakers.ready("speaking", names)
        order = self._frugal(self._context, "speaking", names, order)
        return sorted(order, key=lambda place: place in self._fallen)

    def _session(self, place: int) -> VoiceSession:
        if place not in self._sessions:
            session = self._sessions[place] = self._candidates[place].port.open(self._context)
            if self._group is not None:
                self._group.create_task(self._held(session))
        return self._sessions[place]

    @staticmethod
    async def _held(session: VoiceSession) -> None:
        try:
            await session.run()
        except Exception:  # a plug-in's bug is its vendor's fault, and never the end of a call
            # What is asked of it next fails, and is answered by the next voice.
            return


def _later(piece: VoicePiece, by_ms: float) -> VoicePiece:
    if not by_ms:
        return piece
    words = tuple(replace(word, start_ms=word.start_ms + by_ms, end_ms=word.end_ms + by_ms) for word in piece.words)
    return replace(piece, words=words)
