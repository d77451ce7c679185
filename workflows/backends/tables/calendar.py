"""What can be booked, when, and what is booked."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Time,
    UniqueConstraint,
    column,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from workflows.backends.tables.base import metadata, moment, origin

places = Table(
    "places",
    metadata,
    Column("business", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False, server_default="", comment="IANA; empty = that of the line"),
)

services = Table(
    "services",
    metadata,
    Column("business", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("minutes", Integer, nullable=False, comment="length of one appointment"),
    Column("buffer_before", Integer, nullable=False, server_default="0", comment="minutes kept free before"),
    Column("buffer_after", Integer, nullable=False, server_default="0", comment="minutes kept free after"),
    Column("every", Integer, nullable=False, server_default="30", comment="minutes between starts, from opening"),
    Column("capacity", Integer, nullable=False, server_default="1", comment="who shares one session; 1 = nobody"),
    Column("change_hours", Integer, nullable=False, server_default="0", comment="latest change before the start"),
    CheckConstraint("minutes between 1 and 1440", name="minutes"),
    CheckConstraint("buffer_before between 0 and 1440 and buffer_after between 0 and 1440", name="buffers"),
    CheckConstraint("every between 5 and 1440", name="every"),
    CheckConstraint("capacity between 1 and 1000", name="capacity"),
    CheckConstraint("change_hours >= 0", name="change_hours"),
)

resources = Table(
    "resources",
    metadata,
    Column("business", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=True),
    Column("capacity", Integer, nullable=False, server_default="1", comment="seats: bookings at one time"),
    ForeignKeyConstraint(["business", "place"], ["places.business", "places.id"]),
    CheckConstraint("capacity between 1 and 1000", name="capacity"),
)

resource_services = Table(
    "resource_services",
    metadata,
    Column("business", Text, primary_key=True),
    Column("resource", Text, primary_key=True),
    Column("service", Text, primary_key=True),
    ForeignKeyConstraint(["business", "resource"], ["resources.business", "resources.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["business", "service"], ["services.business", "services.id"], ondelete="CASCADE"),
)

opening_hours = Table(
    "opening_hours",
    metadata,
    Column("business", Text, primary_key=True),
    Column("place", Text, primary_key=True, server_default="", comment="empty = every place without hours of its own"),
    Column("resource", Text, primary_key=True, server_default="", comment="empty = every resource likewise"),
    Column("weekday", SmallInteger, primary_key=True, autoincrement=False, comment="0 = Monday"),
    Column("opens", Time, primary_key=True, comment="local to the place"),
    Column("closes", Time, nullable=False, comment="on the next day when not after opens"),
    CheckConstraint("weekday between 0 and 6", name="weekday"),
)

closures = Table(
    "closures",
    metadata,
    Column("business", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("place", Text, nullable=False, server_default="", comment="empty = all"),
    Column("resource", Text, nullable=False, server_default="", comment="empty = all"),
    Column("starts_at", DateTime, nullable=False, comment="local to the place"),
    Column("ends_at", DateTime, nullable=False, comment="local to the place, excluded"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("source", Text, nullable=False, server_default="", comment="the calendar file it came from"),
    CheckConstraint("ends_at > starts_at", name="order"),
    Index("ix_closures_end", "business", "ends_at"),
)

bookings = Table(
    "bookings",
    metadata,
    Column("code", Text, primary_key=True),
    Column("business", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("resource", Text, nullable=False),
    moment("starts_at"),
    moment("ends_at"),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False, comment="E.164"),
    Column("status", Text, nullable=False, comment="held | booked | cancelled"),
    Column("call", Text, nullable=False),
    Column("key", Text, nullable=False, comment="idempotency key of the receipt written with it"),
    moment("created_at"),
    moment("busy_from", comment="starts_at less the buffer before"),
    moment("busy_until", comment="ends_at and the buffer after"),
    Column("seat", Integer, nullable=False, server_default="1"),
    Column("session", Text, nullable=False, server_default="", comment="shared by a group; empty = one of its own"),
    moment("held_until", comment="set while held; past it, the row counts for nothing", nullable=True),
    Column("email", Text, nullable=False, server_default=""),
    Column("date_of_birth", Date, nullable=True),
    moment("changed_at", nullable=True),
    UniqueConstraint("key"),
    ForeignKeyConstraint(["business", "service"], ["services.business", "services.id"]),
    ForeignKeyConstraint(["business", "resource"], ["resources.business", "resources.id"]),
    CheckConstraint("ends_at > starts_at", name="order"),
    CheckConstraint("busy_from <= starts_at and busy_until >= ends_at", name="busy"),
    CheckConstraint("status in ('held', 'booked', 'cancelled')", name="status"),
    CheckConstraint("(status = 'held') = (held_until is not null)", name="held_until"),
    ExcludeConstraint(
        (column("business"), "="),
        (column("resource"), "="),
        (column("seat"), "="),
        (func.tstzrange(column("busy_from"), column("busy_until"), literal_column("'[)'")), "&&"),
        where=text("status in ('held', 'booked')"),
        using="gist",
        name="ex_bookings_one_per_seat",
    ),
    ExcludeConstraint(
        (column("business"), "="),
        (column("resource"), "="),
        (column("session"), "<>"),
        (func.tstzrange(column("busy_from"), column("busy_until"), literal_column("'[)'")), "&&"),
        where=text("status in ('held', 'booked')"),
        using="gist",
        name="ex_bookings_one_session",
    ),
    Index("ix_bookings_day", "business", "starts_at"),
    Index("ix_bookings_phone", "business", "phone", "starts_at"),
    Index("ix_bookings_held", "call", postgresql_where=text("status = 'held'")),
)

wait_list = Table(
    "wait_list",
    metadata,
    Column("number", Text, primary_key=True),
    Column("business", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("place", Text, nullable=False, server_default="", comment="empty = any"),
    Column("date", Date, nullable=False, comment="local to the place"),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False, comment="E.164"),
    Column("status", Text, nullable=False, comment="waiting | offered | taken | lapsed"),
    moment("offered_start", comment="the time that became free", nullable=True),
    moment("offered_at", nullable=True),
    moment("offered_until", comment="kept for them until then; after that it passes on", nullable=True),
    *origin(),
    UniqueConstraint("key"),
    ForeignKeyConstraint(["business", "service"], ["services.business", "services.id"]),
    CheckConstraint("status in ('waiting', 'offered', 'taken', 'lapsed')", name="status"),
    Index(
        "ix_wait_list_open",
        "business",
        "date",
        "created_at",
        postgresql_where=text("status in ('waiting', 'offered')"),
    ),
    Index("ix_wait_list_offered", "business", "offered_until", postgresql_where=text("status = 'offered'")),
)
