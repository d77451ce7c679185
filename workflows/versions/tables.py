"""The tables of script versions. Both are history: rows are added and never changed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

metadata = MetaData()

script_versions = Table(
    "script_versions",
    metadata,
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("drafted_at", DateTime(timezone=True), nullable=False),
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="script_versions_digest"),
    Index("script_versions_by_digest", "name", "digest"),
)
"""Every text a script ever had here: drafts, what was published, and files that took calls. One row each time."""

script_releases = Table(
    "script_releases",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("other", Text, nullable=False, server_default=text("''")),
    Column("percent", Integer, nullable=False, server_default=text("0")),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("released_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("kind IN ('publish', 'rollback', 'split', 'withdraw')", name="script_releases_kind"),
    CheckConstraint("percent BETWEEN 0 AND 100", name="script_releases_percent"),
    Index("script_releases_newest", "name", "id"),
)
"""What counts from when: the newest row of a name. ``other`` takes ``percent`` of the calls."""
