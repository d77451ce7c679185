"""The tables of the business back ends.

Postgres only. ``bookings`` needs the extension ``btree_gist`` (its exclusion constraints compare text for equality and
ranges for overlap in one index) and ``knowledge`` needs ``pg_trgm``, so create both before ``metadata``.
"""

from workflows.backends.tables.base import metadata
from workflows.backends.tables.calendar import (
    bookings,
    closures,
    opening_hours,
    places,
    resource_services,
    resources,
    services,
    wait_list,
)
from workflows.backends.tables.desk import (
    callbacks,
    knowledge,
    messages,
    orders,
    survey_answers,
    tickets,
    unanswered_questions,
)
from workflows.backends.tables.ledger import action_plans, outbox, receipts
from workflows.backends.tables.people import (
    balances,
    customers,
    one_time_codes,
    payment_promises,
    verification_attempts,
)

EXTENSIONS = ("btree_gist", "pg_trgm")
"""Must exist before the tables are created."""

__all__ = [
    "EXTENSIONS",
    "action_plans",
    "balances",
    "bookings",
    "callbacks",
    "closures",
    "customers",
    "knowledge",
    "messages",
    "metadata",
    "one_time_codes",
    "opening_hours",
    "orders",
    "outbox",
    "payment_promises",
    "places",
    "receipts",
    "resource_services",
    "resources",
    "services",
    "survey_answers",
    "tickets",
    "unanswered_questions",
    "verification_attempts",
    "wait_list",
]
