"""Puts a business into the tables."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from workflows.backends import tables as t
from workflows.backends.closures import closure_id
from workflows.backends.practice import BARE, DEMO, Practice

__all__ = ["BARE", "DEMO", "Practice", "seed"]

Rows = list[dict[str, object]]


async def seed(engine: AsyncEngine, business: str, today: date, practice: Practice = BARE) -> None:
    """Put a new business into the tables. It may be called at every start: a calendar that is there is somebody's, and
    what they took out of it stays out; records that are there are left as they are.
    """
    async with engine.begin() as connection:
        known = select(t.services.c.id).where(t.services.c.business == business).limit(1)
        new = (await connection.execute(known)).first() is None
        for table, values in {**(_calendar(practice) if new else {}), **_records(practice, today)}.items():
            if values:
                owned = [{"business": business, **value} for value in values]
                await connection.execute(insert(table).on_conflict_do_nothing(), owned)


def _calendar(practice: Practice) -> dict[Table, Rows]:
    offered = [practice.service(name) for name, _, _ in practice.services]
    titles = {name: title for name, title, _ in practice.services}
    return {
        t.places: [{"id": one.id, "name": one.name, "timezone": one.timezone} for one in practice.places],
        t.services: [
            {
                "id": one.id,
                "name": titles[one.id],
                "minutes": one.minutes,
                "buffer_before": one.before,
                "buffer_after": one.after,
                "every": one.every,
                "capacity": one.capacity,
                "change_hours": one.change_hours,
            }
            for one in offered
        ],
        t.resources: [
            {"id": name, "name": title, "place": room.place or None, "capacity": room.capacity}
            for name, title in practice.resources
            for room in (practice.room(name),)
        ],
        t.resource_services: [
            {"resource": resource, "service": service.id}
            for resource, _ in practice.resources
            for service in offered
            if service.id in (practice.room(resource).services or (service.id,))
        ],
        t.opening_hours: [
            {
                "place": one.place,
                "resource": one.resource,
                "weekday": one.weekday,
                "opens": one.opens,
                "closes": one.closes,
            }
            for one in practice.all_hours()
        ],
        t.closures: [
            {
                "id": closure_id("seed", one),
                "place": one.place,
                "resource": one.resource,
                "starts_at": one.starts,
                "ends_at": one.ends,
                "reason": one.reason,
                "source": "seed",
            }
            for one in practice.closures
        ],
    }


def _records(practice: Practice, today: date) -> dict[Table, Rows]:
    return {
        t.orders: [
            {
                "code": code,
                "status": status,
                "expected_on": None if days is None else today + timedelta(days=days),
            }
            for code, status, days in practice.orders
        ],
        t.customers: [
            {
                "id": one.id,
                "name": one.name,
                "phone": one.phone,
                "email": one.email,
                "date_of_birth": date.fromisoformat(one.date_of_birth) if one.date_of_birth else None,
                "postcode": one.postcode,
            }
            for one in practice.customers
        ],
        t.balances: [
            {
                "customer": one.customer,
                "amount": one.amount,
                "currency": one.currency,
                "due_on": today + timedelta(days=one.due_in_days),
            }
            for one in practice.balances
        ],
        t.knowledge: [
            {
                "id": one.id,
                "question": one.question,
                "phrasings": "\n".join(one.phrasings),
                "answer": one.answer,
                "citation": one.citation,
                "owner": one.owner,
                "reviewed_on": one.reviewed_on,
                "review_by": one.review_by,
            }
            for one in (known.entry(today) for known in practice.knowledge)
        ],
    }
