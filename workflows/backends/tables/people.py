"""Customers, how they prove who they are, and what they owe."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from workflows.backends.tables.base import metadata, moment, origin

customers = Table(
    "customers",
    metadata,
    Column("business", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False, comment="E.164"),
    Column("email", Text, nullable=False, server_default=""),
    Column("date_of_birth", Date, nullable=True),
    Column("postcode", Text, nullable=False, server_default=""),
    Index("ix_customers_phone", "business", "phone"),
)

verification_attempts = Table(
    "verification_attempts",
    metadata,
    Column("key", Text, primary_key=True, comment="idempotency key: one attempt counts once"),
    Column("business", Text, nullable=False),
    Column("call", Text, nullable=False),
    Column("caller", Text, nullable=False, comment="number of the caller; id of the call when it is withheld"),
    Column("claim", Text, nullable=False, comment="SHA-256, hex, of the record claimed, whether or not it exists"),
    Column("outcome", Text, nullable=False, comment="verified | failed | locked"),
    Column("subject", Text, nullable=False, server_default=""),
    Column("level", Text, nullable=False, server_default=""),
    moment("created_at"),
    CheckConstraint("outcome in ('verified', 'failed', 'locked')", name="outcome"),
    Index("ix_verification_attempts_caller", "business", "caller", "created_at"),
    Index("ix_verification_attempts_claim", "business", "claim", "created_at"),
    # all who withhold their number are counted together
    Index(
        "ix_verification_attempts_withheld",
        "business",
        "created_at",
        postgresql_where=text("left(caller, 5) = 'call:'"),
    ),
)

one_time_codes = Table(
    "one_time_codes",
    metadata,
    Column("number", Text, primary_key=True),
    Column("business", Text, nullable=False),
    Column("caller", Text, nullable=False, comment="number of the caller; id of the call when it is withheld"),
    Column("claim", Text, nullable=False, comment="SHA-256, hex, of the number claimed"),
    Column("subject", Text, nullable=False, server_default="", comment="empty: there is no such record"),
    Column("salt", Text, nullable=False, server_default=""),
    Column("digest", Text, nullable=False, server_default="", comment="PBKDF2-SHA-256, hex; empty until it is sent"),
    moment("expires_at", comment="ten minutes after it was sent", nullable=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    moment("used_at", nullable=True),
    *origin(),
    UniqueConstraint("key"),
    Index("ix_one_time_codes_call", "call"),
    Index("ix_one_time_codes_claim", "business", "claim", "created_at"),
    Index("ix_one_time_codes_caller", "business", "caller", "created_at"),
)

balances = Table(
    "balances",
    metadata,
    Column("business", Text, primary_key=True),
    Column("customer", Text, primary_key=True),
    Column("amount", Numeric(12, 2), nullable=False),
    Column("currency", Text, nullable=False, comment="ISO 4217"),
    Column("due_on", Date, nullable=False),
    ForeignKeyConstraint(["business", "customer"], ["customers.business", "customers.id"], ondelete="CASCADE"),
    CheckConstraint("amount >= 0", name="amount"),
)

payment_promises = Table(
    "payment_promises",
    metadata,
    Column("number", Text, primary_key=True),
    Column("business", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("amount", Numeric(12, 2), nullable=False),
    Column("currency", Text, nullable=False, comment="ISO 4217"),
    Column("promised_on", Date, nullable=False, comment="the day it is to be paid"),
    Column("status", Text, nullable=False, comment="open | kept | broken | withdrawn"),
    *origin(),
    UniqueConstraint("key"),
    ForeignKeyConstraint(["business", "customer"], ["customers.business", "customers.id"], ondelete="CASCADE"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("status in ('open', 'kept', 'broken', 'withdrawn')", name="status"),
)
