"""A small business to try things with: services, rooms, opening hours and a few orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from workflows.backends.tables import opening_hours, orders, resource_services, resources, services


@dataclass(frozen=True, slots=True)
class Practice:
    """What a demo business has."""

    services: tuple[tuple[str, str, int], ...] = (
        ("cleaning", "Cleaning", 30),
        ("checkup", "Check-up", 30),
        ("consultation", "Consultation", 60),
    )
    """id, name, minutes"""
    resources: tuple[tuple[str, str], ...] = (("room_1", "Room 1"), ("room_2", "Room 2"))
    """id, name; each offers every service"""
    opens: time = time(9)
    closes: time = time(18)
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    """0 = Monday"""
    orders: tuple[tuple[str, str, int | None], ...] = (
        ("482913", "shipped", 2),
        ("100200", "received", 6),
        ("350117", "packed", 4),
        ("774402", "delivered", -3),
        ("905561", "cancelled", None),
    )
    """code, status, days from today it is expected"""


DEMO = Practice()


async def seed(engine: AsyncEngine, business: str, today: date, practice: Practice = DEMO) -> None:
    """Put a business into the tables. What is there already is left as it is, so it may be called at every start."""
    rows: dict[Table, list[dict[str, object]]] = {
        services: [
            {"business": business, "id": name, "name": title, "minutes": minutes}
            for name, title, minutes in practice.services
        ],
        resources: [{"business": business, "id": name, "name": title} for name, title in practice.resources],
        resource_services: [
            {"business": business, "resource": resource, "service": service}
            for resource, _ in practice.resources
            for service, _, _ in practice.services
        ],
        opening_hours: [
            {"business": business, "weekday": weekday, "opens": practice.opens, "closes": practice.closes}
            for weekday in practice.weekdays
        ],
        orders: [
            {
                "business": business,
                "code": code,
                "status": status,
                "expected_on": None if days is None else today + timedelta(days=days),
            }
            for code, status, days in practice.orders
        ],
    }
    async with engine.begin() as connection:
        for table, values in rows.items():
            await connection.execute(insert(table).on_conflict_do_nothing(), values)
