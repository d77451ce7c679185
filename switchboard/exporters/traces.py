"""OpenTelemetry: a trace per call, a span per turn and one per stage of it, over OTLP/HTTP.

Spans are queued here and sent by a thread of the library; a full queue drops spans, and a slow or dead collector is
never waited for. The standard ``OTEL_*`` variables apply. No attribute speaks of a person.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

from calls import events as ev
from calls.clock import Clock
from records.turn_latency import TurnLatency
from switchboard.exporters.following import Followed

BATCH: Final = 128
"""spans in one message, unless OTEL_BSP_MAX_EXPORT_BATCH_SIZE says otherwise: its encoding shares this process"""
CLOSE_S: Final = 2.0
"""what is left is sent for so long when the server stops"""
Attributes = dict[str, str | int | float | bool]


@dataclass(slots=True)
class _Root:
    """A call's span, and when its time began."""

    span: trace.Span
    began_ns: int
    last_ms: float = 0.0

    def at(self, ms: float) -> int:
        """``ms`` since answer as nanoseconds since the epoch."""
        return self.began_ns + round(ms * 1_000_000)


class CallTraces:
    """Implements ``Exporter``. ``close`` once, at the end; ``exporter`` takes the place of OTLP in tests."""

    def __init__(self, clock: Clock, telemetry: Mapping[str, str], exporter: SpanExporter | None = None) -> None:
        for name, value in telemetry.items():
            # From ``.env``: the library reads the environment and nothing else.
            os.environ.setdefault(name, value)
        named = Resource.create({} if "OTEL_SERVICE_NAME" in os.environ else {SERVICE_NAME: "switchboard"})
        self._provider = TracerProvider(resource=named, shutdown_on_exit=False)
        size = None if "OTEL_BSP_MAX_EXPORT_BATCH_SIZE" in os.environ else BATCH
        self._provider.add_span_processor(
            BatchSpanProcessor(exporter or OTLPSpanExporter(), max_export_batch_size=size)
        )
        self._tracer = self._provider.get_tracer("switchboard")
        self._clock = clock
        self._roots: dict[str, _Root] = {}

    def event(self, call: Followed, event: ev.CallEvent) -> None:
        """Begin, mark or end the call's span."""
        root = self._roots.get(call.stream) or self._begin(call, event)
        root.last_ms = max(root.last_ms, event.at_ms)
        match event.body:
            case ev.ProviderNoticed() as notice:
                told: Attributes = {"stage": notice.stage, "provider": notice.provider, "kind": notice.kind}
                told |= {"reason": notice.reason, "ms": notice.ms, "to": notice.to}
                root.span.add_event("provider.noticed", {k: v for k, v in told.items() if v}, root.at(event.at_ms))
            case ev.GuardrailBlocked(rule=rule, policy=policy):
                blocked: Attributes = {"rule": rule, "policy": policy}
                root.span.add_event("guardrail.blocked", blocked, root.at(event.at_ms))
            case ev.CallEnded(reason=reason, disposition=disposition):
                root.span.set_attribute("switchboard.reason", reason)
                root.span.set_attribute("switchboard.disposition", disposition)

    def answered(self, call: Followed, turn: TurnLatency) -> None:
        """A span for the turn, and within it one for each stage that took time."""
        root = self._roots.get(call.stream)
        if root is None or turn.total is None:
            return
        began = turn.speech_end_ms
        within = trace.set_span_in_context(root.span, context.Context())
        span = self._tracer.start_span("turn", within, attributes=_of_turn(turn), start_time=root.at(began))
        inside, at = trace.set_span_in_context(span, context.Context()), began
        for stage in turn.spans():
            if stage.ms > 0:
                whose: Attributes = {"switchboard.stage": stage.stage, "switchboard.provider": stage.provider}
                child = self._tracer.start_span(stage.stage, inside, attributes=whose, start_time=root.at(at))
                at += stage.ms
                child.end(root.at(at))
        span.end(root.at(began + turn.total))

    def left(self, call: Followed) -> None:
        """The call's span ends with its last event."""
        root = self._roots.pop(call.stream, None)
        if root is not None:
            root.span.end(root.at(root.last_ms))

    async def close(self) -> None:
        """End what is open, and send what is left, but not for longer than ``CLOSE_S``."""
        for root in self._roots.values():
            root.span.end(root.at(root.last_ms))
        self._roots.clear()
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def shut_down() -> None:
            self._provider.shutdown()
            if not loop.is_closed():
                loop.call_soon_threadsafe(done.set)

        # Not in the loop's own pool, whose threads the end of the process would wait for.
        threading.Thread(target=shut_down, name="traces-close", daemon=True).start()
        try:
            async with asyncio.timeout(CLOSE_S):
                await done.wait()
        except TimeoutError:
            return

    def _begin(self, call: Followed, event: ev.CallEvent) -> _Root:
        body = event.body
        answered = self._clock.wall() - timedelta(milliseconds=event.at_ms)
        told: Attributes = {"switchboard.call": call.stream.removeprefix("call:"), "switchboard.whole": call.whole}
        if isinstance(body, ev.CallAnswered):
            answered = datetime.fromisoformat(body.answered_at)
            answered = answered if answered.tzinfo else answered.replace(tzinfo=UTC)
            told |= {"switchboard.line": body.line, "switchboard.line_version": body.line_version}
            told |= {"switchboard.engine": body.engine, "switchboard.carrier": body.carrier}
        began_ns = round(answered.timestamp() * 1_000_000) * 1_000
        span = self._tracer.start_span(
            "call", context.Context(), trace.SpanKind.SERVER, told, start_time=began_ns + round(event.at_ms * 1_000_000)
        )
        return self._roots.setdefault(call.stream, _Root(span, began_ns))


def _of_turn(turn: TurnLatency) -> Attributes:
    told: Attributes = {
        "switchboard.turn": turn.turn, "switchboard.path": turn.path, "switchboard.fast_path": turn.fast,
        "switchboard.questions": turn.questions, "switchboard.fallback": turn.fallback,
        "switchboard.ahead": turn.ahead or "no", "switchboard.switched": ",".join(turn.switched),
        "switchboard.hedged": ",".join(turn.hedged),
    }  # fmt: skip
    if turn.filled_ms is not None:
        told["switchboard.filled_ms"] = turn.filled_ms
    return {name: value for name, value in told.items() if value != ""}
