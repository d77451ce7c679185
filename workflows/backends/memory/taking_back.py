"""Compensation in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from calls.run import Receipt
from workflows.backends.booked import Booked
from workflows.backends.memory.books import Books
from workflows.backends.memory.calendar import give_up, move
from workflows.backends.memory.offers import withdraw
from workflows.backends.taking_back import NOTHING, undone_key
from workflows.backends.wishes import Answer, Done, Notice, Refused, Wish, receipt_of


def take_back(books: Books, wish: Wish) -> Answer:
    """Undo the newest action ``what`` of this very call."""
    newest = sorted(books.receipts.items(), key=lambda item: (books.agreed_at[item[0]], item[0]), reverse=True)
    mine = [
        receipt
        for _, (call, receipt) in newest
        if call == wish.call and receipt.action == wish.text("what") and undone_key(receipt.key) not in books.receipts
    ]
    if not mine:
        return NOTHING
    done = undo(books, wish, mine[0])
    if isinstance(done, Refused):
        return done
    return Done({"action": mine[0].action, "number": _number(mine[0])}, done.notices)


def undo(books: Books, wish: Wish, receipt: Receipt) -> Done | Refused:
    """Put back what ``receipt`` proves, and keep the proof of that."""
    done = _undone(books, wish, receipt)
    if isinstance(done, Done):
        key = undone_key(receipt.key)
        books.agreed_at[key] = wish.now
        books.receipts[key] = (wish.call, receipt_of(key, f"undo_{receipt.action}", done.result))
    return done


def _undone(books: Books, wish: Wish, receipt: Receipt) -> Done | Refused:
    match receipt.action:
        case "book":
            own = _booking(books, receipt, "booked")
            return give_up(books, wish, own) if own is not None else NOTHING
        case "reschedule":
            return _back(books, wish, receipt, "booked", "from_")
        case "cancel_booking":
            return _back(books, wish, receipt, "cancelled", "")
        case "open_ticket" | "leave_callback" | "leave_message" | "promise_payment" | "join_wait_list":
            return _taken_out(books, wish, receipt)
    return NOTHING


def _back(books: Books, wish: Wish, receipt: Receipt, status: str, was: str) -> Done | Refused:
    own = _booking(books, receipt, status)
    if own is None:
        return NOTHING
    day, clock = str(receipt.result[f"{was}date"]), str(receipt.result[f"{was}time"])
    return move(books, wish, own, date.fromisoformat(day), time.fromisoformat(clock))


def _booking(books: Books, receipt: Receipt, status: str) -> Booked | None:
    code = receipt.result["code"]
    return next((one for one in books.bookings if one.code == code and one.status == status), None)


def _taken_out(books: Books, wish: Wish, receipt: Receipt) -> Done:
    number = _number(receipt)
    for row in books.tickets:
        if row["number"] == number:
            row["status"] = "closed"
    for row in books.callbacks:
        if row["number"] == number:
            row["status"] = "done"
    books.messages = [row for row in books.messages if row["number"] != number]
    gone = [one.number for one in books.waiting if one.number == number and one.call == wish.call]
    books.waiting = [one for one in books.waiting if one.number not in gone]
    offers = withdraw(books, wish, gone)
    books.promises = [
        replace(one, status="withdrawn") if one.number == number else one for one in books.promises
    ]
    return Done({"number": number}, (Notice(f"{receipt.action}.undone", number, {"number": number}), *offers))


def _number(receipt: Receipt) -> str:
    return str(receipt.result.get("number") or receipt.result.get("code") or "")
