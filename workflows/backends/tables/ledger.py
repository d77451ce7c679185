"""What was done, and what is to follow from it."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, Integer, Table, Text, text

from workflows.backends.tables.base import metadata, moment

receipts = Table(
    "receipts",
    metadata,
    Column("key", Text, primary_key=True, comment="idempotency key"),
    Column("business", Text, nullable=False),
    Column("call", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("result", Text, nullable=False, comment="canonical JSON, kept as text so that its digest stays true"),
    Column("digest", Text, nullable=False, comment="SHA-256, hex, of canonical {action, result}"),
    moment("created_at"),
    Index("ix_receipts_call", "call"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("business", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="what happened, such as booking.created"),
    Column("subject", Text, nullable=False, comment="the code or number of the row it happened to"),
    Column("body", Text, nullable=False, comment="canonical JSON without names, numbers or addresses of people"),
    moment("created_at"),
    moment("sent_at", nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Index("ix_outbox_waiting", "id", postgresql_where=text("sent_at is null")),
    Index(
        "ux_outbox_call",
        "kind",
        "subject",
        unique=True,
        postgresql_where=text("kind in ('call.started', 'call.ended')"),
    ),
)

action_plans = Table(
    "action_plans",
    metadata,
    Column("id", Text, primary_key=True, comment="idempotency key of the last action"),
    Column("call", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("requests", Text, nullable=False, comment="JSON, in order; the row is gone when all is done or undone"),
    Column("state", Text, nullable=False, comment="doing | undoing"),
    moment("created_at"),
    CheckConstraint("state in ('doing', 'undoing')", name="state"),
)
