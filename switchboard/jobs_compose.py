"""Composes the bodies of webhooks from the call log, the record and the outbox. Nothing of it is in the job."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

from sqlalchemy.ext.asyncio import AsyncEngine

from calls.chain import Envelope
from calls.errors import UnknownEvent
from calls.events import CallEvent
from calls.record import stream_of
from records.call_index import CallIndex, CallRow
from records.cases import load_case
from records.store import load_stream
from records.summary import CallSummary, summarize_call
from switchboard.jobs_payloads import (
    AgreedItem,
    BookingChanged,
    CallEnded,
    CallStarted,
    CallUpdated,
    Change,
    OpenItem,
    Payload,
    Proved,
    Summary,
    body_of,
)
from workflows.jobs.delivery import Occurrence


class Composer:
    """``compose`` is what a webhook channel asks."""

    def __init__(self, database: AsyncEngine) -> None:
        self._database = database

    async def compose(self, what: Occurrence) -> bytes | None:
        """The body for an occurrence; None when the call is not on record any more, or for what is told to nobody."""
        payload = await self._payload(what)
        return None if payload is None else body_of(what.kind, _utc(what.created_at), payload)

    async def _payload(self, what: Occurrence) -> Payload | None:
        if what.kind.startswith("booking."):
            told = {name: str(what.body.get(name, "")) for name in ("code", "service", "resource")}
            return BookingChanged(
                what.business, **told, starts_at=str(what.body["starts_at"]), ends_at=str(what.body["ends_at"])
            )
        row = await CallIndex(self._database).get(what.subject)
        if row is None:
            return None
        if what.kind == "call.started":
            return CallStarted(row.call, row.line, what.business, row.carrier, row.caller, _utc(row.started_at))
        if what.kind == "call.updated" and what.body.get("change") in get_args(Change):
            body = what.body
            return CallUpdated(
                row.call, row.line, what.business, body["change"], int(body["seq"]), float(body["at_ms"])
            )
        return await self._ended(what, row) if what.kind == "call.ended" else None

    async def _ended(self, what: Occurrence, row: CallRow) -> CallEnded | None:
        if row.ended_at is None:
            return None
        events = _readable(await load_stream(self._database, stream_of(row.call)))
        case = _readable(await load_case(self._database, row.call))
        summary = None if events is None else _told(summarize_call(events, case or ()))
        return CallEnded(
            row.call, row.line, what.business, _utc(row.started_at), _utc(row.ended_at), row.duration_ms or 0.0,
            row.disposition, row.reason, summary,
        )  # fmt: skip


def _told(summary: CallSummary) -> Summary:
    return Summary(
        summary.reasons,
        tuple(AgreedItem(one.action, dict(one.result), one.receipt, one.taken_back) for one in summary.agreed),
        tuple(OpenItem(one.what, one.why, one.number) for one in summary.unsettled),
        tuple(Proved(one.record, one.level, one.by) for one in summary.verified),
        summary.failed_proofs,
        summary.dangers,
        summary.handed_over,
        summary.orders,
        summary.survey,
    )


def _readable(envelopes: list[Envelope]) -> list[CallEvent] | None:
    try:
        return [envelope.event() for envelope in envelopes]
    except (UnknownEvent, ValueError):
        return None


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
