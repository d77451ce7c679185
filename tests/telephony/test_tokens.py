from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from calls.randomness import SeededRandomness
from telephony.tokens import TTL_MS, CallTokens


@dataclass
class HandClock:
    now: float = 0.0

    def now_ms(self) -> float:
        return self.now

    def wall(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC)

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


def test_memory_is_bounded_and_expired_tokens_leave_it() -> None:
    clock = HandClock()
    box = tokens(clock, capacity=5)
    first = box.mint("CA0")
    for n in range(1, 6):
        box.mint(f"CA{n}")
    assert len(box) == 5
    assert box.redeem(first, "CA0") is None
    clock.now = TTL_MS
    box.mint("CA9")
    assert len(box) == 1


def test_no_token_stands_in_memory() -> None:
    box = tokens()
    token = box.mint("CA1")
    assert token.encode() not in b"".join(box._waiting)
