"""Something else in the middle: done, or answered, and come back from; up to three deep."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from calls.run import DEEPEST
from tests.workflows.repair.talk import SEEDS, Talk, booking, draw, some
from workflows.language import ScriptSet, read_script, shipped_scripts

SCRIPTS_OF = (("alpha", "apples"), ("beta", "bananas"), ("gamma", "grapes"), ("delta", "dates of the palm"))


def _nested() -> ScriptSet:
    """Four scripts of one question each; all can be asked for from all."""
    shared = shipped_scripts().scripts["callback"]
    made = [
        read_script(
            f"""
script: {name}
title: the {fruit}
says: [I want {fruit}, {fruit} please]
slots:
  size: {{kind: choice, options: {{small: [small ones, little ones], large: [large ones, big ones]}}, confirm: never}}
  count: {{kind: number, confirm: never}}
steps:
  size: {{collect: size, ask: "Small ones or large ones?"}}
  count: {{collect: count, ask: "How many of the {fruit}?"}}
  bye: {{end: answered, say: "Good."}}
""",
            f"{name}.yaml",
        )
        for name, fruit in SCRIPTS_OF
    ]
    return ScriptSet.of([*made, shared])


NESTED = _nested()


@pytest.mark.parametrize("seed", SEEDS)
def test_another_script_is_called_and_come_back_from(seed: int) -> None:
    rng = draw("digressed", seed)
    talk = booking(rng, [("service",), ("service", "date"), ("service", "date", "time")])
    before, slots = talk.asked, talk.slots
    talk.words_heard(some(rng, ("where is my order", "wait, where is my order", "where's my order by the way")))
    assert Repair.DIGRESSED in talk.repairs, talk.meant
    assert talk.run.script == "support"
    assert [frame.script for frame in talk.run.frames] == ["book"]
    for said in ("my order", "four eight two nine one three", "yes", "no thanks", "no"):
        if talk.run.script == "support":
            talk.words_heard(said)
    assert talk.run.script == "book", talk.said
    assert talk.slots == slots
    assert talk.asked == before
    assert talk.ending == ("", "")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_question_is_answered_and_the_open_one_stays(seed: int) -> None:
    rng = draw("digressed.topic", seed)
    talk = booking(rng)
    before = talk.asked
    talk.words_heard(some(rng, ("when are you open", "what time do you close", "how much is it", "what does it cost")))
    assert Repair.DIGRESSED in talk.repairs, talk.meant
    assert talk.asked == before


@pytest.mark.parametrize("seed", SEEDS)
def test_three_wait_and_the_fourth_comes_afterwards(seed: int) -> None:
    rng = draw("digressed.deep", seed)
    order = list(SCRIPTS_OF)
    rng.shuffle(order)
    talk = Talk(order[0][0], NESTED)
    talk.opens()
    talk.words_heard("small ones")
    for _, fruit in order[1:]:
        talk.words_heard(f"I want {fruit}").words_heard(some(rng, ("small ones", "large ones")))
    assert [frame.script for frame in talk.run.frames] == [name for name, _ in order[:DEEPEST]]
    for name, fruit in reversed(order):
        assert talk.run.script == name
        assert fruit in talk.words
        talk.words_heard(some(rng, ("three", "twelve")))
    assert talk.ending[0] == "hang_up"


@pytest.mark.parametrize("seed", SEEDS)
def test_what_no_longer_fits_is_kept_for_afterwards(seed: int) -> None:
    rng = draw("digressed.full", seed)
    order = list(SCRIPTS_OF)
    rng.shuffle(order)
    talk = Talk(order[0][0], NESTED)
    talk.opens()
    talk.words_heard("small ones")
    for _, fruit in order[1:]:
        talk.words_heard(f"I want {fruit}").words_heard("small ones")
    talk.words_heard(f"I want {order[0][1]}")
    assert Repair.SECOND_REQUEST in talk.repairs, talk.meant
    assert talk.run.script == order[-1][0]
    assert len(talk.run.frames) == DEEPEST
