"""The line drops and the caller is back: where it was, nothing personal before a yes."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, read_back, some, unchanged


@pytest.mark.parametrize("seed", SEEDS)
def test_the_call_goes_on_where_it_was(seed: int) -> None:
    rng = draw("line_dropped", seed)
    talk = booking(rng)
    before, slots = talk.asked, talk.slots
    talk.resumes()
    assert Repair.LINE_DROPPED in talk.repairs
    assert talk.slots == slots
    unchanged(talk, before)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_personal_waits_for_a_yes(seed: int) -> None:
    rng = draw("line_dropped.personal", seed)
    talk = read_back()
    talk.resumes()
    assert "Alex" not in talk.words
    talk.words_heard(some(rng, ("yes", "yes please", "sure", "yeah go on", "okay")))
    assert "Alex Kim" in talk.words
    assert talk.run.confirming == "*"
