"""Whom the records speak of: bookings and customers as things a caller can prove to be theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Date, String, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.subjects import BOOKING, CUSTOMER, subject, subject_of
from workflows.backends.tables import bookings, customers
from workflows.backends.verification import Record
from workflows.backends.wishes import Wish

LOOKED_AT = 200
"""records compared at most; the facts in the query leave far fewer"""


async def claimed(connection: AsyncConnection, wish: Wish, what: str, given: Mapping[str, str]) -> Sequence[Record]:
    """The records ``given`` may be meant for, the preferred ones first; every fact is compared afterwards."""
    if what == CUSTOMER:
        people: dict[str, ColumnElement[str]] = {"phone": customers.c.phone, "email": func.lower(customers.c.email)}
        born: ColumnElement[object] = customers.c.date_of_birth
        which = [column == given[fact] for fact, column in people.items() if fact in given]
    else:
        born = func.coalesce(bookings.c.date_of_birth, customers.c.date_of_birth)
        email = func.lower(func.coalesce(func.nullif(bookings.c.email, ""), customers.c.email))
        dated: dict[str, ColumnElement[str]] = {"code": bookings.c.code, "phone": bookings.c.phone, "email": email}
        which = [column == given[fact] for fact, column in dated.items() if fact in given]
    if "postcode" in given:
        plain = func.regexp_replace(customers.c.postcode, "[^[:alnum:]]", "", "g")
        which.append(func.upper(plain) == given["postcode"])
    if "date_of_birth" in given:
        which.append(cast(born, String) == given["date_of_birth"])
    return await (_customers if what == CUSTOMER else _bookings)(connection, wish, which)


async def record_of(connection: AsyncConnection, wish: Wish, name: str) -> Record | None:
    """A record by its name, while it can still be somebody's."""
    kind, key = subject_of(name)
    if kind == CUSTOMER:
        found = await _customers(connection, wish, [customers.c.id == key])
    else:
        found = await _bookings(connection, wish, [bookings.c.code == key])
    return found[0] if found else None


async def record_of_phone(connection: AsyncConnection, wish: Wish, phone: str) -> Record | None:
    """The customer with this number on record, else the next booking; None for neither, and for several people."""
    people = await _customers(connection, wish, [customers.c.phone == phone])
    dated = await _bookings(connection, wish, [bookings.c.phone == phone])
    if len(people) > 1:
        return None
    return next(iter([*people, *dated]), None)


async def phone_of(connection: AsyncConnection, business: str, name: str) -> str:
    """The number on record; empty when the record is gone."""
    kind, key = subject_of(name)
    table, column = (customers, customers.c.id) if kind == CUSTOMER else (bookings, bookings.c.code)
    query = select(table.c.phone).where(table.c.business == business, column == key)
    return (await connection.execute(query)).scalar_one_or_none() or ""


def holds_the_phone(name: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a customer stands for a booking under ``name`` and their number: theirs alone, or by their own name.

    A house that shares a telephone holds several people's records.
    """
    other = customers.alias("other")
    shared = select(other.c.id).where(
        other.c.business == customers.c.business, other.c.phone == customers.c.phone, other.c.id != customers.c.id
    )
    return or_(func.lower(name) == func.lower(customers.c.name), ~shared.exists())


async def _customers(
    connection: AsyncConnection, wish: Wish, which: Sequence[ColumnElement[bool]]
) -> list[Record]:
    query = select(customers).where(customers.c.business == wish.business, *which).order_by(customers.c.id)
    rows = await connection.execute(query.limit(LOOKED_AT))
    return [
        Record(
            subject(CUSTOMER, row.id), row.name, row.phone, "", row.email,
            row.date_of_birth.isoformat() if row.date_of_birth else "", row.postcode,
        )
        for row in rows
    ]  # fmt: skip


async def _bookings(
    connection: AsyncConnection, wish: Wish, which: Sequence[ColumnElement[bool]]
) -> list[Record]:
    # What was not asked at the booking may be on the customer's card.
    card = and_(
        customers.c.business == bookings.c.business,
        customers.c.phone == bookings.c.phone,
        holds_the_phone(bookings.c.name),
    )
    query = (
        select(
            bookings.c.code,
            bookings.c.name,
            bookings.c.phone,
            func.coalesce(func.nullif(bookings.c.email, ""), customers.c.email, "").label("email"),
            func.coalesce(bookings.c.date_of_birth, customers.c.date_of_birth, type_=Date).label("born"),
            func.coalesce(customers.c.postcode, "").label("postcode"),
        )
        .select_from(bookings.outerjoin(customers, card))
        .where(
            bookings.c.business == wish.business,
            bookings.c.status == "booked",
            bookings.c.ends_at > wish.now,
            *which,
        )
        .order_by(bookings.c.starts_at, bookings.c.code, customers.c.id)
    )
    return [
        Record(
            subject(BOOKING, row.code), row.name, row.phone, row.code, row.email,
            row.born.isoformat() if row.born else "", row.postcode,
        )
        for row in await connection.execute(query.limit(LOOKED_AT))
    ]  # fmt: skip
