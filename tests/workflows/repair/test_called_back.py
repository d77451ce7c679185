"""The same number calls again after its call broke off."""

from __future__ import annotations

from random import Random

import pytest

from calls.repairs import Repair
from calls.run import CalledBack, Earlier
from tests.workflows.repair.talk import SEEDS, Talk, booking, draw, some


def again(rng: Random, entry: str = "support") -> Talk:
    """A second call after a first one that broke off while booking."""
    first = booking(rng, [("service", "date"), ("service", "date", "time"), ("service", "date", "time", "name")])
    earlier = Earlier.of("CA0", first.run)
    assert earlier is not None
    talk = Talk(entry)
    talk.hears(CalledBack(earlier))
    assert Repair.CALLED_BACK in talk.repairs
    for word in ("Alex", "cleaning", "Thursday", "appointment", "book"):
        assert word not in talk.words.replace("booking", ""), talk.words
    assert "automated assistant" in talk.turn[0]
    return talk


@pytest.mark.parametrize("seed", SEEDS)
def test_yes_goes_on_where_it_was(seed: int) -> None:
    rng = draw("called_back", seed)
    talk = again(rng)
    talk.words_heard(some(rng, ("yes", "yes please", "yeah", "sure", "okay", "yes, let's go on")))
    assert talk.run.script == "book", talk.meant
    assert {"service", "date"} <= set(talk.slots)
    assert talk.asked in ("time", "name", "phone")


@pytest.mark.parametrize("seed", SEEDS)
def test_no_begins_anew(seed: int) -> None:
    rng = draw("called_back.no", seed)
    talk = again(rng)
    talk.words_heard(some(rng, ("no", "no thank you", "nope", "no, something else")))
    assert talk.run.script == "support", talk.meant
    assert talk.slots == {}
    assert talk.asked == "reason"


@pytest.mark.parametrize("seed", SEEDS)
def test_anything_else_is_taken_for_what_it_is(seed: int) -> None:
    rng = draw("called_back.else", seed)
    talk = again(rng)
    talk.words_heard(some(rng, ("where is my order", "it's about my order", "I want to report a problem")))
    assert talk.run.script == "support", talk.meant
    assert talk.slots.get("reason") in ("order", "problem"), talk.meant


def test_a_number_alone_learns_nothing_of_who_called_before() -> None:
    told = ("service", "date", "time", "name", "phone")
    first = booking(draw("called_back.stranger", 0), [told], caller="+12125550177")
    earlier = Earlier.of("CA0", first.run)
    assert earlier is not None and {"name", "phone"} <= set(earlier.slots)
    talk = Talk("support", caller="+12125550177")
    talk.hears(CalledBack(earlier))
    talk.words_heard("yes")
    for _ in range(3):
        assert not any(word in talk.words for word in ("Alex", "Kim", "five five five, oh one nine two")), talk.words
        talk.words_heard("could you repeat that")
    assert {"service", "date", "time"} <= set(talk.slots)
    assert talk.asked == "name"


def test_a_call_that_was_finished_is_not_offered() -> None:
    done = booking(draw("called_back.done", 0), [("service", "date", "time", "name", "phone")])
    done.words_heard("yes")
    assert done.run.receipts
    assert Earlier.of("CA0", done.run) is None


def test_a_call_that_drops_before_the_answer_hands_the_offer_on() -> None:
    second = again(draw("called_back", 1))
    earlier = Earlier.of("CA1", second.run)
    assert earlier is not None and (earlier.call, earlier.script) == ("CA0", "book")
    second.words_heard("no")
    assert Earlier.of("CA1", second.run) is None
