"""What exporters tell of calls: names, numbers and spans, and nothing of a person."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from agent.resilience.prices import Prices
from calls import events as ev
from calls.chain import Envelope
from calls.clock import LoopClock
from calls.errors import ConfigurationError
from calls.memory_sink import MemorySink
from calls.virtual_time import VirtualTimeLoop
from records.turn_latency import TurnLatency
from switchboard.exporters.following import Followed, Following
from switchboard.exporters.opening import exporting
from switchboard.live import BEHIND, TailedSink
from switchboard.settings import read
from tests.architecture.sources import PROJECT
from tests.switchboard.counted_calls import MODEL, envelopes, story

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PRICES = Prices("2026-03", 0.01, {"deepgram/nova-3": {"audio_seconds": 0.001}, MODEL: {"tokens_written": 0.0001}})
PERSONAL = ("2025550123", "words of turn", "Reply ", "2026-03-17")


def stored(call: str = "CA1", disposition: str = "booked", turns: int = 6) -> list[Envelope]:
    told = story(call, NOON, "front", disposition, turns, random.Random(1))
    return asyncio.run(envelopes(call, told))


def follow(exporters: Sequence[Any], told: Sequence[Envelope]) -> Following:
    following = Following(TailedSink(MemorySink()), exporters, LoopClock())
    for envelope in told:
        following.take(envelope)
    return following


# --- following --------------------------------------------------------------------------------------


class Noting:
    """Notes what it is told; fails where it is asked to."""

    def __init__(self, fails: bool = False) -> None:
        self.told: list[str] = []
        self.fails = fails

    def event(self, call: Followed, event: ev.CallEvent) -> None:
        """Notes."""
        self.told.append(event.body.name)
        if self.fails:
            raise ValueError("a bug")

    def answered(self, call: Followed, turn: TurnLatency) -> None:
        """Notes."""
        self.told.append(f"answered {turn.turn} whole {call.whole}")

    def left(self, call: Followed) -> None:
        """Notes."""
        self.told.append(f"left {call.stream}")


def test_an_answer_is_told_when_it_sounds_and_the_end_once() -> None:
    noting = Noting()
    follow([noting], stored(turns=2))
    answers = [told for told in noting.told if told.startswith("answered")]
    assert answers == ["answered 1 whole True", "answered 2 whole True"]
    assert noting.told[-2:] == ["call.ended", "left call:CA1"]


def test_an_exporter_with_a_bug_does_not_keep_the_others_from_counting(caplog: pytest.LogCaptureFixture) -> None:
    noting = Noting()
    follow([Noting(fails=True), noting], stored(turns=2))
    assert noting.told[-1] == "left call:CA1"
    assert [record.message for record in caplog.records] == [
        "Noting cannot count an event (ValueError); it goes on with the next"
    ]


def test_who_falls_behind_begins_anew_with_what_comes_then() -> None:
    noting, loop = Noting(), VirtualTimeLoop()
    told = stored(turns=1)

    async def scene() -> None:
        sink = TailedSink(MemorySink())
        async with asyncio.TaskGroup() as group:
            task = group.create_task(Following(sink, [noting], LoopClock()).run())
            await asyncio.sleep(0)
            for _ in range(BEHIND // (len(told) - 1) + 1):
                sink.append(told[:-1])
            while "left call:CA1" not in noting.told[-1:]:
                await asyncio.sleep(0)
            noting.told.clear()
            await asyncio.sleep(0)
            sink.append(told[2:])
            while "left call:CA1" not in noting.told:
                await asyncio.sleep(0)
            task.cancel()

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(asyncio.wait_for(scene(), 60))
    assert "answered 1 whole False" in noting.told


# --- Prometheus -------------------------------------------------------------------------------------


def metrics() -> Any:
    pytest.importorskip("prometheus_client", reason="pip install 'switchboard-voice[metrics]'")
    from switchboard.exporters.metrics import PrometheusMetrics

    return PrometheusMetrics(PRICES, lambda: 3)


def page(of: Any, accept: str = "") -> str:
    answer = asyncio.run(of.page(make_mocked_request("GET", "/metrics", headers={"Accept": accept})))
    return str(answer.body.decode())


def test_the_page_has_the_figures_of_the_calls() -> None:
    of = metrics()
    follow([of], [*stored("CA1"), *stored("CA2", "handed_over")])
    value = of.registry.get_sample_value
    assert value("switchboard_call_active") == 3
    assert value("switchboard_calls_total", {"line": "front"}) == 2
    assert value("switchboard_calls_ended_total", {"line": "front", "disposition": "booked"}) == 1
    token = {"stage": "first_token", "provider": MODEL}
    assert value("switchboard_turn_stage_seconds_count", token) == 4
    assert value("switchboard_turn_stage_seconds_sum", token) == pytest.approx(0.8)
    assert value("switchboard_turn_response_seconds_count", {"way": "fast_path"}) == 8
    assert value("switchboard_gate_verdicts_total", {"verdict": "cleared", "rule": "none"}) == 12
    assert value("switchboard_cost_usd_total", {"provider": "carrier"}) == pytest.approx(0.02)
    assert value("switchboard_cost_usd_total", {"provider": MODEL}) == pytest.approx(4 * 60 * 0.0001)
    assert value("process_cpu_seconds_total") is not None
    text = page(of)
    assert "# TYPE switchboard_turn_stage_seconds histogram" in text
    assert not [words for words in (*PERSONAL, "CA1") if words in text]
    assert page(of, "application/openmetrics-text; version=1.0.0").endswith("# EOF\n")


def test_faults_are_counted_by_provider_and_reason() -> None:
    of = metrics()
    sink = [ev.ProviderNoticed("hearing", "a/x", "failed", "lost"), ev.ProviderNoticed("hearing", "a/x", "opened")]
    follow([of], asyncio.run(envelopes("CA1", ((1.0, body) for body in sink))))
    value = of.registry.get_sample_value
    fault = {"stage": "hearing", "provider": "a/x", "reason": "lost"}
    assert value("switchboard_provider_faults_total", fault) == 1
    assert value("switchboard_provider_notices_total", {"stage": "hearing", "provider": "a/x", "kind": "opened"}) == 1


def test_labels_have_a_bounded_number_of_values() -> None:
    of = metrics()
    told = ((float(n), ev.ProviderNoticed("speaking", f"v/{n}", "failed", f"r{n}")) for n in range(500))
    follow([of], asyncio.run(envelopes("CA1", told)))
    (family,) = (family for family in of.registry.collect() if family.name == "switchboard_provider_faults")
    values = {sample.labels["provider"] for sample in family.samples}
    assert len(values) == 61 and "other" in values


# --- traces -----------------------------------------------------------------------------------------


def spans(told: Sequence[Envelope], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    pytest.importorskip("opentelemetry.sdk", reason="pip install 'switchboard-voice[otel]'")
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from switchboard.exporters.traces import CallTraces

    async def scene() -> tuple[Any, ...]:
        kept = InMemorySpanExporter()
        traces = CallTraces(LoopClock(epoch=NOON), {}, kept)
        follow([traces], told)
        await traces.close()
        return tuple(kept.get_finished_spans())

    monkeypatch.delenv("OTEL_SERVICE_NAME", raising=False)
    return list(asyncio.run(scene()))


def test_a_call_is_a_trace_and_its_turns_and_stages_are_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    found = spans(stored(turns=3), monkeypatch)
    (root,) = (span for span in found if span.name == "call")
    turns = [span for span in found if span.name == "turn"]
    assert {span.context.trace_id for span in found} == {root.context.trace_id}
    assert [turn.parent.span_id for turn in turns] == [root.context.span_id] * 3
    assert root.start_time == round(NOON.timestamp()) * 1_000_000_000
    assert root.attributes["switchboard.disposition"] == "booked"
    asked = next(turn for turn in turns if turn.attributes["switchboard.turn"] == 3)
    stages = sorted(
        (span for span in found if span.parent and span.parent.span_id == asked.context.span_id),
        key=lambda span: int(span.start_time),
    )
    names = ["decided", "first_token", "understood", "composed", "voiced", "sent"]
    assert [span.name for span in stages] == names
    assert (stages[0].start_time, stages[-1].end_time) == (asked.start_time, asked.end_time)
    assert stages[1].attributes["switchboard.provider"] == MODEL
    assert root.resource.attributes["service.name"] == "switchboard"


def test_nothing_of_a_person_is_in_a_span(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(span.to_json() for span in spans(stored(), monkeypatch))
    assert not [words for words in PERSONAL if words in text]


def test_a_call_taken_over_has_a_span_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found = spans(stored(turns=3)[20:], monkeypatch)
    (root,) = (span for span in found if span.name == "call")
    assert root.attributes["switchboard.whole"] is False
    assert all(span.end_time >= span.start_time for span in found)


# --- off --------------------------------------------------------------------------------------------


def test_off_there_is_no_route_and_nothing_is_imported() -> None:
    async def routes() -> tuple[object, ...]:
        async with exporting(TailedSink(MemorySink()), read({}), lambda: 0, LoopClock()) as also:
            return also

    assert asyncio.run(routes()) == ()
    code = (
        "import sys, switchboard.commands.serve, switchboard.house, switchboard.web, switchboard.exporters.opening\n"
        "print([name for name in ('prometheus_client', 'opentelemetry.sdk', 'requests') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    loaded = done.stdout.strip()
    assert "prometheus_client" not in loaded and "opentelemetry.sdk" not in loaded


@pytest.mark.parametrize(
    ("setting", "extra", "module"),
    [
        ("SWITCHBOARD_METRICS", "metrics", "prometheus_client"),
        ("SWITCHBOARD_TRACES", "otel", "opentelemetry.exporter.otlp.proto.http"),
    ],
)
def test_what_is_not_installed_is_named_with_the_remedy(
    setting: str, extra: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.exporters.opening.find_spec", lambda name: None)

    async def scene() -> None:
        async with exporting(TailedSink(MemorySink()), read({setting: "on"}), lambda: 0, LoopClock()):
            pass

    with pytest.raises(ConfigurationError, match=rf"{setting} is on.*switchboard-voice\[{extra}\].*set {setting} to"):
        asyncio.run(scene())


def test_neither_on_nor_off_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="SWITCHBOARD_METRICS must be on or off"):
        read({"SWITCHBOARD_METRICS": "yes"})
