"""The value asked for just now is replaced while it is read back."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, Talk, draw, some

NUMBERS = ("two one two five five five zero one four two", "212 555 0142", "(212) 555-0142")
WAYS = ("no, it's {}", "no, {}", "that's wrong, it's {}", "sorry, I meant {}", "no no, my number is {}")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_value_read_back_is_replaced(seed: int) -> None:
    rng = draw("corrected", seed)
    talk = Talk("callback", has_human=False)
    talk.opens()
    talk.words_heard("call me back").words_heard("no").words_heard("212 555 0192")
    assert talk.run.confirming == "phone"
    talk.words_heard(some(rng, WAYS).format(some(rng, NUMBERS)))
    assert talk.slots["phone"] == "+12125550142"
    assert Repair.CORRECTED in talk.repairs
    assert talk.run.confirming == "phone"
    assert "one four two" in talk.words
