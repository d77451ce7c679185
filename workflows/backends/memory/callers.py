"""Verifying callers in memory."""

from __future__ import annotations

from datetime import datetime, timedelta

from calls.randomness import Randomness
from workflows.backends import one_time_codes as codes
from workflows.backends.memory.books import AskedCode, Attempt, Books
from workflows.backends.practice import Customer
from workflows.backends.subjects import BOOKING, CUSTOMER, subject, subject_of
from workflows.backends.verification import (
    LOCKED,
    NOT_MATCHED,
    ONE_TIME_CODE,
    Failures,
    Record,
    Verified,
    caller_of,
    claim_of,
    given_facts,
    normal,
    proved,
)
from workflows.backends.wishes import Answer, Found, Notice, Wish, code_for


def verify_caller(books: Books, wish: Wish) -> Answer:
    """Whether the caller has proved who they are."""
    given, caller = given_facts(wish), caller_of(wish)
    earlier = next((one for one in books.attempts if one.key == wish.key), None)
    if earlier is None:
        earlier = _attempt(books, wish, given, caller)
        books.attempts.append(earlier)
    if earlier.outcome == "locked":
        return LOCKED
    return Found(Verified(earlier.subject, earlier.level).facts) if earlier.outcome == "verified" else NOT_MATCHED


def send_code(books: Books, wish: Wish) -> Answer:
    """Have a code sent to the number on record."""
    phone = wish.text("phone")
    caller, claim = caller_of(wish), claim_of(wish.business, {"phone": normal("phone", phone)})
    recent = [
        one
        for one in books.codes
        if (one.caller == caller or one.claim == claim) and one.at > wish.now - timedelta(hours=1)
    ]
    if any((one.call, one.claim) == (wish.call, claim) and one.at > wish.now - codes.PATIENCE for one in recent):
        return Found({})
    if len(recent) >= codes.SENDS:
        return LOCKED
    found = _of_phone(books, wish, phone)
    name = found.subject if found is not None else ""
    number = code_for(f"{wish.key}/{wish.call}/{sum(one.call == wish.call for one in books.codes)}")
    books.codes.append(AskedCode(number, wish.call, caller, claim, name, wish.now))
    return Found({}, (Notice(codes.ON_ITS_WAY, number),) if name else ())


def draw_code(books: Books, number: str, now: datetime, randomness: Randomness) -> codes.OneTimeCode | None:
    """The code for a request, as it is sent."""
    row = next((one for one in books.codes if one.number == number and not one.used), None)
    phone = _phone_of(books, row.subject) if row is not None else ""
    if row is None or not phone:
        return None
    text, row.salt = codes.drawn(randomness), randomness.token(16)
    row.digest, row.expires_at, row.tries = codes.digest_of(row.salt, text), now + codes.LASTS, 0
    return codes.OneTimeCode(phone, text)


def _attempt(books: Books, wish: Wish, given: dict[str, str], caller: str) -> Attempt:
    sent = _try_code(books, wish, given[ONE_TIME_CODE]) if ONE_TIME_CODE in given else None
    claim = sent.claim if sent is not None and sent.claim else claim_of(wish.business, given)
    failures = Failures(caller, claim)
    for one in books.attempts:
        failures.add(one.caller, one.claim, one.outcome, one.at)
    if failures.locked(given, wish.now):
        return Attempt(wish.key, wish.call, caller, claim, "locked", wish.now)
    verified = _proof(books, wish, given, sent)
    if verified is None:
        return Attempt(wish.key, wish.call, caller, claim, "failed", wish.now)
    return Attempt(wish.key, wish.call, caller, claim, "verified", wish.now, verified.subject, verified.level)


def _proof(books: Books, wish: Wish, given: dict[str, str], sent: codes.Wanted | None) -> Verified | None:
    what = wish.text("what")
    if sent is None:
        return proved(_customers(books) if what == CUSTOMER else _bookings(books, wish), given)
    kind, _ = subject_of(sent.subject)
    everyone = (*_customers(books), *_bookings(books, wish))
    record = next((one for one in everyone if one.subject == sent.subject), None)
    fits = sent.right and kind in ((BOOKING, CUSTOMER) if what == BOOKING else (CUSTOMER,))
    return proved([record], given) if record is not None and fits else None


def _try_code(books: Books, wish: Wish, text: str) -> codes.Wanted:
    mine = sorted((one for one in books.codes if one.call == wish.call), key=lambda one: one.number)
    row = max(mine, key=lambda one: one.at, default=None)
    if row is None:
        return codes.Wanted()
    usable = not row.used and row.tries < codes.TRIES and row.expires_at is not None and row.expires_at > wish.now
    right = codes.matches(row.salt, row.digest, text) and usable
    row.tries, row.used = row.tries + 1, row.used or right
    return codes.Wanted(row.claim, row.subject, right)


def _of_phone(books: Books, wish: Wish, phone: str) -> Record | None:
    people = [one for one in _customers(books) if one.phone == phone]
    dated = [one for one in _bookings(books, wish) if one.phone == phone]
    return None if len(people) > 1 else next(iter([*people, *dated]), None)


def _phone_of(books: Books, name: str) -> str:
    kind, key = subject_of(name)
    if kind == CUSTOMER:
        person = books.customer(key)
        return person.phone if person is not None else ""
    return next((one.phone for one in books.bookings if one.code == key), "")


def _customers(books: Books) -> list[Record]:
    return [
        Record(subject(CUSTOMER, one.id), one.name, one.phone, "", one.email, one.date_of_birth, one.postcode)
        for one in sorted(books.practice.customers, key=lambda one: one.id)
    ]


def _bookings(books: Books, wish: Wish) -> list[Record]:
    ahead = [one for one in books.bookings if one.status == "booked" and one.span[1] > wish.now]
    cards = sorted(books.practice.customers, key=lambda one: one.id)
    found = []
    for one in sorted(ahead, key=lambda one: (one.span[0], one.code)):
        same = [card for card in cards if books.holds_the_phone(card, one)] or [Customer("", "", "")]
        born = one.date_of_birth.isoformat() if one.date_of_birth else ""
        found += [
            Record(
                subject(BOOKING, one.code), one.name, one.phone, one.code, one.email or card.email,
                born or card.date_of_birth, card.postcode,
            )
            for card in same
        ]  # fmt: skip
    return found
