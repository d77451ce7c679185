from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from calls.line import IncomingCall
from calls.randomness import SeededRandomness
from telephony.tokens import LONGEST, TTL_MS, CallTokens


@dataclass
class HandClock:
    now: float = 0.0

    def now_ms(self) -> float:
        return self.now

    def wall(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(milliseconds=self.now)

    async def sleep_ms(self, ms: float) -> None:
        raise AssertionError("tokens do not wait")

    async def sleep_until_ms(self, at: float) -> None:
        raise AssertionError("tokens do not wait")


def tokens(clock: HandClock | None = None, capacity: int = 100) -> CallTokens:
    return CallTokens(SeededRandomness(1), clock or HandClock(), capacity=capacity)


def test_a_token_is_good_once() -> None:
    box = tokens()
    token = box.mint("CA1")
    assert box.redeem(token, "CA1") is not None
    assert box.redeem(token, "CA1") is None


@pytest.mark.parametrize("shown", ["", "wrong", "\ud800", "x" * 10_000])
def test_a_wrong_token_opens_nothing(shown: str) -> None:
    box = tokens()
    box.mint("CA1")
    assert box.redeem(shown, "CA1") is None


def test_a_token_shown_for_another_call_is_used_up() -> None:
    box = tokens()
    token = box.mint("CA1")
    assert box.redeem(token, "CA2") is None
    assert box.redeem(token, "CA1") is None


def test_a_token_lives_sixty_seconds() -> None:
    clock = HandClock()
    box = tokens(clock)
    early, late = box.mint("CA1"), box.mint("CA1")
    clock.now = TTL_MS - 1
    assert box.redeem(early, "CA1") is not None
    clock.now = TTL_MS
    assert box.redeem(late, "CA1") is None


def test_a_later_token_has_a_larger_generation() -> None:
    box = tokens()
    first, second = box.mint("CA1"), box.mint("CA1")
    newer, older = box.redeem(second, "CA1"), box.redeem(first, "CA1")
    assert newer is not None
    assert older is not None
    assert newer > older


def test_revoking_takes_a_calls_tokens_and_no_others() -> None:
    box = tokens()
    gone, kept = box.mint("CA1"), box.mint("CA2")
    box.revoke("CA1")
    assert box.redeem(gone, "CA1") is None
    assert box.redeem(kept, "CA2") is not None


def test_a_token_made_after_a_revocation_is_good() -> None:
    box = tokens()
    box.revoke("CA1")
    assert box.redeem(box.mint("CA1"), "CA1") is not None


def test_memory_is_bounded_and_expired_tokens_leave_it() -> None:
    clock = HandClock()
    box = tokens(clock, capacity=5)
    for n in range(20):
        assert box.redeem(box.mint(f"CA{n}"), f"CA{n}") is not None
        box.revoke(f"CA{n}")
    assert len(box) == 10
    clock.now = 2 * TTL_MS
    box.redeem("", "CA9")
    assert len(box) == 0


def test_no_token_stands_in_memory() -> None:
    box = tokens()
    token = box.mint("CA1")
    box.redeem(token, "CA1")
    assert token.encode() not in b"".join(box._used)


INCOMING = IncomingCall("CA" + "f" * 32, "+12125550142", "+15550100", "twilio", "AC" + "0" * 32)


def two(key: bytes = b"shared", other: bytes = b"shared") -> tuple[CallTokens, CallTokens]:
    return CallTokens(SeededRandomness(1), HandClock(), key), CallTokens(SeededRandomness(2), HandClock(), other)


def test_another_process_with_the_key_knows_the_call() -> None:
    here, there = two()
    token = here.mint(INCOMING.call, INCOMING)
    assert there.bearer(token) == INCOMING
    assert there.redeem(token, INCOMING.call) is not None
    assert there.redeem(token, INCOMING.call) is None


def test_a_process_with_another_key_knows_nothing() -> None:
    here, there = two(other=b"another")
    token = here.mint(INCOMING.call, INCOMING)
    assert there.bearer(token) is None
    assert there.redeem(token, INCOMING.call) is None


def test_every_changed_letter_is_noticed() -> None:
    box = tokens()
    token = box.mint(INCOMING.call, INCOMING)
    for at, letter in enumerate(token):
        changed = token[:at] + ("A" if letter != "A" else "B") + token[at + 1 :]
        assert box.redeem(changed, INCOMING.call) is None
    assert box.redeem(token, INCOMING.call) is not None


def test_the_longest_address_still_fits_into_a_parameter() -> None:
    box = tokens()
    token = box.mint(INCOMING.call, IncomingCall("C" * 64, "+" + "1" * 15, "sip:" + "\u4e16" * 252, "twilio", "A" * 64))
    assert len(token) <= LONGEST
    assert box.bearer(token) is not None
