"""Names of the records a caller can prove to be theirs: ``booking:ACFHJ``, ``customer:c-17``."""

from __future__ import annotations

BOOKING = "booking"
CUSTOMER = "customer"


def subject(kind: str, name: str) -> str:
    """The name of a record."""
    return f"{kind}:{name}"


def subject_of(text: str) -> tuple[str, str]:
    """Kind and id in the name of a record; both empty when nobody has proved anything."""
    kind, found, name = text.partition(":")
    return (kind, name) if found else ("", "")
