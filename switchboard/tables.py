"""What processes tell each other through Postgres. Nothing here outlives its call for long."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Index, MetaData, Table, Text, text

metadata = MetaData()

call_sockets = Table(
    "call_sockets",
    metadata,
    Column("call", Text, primary_key=True),
    Column("generation", BigInteger, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Index("call_sockets_by_time", "opened_at"),
)
"""The newest call token that has opened a media socket: an older one, or the same again, opens none."""

call_orders = Table(
    "call_orders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("call", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("given_at", DateTime(timezone=True), nullable=False),
    Column("deadline", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=text("''")),
    CheckConstraint("kind IN ('say', 'hand_over', 'end', 'line_over')", name="call_orders_kind"),
    CheckConstraint("state IN ('given', 'taken', 'accepted', 'refused', 'expired')", name="call_orders_state"),
    Index("call_orders_given", "call", postgresql_where=text("state = 'given'")),
)
"""What people want done in a live call, whichever process has it."""
