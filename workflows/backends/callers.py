"""Verifying a caller on Postgres: attempts are counted before anything is compared."""

from __future__ import annotations

from sqlalchemy import Boolean, ColumnElement, insert, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.locks import lock
from workflows.backends.one_time_codes import Wanted, try_code
from workflows.backends.people import claimed, record_of
from workflows.backends.subjects import BOOKING, CUSTOMER, subject_of
from workflows.backends.tables import verification_attempts
from workflows.backends.verification import (
    LOCKED,
    MEMORY,
    NOT_MATCHED,
    NUMBERLESS,
    ONE_TIME_CODE,
    Failures,
    Verified,
    caller_of,
    claim_of,
    given_facts,
    proved,
)
from workflows.backends.wishes import Answer, Found, Wish


async def verify_caller(connection: AsyncConnection, wish: Wish) -> Answer:
    """Whether the caller has proved who they are: ``not_matched`` whatever was wrong, ``locked`` after too many."""
    given, caller = given_facts(wish), caller_of(wish)
    # One caller's attempts, and all those at one record, go one after the other: guesses at once count like any.
    await lock(connection, f"verify/{wish.business}/caller/{caller}")
    if caller.startswith(NUMBERLESS):
        # Always between the two others, so that nobody waits in a circle.
        await lock(connection, f"verify/{wish.business}/withheld")
    known = select(verification_attempts).where(verification_attempts.c.key == wish.key)
    earlier = (await connection.execute(known)).first()
    if earlier is not None:
        return _answer(earlier.outcome, Verified(earlier.subject, earlier.level))
    sent = await try_code(connection, wish, given[ONE_TIME_CODE]) if ONE_TIME_CODE in given else None
    claim = sent.claim if sent is not None and sent.claim else claim_of(wish.business, given)
    await lock(connection, f"verify/{wish.business}/claim/{claim}")
    verified = None
    if (await _failures(connection, wish, caller, claim)).locked(given, wish.now):
        outcome = "locked"
    else:
        verified = await _proof(connection, wish, given, sent)
        outcome = "verified" if verified else "failed"
    row = {"key": wish.key, "business": wish.business, "call": wish.call, "caller": caller, "claim": claim}
    proof = {"subject": verified.subject, "level": verified.level} if verified else {}
    await connection.execute(
        insert(verification_attempts).values(**row, **proof, outcome=outcome, created_at=wish.now)
    )
    return _answer(outcome, verified)


def _answer(outcome: str, verified: Verified | None) -> Answer:
    if outcome == "locked":
        return LOCKED
    return Found(verified.facts) if outcome == "verified" and verified is not None else NOT_MATCHED


async def _proof(
    connection: AsyncConnection, wish: Wish, given: dict[str, str], sent: Wanted | None
) -> Verified | None:
    what = wish.text("what")
    if sent is None:
        return proved(await claimed(connection, wish, what, given), given)
    kind, _ = subject_of(sent.subject)
    record = await record_of(connection, wish, sent.subject)
    # A customer's proof also opens their bookings; a booking's proof does not open the customer's card.
    fits = sent.right and kind in ((BOOKING, CUSTOMER) if what == BOOKING else (CUSTOMER,))
    return proved([record], given) if record is not None and fits else None


async def _failures(connection: AsyncConnection, wish: Wish, caller: str, claim: str) -> Failures:
    attempts = verification_attempts.c
    mine: list[ColumnElement[bool]] = [attempts.caller == caller, attempts.claim == claim]
    if caller.startswith(NUMBERLESS):
        # In the words of the index, which is found by them.
        mine.append(literal_column(f"left(caller, {len(NUMBERLESS)}) = '{NUMBERLESS}'", Boolean()))
    query = (
        select(verification_attempts)
        .where(
            attempts.business == wish.business,
            attempts.created_at > wish.now - MEMORY,
            or_(*mine),
        )
        .order_by(attempts.created_at)
    )
    failures = Failures(caller, claim)
    for row in await connection.execute(query):
        failures.add(row.caller, row.claim, row.outcome, row.created_at)
    return failures
