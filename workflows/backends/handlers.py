"""Which function carries out which action of the catalogue on Postgres."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from calls.run import ActionSettled
from workflows.backends import (
    booking,
    callers,
    changes,
    desk,
    knowledge,
    one_time_codes,
    payments,
    taking_back,
    wait_list,
)
from workflows.backends.wishes import Answer, Wish
from workflows.jobs import agreeing

Handler = Callable[[AsyncConnection, Wish], Awaitable[Answer]]
"""One action, inside a transaction."""

Glance = Callable[[AsyncConnection, Wish], Awaitable[ActionSettled | None]]
"""A cheap look before an action queues: its answer when that is plain already, else None."""


def shipped_handlers() -> dict[str, Handler]:
    """The actions of the catalogue."""
    return {
        "find_times": booking.find_times,
        "hold_time": booking.hold_time,
        "book": booking.book,
        "find_booking": changes.find_booking,
        "reschedule": changes.reschedule,
        "cancel_booking": changes.cancel_booking,
        "join_wait_list": wait_list.join_wait_list,
        "take_back": taking_back.take_back,
        "verify_caller": callers.verify_caller,
        "send_code": one_time_codes.send_code,
        "order_status": desk.order_status,
        "open_ticket": desk.open_ticket,
        "ticket_status": desk.ticket_status,
        "leave_callback": desk.leave_callback,
        "leave_message": desk.leave_message,
        "record_survey": desk.record_survey,
        "find_answer": knowledge.find_answer,
        "find_balance": payments.find_balance,
        "promise_payment": payments.promise_payment,
        "record_consent": agreeing.record_consent,
        "send_confirmation": agreeing.send_confirmation,
    }


def shipped_glances() -> dict[str, Glance]:
    """What many may want at once: the losers of a race need not queue to be told."""
    return {"book": booking.glance, "hold_time": booking.glance}
