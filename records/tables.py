"""Every table of the memory. The schema itself is written by hand in ``migrations/``; a test finds any drift.

Times come in as parameters; no statement asks the database what time it is.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

metadata = MetaData()

APP_ROLE = "switchboard_app"
"""The role that serves. It owns nothing, and may append to ``events`` but not change it."""

events = Table(
    "events",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, nullable=False),
    Column("at_ms", Double, nullable=False),
    Column("name", Text, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("body_codec", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("prev", Text, nullable=False),
    Column("leaf", Text, nullable=False),
    CheckConstraint("seq >= 1", name="events_seq_from_one"),
    CheckConstraint("epoch >= 1", name="events_epoch_from_one"),
    CheckConstraint("prev ~ '^[0-9a-f]{64}$' AND leaf ~ '^[0-9a-f]{64}$'", name="events_digests"),
)
"""``calls.chain.Envelope``, column by column. Append-only by trigger."""

stream_owners = Table(
    "stream_owners",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("worker", Text, nullable=False),
    Column("claimed_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)
"""Who may append to a stream: every claim raises ``epoch``, and with it shuts out the owner before."""

calls = Table(
    "calls",
    metadata,
    Column("call", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("caller", Text, nullable=False),
    Column("called", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("duration_ms", Double),
    Column("disposition", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("risk", SmallInteger, nullable=False, server_default="0", comment="0 none, 1 elevated, 2 high, 3 critical"),
    Column("dangers", ARRAY(Text), nullable=False, server_default="{}", comment="kinds, in the order they were heard"),
    CheckConstraint("risk BETWEEN 0 AND 3", name="calls_risk"),
    Index("calls_by_risk", "risk", "started_at", "call"),
    Index("calls_by_start", "started_at", "call"),
    Index("calls_by_line", "line", "started_at", "call"),
)
"""The call log, folded from events in the transaction that stores them. ``caller`` is masked."""

recordings = Table(
    "recordings",
    metadata,
    Column("call", Text, primary_key=True),
    Column("path", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("duration_ms", Double),
)
"""Also folded from events. ``path`` is relative to the recordings' folder; no digest while it still runs."""

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
)
"""Who may ask. Only a SHA-256 digest of the secret is kept."""

line_pauses = Table(
    "line_pauses",
    metadata,
    Column("line", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    CheckConstraint("kind IN ('to', 'message')", name="line_pauses_kind"),
)
"""Lines that answer no calls just now, and what callers meet instead: another number, or a message."""
