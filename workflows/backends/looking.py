"""What an operator looks at: a day of the calendar, closures, and the questions nobody could answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.booked import Booked
from workflows.backends.hours import Closure, day_span
from workflows.backends.tables import bookings, closures, knowledge, services, unanswered_questions


@dataclass(frozen=True, slots=True)
class Question:
    """A question nobody could answer, however often it was asked."""

    question: str
    times: int
    last_asked: datetime
    nearest: str
    """the answer that was close, or out of date; empty when there was none"""


@dataclass(frozen=True, slots=True)
class DueAnswer:
    """An answer that has to be looked at again."""

    id: str
    question: str
    owner: str
    review_by: date


async def bookings_on(
    connection: AsyncConnection, business: str, day: date, days: int, timezone: str, now: datetime
) -> Sequence[Booked]:
    """What is booked or held on some days, in order."""
    since, until = day_span(day, days, timezone)
    query = (
        select(bookings)
        .where(
            bookings.c.business == business,
            bookings.c.status != "cancelled",
            bookings.c.starts_at >= since,
            bookings.c.starts_at < until,
        )
        .order_by(bookings.c.starts_at, bookings.c.resource, bookings.c.seat)
    )
    found = [Booked.of(row) for row in await connection.execute(query)]
    return [one for one in found if one.counts((), now)]


async def services_of(connection: AsyncConnection, business: str) -> Sequence[tuple[str, str, int]]:
    """Id, name and minutes of what can be booked."""
    query = select(services.c.id, services.c.name, services.c.minutes).where(services.c.business == business)
    return [(row.id, row.name, row.minutes) for row in await connection.execute(query.order_by(services.c.id))]


async def closures_after(connection: AsyncConnection, business: str, day: date) -> Sequence[tuple[str, Closure, str]]:
    """Id, closure and source of everything that has not ended before ``day``, in order."""
    query = (
        select(closures)
        .where(closures.c.business == business, closures.c.ends_at > datetime.combine(day, datetime.min.time()))
        .order_by(closures.c.starts_at, closures.c.id)
    )
    return [
        (row.id, Closure(row.starts_at, row.ends_at, row.place, row.resource, row.reason), row.source)
        for row in await connection.execute(query)
    ]


async def open_questions(connection: AsyncConnection, business: str, limit: int = 100) -> Sequence[Question]:
    """What callers asked and nobody could answer, the most frequent first."""
    asked = func.lower(func.btrim(unanswered_questions.c.question, " .?!")).label("asked")
    query = (
        select(
            asked,
            func.count().label("times"),
            func.max(unanswered_questions.c.created_at).label("last_asked"),
            func.max(unanswered_questions.c.nearest).label("nearest"),
        )
        .where(unanswered_questions.c.business == business, unanswered_questions.c.status == "open")
        .group_by(asked)
        .order_by(func.count().desc(), asked)
        .limit(limit)
    )
    return [Question(row.asked, row.times, row.last_asked, row.nearest) for row in await connection.execute(query)]


async def answers_due(
    connection: AsyncConnection, business: str, today: date, ahead: timedelta = timedelta(days=14)
) -> Sequence[DueAnswer]:
    """Answers out of date, or about to be, the oldest first."""
    query = (
        select(knowledge.c.id, knowledge.c.question, knowledge.c.owner, knowledge.c.review_by)
        .where(knowledge.c.business == business, knowledge.c.review_by <= today + ahead)
        .order_by(knowledge.c.review_by, knowledge.c.id)
    )
    return [DueAnswer(row.id, row.question, row.owner, row.review_by) for row in await connection.execute(query)]
