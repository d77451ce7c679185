"""One-time codes: proof that the caller holds the phone on record.

``send_code`` only writes down that one is wanted. The code itself is drawn when it is sent (``draw_code``), so that it
stands nowhere but in the message: the database keeps a salted digest, and a job needs no more than the row's number.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.randomness import Randomness
from workflows.backends.locks import lock
from workflows.backends.people import phone_of, record_of_phone
from workflows.backends.tables import one_time_codes
from workflows.backends.verification import LOCKED, caller_of, claim_of, normal
from workflows.backends.wishes import Answer, Found, Notice, Wish, code_for

DIGITS = 6
LASTS = timedelta(minutes=10)
TRIES = 5
SENDS = 5
"""codes asked for in an hour, by one caller or for one number"""
PATIENCE = timedelta(minutes=1)
"""asked again sooner, the first one is still on its way"""
ROUNDS = 10_000
"""of PBKDF2: some milliseconds; a stolen table takes longer to search than a code lasts"""

ON_ITS_WAY = "one_time_code"
"""the outbox's kind"""


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """What is sent."""

    phone: str
    """E.164; the number on record, never one the caller names"""
    text: str


def digest_of(salt: str, text: str) -> str:
    """What the database keeps of a code."""
    return hashlib.pbkdf2_hmac("sha256", text.encode(), salt.encode(), ROUNDS).hex()


def matches(salt: str, digest: str, text: str) -> bool:
    """Whether ``text`` is the code; takes as long when there is none."""
    return hmac.compare_digest(digest_of(salt, text), digest) and bool(digest)


def drawn(randomness: Randomness) -> str:
    """A new code."""
    return f"{int(randomness.uniform(0, 10**DIGITS)) % 10**DIGITS:0{DIGITS}d}"


async def send_code(connection: AsyncConnection, wish: Wish) -> Answer:
    """Have a code sent to the number on record. The answer is the same when there is no such record."""
    caller, claim = caller_of(wish), claim_of(wish.business, {"phone": normal("phone", wish.text("phone"))})
    await lock(connection, f"verify/{wish.business}/caller/{caller}", f"verify/{wish.business}/claim/{claim}")
    mine = (one_time_codes.c.caller == caller, one_time_codes.c.claim == claim)
    asked = select(one_time_codes.c.created_at, one_time_codes.c.call, one_time_codes.c.claim).where(
        one_time_codes.c.business == wish.business,
        or_(*mine),
        one_time_codes.c.created_at > wish.now - timedelta(hours=1),
    )
    earlier = (await connection.execute(asked)).all()
    if any(row.call == wish.call and row.claim == claim and row.created_at > wish.now - PATIENCE for row in earlier):
        return Found({})
    if len(earlier) >= SENDS:
        return LOCKED
    record = await record_of_phone(connection, wish, wish.text("phone"))
    before = select(func.count()).select_from(one_time_codes).where(
        one_time_codes.c.business == wish.business, one_time_codes.c.call == wish.call
    )
    key = f"{wish.key}/{wish.call}/{(await connection.execute(before)).scalar_one()}"
    number, subject = code_for(key), record.subject if record is not None else ""
    row = {"number": number, "business": wish.business, "caller": caller, "claim": claim, "subject": subject}
    when = {"call": wish.call, "key": key, "created_at": wish.now}
    await connection.execute(insert(one_time_codes).values(**row, **when))
    return Found({}, (Notice(ON_ITS_WAY, number),) if subject else ())


async def draw_code(
    connection: AsyncConnection, number: str, now: datetime, randomness: Randomness
) -> OneTimeCode | None:
    """The code for a request, new each time it is sent; None when there is nobody (any more) to send one to."""
    query = select(one_time_codes).where(one_time_codes.c.number == number, one_time_codes.c.used_at.is_(None))
    row = (await connection.execute(query.with_for_update())).first()
    phone = await phone_of(connection, row.business, row.subject) if row is not None and row.subject else ""
    if not phone:
        return None
    text, salt = drawn(randomness), randomness.token(16)
    values = {"salt": salt, "digest": digest_of(salt, text), "expires_at": now + LASTS, "tries": 0}
    await connection.execute(update(one_time_codes).where(one_time_codes.c.number == number).values(**values))
    return OneTimeCode(phone, text)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The newest code asked for in a call."""

    claim: str = ""
    subject: str = ""
    right: bool = False


async def try_code(connection: AsyncConnection, wish: Wish, text: str) -> Wanted:
    """Hold ``text`` against the newest code of this call; a wrong one is counted."""
    newest = (
        select(one_time_codes)
        .where(one_time_codes.c.business == wish.business, one_time_codes.c.call == wish.call)
        .order_by(one_time_codes.c.created_at.desc(), one_time_codes.c.number)
        .limit(1)
        .with_for_update()
    )
    row = (await connection.execute(newest)).first()
    good = matches(row.salt if row is not None else "", row.digest if row is not None else "", text)
    if row is None:
        return Wanted()
    usable = row.used_at is None and row.tries < TRIES and row.expires_at is not None and row.expires_at > wish.now
    right = good and usable
    values = {"tries": row.tries + 1, "used_at": wish.now if right else row.used_at}
    await connection.execute(update(one_time_codes).where(one_time_codes.c.number == row.number).values(**values))
    return Wanted(row.claim, row.subject, right)
