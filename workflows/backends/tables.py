"""The tables of the business back ends.

Postgres only. ``bookings`` needs the extension ``btree_gist`` (the exclusion constraint compares text for equality
and ranges for overlap in one index), so create it before ``metadata``. No column has a clock as its default: every
time is a parameter, taken from the moment the call decided.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
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

EXTENSIONS = ("btree_gist",)
"""Must exist before the tables are created."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

services = Table(
    "services",
    metadata,
    Column("business", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("minutes", Integer, nullable=False, comment="length of one appointment"),
    CheckConstraint("minutes between 1 and 1440", name="minutes"),
)

resources = Table(
    "resources",
    metadata,
    Column("business", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
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
    Column("weekday", SmallInteger, primary_key=True, autoincrement=False, comment="0 = Monday"),
    Column("opens", Time, primary_key=True, comment="local to the line"),
    Column("closes", Time, nullable=False),
    CheckConstraint("weekday between 0 and 6", name="weekday"),
    CheckConstraint("closes > opens", name="order"),
)

bookings = Table(
    "bookings",
    metadata,
    Column("code", Text, primary_key=True),
    Column("business", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False, comment="E.164"),
    Column("status", Text, nullable=False, comment="booked | cancelled"),
    Column("call", Text, nullable=False),
    Column("key", Text, nullable=False, comment="idempotency key of the receipt written with it"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("key"),
    ForeignKeyConstraint(["business", "service"], ["services.business", "services.id"]),
    ForeignKeyConstraint(["business", "resource"], ["resources.business", "resources.id"]),
    CheckConstraint("ends_at > starts_at", name="order"),
    CheckConstraint("status in ('booked', 'cancelled')", name="status"),
    ExcludeConstraint(
        (column("business"), "="),
        (column("resource"), "="),
        (func.tstzrange(column("starts_at"), column("ends_at"), literal_column("'[)'")), "&&"),
        where=text("status = 'booked'"),
        using="gist",
        name="ex_bookings_one_at_a_time",
    ),
    Index("ix_bookings_day", "business", "starts_at"),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("number", Text, primary_key=True),
    Column("business", Text, nullable=False),
    Column("phone", Text, nullable=False, comment="E.164"),
    Column("name", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False, comment="open | done"),
    Column("call", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("key"),
    CheckConstraint("status in ('open', 'done')", name="status"),
    Index("ix_callbacks_open", "business", "created_at", postgresql_where=text("status = 'open'")),
)

messages = Table(
    "messages",
    metadata,
    Column("number", Text, primary_key=True),
    Column("business", Text, nullable=False),
    Column("phone", Text, nullable=False, server_default="", comment="E.164, or empty"),
    Column("name", Text, nullable=False, server_default=""),
    Column("message", Text, nullable=False),
    Column("call", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("key"),
    Index("ix_messages_day", "business", "created_at"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("number", Text, primary_key=True),
    Column("business", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("phone", Text, nullable=False, comment="E.164"),
    Column("name", Text, nullable=False, server_default=""),
    Column("order_code", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False, comment="open | closed"),
    Column("call", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("key"),
    CheckConstraint("status in ('open', 'closed')", name="status"),
    Index("ix_tickets_open", "business", "created_at", postgresql_where=text("status = 'open'")),
)

orders = Table(
    "orders",
    metadata,
    Column("business", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("status", Text, nullable=False, comment="received | packed | shipped | delivered | cancelled"),
    Column("expected_on", Date, nullable=True, comment="local to the line"),
    CheckConstraint("status in ('received', 'packed', 'shipped', 'delivered', 'cancelled')", name="status"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("key", Text, primary_key=True, comment="idempotency key"),
    Column("business", Text, nullable=False),
    Column("call", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("result", Text, nullable=False, comment="canonical JSON, kept as text so that its digest stays true"),
    Column("digest", Text, nullable=False, comment="SHA-256, hex, of canonical {action, result}"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_receipts_call", "call"),
)
