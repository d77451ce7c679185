"""Builds a call's session out of its parts: implements the port ``CallHost``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from agent.safety.cards import CardEar
from calls.clock import Clock
from calls.commands import Value
from calls.conversation import Conversation
from calls.danger import Watch
from calls.errors import RecordError, reason_of
from calls.events import CallEvent
from calls.line import IncomingCall, Line
from calls.ports import Actions, Engine, EngineSession, EventSink, Guardrail, PlayOut, Recorder, Scripts, Vault
from calls.record import CallRecord
from calls.run import Earlier
from calls.session import CallSession, Parts
from calls.state import rebuild
from records.recording_path import recording_path
from switchboard.desk import since_answer_ms

log = logging.getLogger(__name__)

MakeRecorder = Callable[[Path, float], Recorder]
"""(file, ms since answer at the stream's first frame): a call taken up again goes on in the same file"""

FindEarlier = Callable[[IncomingCall, Line], Awaitable[Earlier | None]]
"""The caller's call before this one, when it broke off a moment ago."""


FindHints = Callable[[IncomingCall, Line], Awaitable[Mapping[str, Value]]]
"""What is known of a number before the first word, and never spoken."""


async def _nothing(_incoming: IncomingCall, _line: Line) -> Mapping[str, Value]:
    return {}


async def _never(_incoming: IncomingCall, _line: Line) -> None:
    return None


Remember = Callable[[EngineSession, Sequence[CallEvent]], None]
"""The session goes on with a call whose record so far is this."""


def _forget(_session: EngineSession, _past: Sequence[CallEvent]) -> None:
    """Nothing of it matters."""


def _no_vault(_line: Line) -> None:
    return None


class Host:
    """Holds what all calls share."""

    def __init__(
        self,
        *,
        sink: EventSink,
        engine_of: Callable[[Line], Engine],
        scripts: Scripts,
        gate_of: Callable[[Line], Guardrail],
        watch: Watch,
        actions: Actions,
        clock: Clock,
        recordings: Path | None,
        make_recorder: MakeRecorder,
        earlier: FindEarlier = _never,
        hints: FindHints = _nothing,
        remember: Remember = _forget,
        vault_of: Callable[[Line], Vault | None] = _no_vault,
    ) -> None:
        self._sink = sink
        self._engine_of = engine_of
        self._scripts = scripts
        self._gate_of = gate_of
        self._watch = watch
        self._actions = actions
        self._clock = clock
        self._recordings = recordings
        self._make_recorder = make_recorder
        self._earlier = earlier
        self._hints = hints
        self._remember = remember
        self._vault_of = vault_of
        self._cards = CardEar()

    async def open(self, incoming: IncomingCall, line: Line, stream_id: str, playout: PlayOut) -> CallSession:
        """A new call, or one taken up again where its record says it stands."""
        record = await CallRecord.open(self._sink, line.tenant, incoming.call)
        state = rebuild(record.past)
        if state.answered is None:
            # Together: somebody is waiting.
            earlier, hints = await asyncio.gather(self._earlier(incoming, line), self._hints(incoming, line))
            incoming = replace(incoming, earlier=earlier, hints=hints)
        director = await self._scripts.director(line, incoming, state)
        since_ms = since_answer_ms(state, self._clock)
        engine = self._engine_of(line)
        session = engine.open(line, since_ms)
        self._remember(session, record.past)
        recorder, unrecorded = self._recorder(incoming.call, since_ms) if line.record else (None, "")
        if recorder is not None:
            playout.record_to(recorder)
        playout.reference_to(lambda offset_ms, mulaw: session.played(since_ms + offset_ms, mulaw))
        vault = self._vault_of(line)
        parts = Parts(
            conversation=Conversation(
                line, incoming, director, engine.traits, self._watch, vault.traits if vault is not None else None
            ),
            record=record,
            engine=session,
            guardrail=self._gate_of(line),
            playout=playout,
            actions=self._actions,
            clock=self._clock,
            recorder=recorder,
            unrecorded=unrecorded,
            vault=vault,
            cards=self._cards,
        )
        return CallSession(parts, stream_id, since_ms)

    def _recorder(self, call: str, since_ms: float) -> tuple[Recorder | None, str]:
        """The recorder, or why there is none."""
        if self._recordings is None:
            return None, ""
        try:
            return self._make_recorder(recording_path(self._recordings, call), since_ms), ""
        except (OSError, RecordError) as fault:
            # A caller is answered also when the disk is not.
            why = reason_of(fault)
            log.error("a call is not recorded: %s (check the folder for recordings)", why)
            return None, why
