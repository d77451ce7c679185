"""Who is calling: which facts prove it, what counts as the same, and when guessing is stopped. Pure.

The answer to a wrong fact and to a record that does not exist is the same, and so is the work done for it.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from calls.errors import ConfigurationError
from workflows.backends.subjects import BOOKING, CUSTOMER
from workflows.backends.wishes import Refused, Wish

ONE_TIME_CODE = "one_time_code"
FACTS = ("code", "phone", "email", "name", "last_name", "postcode", "date_of_birth", ONE_TIME_CODE)
"""What can be asked of a caller; the first that was given names the record which is claimed. What is guessed comes
last: whoever tries one date of birth after the other is at one record all the time.
"""

SAME_FACT = {"person_name": "name", "spelled_name": "name", "booking_code": "code"}
"""kinds and names of slots under which a fact may come"""

NUMBERLESS = "call:"
"""begins what stands for a caller who withholds their number; the id of the call follows"""

NOT_MATCHED = Refused("not_matched", keeps=True)
LOCKED = Refused("locked", keeps=True)


@dataclass(frozen=True, slots=True)
class LockOut:
    """When guessing is stopped; for a caller's number, and for a record."""

    failures: int = 5
    within: timedelta = timedelta(hours=1)
    lasts: timedelta = timedelta(hours=1)

    def locked(self, failed: Iterable[datetime], now: datetime) -> bool:
        """Whether ``failed`` attempts have shut the door. Attempts made while it is shut are not among them."""
        times = sorted(failed)
        runs = zip(times, times[self.failures - 1 :], strict=False)
        return any(last - first <= self.within and now < last + self.lasts for first, last in runs)

    @property
    def memory(self) -> timedelta:
        """How far back an attempt can still matter."""
        return self.within + self.lasts


LOCK_OUT = LockOut()

WITHHELD = (LockOut(20, timedelta(minutes=10)), LockOut(60, timedelta(days=1)))
"""The same for all calls of a business whose number is withheld, taken together: whoever guesses booking codes is at
another record with every guess and another caller with every call. Who shows a number is never locked out by them.
"""

MEMORY = max(one.memory for one in (LOCK_OUT, *WITHHELD))
"""how far back attempts are asked for"""

SPELT_OUT = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on a telephone's keys: how carriers write it"""


@dataclass(frozen=True, slots=True)
class Record:
    """What is on file about somebody who may be calling. Empty: not on file, so nothing can match it."""

    subject: str
    name: str
    phone: str
    code: str = ""
    email: str = ""
    date_of_birth: str = ""
    """ISO"""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """The caller has proved that a record is theirs."""

    subject: str
    level: str
    """``code | facts | one_time_code``"""

    @property
    def facts(self) -> Mapping[str, str]:
        """As a back end's answer."""
        return {"verified_subject": self.subject, "verified_level": self.level}


def given_facts(wish: Wish) -> dict[str, str]:
    """What the caller gave. Raises ConfigurationError when it could not prove anything, whatever was said."""
    if wish.text("what") not in (BOOKING, CUSTOMER):
        raise ConfigurationError(f"a caller is verified for {BOOKING} or {CUSTOMER}, not for {wish.text('what')!r}")
    given: dict[str, str] = {}
    for name in wish.arguments:
        fact = SAME_FACT.get(name, name)
        if fact in FACTS:
            given[fact] = normal(fact, wish.text(name))
        elif fact != "what":
            raise ConfigurationError(f"{name!r} proves nothing about a caller; use some of: {', '.join(FACTS)}")
    # A last name says no more than the name does.
    told = {"name" if fact == "last_name" else fact for fact in given}
    if not {"code", ONE_TIME_CODE} & told and len(told) < 2:
        raise ConfigurationError("one fact alone proves nothing but a code does; ask for a second one in `by`")
    return given


def claim_of(business: str, given: Mapping[str, str]) -> str:
    """Which record is claimed, as a digest: the same whether or not there is one."""
    fact = next(fact for fact in FACTS if fact in given)
    value = given[fact].replace(" ", "")
    return hashlib.sha256(f"{business}/{fact}/{value}".encode()).hexdigest()


def caller_of(wish: Wish) -> str:
    """Whose attempts count together; those who withhold their number only have their call in common."""
    shown = wish.caller.startswith("+") and wish.caller not in SPELT_OUT
    return wish.caller if shown else f"{NUMBERLESS}{wish.call}"


@dataclass(slots=True)
class Failures:
    """Failed attempts that speak against one more, told in the order in which they were made."""

    caller: str
    claim: str
    by_caller: list[datetime] = field(default_factory=list)
    at_record: list[datetime] = field(default_factory=list)
    withheld: list[datetime] = field(default_factory=list)

    def add(self, caller: str, claim: str, outcome: str, at: datetime) -> None:
        """One attempt: ``verified | failed | locked``."""
        if outcome == "verified" and claim == self.claim:
            # Whoever proves it wipes the slate of the record, not their own: a liar has one record that is theirs.
            self.at_record.clear()
        if outcome == "failed":
            self.by_caller += [at] if caller == self.caller else []
            self.at_record += [at] if claim == self.claim else []
            self.withheld += [at] if caller.startswith(NUMBERLESS) else []

    def locked(self, given: Mapping[str, str], now: datetime) -> bool:
        """Whether the door is shut. A one-time code is no guess at a record: a few tries, and the phone is needed."""
        if LOCK_OUT.locked(self.by_caller, now) or LOCK_OUT.locked(self.at_record, now):
            return True
        guesses = self.caller.startswith(NUMBERLESS) and ONE_TIME_CODE not in given
        return guesses and any(one.locked(self.withheld, now) for one in WITHHELD)


def proved(records: Sequence[Record], given: Mapping[str, str]) -> Verified | None:
    """The record that ``given`` proves to be the caller's; None when it is none, or could be several people's.

    ``records`` in the order in which one of them is preferred.
    """
    wanted = {fact: value for fact, value in given.items() if fact != ONE_TIME_CODE}
    # Every fact of every record is compared, so that how long it takes does not tell where it went wrong.
    compared = [(record, [_same(record, fact, value) for fact, value in wanted.items()]) for record in records]
    fitting = [record for record, same in compared if all(same)]
    if not fitting or len({record.phone for record in fitting}) > 1:
        return None
    level = ONE_TIME_CODE if ONE_TIME_CODE in given else "code" if "code" in given else "facts"
    return Verified(fitting[0].subject, level)


def normal(fact: str, value: str) -> str:
    """A fact in the form in which it is compared."""
    if fact in ("code", "postcode", ONE_TIME_CODE):
        return "".join(letter for letter in value.upper() if letter.isalnum())
    if fact in ("name", "last_name"):
        plain = unicodedata.normalize("NFKD", value.casefold().replace("'", "").replace("’", ""))
        return " ".join("".join(c if c.isalpha() else " " for c in plain if not unicodedata.combining(c)).split())
    return value.strip().casefold()


def _same(record: Record, fact: str, value: str) -> bool:
    stored = normal(fact, getattr(record, "name" if fact == "last_name" else fact))
    given, wanted = value.replace(" ", ""), [stored.replace(" ", "")]
    if fact == "last_name":
        # "van der Berg" is "Berg" to some and all of it to others; "O'Brien" is heard as one word or as two.
        words = stored.split()
        wanted = ["".join(words[at:]) for at in range(len(words))]
    same = [hmac.compare_digest(one.encode(), given.encode()) for one in wanted]
    return bool(given) and any(same)
