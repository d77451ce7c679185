"""The call log: one row per call, folded from its events in the transaction that stores them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import Column, RowMapping, Select, and_, any_, case, delete, func, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from calls.chain import Envelope
from calls.danger import Risk
from calls.errors import UnknownEvent
from calls.events import CallAnswered, CallEnded, DangerHeard, RecordingStarted, RecordingStopped
from records.recording_path import recording_name
from records.store import envelope_of
from records.tables import calls, events, recordings

PROJECTED = ("call.answered", "call.ended", "danger.heard", "recording.started", "recording.stopped")
"""The events the call log is made of."""

PAGE = 50
"""Calls on a page when nothing else is asked for."""

MOST = 500
"""Calls on a page at most."""

RISKS: tuple[Risk | Literal[""], ...] = ("", "elevated", "high", "critical")
"""by the number that stands in the column ``risk``"""

Order = Literal["start", "risk"]
"""newest first, or highest risk first and then newest"""


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call in the log."""

    call: str
    tenant: str
    line: str
    carrier: str
    caller: str
    """masked: only the last digits can be read"""
    called: str
    started_at: datetime
    ended_at: datetime | None
    duration_ms: float | None
    disposition: str
    reason: str
    recording: str
    """file name under the recordings' folder; empty when the call is not recorded"""
    risk: Risk | Literal[""]
    """the highest that was heard in the call"""
    dangers: tuple[str, ...]
    """kinds, in the order they were heard"""

    @property
    def live(self) -> bool:
        """True while the call has not ended."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Which calls; newest first."""

    from_: datetime | None = None
    """aware, inclusive"""
    to: datetime | None = None
    """aware, exclusive"""
    line: str = ""
    disposition: str = ""
    risk: str = ""
    """a Risk: only calls in which that much was heard, or more"""
    order: Order = "start"
    limit: int = PAGE
    cursor: str = ""
    """``CallPage.cursor`` of the page before"""


@dataclass(frozen=True, slots=True)
class CallPage:
    """Some calls, and where the next page begins (empty: there is none)."""

    calls: tuple[CallRow, ...]
    cursor: str


class CallIndex:
    """Finds calls."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self, query: CallQuery) -> CallPage:
        """A page of calls. Raises ValueError for a cursor that is not one of ours."""
        limit = max(1, min(query.limit, MOST))
        wanted = _filtered(query).order_by(*(column.desc() for column in _keys(query.order))).limit(limit + 1)
        async with self._engine.connect() as connection:
            rows = [_row(row) for row in (await connection.execute(wanted)).mappings()]
        more = len(rows) > limit
        page = tuple(rows[:limit])
        return CallPage(page, _cursor_of(page[-1]) if more else "")

    async def get(self, call: str) -> CallRow | None:
        """One call, or None when no such call was answered."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(_all().where(calls.c.call == call))).mappings().first()
        return _row(row) if row else None

    async def lines(self) -> list[str]:
        """Every line a call came in on."""
        async with self._engine.connect() as connection:
            return list((await connection.execute(select(calls.c.line).distinct().order_by("line"))).scalars())

    async def dispositions(self) -> list[str]:
        """Every way a call was filed."""
        column = calls.c.disposition
        wanted = select(column).where(column != "").distinct().order_by(column)
        async with self._engine.connect() as connection:
            return list((await connection.execute(wanted)).scalars())


def _all() -> Select[Any]:
    joined = calls.outerjoin(recordings, recordings.c.call == calls.c.call)
    return select(calls, recordings.c.path.label("recording")).select_from(joined)


def _filtered(query: CallQuery) -> Select[Any]:
    wanted = _all()
    if query.from_ is not None:
        wanted = wanted.where(calls.c.started_at >= query.from_)
    if query.to is not None:
        wanted = wanted.where(calls.c.started_at < query.to)
    if query.line:
        wanted = wanted.where(calls.c.line == query.line)
    if query.disposition == "live":
        wanted = wanted.where(calls.c.ended_at.is_(None))
    elif query.disposition:
        wanted = wanted.where(calls.c.disposition == query.disposition)
    if query.risk:
        wanted = wanted.where(calls.c.risk >= RISKS.index(cast(Risk, query.risk)))
    if query.cursor:
        started, call, risk = _read_cursor(query.cursor)
        place = (risk, started, call) if query.order == "risk" else (started, call)
        wanted = wanted.where(tuple_(*_keys(query.order)) < tuple_(*place))
    return wanted


def _keys(order: Order) -> tuple[Column[Any], ...]:
    """What a page is sorted by, highest first."""
    return (*((calls.c.risk,) if order == "risk" else ()), calls.c.started_at, calls.c.call)


def _row(row: RowMapping) -> CallRow:
    values = {name: row[name] for name in CallRow.__slots__}
    for moment in ("started_at", "ended_at"):
        if values[moment] is not None:
            values[moment] = values[moment].astimezone(UTC)
    values["recording"] = values["recording"] or ""
    values["risk"] = RISKS[values["risk"]]
    values["dangers"] = tuple(values["dangers"])
    return CallRow(**values)


def _cursor_of(row: CallRow) -> str:
    place = f"{row.started_at.isoformat()} {RISKS.index(row.risk)} {row.call}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, str, int]:
    try:
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        started, risk, call = plain.split(" ", 2)
        moment = datetime.fromisoformat(started)
        if moment.tzinfo is None or "\x00" in call:
            raise ValueError("no zone")
        return moment, call, RISKS.index(RISKS[int(risk)])
    except (ValueError, IndexError, binascii.Error) as why:
        raise ValueError("cursor: not one this service gave out; leave it away to start anew") from why


def mask(number: str) -> str:
    """A phone number of which only the last four digits (two of a short one) can be read."""
    if not number:
        return ""
    keep = 4 if len(number) > 7 else 2
    return "•" * max(0, len(number) - keep) + number[-keep:]


async def project(connection: AsyncConnection, envelopes: Sequence[Envelope]) -> None:
    """Fold freshly stored events into the call log, on the connection that stored them."""
    for envelope in envelopes:
        if envelope.name not in PROJECTED:
            continue
        try:
            body = envelope.event().body
        except UnknownEvent:
            # written by a newer release during a rolling update; ``rebuild`` of that release catches up
            continue
        call = envelope.stream.removeprefix("call:")
        if isinstance(body, CallAnswered):
            await _answered(connection, envelope.tenant, call, body)
        elif isinstance(body, CallEnded):
            await _ended(connection, call, body, envelope.at_ms)
        elif isinstance(body, DangerHeard):
            await _alarmed(connection, call, body)
        elif isinstance(body, RecordingStarted):
            fresh = insert(recordings).values(call=call, path=recording_name(call), digest="")
            # a call taken up again goes on in the same file: what was complete no longer is
            await connection.execute(
                fresh.on_conflict_do_update(index_elements=["call"], set_={"digest": "", "duration_ms": None})
            )
        elif isinstance(body, RecordingStopped):
            done = insert(recordings).values(
                call=call, path=recording_name(call), digest=body.digest, duration_ms=body.duration_ms
            )
            await connection.execute(
                done.on_conflict_do_update(
                    index_elements=["call"],
                    set_={"digest": done.excluded.digest, "duration_ms": done.excluded.duration_ms},
                )
            )


async def _answered(connection: AsyncConnection, tenant: str, call: str, body: CallAnswered) -> None:
    started = datetime.fromisoformat(body.answered_at)
    await connection.execute(
        insert(calls)
        .values(
            call=call,
            tenant=tenant,
            line=body.line,
            carrier=body.carrier,
            caller=mask(body.caller),
            called=body.called,
            started_at=started if started.tzinfo else started.replace(tzinfo=UTC),
            disposition="",
            reason="",
        )
        .on_conflict_do_nothing()
    )


async def _alarmed(connection: AsyncConnection, call: str, body: DangerHeard) -> None:
    """The highest risk stays; a kind stands once."""
    known = calls.c.dangers
    await connection.execute(
        update(calls)
        .where(calls.c.call == call)
        .values(
            risk=func.greatest(calls.c.risk, RISKS.index(body.risk)),
            dangers=case((literal(body.kind) == any_(known), known), else_=func.array_append(known, body.kind)),
        )
    )


async def _ended(connection: AsyncConnection, call: str, body: CallEnded, at_ms: float) -> None:
    await connection.execute(
        update(calls)
        .where(and_(calls.c.call == call, calls.c.ended_at.is_(None)))
        .values(
            ended_at=calls.c.started_at + timedelta(milliseconds=at_ms),
            duration_ms=body.duration_ms,
            disposition=body.disposition,
            reason=body.reason,
        )
    )


async def rebuild(engine: AsyncEngine) -> int:
    """Throw the call log away and fold it anew from the events; returns how many events were folded."""
    folded = 0
    async with engine.begin() as connection:
        await connection.execute(delete(recordings))
        await connection.execute(delete(calls))
        place = ("", 0)
        while True:
            wanted = (
                select(events)
                .where(
                    or_(events.c.stream > place[0], and_(events.c.stream == place[0], events.c.seq > place[1])),
                    events.c.name.in_(PROJECTED),
                )
                .order_by(events.c.stream, events.c.seq)
                .limit(1_000)
            )
            batch = [envelope_of(row) for row in (await connection.execute(wanted)).mappings()]
            if not batch:
                return folded
            await project(connection, batch)
            folded += len(batch)
            place = (batch[-1].stream, batch[-1].seq)
