"""The wait list: who would like a time on a day that is full."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.agenda_query import Wanted, read_agenda
from workflows.backends.numbered import insert_numbered
from workflows.backends.tables import wait_list
from workflows.backends.wishes import Answer, Done, Notice, Wish


async def join_wait_list(connection: AsyncConnection, wish: Wish) -> Answer:
    """Write somebody down; whoever waits already, or is being offered a time, keeps their place in the row."""
    day = date.fromisoformat(wish.text("date"))
    service, phone = wish.text("service"), wish.text("phone")
    await read_agenda(connection, wish, Wanted(service, day))
    earlier = (
        select(wait_list.c.number)
        .where(
            wait_list.c.business == wish.business,
            wait_list.c.service == service,
            wait_list.c.phone == phone,
            wait_list.c.date == day,
            wait_list.c.status.in_(("waiting", "offered")),
            wait_list.c.place.in_(("", wish.text("place"))),
        )
        .order_by(wait_list.c.created_at, wait_list.c.key)
    )
    number = (await connection.execute(earlier.limit(1))).scalar_one_or_none()
    if number is None:
        row = {"service": service, "place": wish.text("place"), "date": day, "name": wish.text("name"), "phone": phone}
        number = await insert_numbered(connection, wait_list, wish, {**row, "status": "waiting"})
    notice = Notice("wait_list.joined", number, {"service": service, "date": day.isoformat()})
    return Done({"number": number, "date": day.isoformat()}, (notice,))
