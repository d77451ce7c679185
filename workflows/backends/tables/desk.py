"""What callers leave with the house, and what the house can tell them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Computed, Date, Index, Integer, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR

from workflows.backends.tables.base import metadata, moment, origin

callbacks = Table(
    "callbacks",
    metadata,
    Column("number", Text, primary_key=True),
    Column("business", Text, nullable=False),
    Column("phone", Text, nullable=False, comment="E.164"),
    Column("name", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False, comment="open | done"),
    *origin(),
    moment("wanted_at", comment="when the caller asked to be called; empty = as soon as possible", nullable=True),
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
    *origin(),
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
    *origin(),
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

knowledge = Table(
    "knowledge",
    metadata,
    Column("business", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("question", Text, nullable=False),
    Column("phrasings", Text, nullable=False, server_default="", comment="other ways to ask it, a line each"),
    Column("answer", Text, nullable=False, comment="as it is spoken"),
    Column("citation", Text, nullable=False, comment="where it stands"),
    Column("owner", Text, nullable=False, comment="who answers for it"),
    Column("reviewed_on", Date, nullable=False),
    Column("review_by", Date, nullable=False, comment="from this day on it is not spoken any more"),
    Column(
        "search",
        TSVECTOR,
        Computed("to_tsvector('english', question || ' ' || phrasings)", persisted=True),
        nullable=True,
    ),
    CheckConstraint("review_by > reviewed_on", name="review"),
    Index("ix_knowledge_search", "search", postgresql_using="gin"),
    Index(
        "ix_knowledge_letters", "question", postgresql_using="gin", postgresql_ops={"question": "gin_trgm_ops"}
    ),
)

unanswered_questions = Table(
    "unanswered_questions",
    metadata,
    Column("number", Text, primary_key=True),
    Column("business", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("nearest", Text, nullable=False, server_default="", comment="the answer that was close, or out of date"),
    Column("status", Text, nullable=False, comment="open | answered"),
    *origin(),
    UniqueConstraint("key"),
    CheckConstraint("status in ('open', 'answered')", name="status"),
    Index("ix_unanswered_questions_open", "business", "created_at", postgresql_where=text("status = 'open'")),
)

survey_answers = Table(
    "survey_answers",
    metadata,
    Column("number", Text, primary_key=True),
    Column("business", Text, nullable=False),
    Column("score", Integer, nullable=False),
    Column("comment", Text, nullable=False, server_default=""),
    *origin(),
    UniqueConstraint("key"),
    CheckConstraint("score between 0 and 10", name="score"),
    Index("ix_survey_answers_day", "business", "created_at"),
)
