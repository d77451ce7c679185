"""A caller stopped in mid-sentence whose sentence then held no words: what they say next is a turn of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from calls import events as ev
from calls import signals as sg
from calls.lull import NO_WORDS
from tests.calls.house import Bench, bench_listening


def stopped() -> Bench:
    """Digits that looked like a card's, said so far."""
    bench = bench_listening()
    bench.caller_begins()
    bench.give(sg.SpeechGrew(bench.at_ms, "[card number]", card=True), 1_500.0)
    assert "card.stopped" in bench.names
    return bench


@pytest.mark.parametrize("reason", [NO_WORDS, "noise", "recognizer"])
@pytest.mark.parametrize("first", ["fades", "told"])
def test_the_next_words_are_understood(reason: str, first: str) -> None:
    bench = stopped()
    steps: list[Callable[[], object]] = [partial(bench.give, sg.SpeechFaded(reason), 400.0), bench.agent_finishes]
    for step in steps if first == "fades" else steps[::-1]:
        step()
    bench.caller_begins()
    bench.caller_says("two one two")
    assert isinstance(bench.events[-1], ev.CallerSpoke)
    assert "Understand" in bench.effect_names()


def test_the_rest_of_what_was_stopped_asks_for_nothing() -> None:
    bench = stopped()
    bench.caller_says("two one two")
    assert "Understand" not in bench.effect_names()
