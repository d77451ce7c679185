"""The outbox: what others are to hear of, written in the transaction of what it tells, so that neither is lost."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.codec import canonical
from workflows.backends.tables import outbox
from workflows.backends.wishes import Notice, Wish


async def announce(connection: AsyncConnection, wish: Wish, notices: Sequence[Notice]) -> None:
    """A row for each notice, in order."""
    if notices:
        rows = [
            {
                "business": wish.business,
                "kind": notice.kind,
                "subject": notice.subject,
                "body": canonical(dict(notice.body)).decode(),
                "created_at": wish.now,
            }
            for notice in notices
        ]
        await connection.execute(insert(outbox), rows)
