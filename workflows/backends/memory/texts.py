"""Agreeing to be texted, in memory."""

from __future__ import annotations

from workflows.backends.memory.books import Books
from workflows.backends.wishes import Answer, Found, Notice, Wish
from workflows.jobs.agreeing import CONFIRMED, NOTHING_TO_CONFIRM, STOPPED, WANTED


def record_consent(books: Books, wish: Wish) -> Answer:
    """Keep that the caller wants to be texted about appointments at a number they named."""
    phone = wish.text("phone")
    if not phone.startswith("+"):
        raise ValueError("a number to be texted is E.164")
    if phone in books.text_stops:
        return STOPPED
    books.consents.setdefault(phone, wish.now)
    return Found({})


def send_confirmation(books: Books, wish: Wish) -> Answer:
    """Text what was agreed last in this very call, to the number the booking stands under."""
    mine = [receipt for call, receipt in books.receipts.values() if call == wish.call and receipt.action in CONFIRMED]
    mine.sort(key=lambda receipt: (books.agreed_at[receipt.key], receipt.key))
    code = str(mine[-1].result.get("code", "")) if mine else ""
    found = next((booked for booked in books.bookings if booked.code == code), None)
    if found is None:
        return NOTHING_TO_CONFIRM
    if found.phone in books.text_stops:
        return STOPPED
    key = mine[-1].key
    if books.consents.get(found.phone, wish.now) < books.agreed_at[key] or key in books.noted:
        return Found({})
    books.consents.setdefault(found.phone, wish.now)
    books.noted.add(key)
    return Found({}, (Notice(WANTED, code),))
