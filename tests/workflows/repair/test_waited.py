"""The caller needs a moment, and gets it."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, read_back, some, unchanged, worked

SAYS = (
    "hold on",
    "one moment please",
    "let me check my calendar",
    "hang on a second",
    "wait a minute",
    *worked("wait"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_hurries_them(seed: int) -> None:
    rng = draw("waited", seed)
    talk = booking(rng)
    before, patience = talk.asked, talk.last.guidance.silence_ms
    talk.words_heard(some(rng, SAYS))
    assert Repair.WAITED in talk.repairs, talk.meant
    assert talk.last.guidance.silence_ms >= 3 * patience
    unchanged(talk, before)


def test_a_yes_or_no_is_waited_for_less_long_than_anything_else() -> None:
    confirming = read_back().last.guidance
    assert (confirming.patience, confirming.silence_ms) == ("quick", 5_000)
    assert booking(draw("quick", 1)).last.guidance.silence_ms >= 7_000
