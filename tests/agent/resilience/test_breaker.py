"""Breakers by tables: what happens to one, request by request."""

from __future__ import annotations

import random

import pytest

from agent.resilience.breaker import RULES, TRANSITIONS, Breaker, BreakerState, Cue
from agent.resilience.breakers import Breakers
from calls.clock import LoopClock
from calls.errors import EngineError, ProviderError, ProviderFault
from calls.signals import ProviderNoticed, Signal

Step = tuple[float, str, str]
"""(ms, what happens, state after)"""

CLOSED, OPEN, HALF = "closed", "open", "half_open"

STORIES: dict[str, list[Step]] = {
    "two faults are borne": [(0, "overloaded", CLOSED), (10, "overloaded", CLOSED), (20, "ok", CLOSED)],
    "the third within the window opens": [(0, "lost", CLOSED), (10, "timeout", CLOSED), (20, "garbage", OPEN)],
    "an answer forgives": [(0, "lost", CLOSED), (5, "lost", CLOSED), (9, "ok", CLOSED), (10, "lost", CLOSED)],
    "old faults do not count": [(0, "lost", CLOSED), (1, "lost", CLOSED), (30_001, "lost", CLOSED)],
    "a wrong key opens at once": [(0, "key", OPEN), (119_999, "asked", OPEN), (120_000, "asked", HALF)],
    "an unpaid account too": [(0, "payment", OPEN)],
    "a refusal says nothing about health": [(n, "refused", CLOSED) for n in range(9)],
    "a probe that is answered closes": [
        (0, "lost", CLOSED), (0, "lost", CLOSED), (0, "lost", OPEN), (4_999, "asked", OPEN),
        (5_000, "asked", HALF), (5_100, "ok", CLOSED), (5_200, "lost", CLOSED),
    ],
    "a probe that fails opens for twice as long": [
        (0, "lost", CLOSED), (0, "lost", CLOSED), (0, "lost", OPEN), (5_000, "asked", HALF), (5_100, "lost", OPEN),
        (15_099, "asked", OPEN), (15_100, "asked", HALF), (15_200, "lost", OPEN), (35_199, "asked", OPEN),
        (35_200, "asked", HALF), (35_300, "ok", CLOSED),
    ],
    "a dropped probe leaves room for another": [
        (0, "lost", CLOSED), (0, "lost", CLOSED), (0, "lost", OPEN), (5_000, "asked", HALF), (5_050, "dropped", OPEN),
        (5_051, "asked", HALF),
    ],
    "a probe that never tells is followed by another": [
        (0, "lost", CLOSED), (0, "lost", CLOSED), (0, "lost", OPEN), (5_000, "asked", HALF), (19_999, "asked", HALF),
        (20_000, "asked", HALF), (20_001, "ok", CLOSED),
    ],
    "a late answer to an earlier request does not close": [
        (0, "lost", CLOSED), (0, "lost", CLOSED), (0, "lost", OPEN), (100, "ok", OPEN),
    ],
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_story(story: str) -> None:
    breaker = Breaker()
    for at_ms, what, after in STORIES[story]:
        match what:
            case "ok":
                breaker = breaker.answered()
            case "asked":
                breaker = breaker.asked(at_ms)
            case "dropped":
                breaker = breaker.dropped(at_ms)
            case _:
                breaker = breaker.failed(at_ms, what)  # type: ignore[arg-type]  # the table's word is a fault
        assert breaker.state == after, (at_ms, what)


def test_rest_is_what_the_provider_asks_for_within_bounds() -> None:
    assert Breaker().failed(0, "rate", 20_000).until_ms == 20_000
    assert Breaker().failed(0, "rate", 10).until_ms == RULES.rest_ms
    assert Breaker().failed(0, "rate", 1e9).until_ms == RULES.longest_rest_ms


def test_half_open_lets_one_request_through() -> None:
    half = Breaker(state=BreakerState.OPEN, until_ms=100).asked(100)
    assert half.state is BreakerState.HALF_OPEN
    assert not half.lets_through(101)


def test_only_transitions_of_the_table_ever_happen() -> None:
    allowed = {(before, after) for before, row in TRANSITIONS.items() for after in row.values()}
    faults: list[ProviderFault] = ["lost", "rate", "key", "refused", "overloaded", "timeout", "garbage", "request"]
    for seed in range(300):
        chance, at_ms, breaker = random.Random(seed), 0.0, Breaker()
        for _ in range(60):
            at_ms += chance.choice((1, 50, 3_000, 9_000))
            before = breaker
            match chance.randrange(4):
                case 0:
                    breaker = breaker.asked(at_ms) if breaker.lets_through(at_ms) else breaker
                case 1:
                    breaker = breaker.answered()
                case 2:
                    breaker = breaker.failed(at_ms, chance.choice(faults), chance.choice((None, 7_000.0)))
                case _:
                    breaker = breaker.dropped(at_ms)
            assert before.state is breaker.state or (before.state, breaker.state) in allowed
            assert breaker.until_ms <= at_ms + RULES.longest_rest_ms


def test_every_cue_is_in_the_table() -> None:
    assert {cue for row in TRANSITIONS.values() for cue in row} == set(Cue)


class At(LoopClock):
    """A clock set by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.ms = 0.0

    def now_ms(self) -> float:
        return self.ms


def test_every_turn_of_a_breaker_is_told_to_the_call_that_caused_it() -> None:
    clock, told = At(), list[Signal]()
    breakers = Breakers(clock)
    for _ in range(3):
        breakers.failed("hearing", "acme/ear", ProviderError("hearing", "acme/ear", "lost", "1011"), told.append)
    assert breakers.ready("hearing", ["acme/ear", "acme/other"]) == [1]
    clock.ms = 6_000.0
    assert breakers.ready("hearing", ["acme/ear", "acme/other"]) == [0, 1]
    breakers.asked("hearing", "acme/ear", told.append)
    assert breakers.ready("hearing", ["acme/ear", "acme/other"]) == [1]
    breakers.answered("hearing", "acme/ear", told.append)
    kinds = [(signal.kind, signal.reason, signal.ms) for signal in told if isinstance(signal, ProviderNoticed)]
    failed = ("failed", "lost", 0.0)
    rest = ("opened", "", 5_000.0)
    assert kinds == [failed, failed, failed, rest, ("half_open", "", 0.0), ("recovered", "", 0.0)]


def test_stages_of_one_provider_are_ill_apart() -> None:
    breakers = Breakers(At())
    breakers.failed("hearing", "acme/both", ProviderError("hearing", "acme/both", "key"), lambda _: None)
    assert breakers.state("hearing", "acme/both") is BreakerState.OPEN
    assert breakers.state("speaking", "acme/both") is BreakerState.CLOSED


def test_when_all_are_ill_all_are_tried() -> None:
    breakers = Breakers(At())
    for name in ("a/a", "b/b"):
        breakers.failed("speaking", name, EngineError("speaking", "x"), lambda _: None)
        breakers.failed("speaking", name, ProviderError("speaking", name, "key"), lambda _: None)
    assert breakers.ready("speaking", ["a/a", "b/b"]) == [0, 1]
