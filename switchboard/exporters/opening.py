"""Which exporters run: as the settings say, and none by default."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from importlib.util import find_spec

from agent.resilience.prices import read_prices
from calls.clock import Clock
from calls.errors import ConfigurationError
from console.permissions import METRICS_READ
from switchboard.exporters.following import Exporter, Following
from switchboard.live import TailedSink
from switchboard.server import RouteRow
from switchboard.settings import Settings


@contextlib.asynccontextmanager
async def exporting(
    sink: TailedSink, settings: Settings, active: Callable[[], int], clock: Clock
) -> AsyncIterator[tuple[RouteRow, ...]]:
    """Export until the block is left; gives the routes there are to mount. ``active``: calls going on here.

    Raises ConfigurationError when something is on whose library is not installed.
    """
    if not (settings.metrics or settings.traces):
        yield ()
        return
    exporters: list[Exporter] = []
    routes: list[RouteRow] = []
    async with contextlib.AsyncExitStack() as stack:
        if settings.metrics:
            _refuse_missing("SWITCHBOARD_METRICS", "prometheus_client", "metrics")
            from switchboard.exporters.metrics import PATH, PrometheusMetrics

            metrics = PrometheusMetrics(read_prices(settings.prices), active)
            exporters.append(metrics)
            routes.append(("GET", PATH, metrics.page, METRICS_READ))
        if settings.traces:
            _refuse_missing("SWITCHBOARD_TRACES", "opentelemetry.exporter.otlp.proto.http", "otel")
            from switchboard.exporters.traces import CallTraces

            traces = CallTraces(clock, settings.telemetry)
            stack.push_async_callback(traces.close)
            exporters.append(traces)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        following = group.create_task(Following(sink, exporters, clock).run())
        stack.callback(following.cancel)
        yield tuple(routes)


def _refuse_missing(setting: str, module: str, extra: str) -> None:
    try:
        found = find_spec(module) is not None
    except ModuleNotFoundError:
        found = False
    if not found:
        raise ConfigurationError(
            f"{setting} is on, but what it needs is not installed; run pip install 'switchboard-voice[{extra}]', "
            f"or set {setting} to off"
        )
