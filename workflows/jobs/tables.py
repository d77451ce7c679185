"""Who may be written to, who wants to hear of what, and every message that is due or was sent."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from workflows.backends.tables.base import metadata, moment

consents = Table(
    "consents",
    metadata,
    Column("business", Text, primary_key=True),
    Column("phone", Text, primary_key=True, comment="E.164"),
    Column("channel", Text, primary_key=True, comment="sms"),
    Column("scope", Text, primary_key=True, comment="what may be sent: booking"),
    moment("given_at"),
    Column("call", Text, nullable=False, comment="in which it was given"),
    moment("withdrawn_at", nullable=True),
    CheckConstraint("channel in ('sms')", name="channel"),
)

text_stops = Table(
    "text_stops",
    metadata,
    Column("phone", Text, primary_key=True, comment="E.164; no business texts it"),
    moment("since"),
)

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("id", Text, primary_key=True),
    Column("business", Text, nullable=False, server_default="", comment="empty = all"),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False, comment="whsec_ and base64, shared with the receiver"),
    Column("events", ARRAY(Text), nullable=False, comment="empty = all"),
    moment("created_at"),
    moment("removed_at", nullable=True),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("outbox", BigInteger, nullable=False),
    Column("channel", Text, nullable=False, comment="sms | email | webhook"),
    Column("target", Text, nullable=False, server_default="", comment="the endpoint of a webhook"),
    Column("run", Integer, nullable=False, server_default="0", comment="above 0: sent again on request"),
    Column("state", Text, nullable=False, comment="waiting | queued | sending | sent | not_sent | dead"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("due_at"),
    moment("queued_at", nullable=True),
    moment("settled_at", nullable=True),
    Column("reason", Text, nullable=False, server_default="", comment="why it failed or was not sent"),
    Column("recipient", Text, nullable=False, server_default="", comment="SHA-256, hex, of a number: for rates"),
    Column("reference", Text, nullable=False, server_default="", comment="the carrier's id of it"),
    moment("created_at"),
    UniqueConstraint("outbox", "channel", "target", "run"),
    ForeignKeyConstraint(["outbox"], ["outbox.id"], ondelete="CASCADE"),
    CheckConstraint("channel in ('sms', 'email', 'webhook')", name="channel"),
    CheckConstraint("state in ('waiting', 'queued', 'sending', 'sent', 'not_sent', 'dead')", name="state"),
    Index("ix_deliveries_due", "due_at", postgresql_where=text("state = 'waiting'")),
    Index("ix_deliveries_under_way", "queued_at", postgresql_where=text("state in ('queued', 'sending')")),
    Index("ix_deliveries_recipient", "recipient", "queued_at", postgresql_where=text("recipient <> ''")),
    Index("ix_deliveries_reference", "reference", postgresql_where=text("reference <> ''")),
)
"""One row for each message that follows from a row of the outbox. Jobs carry nothing but its ``id``."""
