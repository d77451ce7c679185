"""Follows every call's events as they are appended, folds them, and tells exporters. Calls never wait for it."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from calls import events as ev
from calls.chain import Envelope
from calls.clock import Clock
from calls.errors import UnknownEvent
from records.turn_latency import TurnLatency
from records.waterfall import Waterfall
from switchboard.live import FellBehind, TailedSink

MOST_CALLS = 5_000
"""followed at once; beyond that the one longest without an event is let go"""
AT_ONCE = 20
"""events in a row before other work has its turn"""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Followed:
    """A call that is followed."""

    stream: str
    whole: bool
    """from its first event on; False where another process had it before, or some events were missed"""
    waterfall: Waterfall = field(default_factory=Waterfall)


class Exporter(Protocol):
    """Grammar per call: event+ (each followed by ``answered`` where a turn's answer began with it), then ``left``."""

    def event(self, call: Followed, event: ev.CallEvent) -> None:
        """One more event. Must not wait."""

    def answered(self, call: Followed, turn: TurnLatency) -> None:
        """A turn's answer began to sound."""

    def left(self, call: Followed) -> None:
        """Nothing more will be told of this call."""


class Following:
    """Grammar: ``run`` until cancelled; it never raises."""

    def __init__(self, sink: TailedSink, exporters: Sequence[Exporter], clock: Clock) -> None:
        self._sink = sink
        self._exporters = exporters
        self._clock = clock
        self._calls: OrderedDict[str, Followed] = OrderedDict()
        self._faulty: set[str] = set()

    async def run(self) -> None:
        """Follow; one who falls behind begins anew with what comes then."""
        while True:
            with self._sink.following() as tail:
                try:
                    while True:
                        for _ in range(AT_ONCE):
                            self.take(await tail.get())
                        await self._clock.sleep_ms(0)
                except FellBehind:
                    log.warning("metrics and traces fell behind the calls and begin anew; some events are not counted")
            for call in list(self._calls.values()):
                self._leave(call)

    def take(self, envelope: Envelope) -> None:
        """One appended event."""
        if not envelope.stream.startswith("call:"):
            return
        try:
            event = envelope.event()
        except (UnknownEvent, ValueError):
            return
        call = self._calls.get(envelope.stream)
        if call is None:
            call = self._calls[envelope.stream] = Followed(envelope.stream, whole=envelope.seq == 1)
        self._calls.move_to_end(envelope.stream)
        turn = call.waterfall.take(event)
        self._tell(lambda exporter: exporter.event(call, event))
        if turn is not None:
            self._tell(lambda exporter: exporter.answered(call, turn))
        if isinstance(event.body, ev.CallEnded):
            self._leave(call)
        while len(self._calls) > MOST_CALLS:
            self._leave(next(iter(self._calls.values())))

    def _leave(self, call: Followed) -> None:
        self._calls.pop(call.stream, None)
        self._tell(lambda exporter: exporter.left(call))

    def _tell(self, tell: Callable[[Exporter], None]) -> None:
        for exporter in self._exporters:
            name = type(exporter).__name__
            try:
                tell(exporter)
            except Exception as bug:  # what only looks at calls must not end them, nor the server
                if name not in self._faulty:
                    log.error("%s cannot count an event (%s); it goes on with the next", name, type(bug).__name__)
                self._faulty.add(name)
