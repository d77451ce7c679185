"""Every way a language model fails: the right kind, the wait it asks for, and no secret in errors or logs."""

from __future__ import annotations

import asyncio
import logging
import traceback

import pytest

from calls.errors import ProviderError
from switchboard.loopback.model_server import KEY, Fault
from tests.contracts.thinking.models import ASKED, FORM, HASTY, SECRET, VENDORS, Vendor, failing, running, written

pytestmark = [pytest.mark.wire, pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)]

KINDS = {
    Fault.KEY: "key",
    Fault.FORBIDDEN: "key",
    Fault.PAYMENT: "payment",
    Fault.CREDIT: "payment",
    Fault.RATE: "rate",
    Fault.RATE_SECONDS: "rate",
    Fault.OVERLOADED: "overloaded",
    Fault.UNAVAILABLE: "overloaded",
    Fault.BAD_REQUEST: "request",
    Fault.MID_STREAM: "overloaded",
    Fault.GARBAGE: "garbage",
    Fault.BINARY: "garbage",
    Fault.ENDLESS: "garbage",
    Fault.NO_STREAM: "garbage",
    Fault.WRONG_TOOL: "garbage",
    Fault.BROKEN_FORM: "garbage",
    Fault.RESET: "lost",
    Fault.CUT: "lost",
    Fault.SILENT: "timeout",
    Fault.STALL: "timeout",
    Fault.PINGS: "timeout",
}
HALVES = (Fault.MID_STREAM, Fault.GARBAGE, Fault.CUT, Fault.STALL, Fault.BROKEN_FORM)
"""what came before the failure is given out"""
WAITS = {Fault.RATE: 1500.0, Fault.RATE_SECONDS: 2000.0}


def everything(error: BaseException) -> str:
    """All that a logger or a crash reporter could get out of an exception: itself, its causes and contexts."""
    told, at = [], error
    seen: list[BaseException] = []
    queue: list[BaseException | None] = [error]
    while queue:
        at = queue.pop()
        if at is None or at in seen:
            continue
        seen.append(at)
        told += [repr(at), str(at), repr(vars(at) if hasattr(at, "__dict__") else ""), repr(at.args)]
        queue += [at.__cause__, at.__context__]
    return "\n".join(told + traceback.format_exception(error))


@pytest.mark.parametrize("fault", KINDS, ids=str)
def test_a_failure_has_its_kind_and_tells_no_secret(
    vendor: Vendor, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> tuple[str, ProviderError]:
        patience = HASTY if KINDS[fault] == "timeout" else None
        async with running(vendor, patience=patience, faults=fault) as (model, server):
            events, error = await failing(model, ASKED)
            assert server.received[0].headers.get("Authorization") == f"Bearer {KEY}"
            assert len(server.received) == 1, "no retries of the SDK's own"
        return written(events), error

    with caplog.at_level(logging.DEBUG):
        said, error = asyncio.run(main())

    assert error.kind == KINDS[fault]
    assert error.stage == "understanding" and error.provider == vendor.name
    assert error.retry_after_ms == WAITS.get(fault)
    assert FORM.startswith(said)
    if fault in HALVES:
        assert said
    told = everything(error) + caplog.text
    for secret in (KEY, SECRET, "Bearer", "Cedar Dental", "vier", "it is."):
        assert secret not in told


def test_a_wrong_key_is_refused(vendor: Vendor) -> None:
    async def main() -> ProviderError:
        async with running(vendor, key="another-key") as (model, _):
            return (await failing(model, ASKED))[1]

    error = asyncio.run(main())
    assert error.kind == "key" and "another-key" not in everything(error)


def test_after_a_failure_the_next_turn_is_answered(vendor: Vendor) -> None:
    faults = [*KINDS, None]

    async def main() -> None:
        async with running(vendor, patience=HASTY, faults=lambda n: faults[n]) as (model, _):
            for _ in KINDS:
                await failing(model, ASKED)
            async for event in model.stream(ASKED):
                assert event is not None

    asyncio.run(main())


def test_a_stream_given_up_in_mid_failure_leaves_nothing_open(vendor: Vendor) -> None:
    async def main() -> int:
        async with running(vendor, patience=HASTY, faults=Fault.STALL) as (model, server):
            for _ in range(3):
                await failing(model, ASKED)
            return sum(received.left_ms >= 0 or received.finished for received in server.received[:-1])

    assert asyncio.run(main()) == 2
