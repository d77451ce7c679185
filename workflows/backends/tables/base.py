"""What all tables of the back ends share: names of constraints, and columns that every row left by a call has."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def moment(name: str, *, comment: str = "", nullable: bool = False) -> Column[object]:
    """An aware time. It never has a clock as its default: every time is a parameter."""
    return Column(name, DateTime(timezone=True), nullable=nullable, comment=comment or None)


def origin() -> tuple[Column[object], ...]:
    """Which call left a row, under which idempotency key, and when."""
    return Column("call", Text, nullable=False), Column("key", Text, nullable=False), moment("created_at")
