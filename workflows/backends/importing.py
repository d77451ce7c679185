"""Answers and customers out of a file: new ones are added, known ones are brought up to date, none is taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Table, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.errors import ConfigurationError
from workflows.backends.rows_file import Field, Row, day, email, name_of_record, phone, read_rows, words
from workflows.backends.tables import customers, knowledge

AT_ONCE = 1_000
"""rows in one statement"""

ANSWERS = (
    Field("id", name_of_record),
    Field("question", words(300)),
    Field("answer", words(600)),
    Field("citation", words(300)),
    Field("owner", words(100)),
    Field("reviewed_on", day),
    Field("review_by", day),
    Field("phrasings", words(300), needed=False, several=True),
)
"""An answer: nobody may answer for it, and no day at which it is looked at again, is not allowed."""

CUSTOMERS = (
    Field("id", name_of_record),
    Field("name", words(100)),
    Field("phone", phone),
    Field("email", email, needed=False),
    Field("date_of_birth", day, needed=False),
    Field("postcode", words(16), needed=False),
)


@dataclass(frozen=True, slots=True)
class Import:
    """What a file means for what is on file."""

    table: Table
    new: Sequence[Mapping[str, object]]
    changed: Sequence[Mapping[str, object]]
    same: int


def read_answers(content: bytes, file: str, today: date) -> Sequence[Mapping[str, object]]:
    """The answers of a file. Raises ConfigurationError, a line FILE:LINE for each complaint."""
    rows = read_rows(content, file, ANSWERS)
    _refuse(file, [(row.line, reason) for row in rows if (reason := _against_dates(row, today))])
    return [{**row.values, "phrasings": "\n".join(map(str, _several(row, "phrasings")))} for row in rows]


def read_customers(content: bytes, file: str, today: date) -> Sequence[Mapping[str, object]]:
    """The customers of a file. Raises ConfigurationError, a line FILE:LINE for each complaint."""
    rows = read_rows(content, file, CUSTOMERS)
    unborn = [row.line for row in rows if isinstance(born := row.values["date_of_birth"], date) and born > today]
    _refuse(file, [(line, "date_of_birth lies ahead; correct it") for line in unborn])
    return [
        {**row.values, "email": row.values["email"] or "", "postcode": row.values["postcode"] or ""} for row in rows
    ]


async def compare(
    connection: AsyncConnection, table: Table, business: str, rows: Sequence[Mapping[str, object]]
) -> Import:
    """Which of ``rows`` are new, and which say something else than what is on file."""
    columns = [column for column in table.c if column.name not in ("business", "search")]
    query = select(*columns).where(table.c.business == business)
    known = {row["id"]: dict(row) for row in (await connection.execute(query)).mappings()}
    new = [row for row in rows if row["id"] not in known]
    changed = [row for row in rows if row["id"] in known and known[row["id"]] != dict(row)]
    return Import(table, new, changed, len(rows) - len(new) - len(changed))


async def carry_out(connection: AsyncConnection, business: str, found: Import) -> None:
    """Write what is new or different."""
    rows = [{"business": business, **row} for row in (*found.new, *found.changed)]
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        statement = insert(found.table).values(some)
        replaced = {name: statement.excluded[name] for name in some[0] if name not in ("business", "id")}
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["business", "id"], set_=replaced)
        )


async def mark_reviewed(
    connection: AsyncConnection, business: str, name: str, today: date, review_by: date, owner: str = ""
) -> None:
    """Somebody has looked at an answer again. Raises ConfigurationError when there is no such answer."""
    if review_by <= today:
        raise ConfigurationError(f"an answer is looked at again after today ({today}), not on {review_by}")
    values: dict[str, object] = {"reviewed_on": today, "review_by": review_by, **({"owner": owner} if owner else {})}
    mine = update(knowledge).where(knowledge.c.business == business, knowledge.c.id == name)
    if (await connection.execute(mine.values(**values).returning(knowledge.c.id))).first() is None:
        raise ConfigurationError(f"there is no answer {name!r}; see: switchboard knowledge list")


TABLES = {"answers": knowledge, "customers": customers}


def _against_dates(row: Row, today: date) -> str:
    reviewed, due = row.values["reviewed_on"], row.values["review_by"]
    assert isinstance(reviewed, date)
    assert isinstance(due, date)
    if reviewed > today:
        return f"reviewed_on {reviewed} lies ahead; it is the day somebody looked at the answer"
    return "" if due > reviewed else f"review_by {due} is not after reviewed_on {reviewed}"


def _several(row: Row, name: str) -> Sequence[object]:
    values = row.values[name]
    return values if isinstance(values, tuple) else ()


def _refuse(file: str, wrong: Sequence[tuple[int, str]]) -> None:
    if wrong:
        raise ConfigurationError("\n".join(f"{file}:{line}: {reason}" for line, reason in wrong[:20]))
