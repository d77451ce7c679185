"""What calls and bookings put into the outbox, and that the bodies composed from it keep to their published schemas."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from calls import events as ev
from calls.clock import LoopClock
from calls.events import EventBody
from records.call_index import rebuild
from records.log import PostgresSink
from switchboard.jobs_compose import Composer
from switchboard.jobs_payloads import PAYLOADS, payload_schema
from tests.records.sample_call import tell
from tests.workflows.jobs.office import BUSINESS, OneLetterhead
from workflows.backends.tables import outbox
from workflows.jobs.delivery import Occurrence
from workflows.jobs.planning import ANNOUNCED


async def happened(engine: AsyncEngine) -> list[Occurrence]:
    async with engine.connect() as connection:
        rows = (await connection.execute(select(outbox).order_by(outbox.c.id))).all()
    return [Occurrence.of(row, OneLetterhead()) for row in rows]


async def called(url: str, tmp: Any) -> AsyncEngine:
    engine = create_async_engine(url)
    sink = PostgresSink(engine, "w", tmp / "spool", LoopClock(), lambda _: None)
    async with sink.running():
        await tell(sink)
    return engine


def test_a_call_is_announced_once_also_when_the_log_is_made_anew(fresh_database: str, tmp_path: Any) -> None:
    async def story() -> None:
        engine = await called(fresh_database, tmp_path)
        before = [(one.kind, one.subject, dict(one.body)) for one in await happened(engine)]
        assert [kind for kind, _, _ in before] == ["call.updated", "call.started", "call.ended"] or [
            kind for kind, _, _ in before
        ] == ["call.started", "call.updated", "call.ended"]
        assert all(subject == "CA1" and body["line"] == "front desk" for _, subject, body in before)
        await rebuild(engine)
        assert [(one.kind, one.subject, dict(one.body)) for one in await happened(engine)] == before
        updated = next(one for one in await happened(engine) if one.kind == "call.updated")
        started = next(one for one in await happened(engine) if one.kind == "call.started")
        assert updated.body["change"] == "action.committed"
        assert updated.created_at - started.created_at == timedelta(milliseconds=float(updated.body["at_ms"]))
        await engine.dispose()

    asyncio.run(story())


def test_every_body_keeps_to_its_schema_and_names_nobody(fresh_database: str, tmp_path: Any) -> None:
    async def story() -> None:
        engine = await called(fresh_database, tmp_path)
        told = {}
        for one in await happened(engine):
            body = await Composer(engine).compose(one)
            assert body is not None
            told[one.kind] = json.loads(body)
        body = {"code": "ACFHJ", "service": "cleaning", "resource": "room_1", "starts_at": "2026-03-17T18:30:00+00:00",
                "ends_at": "2026-03-17T19:00:00+00:00"}  # fmt: skip
        when = (await happened(engine))[0].created_at
        for kind in ("booking.created", "booking.rescheduled", "booking.cancelled"):
            booked = await Composer(engine).compose(Occurrence(9, BUSINESS, kind, "ACFHJ", body, when))
            assert booked is not None
            told[kind] = json.loads(booked)
        assert set(told) == set(PAYLOADS) == set(ANNOUNCED)
        for kind, message in told.items():
            jsonschema.validate(message, payload_schema(kind))
        summary = told["call.ended"]["data"]["summary"]
        assert summary["agreed"][0]["result"]["code"] == "4F7K"
        assert told["call.started"]["data"]["caller"].endswith("0123")
        assert "+12025550123" not in json.dumps(told)
        assert "please" not in json.dumps(told)
        await engine.dispose()

    asyncio.run(story())


def test_a_call_that_is_not_on_record_is_told_of_to_nobody(fresh_database: str) -> None:
    async def story() -> None:
        engine = create_async_engine(fresh_database)
        lost = Occurrence(1, "", "call.ended", "CA9", {}, LoopClock().wall())
        assert await Composer(engine).compose(lost) is None
        await engine.dispose()

    asyncio.run(story())


@pytest.mark.parametrize("kind", list(PAYLOADS))
def test_a_schema_is_a_schema(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(payload_schema(kind))


BODIES: tuple[type[EventBody], ...] = (
    ev.ActionCommitted, ev.CallerVerified, ev.CarrierLost, ev.DangerHeard, ev.HandoverRequested, ev.HandoverAnswered,
    ev.HandoverFailed, ev.OutcomeReached,
)  # fmt: skip


def test_the_changes_that_are_told_are_events_there_are() -> None:
    changes = payload_schema("call.updated")["properties"]["data"]["properties"]["change"]["enum"]  # type: ignore[index,call-overload]
    assert set(changes) == {body.name for body in BODIES}  # type: ignore[arg-type]
